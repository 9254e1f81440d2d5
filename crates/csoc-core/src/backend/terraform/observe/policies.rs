//! The policies that a root makes to be attached, wherever in it they are attached.

use std::collections::BTreeMap;

use super::instance::Instance;
use super::resource::is_none;
use super::statement::Statements;
use crate::graph::{ThingId, ThingKind};

/// What begins the text that stands for the ARN of a policy of the same root.
const POLICY: &str = "policy-of-this-root:";

/// The text that stands for the ARN of `aws_iam_policy.label`.
pub(super) fn policy_text(address: &str, label: &str) -> String {
    format!("{POLICY}{address}{label}")
}

/// The policies of a root and of the modules that it calls, by what stands for their ARNs.
#[derive(Default)]
pub(super) struct Policies {
    by_text: BTreeMap<String, Statements>,
    /// The roles of the root.
    pub(super) roles: Vec<ThingId>,
}

impl Policies {
    /// Those of a root.
    pub(super) fn of(root: &Instance<'_>) -> Self {
        let mut policies = Self::default();
        for instance in root.all() {
            let things = instance.resources.things.values();
            let roles = things.filter(|thing| thing.kind == ThingKind::Role);
            policies.roles.extend(roles.cloned());
            for block in instance.module.declared("resource") {
                if block.label(0) != Some("aws_iam_policy") || is_none(block, &instance.scope) {
                    continue;
                }
                if let (Some(label), Some(policy)) = (block.label(1), block.body.get("policy")) {
                    policies.by_text.insert(
                        policy_text(&instance.address, label),
                        Statements::of(policy, &instance.scope),
                    );
                }
            }
        }
        policies
    }

    /// The policy that an ARN stands for.
    pub(super) fn get(&self, arn: &str) -> Option<&Statements> {
        self.by_text.get(arn)
    }
}

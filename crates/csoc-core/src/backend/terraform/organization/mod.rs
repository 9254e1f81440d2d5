//! The layer `organization`: units of accounts, and what no one may do in them.
//!
//! Policies of an organization bind everyone in an account but services of AWS
//! themselves; the organization's own account they do not bind.

mod policies;

use super::place::label;
use super::root::Content;
use crate::contract::GuardrailContract;
use crate::hcl::{Block, Body, Expression};

/// What an organization says of the fleet's accounts.
#[derive(Debug, Clone, serde::Serialize)]
pub(crate) struct Organization {
    pub(super) contract: GuardrailContract,
}

/// What policies are attached to: a label, and what it is.
type Target = (String, Expression);

impl Organization {
    /// The layer's content.
    pub(super) fn content(&self) -> Content {
        let mut main = self.units(Body::new());
        let targets = self.targets();
        for policy in self.policies() {
            main = policy.blocks(main, &targets);
        }
        Content {
            main,
            outputs: Vec::new(),
        }
    }

    fn units(&self, body: Body) -> Body {
        let Some(parent) = &self.contract.spec.parent else {
            return body;
        };
        if self.contract.spec.units.is_empty() {
            return body;
        }
        let body = body
            .comment(
                "Units. Accounts are moved into them by people: aws organizations move-account.",
            )
            .blank();
        body.blocks(self.contract.spec.units.keys().map(|unit| {
            Block::new(
                "resource",
                [
                    "aws_organizations_organizational_unit".to_owned(),
                    label(unit.as_str()),
                ],
            )
            .attribute("name", unit.as_str())
            .attribute("parent_id", parent.as_str())
        }))
    }

    /// Units where there are any, else each account.
    fn targets(&self) -> Vec<Target> {
        let spec = &self.contract.spec;
        if spec.parent.is_some() && !spec.units.is_empty() {
            let unit = |name: &str| {
                let label = label(name);
                let id = format!("aws_organizations_organizational_unit.{label}.id");
                (label, Expression::reference(&id))
            };
            return spec.units.keys().map(|name| unit(name.as_str())).collect();
        }
        let bound = self
            .contract
            .members
            .iter()
            .filter(|member| member.name != spec.account);
        bound
            .map(|member| (label(member.name.as_str()), member.id.as_str().into()))
            .collect()
    }
}

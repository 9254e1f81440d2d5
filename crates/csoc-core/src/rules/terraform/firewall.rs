//! Web ACLs: that they block, and say what.

use std::collections::BTreeMap;

use super::context::{Said, TerraformContext};
use super::values::{blocks, number, reference_name};
use crate::diagnostic::Diagnostics;
use crate::value::Node;

/// Groups for software that a commons does not run.
const UNFITTING: [&str; 2] = [
    "AWSManagedRulesPHPRuleSet",
    "AWSManagedRulesWordPressRuleSet",
];

/// The managed groups of a rule.
fn groups(rule: &Node) -> impl Iterator<Item = &Node> {
    let statements = blocks(rule, "statement");
    statements.flat_map(|statement| blocks(statement, "managed_rule_group_statement"))
}

/// What is blocked is known.
pub(super) fn web_acl_unlogged(context: &TerraformContext<'_>, found: &mut Diagnostics) {
    for acl in context.module.of("aws_wafv2_web_acl") {
        let logs = context
            .module
            .of("aws_wafv2_web_acl_logging_configuration")
            .iter();
        let is_logged = logs
            .filter_map(|log| log.block.body.get("resource_arn"))
            .any(|of| reference_name(acl.of, of) == Some(acl.name));
        if !is_logged {
            context.resource(
                found,
                acl,
                None,
                Said {
                    message: format!(
                        "`{}` logs nothing; it must log what it decides",
                        acl.address()
                    ),
                    label: "nobody can tell what it blocks",
                    help: "add `aws_wafv2_web_acl_logging_configuration`",
                },
            );
        }
    }
}

/// A group that only counts guards nothing.
pub(super) fn web_acl_counting(context: &TerraformContext<'_>, found: &mut Diagnostics) {
    for acl in context.module.of("aws_wafv2_web_acl") {
        for rule in blocks(&acl.values, "rule") {
            let counting =
                blocks(rule, "override_action").find(|action| action.get("count").is_some());
            let name = groups(rule)
                .find_map(|group| group.get("name"))
                .and_then(Node::text);
            if let (Some(counting), Some(name)) = (counting, name) {
                context.resource(found, acl, counting.get("count").and_then(|count| count.items().first()).or(Some(counting)), Said {
                    message: format!("`{name}` only counts; it must block"),
                    label: "guards nothing",
                    help: "write `override_action { none {} }`, and let single rules count that block what is wanted",
                });
            }
        }
    }
}

/// Nobody asks too often.
pub(super) fn web_acl_rate_unlimited(context: &TerraformContext<'_>, found: &mut Diagnostics) {
    for acl in context.module.of("aws_wafv2_web_acl") {
        let limits = blocks(&acl.values, "rule")
            .flat_map(|rule| blocks(rule, "statement"))
            .any(|statement| statement.get("rate_based_statement").is_some());
        if !limits && !super::values::is_undecided(&acl.values, "rule") {
            context.resource(
                found,
                acl,
                None,
                Said {
                    message: format!(
                        "`{}` does not limit how often one address asks; it must",
                        acl.address()
                    ),
                    label: "without a limit",
                    help: "add a rule with `rate_based_statement`",
                },
            );
        }
    }
}

/// A group is of software that runs.
pub(super) fn web_acl_group_unfitting(context: &TerraformContext<'_>, found: &mut Diagnostics) {
    for acl in context.module.of("aws_wafv2_web_acl") {
        for at in blocks(&acl.values, "rule")
            .flat_map(groups)
            .filter_map(|group| group.get("name"))
        {
            let Some(name) = at.text().filter(|name| UNFITTING.contains(name)) else {
                continue;
            };
            context.resource(
                found,
                acl,
                Some(at),
                Said {
                    message: format!("`{name}` is for software that no commons runs; it must go"),
                    label: "costs, and blocks the wrong requests",
                    help: "take the rule out, and use what it costs for a group that fits",
                },
            );
        }
    }
}

/// Each rule has a place of its own.
pub(super) fn web_acl_priority_shared(context: &TerraformContext<'_>, found: &mut Diagnostics) {
    for acl in context.module.of("aws_wafv2_web_acl") {
        let mut seen = BTreeMap::new();
        for rule in blocks(&acl.values, "rule") {
            let Some(priority) = number(rule, "priority") else {
                continue;
            };
            let name = rule.get("name").and_then(Node::text).unwrap_or("a rule");
            if let Some(first) = seen.insert(priority, name) {
                context.resource(found, acl, rule.get("priority"), Said {
                    message: format!("`{first}` and `{name}` both have the priority {priority}; each rule must have its own"),
                    label: "again",
                    help: "give it another number",
                });
            }
        }
    }
}

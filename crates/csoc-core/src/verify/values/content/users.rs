//! `user.yaml` in a values file: who may do what.

use std::collections::BTreeSet;

use super::embedded::Embedded;
use super::shape;
use crate::diagnostic::{Code, Diagnostics, Finding};
use crate::value::suggestion::closest;
use crate::value::{Node, yaml_read};

/// A policy, role or group is named that the file does not define.
const USER_REFERENCE_UNKNOWN: Code = Code::new("user-reference-unknown");

const PATH: [&str; 2] = ["fence", "USER_YAML"];

/// Checks the users of a file.
pub(super) fn check(node: &Node, sink: &mut Diagnostics) {
    let Some(text) = Embedded::at(node, &PATH) else {
        return;
    };
    let (read, found) = yaml_read::read(text.text, text.file, &yaml_read::Limits::default());
    let Some(read) = read else {
        text.unreadable("YAML", found, sink);
        return;
    };
    text.report(shape::findings(&read, "users", &PATH), sink);
    text.report(references(&read), sink);
}

/// Names that nothing defines.
fn references(users: &Node) -> Vec<Finding> {
    let empty = Node::map();
    let authz = users.get("authz").unwrap_or(&empty);
    let policies = defined(authz, "policies", "id");
    let roles = defined(authz, "roles", "id");
    let mut found = Vec::new();
    let mut check = |names: Option<&Node>, what: &str, known: &BTreeSet<&str>| {
        for name in names.map_or(&[][..], Node::items) {
            found.extend(unknown(name, what, known));
        }
    };
    for policy in items(authz, "policies") {
        check(policy.get("role_ids"), "role", &roles);
    }
    for key in ["anonymous_policies", "all_users_policies"] {
        check(authz.get(key), "policy", &policies);
    }
    for group in items(authz, "groups") {
        check(group.get("policies"), "policy", &policies);
    }
    for key in ["users", "clients"] {
        for entry in users.get(key).map_or(&[][..], Node::entries) {
            check(entry.node.get("policies"), "policy", &policies);
        }
    }
    found
}

fn items<'n>(node: &'n Node, key: &str) -> &'n [Node] {
    node.get(key).map_or(&[], Node::items)
}

fn defined<'n>(node: &'n Node, key: &str, id: &str) -> BTreeSet<&'n str> {
    items(node, key)
        .iter()
        .filter_map(|item| item.get(id)?.text())
        .collect()
}

fn unknown(name: &Node, what: &str, known: &BTreeSet<&str>) -> Option<Finding> {
    let text = name.text().filter(|text| !known.contains(text))?;
    let help = closest(text, known.iter().copied()).map_or_else(
        || format!("define the {what}, or take the name out: nobody is given anything by it"),
        |near| format!("did you mean `{near}`?"),
    );
    Some(
        Finding::warning(
            USER_REFERENCE_UNKNOWN,
            format!("`fence.USER_YAML` names the {what} `{text}`, which it does not define"),
        )
        .help(help)
        .label(name.span(), "not defined"),
    )
}

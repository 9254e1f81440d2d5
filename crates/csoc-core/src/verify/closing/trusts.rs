//! Roles let in who runs as them, and nobody whom the tree does not know.

use std::collections::BTreeSet;

use super::edges::{Answer, Edges};
use crate::diagnostic::{Code, Finding};
use crate::graph::{Relation, Target, ThingId, ThingKind};

/// A service account runs as a role that does not trust it.
pub(crate) const ROLE_TRUST_MISSING: Code = Code::new("role-trust-missing");
/// A role trusts service accounts that the clusters of the tree do not have, and nobody else.
pub(crate) const ROLE_TRUST_STALE: Code = Code::new("role-trust-stale");

pub(super) fn check(edges: &Edges<'_>, found: &mut Vec<Finding>) {
    missing(edges, found);
    stale(edges, found);
}

fn missing(edges: &Edges<'_>, found: &mut Vec<Finding>) {
    for (account, role, origin) in edges.exact(Relation::RunsAs) {
        // Without its Application a values file does not know its namespace.
        let is_placed = !account.scope.starts_with('@');
        if !is_placed || !edges.is_made(role) || edges.trusts(role, account) != Answer::No {
            continue;
        }
        let mut finding = Finding::error(
            ROLE_TRUST_MISSING,
            format!("{account} runs as {role}, which does not trust it"),
        )
        .help("let the role's trust policy name this service account, or give the service account its own role")
        .label(origin.span(), "runs as it here")
        .path(account);
        let trusted = edges.of(role, Relation::Trusts);
        for (_, said) in trusted {
            finding = finding.label(said.span(), "trusts somebody else");
        }
        if trusted.is_empty() {
            finding = finding.label(edges.place(role), "trusts nobody that runs in a cluster");
        }
        found.push(finding);
    }
}

/// Roles whose trusted service accounts are all unknown to clusters whose values are read.
///
/// A name or a namespace of the trust must be one that the tree uses: what is
/// installed into a cluster by other means is not in its values.
fn stale(edges: &Edges<'_>, found: &mut Vec<Finding>) {
    let accounts = || {
        edges
            .things()
            .filter(|thing| thing.kind == ThingKind::ServiceAccount)
    };
    let scopes: BTreeSet<&str> = accounts().map(|account| &*account.scope).collect();
    let names: BTreeSet<(&str, &str)> = accounts()
        .map(|account| (cluster(account), &*account.name))
        .collect();
    let used: BTreeSet<&ThingId> = edges
        .exact(Relation::RunsAs)
        .map(|(_, role, _)| role)
        .collect();
    for role in edges.things().filter(|thing| thing.kind == ThingKind::Role) {
        let trusted = edges.of(role, Relation::Trusts);
        // Whoever runs as it and is not trusted is found by the other rule.
        if trusted.is_empty() || used.contains(role) {
            continue;
        }
        let is_stale = |target: &Target| match target {
            Target::Exact(account) => {
                account.kind == ThingKind::ServiceAccount
                    && !edges.is_made(account)
                    && (scopes.contains(&*account.scope)
                        || names.contains(&(cluster(account), &*account.name)))
            }
            Target::Pattern(_) | Target::Undecidable(_) => false,
        };
        if !trusted.iter().all(|(target, _)| is_stale(target)) {
            continue;
        }
        let whom: Vec<String> = trusted
            .iter()
            .filter_map(|(target, _)| match target {
                Target::Exact(account) => Some(account.to_string()),
                Target::Pattern(_) | Target::Undecidable(_) => None,
            })
            .collect();
        let mut finding = Finding::warning(
            ROLE_TRUST_STALE,
            format!(
                "{role} trusts only {}, which the values of the cluster do not have",
                whom.join(", ")
            ),
        )
        .help("name the namespace and the service account that are to run as the role, or remove the role")
        .path(role);
        for (_, said) in trusted {
            finding = finding.label(said.span(), "trusted here");
        }
        found.push(finding.label(edges.place(role), "the role"));
    }
}

/// The cluster of a service account.
fn cluster(account: &ThingId) -> &str {
    account.scope.split('/').next().unwrap_or_default()
}

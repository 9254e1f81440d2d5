//! Roles let in who runs as them, and nobody whom the tree does not know.

use std::collections::BTreeSet;

use super::edges::{Answer, Edges, subject};
use super::grants::READER;
use crate::catalog::ServiceCatalog;
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
        if account.scope.starts_with('@') {
            edges.undecided("no Application says in which namespace values are");
            continue;
        }
        if !edges.is_made(role) {
            edges.undecided("the role of a service account is not made by the tree");
            continue;
        }
        match edges.trusts(role, account) {
            Answer::Yes => continue,
            Answer::Undecided => {
                edges.undecided("whether a role trusts a service account is not known from text");
                continue;
            }
            Answer::No => {}
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
    let known = Known::new(edges);
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
        if !trusted.iter().all(|(target, _)| known.lacks(role, target)) {
            continue;
        }
        let whom: Vec<String> = trusted
            .iter()
            .filter_map(|(target, _)| match target {
                Target::Exact(account) => Some(account.to_string()),
                Target::Pattern(subject) => Some(format!("`{subject}`")),
                Target::Undecidable(_) => None,
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

/// What the values of the tree say of service accounts.
struct Known<'e, 'g> {
    edges: &'e Edges<'g>,
    /// The clusters with their namespaces that have values.
    scopes: BTreeSet<&'g str>,
    /// Names by cluster.
    names: BTreeSet<(&'g str, &'g str)>,
    /// The accounts that a namespace of a cluster uses something of.
    accounts: BTreeSet<(&'g str, &'g str)>,
}

impl<'e, 'g> Known<'e, 'g> {
    fn new(edges: &'e Edges<'g>) -> Self {
        let of_values = |thing: &&ThingId| {
            let kinds = [ThingKind::ServiceAccount, ThingKind::KubernetesSecret];
            kinds.contains(&thing.kind) && !thing.scope.starts_with('@')
        };
        let accounts = edges.things().filter(of_values);
        let accounts = accounts.filter(|thing| thing.kind == ThingKind::ServiceAccount);
        let uses = [Relation::RunsAs, Relation::SyncedFrom];
        let uses = uses.into_iter().flat_map(|relation| edges.exact(relation));
        Self {
            edges,
            scopes: edges
                .things()
                .filter(of_values)
                .map(|thing| &*thing.scope)
                .collect(),
            names: accounts
                .map(|account| (cluster(account), &*account.name))
                .collect(),
            accounts: uses
                .map(|(from, to, _)| (&*from.scope, to.scope.split('/').next().unwrap_or_default()))
                .collect(),
        }
    }

    /// Whether nobody is there whom a trust of a role is about.
    fn lacks(&self, role: &ThingId, target: &Target) -> bool {
        match target {
            Target::Exact(account) => {
                account.kind == ThingKind::ServiceAccount
                    && !self.edges.is_made(account)
                    && (self.scopes.contains(&*account.scope)
                        || self.names.contains(&(cluster(account), &*account.name)))
            }
            Target::Pattern(pattern) => subject(pattern)
                .is_some_and(|(namespace, name)| self.is_gone(role, namespace, name)),
            Target::Undecidable(_) => false,
        }
    }

    /// Whether a service account of the chart is in none of the namespaces that a subject may mean.
    ///
    /// Of which cluster the issuer is, text seldom tells: a namespace counts where
    /// it uses something of the role's account. Service accounts that the chart
    /// does not make are somebody else's.
    fn is_gone(&self, role: &ThingId, namespace: &str, name: &str) -> bool {
        if !is_charts(name) {
            self.edges
                .undecided("a role trusts a service account that the chart does not make");
            return false;
        }
        let mut there = self.scopes.iter().filter(|scope| {
            let is_named = scope
                .split_once('/')
                .is_some_and(|(_, own)| own == namespace);
            is_named && self.accounts.contains(&(**scope, &*role.scope))
        });
        let mut any = false;
        let all_lack = there.all(|scope| {
            any = true;
            let account = ThingId::new(ThingKind::ServiceAccount, *scope, name);
            !self.edges.is_made(&account)
        });
        if !any {
            self.edges
                .undecided("the values of the namespace that a role trusts are not in the tree");
        }
        any && all_lack
    }
}

/// Whether the chart makes a service account of that name.
pub(super) fn is_charts(name: &str) -> bool {
    let mut services = ServiceCatalog::embedded().iter();
    name == READER
        || services.any(|(_, facts)| facts.accounts.iter().any(|account| account.name == name))
}

/// The cluster of a service account.
fn cluster(account: &ThingId) -> &str {
    account.scope.split('/').next().unwrap_or_default()
}

//! Commons share secrets and databases only where they say so.

use std::collections::{BTreeMap, BTreeSet};

use super::edges::{Edges, subject};
use crate::diagnostic::{Code, Finding};
use crate::graph::{Relation, Target, ThingId, ThingKind};
use crate::value::Origin;

/// The roles of two commons may read one secret.
pub(crate) const SECRET_GRANT_SHARED: Code = Code::new("secret-grant-shared");
/// Two commons name one database.
pub(crate) const DATABASE_SHARED: Code = Code::new("database-shared");

/// Places that are shown of one thing.
const SHOWN: usize = 4;

pub(super) fn check(edges: &Edges<'_>, found: &mut Vec<Finding>) {
    let families = Families::new(edges);
    secrets(edges, &families, found);
    databases(edges, &families, found);
}

/// Who signs in where.
struct Families<'g> {
    parents: BTreeSet<(&'g str, &'g str)>,
    hosts: BTreeMap<&'g str, &'g str>,
}

impl<'g> Families<'g> {
    fn new(edges: &Edges<'g>) -> Self {
        let own = edges.exact(Relation::Uses);
        let own = own.filter(|(_, host, _)| host.kind == ThingKind::Hostname);
        Self {
            parents: edges
                .exact(Relation::SignsInAt)
                .map(|(child, host, _)| (&*child.scope, &*host.name))
                .collect(),
            hosts: own.map(|(of, host, _)| (&*of.scope, &*host.name)).collect(),
        }
    }

    /// A user of a secret, with the only cluster of the tree that has its namespace.
    fn placed(&self, user: User<'g>) -> User<'g> {
        let (None, namespace) = user else { return user };
        let places = self.hosts.keys().filter_map(|scope| scope.split_once('/'));
        let mut places = places.filter(|(_, own)| *own == namespace);
        match (places.next(), places.next()) {
            (Some((cluster, _)), None) => (Some(cluster), namespace),
            _ => user,
        }
    }

    /// Whether two have one host, of which each takes a part.
    fn are_sharers(&self, one: &str, other: &str) -> bool {
        let host = self.hosts.get(one);
        host.is_some() && host == self.hosts.get(other)
    }

    /// Whether one of two commons signs in at the other, or both at a third.
    fn are_one(&self, one: &str, other: &str) -> bool {
        let signs_in_at = |child: &str, parent: &str| {
            let host = self.hosts.get(parent);
            host.is_some_and(|host| self.parents.contains(&(child, *host)))
        };
        signs_in_at(one, other)
            || signs_in_at(other, one)
            || self
                .parents
                .iter()
                .any(|(child, host)| *child == one && self.parents.contains(&(other, *host)))
    }
}

/// A commons as text tells it: a namespace, with its cluster where that is known.
type User<'g> = (Option<&'g str>, &'g str);

/// Who uses a thing, and where that is said.
type Users<'g> = BTreeMap<User<'g>, Origin>;

/// Secrets that roles of several commons may read. What the values of several name is another rule's.
fn secrets(edges: &Edges<'_>, families: &Families<'_>, found: &mut Vec<Finding>) {
    let mut by_policy: BTreeMap<&ThingId, Users<'_>> = BTreeMap::new();
    for (role, secret, origin) in edges.exact(Relation::Handles) {
        if secret.kind != ThingKind::Secret || !edges.is_made(role) {
            continue;
        }
        for user in trusted(edges, role) {
            let user = families.placed(user);
            by_policy
                .entry(secret)
                .or_default()
                .entry(user)
                .or_insert(origin);
        }
    }
    let mut by_values: BTreeMap<&ThingId, Users<'_>> = BTreeMap::new();
    for (synced, secret, origin) in edges.exact(Relation::SyncedFrom) {
        if let Some((cluster, namespace)) = synced.scope.split_once('/')
            && !synced.scope.starts_with('@')
        {
            let user = (Some(cluster), namespace);
            by_values
                .entry(secret)
                .or_default()
                .entry(user)
                .or_insert(origin);
        }
    }
    let servers: BTreeSet<&ThingId> = edges
        .exact(Relation::Uses)
        .filter(|(_, secret, _)| secret.kind == ThingKind::Secret)
        .map(|(_, secret, _)| secret)
        .collect();
    for (secret, granted) in by_policy {
        // Those who make their databases on one server share what opens it.
        let is_servers = servers.contains(secret) || !edges.of(secret, Relation::Opens).is_empty();
        if is_servers {
            continue;
        }
        let named = by_values.remove(secret).unwrap_or_default();
        let Some((one, other)) = strangers(&granted, &named, families) else {
            continue;
        };
        if named.is_empty() && !edges.is_made(secret) {
            edges.undecided("what several roles read may be the secret of a database server");
            continue;
        }
        let mut finding = Finding::warning(
            SECRET_GRANT_SHARED,
            format!(
                "{secret} may be read by `{}` and by `{}`, and neither says that it shares it",
                shown(one),
                shown(other)
            ),
        )
        .help("give each commons a secret of its own, and its role only that; a commons that signs in at another says so with `global.fenceURL`")
        .path(secret);
        for user in [one, other] {
            let said = granted.get(&user).or_else(|| named.get(&user));
            finding = finding.label(said.and_then(|said| said.span()), "read with this");
        }
        found.push(finding.label(edges.place(secret), "the secret"));
    }
}

/// The commons whose service accounts a role lets in.
///
/// A role of an operator serves a whole cluster: only service accounts of the
/// chart are a commons'.
fn trusted<'g>(edges: &Edges<'g>, role: &'g ThingId) -> Vec<User<'g>> {
    let mut users = Vec::new();
    for (target, _) in edges.trusted(role) {
        match target {
            Target::Exact(account) if account.kind == ThingKind::ServiceAccount => {
                if let Some((cluster, namespace)) = account.scope.split_once('/')
                    && super::trusts::is_charts(&account.name)
                {
                    users.push((Some(cluster), namespace));
                }
            }
            Target::Pattern(pattern) => match subject(pattern) {
                Some((namespace, name)) if super::trusts::is_charts(name) => {
                    users.push((None, namespace));
                }
                _ => {}
            },
            Target::Exact(_) | Target::Undecidable(_) => {}
        }
    }
    users
}

/// Two users of a secret that have nothing to do with each other, one of them by a policy.
fn strangers<'g>(
    granted: &Users<'g>,
    named: &Users<'g>,
    families: &Families<'_>,
) -> Option<(User<'g>, User<'g>)> {
    let all: BTreeSet<_> = granted.keys().chain(named.keys()).copied().collect();
    for one in &all {
        for other in all.range(one..).skip(1) {
            let both_named = named.keys().any(|user| is_same(user, one))
                && named.keys().any(|user| is_same(user, other));
            if !is_same(one, other)
                && !both_named
                && !families.are_one(&shown(*one), &shown(*other))
                && !families.are_sharers(&shown(*one), &shown(*other))
            {
                return Some((*one, *other));
            }
        }
    }
    None
}

/// Whether two may be one: of the same namespace, in the same cluster as far as that is known.
fn is_same(one: &User<'_>, other: &User<'_>) -> bool {
    one.1 == other.1 && (one.0.is_none() || other.0.is_none() || one.0 == other.0)
}

fn shown((cluster, namespace): User<'_>) -> String {
    cluster.map_or_else(
        || namespace.to_owned(),
        |cluster| format!("{cluster}/{namespace}"),
    )
}

/// Databases, server and all, that the values of several commons name.
fn databases(edges: &Edges<'_>, families: &Families<'_>, found: &mut Vec<Finding>) {
    let mut users: BTreeMap<&ThingId, BTreeMap<&str, Origin>> = BTreeMap::new();
    for (secret, database, origin) in edges.exact(Relation::Opens) {
        if secret.kind == ThingKind::KubernetesSecret && !secret.scope.starts_with('@') {
            let users = users.entry(database).or_default();
            users.entry(&secret.scope).or_insert(origin);
        }
    }
    for (database, users) in users {
        let strangers: Vec<(&str, Origin)> = users
            .iter()
            .filter(|(one, _)| {
                users
                    .keys()
                    .any(|other| other != *one && !families.are_one(one, other))
            })
            .map(|(scope, origin)| (*scope, *origin))
            .collect();
        let names: Vec<String> = strangers
            .iter()
            .map(|(scope, _)| format!("`{scope}`"))
            .collect();
        if names.is_empty() {
            continue;
        }
        let mut finding = Finding::error(
            DATABASE_SHARED,
            format!(
                "the database `{}` on `{}` is that of {}",
                database.name,
                database.scope,
                names.join(" and of ")
            ),
        )
        .help("give each commons a database of its own: their tables have the same names")
        .path(database);
        for (_, origin) in strangers.into_iter().take(SHOWN) {
            finding = finding.label(origin.span(), "named here");
        }
        found.push(finding);
    }
}

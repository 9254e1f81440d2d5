//! Roles may use what is used with them, and the keys of what they read and write.

use std::collections::{BTreeMap, BTreeSet};

use super::edges::{Answer, Edges};
use crate::diagnostic::{Code, Finding};
use crate::graph::{Relation, Target, ThingId};
use crate::value::Origin;

/// A secret is synced into the cluster that the role which syncs it may not read.
pub(crate) const SECRET_UNREADABLE: Code = Code::new("secret-unreadable");
/// A role reads or writes what a key encrypts that it may not use.
pub(crate) const KEY_UNUSABLE: Code = Code::new("key-unusable");

/// The service account that secrets are synced with.
pub(super) const READER: &str = "secret-store-sa";

pub(super) fn check(edges: &Edges<'_>, found: &mut Vec<Finding>) {
    secrets(edges, found);
    keys(edges, found);
}

/// The roles that secrets are read with, by cluster and namespace.
fn readers<'g>(edges: &Edges<'g>) -> BTreeMap<&'g str, &'g ThingId> {
    edges
        .exact(Relation::RunsAs)
        .filter(|(account, role, _)| {
            &*account.name == READER && !account.scope.starts_with('@') && edges.is_made(role)
        })
        .map(|(account, role, _)| (&*account.scope, role))
        .collect()
}

fn secrets(edges: &Edges<'_>, found: &mut Vec<Finding>) {
    let readers = readers(edges);
    for (synced, secret, origin) in edges.exact(Relation::SyncedFrom) {
        let Some(role) = readers.get(&*synced.scope) else {
            edges.undecided("the role that reads a secret is not made by the tree");
            continue;
        };
        match edges.allows(role, secret) {
            Answer::Yes => {}
            Answer::Undecided => {
                edges.undecided("whether a role may read a secret is not known from text");
            }
            // The policy of the secret may let in whom no policy of a role does.
            Answer::No if is_open(edges, secret, role) => {
                edges.undecided("the policy of a secret lets its reader in");
            }
            Answer::No => found.push(
                Finding::error(
                    SECRET_UNREADABLE,
                    format!("{synced} is synced from {secret}, which {role} may not read"),
                )
                .help("add the secret to the role's policy, or name a secret that the environment has")
                .label(origin.span(), "synced here")
                .label(edges.place(role), "the role that reads it")
                .path(synced),
            ),
        }
    }
}

/// Whether the policy of a key or secret may let a role in, whatever the role's own policies say.
fn is_open(edges: &Edges<'_>, thing: &ThingId, role: &ThingId) -> bool {
    edges
        .of(thing, Relation::Accepts)
        .iter()
        .any(|(by, _)| !matches!(by, Target::Exact(other) if other != role))
}

/// What roles read and write: what their policies name, and the secrets that are synced with them.
fn handled<'g>(edges: &Edges<'g>) -> Vec<(&'g ThingId, &'g ThingId, Origin)> {
    let readers = readers(edges);
    let synced = edges.exact(Relation::SyncedFrom);
    let synced = synced.filter_map(|(synced, secret, origin)| {
        let role = readers.get(&*synced.scope)?;
        // Whoever may not read it at all needs no key.
        (edges.allows(role, secret) != Answer::No).then_some((*role, secret, origin))
    });
    let mut all: Vec<_> = edges.exact(Relation::Handles).collect();
    let known: BTreeSet<_> = all.iter().map(|(role, thing, _)| (*role, *thing)).collect();
    all.extend(synced.filter(|(role, secret, _)| !known.contains(&(*role, *secret))));
    all
}

fn keys(edges: &Edges<'_>, found: &mut Vec<Finding>) {
    for (role, resource, origin) in handled(edges) {
        if !edges.is_made(role) {
            continue;
        }
        for (key, said) in edges.of(resource, Relation::EncryptedBy) {
            let Target::Exact(key) = key else {
                edges.undecided("the key of what a role uses is not known from text");
                continue;
            };
            match edges.allows(role, key) {
                Answer::Yes => {}
                Answer::Undecided => {
                    edges.undecided("whether a role may use a key is not known from text");
                }
                Answer::No if is_open(edges, key, role) => {
                    edges.undecided("the policy of a key may let a role in");
                }
                Answer::No => found.push(
                    Finding::error(
                        KEY_UNUSABLE,
                        format!("{role} uses {resource}, which {key} encrypts, and may not use that key"),
                    )
                    .help("allow the role `kms:Decrypt` on the key, and `kms:GenerateDataKey` where it writes, through the service alone (`kms:ViaService`)")
                    .label(origin.span(), "used here, without the key")
                    .label(said.span(), "encrypted here")
                    .path(role),
                ),
            }
        }
    }
}

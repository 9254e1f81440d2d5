//! Roles may use what is used with them, and the keys of what they read and write.

use std::collections::BTreeMap;

use super::edges::{Answer, Edges};
use crate::diagnostic::{Code, Finding};
use crate::graph::{Relation, Target, ThingId};

/// A secret is synced into the cluster that the role which syncs it may not read.
pub(crate) const SECRET_UNREADABLE: Code = Code::new("secret-unreadable");
/// A role reads or writes what a key encrypts that it may not use.
pub(crate) const KEY_UNUSABLE: Code = Code::new("key-unusable");

/// The service account that secrets are synced with.
const READER: &str = "secret-store-sa";

pub(super) fn check(edges: &Edges<'_>, found: &mut Vec<Finding>) {
    secrets(edges, found);
    keys(edges, found);
}

fn secrets(edges: &Edges<'_>, found: &mut Vec<Finding>) {
    let readers: BTreeMap<&str, &ThingId> = edges
        .exact(Relation::RunsAs)
        .filter(|(account, role, _)| {
            &*account.name == READER && !account.scope.starts_with('@') && edges.is_made(role)
        })
        .map(|(account, role, _)| (&*account.scope, role))
        .collect();
    for (synced, secret, origin) in edges.exact(Relation::SyncedFrom) {
        let Some(role) = readers.get(&*synced.scope) else {
            continue;
        };
        if edges.allows(role, secret) != Answer::No {
            continue;
        }
        found.push(
            Finding::error(
                SECRET_UNREADABLE,
                format!("{synced} is synced from {secret}, which {role} may not read"),
            )
            .help("add the secret to the role's policy, or name a secret that the environment has")
            .label(origin.span(), "synced here")
            .label(edges.place(role), "the role that reads it")
            .path(synced),
        );
    }
}

fn keys(edges: &Edges<'_>, found: &mut Vec<Finding>) {
    for (role, resource, origin) in edges.exact(Relation::Handles) {
        if !edges.is_made(role) {
            continue;
        }
        for (key, said) in edges.of(resource, Relation::EncryptedBy) {
            let Target::Exact(key) = key else { continue };
            // A key's own policy may let in whom no policy of a role does.
            let is_open = edges
                .of(key, Relation::Accepts)
                .iter()
                .any(|(by, _)| !matches!(by, Target::Exact(other) if other != role));
            if is_open || edges.allows(role, key) != Answer::No {
                continue;
            }
            found.push(
                Finding::error(
                    KEY_UNUSABLE,
                    format!("{role} uses {resource}, which {key} encrypts, and may not use that key"),
                )
                .help("allow the role `kms:Decrypt` on the key, and `kms:GenerateDataKey` where it writes, through the service alone (`kms:ViaService`)")
                .label(origin.span(), "allowed here, without the key")
                .label(said.span(), "encrypted here")
                .path(role),
            );
        }
    }
}

//! Rules about databases: where they are, who makes them, which secret opens them.

use std::collections::BTreeMap;

use super::accounts::list;
use super::context::GitopsContext;
use crate::diagnostic::Diagnostics;
use crate::gitops::{Deployment, flag_of};

/// Whether databases run inside the cluster.
pub(super) const DEV: [&str; 2] = ["global", "dev"];
/// Whether the chart makes databases.
const CREATE: [&str; 3] = ["global", "postgres", "dbCreate"];
/// Whether secrets come from the secret manager.
pub(super) const DEPLOY: [&str; 3] = ["global", "externalSecrets", "deploy"];
/// The address of the server.
const MASTER: [&str; 4] = ["global", "postgres", "master", "host"];
/// Whether the chart puts what it makes into the secret manager.
const PUSH: [&str; 3] = ["global", "externalSecrets", "pushSecret"];
/// Whether the secrets of databases are made in the cluster.
const LOCAL: [&str; 3] = ["global", "externalSecrets", "createLocalK8sSecret"];

/// Whether data outlives a restart is decided, not inherited.
pub(super) fn dev_mode_unset(context: &GitopsContext<'_>, found: &mut Diagnostics) {
    for deployment in context
        .deployments()
        .filter(|deployment| deployment.get(&DEV).is_none())
    {
        found.push(
            context
                .value(deployment, &DEV, "`global.dev` is not set, and is true: databases run inside the cluster and keep nothing", "`dev` is missing here")
                .help("set global.dev: false"),
        );
    }
}

/// Databases that keep nothing are for tests.
pub(super) fn dev_mode_on(context: &GitopsContext<'_>, found: &mut Diagnostics) {
    for deployment in context
        .deployments()
        .filter(|deployment| deployment.is_on(&DEV))
    {
        found.push(
            context
                .value(
                    deployment,
                    &DEV,
                    "databases run inside the cluster and keep nothing",
                    "for tests only",
                )
                .help("set global.dev: false, and name a database server"),
        );
    }
}

/// Whoever pushes the credentials of a database knows its server.
pub(super) fn push_secret_host_missing(context: &GitopsContext<'_>, found: &mut Diagnostics) {
    for deployment in context.deployments() {
        let is_known = deployment.get(&MASTER).is_some() || deployment.is_on(&DEV);
        if is_known || !deployment.is_on(&DEPLOY) {
            continue;
        }
        let pushing: Vec<&str> = pushing(deployment);
        let all = deployment.is_on(&PUSH);
        let missing: Vec<&str> = pushing
            .iter()
            .copied()
            .filter(|service| deployment.get(&[service, "postgres", "host"]).is_none())
            .collect();
        let who = match missing.as_slice() {
            _ if all && missing.is_empty() => "of every service with a database".to_owned(),
            [] => continue,
            some => format!("of {}", list(some)),
        };
        let own = [
            missing.first().copied().unwrap_or_default(),
            "externalSecrets",
            "pushSecret",
        ];
        let path: &[&str] = if all { &PUSH } else { &own };
        found.push(
            context
                .value(deployment, path, format!("the credentials {who} are pushed, and no server is named: nothing is rendered"), "needs a server")
                .help("name it: global.postgres.master.host; or do not push"),
        );
    }
}

/// Services whose own flag pushes their credentials.
fn pushing(deployment: &Deployment) -> Vec<&str> {
    deployment
        .blocks()
        .filter(|(_, block)| {
            block
                .path(&["externalSecrets", "pushSecret"])
                .is_some_and(flag_of)
        })
        .map(|(service, _)| service)
        .collect()
}

/// What is pushed into the secret manager is read from there.
pub(super) fn push_secret_conflict(context: &GitopsContext<'_>, found: &mut Diagnostics) {
    for deployment in context
        .deployments()
        .filter(|deployment| deployment.is_on(&PUSH))
    {
        let (path, why) = if !deployment.is_on(&DEPLOY) {
            (&DEPLOY, "nothing is read from there: `deploy` is off")
        } else if deployment.is_on(&LOCAL) {
            (
                &LOCAL,
                "credentials are made in the cluster: `createLocalK8sSecret` is on",
            )
        } else {
            continue;
        };
        found.push(
            context
                .value(deployment, &PUSH, format!("credentials are pushed into the secret manager, and {why}"), "pushed")
                .help("set externalSecrets: { deploy: true, createLocalK8sSecret: false }, or do not push")
                .label(deployment.place(path), "and not read"),
        );
    }
}

/// Whoever makes databases may reach their server.
pub(super) fn database_master_missing(context: &GitopsContext<'_>, found: &mut Diagnostics) {
    for deployment in context.deployments() {
        let is_made = deployment.flag(&CREATE).unwrap_or(true);
        let is_known = deployment
            .text(&["global", "postgres", "externalSecret"])
            .is_some()
            || deployment.get(&MASTER).is_some();
        if deployment.is_on(&DEV) || deployment.get(&DEV).is_none() || !is_made || is_known {
            continue;
        }
        found.push(
            context
                .value(deployment, &CREATE, "databases are made, and no server is named", "needs a server")
                .help("name the secret with the server's credentials: global.postgres.externalSecret; or set dbCreate: false"),
        );
    }
}

/// Two services have two databases.
pub(super) fn database_secret_shared(context: &GitopsContext<'_>, found: &mut Diagnostics) {
    for deployment in context.deployments() {
        let mut first: BTreeMap<&str, &str> = BTreeMap::new();
        for (service, _) in deployment
            .blocks()
            .filter(|(service, _)| deployment.runs(service))
        {
            let path = [service, "externalSecrets", "dbcreds"];
            // Peregrine reads the database of sheepdog by design.
            let Some(secret) = deployment.text(&path).filter(|_| service != "peregrine") else {
                continue;
            };
            let Some(other) = first.get(secret) else {
                first.insert(secret, service);
                continue;
            };
            found.push(
                context
                    .value(
                        deployment,
                        &path,
                        format!(
                            "`{other}` and `{service}` use the database of one secret, `{secret}`"
                        ),
                        "and here",
                    )
                    .help(
                        "give each service a database of its own: their tables have the same names",
                    )
                    .label(
                        deployment.place(&[other, "externalSecrets", "dbcreds"]),
                        "used here",
                    ),
            );
        }
    }
}

/// A service cannot take back that databases are made.
pub(super) fn database_creation_forced(context: &GitopsContext<'_>, found: &mut Diagnostics) {
    for deployment in context
        .deployments()
        .filter(|deployment| deployment.is_on(&CREATE))
    {
        for (service, block) in deployment.blocks() {
            let own = block.path(&["postgres", "dbCreate"]);
            if own.is_none_or(|own| own.is_null() || flag_of(own)) {
                continue;
            }
            found.push(
                context
                    .value(deployment, &[service, "postgres", "dbCreate"], format!("the database of `{service}` is made all the same: the chart asks for either switch"), "has no effect")
                    .help("set global.postgres.dbCreate: false, and true for the services whose database shall be made")
                    .label(deployment.place(&CREATE), "switched on for all"),
            );
        }
    }
}

/// Credentials of databases come from the store that the rest comes from.
pub(super) fn database_secret_store_ignored(context: &GitopsContext<'_>, found: &mut Diagnostics) {
    let path = ["global", "externalSecrets", "clusterSecretStoreRef"];
    for deployment in context.deployments() {
        if deployment.is_on(&DEPLOY)
            && deployment.text(&path).is_some()
            && !deployment.is_on(&LOCAL)
        {
            found.push(
                context
                    .value(deployment, &path, "credentials of databases are looked for in the store of the deployment, not in this one", "not for databases")
                    .help("set externalSecrets.createLocalK8sSecret: true, or leave the store to the chart"),
            );
        }
    }
}

//! Rules about where secrets come from, and with which identity they are read.

use super::context::GitopsContext;
use super::databases::{DEPLOY, DEV};
use super::secrets::SECRETS;
use crate::diagnostic::Diagnostics;

/// Ways in which the store of secrets says who it is.
const WAYS: [(&str, &[&str]); 4] = [
    (
        "`secretStoreServiceAccount`",
        &["global", "aws", "secretStoreServiceAccount", "enabled"],
    ),
    (
        "`useLocalSecret`",
        &["global", "aws", "useLocalSecret", "enabled"],
    ),
    (
        "`externalSecretAwsCreds`",
        &["global", "aws", "externalSecrets", "enabled"],
    ),
    (
        "Google's",
        &["global", "gcp", "secretStoreServiceAccount", "enabled"],
    ),
];

/// Who reads secrets says who it is.
pub(super) fn secret_store_unauthenticated(context: &GitopsContext<'_>, found: &mut Diagnostics) {
    for deployment in context
        .deployments()
        .filter(|deployment| deployment.is_on(&DEPLOY))
    {
        let has_way = WAYS.iter().any(|(_, path)| deployment.is_on(path))
            || deployment
                .text(&["global", SECRETS, "clusterSecretStoreRef"])
                .is_some();
        let role = ["global", "aws", "secretStoreServiceAccount"];
        let is_nameless = deployment.is_on(&[role[0], role[1], role[2], "enabled"])
            && !deployment.has(&[role[0], role[1], role[2], "roleArn"]);
        let (path, message): (&[&str], _) = match (has_way, is_nameless) {
            (false, _) => (
                &DEPLOY,
                "secrets are read from the secret manager, and nothing says with which identity",
            ),
            (true, true) => (
                &role,
                "secrets are read with a service account that has no role",
            ),
            (true, false) => continue,
        };
        found.push(
            context
                .value(deployment, path, message, "with which role?")
                .help("give the store a role: global.aws.secretStoreServiceAccount: { enabled: true, roleArn: … }"),
        );
    }
}

/// Who reads secrets has one identity.
pub(super) fn secret_store_ambiguous(context: &GitopsContext<'_>, found: &mut Diagnostics) {
    for deployment in context
        .deployments()
        .filter(|deployment| deployment.is_on(&DEPLOY))
    {
        let ways: Vec<_> = WAYS
            .iter()
            .filter(|(_, path)| deployment.is_on(path))
            .collect();
        if let [(one, first), (two, second), ..] = ways[..] {
            found.push(
                context
                    .value(deployment, second, format!("secrets are read with {one} and with {two}: the chart takes one of them"), "and this")
                    .help("switch on one of them")
                    .label(deployment.place(first), "this"),
            );
        }
    }
}

/// Secrets of what is no test come from the secret manager.
pub(super) fn external_secrets_off(context: &GitopsContext<'_>, found: &mut Diagnostics) {
    for deployment in context.deployments() {
        if deployment.flag(&DEV) == Some(false) && !deployment.is_on(&DEPLOY) {
            found.push(
                context
                    .value(deployment, &DEPLOY, "no secret comes from the secret manager: each is made by hand, or at random", "off")
                    .help("set global.externalSecrets.deploy: true"),
            );
        }
    }
}

//! Rules about secrets: who makes them, what they are called, who shares them.

use std::collections::BTreeMap;

use super::accounts::line;
use super::context::{GitopsContext, dotted};
use super::databases::{DEPLOY, DEV};
use super::families::signs_in_at;
use crate::catalog::{LocalSecrets, Randomness, SecretCondition, ServiceCatalog};
use crate::diagnostic::{Diagnostics, Severity};
use crate::gitops::{Deployment, leaves};
use crate::value::{Kind, Node, Reading};

/// The key that all secrets of a service are named below.
pub(super) const SECRETS: &str = "externalSecrets";

/// A secret that outlives a rendering is not made by one.
pub(super) fn secret_random_each_sync(context: &GitopsContext<'_>, found: &mut Diagnostics) {
    for deployment in context
        .deployments()
        .filter(|deployment| deployment.is_on(&DEPLOY) && !deployment.is_on(&DEV))
    {
        for secret in LocalSecrets::embedded()
            .iter()
            .filter(|secret| secret.random != Randomness::No)
        {
            let path = [secret.service.as_str(), SECRETS, &secret.flag];
            if !deployment.is_on(&path) || !deployment.runs(&secret.service) {
                continue;
            }
            let lost = match secret.random {
                Randomness::Breaks => ", and what was signed or encrypted with it is lost",
                _ => "",
            };
            let mut finding = context
                .value(deployment, &path, format!("the chart makes this secret of `{}` at random, and Argo CD anew with each sync{lost}", secret.service), "made anew each time")
                .help(format!("put it into the secret manager and name it: {}.externalSecrets.{}", secret.service, secret.value));
            if secret.random == Randomness::Changes {
                finding.severity = Severity::Warning;
            }
            found.push(finding);
        }
    }
}

/// The secrets that a deployment reads from the secret manager, each with the keys that name it.
fn names(deployment: &Deployment) -> Vec<(String, Vec<String>)> {
    let mut names = Vec::new();
    if !deployment.is_on(&DEPLOY) {
        return names;
    }
    let mut add = |name: &str, path: &[&str]| {
        names.push((
            name.to_owned(),
            path.iter().map(|key| (*key).to_owned()).collect::<Vec<_>>(),
        ));
    };
    let environment = deployment
        .text(&["global", "environment"])
        .unwrap_or("default");
    let are_local = deployment.is_on(&["global", SECRETS, "createLocalK8sSecret"]);
    for (service, facts) in ServiceCatalog::embedded()
        .iter()
        .filter(|(service, _)| deployment.runs(service))
    {
        if facts.database && !are_local {
            let path = [service, SECRETS, "dbcreds"];
            match deployment.text(&path) {
                Some(name) => add(name, &path),
                None => add(&format!("{environment}-{service}-creds"), &path),
            }
        }
        for secret in &facts.secrets {
            let flag = LocalSecrets::embedded().flag(service, &secret.value);
            if flag.is_some_and(|flag| deployment.is_on(&[service, SECRETS, flag])) {
                continue;
            }
            let path = [service, SECRETS, &secret.value];
            let own = deployment.text(&path);
            let is_synced = match secret.when {
                SecretCondition::Always | SecretCondition::Google => true,
                SecretCondition::Dbgap => deployment.is_on(&["fence", "usersync", "syncFromDbgap"]),
                // Where the chart can make it, it is synced unless it does.
                SecretCondition::AskedFor => own.is_some() || flag.is_some(),
            };
            if is_synced {
                add(own.unwrap_or(&secret.default), &path);
            }
        }
    }
    let slack = ["global", SECRETS, "slackWebhookSecretName"];
    let server = ["global", "postgres", "externalSecret"];
    // Those who make their databases on one server share what opens it.
    let shares_server = deployment.is_on(&["global", "postgres", "dbCreate"]);
    for path in [(!shares_server).then_some(server), Some(slack)]
        .into_iter()
        .flatten()
    {
        if let Some(name) = deployment.text(&path) {
            add(name, &path);
        }
    }
    names
}

/// A deployment that reads a secret, and the keys that name it.
type Use<'a> = (&'a Deployment, Vec<String>);

/// Two deployments have two secrets.
pub(crate) fn secret_shared_in_account(context: &GitopsContext<'_>, found: &mut Diagnostics) {
    let mut users: BTreeMap<(&str, String), Vec<Use<'_>>> = BTreeMap::new();
    for deployment in context.deployments() {
        let Some(account) = context.repository.account(deployment) else {
            continue;
        };
        for (name, path) in names(deployment) {
            let users = users.entry((account, name)).or_default();
            if users
                .iter()
                .all(|(other, _)| other.directory() != deployment.directory())
            {
                users.push((deployment, path));
            }
        }
    }
    for ((account, name), users) in users {
        let [(first, path), others @ ..] = users.as_slice() else {
            continue;
        };
        // A commons that signs in at another says that they are one.
        let are_one = |(other, _): &Use<'_>| signs_in_at(first, other) || signs_in_at(other, first);
        if others.iter().all(are_one) {
            continue;
        }
        let path: Vec<&str> = path.iter().map(String::as_str).collect();
        let who: Vec<String> = users
            .iter()
            .map(|(deployment, _)| format!("`{}`", deployment.directory()))
            .collect();
        let mut finding = context
            .value(
                first,
                &path,
                format!(
                    "the secret `{name}` of the account `{account}` is read by {}",
                    who.join(", ")
                ),
                "read here",
            )
            .help("name one for each: a change for one is a change for all");
        for (other, path) in others {
            let path: Vec<&str> = path.iter().map(String::as_str).collect();
            finding = finding.label(other.place(&path), "and here");
        }
        found.push(finding);
    }
}

/// Secrets of a deployment are called after it.
pub(super) fn secret_prefix_differs(context: &GitopsContext<'_>, found: &mut Diagnostics) {
    const KINDS: [&str; 7] = [
        "creds", "config", "jwt", "g3auto", "secret", "client", "key",
    ];
    for deployment in context.deployments() {
        let Some(environment) = deployment.text(&["global", "environment"]) else {
            continue;
        };
        for node in deployment.nodes() {
            leaves(node, &mut |path, leaf| {
                let is_named =
                    path.contains(&SECRETS) && path.first() != Some(&"global") && is_text(leaf);
                let Some(name) = leaf.text().filter(|name| is_named && !name.is_empty()) else {
                    return;
                };
                let is_secret = name
                    .split('-')
                    .skip(1)
                    .any(|part| KINDS.iter().any(|kind| part.starts_with(kind)));
                if !is_secret || name.starts_with(environment) {
                    return;
                }
                found.push(
                    context
                        .finding(deployment.directory(), format!("the secret `{name}` is not called after the environment `{environment}`"))
                        .path(dotted(path))
                        .help(format!("start its name with `{environment}-`, as the others do"))
                        .label(line(leaf), "another prefix"),
                );
            });
        }
    }
}

/// Whether a scalar is a string.
fn is_text(node: &Node) -> bool {
    matches!(&node.kind, Kind::Scalar(scalar) if matches!(scalar.reading(), Reading::Text(_)))
}

/// The index knows the secret with its users.
pub(super) fn indexd_credentials_unnamed(context: &GitopsContext<'_>, found: &mut Diagnostics) {
    for deployment in context
        .deployments()
        .filter(|deployment| deployment.is_on(&DEPLOY) && deployment.runs("indexd"))
    {
        let path = ["indexd", SECRETS, "serviceCreds"];
        if deployment.text(&path).is_none()
            && !deployment.is_on(&["indexd", SECRETS, "createK8sServiceCredsSecret"])
        {
            found.push(
                context
                    .value(
                        deployment,
                        &path,
                        "the secret with the users of the index has no name, and no default",
                        "`serviceCreds` is missing here",
                    )
                    .help("name it: indexd.externalSecrets.serviceCreds"),
            );
        }
    }
}

/// Messages to a channel have an address.
pub(super) fn slack_secret_unnamed(context: &GitopsContext<'_>, found: &mut Diagnostics) {
    for deployment in context.deployments() {
        let path = ["global", SECRETS, "createSlackWebhookSecret"];
        if deployment.is_on(&path)
            && deployment
                .text(&["global", SECRETS, "slackWebhookSecretName"])
                .is_none()
        {
            found.push(
                context
                    .value(
                        deployment,
                        &path,
                        "the secret with the address of the channel has no name",
                        "without `slackWebhookSecretName`",
                    )
                    .help("name it: global.externalSecrets.slackWebhookSecretName"),
            );
        }
    }
}

/// The dispatcher of uploads has credentials.
pub(super) fn dispatcher_credentials_unnamed(context: &GitopsContext<'_>, found: &mut Diagnostics) {
    for deployment in context
        .deployments()
        .filter(|deployment| deployment.is_on(&DEPLOY) && deployment.runs("ssjdispatcher"))
    {
        let path = ["ssjdispatcher", SECRETS, "credsFile"];
        if deployment.text(&path).is_none()
            && !deployment.is_on(&["ssjdispatcher", SECRETS, "createK8sSsjdispatcherSecret"])
        {
            found.push(
                context
                    .value(deployment, &path, "the secret of the dispatcher has no name: the chart looks for one that is called `credentials.json`", "`credsFile` is missing here")
                    .help("name it: ssjdispatcher.externalSecrets.credsFile"),
            );
        }
    }
}

/// No secret stands in the repository.
pub(super) fn secret_in_values(context: &GitopsContext<'_>, found: &mut Diagnostics) {
    for deployment in context.repository.all() {
        for node in deployment.nodes() {
            leaves(node, &mut |path, leaf| {
                let (Some(key), Some(text)) = (path.last(), leaf.text()) else {
                    return;
                };
                if !is_text(leaf) || !is_secret_key(key) || !looks_secret(text) {
                    return;
                }
                found.push(
                    context
                        .finding(deployment.directory(), format!("`{key}` looks like a secret in plain text"))
                        .path(dotted(path))
                        .help("put it into the secret manager, name it here, and change it: whoever reads the history has it")
                        .label(line(leaf).map(|span| crate::span::Span { end: span.start + 1, ..span }), "everybody can read this"),
                );
            });
        }
    }
}

/// Whether a key's value must not be seen.
fn is_secret_key(key: &str) -> bool {
    let key = key.to_ascii_lowercase().replace(['_', '-'], "");
    [
        "password",
        "secretkey",
        "clientsecret",
        "apitoken",
        "privatekey",
        "encryptionkey",
    ]
    .iter()
    .any(|end| key.ends_with(end))
}

/// Whether a text is neither a placeholder nor the name of a secret.
fn looks_secret(text: &str) -> bool {
    let lower = text.to_ascii_lowercase();
    let is_placeholder = ["{{", "<", "xx", "changeme", "replace", "todo"]
        .iter()
        .any(|start| lower.starts_with(start))
        || lower.contains("${");
    let is_name = ["creds", "secret", "g3auto", "config", "key"]
        .iter()
        .any(|end| {
            lower
                .trim_end_matches('s')
                .ends_with(&format!("-{}", end.trim_end_matches('s')))
        });
    text.len() >= 8 && !text.contains(' ') && !is_placeholder && !is_name
}

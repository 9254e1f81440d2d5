//! Rules about host names, and everything that repeats them.

use std::collections::BTreeMap;

use super::accounts::line;
use super::context::{GitopsContext, dotted};
use crate::contract::{CUTOVER_STATE, RECORD_IDENTIFIER};
use crate::diagnostic::Diagnostics;
use crate::gitops::{Deployment, leaves};
use crate::model::network::Hostname;

/// Where the host name stands.
const HOSTNAME: [&str; 2] = ["global", "hostname"];

/// The host name of a deployment.
pub(super) fn hostname(deployment: &Deployment) -> Option<&str> {
    deployment.text(&HOSTNAME)
}

/// A deployment has a host name.
pub(super) fn hostname_missing(context: &GitopsContext<'_>, found: &mut Diagnostics) {
    for deployment in context.deployments() {
        let message = match hostname(deployment) {
            None => "`global.hostname` is not set, and would be `localhost`".to_owned(),
            Some(host) if host == "localhost" || Hostname::check(host).is_ok() => continue,
            Some(host) => format!("`{host}` is no host name"),
        };
        found.push(
            context
                .value(
                    deployment,
                    &HOSTNAME,
                    message,
                    "what users type into their browser",
                )
                .help("write the full name of the host: hostname: data.example.org"),
        );
    }
}

/// The directory of a deployment is its host name.
pub(super) fn hostname_directory_differs(context: &GitopsContext<'_>, found: &mut Diagnostics) {
    for deployment in context.deployments() {
        let Some(host) = hostname(deployment).filter(|host| *host != &*deployment.name) else {
            continue;
        };
        let begins = deployment.name.starts_with(&format!("{host}-"));
        if begins && shares_host(deployment) {
            continue;
        }
        found.push(
            context
                .value(deployment, &HOSTNAME, format!("the host is `{host}`, and the directory `{}`", deployment.name), "another name")
                .help("rename the directory, or correct the host: everybody looks for one by the other"),
        );
    }
}

/// Whether a deployment says that others have its host name, too, and what it takes of the requests.
fn shares_host(deployment: &Deployment) -> bool {
    [CUTOVER_STATE, RECORD_IDENTIFIER]
        .iter()
        .any(|key| annotation(deployment, key).is_some())
}

/// An annotation of a deployment's ingress.
fn annotation<'d>(deployment: &'d Deployment, key: &str) -> Option<&'d str> {
    deployment.text(&["revproxy", "ingress", "annotations", key])
}

/// Whether two deployments with one host share its requests on purpose.
fn share_host(one: &Deployment, other: &Deployment) -> bool {
    let identifier = |deployment| annotation(deployment, RECORD_IDENTIFIER);
    let is_one = identifier(one).is_some() && identifier(one) == identifier(other);
    shares_host(one) && shares_host(other) && !is_one
}

/// Two deployments have two host names, or share one on purpose.
pub(crate) fn hostname_not_unique(context: &GitopsContext<'_>, found: &mut Diagnostics) {
    let mut first: BTreeMap<&str, &Deployment> = BTreeMap::new();
    for deployment in context.deployments() {
        let Some(host) = hostname(deployment) else {
            continue;
        };
        let Some(other) = first.get(host) else {
            first.insert(host, deployment);
            continue;
        };
        if share_host(other, deployment) {
            continue;
        }
        found.push(
            context
                .value(
                    deployment,
                    &HOSTNAME,
                    format!(
                        "`{}` and `{}` have the same host `{host}`",
                        other.directory(),
                        deployment.directory()
                    ),
                    "and here",
                )
                .help("give each its own host")
                .label(other.place(&HOSTNAME), "first used here"),
        );
    }
}

/// What repeats the host name repeats the right one.
pub(super) fn hostname_differs(context: &GitopsContext<'_>, found: &mut Diagnostics) {
    for deployment in context.deployments() {
        let Some(host) = hostname(deployment) else {
            continue;
        };
        for node in deployment.nodes() {
            leaves(node, &mut |path, leaf| {
                let (Some(key), Some(text)) = (path.last(), leaf.text()) else {
                    return;
                };
                if !matches!(
                    *key,
                    "fenceURL" | "BASE_URL" | "cookieDomain" | "indexdURL" | "FRAME_ANCESTORS"
                ) {
                    return;
                }
                let hosts: Vec<&str> = match *key {
                    "cookieDomain" => vec![text],
                    _ => addresses(text).collect(),
                };
                let allowed =
                    hosts.contains(&host) || (*key == "FRAME_ANCESTORS" && hosts.len() > 1);
                let other = hosts.into_iter().find(|other| {
                    !other.is_empty()
                        && *other != host
                        && !other.contains("{{")
                        && !other.contains("-service")
                        && *other != "localhost"
                });
                let is_hub = |other: &&str| {
                    matches!(*key, "fenceURL" | "indexdURL") && is_hub(context, deployment, other)
                };
                let Some(other) = other.filter(|other| !allowed && !is_hub(other)) else {
                    return;
                };
                found.push(
                    context
                        .finding(
                            deployment.directory(),
                            format!(
                                "`{key}` names the host `{other}`, and the deployment is `{host}`"
                            ),
                        )
                        .path(dotted(path))
                        .help(format!("write `{host}` here, too"))
                        .label(line(leaf), "another host")
                        .label(deployment.place(&HOSTNAME), "the deployment's host"),
                );
            });
        }
    }
}

/// Whether a host is that of the commons that a deployment signs its users in to.
fn is_hub(context: &GitopsContext<'_>, deployment: &Deployment, host: &str) -> bool {
    let extra = |key: &str| deployment.text(&["global", "manifestGlobalExtraValues", key]);
    let is_named =
        extra("fence_url").is_some_and(|text| addresses(text).any(|named| named == host));
    let is_child = extra("arborist_url").is_some();
    is_named
        // One that nothing deploys any more is a finding of its own.
        || (is_child
            && context
                .repository
                .all()
                .any(|other| hostname(other) == Some(host)))
}

/// The hosts of the web addresses in a text.
pub(super) fn addresses(text: &str) -> impl Iterator<Item = &str> {
    text.split("://").skip(1).map(|rest| {
        let ends =
            |char: char| !(char.is_ascii_alphanumeric() || matches!(char, '.' | '-' | '{' | '}'));
        &rest[..rest.find(ends).unwrap_or(rest.len())]
    })
}

/// The dashboard lies below the host's name.
pub(super) fn dashboard_prefix_differs(context: &GitopsContext<'_>, found: &mut Diagnostics) {
    let path = ["dashboard", "dashboardConfig", "prefix"];
    for deployment in context.deployments() {
        let (Some(host), Some(prefix)) = (hostname(deployment), deployment.text(&path)) else {
            continue;
        };
        if host != prefix {
            found.push(
                context
                    .value(deployment, &path, format!("the dashboard is looked for below `{prefix}`, and the host is `{host}`"), "another host")
                    .help(format!("write `{host}`, or check that the bucket holds the dashboard below that prefix"))
                    .label(deployment.place(&HOSTNAME), "the deployment's host"),
            );
        }
    }
}

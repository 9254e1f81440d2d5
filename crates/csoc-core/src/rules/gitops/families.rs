//! Rules about commons that sign in to, and index with, another one: a hub and its children.

use super::context::GitopsContext;
use super::hosts::{addresses, hostname};
use crate::diagnostic::Diagnostics;
use crate::gitops::Deployment;
use crate::value::Node;

/// Where a child says whose it is.
const EXTRA: [&str; 2] = ["global", "manifestGlobalExtraValues"];
/// Whom a hub lets in.
const ORIGINS: [&str; 2] = ["global", "origins_allow_credentials"];

/// An extra value of a child.
fn extra<'a>(deployment: &'a Deployment, key: &str) -> Option<&'a str> {
    deployment.text(&[EXTRA[0], EXTRA[1], key])
}

/// Whether the users of one deployment sign in at another.
pub(super) fn signs_in_at(child: &Deployment, hub: &Deployment) -> bool {
    let named = [
        child.text(&["global", "fenceURL"]),
        extra(child, "fence_url"),
    ];
    let mut hosts = named
        .into_iter()
        .flatten()
        .filter_map(|url| addresses(url).next());
    let hub = hostname(hub);
    hub != hostname(child) && hosts.any(|host| Some(host) == hub)
}

/// Children with their host and their hub.
fn children<'a>(context: &GitopsContext<'a>) -> Vec<(&'a Deployment, &'a str, &'a Deployment)> {
    context
        .deployments()
        .filter_map(|child| {
            let own = hostname(child)?;
            let url = extra(child, "fence_url").or_else(|| child.text(&["global", "fenceURL"]));
            let named = addresses(url?).next().filter(|host| *host != own)?;
            let hub = context
                .deployments()
                .find(|other| hostname(other) == Some(named))?;
            Some((child, own, hub))
        })
        .collect()
}

/// A hub lets in the pages of its children.
pub(super) fn hub_origin_missing(context: &GitopsContext<'_>, found: &mut Diagnostics) {
    for (child, own, hub) in children(context) {
        let origins = hub.get(&ORIGINS).map_or(&[][..], Node::items);
        let is_listed = origins
            .iter()
            .filter_map(Node::text)
            .any(|origin| addresses(origin).next() == Some(own) || origin == own);
        if is_listed {
            continue;
        }
        found.push(
            context
                .value(
                    hub,
                    &ORIGINS,
                    format!("`{own}` signs in here, and its pages are not let in"),
                    "not listed here",
                )
                .help(format!(
                    "add https://{own} to global.origins_allow_credentials"
                ))
                .label(child.place(&[EXTRA[0], EXTRA[1], "fence_url"]), "the child"),
        );
    }
}

/// The cookie of a hub is sent to its children.
pub(super) fn hub_cookie_differs(context: &GitopsContext<'_>, found: &mut Diagnostics) {
    for (child, own, hub) in children(context) {
        let Some(domain) = extra(child, "cookie_domain") else {
            continue;
        };
        let bare = domain.trim_start_matches('.');
        let covers = |host: &str| host == bare || host.ends_with(&format!(".{bare}"));
        let named = hostname(hub).unwrap_or_default();
        if covers(own) && covers(named) {
            continue;
        }
        found.push(
            context
                .value(
                    child,
                    &[EXTRA[0], EXTRA[1], "cookie_domain"],
                    format!("cookies of `{domain}` do not reach both `{named}` and `{own}`"),
                    "not a parent of both",
                )
                .help("name the domain that both hosts are below"),
        );
    }
}

/// A child asks the services of its hub where they are.
pub(super) fn hub_namespace_differs(context: &GitopsContext<'_>, found: &mut Diagnostics) {
    for (child, _, hub) in children(context) {
        let Some(namespace) = hub.namespace() else {
            continue;
        };
        for key in ["arborist_url", "indexd_url"] {
            let Some(text) = extra(child, key) else {
                continue;
            };
            let Some((_, rest)) = text.split_once("-service.") else {
                continue;
            };
            let asked = rest.split('.').next().unwrap_or_default();
            if child.cluster == hub.cluster && asked != namespace {
                found.push(
                    context
                        .value(child, &[EXTRA[0], EXTRA[1], key], format!("`{key}` leads to the namespace `{asked}`, and the hub is in `{namespace}`"), "another namespace")
                        .help(format!("write `{}`", text.replacen(asked, namespace, 1)))
                        .label(hub.application().and_then(|application| application.namespace.as_ref()).and_then(|placed| placed.span), "the hub's"),
                );
            }
        }
    }
}

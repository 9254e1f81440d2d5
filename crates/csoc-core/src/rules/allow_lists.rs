//! Rules about every allow-list alike, of environments, of the hub's services, of clusters' own Argo CDs: how wide it is, whether
//! it holds anything, and until when.

use ipnet::IpNet;

use super::context::FleetContext;
use super::horizon::{YEARS, horizon};
use crate::contract::HubServiceKind;
use crate::diagnostic::Diagnostics;
use crate::model::hub::AllowedNetwork;
use crate::model::network::Cidr;
use crate::network::{excesses, widest};
use crate::resolve::ResolvedFleet;
use crate::span::Span;
use crate::value::{Kind, Node};

/// What is written where everyone may come in.
const EVERYONE: &str = "list the networks that may reach it; where everyone may, take the list out, or say `null` where a lower layer lists some";

/// The key below `hub` of a service's list.
pub(super) fn list_field(kind: HubServiceKind) -> [&'static str; 3] {
    ["hub", "allowLists", kind.as_str()]
}

/// The lists that somebody answers for, each with its place: the hub's, and those of clusters' own Argo CDs.
pub(super) fn answered(
    fleet: &ResolvedFleet,
) -> impl Iterator<Item = (Vec<&str>, &[AllowedNetwork])> {
    let of_hub = fleet.spec.hub.iter().flat_map(|hub| {
        let lists =
            HubServiceKind::ALL.map(|kind| (list_field(kind).to_vec(), kind.allow_list(hub)));
        let operators = (vec!["hub", "operators"], hub.operators.as_slice());
        lists.into_iter().chain([operators])
    });
    let of_clusters = fleet.clusters.iter().filter_map(|(name, cluster)| {
        let listed = &cluster.spec.argocd.as_ref()?.allow_list;
        let path = vec!["clusters", name.as_str(), "argocd", "allowList"];
        Some((path, listed.as_slice()))
    });
    of_hub.chain(of_clusters)
}

/// How many entries with a last day there are.
pub(super) fn count(fleet: &ResolvedFleet) -> usize {
    answered(fleet).map(|(_, list)| list.len()).sum()
}

/// Where a field of an entry stands.
pub(super) fn item_place(
    context: &FleetContext<'_>,
    path: &[&str],
    at: usize,
    key: &str,
) -> Option<Span> {
    let list = context.fleet.root.path(path);
    let item = list.and_then(|list| list.items().get(at));
    let field = item.and_then(|item| item.get(key));
    field.and_then(Node::span).or_else(|| context.place(path))
}

/// The addresses of entries.
pub(super) fn networks(list: &[AllowedNetwork]) -> impl Iterator<Item = IpNet> {
    list.iter().map(|entry| entry.cidr.network())
}

/// What of a list is too wide to answer for: entries by their place in it, or all of it together.
pub(super) fn wide(list: impl Iterator<Item = IpNet>) -> Vec<(Option<usize>, String)> {
    let list: Vec<IpNet> = list.collect();
    let entries: Vec<_> = list
        .iter()
        .enumerate()
        .filter(|(_, network)| network.prefix_len() < widest(**network))
        .map(|(at, network)| {
            let what = match network.prefix_len() {
                0 => "is everyone".to_owned(),
                _ => format!(
                    "is wider than a /{}: nobody can answer for all of it",
                    widest(*network)
                ),
            };
            (Some(at), format!("`{network}` {what}"))
        })
        .collect();
    if !entries.is_empty() {
        return entries;
    }
    let together = excesses(list).into_iter().map(|excess| {
        let message = format!(
            "its networks of {} are together as wide as {} networks of /{}: nobody can answer for all of them",
            excess.family, excess.times, excess.widest
        );
        (None, message)
    });
    together.collect()
}

/// An entry is a network that somebody can answer for, and so is the whole of a list.
pub(crate) fn hub_allow_list_wide(context: &FleetContext<'_>, found: &mut Diagnostics) {
    for (path, list) in answered(context.fleet) {
        for (at, message) in wide(networks(list)) {
            let (place, message) = match at {
                Some(at) => (item_place(context, &path, at, "cidr"), message),
                None => (
                    context.place(&path),
                    format!("`{}` lets in too much: {message}", path.join(".")),
                ),
            };
            found.push(
                context
                    .finding(&path, message)
                    .help("list the networks that are meant, as narrow as they are")
                    .label(place, "too wide"),
            );
        }
    }
}

/// An allow-list leaves somebody out.
pub(crate) fn allow_list_open(context: &FleetContext<'_>, found: &mut Diagnostics) {
    let field = ["exposure", "allowList"];
    for (at, environment) in context.environments() {
        let list = &environment.spec.exposure.allow_list;
        for (item, message) in wide(list.iter().map(Cidr::network)) {
            let listed = environment.layers.merged.path(&field).map(Node::items);
            let own = item.and_then(|item| listed?.get(item)?.span());
            found.push(
                context
                    .environment_finding(
                        at,
                        &field,
                        format!("the allow-list lets in too much: {message}"),
                    )
                    .help(EVERYONE)
                    .label(
                        own.or_else(|| context.environment_place(at, &field)),
                        "lets too many in",
                    ),
            );
        }
    }
}

/// A list that is written holds something: one without an entry reads as "nobody" and lets everyone in.
pub(crate) fn allow_list_empty(context: &FleetContext<'_>, found: &mut Diagnostics) {
    let lists = answered(context.fleet).filter(|(path, _)| path.last() != Some(&"operators"));
    for (path, _) in lists {
        if is_written_empty(context, &path) {
            let message = format!(
                "`{}` is written and holds no network: it leaves nobody out",
                path.join(".")
            );
            found.push(
                context
                    .finding(&path, message)
                    .help("list the networks that may reach it, or take the list out")
                    .label(context.place(&path), "no network"),
            );
        }
    }
    let field = ["exposure", "allowList"];
    for (at, environment) in context.environments() {
        if holds_nothing(environment.layers.merged.path(&field)) {
            found.push(
                context
                    .environment_finding(
                        at,
                        &field,
                        "the allow-list is written and holds no network: it leaves nobody out",
                    )
                    .help(EVERYONE)
                    .label(context.environment_place(at, &field), "no network"),
            );
        }
    }
}

/// Whether a list is written without an entry, which [`allow_list_empty`] says.
pub(super) fn is_written_empty(context: &FleetContext<'_>, path: &[&str]) -> bool {
    holds_nothing(context.fleet.root.path(path))
}

fn holds_nothing(node: Option<&Node>) -> bool {
    node.is_some_and(|node| matches!(&node.kind, Kind::List(items) if items.is_empty()))
}

/// An entry holds until its last day.
pub(crate) fn hub_allow_list_expired(context: &FleetContext<'_>, found: &mut Diagnostics) {
    let Some(day) = &context.call.as_of else {
        return;
    };
    for (path, list) in answered(context.fleet) {
        for (at, entry) in list.iter().enumerate() {
            if *day <= entry.expires {
                continue;
            }
            found.push(
                context
                    .finding(
                        &path,
                        format!("`{}` was to be let in until {}", entry.cidr, entry.expires),
                    )
                    .help(format!(
                        "ask {}, then move the day or take the entry out",
                        entry.owner
                    ))
                    .label(item_place(context, &path, at, "expires"), "past"),
            );
        }
    }
}

/// An entry has a last day that comes: one that is never reached is none.
pub(crate) fn hub_allow_list_endless(context: &FleetContext<'_>, found: &mut Diagnostics) {
    let Some(latest) = context.call.as_of.as_ref().and_then(horizon) else {
        return;
    };
    for (path, list) in answered(context.fleet) {
        for (at, entry) in list.iter().enumerate() {
            if entry.expires.as_str() <= latest.as_str() {
                continue;
            }
            found.push(
                context
                    .finding(
                        &path,
                        format!(
                            "`{}` is let in until {}, which must be {YEARS} years off at most",
                            entry.cidr, entry.expires
                        ),
                    )
                    .help(format!(
                        "name the day on which {} looks at it again, {latest} at the latest",
                        entry.owner
                    ))
                    .label(item_place(context, &path, at, "expires"), "too far off"),
            );
        }
    }
}

//! Rules about what objects name.

use super::context::FleetContext;
use crate::contract::choose;
use crate::diagnostic::{Diagnostics, Finding};
use crate::model::name::ObjectName;
use crate::value::suggestion::closest;

/// Whatever is named is there.
pub(crate) fn reference_unknown(context: &FleetContext<'_>, found: &mut Diagnostics) {
    let fleet = context.fleet;
    for (name, cluster) in &fleet.clusters {
        let path = ["clusters", name.as_str(), "account"];
        if !fleet.accounts.contains_key(&cluster.spec.account) {
            let finding = context.finding(
                &path,
                format!("there is no account `{}`", cluster.spec.account),
            );
            let finding = finding.label(context.place(&path), "named here");
            found.push(suggest(
                finding,
                &cluster.spec.account,
                fleet.accounts.keys(),
                "accounts",
            ));
        }
    }
    if let Some(hub) = &fleet.spec.hub {
        if !fleet.accounts.contains_key(&hub.account) {
            let path = ["hub", "account"];
            let finding = context.finding(&path, format!("there is no account `{}`", hub.account));
            found.push(suggest(
                finding.label(context.place(&path), "named here"),
                &hub.account,
                fleet.accounts.keys(),
                "accounts",
            ));
        }
        if let Some(cluster) = hub
            .cluster
            .as_ref()
            .filter(|cluster| !fleet.clusters.contains_key(*cluster))
        {
            let path = ["hub", "cluster"];
            let finding = context.finding(&path, format!("there is no cluster `{cluster}`"));
            found.push(suggest(
                finding.label(context.place(&path), "named here"),
                cluster,
                fleet.clusters.keys(),
                "clusters",
            ));
        }
    }
    for (at, environment) in context.environments() {
        let spec = &environment.spec;
        let missing = |field: &'static str, what: &str, name: &ObjectName| {
            context
                .environment_finding(at, &[field], format!("there is no {what} `{name}`"))
                .label(context.environment_place(at, &[field]), "named here")
        };
        let Some(cluster) = fleet.clusters.get(&spec.cluster) else {
            found.push(suggest(
                missing("cluster", "cluster", &spec.cluster),
                &spec.cluster,
                fleet.clusters.keys(),
                "clusters",
            ));
            continue;
        };
        if let Some(parent) = spec
            .parent
            .as_ref()
            .filter(|parent| !fleet.commons.contains_key(*parent))
        {
            found.push(suggest(
                missing("parent", "commons", parent),
                parent,
                fleet.commons.keys(),
                "commons",
            ));
        }
        let shared: [(&'static str, &str, Option<&ObjectName>, Vec<&ObjectName>); 3] = [
            (
                "loadBalancer",
                "load balancer",
                spec.load_balancer.as_ref(),
                cluster.spec.load_balancers.keys().collect(),
            ),
            (
                "database",
                "database cluster",
                spec.database.as_ref(),
                cluster.spec.databases.keys().collect(),
            ),
            (
                "search",
                "search domain",
                spec.search.as_ref(),
                cluster.spec.search.keys().collect(),
            ),
        ];
        for (field, what, named, known) in shared {
            let usual = if field == "loadBalancer" {
                "public"
            } else {
                "main"
            };
            let implicit = known.is_empty() && named.is_none_or(|named| named.as_str() == usual);
            if implicit || choose(named, &known, usual).is_some() {
                continue;
            }
            let finding = match named {
                Some(named) => {
                    let finding = missing(field, what, named);
                    suggest(
                        finding,
                        named,
                        known.into_iter(),
                        &format!("the cluster `{}`", spec.cluster),
                    )
                }
                None => context
                    .environment_finding(
                        at,
                        &[field],
                        format!(
                            "the cluster `{}` has several and none is the {what} `{usual}`",
                            spec.cluster
                        ),
                    )
                    .help(format!("say which {what} it uses: {field}: NAME"))
                    .label(
                        context.environment_place(at, &[field]),
                        "says nothing of it",
                    ),
            };
            found.push(finding);
        }
    }
}

/// A finding with the name that was perhaps meant, or with all there are.
fn suggest<'a>(
    finding: Finding,
    name: &ObjectName,
    known: impl Iterator<Item = &'a ObjectName>,
    place: &str,
) -> Finding {
    let known: Vec<&str> = known.map(ObjectName::as_str).collect();
    if let Some(meant) = closest(name.as_str(), known.iter().copied()) {
        return finding.help(format!("did you mean `{meant}`?"));
    }
    match known.as_slice() {
        [] => finding.help(format!("{place} has none; declare it there")),
        known => finding.help(format!("{place} has {}", known.join(", "))),
    }
}

//! Rules about what objects name.

use super::context::FleetContext;
use crate::contract::choose;
use crate::diagnostic::{Diagnostics, Finding};
use crate::model::name::ObjectName;
use crate::resolve::{EnvironmentRef, ResolvedCluster, ResolvedEnvironment};
use crate::value::suggestion::closest;

/// Whatever is named is there.
pub(crate) fn reference_unknown(context: &FleetContext<'_>, found: &mut Diagnostics) {
    clusters(context, found);
    hub(context, found);
    guardrails(context, found);
    for (at, environment) in context.environments() {
        match context.fleet.clusters.get(&environment.spec.cluster) {
            Some(cluster) => {
                parent(context, at, environment, found);
                shared(context, at, environment, cluster, found);
            }
            // What is retired has a rule of its own.
            None if context
                .fleet
                .retired
                .clusters
                .contains_key(&environment.spec.cluster) => {}
            None => found.push(suggest(
                missing(context, at, "cluster", "cluster", &environment.spec.cluster),
                &environment.spec.cluster,
                context.fleet.clusters.keys(),
                "clusters",
            )),
        }
    }
}

fn clusters(context: &FleetContext<'_>, found: &mut Diagnostics) {
    let accounts = &context.fleet.accounts;
    for (name, cluster) in &context.fleet.clusters {
        let account = &cluster.spec.account;
        if !accounts.contains_key(account) && !is_retired(context, "accounts", account) {
            let path = ["clusters", name.as_str(), "account"];
            let finding = context
                .finding(&path, format!("there is no account `{account}`"))
                .label(context.place(&path), "named here");
            found.push(suggest(finding, account, accounts.keys(), "accounts"));
        }
    }
}

/// Whether an account or a cluster is written down still and gone.
fn is_retired(context: &FleetContext<'_>, kind: &str, name: &ObjectName) -> bool {
    let retired = &context.fleet.retired;
    match kind {
        "accounts" => retired.accounts.contains_key(name),
        _ => retired.clusters.contains_key(name),
    }
}

/// A finding about who names what is not there; what is retired is said so.
fn absent<'a>(
    context: &FleetContext<'_>,
    path: &[&str],
    kind: &str,
    name: &ObjectName,
    known: impl Iterator<Item = &'a ObjectName>,
) -> Finding {
    let what = kind.trim_end_matches('s');
    if is_retired(context, kind, name) {
        return context
            .finding(path, format!("the {what} `{name}` is retired"))
            .help("name another, or none, before it is retired")
            .label(context.place(path), "named here");
    }
    let finding = context
        .finding(path, format!("there is no {what} `{name}`"))
        .label(context.place(path), "named here");
    suggest(finding, name, known, kind)
}

fn hub(context: &FleetContext<'_>, found: &mut Diagnostics) {
    let fleet = context.fleet;
    let Some(hub) = &fleet.spec.hub else {
        return;
    };
    if !fleet.accounts.contains_key(&hub.account) {
        let known = fleet.accounts.keys();
        found.push(absent(
            context,
            &["hub", "account"],
            "accounts",
            &hub.account,
            known,
        ));
    }
    if let Some(cluster) = &hub.cluster
        && !fleet.clusters.contains_key(cluster)
    {
        let known = fleet.clusters.keys();
        found.push(absent(
            context,
            &["hub", "cluster"],
            "clusters",
            cluster,
            known,
        ));
    }
}

fn guardrails(context: &FleetContext<'_>, found: &mut Diagnostics) {
    let organization = context.fleet.spec.organization.as_ref();
    let Some(guardrails) = organization.and_then(|organization| organization.guardrails.as_ref())
    else {
        return;
    };
    let accounts = &context.fleet.accounts;
    let base = ["organization", "guardrails"];
    let named = guardrails.units.iter().flat_map(|(unit, accounts)| {
        let path = vec![base[0], base[1], "units", unit.as_str()];
        accounts.iter().map(move |account| (path.clone(), account))
    });
    let applied_in = (vec![base[0], base[1], "account"], &guardrails.account);
    for (path, account) in [applied_in].into_iter().chain(named) {
        if accounts.contains_key(account) {
            continue;
        }
        found.push(absent(context, &path, "accounts", account, accounts.keys()));
    }
}

fn parent(
    context: &FleetContext<'_>,
    at: &EnvironmentRef,
    environment: &ResolvedEnvironment,
    found: &mut Diagnostics,
) {
    let commons = &context.fleet.commons;
    if let Some(parent) = &environment.spec.parent
        && !commons.contains_key(parent)
    {
        let finding = missing(context, at, "parent", "commons", parent);
        found.push(suggest(finding, parent, commons.keys(), "commons"));
    }
}

/// A field, what it names, the usual name, the name given, and the names that there are.
type Use<'a> = (
    &'a str,
    &'a str,
    &'a str,
    Option<&'a ObjectName>,
    Vec<&'a ObjectName>,
);

/// What an environment uses of its cluster: the one it names, the only one, or the one of the usual name.
fn shared(
    context: &FleetContext<'_>,
    at: &EnvironmentRef,
    environment: &ResolvedEnvironment,
    cluster: &ResolvedCluster,
    found: &mut Diagnostics,
) {
    let spec = &environment.spec;
    let uses: [Use<'_>; 3] = [
        (
            "loadBalancer",
            "load balancer",
            "public",
            spec.load_balancer.as_ref(),
            cluster.spec.load_balancers.keys().collect(),
        ),
        (
            "database",
            "database cluster",
            "main",
            spec.database.as_ref(),
            cluster.spec.databases.keys().collect(),
        ),
        (
            "search",
            "search domain",
            "main",
            spec.search.as_ref(),
            cluster.spec.search.keys().collect(),
        ),
    ];
    for (field, what, usual, named, known) in uses {
        let implicit = known.is_empty() && named.is_none_or(|named| named.as_str() == usual);
        if implicit || choose(named, &known, usual).is_some() {
            continue;
        }
        let there = format!("the cluster `{}`", spec.cluster);
        found.push(match named {
            Some(named) => suggest(
                missing(context, at, field, what, named),
                named,
                known.into_iter(),
                &there,
            ),
            None => context
                .environment_finding(
                    at,
                    &[field],
                    format!("{there} has several and none is the {what} `{usual}`"),
                )
                .help(format!("say which {what} it uses: {field}: NAME"))
                .label(
                    context.environment_place(at, &[field]),
                    "says nothing of it",
                ),
        });
    }
}

fn missing(
    context: &FleetContext<'_>,
    at: &EnvironmentRef,
    field: &str,
    what: &str,
    name: &ObjectName,
) -> Finding {
    context
        .environment_finding(at, &[field], format!("there is no {what} `{name}`"))
        .label(context.environment_place(at, &[field]), "named here")
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

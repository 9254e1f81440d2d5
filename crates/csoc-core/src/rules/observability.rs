//! Rules about who keeps metrics, logs and traces, and who is told when something is wrong.

use std::collections::BTreeMap;

use super::context::FleetContext;
use crate::contract::{Watch, hub_cluster, hub_services, keeps, profile, unobservable};
use crate::diagnostic::Diagnostics;
use crate::model::name::ObjectName;
use crate::model::observability::ObservabilityProfile;
use crate::model::{Mode, Tier};
use crate::resolve::{EnvironmentRef, ResolvedEnvironment, ResolvedFleet};

/// Environments that stay, on clusters that are ours.
fn environments<'a>(
    context: &FleetContext<'a>,
) -> impl Iterator<Item = (&'a EnvironmentRef, &'a ResolvedEnvironment, &'a ObjectName)> {
    let fleet: &'a ResolvedFleet = context.fleet;
    fleet
        .environments
        .iter()
        .filter_map(move |(at, environment)| {
            let cluster = fleet.clusters.get(&environment.spec.cluster)?;
            keeps(fleet, cluster).then_some((at, environment, &cluster.spec.account))
        })
}

/// Where the hub is to keep something, it has a cluster that can.
pub(crate) fn observability_hub_missing(context: &FleetContext<'_>, found: &mut Diagnostics) {
    if hub_cluster(context.fleet).is_some() {
        return;
    }
    let field = ["observability", "profile"];
    for (at, environment, _) in environments(context) {
        if profile(context.fleet, environment) != ObservabilityProfile::Hub {
            continue;
        }
        found.push(
            context
                .environment_finding(
                    at,
                    &field,
                    format!("the hub is to keep metrics, logs and traces of `{}`, and has no cluster of ours on EKS", environment.spec.hostname),
                )
                .help("name the cluster in `hub.cluster`, or say observability: { profile: per-account }")
                .label(context.environment_place(at, &field), "nobody keeps them"),
        );
    }
}

/// Who asks for a Grafana at the hub has something to see there.
pub(crate) fn hub_grafana_empty(context: &FleetContext<'_>, found: &mut Diagnostics) {
    let asks = context.fleet.spec.hub.as_ref();
    if asks.is_none_or(|hub| hub.grafana.is_none()) {
        return;
    }
    let Some(services) = hub_services(context.fleet) else {
        return;
    };
    if Watch::of(context.fleet).is_keeper(&services.cluster) {
        return;
    }
    let path = ["hub", "grafana"];
    found.push(
        context
            .finding(
                &path,
                format!("a Grafana is asked for at the hub, and its cluster `{}` keeps no metrics, logs and traces, so that none is made", services.cluster),
            )
            .help("let environments be kept there (observability: { profile: hub }), or take `grafana` out")
            .label(context.place(&path), "has nothing to show"),
    );
}

/// What users depend on is observed.
pub(crate) fn observability_off(context: &FleetContext<'_>, found: &mut Diagnostics) {
    let field = ["observability", "profile"];
    for (at, environment, _) in environments(context) {
        let is_prod = environment.spec.tier == Tier::Prod;
        if !is_prod || profile(context.fleet, environment) != ObservabilityProfile::None {
            continue;
        }
        found.push(
            context
                .environment_finding(
                    at,
                    &field,
                    format!(
                        "nobody keeps metrics, logs and traces of `{}`, which is in production",
                        environment.spec.hostname
                    ),
                )
                .help("take `profile` out, or say observability: { profile: per-account }")
                .label(context.environment_place(at, &field), "switched off"),
        );
    }
}

/// Somebody is told of what goes wrong in production.
pub(crate) fn alarm_receiver_missing(context: &FleetContext<'_>, found: &mut Diagnostics) {
    let mut accounts: BTreeMap<&ObjectName, &EnvironmentRef> = BTreeMap::new();
    for (at, environment, account) in environments(context) {
        if environment.spec.tier == Tier::Prod {
            accounts.entry(account).or_insert(at);
        }
    }
    for (name, at) in accounts {
        let Some(account) = context.fleet.account(name.as_str()) else {
            continue;
        };
        let own = account.observability.as_ref();
        let is_told = own.is_some_and(|own| !own.receivers.is_empty());
        if is_told || !account.contacts.is_empty() {
            continue;
        }
        let path = ["accounts", name.as_str()];
        found.push(
            context
                .tier_finding(
                    Some(Tier::Prod),
                    &path,
                    format!("nobody is told of alarms in the account `{name}`, which `{at}` is in"),
                )
                .help("add contacts: [PERSON@ORGANIZATION] to the account, or receivers of its own to `observability`")
                .label(context.place(&path), "has neither contacts nor receivers"),
        );
    }
}

/// What users depend on has metrics, logs and alerts: something collects them, and something keeps them.
pub(crate) fn observability_incomplete(context: &FleetContext<'_>, found: &mut Diagnostics) {
    uncollected(context, found);
    let fleet = context.fleet;
    let watch = Watch::of(fleet);
    let is_ours = |name: &ObjectName| {
        let cluster = fleet.clusters.get(name);
        cluster.is_some_and(|it| it.spec.management.applications != Mode::External)
    };
    for (at, environment, _) in environments(context) {
        let Some(keeper) = watch
            .keeper(at)
            .filter(|_| environment.spec.tier == Tier::Prod)
        else {
            continue;
        };
        let cluster = &environment.spec.cluster;
        let (what, named) = if !is_ours(cluster) {
            ("collects", cluster)
        } else if !is_ours(keeper) {
            ("keeps", keeper)
        } else {
            continue;
        };
        let path = ["clusters", named.as_str(), "management", "applications"];
        found.push(
            context
                .environment_finding(
                    at,
                    &["observability"],
                    format!("nothing of ours {what} metrics, logs and alerts of `{}`, which is in production: applications of the cluster `{named}` are somebody else's", environment.spec.hostname),
                )
                .help("let the fleet own the cluster's applications, or say observability: { profile: none } and waive observability-off with who observes it")
                .label(context.place(&path), "said here"),
        );
    }
}

/// What is asked to be observed is in a cluster that something of ours can collect in.
///
/// Where the hub keeps what all have, production is asked to be; elsewhere only who says so.
fn uncollected(context: &FleetContext<'_>, found: &mut Diagnostics) {
    let fleet = context.fleet;
    for (at, environment) in &fleet.environments {
        let Some((name, cluster)) = fleet.clusters.get_key_value(&environment.spec.cluster) else {
            continue;
        };
        let Some(why) = unobservable(fleet, cluster) else {
            continue;
        };
        let said = environment.spec.observability.and_then(|it| it.profile);
        let is_asked = match said {
            Some(profile) => profile != ObservabilityProfile::None,
            None => environment.spec.tier == Tier::Prod && hub_cluster(fleet).is_some(),
        };
        if !is_asked {
            continue;
        }
        let field = ["observability", "profile"];
        let path = ["clusters", name.as_str(), "management", "terraform"];
        found.push(
            context
                .environment_finding(
                    at,
                    &field,
                    format!("nothing of ours collects metrics, logs and alerts of `{}` in the cluster `{name}`: {why}", environment.spec.hostname),
                )
                .help("say observability: { profile: none } where somebody else observes it, or let the fleet own the Terraform of a cluster on EKS")
                .label(context.environment_place(at, &field), if said.is_some() { "asked for here" } else { "in production" })
                .label(context.place(&path), "said here"),
        );
    }
}

/// A cluster that keeps something of others is reached by them.
pub(crate) fn telemetry_host_missing(context: &FleetContext<'_>, found: &mut Diagnostics) {
    let fleet = context.fleet;
    let watch = Watch::of(fleet);
    for ((account, _), keeper) in watch.keepers() {
        let Some(sender) = watch.senders_to(keeper).next() else {
            continue;
        };
        if watch.host(keeper).is_some() {
            continue;
        }
        let path = ["accounts", account.as_str()];
        found.push(
            context
                .finding(
                    &path,
                    format!("`{sender}` cannot send metrics, logs and traces to `{keeper}`, which keeps them: the account `{account}` has no domain for a host"),
                )
                .help("give the account a domain, or let each account keep its own: observability: { profile: per-account }")
                .label(context.place(&path), "has no `domain`"),
        );
    }
}

/// The cluster that keeps what an account has is one that can.
pub(crate) fn observability_cluster_unfitting(context: &FleetContext<'_>, found: &mut Diagnostics) {
    for (name, account) in &context.fleet.accounts {
        let own = account.observability.as_ref();
        let Some(chosen) = own.and_then(|own| own.cluster.as_ref()) else {
            continue;
        };
        let cluster = context.fleet.clusters.get(chosen);
        let fits = cluster
            .is_some_and(|cluster| cluster.spec.account == *name && keeps(context.fleet, cluster));
        if fits || account.management.terraform == Mode::External {
            continue;
        }
        let why = match cluster {
            None => "there is no such cluster",
            Some(cluster) if cluster.spec.account != *name => "it is of another account",
            Some(cluster) => unobservable(context.fleet, cluster).unwrap_or_default(),
        };
        let path = ["accounts", name.as_str(), "observability", "cluster"];
        found.push(
            context
                .finding(
                    &path,
                    format!("`{chosen}` cannot keep metrics, logs and traces of the account `{name}`: {why}"),
                )
                .help("name a cluster of the account on EKS that is managed, or take `cluster` out")
                .label(context.place(&path), "named here"),
        );
    }
}

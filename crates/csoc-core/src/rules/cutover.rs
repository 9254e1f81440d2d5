//! Rules about environments of a commons that have one host name.

use std::collections::BTreeMap;

use super::context::FleetContext;
use crate::contract::{CutoverContract, Entrance, EnvironmentContract, entrance};
use crate::diagnostic::Diagnostics;
use crate::model::Environment;
use crate::model::environment::{Certificate, Cutover, CutoverState, Records};
use crate::model::name::ObjectName;
use crate::resolve::{EnvironmentRef, ResolvedEnvironment};

/// All environments of a commons that share a host name.
type Sharers<'a> = Vec<(&'a EnvironmentRef, &'a ResolvedEnvironment)>;

/// What `cutover` says is about somebody else, too.
pub(crate) fn cutover_alone(context: &FleetContext<'_>, found: &mut Diagnostics) {
    for (at, environment) in context.environments() {
        let spec = &environment.spec;
        if !context.fleet.sharers(at).is_empty() {
            continue;
        }
        let (field, what) = match (spec.cutover, &spec.preview_hostname) {
            (Some(_), _) => ("cutover", "it takes all requests whatever this says"),
            (None, Some(_)) => ("previewHostname", "nothing leads to this host"),
            (None, None) => continue,
        };
        found.push(
            context
                .environment_finding(
                    at,
                    &[field],
                    format!("`{}` is the host name of this environment alone: {what}", spec.hostname),
                )
                .help(format!("remove `{field}`, or give the other environment of the commons the same hostname and a `cutover` of its own"))
                .label(context.environment_place(at, &[field]), "has no effect"),
        );
    }
}

/// Environments that share a host name say in one way what they take.
pub(crate) fn cutover_kinds_mixed(context: &FleetContext<'_>, found: &mut Diagnostics) {
    for sharers in all(context) {
        let of = |wanted: bool| {
            let mut sharers = sharers.iter();
            sharers.find(|(_, other)| other.spec.cutover.is_some_and(Cutover::is_weight) == wanted)
        };
        let (Some((weighs, _)), Some((states, environment))) = (of(true), of(false)) else {
            continue;
        };
        found.push(
            context
                .environment_finding(
                    states,
                    &["cutover"],
                    format!("of the environments with the host name `{}` some have a weight and some a state", environment.spec.hostname),
                )
                .help("say it in one way: a weight for each, such as { weight: 100 } and { weight: 0 }; or { state: active } for one and { state: standby } for the others")
                .label(context.environment_place(states, &["cutover"]), "a state")
                .label(context.environment_place(weighs, &["cutover"]), "a weight"),
        );
    }
}

/// One of the environments that share a host name is active.
pub(crate) fn cutover_active_count(context: &FleetContext<'_>, found: &mut Diagnostics) {
    for sharers in all(context).filter(|sharers| !has_weights(sharers)) {
        let is_active = |environment: &ResolvedEnvironment| {
            environment.spec.cutover == Some(Cutover::State(CutoverState::Active))
        };
        let active: Vec<_> = sharers
            .iter()
            .filter(|(_, other)| is_active(other))
            .collect();
        let (at, host) = match (&active[..], &sharers[..]) {
            ([], [(first, environment), ..]) => (*first, &environment.spec.hostname),
            ([_, (second, environment), ..], _) => (*second, &environment.spec.hostname),
            _ => continue,
        };
        let message = match active.len() {
            0 => format!(
                "nobody takes the requests of `{host}`: all environments with that host name stand by"
            ),
            more => format!("{more} environments take all requests of `{host}`"),
        };
        let mut finding = context
            .environment_finding(at, &["cutover"], message)
            .help("let one of them be active, { state: active }, and the others stand by, { state: standby }");
        let (shown, says) = match active.len() {
            0 => (sharers.iter().collect(), "stands by"),
            _ => (active, "active"),
        };
        for (other, _) in shown {
            finding = finding.label(context.environment_place(other, &["cutover"]), says);
        }
        found.push(finding);
    }
}

/// The weights of a host name are hundredths of all of its requests.
pub(crate) fn cutover_weights_sum(context: &FleetContext<'_>, found: &mut Diagnostics) {
    for sharers in all(context) {
        let all_weigh = sharers
            .iter()
            .all(|(_, other)| other.spec.cutover.is_some_and(Cutover::is_weight));
        let sum: u32 = sharers
            .iter()
            .map(|(_, other)| u32::from(share(&other.spec)))
            .sum();
        let Some((at, environment)) = sharers.first().filter(|_| all_weigh && sum != 100) else {
            continue;
        };
        let mut finding = context
            .environment_finding(
                at,
                &["cutover"],
                format!("the weights of `{}` are {sum} together, and must be 100", environment.spec.hostname),
            )
            .help("give each environment its hundredths of the requests, such as { weight: 90 } and { weight: 10 }");
        for (other, environment) in &sharers {
            finding = finding.label(
                context.environment_place(other, &["cutover"]),
                format!("{} of 100", share(&environment.spec)),
            );
        }
        found.push(finding);
    }
}

/// What comes in through one load balancer for one host goes to one place.
pub(crate) fn cutover_weight_unsplittable(context: &FleetContext<'_>, found: &mut Diagnostics) {
    for sharers in all(context).filter(|sharers| has_weights(sharers)) {
        let mut led: BTreeMap<Entrance, &EnvironmentRef> = BTreeMap::new();
        for (at, environment) in &sharers {
            let Some(entrance) = entrance(context.fleet, environment) else {
                continue;
            };
            if share(&environment.spec) == 0 {
                continue;
            }
            let name = entrance.name.clone();
            let Some(other) = led.insert(entrance, at) else {
                continue;
            };
            found.push(
                context
                    .environment_finding(
                        at,
                        &["cutover"],
                        format!(
                            "requests of `{}` cannot be split: two of its environments are behind `{name}` of the cluster `{}`, which leads a host to one place",
                            environment.spec.hostname, environment.spec.cluster
                        ),
                    )
                    .help("say { state: active } and { state: standby }, or put them behind load balancers of their own: `loadBalancer`")
                    .label(context.environment_place(at, &["cutover"]), "takes a part")
                    .label(context.environment_place(other, &["cutover"]), "and so does this"),
            );
        }
    }
}

/// Who stands by behind the load balancer of the active one has a host of its own.
pub(crate) fn cutover_preview_missing(context: &FleetContext<'_>, found: &mut Diagnostics) {
    for (at, environment, cutover) in linked(context) {
        if cutover.claims() || cutover.preview.is_some() {
            continue;
        }
        let balancer = &environment.endpoint.load_balancer;
        found.push(
            context
                .environment_finding(
                    at,
                    &["previewHostname"],
                    format!(
                        "`{}` leads to another environment behind the same load balancer `{balancer}`, and to this one leads nothing",
                        environment.endpoint.hostname
                    ),
                )
                .help(format!("name a host that leads to it until it takes over, such as previewHostname: {}-{}; or put it behind a load balancer of its own", at.environment, environment.endpoint.hostname))
                .label(context.environment_place(at, &["cutover"]), "stands by"),
        );
    }
}

/// One keeper, in one zone, has the records of a host name.
pub(crate) fn cutover_records_differ(context: &FleetContext<'_>, found: &mut Diagnostics) {
    for sharers in all(context) {
        let mut first: Option<(&EnvironmentRef, Records, &ObjectName)> = None;
        for (at, _) in &sharers {
            let Some(contract) = context.contracts.environments.get(*at) else {
                continue;
            };
            let (records, account) = (contract.endpoint.records, &contract.account);
            if records == Records::Manual {
                continue;
            }
            let Some((other, kept, zone)) = first else {
                first = Some((at, records, account));
                continue;
            };
            let why = if zone != account {
                format!("those of `{zone}` and of `{account}` are in two zones")
            } else if kept != records {
                "external-dns keeps some, and the layer `dns` others".to_owned()
            } else {
                continue;
            };
            found.push(
                context
                    .environment_finding(
                        at,
                        &["records"],
                        format!("the records of `{}` do not share its requests: {why}", contract.endpoint.hostname),
                    )
                    .help("let one keep them, in one zone; of an environment in another account say records: manual, and make its record in the zone of the first")
                    .label(context.environment_place(at, &["records"]), "kept here")
                    .label(context.environment_place(other, &["records"]), "and here"),
            );
        }
    }
}

/// What users may do does not change with the environment that answers them.
pub(crate) fn cutover_settings_differ(context: &FleetContext<'_>, found: &mut Diagnostics) {
    for sharers in all(context) {
        let Some(((first, one), others)) = sharers.split_first() else {
            continue;
        };
        for (at, other) in others {
            for (field, what) in differences(&one.spec, &other.spec) {
                found.push(
                    context
                        .environment_finding(
                            at,
                            field,
                            format!("{what} differ between the environments of `{}`", other.spec.hostname),
                        )
                        .help("say it once, on the commons; or expect that it changes for users with the environment that they meet")
                        .label(context.environment_place(at, field), format!("of {at}"))
                        .label(context.environment_place(first, field), format!("and of {first}")),
                );
            }
        }
    }
}

/// A certificate is there before the first request.
pub(crate) fn cutover_certificate_late(context: &FleetContext<'_>, found: &mut Diagnostics) {
    for (at, environment, _) in linked(context) {
        if environment.spec.certificate != Certificate::LeHttp01 {
            continue;
        }
        found.push(
            context
                .environment_finding(
                    at,
                    &["certificate"],
                    format!("Let's Encrypt asks for a file at `{}`, and finds whichever environment is led to: this one has no certificate until it takes over", environment.endpoint.hostname),
                )
                .help("say certificate: byo, and bring one for the host to each; or expect that browsers refuse the page for a minute")
                .label(context.environment_place(at, &["certificate"]), "proved where the host leads")
                .label(context.environment_place(at, &["cutover"]), "and the host leads elsewhere, too"),
        );
    }
}

/// The fields of two environments that users would notice.
fn differences(
    one: &Environment,
    other: &Environment,
) -> Vec<(&'static [&'static str], &'static str)> {
    let (open, others) = (&one.exposure, &other.exposure);
    let prefix = |spec: &Environment| spec.indexd.as_ref().map(|indexd| indexd.prefix.clone());
    let all: [(bool, &[&str], &str); 5] = [
        (one.tier != other.tier, &["tier"], "the tiers"),
        (
            prefix(one) != prefix(other),
            &["indexd", "prefix"],
            "the prefixes of new identifiers",
        ),
        (
            open.allow_list != others.allow_list,
            &["exposure", "allowList"],
            "the networks that may come in",
        ),
        (
            open.public_data != others.public_data,
            &["exposure", "publicData"],
            "the answers whether some data is for everyone",
        ),
        (
            open.tier_access != others.tier_access,
            &["exposure", "tierAccess"],
            "the counts that are shown",
        ),
    ];
    let differing = all.into_iter().filter(|(differs, ..)| *differs);
    differing.map(|(_, field, what)| (field, what)).collect()
}

/// Each group of environments that share a host name, once.
fn all<'a>(context: &FleetContext<'a>) -> impl Iterator<Item = Sharers<'a>> {
    let fleet = context.fleet;
    context.environments().filter_map(|(at, _)| {
        let sharers = fleet.sharers(at);
        let is_first = sharers.first().is_some_and(|(first, _)| *first == at);
        is_first.then_some(sharers)
    })
}

/// The environments that share a host name and could be linked.
fn linked<'a>(
    context: &FleetContext<'a>,
) -> impl Iterator<
    Item = (
        &'a EnvironmentRef,
        &'a EnvironmentContract,
        &'a CutoverContract,
    ),
> {
    context.linked().filter_map(|(at, environment)| {
        let cutover = environment.cutover.as_ref()?;
        Some((at, environment, cutover))
    })
}

fn has_weights(sharers: &Sharers<'_>) -> bool {
    sharers
        .iter()
        .any(|(_, other)| other.spec.cutover.is_some_and(Cutover::is_weight))
}

fn share(spec: &Environment) -> u8 {
    spec.cutover.map_or(100, Cutover::share)
}

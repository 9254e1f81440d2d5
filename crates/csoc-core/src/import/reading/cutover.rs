//! Environments of a commons that have one host name: what each takes of its requests.

use std::collections::BTreeMap;

use super::subject::{boolean, string};
use crate::contract::{CUTOVER_STATE, MORE_HOSTS, RECORD_IDENTIFIER};
use crate::import::draft::Draft;
use crate::import::foreign::{Foreign, ForeignEnvironment};
use crate::import::group::Place;
use crate::import::note::{NoteKind, Notes};
use crate::model::name::ObjectName;
use crate::model::network::Hostname;
use crate::value::Node;

/// The annotation that says the weight of a record to external-dns.
const WEIGHT: &str = "external-dns.alpha.kubernetes.io/aws-weight";
/// The annotation that names more hosts of an ingress to external-dns.
const MORE_RECORDS: &str = "external-dns.alpha.kubernetes.io/hostname";

/// An environment with its place.
type Sharer<'a> = (&'a ForeignEnvironment, &'a Place);

/// What an environment takes of its host's requests.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Takes {
    Active,
    Standby,
    Weight(u8),
}

/// Says `cutover` and `previewHostname` where environments of a commons have one host and values tell what each takes.
///
/// Where they do not, that is noted with what to write: the fleet would name two
/// environments by one host, which its own check refuses.
pub(super) fn read(draft: &mut Draft, foreign: &Foreign, places: &[Place], notes: &mut Notes) {
    let mut by_host: BTreeMap<(&ObjectName, &str), Vec<Sharer<'_>>> = BTreeMap::new();
    for (environment, place) in foreign.environments.iter().zip(places) {
        if let Some(host) = environment.text(&["global", "hostname"]) {
            let sharers = by_host.entry((&place.at.commons, host)).or_default();
            sharers.push((environment, place));
        }
    }
    for ((_, host), sharers) in &by_host {
        if sharers.len() < 2 {
            continue;
        }
        let Some(takes) = takes(host, sharers) else {
            undecided(host, sharers, notes);
            continue;
        };
        for ((environment, place), takes) in sharers.iter().zip(takes) {
            let Some(node) = draft.environments.get_mut(&place.at) else {
                continue;
            };
            match takes {
                Takes::Active => node.set(&["cutover", "state"], "active".into()),
                Takes::Standby => node.set(&["cutover", "state"], "standby".into()),
                Takes::Weight(weight) => {
                    node.set(&["cutover", "weight"], u32::from(weight).into());
                }
            }
            if let Some(preview) = preview(environment, host) {
                node.set(&["previewHostname"], preview.as_str().into());
            }
        }
    }
}

/// What each takes, where all say it in one way: as csoc writes it, as weights of records, by who claims the host.
fn takes(host: &str, sharers: &[Sharer<'_>]) -> Option<Vec<Takes>> {
    let all = |of: &dyn Fn(&ForeignEnvironment) -> Option<Takes>| {
        let each: Option<Vec<Takes>> = sharers.iter().map(|(it, _)| of(it)).collect();
        each.filter(|each| {
            let whole: u32 = each.iter().map(|takes| u32::from(takes.share())).sum();
            let is_weight = |takes: &Takes| matches!(takes, Takes::Weight(_));
            let of_one_kind = each.iter().all(is_weight) || !each.iter().any(is_weight);
            of_one_kind && whole == 100
        })
    };
    all(&said)
        .or_else(|| all(&weighed))
        .or_else(|| all(&|it| Some(claimed(it, host))))
}

impl Takes {
    /// The hundredths.
    const fn share(self) -> u8 {
        match self {
            Self::Active => 100,
            Self::Standby => 0,
            Self::Weight(weight) => weight,
        }
    }
}

/// An annotation of the chart's ingress.
fn annotation<'e>(environment: &'e ForeignEnvironment, key: &str) -> Option<&'e str> {
    environment.text(&["revproxy", "ingress", "annotations", key])
}

/// What the annotation says that csoc writes.
fn said(environment: &ForeignEnvironment) -> Option<Takes> {
    match annotation(environment, CUTOVER_STATE)? {
        "active" => Some(Takes::Active),
        "standby" => Some(Takes::Standby),
        weight => weight
            .strip_prefix("weight-")?
            .parse()
            .ok()
            .map(Takes::Weight),
    }
}

/// The weight of its record, where that is told apart from the others'.
fn weighed(environment: &ForeignEnvironment) -> Option<Takes> {
    annotation(environment, RECORD_IDENTIFIER)?;
    let weight = annotation(environment, WEIGHT)?.parse().ok()?;
    Some(Takes::Weight(weight))
}

/// Whether its ingress claims the host, or another in its place.
fn claimed(environment: &ForeignEnvironment, host: &str) -> Takes {
    match claims(environment).next() {
        Some(other) if other != host => Takes::Standby,
        _ => Takes::Active,
    }
}

/// The hosts that its ingress claims, where values say them: that of the load balancer, or those of a controller.
fn claims(environment: &ForeignEnvironment) -> impl Iterator<Item = &str> {
    let own = string(environment.get(&["revproxy", "hostname"]));
    let is_led = boolean(environment.get(&["revproxy", "ingress", "enabled"])) == Some(true);
    let hosts = environment.get(&["revproxy", "ingress", "hosts"]);
    let hosts = hosts
        .filter(|_| is_led)
        .map(Node::items)
        .unwrap_or_default()
        .iter();
    own.into_iter()
        .chain(hosts.filter_map(|entry| string(entry.get("host"))))
}

/// The host that leads to it alone: what its ingress claims beside the one that is shared.
fn preview(environment: &ForeignEnvironment, host: &str) -> Option<String> {
    let recorded = annotation(environment, MORE_RECORDS).map(str::to_owned);
    let led = annotation(environment, MORE_HOSTS).and_then(also_led);
    let claimed = claims(environment).map(str::to_owned);
    let mut others = claimed.chain(recorded).chain(led);
    others.find(|other| other != host && other.contains('.') && Hostname::check(other).is_ok())
}

/// The host of a condition of a listener's rule that leads one more host as the ingress' own.
fn also_led(condition: &str) -> Option<String> {
    let condition: serde_json::Value = serde_json::from_str(condition).ok()?;
    let values = condition.get(0)?.get("hostHeaderConfig")?.get("values")?;
    values.get(0)?.as_str().map(str::to_owned)
}

/// Notes that nothing tells who takes the requests, and what to write.
fn undecided(host: &str, sharers: &[Sharer<'_>], notes: &mut Notes) {
    let names: Vec<String> = sharers
        .iter()
        .map(|(_, place)| format!("`{}`", place.at))
        .collect();
    let message = format!(
        "{} have the host name `{host}`, and nothing says which takes its requests: write `cutover: {{ state: active }}` in one and `cutover: {{ state: standby }}` in the others, or a weight in each, or give each a host name of its own",
        names.join(" and ")
    );
    for (environment, _) in sharers {
        notes.file(NoteKind::Guessed, environment.title(), message.clone());
    }
}

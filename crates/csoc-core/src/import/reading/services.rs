//! Which services run, how many copies of each, and how they grow.

use std::collections::BTreeSet;

use super::subject::{boolean, count};
use crate::catalog::ServiceCatalog;
use crate::contract::Wants;
use crate::gitops::flag_of;
use crate::import::foreign::ForeignEnvironment;
use crate::model::Tier;
use crate::model::environment::{AccessRequests, Frontend};
use crate::model::service::ServiceProfile;
use crate::value::Node;

/// Profiles that an import may find, with their names in fleet files.
const PROFILES: [(ServiceProfile, &str); 5] = [
    (ServiceProfile::Core, "core"),
    (ServiceProfile::DataExplorer, "data-explorer"),
    (ServiceProfile::Workspaces, "workspaces"),
    (ServiceProfile::Uploads, "uploads"),
    (ServiceProfile::Requests, "requests"),
];

/// The services that run, after the fields that say so are set.
pub(super) fn read(
    environment: &ForeignEnvironment,
    tier: Tier,
    node: &mut Node,
) -> BTreeSet<&'static str> {
    if environment.values.is_none() {
        return BTreeSet::new();
    }
    let stated = |service: &str| environment.get(&[service, "enabled"]);
    let runs: BTreeSet<&'static str> = ServiceCatalog::embedded()
        .iter()
        .filter(|(name, facts)| stated(name).map_or(facts.enabled, flag_of))
        .map(|(name, _)| name)
        .collect();
    let frontend = frontend(environment, &runs);
    let profiles = profiles(&runs, frontend);
    let wants = Wants {
        profiles: &profiles,
        frontend,
        access_requests: AccessRequests::None,
    };
    let names = PROFILES
        .iter()
        .filter(|(profile, _)| profiles.contains(profile))
        .map(|(_, name)| Node::from(*name));
    node.set(&["profiles"], Node::list(names));
    let first = match frontend {
        Frontend::Portal => None,
        Frontend::Gen3ff => Some("gen3ff"),
        Frontend::None => Some("none"),
    };
    if let Some(first) = first {
        node.insert("frontend", first.into());
    }
    for (name, facts) in ServiceCatalog::embedded().iter() {
        let on = runs.contains(name);
        let is_written = on || facts.enabled;
        let is_stated = boolean(stated(name)).is_some();
        if on != wants.service(name, facts) || (is_stated && !is_written) {
            node.set(&["services", name, "enabled"], on.into());
        }
    }
    copies(environment, &runs, tier, node);
    for (name, _) in ServiceCatalog::embedded().iter() {
        growth(environment, name, node);
    }
    runs
}

/// What users see first.
fn frontend(environment: &ForeignEnvironment, runs: &BTreeSet<&str>) -> Frontend {
    let root = environment.text(&["global", "frontendRoot"]);
    if root == Some("gen3ff") && runs.contains("frontend-framework") {
        Frontend::Gen3ff
    } else if runs.contains("portal") {
        Frontend::Portal
    } else if runs.contains("frontend-framework") {
        Frontend::Gen3ff
    } else {
        Frontend::None
    }
}

/// The profiles that leave the fewest services to be said one by one.
fn profiles(runs: &BTreeSet<&str>, frontend: Frontend) -> Vec<ServiceProfile> {
    let of = |bits: usize| -> Vec<ServiceProfile> {
        PROFILES
            .iter()
            .enumerate()
            .filter(|(at, _)| bits & (1 << at) != 0)
            .map(|(_, (profile, _))| *profile)
            .collect()
    };
    let cost = |profiles: &[ServiceProfile]| {
        let wants = Wants {
            profiles,
            frontend,
            access_requests: AccessRequests::None,
        };
        ServiceCatalog::embedded()
            .iter()
            .filter(|(name, facts)| wants.service(name, facts) != runs.contains(name))
            .count()
    };
    (0..1 << PROFILES.len())
        .map(of)
        .min_by_key(|profiles| (cost(profiles), profiles.len()))
        .unwrap_or_default()
}

/// How many copies run: one number for most, others for those that differ.
fn copies(
    environment: &ForeignEnvironment,
    runs: &BTreeSet<&'static str>,
    tier: Tier,
    node: &mut Node,
) {
    let of = |service: &str| count(environment.get(&[service, "replicaCount"]));
    let scaling: Vec<&str> = ServiceCatalog::embedded()
        .iter()
        .filter(|(name, facts)| facts.scales && runs.contains(name))
        .map(|(name, _)| name)
        .collect();
    // Where none is written the chart's own number holds; each number costs what must be said beside it.
    let cost = |usual: u32| {
        scaling
            .iter()
            .filter(|service| of(service) != (usual != 1).then_some(usual))
            .count()
    };
    let numbers: BTreeSet<u32> = scaling
        .iter()
        .filter_map(|service| of(service))
        .chain([1])
        .collect();
    let usual = numbers
        .into_iter()
        .min_by_key(|number| cost(*number))
        .unwrap_or(1);
    let default = match tier {
        Tier::Prod => 4,
        Tier::Staging => 2,
        _ => 1,
    };
    if usual != default {
        node.insert("replicas", usual.into());
    }
    for (service, _) in ServiceCatalog::embedded().iter() {
        let scales = scaling.contains(&service);
        if let Some(number) = of(service)
            && (!scales || number != usual || usual == 1)
        {
            node.set(&["services", service, "replicas"], number.into());
        }
    }
}

/// How a service grows, and what its containers ask for.
fn growth(environment: &ForeignEnvironment, service: &str, node: &mut Node) {
    let of = |key: &str| environment.get(&[service, "autoscaling", key]);
    if let Some(enabled) = boolean(of("enabled")) {
        let path = ["services", service, "autoscaling"];
        let [services, service, autoscaling] = path;
        node.set(&[services, service, autoscaling, "enabled"], enabled.into());
        for (key, field) in [
            ("minReplicas", "minReplicas"),
            ("maxReplicas", "maxReplicas"),
        ] {
            if let Some(number) = count(of(key)) {
                node.set(&[services, service, autoscaling, field], number.into());
            }
        }
    }
    if let Some(resources) = environment.get(&[service, "resources"])
        && resources.is_map()
        && !resources.entries().is_empty()
        && !holds_null(resources)
    {
        node.set(&["services", service, "resources"], resources.clone());
    }
    if let Some(policy) = super::subject::string(environment.get(&[service, "image", "pullPolicy"]))
    {
        let known = ["Always", "IfNotPresent", "Never"];
        if known.contains(&policy) {
            node.set(&["services", service, "image", "pullPolicy"], policy.into());
        }
    }
}

/// Whether a `null` stands in it: in fields of the model it would take something back.
fn holds_null(node: &Node) -> bool {
    node.is_null()
        || node.entries().iter().any(|entry| holds_null(&entry.node))
        || node.items().iter().any(holds_null)
}

//! Rules about regions and availability zones.

use super::context::{FleetContext, is_rendered};
use crate::catalog::Regions;
use crate::diagnostic::{Diagnostics, Finding};
use crate::model::Provider;
use crate::model::cloud::{Region, Zone};
use crate::model::cluster::Platform;
use crate::value::suggestion::closest;

/// Every region that is named is one that its cloud has.
pub(crate) fn region_unknown(context: &FleetContext<'_>, found: &mut Diagnostics) {
    let regions = Regions::embedded();
    let mut check = |provider: Provider, region: &Region, path: &[&str]| {
        let Some(known) = regions.of(provider) else {
            return;
        };
        if known.contains_key(region.as_str()) {
            return;
        }
        let finding = context
            .finding(path, format!("there is no region `{region}`"))
            .label(context.place(path), "no region of this cloud");
        found.push(nearest(
            finding,
            region.as_str(),
            known.keys().map(String::as_str),
            "see `csoc catalog show regions` for those there are",
        ));
    };
    for (name, account) in &context.fleet.accounts {
        let path = ["accounts", name.as_str(), "region"];
        check(account.provider, &account.region, &path);
    }
    for (name, cluster) in &context.fleet.clusters {
        let account = context.fleet.account(cluster.spec.account.as_str());
        if let (Some(region), Some(account)) = (&cluster.spec.region, account) {
            let path = ["clusters", name.as_str(), "region"];
            check(account.provider, region, &path);
        }
    }
    if let Some(state) = &context.fleet.spec.terraform.state {
        let path = ["terraform", "state", "region"];
        check(Provider::Aws, &state.region, &path);
    }
}

/// Every zone of a cluster's network is one of the cluster's region.
pub(crate) fn zone_unknown(context: &FleetContext<'_>, found: &mut Diagnostics) {
    let regions = Regions::embedded();
    for (name, cluster) in &context.fleet.clusters {
        let account = context.fleet.account(cluster.spec.account.as_str());
        let (Some(region), Some(account)) = (&cluster.region, account) else {
            continue;
        };
        let Some(letters) = regions
            .of(account.provider)
            .and_then(|known| known.get(region.as_str()))
        else {
            continue;
        };
        let path = ["clusters", name.as_str(), "network", "zones"];
        for zone in &cluster.spec.network.zones {
            let letter = zone.as_str().strip_prefix(region.as_str());
            if letter.is_some_and(|letter| letter.len() == 1 && letters.contains(letter)) {
                continue;
            }
            let known: Vec<String> = letters
                .chars()
                .map(|letter| format!("`{region}{letter}`"))
                .collect();
            found.push(
                context
                    .finding(
                        &path,
                        format!("`{zone}` is no zone of the region `{region}`"),
                    )
                    .help(format!("its zones are {}", known.join(", ")))
                    .label(context.place(&path), format!("`{zone}` is among these")),
            );
        }
    }
}

/// A cluster that names its zones names two at least.
pub(crate) fn zones_too_few(context: &FleetContext<'_>, found: &mut Diagnostics) {
    for (name, cluster) in &context.fleet.clusters {
        let mut zones: Vec<&str> = cluster
            .spec
            .network
            .zones
            .iter()
            .map(Zone::as_str)
            .collect();
        zones.sort_unstable();
        zones.dedup();
        if zones.len() == 1
            && cluster.spec.platform == Platform::Eks
            && is_rendered(cluster.spec.management.terraform)
        {
            let path = ["clusters", name.as_str(), "network", "zones"];
            found.push(
                context
                    .finding(
                        &path,
                        format!(
                            "the network of the cluster `{name}` spans one zone, and must span two"
                        ),
                    )
                    .help("name a second zone: EKS and database clusters need subnets in two")
                    .label(context.place(&path), "one zone"),
            );
        }
    }
}

/// A finding with the name that was perhaps meant.
fn nearest<'k>(
    finding: Finding,
    name: &str,
    known: impl Iterator<Item = &'k str>,
    otherwise: &str,
) -> Finding {
    match closest(name, known) {
        Some(meant) => finding.help(format!("did you mean `{meant}`?")),
        None => finding.help(otherwise),
    }
}

//! What spokes depend on.

use std::collections::BTreeMap;

use crate::backend::argocd::{ArgoCd, Input as ArgoInput};
use crate::backend::helm::Helm;
use crate::backend::helm::input::EnvironmentInput;
use crate::backend::{Backend, FleetView, Unit};
use crate::model::name::KeyPath;
use crate::resolve::ResolvedCluster;
use crate::value::Exact;

/// The input of one unit.
#[derive(serde::Serialize)]
pub(crate) enum Input {
    /// The variables of the hub.
    Fleet(FleetInput),
    /// The values of a spoke's graphs.
    Spoke(Box<SpokeInput>),
    /// The values of what a spoke's commons share, by the spoke's alias.
    Cluster(String, Box<Unit<ArgoInput>>),
    /// The values of a commons, by the spoke's alias.
    Environment(String, Box<Unit<EnvironmentInput>>),
}

/// What the variables of the hub depend on.
#[derive(serde::Serialize)]
pub(crate) struct FleetInput {
    pub(super) spokes: Vec<SpokeRow>,
    pub(super) overlay: Option<Exact>,
    pub(super) omit: Vec<KeyPath>,
}

/// A spoke as the hub knows it.
#[derive(serde::Serialize)]
pub(crate) struct SpokeRow {
    pub(super) alias: String,
    pub(super) enabled: bool,
    pub(super) profile: Option<String>,
    pub(super) region: String,
    pub(super) account_id: String,
}

/// What the values of a spoke's graphs depend on.
#[derive(serde::Serialize)]
pub(crate) struct SpokeInput {
    pub(super) alias: String,
    pub(super) name: String,
    pub(super) region: String,
    /// The host of the first of its environments: a spoke has one.
    pub(super) hostname: Option<String>,
    /// The domain whose zone the account holds.
    pub(super) domain: Option<String>,
    pub(super) cidr: Option<String>,
    pub(super) kubernetes: Option<String>,
    pub(super) database: Option<String>,
    pub(super) search: Option<String>,
    pub(super) project: Option<String>,
    pub(super) overlay: Option<Exact>,
    pub(super) omit: Vec<KeyPath>,
}

/// All units: spokes, their clusters and commons, and the hub's variables.
pub(super) fn units(view: &FleetView<'_>) -> Vec<Unit<Input>> {
    let mut units = Vec::new();
    let mut rows = Vec::new();
    let mut aliases: BTreeMap<String, String> = BTreeMap::new();
    for (name, cluster) in &view.fleet.clusters {
        let Some(spoke) = &cluster.spec.kro else {
            continue;
        };
        let alias = spoke.alias.as_ref().unwrap_or(name).to_string();
        aliases.insert(name.to_string(), alias.clone());
        let account = view.fleet.account(cluster.spec.account.as_str());
        if let Some((account, region)) = account.zip(cluster.region.as_ref()) {
            rows.push(SpokeRow {
                alias: alias.clone(),
                enabled: spoke.enabled,
                profile: spoke.profile.clone(),
                region: region.to_string(),
                account_id: account.id.to_string(),
            });
        }
        if view.renders(cluster.spec.management.values) {
            let input = self::spoke(view, name.as_str(), &alias, cluster);
            units.extend(input.map(|input| Unit {
                id: format!("clusters.{name}"),
                object: format!("clusters.{name}"),
                input: Input::Spoke(Box::new(input)),
            }));
        }
    }
    if aliases.is_empty() && view.fleet.spec.kro.is_none() {
        return units;
    }
    for unit in ArgoCd.units(view) {
        let alias = unit.object.strip_prefix("clusters.");
        if let Some(alias) = alias.and_then(|name| aliases.get(name)) {
            units.push(Unit {
                id: format!("{}.values", unit.id),
                object: unit.object.clone(),
                input: Input::Cluster(alias.clone(), Box::new(unit)),
            });
        }
    }
    for unit in Helm.units(view) {
        if let Some(alias) = aliases.get(unit.input.contract.cluster.as_str()) {
            units.push(Unit {
                id: unit.id.clone(),
                object: unit.object.clone(),
                input: Input::Environment(alias.clone(), Box::new(unit)),
            });
        }
    }
    let raw = |keys: &[&str]| view.fleet.root.path(keys).cloned().map(Exact);
    if let Some(kro) = &view.fleet.spec.kro {
        units.push(Unit {
            id: "fleet".to_owned(),
            object: "fleet".to_owned(),
            input: Input::Fleet(FleetInput {
                spokes: rows,
                overlay: raw(&["kro", "values"]),
                omit: kro.omit.clone(),
            }),
        });
    }
    units
}

fn spoke(
    view: &FleetView<'_>,
    name: &str,
    alias: &str,
    cluster: &ResolvedCluster,
) -> Option<SpokeInput> {
    let spec = &cluster.spec;
    let spoke = spec.kro.as_ref()?;
    let hostname = view
        .contracts
        .environments
        .values()
        .find(|contract| contract.cluster.as_str() == name)
        .map(|contract| contract.spec.hostname.to_string());
    let account = view.fleet.account(spec.account.as_str());
    let main =
        |versions: Option<&crate::model::version::Version>| versions.map(ToString::to_string);
    let database = spec.databases.get("main");
    let search = spec.search.get("main");
    Some(SpokeInput {
        alias: alias.to_owned(),
        name: spoke.name.to_string(),
        region: cluster.region.as_ref()?.to_string(),
        hostname,
        domain: account.and_then(|account| account.domain.as_ref().map(ToString::to_string)),
        cidr: spec.network.cidr.as_ref().map(ToString::to_string),
        kubernetes: main(spec.version.as_ref()),
        database: main(database.and_then(|database| database.version.as_ref())),
        search: main(search.and_then(|search| search.version.as_ref())),
        project: spec.project.as_ref().map(ToString::to_string),
        overlay: view
            .fleet
            .root
            .path(&["clusters", name, "kro", "values"])
            .cloned()
            .map(Exact),
        omit: spoke.omit.clone(),
    })
}

//! What applications, clusters and projects depend on.

mod cluster;
mod destination;
mod environment;
mod shared;

use std::collections::BTreeMap;

use super::components::{self, Component};
use crate::backend::{FleetView, Unit};
use crate::contract::EnvironmentContract;
use crate::diagnostic::{Code, Diagnostics, Finding};
use crate::model::Lifecycle;

pub(crate) use cluster::{ClusterInput, Scaling, needed};
pub(in crate::backend) use destination::delivered;
pub(crate) use destination::{Destination, destination};
pub(crate) use environment::EnvironmentInput;
pub(crate) use shared::{Project, SharedInput};

/// The fleet does not say where charts or values come from.
const APPLICATION_SOURCE_MISSING: Code = Code::new("application-source-missing");

/// The input of one unit.
#[derive(Debug, serde::Serialize)]
pub(crate) enum Input {
    Environment(Box<EnvironmentInput>),
    Cluster(Box<ClusterInput>),
    Component(Box<Component>),
    Shared(SharedInput),
    Missing(MissingInput),
}
/// An object whose Applications cannot be written.
#[derive(Debug, serde::Serialize)]
pub(crate) struct MissingInput {
    field: &'static str,
}

impl MissingInput {
    pub(super) fn report(&self, object: &str, found: &mut Diagnostics) {
        found.push(
            Finding::warning(
                APPLICATION_SOURCE_MISSING,
                format!(
                    "applications are left out: the fleet has no `{}`",
                    self.field
                ),
            )
            .help("say in fleet.yaml where Argo CD finds it, with a revision that does not move")
            .object(object)
            .path(self.field),
        );
    }
}

/// All units: environments, clusters, and what they share.
pub(super) fn units(view: &FleetView<'_>) -> Vec<Unit<Input>> {
    let spec = &view.fleet.spec;
    let Some(gitops) = &spec.gitops else {
        return missing(view, "gitops");
    };
    let Some(chart) = &spec.charts.gen3 else {
        return missing(view, "charts.gen3");
    };
    let applications: Vec<&EnvironmentContract> = view
        .contracts
        .environments
        .values()
        .filter(|contract| contract.spec.lifecycle != Lifecycle::Retired)
        .filter(|contract| view.renders(contract.spec.management.applications))
        .collect();
    let mut units: Vec<Unit<Input>> = applications
        .iter()
        .map(|contract| Unit {
            id: contract.at.to_string(),
            object: contract.at.to_string(),
            input: Input::Environment(Box::new(environment::environment(
                view, contract, gitops, chart,
            ))),
        })
        .collect();
    let mut on: BTreeMap<&str, Vec<&EnvironmentContract>> = BTreeMap::new();
    for contract in view.contracts.environments.values() {
        if contract.spec.lifecycle != Lifecycle::Retired {
            on.entry(contract.cluster.as_str())
                .or_default()
                .push(contract);
        }
    }
    for (name, contract) in &view.contracts.clusters {
        let on = on.get(name.as_str()).map_or(&[][..], Vec::as_slice);
        if let Some(input) = cluster::cluster(view, contract, on, gitops) {
            units.push(Unit {
                id: format!("clusters.{name}"),
                object: format!("clusters.{name}"),
                input: Input::Cluster(Box::new(input)),
            });
        }
    }
    units.extend(components::units(view, gitops));
    let shared = shared::shared(view, &applications, gitops);
    if !(applications.is_empty() && shared.clusters.is_empty()) {
        units.push(Unit {
            id: "fleet".to_owned(),
            object: "fleet".to_owned(),
            input: Input::Shared(shared),
        });
    }
    units
}

fn missing(view: &FleetView<'_>, field: &'static str) -> Vec<Unit<Input>> {
    if view.contracts.environments.is_empty() {
        return Vec::new();
    }
    vec![Unit {
        id: "fleet".to_owned(),
        object: "fleet".to_owned(),
        input: Input::Missing(MissingInput { field }),
    }]
}

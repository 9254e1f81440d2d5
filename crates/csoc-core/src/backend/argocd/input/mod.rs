//! What applications, clusters and projects depend on.

mod cluster;
mod destination;
mod environment;
mod platform;
mod shared;

use std::sync::Arc;

use super::components::{self, Component};
use super::cutover::{self, Runbook};
use super::hub::{Registration, Set, Store, registrations, sets};
use super::policies::Beside;
use crate::backend::{FleetView, Unit};
use crate::contract::EnvironmentContract;
use crate::diagnostic::{Code, Diagnostics, Finding};

pub(crate) use cluster::{ClusterInput, Scaling, scaling};
pub(in crate::backend) use destination::delivered;
pub(crate) use destination::{Destination, destination};
pub(crate) use environment::{EnvironmentInput, rolls};
pub(crate) use platform::{Platform, platforms};
pub(crate) use shared::{Project, SharedInput, Window};

/// The fleet does not say where charts or values come from.
const APPLICATION_SOURCE_MISSING: Code = Code::new("application-source-missing");

/// The input of one unit.
#[derive(Debug, serde::Serialize)]
pub(crate) enum Input {
    Environment(Box<EnvironmentInput>),
    Cluster(Box<ClusterInput>),
    Component(Arc<Component>),
    /// How requests move between environments with one host name.
    Cutover(Box<Runbook>),
    /// The environments of a commons that the hub pushes.
    Set(Box<Set>),
    /// A cluster that the hub pushes to.
    Registration(Box<Registration>),
    /// What stands beside an environment's chart.
    Beside(Beside),
    /// What reads secrets of such clusters.
    Store(Store),
    Shared(Box<SharedInput>),
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
    let applications: Vec<(&EnvironmentContract, EnvironmentInput)> = view
        .contracts
        .environments
        .values()
        .filter(|contract| view.renders(contract.spec.management.applications))
        .map(|contract| {
            let input = environment::environment(view, contract, gitops, chart);
            (contract, input)
        })
        .collect();
    let shared = shared::shared(view, &applications, gitops);
    let is_bare = applications.is_empty() && shared.clusters.is_empty();
    let mut inputs: Vec<EnvironmentInput> =
        applications.into_iter().map(|(_, input)| input).collect();
    let sets = sets(view, &mut inputs);
    let mut units: Vec<Unit<Input>> = inputs
        .into_iter()
        .map(|input| Unit {
            id: input.object.clone(),
            object: input.object.clone(),
            input: Input::Environment(Box::new(input)),
        })
        .collect();
    units.extend(sets.into_iter().map(|set| Unit {
        id: format!("commons.{}", set.commons),
        object: format!("commons.{}", set.commons),
        input: Input::Set(Box::new(set)),
    }));
    units.extend(registrations(view));
    units.extend(Beside::units(view));
    for (name, contract) in &view.contracts.clusters {
        if let Some(input) = cluster::cluster(view, contract, gitops) {
            units.push(Unit {
                id: format!("clusters.{name}"),
                object: format!("clusters.{name}"),
                input: Input::Cluster(Box::new(input)),
            });
        }
    }
    units.extend(components::units(view));
    units.extend(cutover::units(view));
    if !is_bare {
        units.push(Unit {
            id: "fleet".to_owned(),
            object: "fleet".to_owned(),
            input: Input::Shared(Box::new(shared)),
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

//! What an environment's Application depends on.

use super::destination::{Destination, destination};
use crate::backend::FleetView;
use crate::backend::helm::layout;
use crate::contract::EnvironmentContract;
use crate::model::Lifecycle;
use crate::model::Tier;
use crate::model::environment::{ChartSettings, Sync};
use crate::model::fleet::{Chart, Gitops};
use crate::model::name::KeyPath;
use crate::value::Exact;

/// An environment's Application.
#[derive(Debug, serde::Serialize)]
pub(crate) struct EnvironmentInput {
    pub(crate) name: String,
    pub(crate) cluster: String,
    /// Where it runs, as Argo CD names the cluster.
    pub(crate) destination: Destination,
    pub(crate) project: String,
    pub(crate) namespace: String,
    pub(crate) release_name: String,
    /// Its directory below `gitops`.
    pub(crate) directory: String,
    pub(crate) values_files: Vec<String>,
    pub(crate) chart: Chart,
    pub(crate) gitops: Gitops,
    pub(crate) sync: Sync,
    /// Raw fields of the Application.
    pub(crate) fields: Option<Exact>,
    pub(crate) omit: Vec<KeyPath>,
    /// Whether deleting the Application deletes what it made.
    pub(crate) cascades: bool,
}

pub(super) fn environment(
    view: &FleetView<'_>,
    contract: &EnvironmentContract,
    gitops: &Gitops,
    chart: &Chart,
) -> EnvironmentInput {
    let spec = &contract.spec;
    EnvironmentInput {
        name: contract.application.name.clone(),
        cluster: contract.cluster.to_string(),
        destination: destination(view, contract.cluster.as_str()),
        project: spec
            .application
            .project
            .as_ref()
            .map_or_else(|| contract.at.commons.to_string(), ToString::to_string),
        namespace: contract.namespace.clone(),
        release_name: contract.release_name.clone(),
        directory: layout::directory(contract),
        values_files: layout::values_files(contract),
        chart: own_chart(chart, spec.chart.as_ref()),
        gitops: Gitops {
            revision: spec
                .application
                .revision
                .clone()
                .unwrap_or_else(|| gitops.revision.clone()),
            ..gitops.clone()
        },
        sync: spec.sync.clone(),
        fields: view
            .fleet
            .environments
            .get(&contract.at)
            .and_then(|resolved| resolved.layers.merged.path(&["application", "fields"]))
            .cloned()
            .map(Exact),
        omit: spec.application.omit.clone(),
        cascades: spec.tier != Tier::Prod || spec.lifecycle == Lifecycle::Retiring,
    }
}

/// The fleet's chart with what an environment says otherwise.
fn own_chart(chart: &Chart, own: Option<&ChartSettings>) -> Chart {
    let Some(own) = own else {
        return chart.clone();
    };
    let mut chart = chart.clone();
    if let Some(repository) = &own.repository {
        chart.repository = repository.clone();
    }
    if let Some(path) = &own.path {
        chart.path = Some(path.clone());
    }
    if let Some(revision) = &own.revision {
        chart.revision = revision.clone();
    }
    chart
}

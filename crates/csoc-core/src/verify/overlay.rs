//! Raw values of an environment: against the chart, and against what is derived beside them.

use std::collections::BTreeMap;

use camino::Utf8Path;

use super::closing::compare;
use super::values::{self, ValuesFile};
use crate::backend::{FleetView, registry};
use crate::catalog::Catalogs;
use crate::catalog::chart::ChartCatalog;
use crate::contract::{EnvironmentContract, environment_facts};
use crate::diagnostic::{Diagnostics, Finding};
use crate::graph::{Fact, close};
use crate::span::Span;
use crate::tree::{BackendName, Document, File};

/// The chart that raw values are for.
const CHART: &str = "gen3";

/// Checks what Helm units made, where somebody wrote raw values.
///
/// What has no raw values is a projection of the contracts; that the projection
/// fits the chart is what our own tests prove.
pub(super) struct OverlayCheck<'a> {
    chart: Option<ChartCatalog<'a>>,
    overlaid: BTreeMap<String, &'a EnvironmentContract>,
}

impl<'a> OverlayCheck<'a> {
    /// The check of a fleet, with what is known of charts.
    pub(super) fn new(view: &FleetView<'a>, catalogs: &'a Catalogs) -> Self {
        let spec = &view.fleet.spec.charts;
        let version = spec.gen3.as_ref().map(|chart| chart.revision.as_str());
        let overlaid = view
            .fleet
            .environments
            .iter()
            .filter(|(_, environment)| environment.layers.merged.get("values").is_some())
            .filter_map(|(at, _)| {
                let contract = view.contracts.environments.get(at)?;
                Some((at.to_string(), contract))
            });
        Self {
            chart: catalogs.chart(CHART, version),
            overlaid: overlaid.collect(),
        }
    }

    /// What the findings depend on beside the unit: which chart it is.
    pub(super) fn chart(&self) -> Option<&str> {
        self.chart.as_ref().map(ChartCatalog::digest)
    }

    /// Adds what is wrong with the files that a unit made of an object.
    pub(super) fn check(&self, object: &str, files: &[File], found: &mut Diagnostics) {
        let Some(contract) = self.overlaid.get(object) else {
            return;
        };
        if let Some(chart) = &self.chart {
            against_chart(*chart, files, found);
        }
        found.extend(against_contract(contract, files));
    }
}

/// The findings about what somebody wrote: derived values have no place.
fn against_chart(chart: ChartCatalog<'_>, files: &[File], found: &mut Diagnostics) {
    let values: Vec<ValuesFile<'_>> = files
        .iter()
        .filter(|file| is_values(file.path()))
        .filter_map(|file| match file.document() {
            Document::Yaml(node) => Some(ValuesFile {
                path: file.path(),
                node: Some(node),
            }),
            _ => None,
        })
        .collect();
    let mut all = Diagnostics::default();
    values::check(chart, &values, &mut all);
    let written = |finding: &Finding| {
        let mut places = finding.labels.iter();
        places.any(|(span, _): &(Span, String)| span.end > span.start)
    };
    found.extend(all.into_vec().into_iter().filter(written));
}

/// Whether a file of a deployment is one that Helm merges.
fn is_values(path: &Utf8Path) -> bool {
    let is_below = path.parent().and_then(Utf8Path::file_name) == Some("values");
    is_below && path.extension() == Some("yaml")
}

/// Where the values tie things to others than the contract does.
fn against_contract(contract: &EnvironmentContract, files: &[File]) -> Vec<Finding> {
    let mut observed: Vec<Fact> = Vec::new();
    let all: Vec<&File> = files.iter().collect();
    for backend in registry() {
        if backend.name() == BackendName::Helm {
            backend.observe_directory(&all, &mut observed);
        }
    }
    // The Application, which would tell, is another unit's; it takes the namespace from the contract, too.
    let scope = format!("{}/{}", contract.cluster, contract.namespace);
    observed.extend(files.iter().map(|file| Fact::Scope {
        file: file.path().as_str().into(),
        scope: scope.as_str().into(),
    }));
    compare(&close(environment_facts(contract)), &close(observed))
}

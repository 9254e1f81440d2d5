//! The values files of a repository against the charts that they are for.

use std::collections::BTreeSet;

use camino::Utf8Path;
use rayon::prelude::*;

use crate::catalog::Catalogs;
use crate::catalog::chart::ChartCatalog;
use crate::diagnostic::Diagnostics;
use crate::gitops::{Deployment, Repository};
use crate::verify::values::{self, ValuesFile};

/// The chart of a deployment.
const GEN3: &str = "gen3";
/// The chart of a cluster's own values.
const CLUSTER: &str = "cluster-level-resources";

/// Checks all of them, as far as there is a catalog of their chart.
pub(super) fn check(repository: &Repository, catalogs: &Catalogs) -> Diagnostics {
    let deployments: Vec<&Deployment> = repository.all().collect();
    let mut all: Vec<Diagnostics> = deployments
        .into_par_iter()
        .map(|deployment| {
            let mut found = Diagnostics::default();
            if let Some(chart) = catalogs.chart(GEN3, revision(deployment)) {
                of_deployment(deployment, chart, &mut found);
            }
            found
        })
        .collect();
    if let Some(chart) = catalogs.chart(CLUSTER, None) {
        let mut found = Diagnostics::default();
        for cluster in repository.clusters() {
            if let Some(of_cluster) = &cluster.values {
                let file = ValuesFile {
                    path: Utf8Path::new(&*cluster.directory),
                    node: Some(&of_cluster.node),
                };
                values::check(chart, &[file], &mut found);
            }
        }
        all.push(found);
    }
    let mut found = Diagnostics::default();
    for one in all {
        found.append(one);
    }
    found
}

/// The version or revision of the chart that a deployment asks for.
fn revision(deployment: &Deployment) -> Option<&str> {
    deployment
        .application()?
        .chart()?
        .revision
        .as_ref()
        .map(|revision| &*revision.text)
}

/// The files that the Application lists are one release; one that nobody lists stands alone.
fn of_deployment(deployment: &Deployment, chart: ChartCatalog<'_>, found: &mut Diagnostics) {
    let release: Vec<ValuesFile<'_>> = deployment
        .ordered()
        .map(|file| ValuesFile {
            path: &file.path,
            node: file.node.as_ref(),
        })
        .collect();
    values::check(chart, &release, found);
    let listed: BTreeSet<&Utf8Path> = release.iter().map(|file| file.path).collect();
    for alone in &deployment.files {
        if !listed.contains(&*alone.path) {
            let file = ValuesFile {
                path: &alone.path,
                node: alone.node.as_ref(),
            };
            values::check(chart, &[file], found);
        }
    }
}

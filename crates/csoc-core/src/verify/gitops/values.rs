//! The values files of a repository against the charts that they are for.

use std::collections::BTreeSet;

use camino::Utf8Path;
use rayon::prelude::*;

use crate::catalog::chart::ChartCatalog;
use crate::catalog::{AddonCatalog, Catalogs, ComponentCatalog, PublishedChart};
use crate::diagnostic::{Diagnostics, Severity};
use crate::gitops::{Deployment, Repository, Source};
use crate::value::Node;
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
    all.push(beside(repository, catalogs));
    let mut found = Diagnostics::default();
    for one in all {
        found.append(one);
    }
    found
}

/// Values of charts beside the commons: those that an Application installs from where they are published, and the add-ons
/// that cluster-level-resources makes Applications of.
fn beside(repository: &Repository, catalogs: &Catalogs) -> Diagnostics {
    let mut found = Diagnostics::default();
    let mut seen = BTreeSet::new();
    for (_, application) in repository.applications() {
        for source in &application.sources {
            let references = source.values.iter();
            let files: Vec<(&Utf8Path, &Node)> = references
                .filter_map(|placed| placed.strip_prefix("$values/"))
                .filter_map(|reference| repository.referenced(reference))
                .filter_map(|path| Some((path, repository.beside(path)?)))
                .collect();
            seen.extend(files.iter().map(|(path, _)| *path));
            if let Some(chart) = published(source, catalogs).filter(|_| !files.is_empty()) {
                known(&chart, &files, &mut found);
            }
        }
    }
    for cluster in repository.clusters() {
        for file in &cluster.addons {
            // One that nothing reads is a finding of its own.
            let is_read = cluster.is_on(&[&file.addon, "configuration", "enabled"]);
            let is_new = !seen.contains(&*file.path);
            let Some(node) = file.node.as_ref().filter(|_| is_read && is_new) else {
                continue;
            };
            let Some(facts) = AddonCatalog::embedded().get(&file.addon) else {
                continue;
            };
            let said = cluster.text(&[&file.addon, "targetRevision"]);
            let chart = facts
                .chart
                .as_deref()
                .zip(said.or(facts.version.as_deref()))
                .and_then(|(chart, version)| catalogs.published(chart, version));
            if let Some(chart) = chart {
                known(&chart, &[(&file.path, node)], &mut found);
            }
        }
    }
    found
}

/// What is known of the chart of a source: by its name and where it is published, since two may have one name.
fn published<'c>(source: &Source, catalogs: &'c Catalogs) -> Option<PublishedChart<'c>> {
    let plain = |address: &str| address.trim_end_matches('/').to_owned();
    let repository = plain(source.repository.as_deref()?);
    let mut all = ComponentCatalog::embedded().iter();
    let (_, facts) = all.find(|(_, facts)| {
        let is_chart = match (&source.chart, &source.path) {
            (Some(chart), _) => **chart == *facts.chart,
            (None, Some(path)) => Some(&**path) == facts.path.as_deref(),
            (None, None) => false,
        };
        is_chart && plain(&facts.repository) == repository
    })?;
    catalogs.published(&facts.chart, source.revision.as_deref()?)
}

/// What is wrong with values; what a chart's own templates leave unread is nobody's fault here.
fn known(chart: &PublishedChart<'_>, files: &[(&Utf8Path, &Node)], found: &mut Diagnostics) {
    let release: Vec<ValuesFile<'_>> = files
        .iter()
        .map(|(path, node)| ValuesFile {
            path,
            node: Some(node),
        })
        .collect();
    let mut all = Diagnostics::default();
    values::check(chart.chart, &release, &mut all);
    let all = all.into_vec().into_iter();
    let wrong = all.filter(|finding| finding.severity != Severity::Info);
    found.extend(wrong.map(|finding| chart.softened(finding)));
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

#[cfg(test)]
mod tests {
    use crate::source::SourceSet;
    use crate::{Context, VerifyOptions, verify_gitops};

    /// An Application of Karpenter's chart, whose values lie where ours do.
    fn application(repository: &str, version: &str) -> String {
        format!(
            r#"
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {{ name: karpenter, namespace: argocd }}
spec:
  project: platform
  destination: {{ server: "https://kubernetes.default.svc", namespace: karpenter }}
  sources:
    - chart: karpenter
      repoURL: {repository}
      targetRevision: {version}
      helm: {{ valueFiles: [$values/work/platform/karpenter/values.yaml] }}
    - {{ ref: values, repoURL: "https://github.com/example/demo-gitops", targetRevision: main }}
"#
        )
    }

    /// What is found of values in these files.
    fn found(files: &[(&str, &str)]) -> Vec<String> {
        let set: SourceSet = files
            .iter()
            .map(|(path, text)| (*path, text.as_bytes()))
            .collect();
        let report = verify_gitops(&set, &VerifyOptions::default(), &Context::default()).unwrap();
        let all = report.diagnostics().iter();
        all.filter(|one| one.code.as_str().starts_with("values-"))
            .map(|one| {
                let place = &one.labels[0];
                let at = format!("{}:{}:{}", place.file, place.line, place.column);
                format!("{at} {} {}", one.severity, one.message)
            })
            .collect()
    }

    #[test]
    fn values_of_components_are_keys_of_their_charts() {
        let values = "serviceAcount: { name: x }\nreplicas: 1\n";
        let of = |repository: &str, version: &str| {
            found(&[
                (
                    "work/argocd/karpenter.yaml",
                    &application(repository, version),
                ),
                ("work/platform/karpenter/values.yaml", values),
            ])
        };
        let known = of("public.ecr.aws/karpenter", "1.14.1");
        assert_eq!(known.len(), 1, "{known:?}");
        assert!(
            known[0].starts_with("work/platform/karpenter/values.yaml:1:1 error "),
            "{known:?}"
        );
        // What is known of another version only warns, and a chart of the same name elsewhere is another chart.
        let other = of("public.ecr.aws/karpenter", "1.13.0");
        assert!(other[0].contains(":1:1 warning "), "{other:?}");
        assert!(of("https://charts.example.org", "1.14.1").is_empty());
    }

    #[test]
    fn files_of_add_ons_are_values_of_their_charts() {
        let cluster = |reads: bool| {
            format!(
                "cluster: work\nproject: demo\naccountNumber: '111122223333'\nkarpenter: {{ enabled: true, targetRevision: 1.9.0, configuration: {{ enabled: {reads} }} }}\n"
            )
        };
        let of = |reads: bool| {
            found(&[
                ("work/cluster-values/cluster-values.yaml", &cluster(reads)),
                (
                    "work/cluster-values/karpenter.yaml",
                    "controler: { x: 1 }\n",
                ),
            ])
        };
        let known = of(true);
        assert_eq!(known.len(), 1, "{known:?}");
        assert!(
            known[0].starts_with("work/cluster-values/karpenter.yaml:1:1 error "),
            "{known:?}"
        );
        assert!(of(false).is_empty());
    }
}

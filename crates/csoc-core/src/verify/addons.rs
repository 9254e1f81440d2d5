//! Values of add-ons and of cluster-level-resources, as somebody wrote them, against the charts that take them.

use std::collections::BTreeMap;

use camino::Utf8Path;

use super::values::{self, ValuesFile};
use crate::backend::FleetView;
use crate::catalog::{AddonCatalog, Catalogs, ComponentCatalog, PublishedChart};
use crate::diagnostic::{Diagnostics, Finding, Severity};
use crate::model::cluster::{Addon, Cluster};
use crate::model::version::Version;
use crate::span::Span;
use crate::tree::{Document, File};

/// The chart that makes the add-ons of a cluster whose own Argo CD installs them.
const CLUSTER_CHART: &str = "cluster-level-resources";
/// Its own values, among the files of add-ons.
const CLUSTER_VALUES: &str = "cluster-values";

/// Checks what units of clusters made, where somebody wrote values.
///
/// What nobody wrote is ours, and that it fits its chart is what our own tests prove.
pub(super) struct AddonCheck<'a> {
    catalogs: &'a Catalogs,
    /// The version of cluster-level-resources.
    revision: Option<&'a str>,
    /// The clusters with values that somebody wrote, by object.
    written: BTreeMap<String, &'a Cluster>,
}

impl<'a> AddonCheck<'a> {
    /// The check of a fleet, with what is known of charts.
    pub(super) fn new(view: &FleetView<'a>, catalogs: &'a Catalogs) -> Self {
        let charts = &view.fleet.spec.charts;
        let chart = charts.cluster_level_resources.as_ref();
        let clusters = view.fleet.clusters.iter();
        let written = clusters.filter(|(_, cluster)| {
            let mut addons = cluster.spec.addons.values();
            cluster.spec.values.is_some() || addons.any(|addon| addon.values.is_some())
        });
        Self {
            catalogs,
            revision: chart.map(|chart| chart.revision.as_str()),
            written: written
                .map(|(name, cluster)| (format!("clusters.{name}"), &cluster.spec))
                .collect(),
        }
    }

    /// Adds what is wrong with the values that a unit made of an object.
    pub(super) fn check(&self, object: &str, files: &[File], found: &mut Diagnostics) {
        let Some(cluster) = self.written.get(object) else {
            return;
        };
        for file in files {
            let Document::Yaml(node) = file.document() else {
                continue;
            };
            let Some((chart, at)) = self.chart(cluster, file.path()) else {
                continue;
            };
            let values = ValuesFile {
                path: file.path(),
                node: Some(node),
            };
            let mut all = Diagnostics::default();
            values::check(chart.chart, &[values], &mut all);
            let written = all.into_vec().into_iter().filter(is_written);
            found.extend(written.map(|finding| about(finding, chart, object, &at)));
        }
    }

    /// The chart that a file of values is for, and where in the cluster those values are said.
    fn chart(&self, cluster: &Cluster, path: &Utf8Path) -> Option<(PublishedChart<'a>, String)> {
        let mut parts = path.components().rev();
        let file = parts.next()?.as_str();
        let directory = parts.next()?.as_str();
        if file == "values.yaml" && parts.next()?.as_str() == "platform" {
            let facts = ComponentCatalog::embedded().get(directory)?;
            let addon = facts.addon.as_deref()?;
            let version = version(cluster, addon).unwrap_or(&facts.version);
            let chart = self.catalogs.published(&facts.chart, version)?;
            return Some((chart, values_of(addon)));
        }
        let name = file
            .strip_suffix(".yaml")
            .filter(|_| directory == CLUSTER_VALUES)?;
        if name == CLUSTER_VALUES {
            let chart = PublishedChart {
                chart: self.catalogs.chart(CLUSTER_CHART, self.revision)?,
                other_version: None,
            };
            return Some((chart, "values".to_owned()));
        }
        let facts = AddonCatalog::embedded().get(name)?;
        let version = version(cluster, name).or(facts.version.as_deref())?;
        let chart = self.catalogs.published(facts.chart.as_deref()?, version)?;
        Some((chart, values_of(name)))
    }
}

/// The version that the fleet names for an add-on.
fn version<'c>(cluster: &'c Cluster, addon: &str) -> Option<&'c str> {
    let addon: Option<&Addon> = cluster.addons.get(addon);
    addon?.version.as_ref().map(Version::as_str)
}

fn values_of(addon: &str) -> String {
    format!("addons.{addon}.values")
}

/// Whether somebody wrote what a finding is about: derived values have no place.
fn is_written(finding: &Finding) -> bool {
    let mut places = finding.labels.iter();
    places.any(|(span, _): &(Span, String)| span.end > span.start)
}

/// The finding about a cluster's field. What is known of another version of the chart only warns.
fn about(mut finding: Finding, chart: PublishedChart<'_>, object: &str, at: &str) -> Finding {
    finding.object = Some(object.to_owned());
    finding.path = finding.path.map(|path| format!("{object}.{at}.{path}"));
    chart.softened(finding)
}

impl PublishedChart<'_> {
    /// A finding about values of this chart: what is known of another version of it only warns.
    pub(super) fn softened(&self, mut finding: Finding) -> Finding {
        if let Some(version) = self.other_version {
            finding.severity = match finding.severity {
                Severity::Error => Severity::Warning,
                other => other,
            };
            let name = self.chart.name();
            let help = finding.help.unwrap_or_default();
            finding.help = Some(format!(
                "{help}; this is known of version {version} of `{name}`: `csoc catalog add chart` adds what yours takes"
            ));
        }
        finding
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::backend::fixture::{compile, load, repository, sources};
    use crate::source::SourceSet;
    use crate::{Context, Limits, read_directory};

    /// A cluster with these add-ons.
    fn fleet(delivery: &str, addons: &str) -> SourceSet {
        let text = format!(
            r#"
apiVersion: csoc.gen3.org/v1beta1
kind: Fleet
edition: "2026.11"
name: demo
hub: {{ account: demo, cluster: csoc }}
gitops: {{ repository: https://github.com/example/demo-gitops, revision: main }}
charts:
  gen3: {{ repository: https://helm.gen3.org, revision: 0.3.90 }}
  clusterLevelResources: {{ repository: https://helm.gen3.org, revision: 0.6.49 }}
accounts:
  demo: {{ provider: aws, id: "111122223333", region: us-east-1, domain: example.org }}
clusters:
  csoc: {{ account: demo, network: {{ cidr: 10.1.0.0/16 }} }}
  work:
    account: demo
    network: {{ cidr: 10.2.0.0/16 }}
    delivery: {delivery}
    addons: {addons}
"#
        );
        SourceSet::from_iter([("fleet.yaml", text.as_bytes())])
    }

    /// What is found of the values of the add-ons.
    fn found(delivery: &str, addons: &str) -> Vec<String> {
        let report = load(fleet(delivery, &format!("{{ {addons} }}")))
            .check(&Context::default())
            .unwrap();
        let all = report.diagnostics().iter();
        all.filter(|one| one.code.as_str().starts_with("values-"))
            .map(|one| {
                let place = &one.labels[0];
                let help = one.help.as_deref().unwrap_or_default();
                let path = one.path.as_deref().unwrap_or_default();
                format!(
                    "{}:{} {} {path} ({help})",
                    place.line, place.column, one.severity
                )
            })
            .collect()
    }

    #[test]
    fn keys_that_a_chart_does_not_have_are_found_where_they_were_written() {
        assert_eq!(
            found(
                "hub-push",
                "karpenter: { values: { serviceAcount: { name: x }, replicas: 1 } }"
            ),
            [
                "19:38 error clusters.work.addons.karpenter.values.serviceAcount (did you mean `serviceAccount`?)"
            ]
        );
        assert_eq!(
            found(
                "spoke-pull",
                "karpenter: { values: { controler: { x: 1 } } }"
            ),
            [
                "19:38 error clusters.work.addons.karpenter.values.controler (did you mean `controller`?)"
            ]
        );
        assert_eq!(
            found(
                "spoke-pull",
                "metrics-server: { values: { replicas: [1] } }"
            ),
            [
                "19:43 error clusters.work.addons.metrics-server.values.replicas (write a whole number)"
            ]
        );
        // Maps of the user's own stay the user's.
        let labels = "external-secrets: { values: { podLabels: { anything: goes } } }";
        assert!(found("hub-push", labels).is_empty());
    }

    #[test]
    fn what_is_known_of_another_version_only_warns() {
        let addon = "karpenter: { version: 1.12.0, values: { controler: { x: 1 } } }";
        let found = found("hub-push", addon);
        assert!(found[0].starts_with("19:55 warning "), "{found:?}");
        assert!(
            found[0].contains("version 1.14.1 of `karpenter`"),
            "{found:?}"
        );
    }

    #[test]
    fn our_own_values_are_keys_of_their_charts() {
        let example = |name: &str| {
            read_directory(&repository().join("examples").join(name), Limits::default()).unwrap()
        };
        let catalogs = Catalogs::embedded();
        let mut seen = std::collections::BTreeSet::new();
        let all = "{ argo-workflows: {}, aws-s3-mountpoint: {}, calico: {}, cert-manager: {}, cilium: {}, ebs-csi-driver: {}, efs-csi-driver: {}, external-dns: {}, kube-state-metrics: {}, metrics-server: {}, nvidia-device-plugin: {} }\n    nodes: { provisioner: karpenter, pools: { gpu: { instanceTypes: [g6.xlarge] } } }";
        for set in [
            fleet("hub-push", all),
            sources("pushed"),
            example("hub-push"),
            example("consortium"),
        ] {
            let (tree, _) = compile(set);
            for file in tree.iter() {
                let mut parts = file.path().components().rev().map(|part| part.as_str());
                let (Some("values.yaml"), Some(name), Some("platform"), Document::Yaml(node)) =
                    (parts.next(), parts.next(), parts.next(), file.document())
                else {
                    continue;
                };
                let facts = ComponentCatalog::embedded().get(name).unwrap();
                let Some(chart) = catalogs.published(&facts.chart, &facts.version) else {
                    seen.insert(format!("{name}: not known"));
                    continue;
                };
                assert_eq!(chart.other_version, None, "{name}");
                seen.insert(name.to_owned());
                let values = ValuesFile {
                    path: file.path(),
                    node: Some(node),
                };
                let mut all = Diagnostics::default();
                values::check(chart.chart, &[values], &mut all);
                let all = all.into_vec().into_iter();
                let wrong: Vec<String> = all
                    .filter(|finding| finding.severity != Severity::Info)
                    .map(|finding| finding.message)
                    .collect();
                assert!(wrong.is_empty(), "{}: {wrong:#?}", file.path());
            }
        }
        let unknown: Vec<&String> = seen.iter().filter(|name| name.ends_with("known")).collect();
        // Their repositories are too large to be read.
        assert_eq!(unknown, ["cilium: not known", "mimir: not known"]);
        assert_eq!(
            seen.len(),
            ComponentCatalog::embedded().iter().count(),
            "{seen:?}"
        );
    }
}

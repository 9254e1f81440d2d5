//! What observes: values of charts that do not depend on the fleet, alerts, and what dashboards show.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;

use super::embedded;
use crate::span::{SourceFile, Sources};
use crate::value::overlay::{Nulls, merge};
use crate::value::{Node, yaml_read};

/// What the name of values ends with that what keeps production has.
const LARGE: &str = "-large";

/// Values of charts by name, and on top of them those of what keeps production.
const VALUES: [(&str, &str); 8] = [
    ("alloy", include_str!("data/observability/alloy.yaml")),
    ("grafana", include_str!("data/observability/grafana.yaml")),
    (
        "kube-state-metrics",
        include_str!("data/observability/kube-state-metrics.yaml"),
    ),
    ("loki", include_str!("data/observability/loki.yaml")),
    (
        "loki-large",
        include_str!("data/observability/loki-large.yaml"),
    ),
    ("mimir", include_str!("data/observability/mimir.yaml")),
    (
        "mimir-large",
        include_str!("data/observability/mimir-large.yaml"),
    ),
    ("tempo", include_str!("data/observability/tempo.yaml")),
];

/// How much is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum StackSize {
    /// Of development and tests: one copy of each.
    Small,
    /// Of staging or production: nothing stops when one copy goes.
    Large,
}

/// The values of a chart that do not depend on the fleet.
pub(crate) fn chart_values(name: &str, size: StackSize) -> Node {
    static READ: LazyLock<BTreeMap<&str, Node>> = LazyLock::new(|| {
        let mut all: BTreeMap<&str, Node> = VALUES.map(|(name, text)| (name, read(text))).into();
        for (large, text) in VALUES {
            if let Some(small) = large.strip_suffix(LARGE).and_then(|name| all.get(name)) {
                all.insert(large, merge(small.clone(), &read(text), Nulls::Data));
            }
        }
        all
    });
    let large = READ.get(format!("{name}{LARGE}").as_str());
    let values = large.filter(|_| size == StackSize::Large);
    let values = values.or_else(|| READ.get(name));
    values.map_or_else(Node::map, Node::clone)
}

fn read(text: &str) -> Node {
    let id = Sources::default().add(SourceFile::new("values.yaml", text));
    let (node, found) = yaml_read::read(text, id, &yaml_read::Limits::default());
    node.filter(|_| found.is_empty())
        .expect("a test reads the same text")
}

/// What somebody is told of.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct AlertCatalog {
    /// Of each environment.
    pub(crate) environment: Vec<AlertFacts>,
    /// Of each cluster.
    pub(crate) cluster: Vec<AlertFacts>,
}

/// An alert.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct AlertFacts {
    /// Its name.
    pub(crate) alert: String,
    /// How much it matters in production.
    pub(crate) severity: AlertSeverity,
    /// How long it must last.
    #[serde(rename = "for")]
    pub(crate) lasts: ByTier,
    /// The number in its expression.
    #[serde(default)]
    pub(crate) limit: Option<ByTier>,
    /// When it is so, in Prometheus' language, with names in braces.
    pub(crate) expression: String,
    /// What it is.
    pub(crate) summary: String,
    /// What to look at first.
    pub(crate) runbook: String,
}

/// How much an alert matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum AlertSeverity {
    /// Somebody acts now.
    Critical,
    /// Somebody acts today.
    Warning,
}

/// What is one thing in production, and another elsewhere.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ByTier {
    /// In production.
    pub(crate) prod: String,
    /// Elsewhere.
    pub(crate) other: String,
}

impl AlertCatalog {
    /// The alerts that this version carries.
    pub(crate) fn embedded() -> &'static Self {
        static CATALOG: LazyLock<AlertCatalog> = LazyLock::new(|| {
            embedded(
                "alerts.yaml",
                include_str!("data/observability/alerts.yaml"),
            )
        });
        &CATALOG
    }
}

/// What dashboards show.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct DashboardCatalog {
    /// Of the environments of a commons.
    pub(crate) environment: Vec<PanelFacts>,
    /// Of clusters.
    pub(crate) cluster: Vec<PanelFacts>,
}

/// A panel of a dashboard.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct PanelFacts {
    /// Its title.
    pub(crate) title: String,
    /// How it shows what it shows.
    pub(crate) kind: PanelKind,
    /// Columns of 24.
    pub(crate) width: u32,
    /// The unit of its values.
    #[serde(default)]
    pub(crate) unit: Option<String>,
    /// What each line is called.
    #[serde(default)]
    pub(crate) legend: Option<String>,
    /// What it asks Mimir.
    #[serde(default)]
    pub(crate) metrics: Option<String>,
    /// What it asks Loki.
    #[serde(default)]
    pub(crate) logs: Option<String>,
}

/// How a panel shows what it shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum PanelKind {
    /// One number.
    Stat,
    /// Lines over time.
    Timeseries,
    /// Lines of logs.
    Logs,
}

impl PanelKind {
    /// Its name in Grafana.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Stat => "stat",
            Self::Timeseries => "timeseries",
            Self::Logs => "logs",
        }
    }
}

impl DashboardCatalog {
    /// The dashboards that this version carries.
    pub(crate) fn embedded() -> &'static Self {
        static CATALOG: LazyLock<DashboardCatalog> = LazyLock::new(|| {
            embedded(
                "dashboards.yaml",
                include_str!("data/observability/dashboards.yaml"),
            )
        });
        &CATALOG
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_maps_and_large_ones_are_more() {
        for (name, _) in VALUES {
            assert!(chart_values(name, StackSize::Small).is_map(), "{name}");
        }
        let replicas = |size| {
            let values = chart_values("mimir", size);
            let replicas = values.path(&["ingester", "replicas"]);
            replicas.and_then(Node::text).map(str::to_owned)
        };
        assert_eq!(replicas(StackSize::Small).as_deref(), Some("1"));
        assert_eq!(replicas(StackSize::Large).as_deref(), Some("3"));
    }

    #[test]
    fn alerts_with_a_number_have_one_and_panels_ask_one_thing() {
        let alerts = AlertCatalog::embedded();
        for alert in alerts.environment.iter().chain(&alerts.cluster) {
            let asks = alert.expression.contains("{limit}");
            assert_eq!(asks, alert.limit.is_some(), "{}", alert.alert);
            assert!(alert.runbook.ends_with('.'), "{}", alert.alert);
        }
        let boards = DashboardCatalog::embedded();
        for panel in boards.environment.iter().chain(&boards.cluster) {
            let asked = panel.metrics.is_some() ^ panel.logs.is_some();
            assert!(asked && panel.width <= 24, "{}", panel.title);
        }
    }
}

//! Dashboards as Grafana reads them: one a commons, and one of clusters.

use super::grafana::{source, title};
use super::keeper::Keeper;
use super::{PLATFORM, map};
use crate::catalog::{DashboardCatalog, PanelFacts, PanelKind};
use crate::value::Node;

/// The columns of a page.
const COLUMNS: u32 = 24;

/// The dashboard of a tenant.
pub(super) fn dashboard(keeper: &Keeper<'_>, tenant: &str) -> Node {
    let catalog = DashboardCatalog::embedded();
    let is_platform = tenant == PLATFORM;
    let facts = if is_platform {
        &catalog.cluster
    } else {
        &catalog.environment
    };
    let environments = keeper.tenants.get(tenant).into_iter().flatten();
    let mut clusters: Vec<&str> = if is_platform {
        let all = keeper.clusters.iter();
        all.map(|cluster| cluster.name.as_str()).collect()
    } else {
        environments.clone().map(|it| it.cluster.as_str()).collect()
    };
    clusters.sort_unstable();
    clusters.dedup();
    let mut variables = vec![variable("cluster", clusters.iter().map(|it| (*it, *it)))];
    if !is_platform {
        let all = environments.map(|it| (it.at.environment.as_str(), it.namespace.as_str()));
        variables.push(variable("namespace", all));
    }
    map([
        ("uid", format!("overview-{tenant}").into()),
        ("title", title(tenant).into()),
        ("editable", false.into()),
        ("schemaVersion", 39_u32.into()),
        ("refresh", "1m".into()),
        ("tags", Node::list(["gen3".into()])),
        ("timezone", "browser".into()),
        (
            "time",
            map([("from", "now-6h".into()), ("to", "now".into())]),
        ),
        ("templating", map([("list", Node::list(variables))])),
        ("panels", Node::list(panels(facts, tenant))),
    ])
}

/// A choice on the page: what is shown, and what queries get.
fn variable<'t>(name: &'static str, choices: impl Iterator<Item = (&'t str, &'t str)>) -> Node {
    let choices: Vec<(&str, &str)> = choices.collect();
    let query: Vec<String> = choices
        .iter()
        .map(|(shown, value)| format!("{shown} : {value}"))
        .collect();
    map([
        ("name", name.into()),
        ("type", "custom".into()),
        ("query", query.join(",").into()),
        ("multi", true.into()),
        ("includeAll", true.into()),
        (
            "current",
            map([
                ("text", Node::list(["All".into()])),
                ("value", Node::list(["$__all".into()])),
            ]),
        ),
    ])
}

fn panels(facts: &[PanelFacts], tenant: &str) -> Vec<Node> {
    let (mut x, mut y, mut tallest) = (0_u32, 0_u32, 0_u32);
    let mut panels = Vec::new();
    for (number, facts) in (1_u32..).zip(facts) {
        let height = match facts.kind {
            PanelKind::Stat => 4,
            PanelKind::Timeseries => 8,
            PanelKind::Logs => 10,
        };
        if x.saturating_add(facts.width) > COLUMNS {
            x = 0;
            y = y.saturating_add(tallest);
            tallest = 0;
        }
        let at = map([
            ("x", x.into()),
            ("y", y.into()),
            ("w", facts.width.into()),
            ("h", height.into()),
        ]);
        x = x.saturating_add(facts.width);
        tallest = tallest.max(height);
        panels.push(panel(facts, tenant, number, at));
    }
    panels
}

fn panel(facts: &PanelFacts, tenant: &str, number: u32, at: Node) -> Node {
    let (what, kind, query) = match (&facts.metrics, &facts.logs) {
        (Some(query), _) => ("metrics", "prometheus", query),
        (None, Some(query)) => ("logs", "loki", query),
        (None, None) => return Node::map(),
    };
    let from = map([("type", kind.into()), ("uid", source(what, tenant).into())]);
    let mut target = map([
        ("refId", "A".into()),
        ("datasource", from.clone()),
        ("expr", query.as_str().into()),
    ]);
    if let Some(legend) = &facts.legend {
        target.insert("legendFormat", legend.as_str().into());
    }
    let mut defaults = Node::map();
    if let Some(unit) = &facts.unit {
        defaults.insert("unit", unit.as_str().into());
    }
    map([
        ("id", number.into()),
        ("type", facts.kind.as_str().into()),
        ("title", facts.title.as_str().into()),
        ("datasource", from),
        ("gridPos", at),
        (
            "fieldConfig",
            map([("defaults", defaults), ("overrides", Node::list([]))]),
        ),
        ("targets", Node::list([target])),
    ])
}

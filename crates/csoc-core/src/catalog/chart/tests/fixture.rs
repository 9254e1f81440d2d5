//! A small chart with every construct, its keys as text, and what is said of it.

use std::fmt::Write;
use std::path::{Path, PathBuf};

use crate::catalog::chart::{ChartCatalog, ChartKey, ChartLimits, ReadChart, read};
use crate::catalog::flat::{Catalog, CatalogKind, Header, encode};
use crate::diagnostic::Diagnostics;

/// The fixtures of charts.
pub(super) fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/charts")
}

/// The catalog of a chart that was read.
pub(super) fn catalog(chart: ReadChart) -> Catalog {
    let facts = chart.facts.expect("a chart");
    let header = Header {
        kind: CatalogKind::Chart,
        name: facts.name,
        version: facts.version.unwrap_or_default(),
        source: "a test".to_owned(),
        digest: facts.digest,
        reader: 1,
    };
    Catalog::open(&encode(&header, &facts.tree).unwrap()).unwrap()
}

/// Findings as lines.
pub(super) fn lines(found: &Diagnostics) -> Vec<String> {
    found
        .iter()
        .map(|finding| format!("{} {}: {}", finding.severity, finding.code, finding.message))
        .collect()
}

fn write(chart: ChartCatalog<'_>, key: ChartKey<'_>, path: &str, out: &mut String) {
    let mut facts = Vec::new();
    if !key.types().is_empty() {
        facts.push(key.types().to_string());
    }
    if let Some(default) = key.default() {
        facts.push(format!("`{}`", default.text().unwrap_or_default()));
    }
    if key.is_open() {
        facts.push(if key.is_whole() { "whole" } else { "open" }.to_owned());
    }
    if let Some(place) = chart.declared_at(key) {
        facts.push(format!("declared {place}"));
    }
    if let Some(place) = chart.read_at(key) {
        facts.push(format!("read {place}"));
    }
    for set in key.gates() {
        let set: Vec<String> = set
            .iter()
            .map(|flag| {
                let keys: Vec<String> = flag.keys.iter().map(|key| key.join(".")).collect();
                let sign = if flag.holds { "" } else { "not " };
                format!("{sign}{}", keys.join("|"))
            })
            .collect();
        facts.push(format!("if {}", set.join(" and ")));
    }
    writeln!(out, "{path}: {}", facts.join(", ")).unwrap();
    for (name, child) in key.children() {
        write(chart, child, &format!("{path}.{name}"), out);
    }
    if let Some(element) = key.element() {
        write(chart, element, &format!("{path}[]"), out);
    }
}

#[test]
fn every_construct_of_a_template_is_followed() {
    let chart = read(&fixtures().join("demo"), ChartLimits::default()).unwrap();
    let mut text = lines(&chart.found).join("\n");
    text.push_str("\n\n");
    let catalog = catalog(chart);
    let chart = ChartCatalog::new(&catalog).unwrap();
    write(chart, chart.values(), "values", &mut text);
    let path = fixtures().join("expected-keys.txt");
    if std::env::var_os("CSOC_UPDATE").is_some() {
        fs_err::write(&path, &text).unwrap();
    }
    assert_eq!(fs_err::read_to_string(&path).unwrap(), text);
    assert_eq!(
        chart.conditions("database").unwrap(),
        [vec!["database", "enabled"], vec!["global", "dev"]]
    );
    assert!(chart.is_chart("api") && !chart.is_chart("library"));
    assert_eq!(
        chart.places_of("minimum", None),
        ["api.autoscaling.minimum".to_owned()]
    );
}

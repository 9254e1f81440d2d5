//! The keys of the real charts against those that a slow, exact reader in another language finds.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Read;
use std::path::{Path, PathBuf};

use crate::backend::fixture::shared;
use crate::catalog::chart::{
    ChartCatalog, ChartKey, ChartLimits, ChartSource, MadeChart, chart as made,
};
use crate::diagnostic::Diagnostics;

/// A checkout of the charts, where there is one.
pub(crate) fn charts() -> Option<PathBuf> {
    let named = std::env::var_os("GEN3_HELM").map(PathBuf::from);
    let place = named.or_else(|| shared("gen3-helm"))?;
    place.join("helm/gen3/Chart.yaml").exists().then_some(place)
}

/// A chart of that checkout.
pub(crate) fn chart(place: &Path, name: &str) -> (ChartCatalog, Diagnostics) {
    let path = place.join("helm").join(name);
    let MadeChart { catalog, found, .. } =
        made(&path, &ChartSource::default(), ChartLimits::default()).unwrap();
    let (_, bytes) = catalog.unwrap();
    (ChartCatalog::open(&bytes).unwrap(), found)
}

#[derive(Debug, Clone, PartialEq)]
struct Facts {
    is_open: bool,
    is_read: bool,
}

fn ours(key: ChartKey<'_>, path: &str, out: &mut BTreeMap<String, Facts>) {
    out.insert(
        path.to_owned(),
        Facts {
            is_open: key.is_open(),
            is_read: key.is_read(),
        },
    );
    for (name, child) in key.children() {
        ours(child, &format!("{path}/{name}"), out);
    }
    if let Some(element) = key.element() {
        ours(element, &format!("{path}/[]"), out);
    }
}

fn theirs(node: &serde_json::Value, path: &str, out: &mut BTreeMap<String, Facts>) {
    out.insert(
        path.to_owned(),
        Facts {
            is_open: node["open"] == true,
            is_read: node["read"] == true,
        },
    );
    for (name, child) in node["kids"].as_object().into_iter().flatten() {
        theirs(child, &format!("{path}/{name}"), out);
    }
    if let Some(element) = node.get("star") {
        theirs(element, &format!("{path}/[]"), out);
    }
}

/// Where the two differ, and why ours is right.
const EXPLAINED: [(&str, &[&str]); 3] = [
    (
        "one chart prints it without declaring it, another declares it as a single value: nothing can be below it",
        &[
            "/aws-es-proxy/secrets/awsAccessKeyId",
            "/aws-es-proxy/secrets/awsSecretAccessKey",
            "/global/aws/region",
            "/global/dictionaryUrl",
            "/global/environment",
            "/global/frontendRoot",
            "/global/gcp/projectID",
            "/global/gcp/secretStoreServiceAccount",
            "/global/hostname",
            "/global/logoutInactiveUsers",
            "/global/maintenanceMode",
            "/global/postgres/master/host",
            "/global/publicDataSets",
            "/global/workspaceTimeoutInMinutes",
        ],
    ),
    (
        "another flag decides whether the chart is rendered, and nothing declares or reads this one",
        &["/funnel/enabled", "/gen3-network-policies/enabled"],
    ),
    (
        "read as `get … .key` with a key that callers pass as text",
        &["/global/postgres/master/database"],
    ),
];

#[test]
fn the_real_charts_have_the_keys_that_the_oracle_finds() {
    let (Some(place), Some(known)) = (charts(), shared("data/gen3-helm/known-keys.json.gz")) else {
        println!("skipped: no ../shared/gen3-helm, and GEN3_HELM names none");
        return;
    };
    let mut text = String::new();
    flate2::read::GzDecoder::new(fs_err::File::open(known).unwrap())
        .read_to_string(&mut text)
        .unwrap();
    let known: serde_json::Value = serde_json::from_str(&text).unwrap();
    let mut different = BTreeSet::new();
    for name in ["gen3", "cluster-level-resources"] {
        let (chart, sink) = chart(&place, name);
        let faulty: Vec<_> = sink
            .iter()
            .filter(|finding| finding.code.as_str() != "chart-dependency-missing")
            .collect();
        assert!(faulty.is_empty(), "{faulty:?}");
        let mut we = BTreeMap::new();
        ours(chart.values(), "", &mut we);
        let mut they = BTreeMap::new();
        theirs(&known[name], "", &mut they);
        let all: BTreeSet<&String> = we.keys().chain(they.keys()).collect();
        let before = different.len();
        for path in &all {
            if we.get(*path) != they.get(*path) {
                different.insert((*path).clone());
            }
        }
        let differ = different.len() - before;
        println!("{name}: {differ} of {} keys differ", all.len());
        assert!(differ * 200 <= all.len(), "less than 99.5 % agree");
    }
    let explained = EXPLAINED
        .iter()
        .flat_map(|(_, paths)| paths.iter().copied());
    assert_eq!(
        different,
        explained.map(str::to_owned).collect::<BTreeSet<_>>()
    );
}

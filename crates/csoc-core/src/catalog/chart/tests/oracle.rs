//! The keys of the real charts against those that a slow, exact reader in another language finds.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Read;
use std::path::{Path, PathBuf};

use crate::backend::fixture::shared;
use crate::catalog::chart::{ChartCatalog, ChartKey, ChartLimits, READER, read};
use crate::catalog::embedded::of_kind;
use crate::catalog::flat::{Catalog, CatalogKind, Header, encode};
use crate::diagnostic::Diagnostics;

/// A checkout of the charts, where there is one.
fn charts() -> Option<PathBuf> {
    let named = std::env::var_os("GEN3_HELM").map(PathBuf::from);
    let place = named.or_else(|| shared("gen3-helm"))?;
    place.join("helm/gen3/Chart.yaml").exists().then_some(place)
}

/// The bytes of the catalog of a chart of that checkout.
fn made(place: &Path, name: &str) -> (Vec<u8>, Diagnostics) {
    let path = place.join("helm").join(name);
    let chart = read(&path, ChartLimits::default()).unwrap();
    let facts = chart.facts.unwrap();
    let embedded = of_kind(CatalogKind::Chart)
        .find(|one| one.name == name)
        .unwrap();
    let header = Header {
        kind: CatalogKind::Chart,
        name: facts.name,
        version: embedded.version.to_owned(),
        source: format!("uc-cdis/gen3-helm at 42cc46bc, helm/{name}"),
        digest: facts.digest,
        reader: READER,
    };
    (encode(&header, &facts.tree).unwrap(), chart.found)
}

/// A chart of that checkout.
fn chart(place: &Path, name: &str) -> (Catalog, Diagnostics) {
    let (bytes, found) = made(place, name);
    (Catalog::open(&bytes).unwrap(), found)
}

#[test]
fn embedded_catalogs_are_what_the_charts_say() {
    let Some(place) = charts() else {
        println!("skipped: no ../shared/gen3-helm, and GEN3_HELM names none");
        return;
    };
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/catalog/data/chart");
    for name in ["cluster-level-resources", "gen3"] {
        let path = data.join(format!("{name}.catalog"));
        let (bytes, _) = made(&place, name);
        println!("{name}: {} bytes", bytes.len());
        if std::env::var_os("CSOC_UPDATE").is_some() {
            fs_err::write(&path, &bytes).unwrap();
            continue;
        }
        // Compressed bytes may change with the compressor; what they say may not.
        let there = Catalog::open(&fs_err::read(&path).unwrap()).unwrap();
        let made = Catalog::open(&bytes).unwrap();
        assert_eq!(there.header(), made.header());
        assert!(
            there.root().to_node() == made.root().to_node(),
            "{name}: run with CSOC_UPDATE=1"
        );
    }
}

/// What others publish: each chart as its release has it, in a directory `NAME-VERSION` below `PUBLISHED_CHARTS`.
///
/// Where its files come from stands in the catalog's header. Of charts whose release writes the version into `Chart.yaml`,
/// the directory's must say it, too; links that lead out of the chart are left away.
#[test]
fn embedded_catalogs_are_what_published_charts_say() {
    let Some(place) = std::env::var_os("PUBLISHED_CHARTS").map(PathBuf::from) else {
        println!("skipped: PUBLISHED_CHARTS names no directory of charts");
        return;
    };
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/catalog/data/chart/published");
    for embedded in of_kind(CatalogKind::Chart) {
        let name = format!("{}-{}", embedded.name, embedded.version);
        let path = data.join(format!("{name}.catalog"));
        if !path.exists() {
            continue;
        }
        let facts = read(&place.join(&name), ChartLimits::default())
            .unwrap()
            .facts
            .unwrap_or_else(|| panic!("{name} does not read"));
        let there = Catalog::open(&fs_err::read(&path).unwrap()).unwrap();
        let header = Header {
            digest: facts.digest,
            reader: READER,
            ..there.header().clone()
        };
        let bytes = encode(&header, &facts.tree).unwrap();
        println!("{name}: {} bytes", bytes.len());
        if std::env::var_os("CSOC_UPDATE").is_some() {
            fs_err::write(&path, &bytes).unwrap();
            continue;
        }
        let made = Catalog::open(&bytes).unwrap();
        assert_eq!(there.header(), made.header());
        assert!(
            there.root().to_node() == made.root().to_node(),
            "{name}: run with CSOC_UPDATE=1"
        );
    }
}

#[test]
fn embedded_catalogs_open() {
    for embedded in of_kind(CatalogKind::Chart) {
        let start = std::time::Instant::now();
        let chart = ChartCatalog::new(embedded.open()).unwrap();
        println!("{}: opened in {:?}", embedded.name, start.elapsed());
        assert_eq!(
            (chart.name(), chart.version()),
            (embedded.name, embedded.version)
        );
        assert!(chart.values().has_children());
    }
    let names = of_kind(CatalogKind::Chart).map(|embedded| embedded.name);
    assert!(names.is_sorted());
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
const EXPLAINED: [(&str, &[&str]); 4] = [
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
    (
        "passed in a list of arguments of which each is taken by its place, and no list itself",
        &[
            "/indexd/secrets/userdb/fence/[]",
            "/indexd/secrets/userdb/gateway/[]",
            "/indexd/secrets/userdb/sheepdog/[]",
            "/indexd/secrets/userdb/ssj/[]",
        ],
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
        let (catalog, sink) = chart(&place, name);
        let chart = ChartCatalog::new(&catalog).unwrap();
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

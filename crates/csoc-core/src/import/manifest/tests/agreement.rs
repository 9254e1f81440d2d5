//! The recorded manifests, moved, beside the Helm values that the same commons run with today.

use std::collections::{BTreeMap, BTreeSet};

use camino::{Utf8Path, Utf8PathBuf};

use crate::backend::fixture::shared;
use crate::import::compiled::Compiled;
use crate::import::foreign::Layout;
use crate::import::gitops::Gen3Gitops;
use crate::import::note::Notes;
use crate::span::Sources;
use crate::value::Node;
use crate::verify::{Taking, read_repository};
use crate::{Context, Import, ImportKind, ImportOptions, import_directory};

/// The services of the umbrella chart, and whether it runs each unless told otherwise.
fn services() -> Option<BTreeMap<String, bool>> {
    let chart = shared("data/gen3-helm/gen3/values.yaml")?;
    let text = std::fs::read_to_string(chart).ok()?;
    let mut sources = Sources::default();
    let file = sources.add(crate::span::SourceFile::new("values.yaml", text.as_str()));
    let (node, _) =
        crate::value::yaml_read::read(&text, file, &crate::value::yaml_read::Limits::default());
    let node = node?;
    let all = node.entries().iter().filter_map(|entry| {
        let on = entry.node.get("enabled")?.text()? == "true";
        let is_chart = entry.key != "mutatingWebhook" && entry.key != "pidgin";
        is_chart.then(|| (entry.key.to_string(), on))
    });
    Some(all.collect())
}

fn runs(values: &Node, service: &str, default: bool) -> bool {
    values
        .path(&[service, "enabled"])
        .and_then(Node::text)
        .map_or(default, |text| text == "true")
}

fn migrated(place: &Utf8Path, context: &Context) -> Import {
    let options = ImportOptions::default();
    import_directory(ImportKind::CdisManifest, place, &options, context)
        .unwrap_or_else(|error| panic!("{error:?}"))
}

/// What a tag is: two of the same kind differ by a move from release to release.
fn kind(tag: &str) -> &'static str {
    let tag = tag.trim_start_matches('v');
    if !tag.is_empty() && tag.chars().all(|char| char.is_ascii_digit() || char == '.') {
        "release"
    } else {
        "branch"
    }
}

/// Where the two run different services, and why.
const EXPLAINED: &[(&str, &str, &str)] = &[
    ("data.bloodpac.org", "audit", ADDED),
    ("data.midrc.org", "manifestservice", REMOVED),
    ("data.midrc.org", "requestor", ADDED),
    ("data.midrc.org", "sower", REMOVED),
    ("diseasedatahub.org", "ambassador", REMOVED),
    ("diseasedatahub.org", "wts", REMOVED),
    ("externaldata.healdata.org", "ambassador", UNSAID),
    ("externaldata.healdata.org", "etl", UNSAID),
    ("gen3qa.kidsfirstdrc.org", "ambassador", UNSAID),
    ("gen3qa.kidsfirstdrc.org", "etl", UNSAID),
    ("gen3qa.kidsfirstdrc.org", "hatchery", UNSAID),
    ("healdata.org", "zendesk-wrapper", ADDED),
    ("imaging-hub.data-commons.org", "ambassador", ADDED),
    ("imaging-hub.data-commons.org", "hatchery", ADDED),
    ("imaging-hub.data-commons.org", "requestor", ADDED),
    ("mc2dp.data-commons.org", "ambassador", REMOVED),
    ("mc2dp.data-commons.org", "audit", UNSAID),
    ("mc2dp.data-commons.org", "etl", UNSAID),
    ("mc2dp.data-commons.org", "gen3-embeddings", ADDED),
    ("mc2dp.data-commons.org", "guppy", ADDED),
    ("mc2dp.data-commons.org", "jeg", ADDED),
    ("mc2dp.data-commons.org", "portal", REMOVED),
    ("mc2dp.data-commons.org", "ssjdispatcher", REMOVED),
    ("mc2dp.data-commons.org", "workspace-proxy", ADDED),
    ("nci-crdc-staging.datacommons.io", "ambassador", UNSAID),
    (
        "nci-crdc-staging.datacommons.io",
        "aws-sigv4-proxy",
        REMOVED,
    ),
    ("nci-crdc-staging.datacommons.io", "etl", UNSAID),
    ("nci-crdc-staging.datacommons.io", "hatchery", UNSAID),
    ("preprod.healdata.org", "zendesk-wrapper", ADDED),
    ("staging.chordshealth.org", "ambassador", REMOVED),
    ("staging.chordshealth.org", "dashboard", REMOVED),
    ("staging.chordshealth.org", "frontend-framework", REMOVED),
    ("staging.chordshealth.org", "sower", REMOVED),
    ("staging.midrc.org", "manifestservice", REMOVED),
    ("staging.midrc.org", "requestor", ADDED),
    ("staging.midrc.org", "sower", REMOVED),
];
/// The manifest does not name the service; the values that came a year later switch it on.
const ADDED: &str = "added since the manifest was written";
/// The manifest names an image of the service; the values that came a year later do not run it.
const REMOVED: &str = "given up since the manifest was written";
/// Nobody decided it: the values say nothing, and the chart runs the service unless told otherwise.
const UNSAID: &str = "a default of the chart that the values do not speak of";

/// Where both run an image and one of them is of a branch.
const TAGS: &[(&str, &str, &str)] = &[
    (
        "imaging-hub.data-commons.org",
        "frontend-framework",
        "another image, of a branch, since the manifest was written",
    ),
    (
        "mc2dp.data-commons.org",
        "frontend-framework",
        "another image, of a version, since the manifest was written",
    ),
];

/// Services, hosts and tags of the moved fleet beside the real values.
#[derive(Debug, Default)]
struct Agreement {
    /// Pairs of commons and service that agree.
    agree: usize,
    /// Pairs of which the real values say something, or that the moved fleet runs.
    said: usize,
    pairs: usize,
    hosts: (usize, usize),
    tags: (usize, usize),
    misses: BTreeSet<(String, String)>,
    other_tags: BTreeSet<(String, String)>,
}

impl Agreement {
    fn look(&mut self, host: &str, ours: &Node, theirs: &Node, services: &BTreeMap<String, bool>) {
        self.hosts.1 += 1;
        let name = ["global", "hostname"];
        self.hosts.0 += usize::from(ours.path(&name) == theirs.path(&name));
        for (service, default) in services {
            let is_said = theirs.path(&[service, "enabled"]).is_some() || !*default;
            let (one, two) = (
                runs(ours, service, *default),
                runs(theirs, service, *default),
            );
            self.pairs += 1;
            self.said += usize::from(is_said || one == two);
            let row = (host.to_owned(), service.clone());
            if one == two {
                self.agree += 1;
            } else {
                self.misses.insert(row.clone());
            }
            let tag = |node: &Node| {
                node.path(&[service, "image", "tag"])
                    .and_then(Node::text)
                    .map(str::to_owned)
            };
            if let (true, true, Some(one), Some(two)) = (one, two, tag(ours), tag(theirs)) {
                self.tags.1 += 1;
                if one == two || kind(&one) == kind(&two) {
                    self.tags.0 += 1;
                } else {
                    self.other_tags.insert(row);
                }
            }
        }
    }
}

#[test]
fn moved_commons_run_what_the_real_ones_run() {
    let (Some(theirs), Some(ours), Some(services)) = (
        shared("data/gen3-gitops"),
        shared("data/cdis-manifest"),
        services(),
    ) else {
        println!("skipped: no ../shared/data");
        return;
    };
    let context = Context::default();
    let import = migrated(Utf8Path::from_path(&ours).unwrap(), &context);
    let compiled = Compiled::of(import.sources().clone(), &context).unwrap();
    let theirs = Utf8PathBuf::from_path_buf(theirs).unwrap();
    let files = read_repository(&theirs, Taking::Everything).unwrap();
    let foreign = Gen3Gitops
        .read(&files, &mut Sources::default(), &mut Notes::default())
        .unwrap();
    let mut agreement = Agreement::default();
    for contract in compiled.fleet.contracts().environments.values() {
        let host = contract.spec.hostname.as_str();
        let real = foreign
            .environments
            .iter()
            .find(|environment| environment.directory == host)
            .and_then(|environment| environment.values.as_ref())
            .filter(|values| !values.entries().is_empty());
        if let Some(real) = real {
            let directory = format!("{}/{host}", contract.cluster);
            let values = compiled.values(&directory).unwrap();
            agreement.look(host, &values, real, &services);
        }
    }
    println!("{agreement:#?}");
    let rows = |table: &[(&str, &str, &str)]| -> BTreeSet<(String, String)> {
        let rows = table.iter();
        rows.map(|(host, service, _)| ((*host).to_owned(), (*service).to_owned()))
            .collect()
    };
    assert_eq!(
        agreement.misses,
        rows(EXPLAINED),
        "every miss is explained, and no other"
    );
    assert_eq!(agreement.other_tags, rows(TAGS));
    assert_eq!(agreement.hosts, (12, 12));
    let (agree, said) = (
        agreement.agree + agreement.hosts.0,
        agreement.said + agreement.hosts.1,
    );
    assert!(agree * 100 >= said * 95, "services and hosts together");
    assert!(agreement.tags.0 * 100 >= agreement.tags.1 * 95);
}

#[test]
fn every_leaf_of_the_recorded_manifests_is_accounted_for() {
    let Some(place) = shared("data/cdis-manifest") else {
        println!("skipped: no ../shared/data/cdis-manifest");
        return;
    };
    let place = Utf8PathBuf::from_path_buf(place).unwrap();
    let before = std::time::Instant::now();
    let import = migrated(&place, &Context::default());
    println!("import: {:?}", before.elapsed());
    let report = import.report();
    assert_eq!(report.moved.len(), 19);
    for note in &report.notes {
        println!("{}:{} {}", note.file, note.line, note.message);
    }
    for unit in &report.moved {
        let counts = unit.counts();
        println!("{}: {counts:?}", unit.source);
        for row in &unit.rows {
            if row.outcome == crate::Outcome::Unmapped {
                println!("    {} {}", row.path, row.reason);
            }
        }
        let rows: usize = unit.rows.iter().map(|row| row.leaves).sum();
        let leaves = report
            .every
            .iter()
            .filter(|leaf| leaf.object == unit.object)
            .count();
        assert_eq!(rows, leaves, "{}", unit.source);
    }
    let mut all = 0;
    let mut sources = Sources::default();
    for (path, bytes) in read_repository(&place, Taking::Everything).unwrap().iter() {
        let is_data = path.file_name() == Some("manifest.json")
            || path.as_str().contains("/manifests/") && path.extension() == Some("json");
        if !is_data {
            all += 1;
            continue;
        }
        let text = std::str::from_utf8(bytes).unwrap();
        let file = sources.add(crate::span::SourceFile::new(path, text));
        let (node, _) = crate::value::json_read::read_json(text, file);
        crate::import::ledger::each_leaf(&node.unwrap(), &mut Vec::new(), &mut |_, _| all += 1);
    }
    assert_eq!(report.every.len(), all);
}

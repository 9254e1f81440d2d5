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
    let (node, _) = crate::value::yaml_read::read(
        &text,
        file,
        &crate::value::yaml_read::Limits::default(),
    );
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
    let before = std::time::Instant::now();
    let import = migrated(Utf8Path::from_path(&ours).unwrap(), &context);
    println!("import: {:?}", before.elapsed());
    for note in import.notes() {
        println!("{}:{} {} {}", note.file, note.line, note.kind.as_str(), note.message);
    }
    let compiled = Compiled::of(import.sources().clone(), &context).unwrap();
    let theirs = Utf8PathBuf::from_path_buf(theirs).unwrap();
    let files = read_repository(&theirs, Taking::Everything).unwrap();
    let foreign = Gen3Gitops
        .read(&files, &mut Sources::default(), &mut Notes::default())
        .unwrap();
    let mut agree = 0;
    let mut union = 0;
    let mut all = 0;
    let mut hosts = (0, 0);
    let mut tags = (0, 0);
    let mut misses = BTreeSet::new();
    for contract in compiled.fleet.contracts().environments.values() {
        let host = contract.spec.hostname.as_str();
        let Some(real) = foreign
            .environments
            .iter()
            .find(|environment| environment.directory == host)
            .and_then(|environment| environment.values.as_ref())
            .filter(|values| !values.entries().is_empty())
        else {
            continue;
        };
        let directory = format!("{}/{host}", contract.cluster);
        let values = compiled.values(&directory).unwrap();
        hosts.1 += 1;
        if values.path(&["global", "hostname"]) == real.path(&["global", "hostname"]) {
            hosts.0 += 1;
        }
        for (service, default) in &services {
            let (one, two) = (runs(&values, service, *default), runs(real, service, *default));
            all += 1;
            union += usize::from(one || two);
            if one == two {
                agree += 1;
            } else {
                misses.insert((host.to_owned(), service.clone(), one));
            }
            if one && two {
                let image = |node: &Node, key: &str| {
                    node.path(&[service, "image", key])
                        .and_then(Node::text)
                        .map(str::to_owned)
                };
                if let (Some(one), Some(two)) = (image(&values, "tag"), image(real, "tag")) {
                    tags.1 += 1;
                    if one == two || kind(&one) == kind(&two) {
                        tags.0 += 1;
                    } else {
                        println!("tag: {host} {service}: {one} {two}");
                    }
                }
            }
        }
    }
    for miss in &misses {
        println!("{miss:?}");
    }
    println!(
        "services {agree} of {all} ({} differ of {union} that run in either), hosts {hosts:?}, tags {tags:?}",
        misses.len()
    );
}

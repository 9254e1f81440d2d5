//! Spokes of gen3-kro: an own fixture, and the recorded one.

use camino::{Utf8Path, Utf8PathBuf};

use crate::backend::fixture::{repository, shared};
use crate::import::compiled::Compiled;
use crate::source::SourceSet;
use crate::tree::{Document, File};
use crate::value::{Node, json_read, yaml_read};
use crate::{Context, Import, ImportError, ImportKind, ImportOptions, import_directory};

fn fixture() -> Utf8PathBuf {
    Utf8PathBuf::from_path_buf(repository().join("tests/repositories/gen3-kro")).unwrap()
}

fn import(place: &Utf8Path) -> Result<Import, ImportError> {
    import_directory(
        ImportKind::Gen3Kro,
        place,
        &ImportOptions::default(),
        &Context::default(),
    )
}

/// What a file on disk says.
fn theirs(path: &Utf8Path) -> Node {
    let text = std::fs::read_to_string(path).unwrap();
    let mut sources = crate::span::Sources::default();
    let file = sources.add(crate::span::SourceFile::new(path, text.as_str()));
    let (node, _) = if path.as_str().contains(".json") {
        json_read::read_json(&text, file)
    } else {
        yaml_read::read(&text, file, &yaml_read::Limits::default())
    };
    node.unwrap()
}

fn ours(set: &SourceSet, path: &str) -> Node {
    let compiled = Compiled::of(set.clone(), &Context::default()).unwrap();
    match compiled.files.get(path).map(File::document) {
        Some(Document::Yaml(node) | Document::Json(node)) => node.clone(),
        _ => panic!("no {path} in {:?}", compiled.files.keys()),
    }
}

fn equal(import: &Import, place: &Utf8Path, pairs: &[(&str, &str)]) {
    for (source, rendered) in pairs {
        let one = theirs(&place.join(source));
        assert_eq!(one, ours(import.sources(), rendered), "{rendered}");
    }
}

#[test]
fn the_recorded_spoke_renders_back_equal() {
    let Some(place) = shared("data/gen3-kro") else {
        println!("skipped: no ../shared/data/gen3-kro");
        return;
    };
    let place = Utf8PathBuf::from_path_buf(place).unwrap();
    let import = import(&place).unwrap();
    let spoke = "argocd/spokes/spoke1";
    let host = "spoke1dev.rds-pla.net";
    let infrastructure = format!("{spoke}/infrastructure-values.yaml");
    let cluster = format!("{spoke}/cluster-resources/cluster-values.yaml");
    let values = format!("{spoke}/{host}/gen3-values.yaml");
    let kro = |path: &str| format!("kro/{path}");
    equal(
        &import,
        &place,
        &[
            (&infrastructure, &kro(&infrastructure)),
            (&cluster, &kro(&cluster)),
            (&values, &kro(&values)),
            (&cluster, "spoke1/cluster-values/cluster-values.yaml"),
            (&values, &format!("spoke1/{host}/values/values.yaml")),
            (
                "config/shared.auto.tfvars.json.example",
                "kro/config/shared.auto.tfvars.json",
            ),
        ],
    );
    let report = import.report();
    assert_eq!((report.values.equal, report.values.total), (1, 1));
    assert_eq!((report.clusters.equal, report.clusters.total), (1, 1));
    assert!(report.objects.iter().all(|object| object.equal));
    for object in &report.objects {
        println!("{} {}: {:?}", object.object, object.document, object.leaves);
    }
    for note in &report.notes {
        println!("{}:{} {}", note.file, note.line, note.message);
    }
}

#[test]
fn a_small_repository_becomes_this_fleet() {
    let import = import(&fixture()).unwrap();
    let mut page = String::new();
    for (path, bytes) in import.sources().iter() {
        if !["import-report.json", "baseline.yaml"].contains(&path.as_str()) {
            let text = std::str::from_utf8(bytes).unwrap();
            page.extend(["=== ", path.as_str(), "\n", text]);
        }
    }
    insta::assert_snapshot!(page);
    equal(
        &import,
        &fixture(),
        &[
            (
                "argocd/spokes/demo/infrastructure-values.yaml",
                "kro/argocd/spokes/demo/infrastructure-values.yaml",
            ),
            (
                "config/shared.auto.tfvars.json",
                "kro/config/shared.auto.tfvars.json",
            ),
        ],
    );
}

/// The files of a directory, each below another one.
fn copy(from: &Utf8Path, to: &Utf8Path, edit: &dyn Fn(&str) -> String) {
    for entry in from.read_dir_utf8().unwrap() {
        let entry = entry.unwrap();
        let place = to.join(edit(entry.file_name()));
        if entry.path().is_dir() {
            copy(entry.path(), &place, edit);
        } else {
            std::fs::create_dir_all(to).unwrap();
            let text = std::fs::read_to_string(entry.path()).unwrap();
            std::fs::write(place, edit(&text)).unwrap();
        }
    }
}

/// What spokes name alike is a rule of the fleet, and renders back all the same.
#[test]
fn names_that_spokes_share_become_rules() {
    let place = tempfile::tempdir().unwrap();
    let place = Utf8Path::from_path(place.path()).unwrap();
    copy(&fixture(), place, &str::to_owned);
    let spokes = place.join("argocd/spokes");
    copy(&spokes.join("demo"), &spokes.join("second"), &|text| {
        text.replace("demo.example.org", "second.example.org")
    });
    let import = import(place).unwrap();
    let report = import.report();
    assert!(report.naming_rules > 0, "{:?}", report.notes);
    assert_eq!((report.values.equal, report.values.total), (2, 2));
    let fleet = import.sources().get(Utf8Path::new("fleet.yaml")).unwrap();
    let fleet = std::str::from_utf8(fleet).unwrap();
    assert!(fleet.contains("naming:\n"), "{fleet}");
}

#[test]
fn what_cannot_be_read_is_said_with_its_place_and_the_rest_is_imported() {
    let import = import(&fixture()).unwrap();
    let notes: Vec<String> = import
        .report()
        .notes
        .iter()
        .map(|note| {
            format!(
                "{}:{}:{} {}",
                note.file, note.line, note.column, note.message
            )
        })
        .collect();
    insta::assert_debug_snapshot!(notes);
}

#[test]
fn what_is_no_repository_of_spokes_is_said_to_be_none() {
    let other = repository().join("tests/fleets");
    let other = Utf8PathBuf::from_path_buf(other).unwrap();
    assert!(matches!(
        import(&other),
        Err(ImportError::OtherLayout { .. })
    ));
}

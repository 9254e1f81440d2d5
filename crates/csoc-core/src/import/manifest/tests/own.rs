//! A small directory of manifests: one whole commons, its staging, a broken one and half of one.

use camino::{Utf8Path, Utf8PathBuf};

use crate::backend::fixture::repository;
use crate::{Context, Fleet, Import, ImportError, ImportKind, ImportOptions, import_directory};

fn fixture() -> Utf8PathBuf {
    let place = repository().join("tests/imports/cdis-manifest");
    Utf8PathBuf::from_path_buf(place).unwrap()
}

fn import(place: &Utf8Path) -> Result<Import, ImportError> {
    import_directory(
        ImportKind::CdisManifest,
        place,
        &ImportOptions::default(),
        &Context::default(),
    )
}

#[test]
fn a_small_directory_becomes_this_fleet() {
    let import = import(&fixture()).unwrap();
    let mut page = String::new();
    for (path, bytes) in import.sources().iter() {
        let is_long = ["import-report.json", "baseline.yaml"].contains(&path.as_str());
        if is_long {
            continue;
        }
        let text = std::str::from_utf8(bytes).unwrap();
        page.extend(["=== ", path.as_str(), "\n", text]);
    }
    insta::assert_snapshot!(page);
}

#[test]
fn what_cannot_be_read_is_said_with_its_place_and_the_rest_is_imported() {
    let import = import(&fixture()).unwrap();
    let notes: Vec<String> = import
        .report()
        .notes
        .iter()
        .filter(|note| note.message.contains("not imported"))
        .map(|note| {
            format!(
                "{}:{}:{} {}",
                note.file, note.line, note.column, note.message
            )
        })
        .collect();
    insta::assert_debug_snapshot!(notes);
    assert_eq!(import.report().moved.len(), 2);
}

#[test]
fn the_fleet_loads_and_its_baseline_covers_what_the_check_finds() {
    let import = import(&fixture()).unwrap();
    let context = Context::default();
    let fleet = Fleet::from_sources(import.sources().clone(), &context).unwrap();
    let report = fleet.check(&context).unwrap();
    assert_eq!(report.summary().errors, 0, "{report:#?}");
}

#[test]
fn a_single_commons_is_a_source_too() {
    let import = import(&fixture().join("demo.example.org")).unwrap();
    assert_eq!(import.report().moved.len(), 1);
    assert_eq!(import.report().moved[0].source, "demo.example.org");
}

#[test]
fn what_is_no_directory_of_manifests_is_said_to_be_none() {
    let other = repository().join("tests/fleets");
    let other = Utf8PathBuf::from_path_buf(other).unwrap();
    assert!(matches!(
        import(&other),
        Err(ImportError::OtherLayout { .. })
    ));
    assert!(matches!(
        import(Utf8Path::new("/nowhere")),
        Err(ImportError::Missing { .. })
    ));
}

#[test]
fn a_source_of_which_nothing_can_be_read_gives_an_empty_fleet_and_says_why() {
    let place = fixture().join("broken.example.org");
    let import = import(&place).unwrap();
    assert!(import.report().moved.is_empty());
    assert_eq!(
        import.report().notes.len(),
        1,
        "{:?}",
        import.report().notes
    );
}

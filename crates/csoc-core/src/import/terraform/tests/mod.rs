//! Own roots: one whole, one without a commons, one broken, and outputs without variables.

use camino::{Utf8Path, Utf8PathBuf};

use crate::backend::fixture::repository;
use crate::import::ledger::each_leaf;
use crate::{Context, Fleet, Import, ImportError, ImportKind, ImportOptions, import_directory};

fn fixture() -> Utf8PathBuf {
    Utf8PathBuf::from_path_buf(repository().join("tests/imports/gen3-terraform")).unwrap()
}

fn import(place: &Utf8Path) -> Result<Import, ImportError> {
    import_directory(
        ImportKind::Gen3Terraform,
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
        if !["import-report.json", "baseline.yaml"].contains(&path.as_str()) {
            let text = std::str::from_utf8(bytes).unwrap();
            page.extend(["=== ", path.as_str(), "\n", text]);
        }
    }
    insta::assert_snapshot!(page);
}

#[test]
fn secret_material_is_named_and_stands_nowhere() {
    let import = import(&fixture()).unwrap();
    for (path, bytes) in import.sources().iter() {
        let text = String::from_utf8_lossy(bytes);
        for secret in ["MUST-NOT-BE-SHOWN", "MUSTNOTBESHOWN"] {
            assert!(!text.contains(secret), "{path} shows a secret");
        }
    }
    let unit = &import.report().moved;
    let unit = unit.iter().find(|unit| unit.source == "demo").unwrap();
    let refused: Vec<String> = unit
        .rows
        .iter()
        .filter(|row| row.outcome == crate::Outcome::Refused)
        .map(|row| format!("{}:{} {}", row.file, row.line, row.path))
        .collect();
    insta::assert_debug_snapshot!(refused);
}

#[test]
fn every_leaf_is_accounted_for() {
    let import = import(&fixture()).unwrap();
    for unit in &import.report().moved {
        let rows: usize = unit.rows.iter().map(|row| row.leaves).sum();
        let every = &import.report().every;
        let own = every.iter().filter(|leaf| leaf.object == unit.object);
        assert_eq!(rows, own.count(), "{}", unit.source);
    }
    let text = std::fs::read_to_string(fixture().join("demo/outputs.json")).unwrap();
    let mut sources = crate::span::Sources::default();
    let file = sources.add(crate::span::SourceFile::new("outputs.json", text.as_str()));
    let (node, _) = crate::value::json_read::read_json(&text, file);
    let mut all = 0;
    each_leaf(&node.unwrap(), &mut Vec::new(), &mut |_, _| all += 1);
    let every = &import.report().every;
    let own = every.iter().filter(|leaf| leaf.file == "demo/outputs.json");
    assert_eq!(own.count(), all);
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
fn what_is_no_directory_of_roots_is_said_to_be_none() {
    let other = repository().join("tests/fleets");
    let other = Utf8PathBuf::from_path_buf(other).unwrap();
    assert!(matches!(
        import(&other),
        Err(ImportError::OtherLayout { .. })
    ));
}

#[test]
fn a_target_that_is_not_empty_is_left_alone() {
    let import = import(&fixture()).unwrap();
    let place = tempfile::tempdir().unwrap();
    let place = Utf8Path::from_path(place.path()).unwrap();
    std::fs::write(place.join("mine.txt"), "mine").unwrap();
    assert!(matches!(
        import.write(place),
        Err(ImportError::NotEmpty { .. })
    ));
    assert_eq!(std::fs::read_dir(place).unwrap().count(), 1);
    import.write(&place.join("fleet")).unwrap();
    assert!(place.join("fleet/fleet.yaml").exists());
}

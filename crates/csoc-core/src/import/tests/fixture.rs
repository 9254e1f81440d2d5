//! The repository `tests/repositories/two-clusters`: everything that its import writes.

use std::fmt::Write as _;

use camino::Utf8Path;

use super::{import, text};
use crate::backend::fixture::repository;
use crate::{Context, Fate, Fleet, ImportOptions, NoteKind};

fn place() -> camino::Utf8PathBuf {
    let place = repository().join("tests/repositories/two-clusters");
    Utf8Path::from_path(&place).unwrap().to_owned()
}

#[test]
fn the_whole_fleet_is_as_recorded() {
    let imported = import(&place(), &ImportOptions::default()).unwrap();
    let mut all = String::new();
    for (path, bytes) in imported.sources().iter() {
        if path == "import-report.json" {
            continue;
        }
        writeln!(all, "=== {path}").unwrap();
        match std::str::from_utf8(bytes) {
            Ok(text) => all.push_str(text),
            Err(_) => writeln!(all, "{} bytes", bytes.len()).unwrap(),
        }
    }
    insta::assert_snapshot!("two-clusters", all);
}

#[test]
fn it_comes_back_equal_and_checks_clean() {
    let imported = import(&place(), &ImportOptions::default()).unwrap();
    let report = imported.report();
    for equal in [report.values, report.applications, report.clusters] {
        assert_eq!(equal.equal, equal.total);
    }
    assert_eq!(report.values.total, 3);
    let context = Context::default().as_of("2026-11-26".parse().unwrap());
    let fleet = Fleet::from_sources(imported.sources().clone(), &context).unwrap();
    assert!(!fleet.check(&context).unwrap().has_failures());
    // What is wrong with a repository is found in an imported fleet, too.
    for code in [
        "application-name-not-unique",
        "values-key-unknown",
        "role-name-missing",
    ] {
        assert!(
            report.findings.contains_key(code),
            "{code}: {:?}",
            report.findings
        );
    }
    // A new defect is no known one.
    let mut files = imported.sources().clone();
    let path = "commons/example/environments/data.yaml";
    let broken = text(&imported, path).replace("example/data/etl-mapping.yaml", "nowhere.yaml");
    files.insert(path, broken.into_bytes());
    let fleet = Fleet::from_sources(files, &context).unwrap();
    let codes: Vec<_> = fleet
        .check(&context)
        .unwrap()
        .failures()
        .map(|found| found.code.as_str())
        .collect();
    assert_eq!(codes, ["content-missing"]);
}

#[test]
fn every_leaf_has_a_fate() {
    let imported = import(&place(), &ImportOptions::default()).unwrap();
    let report = imported.report();
    let plain = |path: &str, file: &str| {
        let leaf = report
            .every
            .iter()
            .find(|leaf| leaf.path == path && leaf.file.as_str().ends_with(file));
        leaf.unwrap_or_else(|| panic!("{path} of {file}"))
    };
    let data = "alpha/data.example.org/values/values.yaml";
    for (path, fate) in [
        ("global.hostname", Fate::Modelled),
        ("fence.externalSecrets.fenceConfig", Fate::Named),
        ("global.revproxyArn", Fate::Recorded),
        ("fence.replicaCount", Fate::Overridden),
        ("etl.etlMapping.mappings[0].name", Fate::Content),
        ("portal.image.tag", Fate::Overlaid),
    ] {
        assert_eq!(plain(path, data).fate, fate, "{path}");
    }
    assert_eq!(plain("fluentd.enabled", data).fate, Fate::Layered);
    assert_eq!(
        plain("fluentd.enabled", data).dead.as_deref(),
        Some("values-key-unknown")
    );
    let total: usize = Fate::ALL.iter().map(|fate| report.leaves.of(*fate)).sum();
    let listed = report
        .every
        .iter()
        .filter(|leaf| leaf.file.as_str().contains("/values/"))
        .count();
    assert_eq!(total, listed);
    assert_eq!(report.leaves.unmapped, 0);
}

#[test]
fn what_is_odd_is_said() {
    let imported = import(&place(), &ImportOptions::default()).unwrap();
    let said = |kind: NoteKind, file: &str| {
        imported
            .report()
            .notes
            .iter()
            .any(|note| note.kind == kind && note.file == file)
    };
    assert!(said(
        NoteKind::LeftOut,
        "alpha/data.example.org/values/orphan.yaml"
    ));
    assert!(said(
        NoteKind::Odd,
        "alpha/staging.example.org/templates/app.yaml"
    ));
    assert!(said(
        NoteKind::Odd,
        "beta/other.example.net/templates/app.yaml"
    ));
}

#[test]
fn fixes_are_shown_and_applied() {
    let options = ImportOptions {
        fix: vec![
            "values-key-unknown".to_owned(),
            "image-tag-unquoted".to_owned(),
        ],
        ..ImportOptions::default()
    };
    let imported = import(&place(), &options).unwrap();
    let report = imported.report();
    assert_eq!(report.leaves.dropped, 2);
    assert_eq!(report.leaves.dead, 0);
    let diffs: String = report.fixes.iter().map(|fix| fix.diff.as_str()).collect();
    assert!(diffs.contains("-fluentd:\n"), "{diffs}");
    assert!(diffs.contains("+    tag: '2026.07'\n"), "{diffs}");
    assert!(!text(&imported, "commons/example.yaml").contains("fluentd"));
    assert_eq!(report.values.equal, report.values.total);
}

#[test]
fn what_runs_otherwise_than_git_says_is_noted() {
    let live = r#"{ "items": [
      { "metadata": { "name": "gen3-example" }, "spec": { "project": "other",
        "destination": { "server": "https://kubernetes.default.svc", "namespace": "exampleprod-helm" } } },
      { "metadata": { "name": "forgotten" }, "spec": { "destination": { "namespace": "somewhere" } } }
    ] }"#;
    let options = ImportOptions {
        live: Some(("live.json".to_owned(), live.to_owned())),
        ..ImportOptions::default()
    };
    let imported = import(&place(), &options).unwrap();
    let said = |text: &str| {
        let mut notes = imported.report().notes.iter();
        notes.any(|note| note.kind == NoteKind::Live && note.message.contains(text))
    };
    assert!(said(
        "`spec.project` is `default` in git, and `other` in the cluster"
    ));
    assert!(said("`forgotten` runs in `somewhere`"));
    assert!(said("`beta/other.example.net` does not run"));
}

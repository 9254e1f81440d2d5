//! `csoc import` of layouts that are moved: cloud-automation, gen3-kro, gen3-terraform.

use std::path::Path;

use super::Place;

fn repository(name: &str) -> String {
    let place = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/repositories");
    place
        .join(name)
        .canonicalize()
        .unwrap()
        .display()
        .to_string()
}

#[test]
fn every_layout_becomes_a_fleet_that_checks_clean_and_what_is_broken_is_said() {
    for (kind, broken) in [
        ("cdis-manifest", "`broken.example.org` is not imported"),
        ("gen3-kro", "`broken` is not imported"),
        ("gen3-terraform", "`broken` is not imported"),
    ] {
        let place = Place::new();
        let run = place.run(&format!("import {kind} {} --out new", repository(kind)));
        // The others are there all the same.
        assert_eq!(run.exit, 1, "{kind}: {}{}", run.out, run.err);
        assert!(run.out.contains(broken), "{kind}: {}", run.out);
        let check = place.run("check new");
        assert_eq!(check.exit, 0, "{kind}: {}{}", check.out, check.err);
        let render = place.run("render new --out out --include observed");
        assert_eq!(render.exit, 0, "{kind}: {}{}", render.out, render.err);
        // Nothing is managed, so that nothing is rendered before someone says so.
        assert_eq!(place.run("render new --out none").exit, 0);
        assert!(!place.path("none/kro/argocd").exists());
        let report: serde_json::Value =
            serde_json::from_str(&place.read("new/import-report.json")).unwrap();
        assert_eq!(report["kind"], kind);
    }
}

#[test]
fn a_directory_of_another_layout_is_refused_and_nothing_is_written() {
    let place = Place::new();
    for kind in ["cdis-manifest", "gen3-kro", "gen3-terraform"] {
        let run = place.run(&format!("import {kind} fleet --out new"));
        assert_eq!((run.exit, run.out.as_str()), (2, ""), "{kind}");
        assert!(run.err.contains("is not laid out as"), "{}", run.err);
        assert!(!place.path("new").exists());
    }
}

#[test]
fn spokes_come_back_as_they_were() {
    let place = Place::new();
    let source = repository("gen3-kro");
    place.run(&format!("import gen3-kro {source} --out new"));
    let run = place.run("render new --out out --include observed --backend kro");
    assert_eq!(run.exit, 0, "{}{}", run.out, run.err);
    let shown = format!("{}{}", run.out, run.err);
    assert!(shown.contains("KRO"), "{shown}");
    assert!(!place.path("out/gitops/demo").exists());
    let variables: serde_json::Value =
        serde_json::from_str(&place.read("out/kro/config/shared.auto.tfvars.json")).unwrap();
    let theirs =
        std::fs::read_to_string(Path::new(&source).join("config/shared.auto.tfvars.json")).unwrap();
    let theirs: serde_json::Value = serde_json::from_str(&theirs).unwrap();
    assert_eq!(variables, theirs);
}

//! `csoc import`.

use std::path::Path;

use super::Place;

fn repository() -> String {
    let place = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/repositories/two-clusters");
    place.canonicalize().unwrap().display().to_string()
}

#[test]
fn an_imported_fleet_checks_clean_and_renders_what_it_came_from() {
    let place = Place::new();
    let source = repository();
    let run = place.run(&format!("import gen3-gitops {source} --out new"));
    assert_eq!(run.exit, 0, "{}{}", run.out, run.err);
    assert!(run.out.contains("3 of 3 equal"), "{}", run.out);
    assert!(run.err.contains("csoc render new"), "{}", run.err);
    assert_eq!(place.run("check new").exit, 0);
    assert_eq!(place.run("render new --out out --include observed").exit, 0);
    let ours = place.read("out/gitops/alpha/data.example.org/templates/app.yaml");
    assert!(ours.contains("name: gen3-example"));
    assert_eq!(place.run("render new --out none").exit, 0);
    assert!(!place.path("none/gitops/alpha/data.example.org").exists());
    // Not twice.
    let again = place.run(&format!("import gen3-gitops {source} --out new"));
    assert_eq!((again.exit, again.out.as_str()), (2, ""));
    assert!(again.err.contains("`new` is not empty"), "{}", again.err);
}

#[test]
fn programs_get_the_whole_report() {
    let place = Place::new();
    let run = place.run(&format!(
        "import gen3-gitops {} --out new --name mine --fix values-key-unknown --format json",
        repository()
    ));
    assert_eq!(run.exit, 0, "{}", run.err);
    let json = run.json();
    assert_eq!(json["fleet"], "mine");
    assert_eq!(json["values"]["equal"], json["values"]["total"]);
    assert_eq!(json["fixes"][0]["code"], "values-key-unknown");
    assert_eq!(json["leaves"]["unmapped"], 0);
    let written: serde_json::Value =
        serde_json::from_str(&place.read("new/import-report.json")).unwrap();
    assert_eq!(written, json);
}

#[test]
fn what_is_wrong_is_said_and_nothing_is_left() {
    let place = Place::new();
    for (arguments, code, text) in [
        (
            "import gen3-gitops nowhere --out new",
            2,
            "there is no directory",
        ),
        (
            "import gen3-gitops fleet --out new",
            2,
            "is not laid out as gen3-gitops",
        ),
        ("import other fleet --out new", 2, "one of gen3-gitops"),
        ("import gen3-gitops fleet", 2, "--out"),
    ] {
        let run = place.run(arguments);
        assert_eq!((run.exit, run.out.as_str()), (code, ""), "{arguments}");
        assert!(run.err.contains(text), "{}", run.err);
        assert!(!place.path("new").exists());
    }
    place.write("repo/c/one.example.org/values/values.yaml", "global: [x\n");
    place.write(
        "repo/c/two.example.org/values/values.yaml",
        "global: { hostname: two.example.org }\n",
    );
    let run = place.run("import gen3-gitops repo --out new");
    assert_eq!(run.exit, 1, "{}", run.err);
    assert!(
        run.out.contains("c/one.example.org/values/values.yaml:"),
        "{}",
        run.out
    );
    assert!(place.path("new/fleet.yaml").is_file());
}

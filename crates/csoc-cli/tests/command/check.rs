//! `csoc check`.

use insta::assert_snapshot;

use super::{Place, Run};

#[test]
fn the_smallest_fleet_is_clean() {
    let run = Place::new().run("check fleet");
    let clean = Run {
        exit: 0,
        out: String::new(),
        err: "nothing found\n".to_owned(),
    };
    assert_eq!(run, clean);
}

#[test]
fn the_fleet_is_the_nearest_one() {
    let place = Place::new();
    place.write("fleet/commons/README.md", "");
    let below = place.path("fleet/commons");
    let run = place.run_with("check", |command| {
        command.current_dir(below);
    });
    assert_eq!(run.exit, 0, "{}", run.err);
    assert_eq!(place.run("check fleet/fleet.yaml").exit, 0);
    assert_snapshot!(place.run("check").err, @r"
    error: there is no `fleet.yaml` here or in a directory above
    help: name the fleet directory, or make one with `csoc init DIR`
    ");
    assert_eq!(place.run("check").exit, 2);
}

#[test]
fn findings_are_data_and_exit_with_1() {
    let place = Place::new();
    place.edit("fleet/fleet.yaml", "tier: dev", "teir: dev");
    let run = place.run("check fleet");
    assert_eq!((run.exit, run.err.as_str()), (1, ""));
    assert!(
        run.out
            .starts_with("error[unknown-key]: `teir` is no key of `dev`\n  --> fleet.yaml:"),
        "{}",
        run.out
    );
    assert!(
        run.out
            .ends_with("= help: did you mean `tier`?\n\n1 error\n"),
        "{}",
        run.out
    );
    let json = place.run("check fleet --format json");
    assert_eq!(json.exit, 1);
    assert_eq!(json.json()["diagnostics"][0]["code"], "unknown-key");
    assert_eq!(json.json()["diagnostics"][0]["labels"][0]["root"], "fleet");
    let sarif = place.run("check fleet --format sarif");
    assert_eq!(sarif.json()["version"], "2.1.0");
    let github = place.run("check fleet --format github");
    assert!(github.out.starts_with("::error "), "{}", github.out);
}

#[rstest::rstest]
#[case::empty("", 1)]
#[case::tabs("a:\n\tb: 1\n", 1)]
#[case::twice("kind: Fleet\nkind: Fleet\n", 1)]
#[case::deep(&"[".repeat(200), 1)]
fn bad_files_exit_with_1(#[case] text: &str, #[case] exit: i32) {
    let place = Place::new();
    place.write("fleet/fleet.yaml", text);
    let run = place.run("check fleet");
    assert_eq!(run.exit, exit, "{}", run.err);
    assert!(run.out.contains("fleet.yaml"), "{}", run.out);
    let run = place.run("render fleet --out out");
    assert_eq!((run.exit, run.out.as_str()), (exit, ""));
    assert!(!place.path("out").exists());
}

#[test]
fn a_missing_directory_exits_with_2() {
    let run = Place::new().run("check nowhere");
    assert_eq!((run.exit, run.out.as_str()), (2, ""));
    assert_snapshot!(run.err, @r"
    error: there is no fleet at `nowhere`
    help: name the fleet directory or its `fleet.yaml`, or make one with `csoc init DIR`
    ");
}

#[test]
fn warnings_fail_only_when_denied() {
    let place = Place::new();
    place.write("fleet/notes.txt", "mine");
    let run = place.run("check fleet");
    assert!(run.out.contains("warning[file-unexpected]"), "{}", run.out);
    assert_eq!(run.exit, 0);
    assert_eq!(place.run("check fleet --deny warnings").exit, 1);
}

#[test]
fn a_baseline_makes_findings_known() {
    let place = Place::new();
    place.edit("fleet/fleet.yaml", "cluster: demo", "cluster: dmeo");
    assert_eq!(place.run("check fleet").exit, 1);
    let run = place.run("check fleet --write-baseline");
    assert_eq!(run.exit, 0, "{}{}", run.out, run.err);
    assert!(run.err.contains("baseline.yaml"), "{}", run.err);
    assert_eq!(place.run("check fleet").exit, 0);
    let json = place.run("check fleet --format json").json();
    assert_eq!(json["summary"]["errors"], 0);
    assert_ne!(json["summary"]["baselined"], 0);
    assert_eq!(json["diagnostics"][0]["status"], "baselined");
    // For people they are one line.
    let text = place.run("check fleet").out;
    assert!(text.starts_with("1 baselined\n"), "{text}");
    assert_eq!(text.lines().count(), 2, "{text}");
    // What is gone is said by whoever looks at everything.
    place.edit("fleet/fleet.yaml", "cluster: dmeo", "cluster: demo");
    let gone = "1 finding of the baseline is gone";
    assert!(place.run("check fleet").out.contains(gone));
    assert!(place.run("render fleet --out build").err.contains(gone));
    let part = place.run("render fleet --out build --only clusters.demo");
    assert!(!part.err.contains(gone), "{}", part.err);
}

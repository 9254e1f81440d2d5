//! Plans and applies as people run them, with a real Terraform and what is built into it: no provider, no cloud.

#![expect(clippy::print_stdout, reason = "a test that is skipped says so")]

use std::io::Read;
use std::process::{Command, Stdio};
use std::time::Duration;

use super::{Place, Run};

pub(crate) const NETWORK: &str =
    "resource \"terraform_data\" \"vpc\" {\n  input = \"planted-secret\"\n}\n";
const WAF: &str = "resource \"terraform_data\" \"acl\" {}\n";
const SLOW: &str = "resource \"terraform_data\" \"slow\" {\n  provisioner \"local-exec\" {\n    command = \"sleep 2\"\n  }\n}\nresource \"terraform_data\" \"late\" {\n  depends_on = [terraform_data.slow]\n}\n";

/// A rendered tree with two stacks; none where there is no Terraform, which is said.
pub(crate) fn tree(network: &str) -> Option<Place> {
    if Command::new("terraform")
        .arg("version")
        .stdout(Stdio::null())
        .status()
        .is_err()
    {
        println!("skipped: there is no terraform");
        return None;
    }
    let place = Place::new();
    let id = |layer: &str| format!("v1/111122223333/us-east-1/{layer}/cluster/main");
    let stack = |layer: &str, needs: &[String]| {
        serde_json::json!({
            "id": id(layer), "path": format!("demo/us-east-1/{layer}/main"), "object": "clusters.main", "kind": layer,
            "account": "111122223333", "region": "us-east-1", "tier": "prod", "depends_on": needs, "inputs": [],
            "status": "ready",
        })
    };
    let listing = serde_json::json!({
        "format": 1, "stacks": [stack("network", &[]), stack("waf", &[id("network")])],
    });
    place.write("out/terraform/stacks.json", &listing.to_string());
    for (layer, main) in [("network", network), ("waf", WAF)] {
        let root = format!("out/terraform/demo/us-east-1/{layer}/main");
        let state = place.path(&format!("{layer}.tfstate"));
        let backend = format!(
            "terraform {{\n  backend \"local\" {{\n    path = \"{}\"\n  }}\n}}\n",
            state.display()
        );
        place.write(&format!("{root}/terraform.tf"), &backend);
        place.write(&format!("{root}/main.tf"), main);
    }
    Some(place)
}

/// The run that a plan names as the next thing to apply.
pub(crate) fn run_of(plan: &Run) -> String {
    let (_, rest) = plan.err.split_once("csoc apply --run ").unwrap();
    rest.split('`').next().unwrap().to_owned()
}

#[test]
fn what_was_planned_is_applied_by_the_name_of_its_run_and_once() {
    let Some(place) = tree(NETWORK) else { return };
    let plan = place.run("plan --rendered out --markdown plan.md --html plan.html --exit-code");
    assert_eq!(plan.exit, 3, "{}", plan.err);
    assert!(
        plan.out
            .contains("v1/111122223333/us-east-1/waf/cluster/main      +1"),
        "{}",
        plan.out
    );
    assert!(
        plan.err.contains("2 stacks: 2 would change"),
        "{}",
        plan.err
    );
    let run = run_of(&plan);
    assert!(
        place
            .read("plan.md")
            .contains("| `v1/111122223333/us-east-1/waf/cluster/main` | prod | +1 |")
    );
    assert!(place.read("plan.html").starts_with("<!doctype html>"));

    let bundle = plan
        .out
        .lines()
        .nth(1)
        .unwrap()
        .split_whitespace()
        .last()
        .unwrap()
        .to_owned();
    let shown = place.run(&format!("show {bundle} --rendered out"));
    assert!(
        shown.out.contains("create  terraform_data.vpc"),
        "{}",
        shown.out
    );

    let applied = place.run(&format!("apply --rendered out --run {run}"));
    assert_eq!(
        (
            applied.exit,
            applied
                .out
                .matches("1 added, 0 changed, 0 destroyed")
                .count()
        ),
        (0, 2),
        "{}",
        applied.err
    );
    let again = place.run(&format!("apply --rendered out --run {run}"));
    assert_eq!(again.exit, 1, "{}", again.err);
    assert!(
        again.out.contains("somebody began to apply it already"),
        "{}",
        again.out
    );
    let clean = place.run("plan --rendered out --exit-code");
    assert_eq!(
        (clean.exit, clean.out.matches("clean").count()),
        (0, 2),
        "{}",
        clean.err
    );

    let runs = place.run("runs list --rendered out");
    assert_eq!(runs.out.lines().count(), 4, "{}", runs.out);
    let of_run = place.run(&format!("runs show {run} --rendered out"));
    assert_eq!(of_run.out.matches("planned").count(), 2, "{}", of_run.out);
    assert_eq!(place.run("runs verify --rendered out").exit, 0);
    for (path, bytes) in place.files("out") {
        let is_root = path.starts_with("terraform/");
        let text = String::from_utf8_lossy(&bytes);
        assert!(is_root || !text.contains("planted-secret"), "{path}");
    }
    for shown in [
        plan.out,
        plan.err,
        shown.out,
        applied.out,
        applied.err,
        runs.out,
    ] {
        assert!(!shown.contains("planted-secret"), "{shown}");
    }
}

#[test]
fn events_are_lines_of_json_for_programs() {
    let Some(place) = tree(NETWORK) else { return };
    let plan = place.run("plan --rendered out --format json --select layer=network");
    assert_eq!(plan.exit, 0, "{}", plan.err);
    let lines: Vec<serde_json::Value> = plan
        .out
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let kinds: Vec<&str> = lines
        .iter()
        .map(|line| line["kind"].as_str().unwrap())
        .collect();
    assert_eq!(
        (kinds.first(), kinds.last()),
        (Some(&"begun"), Some(&"page"))
    );
    let page = &lines.last().unwrap()["page"];
    assert_eq!(page["rows"].as_array().unwrap().len(), 1);
    assert_eq!(page["rows"][0]["state"], "changes");
    assert!(!plan.out.contains("planted-secret"), "{}", plan.out);
}

#[test]
fn a_root_that_is_rendered_anew_is_not_what_was_planned() {
    let Some(place) = tree(NETWORK) else { return };
    let run = run_of(&place.run("plan --rendered out --select layer=network"));
    place.write("out/terraform/demo/us-east-1/network/main/main.tf", WAF);
    let refused = place.run(&format!("apply --rendered out --run {run}"));
    assert_eq!(refused.exit, 1);
    assert!(
        refused.out.contains("the root was rendered anew since"),
        "{}",
        refused.out
    );
}

#[test]
fn what_fails_says_why_and_what_needs_it_does_not_begin() {
    let fails = "resource \"terraform_data\" \"a\" {\n  provisioner \"local-exec\" {\n    command = \"exit 7\"\n  }\n}\n";
    let Some(place) = tree(fails) else { return };
    let run = run_of(&place.run("plan --rendered out"));
    let applied = place.run(&format!("apply --rendered out --run {run}"));
    assert_eq!(applied.exit, 4);
    assert!(
        applied
            .out
            .contains("failed     apply failed: local-exec provisioner error"),
        "{}",
        applied.out
    );
    assert!(
        applied
            .out
            .contains("not begun  needs v1/111122223333/us-east-1/network/cluster/main"),
        "{}",
        applied.out
    );
    let runs = place.run("runs list --rendered out --format json");
    let runs: serde_json::Value = serde_json::from_str(&runs.out).unwrap();
    assert_eq!(runs["runs"][0]["not_done"], 1);
}

#[rstest::rstest]
#[case::nothing_named("apply --rendered out", 2, "nothing says which plans to apply")]
#[case::no_such_run(
    "apply --rendered out --run 20260101T000000Z-000000",
    2,
    "no plan of a run"
)]
#[case::no_such_bundle("apply --rendered out --bundle 0123456789ab", 2, "0 bundles in")]
#[case::no_stack(
    "plan --rendered out --select layer=nothing",
    2,
    "no stack is selected"
)]
#[case::no_selection("plan --rendered out --select layer=", 2, "is no selection")]
#[case::no_program(
    "plan --rendered out --terraform /nowhere/terraform",
    2,
    "cannot be started"
)]
#[case::other_program(
    "plan --rendered out --terraform true",
    2,
    "does not answer as Terraform"
)]
#[case::no_tree("plan --rendered nowhere", 2, "cannot be read")]
#[case::no_show("show 0123456789ab --rendered out", 2, "0 bundles in")]
fn what_cannot_be_done_is_said(#[case] arguments: &str, #[case] exit: i32, #[case] says: &str) {
    let Some(place) = tree(NETWORK) else { return };
    let run = place.run(arguments);
    assert_eq!(run.exit, exit, "{}", run.err);
    assert!(run.err.contains(says), "{}", run.err);
}

/// A fleet is rendered where only runs look; what waits for outputs is blocked, which is no failure.
#[test]
fn a_fleet_is_rendered_by_itself_and_blocked_stacks_say_what_they_need() {
    let Some(place) = tree(NETWORK) else { return };
    let plan = place.run("plan fleet --select layer=cluster");
    assert_eq!(plan.exit, 0, "{}", plan.err);
    assert!(plan.err.contains("1 stack: 1 blocked"), "{}", plan.err);
    assert!(plan.out.contains("blocked  needs "), "{}", plan.out);
    assert_eq!(place.read("fleet/.csoc/.gitignore"), "*\n");
    place.edit("fleet/fleet.yaml", "tier: dev", "tier: devel");
    let plan = place.run("plan fleet");
    assert_eq!(plan.exit, 1, "{}", plan.err);
}

/// Applies the slow root, waits until its log has `begun`, sends as many signals, and gives the run and what was said.
#[cfg(unix)]
fn signalled(place: &Place, program: &str, begun: &str, signals: usize) -> (String, String) {
    let options = format!("--rendered out --terraform {program}");
    let plan = place.run(&format!("plan {options} --select layer=network"));
    let run = run_of(&plan);
    let mut apply = place
        .command(&format!("apply {options} --run {run}"))
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let log = "out/.csoc/runs/logs/v1/111122223333/us-east-1/network/cluster/main/apply.jsonl";
    let has_begun = || {
        let text = fs_err::read_to_string(place.path(log));
        text.is_ok_and(|text| text.contains(begun))
    };
    while apply.try_wait().unwrap().is_none() && !has_begun() {
        std::thread::sleep(Duration::from_millis(20));
    }
    for _ in 0..signals {
        std::thread::sleep(Duration::from_millis(100));
        let sent = Command::new("kill")
            .args(["-INT", &apply.id().to_string()])
            .status();
        assert!(sent.unwrap().success());
    }
    assert_eq!(apply.wait().unwrap().code(), Some(130));
    let mut said = String::new();
    apply.stderr.unwrap().read_to_string(&mut said).unwrap();
    assert!(said.contains("asked to stop"), "{said}");
    (run, said)
}

/// How the applies of all runs ended: done, and not done.
#[cfg(unix)]
fn ended(place: &Place) -> (u64, u64) {
    let all = place.run("runs list --rendered out --format json");
    let all: serde_json::Value = serde_json::from_str(&all.out).unwrap();
    let runs = all["runs"].as_array().unwrap();
    let sum = |field: &str| runs.iter().map(|run| run[field].as_u64().unwrap()).sum();
    (sum("applied"), sum("not_done"))
}

#[cfg(unix)]
#[test]
fn the_first_signal_ends_what_was_begun() {
    let Some(place) = tree(SLOW) else { return };
    let (run, said) = signalled(&place, "terraform", "apply_start", 1);
    assert!(!said.contains("left to itself"), "{said}");
    let of_run = place.run(&format!("runs show {run} --rendered out"));
    assert_eq!(of_run.exit, 0);
    assert_eq!(ended(&place), (0, 1));
    let plan = place.run("plan --rendered out --select layer=network");
    assert_eq!(plan.exit, 0, "{}", plan.out);
}

#[cfg(unix)]
#[test]
fn the_second_signal_leaves_it_to_itself_and_nobody_works_beside_it() {
    use std::os::unix::fs::PermissionsExt;
    let Some(place) = tree(NETWORK) else { return };
    // One that does not listen, as a provider in the middle of a long call does not.
    let deaf = "#!/bin/sh\nif [ \"$1\" = apply ]; then trap '' INT; echo deaf; sleep 3; fi\nexec terraform \"$@\"\n";
    place.write("deaf", deaf);
    fs_err::set_permissions(place.path("deaf"), std::fs::Permissions::from_mode(0o755)).unwrap();
    let (_, said) = signalled(&place, "./deaf", "deaf", 2);
    assert!(said.contains("left to itself"), "{said}");
    let plan = || place.run("plan --rendered out --select layer=network --terraform ./deaf");
    assert!(
        plan()
            .out
            .contains("another run on this machine works on it")
    );
    let planned = loop {
        let plan = plan();
        if plan.exit == 0 {
            break plan;
        }
        std::thread::sleep(Duration::from_millis(200));
    };
    assert!(
        planned.out.contains("clean"),
        "it came to its end: {}",
        planned.out
    );
    assert_eq!(ended(&place), (0, 1), "nobody saw that");
}

#[test]
fn what_is_not_as_its_root_says_is_found_and_nothing_is_changed() {
    let Some(place) = tree(NETWORK) else { return };
    let run = run_of(&place.run("plan --rendered out"));
    assert_eq!(
        place.run(&format!("apply --rendered out --run {run}")).exit,
        0
    );
    let clean = place.run("drift --rendered out --exit-code");
    assert_eq!(
        (clean.exit, clean.out.matches("clean    0 min ago").count()),
        (0, 2),
        "{}",
        clean.out
    );
    let state = place.read("network.tfstate");
    place.edit(
        "out/terraform/demo/us-east-1/network/main/main.tf",
        "planted-secret",
        "another",
    );
    let drift = place.run("drift --rendered out --exit-code");
    assert_eq!(drift.exit, 3, "{}", drift.err);
    assert!(
        drift
            .out
            .contains("config changed  0 min ago  terraform_data.vpc"),
        "{}",
        drift.out
    );
    assert_eq!(place.read("network.tfstate"), state);
}

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

/// Says that a test is skipped for want of Terraform; it fails where `CSOC_NEED_TERRAFORM` says that there is one.
fn skip_without_terraform() {
    let is_needed = std::env::var_os("CSOC_NEED_TERRAFORM").is_some_and(|said| !said.is_empty());
    assert!(
        !is_needed,
        "CSOC_NEED_TERRAFORM is set, and there is no terraform"
    );
    println!("skipped: there is no terraform");
}

/// A rendered tree with two stacks; none where there is no Terraform, which is said.
pub(crate) fn tree(network: &str) -> Option<Place> {
    if Command::new("terraform")
        .arg("version")
        .stdout(Stdio::null())
        .status()
        .is_err()
    {
        skip_without_terraform();
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
    rest.split(['`', ' ']).next().unwrap().to_owned()
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
    assert_eq!(again.exit, 0, "{}", again.err);
    assert!(
        again.err.contains("2 of 2 plans were applied before"),
        "{}",
        again.err
    );
    let again = place.run(&format!("apply --rendered out --bundle {bundle}"));
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
    // That a plan was approved which was refused then is of a run, too.
    assert_eq!(runs.out.lines().count(), 5, "{}", runs.out);
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
        (Some(&"begun"), Some(&"end"))
    );
    let page = &lines[lines.len() - 2]["page"];
    assert_eq!(page["rows"].as_array().unwrap().len(), 1);
    assert_eq!(page["rows"][0]["state"], "changes");
    assert!(!plan.out.contains("planted-secret"), "{}", plan.out);
    let end = lines.last().unwrap();
    assert_eq!((&end["of"], &end["exit"]), (&"plan".into(), &0.into()));
    assert_eq!(end["totals"], serde_json::json!({ "changes": 1 }));
}

/// The last line of a command that tells programs how it goes.
fn end(run: &Run) -> serde_json::Value {
    let last = run.out.lines().last().unwrap_or_default();
    let end: serde_json::Value = serde_json::from_str(last).unwrap();
    assert_eq!(end["kind"], "end", "{last}");
    assert_eq!(end["exit"], run.exit, "{last}");
    end
}

#[test]
fn each_command_ends_with_a_line_that_says_how() {
    let Some(place) = tree(NETWORK) else { return };
    let run = run_of(&place.run("plan --rendered out"));
    let apply = format!("apply --rendered out --run {run} --format json");
    let refused = end(&place.run(&format!("{apply} --allow-destroy nothing.here")));
    assert_eq!(refused["exit"], 1);
    let error = refused["error"].as_str().unwrap();
    assert!(error.contains("nothing.here"), "{error}");
    let applied = end(&place.run(&apply));
    assert_eq!(applied["totals"], serde_json::json!({ "applied": 2 }));
    // Nothing is left to do, and that is said, too.
    let again = end(&place.run(&apply));
    assert_eq!(again["totals"], serde_json::json!({ "applied before": 2 }));
    let drift = end(&place.run("drift --rendered out --format json"));
    assert_eq!(drift["totals"], serde_json::json!({ "clean": 2 }));
    let none = end(&place.run("plan --rendered out --select layer=nothing --format json"));
    assert_eq!(
        (&none["exit"], &none["stacks"]),
        (&2.into(), &serde_json::json!([]))
    );
}

/// Runs a command on a terminal until it says something, presses Ctrl-C, and gives the exit status and all that was said.
#[cfg(target_os = "linux")]
fn pressed(place: &Place, arguments: &str, until: &str) -> (Option<i32>, String) {
    use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
    let person = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
    grantpt(&person).unwrap();
    unlockpt(&person).unwrap();
    let name = ptsname(&person, Vec::new()).unwrap().into_string().unwrap();
    let terminal = fs_err::File::options()
        .read(true)
        .write(true)
        .open(name)
        .unwrap()
        .into_parts()
        .0;
    let mut command = place.command(arguments);
    command
        .env("TERM", "dumb")
        .stdin(terminal.try_clone().unwrap())
        .stderr(terminal)
        .stdout(Stdio::null());
    let mut csoc = command.spawn().unwrap();
    drop(command);
    let mut person = std::fs::File::from(person);
    let mut said = String::new();
    let mut is_pressed = false;
    let mut buffer = [0; 1024];
    // A terminal that nobody has open any more cannot be read.
    while let Ok(count @ 1..) = person.read(&mut buffer) {
        said += &String::from_utf8_lossy(&buffer[..count]);
        if !is_pressed && said.contains(until) {
            is_pressed = true;
            let number = csoc.id().to_string();
            let sent = Command::new("kill").args(["-INT", &number]).status();
            assert!(sent.unwrap().success());
        }
    }
    (csoc.wait().unwrap().code(), said)
}

#[cfg(target_os = "linux")]
#[test]
fn one_ctrl_c_ends_a_question() {
    let Some(place) = tree(NETWORK) else { return };
    for (arguments, question, says) in [
        ("apply --rendered out", "does: ", "nothing was applied"),
        (
            "destroy --rendered out --select id=*",
            "destroys it: ",
            "nothing was destroyed",
        ),
    ] {
        if question == "destroys it: " {
            let run = run_of(&place.run("plan --rendered out"));
            assert_eq!(
                place.run(&format!("apply --rendered out --run {run}")).exit,
                0
            );
        }
        let (exit, said) = pressed(&place, arguments, question);
        assert_eq!(exit, Some(130), "{said}");
        assert!(said.contains(says), "{said}");
        // Nothing was begun that could be left to itself.
        assert!(
            !said.contains("left to itself") && !said.contains("asked to stop"),
            "{said}"
        );
        // A terminal that only goes forward is told as a pipeline is.
        assert!(said.contains("plan begins: v1/"), "{said}");
    }
}

#[test]
fn what_others_wrote_moves_no_terminal() {
    let wrong = r#"resource "terraform_data" "x" {
  lifecycle {
    precondition {
      condition     = path.root == ""
      error_message = "so \u001b]0;renamed\u0007 it is."
    }
  }
}
"#;
    let Some(place) = tree(wrong) else { return };
    let plan = place.run("plan --rendered out --select layer=network");
    assert_eq!(plan.exit, 4, "{}", plan.err);
    assert!(plan.err.contains("]0;renamed"), "{}", plan.err);
    let shown = place.run("runs show \u{1b}]0;renamed --rendered out");
    for text in [plan.out, plan.err, shown.err] {
        assert!(!text.contains('\u{1b}'), "{text:?}");
    }
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
    // By the name that it was planned by, and by that of the run that applied.
    let applied = runs["runs"][0]["run"].as_str().unwrap().to_owned();
    for name in [&run, &applied] {
        let shown = place.run(&format!("runs show {name} --rendered out"));
        for says in [
            "network/cluster/main did not come to a good end\n  may be half built: terraform_data.a\n",
            "not begun:\n  v1/111122223333/us-east-1/waf/cluster/main\n",
            "next: `csoc plan --select 'id in (v1/111122223333/us-east-1/network/cluster/main)' --rendered out`",
            &format!("next: `csoc apply --run {run} --rendered out`"),
        ] {
            assert!(shown.err.contains(says), "{says}: {}", shown.err);
        }
    }
    // What is used is refused, and what needs it waits.
    let resumed = place.run(&format!("apply --rendered out --run {run}"));
    assert_eq!(resumed.exit, 1, "{}", resumed.out);
    assert!(resumed.out.contains("refused"), "{}", resumed.out);
    // What is said to go on, goes on.
    let plan =
        place.run("plan --rendered out --select id=v1/111122223333/us-east-1/network/cluster/main");
    assert_eq!(plan.exit, 0, "{}", plan.err);
}

/// Copies the plan that is in the home `here` to the home `there`, and gives its name.
pub(crate) fn bring(place: &Place) -> String {
    let bundles = fs_err::read_dir(place.path("here/bundles")).unwrap();
    let mut bundles = bundles.map(|entry| entry.unwrap());
    let bundle = bundles.find(|entry| entry.path().is_dir()).unwrap();
    let name = bundle.file_name().into_string().unwrap();
    let copy = place.path("there/bundles").join(&name);
    fs_err::create_dir_all(&copy).unwrap();
    for file in fs_err::read_dir(bundle.path()).unwrap() {
        let file = file.unwrap();
        fs_err::copy(file.path(), copy.join(file.file_name())).unwrap();
    }
    name
}

/// A plan that was brought to another home, which stands for another machine.
#[test]
fn two_machines_that_share_a_state_apply_a_plan_once() {
    let Some(place) = tree(NETWORK) else { return };
    let here = "--rendered out --home here";
    let there = "--rendered out --home there";
    let plan = place.run(&format!("plan {here} --select layer=network"));
    let run = run_of(&plan);
    // One that is planned there, too, before anything is applied.
    let other = place.run(&format!("plan {there} --select layer=network"));
    let name = bring(&place);
    let applied = place.run(&format!("apply {here} --run {run}"));
    assert_eq!(applied.exit, 0, "{}", applied.out);

    let twice = place.run(&format!("apply {there} --bundle {name}"));
    assert_eq!(twice.exit, 1, "{}", twice.out);
    let overtaken = place.run(&format!("apply {there} --run {}", run_of(&other)));
    assert_eq!(overtaken.exit, 1, "{}", overtaken.out);
    for refused in [&twice, &overtaken] {
        assert!(
            refused.out.contains("the stack was applied at ")
                && refused.out.contains(", since it was planned; plan again"),
            "{}",
            refused.out
        );
    }
    // Told once, and not again by what comes later.
    for (refused, is_told) in [(&twice, true), (&overtaken, false)] {
        assert_eq!(
            refused
                .err
                .contains("another home of this machine was here: the stack was applied at"),
            is_told,
            "{}",
            refused.err
        );
    }
    // What is planned now may be applied.
    place.edit(
        "out/terraform/demo/us-east-1/network/main/main.tf",
        "planted-secret",
        "another-secret",
    );
    let plan = place.run(&format!("plan {there} --select layer=network"));
    assert!(!plan.err.contains("another machine"), "{}", plan.err);
    let applied = place.run(&format!("apply {there} --run {}", run_of(&plan)));
    assert_eq!(applied.exit, 0, "{}", applied.out);
    let mark = format!("network.tfstate.csoc/used/{name}.json");
    for shown in [
        place.read(&mark),
        place.read("network.tfstate.csoc/head.json"),
    ] {
        assert!(!shown.contains("secret"), "{shown}");
    }
}

#[test]
fn a_state_that_would_be_lost_is_not_planned_for() {
    let Some(place) = tree(NETWORK) else { return };
    place.write(
        "out/terraform/demo/us-east-1/network/main/terraform.tf",
        "terraform {}\n",
    );
    let plan = place.run("plan --rendered out --select layer=network");
    assert_eq!(plan.exit, 4, "{}", plan.err);
    assert!(
        plan.out
            .contains("the root does not say where its state is kept"),
        "{}",
        plan.out
    );
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
    "no stack has the layer `nothing`"
)]
#[case::no_stack_by_a_pattern(
    "plan --rendered out --select id=nothing*",
    2,
    "no stack is selected"
)]
#[case::no_tier(
    "plan --rendered out --select tier!=PROD",
    2,
    "no stack has the tier `PROD`"
)]
#[case::no_file("apply --rendered out --bundle plans.tar", 2, "plans.tar")]
#[case::no_plans("apply --rendered out --bundle waf.tf", 2, "is no file of plans")]
#[case::no_file_to_show("show nowhere.tar", 2, "cannot be used")]
#[case::no_room("plan --rendered out --out waf.tf", 2, "is there already")]
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
    place.write("waf.tf", WAF);
    let run = place.run(arguments);
    assert_eq!(run.exit, exit, "{}", run.err);
    assert!(run.err.contains(says), "{}", run.err);
    assert_eq!(place.read("waf.tf"), WAF);
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
    // The command that is said is the one that comes back to it, and of the run that applies.
    let (_, attach) = said.split_once("`csoc runs attach ").unwrap();
    let (attach, _) = attach.split_once('`').unwrap();
    assert!(attach.ends_with(" --rendered out"), "{said}");
    let shown = place.run(&format!("runs show {attach}"));
    assert!(shown.out.contains("apply begins"), "{}", shown.err);
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

/// Somebody who works on a state without csoc, until there is a file `done`.
#[cfg(unix)]
pub(crate) fn somebody(place: &Place) -> std::process::Child {
    let waits = format!(
        "resource \"terraform_data\" \"slow\" {{\n  provisioner \"local-exec\" {{\n    command = \"while [ ! -e {} ]; do sleep 0.1; done\"\n  }}\n}}\n",
        place.path("done").display()
    );
    place.write("out/terraform/demo/us-east-1/network/main/main.tf", &waits);
    let root = place.path("out/terraform/demo/us-east-1/network/main");
    let terraform = |arguments: &[&str]| {
        let mut command = Command::new("terraform");
        command
            .args(arguments)
            .current_dir(&root)
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        command
    };
    assert!(terraform(&["init"]).status().unwrap().success());
    let working = terraform(&["apply", "-auto-approve"]).spawn().unwrap();
    while !place.path(".network.tfstate.lock.info").exists() {
        std::thread::sleep(Duration::from_millis(20));
    }
    working
}

#[cfg(unix)]
#[test]
fn who_holds_a_state_is_said_and_not_robbed() {
    const STACK: &str = "v1/111122223333/us-east-1/network/cluster/main";
    let Some(place) = tree(NETWORK) else { return };
    let free = place.run(&format!("unlock {STACK} --rendered out"));
    assert_eq!(
        (free.exit, &*free.out),
        (0, &*format!("nobody holds the lock of {STACK}\n")),
        "{}",
        free.err
    );
    let mut working = somebody(&place);
    let plan = place.run("plan --rendered out --select layer=network --lock-timeout 0");
    assert_eq!(plan.exit, 4, "{}", plan.err);
    assert!(
        plan.out
            .contains("plan was not begun: the lock of its state is held by")
            && plan.out.contains(&format!("`csoc unlock {STACK}`")),
        "{}",
        plan.out
    );
    let held = place.run(&format!("unlock {STACK} --rendered out --format json"));
    assert_eq!(held.exit, 1, "{}", held.err);
    let held = held.json();
    assert_eq!(held["outcome"], "held");
    let id = held["holder"]["ID"].as_str().unwrap();
    for (id, says) in [
        (
            "7",
            "the lock that is held is another one; nothing was done",
        ),
        (id, "a process that runs holds the lock"),
    ] {
        let refused = place.run(&format!("unlock {STACK} --rendered out --lock-id {id}"));
        assert_eq!(refused.exit, 1, "{}", refused.err);
        assert!(refused.err.contains(says), "{}", refused.err);
    }
    place.write("done", "");
    assert!(working.wait().unwrap().success());
    let free = place.run(&format!("unlock {STACK} --rendered out"));
    assert_eq!(free.exit, 0, "{}", free.err);
    let none = place.run("unlock v1/111122223333/us-east-1/dns/cluster/main --rendered out");
    assert_eq!(none.exit, 2, "{}", none.err);
}

#[cfg(unix)]
#[test]
fn what_was_left_to_itself_is_waited_for_and_its_end_recorded() {
    use std::os::unix::fs::PermissionsExt;
    let Some(place) = tree(NETWORK) else { return };
    let deaf = "#!/bin/sh\nif [ \"$1\" = apply ]; then trap '' INT; echo deaf; sleep 3; fi\nexec terraform \"$@\"\n";
    place.write("deaf", deaf);
    fs_err::set_permissions(place.path("deaf"), std::fs::Permissions::from_mode(0o755)).unwrap();
    let (run, said) = signalled(&place, "./deaf", "deaf", 2);
    assert!(
        said.contains("`csoc runs attach ") && said.contains(" --rendered out` waits for it"),
        "{said}"
    );
    let shown = place.run(&format!("runs show {run} --rendered out"));
    assert!(
        shown.err.contains("still goes on") && shown.err.contains("next: `csoc runs attach "),
        "{}",
        shown.err
    );
    let unlock = place
        .run("unlock v1/111122223333/us-east-1/network/cluster/main --rendered out --lock-id 7");
    assert_eq!(unlock.exit, 1, "{}", unlock.err);
    assert!(unlock.err.contains("works on it"), "{}", unlock.err);
    let attached = place.run(&format!("runs attach {run} --rendered out"));
    assert_eq!(attached.exit, 0, "{}", attached.err);
    assert!(
        attached.err.contains("create terraform_data.vpc ends")
            && attached
                .out
                .contains("applied  1 added, 0 changed, 0 destroyed"),
        "{}{}",
        attached.err,
        attached.out
    );
    assert!(!attached.err.contains("planted-secret"), "{}", attached.err);
    assert_eq!(ended(&place), (1, 0));
    assert_eq!(place.run("runs verify --rendered out").exit, 0);
    let again = place.run(&format!("runs attach {run} --rendered out"));
    assert_eq!(again.exit, 2, "{}", again.err);
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

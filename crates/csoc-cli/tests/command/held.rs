//! Stacks that somebody else holds, and plans of which nothing was done.

use std::process::Stdio;
use std::time::Duration;

use super::operate::{NETWORK, run_of, somebody, tree};

const STACK: &str = "v1/111122223333/us-east-1/network/cluster/main";

#[test]
fn a_lock_of_somebody_else_uses_up_no_plan() {
    let Some(place) = tree(NETWORK) else { return };
    let run = run_of(&place.run("plan --rendered out --select layer=waf"));
    // Somebody holds what is to be applied: the state of the other stack is made to be this one's.
    let network = place.read("out/terraform/demo/us-east-1/network/main/main.tf");
    let mut working = somebody(&place);
    place.write(
        "out/terraform/demo/us-east-1/network/main/main.tf",
        &network,
    );
    for name in ["network.tfstate", ".network.tfstate.lock.info"] {
        let other = name.replace("network", "waf");
        std::os::unix::fs::symlink(place.path(name), place.path(&other)).unwrap();
    }
    let held = place.run(&format!(
        "apply --rendered out --run {run} --lock-timeout 0"
    ));
    assert_eq!(held.exit, 4, "{}", held.err);
    assert!(
        held.out
            .contains("apply was not begun: the lock of its state is held by"),
        "{}",
        held.out
    );
    place.write("done", "");
    assert!(working.wait().unwrap().success());
    for name in ["waf.tfstate", ".waf.tfstate.lock.info"] {
        fs_err::remove_file(place.path(name)).unwrap();
    }
    let applied = place.run(&format!("apply --rendered out --run {run}"));
    assert_eq!(applied.exit, 0, "{}{}", applied.out, applied.err);
}

#[test]
fn a_plan_that_is_marked_and_was_not_begun_is_told() {
    let Some(place) = tree(NETWORK) else { return };
    let run = run_of(&place.run("plan --rendered out --select layer=network"));
    // As a crash leaves it between the mark and the line that says that it begins.
    let bundles = fs_err::read_dir(place.path("out/.csoc/runs/bundles")).unwrap();
    let mut bundles = bundles.map(|entry| entry.unwrap());
    let bundle = bundles.find(|entry| entry.path().is_dir()).unwrap();
    fs_err::write(bundle.path().join("used"), "r1").unwrap();
    let shown = place.run(&format!("runs show {run} --rendered out"));
    for says in [
        &*format!("nothing was done, and the plan is used:\n  {STACK}\n"),
        &*format!("next: `csoc plan --select 'id in ({STACK})' --rendered out`"),
    ] {
        assert!(shown.err.contains(says), "{says}: {}", shown.err);
    }
    let again = run_of(&place.run("plan --rendered out --select layer=network"));
    let applied = place.run(&format!("apply --rendered out --run {again}"));
    assert_eq!(applied.exit, 0, "{}", applied.out);
    let shown = place.run(&format!("runs show {run} --rendered out"));
    assert!(!shown.err.contains("nothing was done"), "{}", shown.err);
}

#[test]
fn what_another_machine_did_is_told_whatever_was_done_here_since() {
    let Some(place) = tree(NETWORK) else { return };
    let here = "--rendered out --home here --select layer=network";
    let there = "--rendered out --home there --select layer=network";
    let root = "out/terraform/demo/us-east-1/network/main/terraform.tf";
    let run = run_of(&place.run(&format!("plan {here}")));
    let applied = place.run(&format!("apply --rendered out --home here --run {run}"));
    assert_eq!(applied.exit, 0, "{}", applied.out);
    // One that fails before anything is looked at.
    let backend = place.read(root);
    place.write(root, "terraform {\n  backend \"none\" {\n  }\n}\n");
    let failed = place.run(&format!("plan {there}"));
    assert_eq!(failed.exit, 4, "{}", failed.out);
    assert!(!failed.err.contains("another machine"), "{}", failed.err);
    place.write(root, &backend);
    let drift = place.run(&format!("drift {there}"));
    assert!(
        drift.out.contains("clean    0 min ago"),
        "another machine applied it: {}",
        drift.out
    );
    for is_told in [true, false] {
        let plan = place.run(&format!("plan {there}"));
        assert_eq!(
            plan.err
                .contains("another home of this machine was here: the stack was applied at"),
            is_told,
            "{}",
            plan.err
        );
    }
}

#[test]
fn a_journal_that_was_taken_away_is_told_by_what_lies_beside_the_state() {
    let Some(place) = tree(NETWORK) else { return };
    let run = run_of(&place.run("plan --rendered out --select layer=network"));
    let applied = place.run(&format!("apply --rendered out --run {run}"));
    assert_eq!(applied.exit, 0, "{}", applied.out);
    for name in ["journal.jsonl", "journal.head"] {
        fs_err::remove_file(place.path("out/.csoc/runs").join(name)).unwrap();
    }
    let plan = place.run("plan --rendered out --select layer=network");
    assert!(
        plan.err
            .contains("the journal of this home has lost what was done last, or somebody took it away: the stack was applied at"),
        "{}",
        plan.err
    );
}

#[test]
fn a_csoc_that_is_killed_leaves_a_terraform_that_no_other_home_robs() {
    let waits = "resource \"terraform_data\" \"slow\" {\n  provisioner \"local-exec\" {\n    command = \"while [ ! -e DONE ]; do sleep 0.1; done\"\n  }\n}\n";
    let Some(place) = tree("") else { return };
    let waits = waits.replace("DONE", &place.path("done").display().to_string());
    place.write("out/terraform/demo/us-east-1/network/main/main.tf", &waits);
    let here = "--rendered out --home here";
    let run = run_of(&place.run(&format!("plan {here} --select layer=network")));
    let mut apply = place
        .command(&format!("apply {here} --run {run}"))
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let log = place.path(&format!("here/logs/{STACK}/apply.jsonl"));
    while !fs_err::read_to_string(&log).is_ok_and(|text| text.contains("apply_start")) {
        assert!(apply.try_wait().unwrap().is_none(), "it ended");
        std::thread::sleep(Duration::from_millis(20));
    }
    apply.kill().unwrap();
    apply.wait().unwrap();
    let unlock = |options: &str| place.run(&format!("unlock {STACK} --rendered out {options}"));
    let held = unlock("--home there");
    assert_eq!(held.exit, 1, "{}", held.err);
    assert!(
        held.out
            .contains("began    the stack was begun to be applied, and no end is recorded,")
            && held.err.contains("`csoc runs show "),
        "{}{}",
        held.out,
        held.err
    );
    let id = held.out.lines().find_map(|line| line.strip_prefix("lock"));
    let id = id.unwrap().trim();
    let refused = unlock(&format!("--home there --lock-id {id}"));
    assert_eq!(refused.exit, 1, "{}", refused.err);
    assert!(
        refused
            .err
            .contains("still works on it, in the directory of runs"),
        "{}",
        refused.err
    );
    let refused = unlock(&format!("--home here --lock-id {id}"));
    assert!(refused.err.contains("works on it"), "{}", refused.err);
    place.write("done", "");
    let attached = place.run(&format!("runs attach {run} {here}"));
    assert_eq!(attached.exit, 0, "{}", attached.err);
    let free = unlock("--home there");
    assert_eq!(free.exit, 0, "{}", free.err);
    let beside = place.read("network.tfstate.csoc/head.json");
    assert!(beside.contains("apply-ended"), "{beside}");
}

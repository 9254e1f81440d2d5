//! Several of them on one fleet, and Ctrl-C before anything is begun.

use std::fs::File;
use std::os::unix::fs::PermissionsExt;
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use super::Place;

/// A Terraform that plans nothing, and says its version once `slow` is gone, whoever asks it to stop.
const TERRAFORM: &str = r#"#!/bin/sh
case "$1" in
  version) touch asked; trap '' INT; while [ -e slow ]; do sleep 0.1; done; echo '{"terraform_version":"1.11.4"}' ;;
  init) mkdir -p .terraform; echo '{"backend":{"type":"pretended","config":{}}}' >.terraform/terraform.tfstate ;;
esac
exit 0
"#;

/// A Docker that says no version, and whether containers still run, until `slow` is gone.
const DOCKER: &str = r#"#!/bin/sh
trap '' INT
case "$1" in
  run) [ -e slow ] || { echo '{"terraform_version":"1.11.4"}'; exit 0; } ;;
  ps) touch slow ;;
esac
touch asked
while [ -e slow ]; do sleep 0.1; done
"#;

fn place() -> Place {
    let place = Place::new();
    for (name, text) in [("terraform", TERRAFORM), ("docker", DOCKER)] {
        place.write(name, text);
        let ours = std::fs::Permissions::from_mode(0o755);
        fs_err::set_permissions(place.path(name), ours).unwrap();
    }
    place
}

fn begin(place: &Place, arguments: &str) -> Child {
    let mut command = place.command(arguments);
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    if arguments.contains("docker") {
        // Somebody, of whom nobody is asked.
        command.env("AWS_ACCESS_KEY_ID", "a");
    }
    command.spawn().unwrap()
}

fn press(csoc: &Child) {
    let sent = Command::new("kill")
        .args(["-INT", &csoc.id().to_string()])
        .status();
    assert!(sent.unwrap().success());
}

fn text(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}

/// Holds the lock of a directory as somebody who renders there does.
fn hold(place: &Place, root: &str) -> File {
    let lock = File::open(place.path(&format!("{root}/.csoc/lock"))).unwrap();
    lock.lock().unwrap();
    lock
}

#[rstest::rstest]
#[case(
    "render fleet --out out",
    "out/terraform",
    "waiting for `out/terraform/.csoc/lock`, for 60 s at most: process "
)]
#[case(
    "plan fleet --terraform ./terraform",
    "fleet/.csoc/tree/terraform",
    "waiting for `fleet/.csoc/tree/terraform/.csoc/lock`, for 60 s at most: process "
)]
fn whoever_renders_is_waited_for(#[case] command: &str, #[case] root: &str, #[case] says: &str) {
    let place = place();
    let first = place.run(command);
    assert!(!first.err.contains("waiting for"), "{}", first.err);

    let lock = hold(&place, root);
    let mut waits = begin(&place, command);
    std::thread::sleep(Duration::from_millis(1800));
    assert!(waits.try_wait().unwrap().is_none(), "it does not wait");
    drop(lock);
    let waited = waits.wait_with_output().unwrap();
    assert_eq!(waited.status.code(), Some(first.exit), "{}", text(&waited));
    assert_eq!(text(&waited).matches(says).count(), 1, "{}", text(&waited));

    let lock = hold(&place, root);
    let waits = begin(&place, command);
    std::thread::sleep(Duration::from_millis(700));
    let pressed = Instant::now();
    press(&waits);
    let stopped = waits.wait_with_output().unwrap();
    assert_eq!(stopped.status.code(), Some(130), "{}", text(&stopped));
    assert!(pressed.elapsed() < Duration::from_secs(2));
    drop(lock);
}

#[test]
fn four_that_plan_one_fleet_at_once_all_plan_it() {
    let place = place();
    let all = ["a", "b", "c", "d"].map(|home| {
        let command = format!("plan fleet --terraform ./terraform --home {home}");
        begin(&place, &command)
    });
    for csoc in all {
        let planned = csoc.wait_with_output().unwrap();
        assert_eq!(planned.status.code(), Some(0), "{}", text(&planned));
    }
}

#[test]
fn a_tree_that_a_killed_render_left_half_written_is_not_run() {
    let place = place();
    assert_eq!(place.run("render fleet --out out").exit, 0);
    let plan = "plan --rendered out --terraform ./terraform";
    assert_eq!(place.run(plan).exit, 0);
    place.write("out/terraform/.csoc/pending.json", "");
    let refused = place.run(plan);
    assert_eq!(refused.exit, 2, "{}", refused.err);
    assert!(
        refused
            .err
            .contains("a render of `out/terraform` was begun and is not ended"),
        "{}",
        refused.err
    );
    assert_eq!(place.run("render fleet --out out").exit, 0);
    assert_eq!(place.run(plan).exit, 0);
}

#[rstest::rstest]
#[case::terraform("--terraform ./terraform", true)]
#[case::docker("--runner docker --docker ./docker --image IMAGE", true)]
#[case::still_running("--runner docker --docker ./docker --image IMAGE", false)]
fn what_is_asked_at_the_start_is_left_at_the_first_ctrl_c(
    #[case] options: &str,
    #[case] is_version: bool,
) {
    let place = place();
    if is_version {
        place.write("slow", "");
    }
    let image = format!("hashicorp/terraform:1.11@sha256:{}", "0a".repeat(32));
    let options = options.replace("IMAGE", &image);
    let csoc = begin(&place, &format!("plan fleet {options}"));
    let begun = Instant::now();
    while !place.path("asked").exists() && !place.path("fleet/asked").exists() {
        assert!(begun.elapsed() < Duration::from_mins(1), "nothing is asked");
        std::thread::sleep(Duration::from_millis(20));
    }
    let pressed = Instant::now();
    press(&csoc);
    let stopped = csoc.wait_with_output().unwrap();
    let took = pressed.elapsed();
    let _ = fs_err::remove_file(place.path("slow"));
    assert_eq!(stopped.status.code(), Some(130), "{}", text(&stopped));
    assert!(
        took < Duration::from_secs(2),
        "{took:?}: {}",
        text(&stopped)
    );
}

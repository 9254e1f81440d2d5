//! Plans and applies in containers, against a `docker` of our own: it writes down how it was called, and then runs the
//! real Terraform with the variables that it was given by name and no others.

use std::process::{Command, Stdio};
use std::time::Duration;

use super::operate::{NETWORK, run_of, tree};
use super::{Place, Run};

const SLOW: &str = "resource \"terraform_data\" \"slow\" {\n  provisioner \"local-exec\" {\n    command = \"sleep 2\"\n  }\n}\nresource \"terraform_data\" \"late\" {\n  depends_on = [terraform_data.slow]\n}\n";

/// It takes what we give, in any order; anything else would be the image, and Terraform would not know it.
const DOCKER: &str = r#"#!/bin/sh
here=$(dirname "$0")
echo "$@" >> "$here/calls"
if [ "$1" = ps ]; then cat "$here/still" 2>/dev/null; exit 0; fi
shift
given=""
while :; do
  case "$1" in
    --rm|--read-only) shift;;
    --env) given="$given $2"; shift 2;;
    --workdir) cd "$2"; shift 2;;
    --tmpfs|--cap-drop|--security-opt|--stop-signal|--user|--label|--mount) shift 2;;
    *) break;;
  esac
done
shift
set -- terraform "$@"
for name in $given; do
  case "$name" in
    *=*) set -- "$name" "$@";;
    *) eval "set -- \"$name=\$$name\" \"\$@\"";;
  esac
done
exec env -i PATH="$PATH" "$@"
"#;

/// A tree of two stacks with a `docker` beside it; none where there is no Terraform, which is said.
fn place(network: &str) -> Option<Place> {
    use std::os::unix::fs::PermissionsExt;
    let place = tree(network)?;
    place.write("docker", DOCKER);
    fs_err::set_permissions(place.path("docker"), std::fs::Permissions::from_mode(0o755)).unwrap();
    Some(place)
}

fn image() -> String {
    format!("hashicorp/terraform:1.11@sha256:{}", "0a".repeat(32))
}

fn options() -> String {
    format!(
        "--rendered out --runner docker --docker ./docker --image {}",
        image()
    )
}

/// Whoever has keys in the surroundings.
fn known(command: &mut Command) {
    command.envs([
        ("AWS_ACCESS_KEY_ID", "planted-id"),
        ("AWS_SECRET_ACCESS_KEY", "planted-key"),
        ("AWS_PROFILE", "planted-profile"),
        ("SOMETHING_ELSE", "planted-else"),
    ]);
    // A csoc that speaks to AWS asks it who that is.
    #[cfg(feature = "aws")]
    command.env(
        "AWS_ENDPOINT_URL_STS",
        super::aws::somebody_of_the_account(),
    );
}

fn run(place: &Place, arguments: &str) -> Run {
    place.run_with(arguments, known)
}

#[test]
fn what_was_planned_in_a_container_is_applied_in_one() {
    let Some(place) = place(NETWORK) else { return };
    let plan = run(
        &place,
        &format!("plan {} --select layer=network", options()),
    );
    assert_eq!(plan.exit, 0, "{}{}", plan.out, plan.err);
    let apply = run(
        &place,
        &format!("apply {} --run {}", options(), run_of(&plan)),
    );
    assert_eq!(apply.exit, 0, "{}{}", apply.out, apply.err);
    assert!(
        apply.out.contains("1 added, 0 changed, 0 destroyed"),
        "{}",
        apply.out
    );

    let calls = place.read("calls");
    assert!(!calls.contains("planted"), "{calls}");
    let work = "out/.csoc/runs/work/v1/111122223333/us-east-1/network/cluster/main";
    let work = place.path(work).canonicalize().unwrap();
    let called = |step: &str| {
        let image = format!(" {} {step}", image());
        let call = calls.lines().find(|call| call.contains(&image));
        call.unwrap_or_else(|| panic!("{step} is not called\n{calls}"))
            .to_owned()
    };
    let version = called("version -json");
    assert!(
        !version.contains("--mount") && !version.contains("AWS"),
        "{version}"
    );
    let plan = called("plan ");
    for part in [
        "run --rm --read-only --tmpfs /tmp --cap-drop ALL --security-opt no-new-privileges --stop-signal SIGINT",
        "--env AWS_ACCESS_KEY_ID --env AWS_SECRET_ACCESS_KEY",
        &format!("source={0},target={0} ", work.display()),
    ] {
        assert!(plan.contains(part), "{part}\n{plan}");
    }
    assert!(
        !plan.contains("AWS_PROFILE") && !plan.contains("SOMETHING") && !plan.contains(".aws"),
        "{plan}"
    );
    let apply = called("apply ");
    assert!(apply.contains("/plan.tfplan,readonly"), "{apply}");
    for run in [
        run(&place, "runs list --rendered out"),
        run(&place, &format!("drift {}", options())),
    ] {
        assert!(
            !run.out.contains("planted") && !run.err.contains("planted"),
            "{}{}",
            run.out,
            run.err
        );
    }
}

#[test]
fn what_no_container_can_do_is_refused_before_anything_runs() {
    let Some(place) = place(NETWORK) else { return };
    let plan = |options: &str| run(&place, &format!("plan --rendered out {options}"));
    let tagged = plan("--runner docker --docker ./docker --image hashicorp/terraform:1.11");
    assert_eq!(tagged.exit, 2);
    assert!(
        tagged
            .err
            .contains("is no image by digest; it must be NAME@sha256:DIGEST"),
        "{}",
        tagged.err
    );
    assert_eq!(plan("--runner docker --docker ./docker").exit, 2);
    let missing = plan(&format!(
        "--runner docker --docker ./nowhere --image {}",
        image()
    ));
    assert_eq!(missing.exit, 2);
    assert!(
        missing.err.contains("cannot be started") && missing.err.contains("--docker PROGRAM"),
        "{}",
        missing.err
    );
    let nobody = place.run_with(&format!("plan {}", options()), |command| {
        command.env_remove("AWS_ACCESS_KEY_ID");
    });
    assert_eq!(nobody.exit, 2);
    assert!(
        nobody.err.contains("a container sees no profile"),
        "{}",
        nobody.err
    );
    assert!(!place.path("calls").exists());
}

#[test]
fn nobody_works_beside_a_container_that_is_left() {
    let Some(place) = place(NETWORK) else { return };
    place.write("still", "0123456789abcdef0123456789abcdef\n");
    let plan = run(
        &place,
        &format!("plan {} --select layer=network", options()),
    );
    assert_eq!(plan.exit, 4, "{}", plan.out);
    assert!(
        plan.out
            .contains("the container `0123456789ab` of an earlier run still works on it"),
        "{}",
        plan.out
    );
}

#[test]
fn the_first_signal_reaches_the_container_and_ends_what_was_begun() {
    let Some(place) = place(SLOW) else { return };
    let plan = run(
        &place,
        &format!("plan {} --select layer=network", options()),
    );
    let mut apply = place.command(&format!("apply {} --run {}", options(), run_of(&plan)));
    known(&mut apply);
    let mut apply = apply
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let log = "out/.csoc/runs/logs/v1/111122223333/us-east-1/network/cluster/main/apply.jsonl";
    let has =
        |text: &str| fs_err::read_to_string(place.path(log)).is_ok_and(|log| log.contains(text));
    while apply.try_wait().unwrap().is_none() && !has("apply_start") {
        std::thread::sleep(Duration::from_millis(20));
    }
    let sent = Command::new("kill")
        .args(["-INT", &apply.id().to_string()])
        .status();
    assert!(sent.unwrap().success());
    assert_eq!(apply.wait().unwrap().code(), Some(130));
    assert!(
        has("Stopping operation") || has("terraform_data.slow"),
        "it was asked"
    );
    let runs = place.run("runs list --rendered out");
    assert!(!runs.out.contains("nobody saw"), "{}", runs.out);
    let again = run(
        &place,
        &format!("plan {} --select layer=network", options()),
    );
    assert_eq!(again.exit, 0, "no lock is left: {}{}", again.out, again.err);
}

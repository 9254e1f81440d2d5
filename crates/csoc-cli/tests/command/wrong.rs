//! Fleets of which a part is wrong: the rest is done, and no command says that all was well.

use super::operate::{NETWORK, run_of, tree};

const NEXT: &str = "      next: { tier: staging, cluster: demo, hostname: next.example.org, release: \"2026.08\" }\n";

#[test]
fn an_object_that_vanished_stops_no_plan_and_is_no_success() {
    let Some(place) = tree(NETWORK) else { return };
    let environments = "    environments:\n";
    place.edit(
        "fleet/fleet.yaml",
        environments,
        &format!("{environments}{NEXT}"),
    );
    let whole = place.run("plan fleet --select layer=cluster");
    assert_eq!(whole.exit, 0, "{}", whole.err);
    place.edit("fleet/fleet.yaml", NEXT, "");
    for arguments in [
        "plan fleet --select layer=cluster",
        "plan fleet --select layer=cluster --exit-code",
    ] {
        let part = place.run(arguments);
        assert_eq!(part.exit, 1, "{}", part.err);
        assert!(part.err.contains("error[object-vanished]"), "{}", part.err);
        assert!(part.err.contains("1 stack: 1 blocked"), "{}", part.err);
    }
    let told = place.run("plan fleet --select layer=cluster --format json");
    let end: serde_json::Value = serde_json::from_str(told.out.lines().last().unwrap()).unwrap();
    assert_eq!(
        (end["kind"].as_str(), end["exit"].as_u64()),
        (Some("end"), Some(1))
    );
}

/// What was said of a command is said again of the next: whoever follows it is the same person with the same program.
#[test]
fn the_next_command_repeats_what_was_said_of_this_one() {
    let Some(place) = tree(NETWORK) else { return };
    let path = std::env::var_os("PATH").unwrap();
    let found = std::env::split_paths(&path)
        .map(|directory| directory.join("terraform"))
        .find(|program| program.is_file())
        .unwrap();
    let named = place.path("named program");
    std::os::unix::fs::symlink(found, &named).unwrap();
    let plan = place.run_with("plan --rendered out --select layer=network", |command| {
        command.arg("--terraform").arg(&named);
    });
    let run = run_of(&plan);
    let next = format!(
        "next: `csoc apply --run {run} --rendered out --terraform '{}'`",
        named.display()
    );
    assert!(plan.err.contains(&next), "{next}: {}", plan.err);
    let plan = place.run_with("plan --rendered out --select layer=network", |command| {
        command.env("CSOC_TERRAFORM", &named);
    });
    let next = format!("next: `csoc apply --run {} --rendered out`", run_of(&plan));
    assert!(plan.err.contains(&next), "{next}: {}", plan.err);
}

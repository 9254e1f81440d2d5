//! Which plans are applied, and which are not: of those that were named, none is passed over in silence.

use super::operate::{NETWORK, run_of, tree};
use super::{Place, Run};

const WAF_ID: &str = "v1/111122223333/us-east-1/waf/cluster/main";
const NETWORK_ID: &str = "v1/111122223333/us-east-1/network/cluster/main";

/// The digests of the plans in the table of `csoc plan`.
fn bundles(plan: &Run) -> Vec<String> {
    let digest = |line: &str| line.split_whitespace().last().map(ToOwned::to_owned);
    plan.out.lines().skip(1).filter_map(digest).collect()
}

/// Lets a stack wait for an input.
fn wait(place: &Place, layer: &str) {
    let mut listing: serde_json::Value =
        serde_json::from_str(&place.read("out/terraform/stacks.json")).unwrap();
    for stack in listing["stacks"].as_array_mut().unwrap() {
        if stack["kind"] == layer {
            stack["inputs"] =
                serde_json::json!([{ "name": "vpc_id", "from": "vpc_id", "state": "missing" }]);
        }
    }
    place.write("out/terraform/stacks.json", &listing.to_string());
}

/// A tree of which everything is applied, and a program that says of what is built in that it cannot be made again.
#[cfg(unix)]
fn of_queues() -> Option<Place> {
    use std::os::unix::fs::PermissionsExt;
    let place = tree(NETWORK)?;
    let program = "#!/bin/sh\nif [ \"$1\" = show ]; then terraform \"$@\" | sed 's/\"type\":\"terraform_data\"/\"type\":\"aws_sqs_queue\"/g'\nelse exec terraform \"$@\"; fi\n";
    place.write("queues", program);
    fs_err::set_permissions(place.path("queues"), std::fs::Permissions::from_mode(0o755)).unwrap();
    let run = run_of(&place.run("plan --rendered out"));
    let applied = place.run(&format!("apply --rendered out --run {run}"));
    assert_eq!(applied.exit, 0, "{}", applied.err);
    for layer in ["network", "waf"] {
        let root = format!("out/terraform/demo/us-east-1/{layer}/main/main.tf");
        place.write(
            &root,
            &format!("output \"layer\" {{\n  value = \"{layer}\"\n}}\n"),
        );
    }
    Some(place)
}

#[test]
fn a_plan_whose_stack_waits_for_an_input_by_now_is_no_success() {
    let Some(place) = tree(NETWORK) else { return };
    let run = run_of(&place.run("plan --rendered out"));
    wait(&place, "waf");
    let alone = place.run(&format!(
        "apply --rendered out --run {run} --select layer=network"
    ));
    assert_eq!(alone.exit, 0, "{}", alone.err);
    let blocked = place.run(&format!("apply --rendered out --run {run}"));
    assert_eq!(blocked.exit, 1, "{}", blocked.err);
    assert!(
        blocked.out.contains("blocked  needs vpc_id"),
        "{}",
        blocked.out
    );
    // To plan it is no failure, and stops nothing.
    let plan = place.run("plan --rendered out --fail-fast --parallel 1");
    assert_eq!(plan.exit, 0, "{}", plan.err);
}

#[test]
fn a_stack_that_waits_for_an_input_stops_no_other_from_being_planned() {
    let Some(place) = tree(NETWORK) else { return };
    wait(&place, "network");
    let plan = place.run("plan --rendered out --fail-fast --parallel 1");
    assert_eq!(plan.exit, 0, "{}", plan.err);
    assert!(
        plan.err.contains("1 would change, 1 blocked"),
        "{}",
        plan.err
    );
}

/// A plan that failed part-way is used; once another brought its stack there, the rest of its run goes on.
#[test]
fn a_run_goes_on_past_a_stack_that_another_plan_brought_there() {
    for is_clean in [false, true] {
        let Some(place) = tree(NETWORK) else { return };
        let root = "out/terraform/demo/us-east-1/network/main/main.tf";
        let fails = "resource \"terraform_data\" \"vpc\" {\n  provisioner \"local-exec\" {\n    command = \"false\"\n  }\n}\n";
        place.write(root, fails);
        let run = run_of(&place.run("plan --rendered out"));
        let failed = place.run(&format!("apply --rendered out --run {run}"));
        assert_eq!(failed.exit, 4, "{}", failed.err);
        let refused = place.run(&format!("apply --rendered out --run {run}"));
        assert_eq!(refused.exit, 1, "{}", refused.err);
        if is_clean {
            place.write(root, "");
            fs_err::remove_file(place.path("network.tfstate")).unwrap();
        } else {
            place.write(root, NETWORK);
        }
        let plan = place.run("plan --rendered out --select layer=network");
        assert_eq!(plan.exit, 0, "{}", plan.err);
        if !is_clean {
            let applied = place.run(&format!("apply --rendered out --run {}", run_of(&plan)));
            assert_eq!(applied.exit, 0, "{}", applied.err);
        }
        let shown = place.run(&format!("runs show {run} --rendered out"));
        let next = format!("next: `csoc apply --run {run} --rendered out`");
        assert!(shown.err.contains(&next), "{next}: {}", shown.err);
        assert!(!shown.err.contains("csoc plan"), "{}", shown.err);
        let rest = place.run(&format!("apply --rendered out --run {run}"));
        assert_eq!(rest.exit, 0, "{}{}", rest.out, rest.err);
        assert!(place.path("waf.tfstate").exists());
    }
}

#[test]
fn what_needs_a_stack_whose_plan_was_left_out_waits_for_it() {
    let Some(place) = tree(NETWORK) else { return };
    let run = run_of(&place.run("plan --rendered out"));
    let apply = |select: &str| {
        place.run(&format!(
            "apply --rendered out --run {run} --select {select}"
        ))
    };
    let early = apply("layer=waf");
    assert_eq!(early.exit, 1, "{}", early.err);
    let says = format!("not begun  needs {NETWORK_ID}");
    assert!(early.out.contains(&says), "{}", early.out);
    assert!(!place.path("waf.tfstate").exists());
    // Another plan of what was left out is as good.
    let other = run_of(&place.run("plan --rendered out --select layer=network"));
    assert_eq!(
        place
            .run(&format!("apply --rendered out --run {other}"))
            .exit,
        0
    );
    let late = apply("layer=waf");
    assert_eq!(late.exit, 0, "{}{}", late.out, late.err);
    assert_eq!(apply("layer=waf").exit, 0);
    let wrong = apply("layer=typo");
    assert_eq!(wrong.exit, 2, "{}", wrong.err);
    let none = apply("id=*typo*");
    assert_eq!(none.exit, 2, "{}", none.err);
    assert!(
        none.err
            .contains("none of the 2 plans is of a stack that was selected"),
        "{}",
        none.err
    );
}

#[test]
fn of_two_plans_of_one_stack_one_must_be_named() {
    let Some(place) = tree(NETWORK) else { return };
    let plan = || bundles(&place.run("plan --rendered out --select layer=network")).remove(0);
    let (one, other) = (plan(), plan());
    let both = place.run(&format!(
        "apply --rendered out --bundle {one} --bundle {other}"
    ));
    assert_eq!(both.exit, 1, "{}", both.err);
    let says = format!("the plans `{one}` and `{other}` are both of the stack `{NETWORK_ID}`");
    assert!(both.err.contains(&says), "{}", both.err);
    let twice = place.run(&format!(
        "apply --rendered out --bundle {one} --bundle {one}"
    ));
    assert_eq!(twice.exit, 0, "{}", twice.err);
}

#[cfg(unix)]
#[test]
fn nothing_begins_where_one_plan_destroys_what_nobody_allowed() {
    let Some(place) = of_queues() else { return };
    let options = "--rendered out --terraform ./queues";
    let run = run_of(&place.run(&format!("plan {options}")));
    let network = place.read("network.tfstate");
    let one = format!("--allow-destroy {NETWORK_ID}:terraform_data.vpc");
    let refused = place.run(&format!("apply {options} --run {run} {one}"));
    assert_eq!(refused.exit, 1, "{}", refused.out);
    assert!(
        refused.out.contains(&format!("{WAF_ID}      refused")),
        "{}",
        refused.out
    );
    assert!(
        refused.out.contains(&format!("{NETWORK_ID}  not begun")),
        "{}",
        refused.out
    );
    assert_eq!(place.read("network.tfstate"), network);
    let shown = place.run(&format!("runs show {run} --rendered out"));
    assert!(!shown.out.contains("apply begins"), "{}", shown.out);
}

#[cfg(unix)]
#[test]
fn the_same_command_goes_on_with_what_is_left() {
    let Some(place) = of_queues() else { return };
    let options = "--rendered out --terraform ./queues";
    let run = run_of(&place.run(&format!("plan {options}")));
    let allowed = "--allow-destroy terraform_data.vpc --allow-destroy terraform_data.acl";
    let part = format!("apply {options} --run {run} {allowed} --select layer=network");
    let part = place.run(&part);
    assert_eq!(part.exit, 0, "{}{}", part.out, part.err);
    let rest = place.run(&format!("apply {options} --run {run} {allowed}"));
    assert_eq!(rest.exit, 0, "{}{}", rest.out, rest.err);
    assert!(
        rest.err.contains("1 of 2 plans were applied before"),
        "{}",
        rest.err
    );
    let wrong = place.run(&format!(
        "apply {options} --run {run} --allow-destroy aws_vpc.other"
    ));
    assert_eq!(wrong.exit, 0, "nothing is left: {}", wrong.err);
}

#[test]
fn how_a_plan_was_accepted_is_recorded_before_it_begins() {
    let Some(place) = tree(NETWORK) else { return };
    let plan = place.run("plan --rendered out");
    let [network, waf] = &bundles(&plan)[..] else {
        panic!("{}", plan.out)
    };
    let by_name = place.run(&format!("apply --rendered out --bundle {network}"));
    assert_eq!(by_name.exit, 0, "{}", by_name.err);
    let by_run = place.run(&format!("apply --rendered out --run {}", run_of(&plan)));
    assert_eq!(by_run.exit, 0, "{}", by_run.err);
    let runs = place.run("runs list --rendered out --format json").json();
    for (at, bundle, how) in [
        (1, network, "by its own name"),
        (0, waf, "by the name of its run"),
    ] {
        let run = runs["runs"][at]["run"].as_str().unwrap();
        let shown = place.run(&format!("runs show {run} --rendered out"));
        let approved = shown.out.find(&format!("approved      {bundle} {how}"));
        let begins = shown.out.find(&format!("apply begins  {bundle}"));
        assert!(approved.is_some() && approved < begins, "{}", shown.out);
    }
    assert_eq!(place.run("runs verify --rendered out").exit, 0);
}

#[test]
fn a_plan_travels_in_a_file_and_is_applied_once_wherever_it_came() {
    let Some(place) = tree(NETWORK) else { return };
    let here = "--rendered out --home here";
    let there = "--rendered out --home there";
    let plan = place.run(&format!("plan {here} --out plans.tar"));
    assert_eq!(plan.exit, 0, "{}", plan.err);
    assert!(
        plan.err
            .contains("`plans.tar` holds 2 plans, and is secret"),
        "{}",
        plan.err
    );
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = fs_err::metadata(place.path("plans.tar"))
            .unwrap()
            .permissions();
        assert_eq!(mode.mode() & 0o777, 0o600);
    }
    // Nothing of a fleet or a home is asked for.
    let shown = place.run("show plans.tar");
    assert_eq!(shown.exit, 0, "{}", shown.err);
    for says in [
        NETWORK_ID,
        WAF_ID,
        "create  terraform_data.vpc",
        "not known of a file",
    ] {
        assert!(shown.out.contains(says), "{says}: {}", shown.out);
    }
    let json = place.run("show plans.tar --format json").json();
    assert_eq!(json["plans"][1]["facts"]["stack"], WAF_ID);
    let applied = place.run(&format!("apply {there} --bundle plans.tar"));
    assert_eq!(applied.exit, 0, "{}{}", applied.out, applied.err);
    assert_eq!(applied.out.matches("1 added").count(), 2, "{}", applied.out);
    let again = place.run(&format!("apply {there} --bundle plans.tar"));
    assert_eq!(again.exit, 0, "{}", again.err);
    assert!(
        again.err.contains("2 of 2 plans were applied before"),
        "{}",
        again.err
    );
    // It is known there as the run that made it, and used on the machine that it came from.
    let run = run_of(&plan);
    let shown = place.run(&format!("runs show {run} {there}"));
    assert_eq!(shown.out.matches("planned").count(), 2, "{}", shown.out);
    let back = place.run(&format!("apply {here} --run {run} --select layer=network"));
    assert_eq!(back.exit, 1, "{}", back.out);
    assert!(
        back.out.contains("the stack was applied at "),
        "{}",
        back.out
    );
    for home in ["here", "there"] {
        assert_eq!(
            place
                .run(&format!("runs verify --rendered out --home {home}"))
                .exit,
            0
        );
    }
    for text in [&shown.out, &applied.out, &applied.err, &plan.err] {
        assert!(!text.contains("planted-secret"), "{text}");
    }
}

#[cfg(unix)]
#[test]
fn the_command_that_applies_a_file_is_one_for_a_shell_whatever_the_file_is_called() {
    use std::process::{Command, Stdio};
    let Some(place) = tree(NETWORK) else { return };
    let plan = place.run_with("plan --rendered out", |command| {
        command.args(["--out", "plans of the week's end.tar"]);
    });
    assert_eq!(plan.exit, 0, "{}", plan.err);
    let (_, rest) = plan.err.split_once("and is secret: `").unwrap();
    let (next, _) = rest.split_once("` applies what it holds").unwrap();
    let wanted = r"csoc apply --bundle 'plans of the week'\''s end.tar' --rendered out";
    assert_eq!(next, wanted);
    let (_, arguments) = next.split_once(' ').unwrap();
    let shell = Command::new("sh")
        .args(["-c", &format!("\"$0\" {arguments}")])
        .arg(env!("CARGO_BIN_EXE_csoc"))
        .current_dir(place.path("."))
        .stdin(Stdio::null())
        .output();
    let applied = Run::of(shell.unwrap());
    assert_eq!(applied.exit, 0, "{}{}", applied.out, applied.err);
    assert_eq!(applied.out.matches("1 added").count(), 2, "{}", applied.out);
}

#[test]
fn a_file_that_was_changed_is_refused_and_brings_nothing() {
    let Some(place) = tree(NETWORK) else { return };
    let plan = place.run("plan --rendered out --home here --out plans.tar");
    assert_eq!(plan.exit, 0, "{}", plan.err);
    let mut bytes = fs_err::read(place.path("plans.tar")).unwrap();
    let at = bytes
        .windows(4)
        .position(|window| window == b"PK\x03\x04")
        .unwrap();
    bytes[at + 40] ^= 1;
    fs_err::write(place.path("plans.tar"), bytes).unwrap();
    for command in [
        "show plans.tar",
        "apply --rendered out --home there --bundle plans.tar",
    ] {
        let refused = place.run(command);
        assert_eq!(refused.exit, 2, "{}", refused.out);
        assert!(
            refused
                .err
                .contains("is no file of plans, or something in it was changed"),
            "{}",
            refused.err
        );
    }
    assert_eq!(
        fs_err::read_dir(place.path("there/bundles"))
            .unwrap()
            .count(),
        0
    );
}

//! Destroying as people run it: planned, by bundles, what others need last, and what keeps a stack from it.

use super::operate::{NETWORK, run_of, tree};
use super::{Place, Run};

const NETWORK_ID: &str = "v1/111122223333/us-east-1/network/cluster/main";
const WAF_ID: &str = "v1/111122223333/us-east-1/waf/cluster/main";
const GUARDED: &str = "resource \"terraform_data\" \"vpc\" {\n  input = \"planted-secret\"\n\n  lifecycle {\n    prevent_destroy = true\n  }\n}\n";

/// A tree of which everything is applied.
fn applied(network: &str) -> Option<Place> {
    let place = tree(network)?;
    let run = run_of(&place.run("plan --rendered out"));
    let applied = place.run(&format!("apply --rendered out --run {run}"));
    assert_eq!(applied.exit, 0, "{}", applied.err);
    Some(place)
}

/// The run that a destruction names as the next thing to apply.
pub(super) fn planned(plan: &Run) -> String {
    let (_, rest) = plan.err.split_once("csoc destroy --run ").unwrap();
    rest.split(['`', ' ']).next().unwrap().to_owned()
}

fn resources(place: &Place, layer: &str) -> usize {
    let state: serde_json::Value =
        serde_json::from_str(&place.read(&format!("{layer}.tfstate"))).unwrap();
    state["resources"].as_array().unwrap().len()
}

#[test]
fn plans_of_a_destruction_are_kept_in_a_file_and_applied_from_it() {
    let Some(place) = applied(GUARDED) else {
        return;
    };
    let plan = place.run("destroy --rendered out --select id=* --out gone.tar");
    assert_eq!(plan.exit, 0, "{}", plan.err);
    assert!(
        plan.err.contains(
            "`gone.tar` holds 2 plans, and is secret: `csoc destroy --bundle gone.tar --rendered out` applies what it holds"
        ),
        "{}",
        plan.err
    );
    assert_eq!(
        (resources(&place, "network"), resources(&place, "waf")),
        (1, 1)
    );
    let again = place.run("destroy --rendered out --select id=* --out gone.tar");
    assert_eq!(again.exit, 2, "{}", again.err);
    let both = place.run("destroy --rendered out --bundle gone.tar --out other.tar");
    assert_eq!(both.exit, 2, "{}", both.err);
    let other = place.run("apply --rendered out --home elsewhere --bundle gone.tar");
    assert_eq!(other.exit, 1, "{}", other.out);
    let gone = place.run("destroy --rendered out --home elsewhere --bundle gone.tar");
    assert_eq!(gone.exit, 0, "{}{}", gone.out, gone.err);
    assert_eq!(
        (resources(&place, "network"), resources(&place, "waf")),
        (0, 0)
    );
    for shown in [plan.out, plan.err, gone.out, gone.err] {
        assert!(!shown.contains("planted-secret"), "{shown}");
    }
}

#[test]
fn what_was_planned_away_goes_in_the_reverse_order_and_once() {
    let Some(place) = applied(GUARDED) else {
        return;
    };
    let root = place.read("out/terraform/demo/us-east-1/network/main/main.tf");
    let plan =
        place.run("destroy --rendered out --select id=* --markdown gone.md --html gone.html");
    assert_eq!(plan.exit, 0, "{}", plan.err);
    assert_eq!(plan.out.matches("  -1  ").count(), 2, "{}", plan.out);
    assert!(
        place.read("gone.md").starts_with("## Destruction, as "),
        "{}",
        place.read("gone.md")
    );
    assert!(place.read("gone.html").contains("csoc destroy --run "));
    assert_eq!(
        (resources(&place, "network"), resources(&place, "waf")),
        (1, 1)
    );
    let run = planned(&plan);
    let other = place.run(&format!("apply --rendered out --run {run}"));
    assert_eq!(other.exit, 1, "{}", other.out);
    assert!(
        other.out.contains("`csoc destroy` applies such"),
        "{}",
        other.out
    );
    let gone = place.run(&format!("destroy --rendered out --run {run}"));
    assert_eq!(gone.exit, 0, "{}{}", gone.out, gone.err);
    assert_eq!(gone.out.matches("1 destroyed").count(), 2, "{}", gone.out);
    let at = |text: String| gone.err.find(&text).unwrap();
    assert!(at(format!("ends: {WAF_ID}")) < at(format!("begins: {NETWORK_ID}")));
    assert_eq!(
        (resources(&place, "network"), resources(&place, "waf")),
        (0, 0)
    );
    let again = place.run(&format!("destroy --rendered out --run {run}"));
    assert_eq!(again.exit, 0, "{}", again.out);
    assert!(
        again
            .err
            .contains("2 of 2 plans were applied before, or others of their stacks since, and are not applied again"),
        "{}",
        again.err
    );
    let clean = place.run("destroy --rendered out --select id=*");
    assert_eq!(clean.exit, 0, "{}", clean.err);
    assert!(
        clean.err.contains("nothing is to be destroyed"),
        "{}",
        clean.err
    );
    assert_eq!(
        place.read("out/terraform/demo/us-east-1/network/main/main.tf"),
        root
    );
    assert_eq!(place.run("runs verify --rendered out").exit, 0);
    for shown in [plan.out, plan.err, gone.out, gone.err] {
        assert!(!shown.contains("planted-secret"), "{shown}");
    }
}

#[test]
fn what_others_need_stays_while_they_have_anything() {
    let Some(place) = applied(NETWORK) else {
        return;
    };
    let kept = place.run("destroy --rendered out --select layer=network");
    assert_eq!(kept.exit, 1, "{}", kept.err);
    let says = format!("`{WAF_ID}` needs it, and still has resources");
    assert!(kept.out.contains(&says), "{}", kept.out);
    // Planned together, and applied in part: the same.
    let plan = place.run("destroy --rendered out --select id=*");
    let run = planned(&plan);
    let part = place.run(&format!(
        "destroy --rendered out --run {run} --select layer=network"
    ));
    assert_eq!(part.exit, 1, "{}", part.err);
    assert!(part.out.contains(&says), "{}", part.out);
    let first = place.run(&format!(
        "destroy --rendered out --run {run} --select layer=waf"
    ));
    assert_eq!(first.exit, 0, "{}", first.err);
    let rest = place.run(&format!(
        "destroy --rendered out --run {run} --select layer=network"
    ));
    assert_eq!(rest.exit, 0, "{}{}", rest.out, rest.err);
}

#[test]
fn what_others_need_stays_where_they_could_not_be_destroyed() {
    let Some(place) = tree(NETWORK) else { return };
    let sticky = "resource \"terraform_data\" \"acl\" {\n  provisioner \"local-exec\" {\n    when    = destroy\n    command = \"exit 7\"\n  }\n}\n";
    place.write("out/terraform/demo/us-east-1/waf/main/main.tf", sticky);
    let run = run_of(&place.run("plan --rendered out"));
    assert_eq!(
        place.run(&format!("apply --rendered out --run {run}")).exit,
        0
    );
    let plan = place.run("destroy --rendered out --select id=*");
    let gone = place.run(&format!("destroy --rendered out --run {}", planned(&plan)));
    assert_eq!(gone.exit, 4, "{}", gone.out);
    assert!(
        gone.out
            .contains(&format!("not begun  is needed by {WAF_ID}")),
        "{}",
        gone.out
    );
    assert_eq!(resources(&place, "network"), 1);
}

#[cfg(unix)]
#[test]
fn what_cannot_be_made_again_goes_by_its_address_alone() {
    use std::os::unix::fs::PermissionsExt;
    let Some(place) = applied(NETWORK) else {
        return;
    };
    // What is built in can all be made again: this one says that it is a queue.
    let program = "#!/bin/sh\nif [ \"$1\" = show ]; then terraform \"$@\" | sed 's/\"type\":\"terraform_data\"/\"type\":\"aws_sqs_queue\"/g'\nelse exec terraform \"$@\"; fi\n";
    place.write("queues", program);
    fs_err::set_permissions(place.path("queues"), std::fs::Permissions::from_mode(0o755)).unwrap();
    let options = "--rendered out --terraform ./queues --select layer=waf";
    let plan = place.run(&format!("destroy {options}"));
    assert_eq!(plan.exit, 0, "{}", plan.err);
    assert!(
        plan.err
            .contains(&format!("--allow-destroy '{WAF_ID}:terraform_data.acl'")),
        "{}",
        plan.err
    );
    let run = planned(&plan);
    let refused = place.run(&format!("destroy {options} --run {run}"));
    assert_eq!(refused.exit, 1, "{}", refused.out);
    assert!(
        refused.err.contains(&format!(
            "nothing was destroyed: what cannot be made again needs\n  --allow-destroy '{WAF_ID}:terraform_data.acl'"
        )),
        "{}",
        refused.err
    );
    let wrong = place.run(&format!(
        "destroy {options} --run {run} --allow-destroy terraform_data.acl --allow-destroy aws_vpc.it"
    ));
    assert_eq!(wrong.exit, 1, "{}", wrong.err);
    assert!(
        wrong.err.contains("allows what no plan destroys"),
        "{}",
        wrong.err
    );
    assert_eq!(resources(&place, "waf"), 1);
    let allowed = "--allow-destroy terraform_data.acl";
    let gone = place.run(&format!("destroy {options} --run {run} {allowed}"));
    assert_eq!(gone.exit, 0, "{}{}", gone.out, gone.err);
    assert_eq!(resources(&place, "waf"), 0);
}

#[rstest::rstest]
#[case::adopted("\"mode\":\"adopt\",", "network", "what somebody else made")]
#[case::observed("\"mode\":\"observed\",", "network", "what somebody else made")]
#[case::bootstrap("", "bootstrap", "the states of all stacks, its own too")]
fn what_is_not_ours_or_holds_all_states_is_not_planned_away(
    #[case] mode: &str,
    #[case] layer: &str,
    #[case] says: &str,
) {
    let Some(place) = applied(NETWORK) else {
        return;
    };
    let (from, to) = (
        "\"kind\":\"network\",",
        format!("{mode}\"kind\":\"{layer}\","),
    );
    place.edit("out/terraform/stacks.json", from, &to);
    let plan = place.run(&format!(
        "destroy --rendered out --select id={NETWORK_ID} --select layer=waf"
    ));
    assert_eq!(plan.exit, 1, "{}", plan.err);
    assert!(plan.out.contains(says), "{}", plan.out);
    assert_eq!(resources(&place, "network"), 1);
}

#[rstest::rstest]
#[case::nothing_named("destroy --rendered out", 2, "nothing says which stacks")]
#[case::no_stack(
    "destroy --rendered out --select layer=nothing",
    2,
    "no stack has the layer `nothing`"
)]
#[case::no_run(
    "destroy --rendered out --run 20260101T000000Z-000000",
    2,
    "no plan of a run"
)]
fn what_cannot_be_destroyed_is_said(
    #[case] arguments: &str,
    #[case] exit: i32,
    #[case] says: &str,
) {
    let Some(place) = tree(NETWORK) else { return };
    let run = place.run(arguments);
    assert_eq!(run.exit, exit, "{}", run.err);
    assert!(run.err.contains(says), "{}", run.err);
}

#[test]
fn a_plan_that_changes_is_none_to_destroy() {
    let Some(place) = tree(NETWORK) else { return };
    let run = run_of(&place.run("plan --rendered out"));
    let refused = place.run(&format!("destroy --rendered out --run {run}"));
    assert_eq!(refused.exit, 1, "{}", refused.out);
    assert!(
        refused
            .out
            .contains("it is a plan to change, and `csoc apply` applies such"),
        "{}",
        refused.out
    );
}

#[test]
fn a_stack_that_is_not_rendered_any_more_can_only_be_destroyed() {
    let Some(place) = applied(NETWORK) else {
        return;
    };
    let list = place.read("out/terraform/stacks.json");
    let mut list: serde_json::Value = serde_json::from_str(&list).unwrap();
    let stacks = list["stacks"].as_array_mut().unwrap();
    let waf = stacks.iter_mut().find(|stack| stack["id"] == WAF_ID);
    waf.unwrap()["status"] = "leaving".into();
    place.write("out/terraform/stacks.json", &list.to_string());
    let plan = place.run("plan --rendered out");
    assert!(plan.exit == 0 && !plan.out.contains(WAF_ID), "{}", plan.out);
    let alone = place.run("plan --rendered out --select layer=waf");
    assert_eq!(alone.exit, 2);
    assert!(
        alone.err.contains("are not rendered any more"),
        "{}",
        alone.err
    );
    // What it needs stays as long as it has anything.
    let kept = place.run("destroy --rendered out --select layer=network");
    assert_eq!(kept.exit, 1, "{}", kept.out);
    let plan = place.run("destroy --rendered out --select status=leaving");
    assert_eq!(plan.exit, 0, "{}{}", plan.out, plan.err);
    let gone = place.run(&format!("destroy --rendered out --run {}", planned(&plan)));
    assert_eq!(gone.exit, 0, "{}{}", gone.out, gone.err);
    assert_eq!(
        (resources(&place, "network"), resources(&place, "waf")),
        (1, 0)
    );
}

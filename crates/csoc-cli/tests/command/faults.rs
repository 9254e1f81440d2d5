//! Bad days: what is said, how it exits, and that journal, page and events of one run tell the same.

use std::collections::BTreeMap;

use serde_json::Value;

use super::cloud::{Cloud, Fault};
use super::operate::{NETWORK, run_of, tree};
use super::{Place, Run};

pub(super) const KEY: &str = "v1/111122223333/us-east-1/network/cluster/main/terraform.tfstate";

/// A rendered tree whose states are in a bucket of a cloud of ours; none where there is no Terraform.
pub(super) fn in_cloud() -> Option<(Place, Cloud)> {
    let place = tree(NETWORK)?;
    let cloud = Cloud::open();
    for layer in ["network", "waf"] {
        let backend = format!(
            "terraform {{\n  backend \"s3\" {{\n    bucket = \"states\"\n    key = \"{}\"\n    region = \"us-east-1\"\n    use_lockfile = true\n    use_path_style = true\n    max_retries = 3\n  }}\n}}\n",
            KEY.replace("network", layer)
        );
        place.write(
            &format!("out/terraform/demo/us-east-1/{layer}/main/terraform.tf"),
            &backend,
        );
    }
    // A state that is locked is waited for; a test does not.
    let impatient = "#!/bin/sh\nfor word do\n  shift\n  test \"$word\" = -lock-timeout=60s && word=-lock-timeout=0s\n  set -- \"$@\" \"$word\"\ndone\nexec terraform \"$@\"\n";
    place.write("impatient", impatient);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let executable = std::fs::Permissions::from_mode(0o755);
        fs_err::set_permissions(place.path("impatient"), executable).unwrap();
    }
    Some((place, cloud))
}

pub(super) fn run(place: &Place, cloud: &Cloud, arguments: &str) -> Run {
    let arguments = format!("{arguments} --rendered out --terraform ./impatient");
    place.run_with(&arguments, |command| {
        for (name, _) in std::env::vars() {
            if name.starts_with("AWS_") {
                command.env_remove(name);
            }
        }
        command.envs([
            ("AWS_ENDPOINT_URL", cloud.address()),
            ("AWS_ACCESS_KEY_ID", "AKIA-BASE"),
            ("AWS_SECRET_ACCESS_KEY", "planted-base"),
            ("AWS_EC2_METADATA_DISABLED", "true"),
            ("AWS_CONFIG_FILE", "/dev/null"),
            ("AWS_SHARED_CREDENTIALS_FILE", "/dev/null"),
        ]);
    })
}

fn lines(run: &Run) -> Vec<Value> {
    let lines = run.out.lines();
    lines
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

/// The last line of a kind.
fn of_kind<'l>(lines: &'l [Value], kind: &str) -> &'l Value {
    let mut lines = lines.iter().rev();
    lines.find(|line| line["kind"] == kind).unwrap()
}

/// What a kind of line says at the end of each stack: its error, or nothing.
fn errors(lines: &[Value]) -> BTreeMap<String, Option<String>> {
    let ended = lines.iter().filter(|line| line["kind"] == "ended");
    ended
        .map(|line| {
            let error = line["of"]["error"].as_str().map(ToOwned::to_owned);
            (line["stack"].as_str().unwrap().to_owned(), error)
        })
        .collect()
}

/// What the journal says of a run: its phases by stack.
fn phases(place: &Place, run: &str) -> BTreeMap<String, Vec<Value>> {
    let shown = place.run(&format!("runs show {run} --rendered out --format json"));
    let mut phases: BTreeMap<String, Vec<Value>> = BTreeMap::new();
    if shown.exit == 0 {
        for entry in shown.json()["entries"].as_array().unwrap() {
            let stack = entry["stack"].as_str().unwrap().to_owned();
            phases.entry(stack).or_default().push(entry.clone());
        }
    }
    assert_eq!(place.run("runs verify --rendered out").exit, 0);
    phases
}

/// Checks that page, events and journal of a run that plans tell the same of each stack.
pub(super) fn plan_agrees(place: &Place, plan: &Run) -> Value {
    assert!(!plan.out.contains("planted") && !plan.err.contains("planted"));
    let lines = lines(plan);
    let page = of_kind(&lines, "page")["page"].clone();
    let errors = errors(&lines);
    let phases = phases(place, page["run"].as_str().unwrap());
    for row in page["rows"].as_array().unwrap() {
        let stack = row["stack"].as_str().unwrap();
        let planned = phases
            .get(stack)
            .into_iter()
            .flatten()
            .filter(|entry| entry["phase"] == "planned")
            .map(|entry| entry["bundle"].clone());
        let planned: Vec<Value> = planned.collect();
        match row["state"].as_str().unwrap() {
            "changes" => assert_eq!(
                (&errors[stack], planned),
                (&None, vec![row["bundle"].clone()])
            ),
            "failed" => {
                assert_eq!(errors[stack].as_deref(), row["message"].as_str());
                assert_eq!(planned, [] as [Value; 0], "{stack}");
            }
            "clean" => assert_eq!((&errors[stack], planned), (&None, Vec::new())),
            other => assert_eq!(other, "skipped"),
        }
    }
    page
}

/// Checks that table, events and journal of a run that applies tell the same of each stack; gives the table.
fn apply_agrees(place: &Place, apply: &Run) -> BTreeMap<String, (String, String)> {
    assert!(!apply.out.contains("planted") && !apply.err.contains("planted"));
    let lines = lines(apply);
    let errors = errors(&lines);
    let last = place.run("runs list --rendered out --format json").json();
    let phases = phases(place, last["runs"][0]["run"].as_str().unwrap());
    let mut table = BTreeMap::new();
    for row in of_kind(&lines, "applied")["stacks"].as_array().unwrap() {
        let word = |name: &str| row[name].as_str().unwrap().to_owned();
        let (stack, outcome, remark) = (word("stack"), word("outcome"), word("remark"));
        let of_stack = phases.get(&stack).into_iter().flatten();
        let ends: Vec<&str> = of_stack
            .filter_map(|entry| entry["outcome"].as_str())
            .collect();
        match &*outcome {
            "applied" => assert_eq!((&errors[&stack], ends), (&None, vec!["done"])),
            "failed" => {
                assert_eq!(errors[&stack].as_deref(), Some(&*remark));
                assert!(ends.is_empty() || ends == ["failed"], "{ends:?}");
            }
            "not begun" => assert!(!errors.contains_key(&stack) && ends.is_empty()),
            other => panic!("{other}: {remark}"),
        }
        table.insert(stack, (outcome, remark));
    }
    table
}

#[rstest::rstest]
#[case::bucket_gone(Fault::Says(404, "NoSuchBucket"), "init failed", "bucket")]
#[case::expired(Fault::Says(400, "ExpiredToken"), "init failed", "ExpiredToken")]
#[case::clock(
    Fault::Says(403, "RequestTimeTooSkewed"),
    "init failed",
    "RequestTimeTooSkewed"
)]
#[case::not_allowed(Fault::Says(403, "AccessDenied"), "init failed", "StatusCode: 403")]
#[case::line_cut(Fault::Cuts, "init failed", "")]
#[case::no_writes(Fault::SaysToWrites(403, "AccessDenied"), "", "")]
fn a_plan_that_fails_says_why_and_tells_the_same_everywhere(
    #[case] fault: Fault,
    #[case] says: &str,
    #[case] detail: &str,
) {
    let Some((place, cloud)) = in_cloud() else {
        return;
    };
    cloud.has(fault);
    let plan = run(&place, &cloud, "plan --format json");
    let page = plan_agrees(&place, &plan);
    let rows = page["rows"].as_array().unwrap();
    if says.is_empty() {
        assert_eq!(plan.exit, 0, "a plan writes no state: {}", plan.out);
        return;
    }
    assert_eq!(plan.exit, 4, "{}", plan.out);
    for row in rows {
        assert_eq!(row["state"], "failed");
        assert!(row["message"].as_str().unwrap().starts_with(says), "{row}");
        assert!(row.to_string().contains(detail), "{row}");
    }
    cloud.is_well();
    let plan = run(&place, &cloud, "plan --format json");
    assert_eq!(plan.exit, 0, "{}", plan.out);
    plan_agrees(&place, &plan);
}

#[test]
fn a_cloud_that_asks_for_patience_gets_it() {
    let Some((place, cloud)) = in_cloud() else {
        return;
    };
    cloud.has(Fault::SaysTimes(2, 503, "SlowDown"));
    let plan = run(&place, &cloud, "plan --select layer=network --format json");
    assert_eq!(plan.exit, 0, "{}", plan.out);
    plan_agrees(&place, &plan);
    assert_eq!(cloud.state().fault, None, "it was asked again");
}

#[test]
fn a_state_that_somebody_locked_is_left_alone_and_who_it_is_is_said() {
    let Some((place, cloud)) = in_cloud() else {
        return;
    };
    let lock = serde_json::json!({
        "ID": "0d0b1c2a-0000-4000-8000-000000000000", "Operation": "OperationTypeApply", "Who": "somebody@elsewhere",
        "Version": "1.11.4", "Created": "2026-11-26T10:00:00Z", "Path": format!("states/{KEY}"), "Info": "",
    });
    let bytes = lock.to_string().into_bytes();
    let objects = |cloud: &Cloud| cloud.state().objects.clone();
    cloud
        .state()
        .objects
        .insert(format!("{KEY}.tflock"), bytes.clone());
    let plan = run(&place, &cloud, "plan --format json");
    assert_eq!(plan.exit, 4, "{}", plan.out);
    let page = plan_agrees(&place, &plan);
    let row = &page["rows"][0];
    // Without AWS nobody is asked whose lock it is: then Terraform's own words say it.
    let says = if cfg!(feature = "aws") {
        "the lock of its state is held by somebody@elsewhere since 2026-11-26T10:00:00Z, for apply"
    } else {
        "Error acquiring the state lock"
    };
    assert!(row["message"].as_str().unwrap().contains(says), "{row}");
    assert!(row.to_string().contains("somebody@elsewhere"), "{row}");
    assert_eq!(page["rows"][1]["state"], "changes", "the other is planned");
    assert_eq!(objects(&cloud).get(&format!("{KEY}.tflock")), Some(&bytes));
    // What looks needs no lock.
    let drift = run(&place, &cloud, "drift --select layer=network");
    assert_eq!(drift.exit, 0, "{}", drift.err);
    cloud.state().objects.remove(&format!("{KEY}.tflock"));
    let plan = run(&place, &cloud, "plan --format json");
    assert_eq!(plan.exit, 0, "{}", plan.out);
}

/// The line is cut, or the credentials end, after things were made and before that stands in the state.
#[rstest::rstest]
#[case::network_cut(Fault::CutsWrites)]
#[case::credentials_end(Fault::SaysToWrites(400, "ExpiredToken"))]
fn what_was_made_and_not_recorded_is_not_made_again(#[case] fault: Fault) {
    let Some((place, cloud)) = in_cloud() else {
        return;
    };
    let planned = run(&place, &cloud, "plan");
    assert_eq!(planned.exit, 0, "{}", planned.err);
    cloud.has(fault);
    let apply = format!("apply --run {} --format json", run_of(&planned));
    let applied = run(&place, &cloud, &apply);
    assert_eq!(applied.exit, 4, "{}", applied.out);
    let table = apply_agrees(&place, &applied);
    let of = |layer: &str| &table[&format!("v1/111122223333/us-east-1/{layer}/cluster/main")];
    assert_eq!(of("network").0, "failed");
    assert_eq!(of("waf").0, "not begun");
    cloud.is_well();
    // Nothing of it is in the state that is in the bucket, so that a plan would make all of it again.
    for command in ["plan", "drift", "plan --select layer=network"] {
        let again = run(&place, &cloud, command);
        assert_eq!(again.exit, 4, "{command}: {}", again.out);
        assert!(
            again
                .out
                .contains("the last apply could not write its state"),
            "{}",
            again.out
        );
    }
    let directory =
        place.path("out/.csoc/runs/work/v1/111122223333/us-east-1/network/cluster/main");
    let mut push = std::process::Command::new("terraform");
    push.args(["state", "push", "errored.tfstate"])
        .current_dir(&directory)
        .envs([
            ("AWS_ENDPOINT_URL", cloud.address()),
            ("AWS_ACCESS_KEY_ID", "AKIA-BASE"),
            ("AWS_SECRET_ACCESS_KEY", "planted-base"),
        ]);
    let pushed = push.output().unwrap();
    assert!(pushed.status.success(), "{pushed:?}");
    fs_err::remove_file(directory.join("errored.tfstate")).unwrap();
    let clean = run(&place, &cloud, "plan --select layer=network --exit-code");
    assert_eq!(
        (clean.exit, clean.out.contains("clean")),
        (0, true),
        "{}",
        clean.out
    );
}

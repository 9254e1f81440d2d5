//! Plans and applies with a real Terraform and what is built into it: no provider, no cloud.

#![expect(clippy::print_stdout, reason = "a test that is skipped says so")]

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use csoc_operate::{
    Ambient, Approval, Bundle, Choice, Ending, Event, Home, Interrupt, Journal, Limits, OnFailure,
    Operator, Outcome, Phase, Planned, Program, Refused, Stack, StackError, Stacks, Unlocked,
    attach,
};
use jiff::Timestamp;
use serde_json::json;

/// Says that a test is skipped for want of Terraform; it fails where `CSOC_NEED_TERRAFORM` says that there is one.
fn skip_without_terraform() {
    let is_needed = std::env::var_os("CSOC_NEED_TERRAFORM").is_some_and(|said| !said.is_empty());
    assert!(
        !is_needed,
        "CSOC_NEED_TERRAFORM is set, and there is no terraform"
    );
    println!("skipped: there is no terraform");
}

/// A rendered tree with one stack whose state is a file, and everything that runs it.
struct Bench {
    directory: tempfile::TempDir,
    program: Program,
}

impl Bench {
    /// None where there is no Terraform, which is said.
    fn new(main: &str) -> Option<Self> {
        Self::of(&[("waf", &[], main)])
    }

    /// One with several stacks: layer, layers that it needs, and what is in its root.
    fn of(roots: &[(&str, &[&str], &str)]) -> Option<Self> {
        let Ok(program) = Program::find(Path::new("terraform"), &Interrupt::default()) else {
            skip_without_terraform();
            return None;
        };
        let bench = Self {
            directory: tempfile::tempdir().expect("there is room"),
            program,
        };
        let id = |layer: &str| format!("v1/111122223333/us-east-1/{layer}/cluster/main");
        let stack = |(layer, needs, _): &(&str, &[&str], &str)| {
            let needs: Vec<String> = needs.iter().map(|layer| id(layer)).collect();
            json!({
                "id": id(layer), "path": format!("a/{layer}/main"), "object": "clusters.main", "kind": layer,
                "account": "111122223333", "region": "us-east-1", "depends_on": needs, "inputs": [], "status": "ready",
            })
        };
        let listing = json!({ "format": 1, "stacks": roots.iter().map(stack).collect::<Vec<_>>() });
        fs_err::create_dir_all(bench.tree()).expect("it is made");
        fs_err::write(bench.tree().join("stacks.json"), listing.to_string())
            .expect("it is written");
        for (layer, _, main) in roots {
            bench.render(layer, main);
        }
        Some(bench)
    }

    fn tree(&self) -> PathBuf {
        self.directory.path().join("tree/terraform")
    }

    fn render(&self, layer: &str, main: &str) {
        let state = self.directory.path().join(format!("{layer}.tfstate"));
        let backend = format!(
            "terraform {{\n  backend \"local\" {{\n    path = \"{}\"\n  }}\n}}\n",
            state.display()
        );
        let root = self.tree().join(format!("a/{layer}/main"));
        fs_err::create_dir_all(&root).expect("it is made");
        fs_err::write(root.join("terraform.tf"), backend).expect("it is written");
        fs_err::write(root.join("main.tf"), main).expect("it is written");
    }

    /// Lets somebody work on the stack at a time.
    fn at<T>(&self, time: &str, work: impl FnOnce(&Operator<'_>, &Stack) -> T) -> T {
        self.with(&Interrupt::default(), time, work)
    }

    /// The same, and how they are asked to stop.
    fn with<T>(
        &self,
        interrupt: &Interrupt,
        time: &str,
        work: impl FnOnce(&Operator<'_>, &Stack) -> T,
    ) -> T {
        self.from("home", interrupt, time, work)
    }

    /// The same, from a home of that name.
    fn from<T>(
        &self,
        home: &str,
        interrupt: &Interrupt,
        time: &str,
        work: impl FnOnce(&Operator<'_>, &Stack) -> T,
    ) -> T {
        let stacks = Stacks::load(&self.tree()).expect("they are there");
        let home = Home::open(&self.directory.path().join(home)).expect("it opens");
        let time: Timestamp = time.parse().expect("it is a time");
        let clock = move || time;
        let operator = Operator::new(
            &stacks,
            &self.program,
            &home,
            &Ambient,
            interrupt,
            "r1",
            &clock,
        )
        .expect("it opens");
        let stack = stacks.iter().next().expect("there is one");
        work(&operator, stack)
    }

    fn plan(&self) -> Bundle {
        match self.at("2026-11-26T10:00:00Z", |operator, stack| {
            operator.plan(stack, &mut |_| {})
        }) {
            Ok(Planned::Changes(bundle)) => *bundle,
            other => panic!("{other:?}"),
        }
    }

    /// Where the plan of a bundle is.
    fn plan_file(&self, bundle: &Bundle) -> PathBuf {
        let bundles = self.directory.path().join("home/bundles");
        bundles
            .join(bundle.digest().to_string())
            .join("plan.tfplan")
    }

    fn apply(&self, bundle: &Bundle) -> Result<csoc_operate::Applied, StackError> {
        self.at("2026-11-26T11:00:00Z", |operator, stack| {
            operator.apply(stack, bundle, &BTreeSet::new(), &mut |_| {})
        })
    }

    fn phases(&self) -> Vec<Phase> {
        let journal = Journal::verify(&self.directory.path().join("home/journal.jsonl"))
            .expect("it is whole");
        journal
            .into_iter()
            .map(|entry| entry.record.phase)
            .collect()
    }
}

const TWO: &str = "resource \"terraform_data\" \"a\" {\n  input = \"planted\"\n}\nresource \"terraform_data\" \"b\" {\n  input = terraform_data.a.output\n}\noutput \"it\" {\n  value     = terraform_data.b.output\n  sensitive = true\n}\n";

fn refused(result: Result<csoc_operate::Applied, StackError>) -> Vec<Refused> {
    match result {
        Err(StackError::Refused(refused)) => refused,
        other => panic!("{other:?}"),
    }
}

#[test]
fn what_was_planned_is_applied_once_and_then_clean() {
    let Some(bench) = Bench::new(TWO) else { return };
    let bundle = bench.plan();
    assert_eq!(bundle.facts().summary.changes.len(), 2);
    assert_eq!(bundle.facts().state, None);
    let applied = bench.apply(&bundle).expect("it applies");
    assert_eq!((applied.totals.add, applied.totals.remove), (2, 0));
    // It is secret, and of no use any more; what it was of is to be seen, and why it is not applied.
    assert!(!bench.plan_file(&bundle).exists());
    let bundles = bench.directory.path().join("home/bundles");
    let found = Bundle::find(&bundles, &bundle.digest().to_string()).expect("it is there");
    assert_eq!(found, bundle);
    assert!(found.is_used());
    let again = refused(bench.apply(&found));
    assert!(again.contains(&Refused::Used), "{again:?}");
    assert!(!again.contains(&Refused::Spent), "{again:?}");
    let next = bench.at("2026-11-26T11:00:00Z", |operator, stack| {
        operator.plan(stack, &mut |_| {})
    });
    assert_eq!(next.expect("it plans"), Planned::Clean);
    let copy = "home/work/v1/111122223333/us-east-1/waf/cluster/main";
    let copy = bench.directory.path().join(copy);
    assert!(copy.join("main.tf").is_file() && !copy.join("plan.tfplan").exists());
    let phases = bench.phases();
    assert!(
        matches!(
            &phases[..],
            [
                Phase::PlanStarted,
                Phase::Planned { .. },
                Phase::ApplyStarted { .. },
                Phase::ApplyEnded {
                    outcome: Outcome::Done,
                    ..
                },
                Phase::PlanStarted,
                Phase::PlanClean,
            ]
        ),
        "{phases:?}"
    );
}

#[test]
fn a_first_plan_without_a_state_is_not_applied_twice() {
    let Some(bench) = Bench::new(TWO) else { return };
    let (first, second) = (bench.plan(), {
        std::thread::sleep(std::time::Duration::from_millis(20));
        bench.plan()
    });
    bench.apply(&first).expect("it applies");
    // Terraform itself would apply another first plan over the state that there is now.
    if first.digest() != second.digest() {
        assert!(matches!(
            &*refused(bench.apply(&second)),
            [
                Refused::StateMoved {
                    planned: None,
                    found: Some(_)
                },
                Refused::Overtaken(_)
            ]
        ));
    }
}

#[test]
fn a_plan_of_another_root_and_an_old_one_are_refused() {
    let Some(bench) = Bench::new(TWO) else { return };
    let bundle = bench.plan();
    bench.render("waf", "resource \"terraform_data\" \"c\" {\n}\n");
    assert_eq!(refused(bench.apply(&bundle)), [Refused::RootChanged]);
    bench.render("waf", TWO);
    let late = bench.at("2026-11-27T10:00:00Z", |operator, stack| {
        operator.apply(stack, &bundle, &BTreeSet::new(), &mut |_| {})
    });
    assert!(matches!(&*refused(late), [Refused::Expired { .. }]));
    assert!(!bundle.is_used());
    bench.apply(&bundle).expect("it applies");
}

#[test]
fn what_terraform_says_is_the_reason() {
    let Some(bench) = Bench::new("resource \"terraform_data\" \"a\" {\n  inputs = 1\n}\n") else {
        return;
    };
    let failed = bench.at("2026-11-26T10:00:00Z", |operator, stack| {
        operator.plan(stack, &mut |_| {})
    });
    let error = failed.expect_err("it fails");
    assert!(
        error
            .to_string()
            .contains("plan failed: Unsupported argument"),
        "{error}"
    );
    let StackError::Failed { diagnostics, .. } = error else {
        panic!("{error:?}")
    };
    let range = diagnostics[0].range.as_ref().expect("it has a place");
    assert_eq!((&*range.filename, range.start.line), ("main.tf", 2));
}

#[test]
fn an_apply_that_fails_is_recorded_and_the_bundle_is_used() {
    let main = "resource \"terraform_data\" \"a\" {\n  provisioner \"local-exec\" {\n    command = \"exit 3\"\n  }\n}\n";
    let Some(bench) = Bench::new(main) else {
        return;
    };
    let bundle = bench.plan();
    assert!(matches!(
        bench.apply(&bundle),
        Err(StackError::Failed { .. })
    ));
    assert!(matches!(
        bench.phases().last(),
        Some(Phase::ApplyEnded {
            outcome: Outcome::Failed,
            ..
        })
    ));
    assert!(bundle.is_used());
    assert!(!bench.plan_file(&bundle).exists());
}

#[test]
fn a_plan_whose_day_is_over_is_taken_away_by_the_next() {
    let Some(bench) = Bench::new(TWO) else { return };
    let old = bench.plan();
    assert!(bench.plan_file(&old).exists());
    let planned = bench.at("2026-11-27T10:00:00Z", |operator, stack| {
        operator.plan(stack, &mut |_| {})
    });
    let Ok(Planned::Changes(new)) = planned else {
        panic!("{planned:?}")
    };
    assert!(!bench.plan_file(&old).exists() && bench.plan_file(&new).exists());
    let late = bench.at("2026-11-27T10:00:00Z", |operator, stack| {
        operator.apply(stack, &old, &BTreeSet::new(), &mut |_| {})
    });
    assert!(matches!(&*refused(late), [Refused::Expired { .. }]));
}

#[test]
fn a_run_that_is_stopped_ends_what_it_began() {
    let main = "resource \"terraform_data\" \"a\" {\n  provisioner \"local-exec\" {\n    command = \"sleep 2\"\n  }\n}\nresource \"terraform_data\" \"b\" {\n  depends_on = [terraform_data.a]\n}\n";
    let Some(bench) = Bench::new(main) else {
        return;
    };
    let bundle = bench.plan();
    let interrupt = Interrupt::default();
    let stopped = bench.with(&interrupt, "2026-11-26T10:00:00Z", |operator, stack| {
        operator.apply(stack, &bundle, &BTreeSet::new(), &mut |event| {
            if matches!(event, Event::Started(_)) {
                interrupt.stop();
            }
        })
    });
    assert!(
        matches!(stopped, Err(StackError::Stopped(_))),
        "{stopped:?}"
    );
    assert!(matches!(
        bench.phases().last(),
        Some(Phase::ApplyEnded {
            outcome: Outcome::Stopped,
            ..
        })
    ));
}

#[test]
fn a_run_that_nobody_waits_for_comes_to_its_end_and_nobody_works_beside_it() {
    let main = "resource \"terraform_data\" \"a\" {\n  provisioner \"local-exec\" {\n    command = \"sleep 2\"\n  }\n}\nresource \"terraform_data\" \"b\" {\n  depends_on = [terraform_data.a]\n}\n";
    let Some(bench) = Bench::new(main) else {
        return;
    };
    let bundle = bench.plan();
    let interrupt = Interrupt::default();
    let left = bench.with(&interrupt, "2026-11-26T10:00:00Z", |operator, stack| {
        operator.apply(stack, &bundle, &BTreeSet::new(), &mut |event| {
            if matches!(event, Event::Started(_)) {
                interrupt.detach();
            }
        })
    });
    assert!(
        left.as_ref().is_err_and(StackError::is_detached),
        "{left:?}"
    );
    let again = || {
        bench.at("2026-11-26T10:01:00Z", |operator, stack| {
            operator.plan(stack, &mut |_| {})
        })
    };
    assert!(
        matches!(again(), Err(StackError::Held)),
        "Terraform holds the stack"
    );
    assert!(bench.plan_file(&bundle).exists(), "Terraform may read it");
    let planned = loop {
        match again() {
            Err(StackError::Held) => std::thread::sleep(std::time::Duration::from_millis(100)),
            planned => break planned,
        }
    };
    assert!(
        matches!(planned, Ok(Planned::Clean)),
        "all of it was made: {planned:?}"
    );
    assert!(!bench.plan_file(&bundle).exists());
    let phases = bench.phases();
    let unseen = |phase: &Phase| {
        matches!(
            phase,
            Phase::ApplyEnded {
                outcome: Outcome::Interrupted,
                ..
            }
        )
    };
    assert_eq!(
        phases.iter().filter(|phase| unseen(phase)).count(),
        1,
        "{phases:?}"
    );
}

#[test]
fn no_value_is_in_what_is_kept_to_be_shown() {
    let Some(bench) = Bench::new(TWO) else { return };
    let mut said = String::new();
    let bundle = bench.at("2026-11-26T10:00:00Z", |operator, stack| {
        operator
            .plan(stack, &mut |event| said.extend([format!("{event:?}")]))
            .expect("it plans")
    });
    let journal = fs_err::read_to_string(bench.directory.path().join("home/journal.jsonl"))
        .expect("it is text");
    for shown in [said, format!("{bundle:?}"), journal] {
        assert!(!shown.contains("planted"), "{shown}");
    }
}

#[test]
fn many_stacks_are_planned_side_by_side_and_applied_in_order() {
    let fails = "resource \"terraform_data\" \"a\" {\n  provisioner \"local-exec\" {\n    command = \"exit 3\"\n  }\n}\n";
    let roots: [(&str, &[&str], &str); 4] = [
        ("network", &[], TWO),
        ("cluster", &["network"], fails),
        ("waf", &["network"], TWO),
        ("data", &["cluster"], TWO),
    ];
    let Some(bench) = Bench::of(&roots) else {
        return;
    };
    let limits = Limits {
        total: 3.try_into().expect("it is not zero"),
        per_account: 2.try_into().expect("it is not zero"),
    };
    bench.at("2026-11-26T10:00:00Z", |operator, _| {
        let heard = std::sync::Mutex::new(BTreeSet::new());
        let all = "account = 111122223333".parse().expect("it is a selection");
        let all: Vec<&Stack> = operator.stacks.select(&all).collect();
        let listens = |stack: &Stack, _| {
            let mut heard = heard.lock().expect("nobody panics");
            heard.insert(stack.kind.clone());
        };
        let planned = operator.plan_all(&all, limits, OnFailure::Continue, &listens);
        assert_eq!(heard.into_inner().expect("nobody panics").len(), 4);
        let bundles: Vec<Bundle> = planned
            .into_iter()
            .map(|(_, ending)| match ending {
                Ending::Done(Planned::Changes(bundle)) => *bundle,
                other => panic!("{other:?}"),
            })
            .collect();
        let silent = |_: &Stack, _| {};
        let choice = Choice::new(bundles, Approval::Run);
        let applied = operator
            .apply_all(&choice, limits, OnFailure::Continue, &silent)
            .expect("nothing is to be destroyed");
        let shown: Vec<(&str, &str)> = applied
            .iter()
            .map(|(stack, ending)| {
                let how = match ending {
                    Ending::Done(_) => "done",
                    Ending::Failed(StackError::Failed { .. }) => "failed",
                    Ending::Needs(id) if id.as_str().contains("/cluster/cluster/") => {
                        "needs the cluster"
                    }
                    _ => "something else",
                };
                (&*stack.kind, how)
            })
            .collect();
        assert_eq!(
            shown,
            [
                ("network", "done"),
                ("cluster", "failed"),
                ("waf", "done"),
                ("data", "needs the cluster")
            ]
        );
    });
}

/// One whose apply takes two seconds.
const SLOW: &str = "resource \"terraform_data\" \"a\" {\n  provisioner \"local-exec\" {\n    command = \"sleep 2\"\n  }\n}\n";

/// Begins to apply a bundle, and leaves Terraform to itself.
fn left_to_itself(bench: &Bench, bundle: &Bundle) {
    let interrupt = Interrupt::default();
    let left = bench.with(&interrupt, "2026-11-26T10:00:00Z", |operator, stack| {
        operator.apply(stack, bundle, &BTreeSet::new(), &mut |event| {
            if matches!(event, Event::Started(_)) {
                interrupt.detach();
            }
        })
    });
    assert!(
        left.as_ref().is_err_and(StackError::is_detached),
        "{left:?}"
    );
}

/// What lies beside the state of the first stack.
fn beside(bench: &Bench) -> serde_json::Value {
    let path = bench.directory.path().join("waf.tfstate.csoc/head.json");
    let text = fs_err::read_to_string(path).expect("it is there");
    serde_json::from_str(&text).expect("it is JSON")
}

#[test]
fn a_lock_is_not_taken_from_a_terraform_that_another_home_left_to_itself() {
    let Some(bench) = Bench::new(SLOW) else {
        return;
    };
    let bundle = bench.plan();
    left_to_itself(&bench, &bundle);
    let unlock = |id: Option<&str>| {
        bench.from(
            "other",
            &Interrupt::default(),
            "2026-11-26T10:01:00Z",
            |operator, stack| operator.unlock(stack, id, &mut |_| {}),
        )
    };
    let looked_at = unlock(None).expect("it is looked at");
    let Unlocked::Held {
        holder,
        began: Some(began),
    } = looked_at
    else {
        panic!("{looked_at:?}")
    };
    assert_eq!(&*began.record.run, "r1");
    let refused = unlock(Some(&holder.id));
    assert!(
        matches!(&refused, Err(StackError::Busy { run, .. }) if **run == *"r1"),
        "{refused:?}"
    );
    // The end that nobody saw is put beside the state by whoever works on it next from that home.
    let looks = || {
        bench.at("2026-11-26T10:02:00Z", |operator, stack| {
            operator.plan(stack, &mut |_| {})
        })
    };
    let planned = loop {
        match looks() {
            Err(StackError::Held) => std::thread::sleep(std::time::Duration::from_millis(100)),
            planned => break planned,
        }
    };
    assert!(matches!(planned, Ok(Planned::Clean)), "{planned:?}");
    let head = beside(&bench);
    assert_eq!(
        (head["phase"].as_str(), head["outcome"].as_str()),
        (Some("apply-ended"), Some("interrupted")),
        "{head}"
    );
}

#[test]
fn what_was_waited_for_is_recorded_beside_the_state_too() {
    let Some(bench) = Bench::new(SLOW) else {
        return;
    };
    let bundle = bench.plan();
    left_to_itself(&bench, &bundle);
    assert_eq!(beside(&bench)["phase"], "apply-started");
    let home = Home::open(&bench.directory.path().join("home")).expect("it opens");
    let mut journal = Journal::open(&home.journal()).expect("it opens");
    let open = journal.open_apply(&bundle.facts().stack);
    let open = open.expect("it is read").expect("it is open");
    let now: Timestamp = "2026-11-26T10:02:00Z".parse().expect("it is a time");
    let mut notes = Vec::new();
    let end = attach(
        &home,
        &bundle.facts().stack,
        &open,
        "ada",
        &|| now,
        &|| false,
        &mut |event| {
            if let Event::Note { message } = event {
                notes.push(message);
            }
        },
    );
    let end = end.expect("it is followed").expect("nobody stopped it");
    assert_eq!((end.outcome, notes), (Outcome::Done, Vec::new()));
    assert!(!bench.plan_file(&bundle).exists());
    let head = beside(&bench);
    assert_eq!(
        (head["phase"].as_str(), head["outcome"].as_str()),
        (Some("apply-ended"), Some("done")),
        "{head}"
    );
}

/// A Terraform of which one command does something else.
#[cfg(unix)]
fn pretended(bench: &mut Bench, command: &str, does: &str) {
    use std::os::unix::fs::PermissionsExt;
    let path = bench.directory.path().join("terraform");
    let script =
        format!("#!/bin/sh\nif [ \"$1\" = {command} ]; then {does}; fi\nexec terraform \"$@\"\n");
    fs_err::write(&path, script).expect("it is written");
    fs_err::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).expect("it is set");
    bench.program = Program::find(&path, &Interrupt::default()).expect("it answers");
}

#[cfg(unix)]
#[test]
fn a_state_that_cannot_be_read_is_not_taken_for_none() {
    let Some(mut bench) = Bench::new(TWO) else {
        return;
    };
    let bundle = bench.plan();
    assert_eq!(bundle.facts().state, None);
    pretended(&mut bench, "state", "echo '{\"version\": 4, \"ser'; exit 0");
    let applied = bench.apply(&bundle);
    assert!(
        matches!(applied, Err(StackError::Unreadable)),
        "{applied:?}"
    );
    assert!(!bundle.is_used());
    let planned = bench.at("2026-11-26T10:00:00Z", |operator, stack| {
        operator.plan(stack, &mut |_| {})
    });
    assert!(
        matches!(planned, Err(StackError::Unreadable)),
        "{planned:?}"
    );
}

#[test]
fn who_looks_does_not_wait_for_who_works() {
    let Some(bench) = Bench::new(SLOW) else {
        return;
    };
    let bundle = bench.plan();
    left_to_itself(&bench, &bundle);
    let (drift, outputs) = bench.at("2026-11-26T10:01:00Z", |operator, stack| {
        (
            operator.drift(stack, &mut |_| {}),
            operator.outputs(stack, &mut |_| {}),
        )
    });
    assert!(drift.is_ok(), "{drift:?}");
    assert!(outputs.is_ok(), "{outputs:?}");
    let log = "home/logs/v1/111122223333/us-east-1/waf/cluster/main/apply.jsonl";
    let log = fs_err::read_to_string(bench.directory.path().join(log)).expect("it is there");
    assert!(log.contains("apply_start"), "it is written to still: {log}");
    let planned = loop {
        let planned = bench.at("2026-11-26T10:02:00Z", |operator, stack| {
            operator.plan(stack, &mut |_| {})
        });
        match planned {
            Err(StackError::Held) => std::thread::sleep(std::time::Duration::from_millis(100)),
            planned => break planned,
        }
    };
    assert!(matches!(planned, Ok(Planned::Clean)), "{planned:?}");
}

#[test]
fn a_plan_that_cannot_be_marked_is_recorded_as_not_begun() {
    let Some(bench) = Bench::new(TWO) else { return };
    let bundle = bench.plan();
    // It is marked beside the state by then, so that nobody applies it any more.
    let bundles = bench.directory.path().join("home/bundles");
    fs_err::remove_dir_all(bundles.join(bundle.digest().to_string())).expect("it is there");
    let applied = bench.apply(&bundle);
    let error = applied.expect_err("it cannot be marked");
    assert!(
        csoc_operate::with_causes(&error).contains("used` cannot be used: No such file"),
        "{error:?}"
    );
    assert!(matches!(
        bench.phases().last(),
        Some(Phase::ApplyEnded {
            outcome: Outcome::NotBegun,
            ..
        })
    ));
}

#[test]
fn what_a_plan_left_out_was_to_make_is_waited_for() {
    let roots: [(&str, &[&str], &str); 3] = [
        ("network", &[], TWO),
        ("waf", &["network"], TWO),
        ("data", &[], TWO),
    ];
    let Some(bench) = Bench::of(&roots) else {
        return;
    };
    let limits = Limits {
        total: 3.try_into().expect("it is not zero"),
        per_account: 3.try_into().expect("it is not zero"),
    };
    bench.at("2026-11-26T10:00:00Z", |operator, _| {
        let silent = |_: &Stack, _| {};
        let all: Vec<&Stack> = operator.stacks.iter().collect();
        let planned = operator.plan_all(&all, limits, OnFailure::Continue, &silent);
        let mut bundles: Vec<Bundle> = planned
            .into_iter()
            .map(|(_, ending)| match ending {
                Ending::Done(Planned::Changes(bundle)) => *bundle,
                other => panic!("{other:?}"),
            })
            .collect();
        let network = bundles.remove(0);
        let twice = Choice::new(
            vec![bundles[0].clone(), bundles[0].clone()],
            Approval::Bundle,
        );
        let mut choice = Choice::new(bundles, Approval::Run);
        choice.left_out.push(network);
        let applied = operator
            .apply_all(&choice, limits, OnFailure::Continue, &silent)
            .expect("nothing is to be destroyed");
        let [(waf, Ending::Needs(need)), (data, Ending::Done(_))] = &applied[..] else {
            panic!("{applied:?}");
        };
        assert_eq!((&*waf.kind, &*data.kind), ("waf", "data"));
        assert!(need.as_str().contains("/network/"), "{need}");
        // One plan that is named twice is one.
        let again = operator.apply_all(&twice, limits, OnFailure::Continue, &silent);
        assert_eq!(again.expect("it is one plan").len(), 1);
    });
    let approved = bench.phases();
    let approved = approved.iter().filter(|phase| {
        let how = Approval::Run;
        matches!(phase, Phase::Approved { how: said, .. } if *said == how)
    });
    assert_eq!(approved.count(), 2);
}

#[test]
fn plans_that_are_made_together_are_of_one_tree() {
    let roots: [(&str, &[&str], &str); 2] = [("network", &[], TWO), ("waf", &["network"], TWO)];
    let Some(bench) = Bench::of(&roots) else {
        return;
    };
    let one = std::num::NonZeroUsize::MIN;
    let limits = Limits {
        total: one,
        per_account: one,
    };
    bench.at("2026-11-26T10:00:00Z", |operator, _| {
        let all: Vec<&Stack> = operator.stacks.iter().collect();
        // Rendered anew while the first of them is planned.
        let renders = |stack: &Stack, _| {
            if stack.kind == "network" {
                bench.render("waf", "resource \"terraform_data\" \"other\" {}\n");
            }
        };
        let planned = operator.plan_all(&all, limits, OnFailure::Continue, &renders);
        assert!(
            matches!(
                &planned[..],
                [
                    (_, Ending::Done(Planned::Changes(_))),
                    (_, Ending::Failed(StackError::RenderedAnew))
                ]
            ),
            "{planned:?}"
        );
    });
}

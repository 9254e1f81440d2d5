//! Runs with a pretended program: what the holder of a handle sees.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::time::Duration;

use super::{Asked, Ended, Handle, Happened, Standing};
use crate::{
    Ambient, Ending, Home, Interrupt, Limits, OnFailure, PlanPage, Program, RunId, Stacks, Workshop,
};

const LONG: Duration = Duration::from_mins(1);

/// Plans and does nothing else; a plan lasts until it is asked to stop where the root says `slow`.
const PROGRAM: &str = r#"#!/bin/sh
case "$1" in
  version) echo '{"terraform_version":"1.11.4"}' ;;
  init) mkdir -p .terraform; echo '{"backend":{"type":"pretended","config":{}}}' >.terraform/terraform.tfstate ;;
  plan)
    echo '{"type":"planned_change","change":{"resource":{"addr":"terraform_data.a"},"action":"create"}}'
    echo 'planted-secret of a provider'
    if [ -e slow ]; then trap 'exit 1' INT; i=0; while [ $i -lt 600 ]; do sleep 0.1; i=$((i+1)); done; fi ;;
esac
exit 0
"#;

fn shop(directory: &Path, name: &str) -> Workshop {
    let program = directory.join("terraform");
    fs_err::write(&program, PROGRAM).expect("it is written");
    fs_err::set_permissions(&program, std::fs::Permissions::from_mode(0o755)).expect("it is ours");
    let root = directory.join("tree/terraform");
    fs_err::create_dir_all(root.join("one")).expect("there is room");
    fs_err::write(root.join("one").join(name), "").expect("it is written");
    let listing = r#"{"format":1,"stacks":[{"id":"v1/111122223333/us-east-1/waf/cluster/main","path":"one",
        "object":"clusters.main","kind":"waf","account":"111122223333","region":"us-east-1","depends_on":[],"inputs":[],
        "status":"ready"}]}"#;
    fs_err::write(root.join("stacks.json"), listing).expect("it is written");
    let one = std::num::NonZeroUsize::MIN;
    Workshop {
        stacks: Stacks::load(&root).expect("they are read"),
        program: Program::find(&program, &Interrupt::default()).expect("it answers"),
        home: Home::open(&directory.join("home")).expect("it opens"),
        interrupt: Interrupt::default(),
        sessions: Box::new(Ambient),
        run: RunId::new(jiff::Timestamp::now()),
        limits: Limits {
            total: one,
            per_account: one,
        },
        on_failure: OnFailure::Continue,
        lock_timeout: crate::run::LOCK_TIMEOUT,
    }
}

fn plan(shop: Workshop) -> Handle<PlanPage> {
    let stacks = shop.stacks.iter().map(|stack| stack.id.clone()).collect();
    let handle = Handle::start(shop, "plan", stacks, |shop, watch| {
        let operator = shop.operator().expect("the journal opens");
        let stacks = shop.select(&[]).expect("nothing is selected");
        let endings = operator.plan_all(&stacks, shop.limits, shop.on_failure, watch);
        assert!(matches!(endings[0].1, Ending::Done(_) | Ending::Failed(_)));
        PlanPage::new(shop.run.as_str(), &endings)
    });
    handle.expect("there are threads")
}

#[test]
fn a_run_is_waited_for_and_tells_what_happened() {
    let directory = tempfile::tempdir().expect("there is room");
    let handle = plan(shop(directory.path(), "main.tf"));
    let Some(Ended::Done(page)) = handle.wait(LONG) else {
        panic!("it ends");
    };
    assert_eq!(page.headline(), "1 stack: 1 clean");
    assert_eq!(&*page.run, handle.run());
    let progress = handle.progress();
    assert_eq!(progress.count(Standing::Done), 1);
    assert_eq!(
        progress.headline(),
        "plan: 1 of 1 done, 0 failed, 0 running"
    );
    let told = handle.since(0, LONG);
    assert!(told.is_last);
    assert!(matches!(
        told.moments.first().map(|moment| &moment.what),
        Some(Happened::Begun)
    ));
    assert!(matches!(
        told.moments.last().map(|moment| &moment.what),
        Some(Happened::Ended { error: None, .. })
    ));
    assert!(!format!("{told:?}").contains("planted-secret"));
    for moment in &told.moments {
        let text = serde_json::to_string(moment).expect("it is data");
        let again: serde_json::Value = serde_json::from_str(&text).expect("it reads back");
        assert_eq!(again, serde_json::to_value(moment).expect("it is data"));
    }
    assert!(handle.since(told.next, LONG).moments.is_empty());
}

#[test]
fn a_run_is_asked_to_stop_and_then_left_to_itself() {
    let directory = tempfile::tempdir().expect("there is room");
    let handle = plan(shop(directory.path(), "slow"));
    assert!(handle.wait(Duration::ZERO).is_none());
    let mut next = 0;
    loop {
        let told = handle.since(next, LONG);
        next = told.next;
        let is_planned = |moment: &super::Moment| matches!(moment.what, Happened::Said(_));
        if told.moments.iter().any(is_planned) {
            break;
        }
    }
    assert_eq!(handle.progress().count(Standing::Running), 1);
    assert_eq!(handle.cancel(), Asked::Stop);
    assert!(handle.is_stopped());
    let Some(Ended::Done(page)) = handle.wait(LONG) else {
        panic!("it ends");
    };
    assert_eq!(page.headline(), "1 stack: 1 failed");
    assert_eq!(handle.cancel(), Asked::Detach);
}

#[test]
fn a_run_that_breaks_is_not_waited_for_for_ever() {
    let directory = tempfile::tempdir().expect("there is room");
    let shop = shop(directory.path(), "main.tf");
    let handle: Handle<()> = Handle::start(shop, "plan", Vec::new(), |_, _| {
        std::panic::resume_unwind(Box::new(()));
    })
    .expect("there are threads");
    assert!(matches!(handle.wait(LONG), Some(Ended::Broken)));
}

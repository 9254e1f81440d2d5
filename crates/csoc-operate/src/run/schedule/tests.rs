//! Order, limits and failures, for stacks of any shape.

use std::collections::{BTreeMap, BTreeSet};
use std::num::NonZeroUsize;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use proptest::prelude::*;
use serde_json::json;

use super::{Ending, Limits, OnFailure, schedule};
use crate::stack::{Stack, StackId};

fn stack(number: usize, account: usize) -> Stack {
    let id = format!("v1/{account:012}/global/layer/account/{number}");
    serde_json::from_value(json!({
        "id": id, "path": format!("a/{number}"), "object": "accounts.a", "kind": "layer", "account": format!("{account:012}"),
        "region": null, "depends_on": [], "inputs": [], "status": "ready",
    }))
    .expect("it is a stack")
}

fn limits(total: usize, per_account: usize) -> Limits {
    let of = |count| NonZeroUsize::new(count).expect("it is one at least");
    Limits {
        total: of(total),
        per_account: of(per_account),
    }
}

/// What each needs, by number, as references.
fn needs<'s>(
    stacks: &'s [Stack],
    edges: &[Vec<usize>],
) -> BTreeMap<&'s StackId, BTreeSet<&'s StackId>> {
    let of = |(at, stack): (usize, &'s Stack)| {
        (
            &stack.id,
            edges[at].iter().map(|need| &stacks[*need].id).collect(),
        )
    };
    stacks.iter().enumerate().map(of).collect()
}

/// Accounts and needs of stacks: each needs some of those before it.
fn shapes() -> impl Strategy<Value = Vec<(usize, Vec<usize>, bool)>> {
    proptest::collection::vec(
        (
            0..3_usize,
            proptest::collection::vec(any::<prop::sample::Index>(), 0..4),
            any::<bool>(),
        ),
        1..20,
    )
    .prop_map(|all| {
        all.into_iter()
            .enumerate()
            .map(|(at, (account, needs, fails))| {
                let needs = needs
                    .into_iter()
                    .filter(|_| at > 0)
                    .map(|index| index.index(at.max(1)));
                (account, needs.collect(), fails)
            })
            .collect()
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]

    #[test]
    fn order_limits_and_failures_hold(shapes in shapes(), total in 1..5_usize, per_account in 1..3_usize, stops in any::<bool>()) {
        let stacks: Vec<Stack> = shapes.iter().enumerate().map(|(at, (account, ..))| stack(at, *account)).collect();
        let chosen: Vec<&Stack> = stacks.iter().collect();
        let edges: Vec<Vec<usize>> = shapes.iter().map(|(_, needs, _)| needs.clone()).collect();
        let needs = needs(&stacks, &edges);
        let running: Mutex<(Vec<usize>, BTreeSet<usize>, bool)> = Mutex::new((Vec::new(), BTreeSet::new(), true));
        let number = |stack: &Stack| stacks.iter().position(|other| other.id == stack.id).expect("it is one of them");
        let on_failure = if stops { OnFailure::Stop } else { OnFailure::Continue };
        let endings = schedule(&chosen, &needs, limits(total, per_account), on_failure, &|| false, &|_| true, |stack| {
            let at = number(stack);
            {
                let mut all = running.lock().unwrap();
                all.0.push(at);
                let alike = all.0.iter().filter(|other| stacks[**other].account == stack.account).count();
                let is_right = all.0.len() <= total && alike <= per_account && edges[at].iter().all(|need| all.1.contains(need));
                all.2 &= is_right;
            }
            std::thread::sleep(Duration::from_micros(50));
            let mut all = running.lock().unwrap();
            all.0.retain(|other| *other != at);
            if shapes[at].2 {
                return Err(at);
            }
            all.1.insert(at);
            Ok(at)
        });
        let all = running.into_inner().unwrap();
        prop_assert!(all.2, "a limit or an order was broken");
        for (at, ending) in endings.iter().enumerate() {
            match ending {
                Ending::Done(found) => prop_assert!(*found == at && !shapes[at].2),
                Ending::Failed(found) => prop_assert!(*found == at && shapes[at].2),
                Ending::Needs(id) => {
                    let need = stacks.iter().position(|stack| stack.id == *id).unwrap();
                    prop_assert!(edges[at].contains(&need));
                    prop_assert!(matches!(endings[need], Ending::Failed(_) | Ending::Needs(_)));
                }
                Ending::Stopped => prop_assert!(stops && endings.iter().any(|ending| matches!(ending, Ending::Failed(_)))),
            }
        }
    }
}

#[test]
fn nothing_begins_once_somebody_stopped_it() {
    let stacks: Vec<Stack> = (0..6).map(|at| stack(at, 1)).collect();
    let chosen: Vec<&Stack> = stacks.iter().collect();
    let edges = vec![Vec::new(); 6];
    let is_stopped = AtomicBool::new(false);
    let endings = schedule(
        &chosen,
        &needs(&stacks, &edges),
        limits(1, 1),
        OnFailure::Continue,
        &|| is_stopped.load(Ordering::SeqCst),
        &|()| true,
        |stack| {
            is_stopped.store(stack.id == stacks[1].id, Ordering::SeqCst);
            Ok::<_, ()>(())
        },
    );
    assert_eq!(endings[..2], [Ending::Done(()), Ending::Done(())]);
    assert!(endings[2..].iter().all(|ending| *ending == Ending::Stopped));
}

#[test]
fn no_stack_is_no_run() {
    let endings = schedule(
        &[],
        &BTreeMap::new(),
        limits(4, 1),
        OnFailure::Stop,
        &|| false,
        &|()| true,
        |_| Ok::<(), ()>(()),
    );
    assert_eq!(endings, []);
}

#[test]
fn a_panic_is_seen_and_keeps_nobody_waiting() {
    let stacks: Vec<Stack> = (0..4).map(|number| stack(number, 0)).collect();
    let all: Vec<&Stack> = stacks.iter().collect();
    // Each needs the one before, so that all other threads wait for the one that panics.
    let needs = needs(&stacks, &[vec![], vec![0], vec![1], vec![2]]);
    let run = || {
        schedule(
            &all,
            &needs,
            limits(4, 4),
            OnFailure::Continue,
            &|| false,
            &|()| true,
            |_| -> Result<(), ()> { panic!("planted") },
        )
    };
    assert!(std::panic::catch_unwind(std::panic::AssertUnwindSafe(run)).is_err());
}

#[test]
fn what_is_no_failure_stops_nothing() {
    let stacks: Vec<Stack> = (0..3).map(|number| stack(number, 0)).collect();
    let all: Vec<&Stack> = stacks.iter().collect();
    let run = |is_failure: &(dyn Fn(&bool) -> bool + Sync)| {
        let needs = BTreeMap::new();
        let work = |_: &Stack| Err::<(), _>(true);
        schedule(
            &all,
            &needs,
            limits(1, 1),
            OnFailure::Stop,
            &|| false,
            is_failure,
            work,
        )
    };
    assert_eq!(run(&|_| false), vec![Ending::Failed(true); 3]);
    let stopped = [Ending::Failed(true), Ending::Stopped, Ending::Stopped];
    assert_eq!(run(&|failed| *failed), stopped);
}

//! One bundle once, and nobody overtaken unseen: wherever the state is.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use proptest::prelude::*;

use super::file::Files;
use super::{Claim, FORMAT, Head, Ledger, LedgerError, Mark, Store, Version};
use crate::digest::Digest;
use crate::run::Home;

/// A store in memory, on which something may be wrong.
#[derive(Clone, Default)]
struct Memory {
    things: Arc<Mutex<BTreeMap<String, Vec<u8>>>>,
    /// Whether it forgets conditions.
    heedless: bool,
    /// Of so many writes that it does, it tells that they were not done: the answer was lost, and the next try met them.
    lost: Arc<AtomicUsize>,
}

impl Store for Memory {
    fn place(&self) -> String {
        "memory".to_owned()
    }

    fn read(&self, name: &str) -> Result<Option<(Vec<u8>, Version)>, LedgerError> {
        let things = self.things.lock().expect("nobody panics");
        Ok(things
            .get(name)
            .map(|bytes| (bytes.clone(), Version(Digest::of(bytes).to_string().into()))))
    }

    fn put(
        &self,
        name: &str,
        bytes: &[u8],
        from: Option<&Version>,
    ) -> Result<Option<Version>, LedgerError> {
        let mut things = self.things.lock().expect("nobody panics");
        let version = |bytes: &[u8]| Version(Digest::of(bytes).to_string().into());
        let found = things.get(name).map(|bytes| version(bytes));
        if found.as_ref() != from && !self.heedless {
            return Ok(None);
        }
        things.insert(name.to_owned(), bytes.to_vec());
        let lost = self
            .lost
            .fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| {
                left.checked_sub(1)
            });
        Ok(lost.is_err().then(|| version(bytes)))
    }

    fn lock(&self) -> Result<Option<Vec<u8>>, LedgerError> {
        Ok(None)
    }
}

fn mark(bundle: &str, run: &str) -> Mark {
    let at = "2026-11-26T10:34:36Z".parse().expect("it is a time");
    Mark::new(Digest::of(bundle.as_bytes()), at, run, "ada".into())
}

fn head(line: &str) -> Head {
    let record = r#"{"at": "2026-11-26T10:34:36Z", "run": "r1", "actor": "ada", "stack": "v1/111122223333/us-east-1/waf/cluster/main", "phase": "apply-started", "bundle": "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"}"#;
    let record = serde_json::from_str(record).expect("it is one");
    let home = Home::at(std::path::Path::new("/runs")).expect("it is a path");
    Head::new(Digest::of(line.as_bytes()), record, &home)
}

/// Gives a test two ledgers of one place, as two machines have them, for each kind of place.
fn everywhere(test: impl Fn(&Ledger, &Ledger)) {
    let memory = Memory::default();
    test(&Ledger::new(memory.clone()), &Ledger::new(memory));
    let directory = tempfile::tempdir().expect("there is room");
    let state = directory.path().join("x.tfstate");
    let files = || Ledger::new(Files::beside(&state));
    test(&files(), &files());
    #[cfg(feature = "aws")]
    {
        let bucket = super::pretended::Bucket::new();
        test(&bucket.ledger(), &bucket.ledger());
    }
}

#[test]
fn exactly_one_of_many_gets_a_bundle() {
    everywhere(|one, other| {
        let runs: Vec<String> = (0..8).map(|run| format!("r{run}")).collect();
        let given = std::thread::scope(|scope| {
            let claim = |run: &'_ str, number: usize| {
                let ledger = if number.is_multiple_of(2) { one } else { other };
                ledger.claim(&mark("a", run)).expect("it answers")
            };
            let threads: Vec<_> = runs
                .iter()
                .enumerate()
                .map(|(number, run)| scope.spawn(move || claim(run, number)))
                .collect();
            threads
                .into_iter()
                .map(|thread| thread.join().expect("it ends"))
                .filter(|claim| *claim == Claim::Given)
                .count()
        });
        assert_eq!(given, 1);
        let Claim::Taken(Some(by)) = other.claim(&mark("a", "late")).expect("it answers") else {
            panic!("it is given twice");
        };
        assert!(runs.contains(&by.run.to_string()), "{by:?}");
        assert_eq!(
            one.claim(&mark("b", "late")).expect("it answers"),
            Claim::Given
        );
    });
}

#[test]
fn a_head_is_replaced_by_who_read_it_and_nobody_else() {
    everywhere(|one, other| {
        assert_eq!(one.head().expect("it answers"), None);
        let first = one.advance(None, &head("1")).expect("it answers");
        assert!(first.is_some());
        assert_eq!(other.advance(None, &head("2")).expect("it answers"), None);
        let (found, version) = other.head().expect("it answers").expect("it is there");
        assert_eq!(found, head("1"));
        let second = other
            .advance(Some(&version), &head("2"))
            .expect("it answers");
        assert!(second.is_some());
        // As if it had not seen that.
        let late = one.advance(first.as_ref(), &head("3"));
        assert_eq!(late.expect("it answers"), None);
        let (found, _) = one.head().expect("it answers").expect("it is there");
        assert_eq!(found, head("2"));
        assert_eq!(one.holder().expect("it answers"), None);
    });
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    #[test]
    fn two_machines_in_any_order_are_as_one_after_the_other(steps in prop::collection::vec((0..2_usize, 0..3_usize, 0..3_usize), 1..24)) {
        everywhere(|one, other| {
            let machines = [one, other];
            let mut used: BTreeMap<usize, String> = BTreeMap::new();
            let mut last: Option<String> = None;
            let mut seen: [Option<(String, Version)>; 2] = [None, None];
            for (number, (machine, what, bundle)) in steps.iter().enumerate() {
                let ledger = machines[*machine];
                match what {
                    0 => {
                        let run = format!("r{number}");
                        let claim = ledger.claim(&mark(&bundle.to_string(), &run)).expect("it answers");
                        match used.get(bundle) {
                            None => {
                                assert_eq!(claim, Claim::Given);
                                used.insert(*bundle, run);
                            }
                            Some(by) => assert!(matches!(claim, Claim::Taken(Some(mark)) if *mark.run == **by)),
                        }
                    }
                    1 => {
                        let found = ledger.head().expect("it answers");
                        assert_eq!(found.as_ref().map(|(head, _)| head.entry), last.as_ref().map(|line| Digest::of(line.as_bytes())));
                        seen[*machine] = found.zip(last.clone()).map(|((_, version), line)| (line, version));
                    }
                    _ => {
                        let line = format!("line {number}");
                        let from = seen[*machine].clone();
                        let is_last = from.as_ref().map(|(line, _)| line) == last.as_ref();
                        let version = from.as_ref().map(|(_, version)| version);
                        let advanced = ledger.advance(version, &head(&line)).expect("it answers");
                        assert_eq!(advanced.is_some(), is_last);
                        if let Some(version) = advanced {
                            last = Some(line.clone());
                            seen[*machine] = Some((line, version));
                        }
                    }
                }
            }
        });
    }
}

#[test]
fn a_write_whose_answer_was_lost_is_ours() {
    let memory = Memory::default();
    let ledger = Ledger::new(memory.clone());
    memory.lost.store(1, Ordering::SeqCst);
    assert_eq!(
        ledger.claim(&mark("a", "r1")).expect("it answers"),
        Claim::Given
    );
    memory.lost.store(1, Ordering::SeqCst);
    let version = ledger.advance(None, &head("1")).expect("it answers");
    assert!(version.is_some());
}

#[test]
fn a_place_that_heeds_no_condition_is_refused() {
    let memory = Memory {
        heedless: true,
        ..Memory::default()
    };
    let error = Ledger::new(memory)
        .claim(&mark("a", "r1"))
        .expect_err("two would get it");
    assert!(matches!(error, LedgerError::Heedless { .. }), "{error:?}");
}

#[test]
fn what_is_no_head_is_said_and_its_content_is_not() {
    let memory = Memory::default();
    let ledger = Ledger::new(memory.clone());
    memory
        .put("head.json", b"planted", None)
        .expect("it is written");
    let error = ledger.head().expect_err("it is none").to_string();
    assert_eq!(error, "`memory/head.json` is not what csoc writes there");
    let mut newer = head("1");
    newer.format = FORMAT + 1;
    let text = serde_json::to_vec(&newer).expect("it is JSON");
    let memory = Memory::default();
    memory.put("head.json", &text, None).expect("it is written");
    let error = Ledger::new(memory).head().expect_err("it is newer");
    assert!(
        matches!(error, LedgerError::Newer { found: 2, .. }),
        "{error:?}"
    );
    // A mark counts whatever stands in it: a crash may have cut it off.
    let memory = Memory::default();
    let name = super::name(Digest::of(b"a"));
    memory.put(&name, b"", None).expect("it is written");
    let claim = Ledger::new(memory).claim(&mark("a", "r1"));
    assert_eq!(claim.expect("it answers"), Claim::Taken(None));
}

#[test]
fn what_stands_beside_a_state_is_stable() {
    let directory = tempfile::tempdir().expect("there is room");
    let state = directory.path().join("x.tfstate");
    let ledger = Ledger::new(Files::beside(&state));
    let bundle = Digest::of(b"a");
    ledger.claim(&mark("a", "r1")).expect("it answers");
    ledger.advance(None, &head("1")).expect("it answers");
    let read = |name: &str| {
        let path = directory.path().join("x.tfstate.csoc").join(name);
        let text = fs_err::read(path).expect("it is there");
        serde_json::from_slice::<serde_json::Value>(&text).expect("it is JSON")
    };
    let mark = read(&format!("used/{bundle}.json"));
    let names = |value: &serde_json::Value| {
        let names = value.as_object().expect("it is one").keys();
        let mut names: Vec<String> = names.cloned().collect();
        names.sort();
        names.join(" ")
    };
    assert_eq!(names(&mark), "actor at bundle format machine process run");
    assert_eq!(
        names(&read("head.json")),
        "actor at bundle entry format home machine phase process run stack"
    );
}

#[cfg(unix)]
#[test]
fn what_a_killed_terraform_left_holds_nothing() {
    let directory = tempfile::tempdir().expect("there is room");
    let state = directory.path().join("x.tfstate");
    let ledger = Ledger::new(Files::beside(&state));
    assert_eq!(ledger.holder().expect("it answers"), None);
    fs_err::write(&state, "").expect("it is written");
    let info = directory.path().join(".x.tfstate.lock.info");
    fs_err::write(info, r#"{"ID": "7", "Who": "ada@hub"}"#).expect("it is written");
    assert_eq!(ledger.holder().expect("it answers"), None);
}

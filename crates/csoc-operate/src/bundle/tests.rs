//! A bundle is whole, private, and used once.

use std::path::Path;

use super::{Bundle, BundleError, Facts, Now, Refused, StateMark};
use crate::beside::Head;
use crate::digest::Digest;
use crate::plan::PlanSummary;

const PLAN: &[u8] = b"PK planted secret";

fn facts() -> Facts {
    let summary = br#"{"format_version": "1.2", "terraform_version": "1.11.4"}"#;
    Facts {
        aim: crate::Aim::Change,
        format: 0,
        stack: "v1/111122223333/us-east-1/waf/cluster/main"
            .parse()
            .expect("it is one"),
        root: Digest::of(b"root"),
        plan: Digest::of(b""),
        lock: Digest::of(b""),
        program: serde_json::from_str(r#"{"flavor": "terraform", "number": "1.11.4"}"#)
            .expect("it is one"),
        state: Some(StateMark {
            lineage: "a".into(),
            serial: 7,
        }),
        head: None,
        run: "r1".into(),
        actor: "ada".into(),
        created: "2026-11-26T10:00:00Z".parse().expect("it is a time"),
        expires: "2026-11-26T12:00:00Z".parse().expect("it is a time"),
        summary: PlanSummary::read(summary).expect("it is a plan"),
    }
}

/// What another machine did to the stack.
fn head() -> Head {
    let head = r#"{"format": 1, "entry": "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "machine": "hub", "process": 7, "at": "2026-11-26T11:00:00Z", "run": "r9", "actor": "eve", "stack": "v1/111122223333/us-east-1/waf/cluster/main", "phase": "apply-ended", "bundle": "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb", "outcome": "done"}"#;
    serde_json::from_str(head).expect("it is one")
}

fn written(all: &Path) -> Bundle {
    Bundle::write(all, facts(), PLAN, b"# locked").expect("it is written")
}

#[test]
fn what_was_written_is_found_by_its_first_digits() {
    let all = tempfile::tempdir().expect("there is room");
    let bundle = written(all.path());
    let name = bundle.digest().to_string();
    assert_eq!(
        Bundle::find(all.path(), &name[..12]).expect("it is there"),
        bundle
    );
    assert_eq!(fs_err::read(bundle.plan()).expect("it is there"), PLAN);
    for wrong in [&name[..11], "000000000000", ""] {
        assert!(
            matches!(
                Bundle::find(all.path(), wrong),
                Err(BundleError::NotOne { count: 0, .. })
            ),
            "{wrong}"
        );
    }
    assert_eq!(written(all.path()), bundle);
}

#[cfg(unix)]
#[test]
fn only_its_owner_reads_it() {
    use std::os::unix::fs::PermissionsExt;
    let all = tempfile::tempdir().expect("there is room");
    let bundle = written(all.path());
    let mode = |path: &Path| {
        fs_err::metadata(path)
            .expect("it is there")
            .permissions()
            .mode()
            & 0o777
    };
    assert_eq!(mode(&bundle.plan()), 0o600);
    assert_eq!(mode(bundle.plan().parent().expect("it has one")), 0o700);
}

#[test]
fn nothing_in_it_can_be_changed() {
    let all = tempfile::tempdir().expect("there is room");
    let bundle = written(all.path());
    let directory = bundle.plan().parent().expect("it has one").to_owned();
    let changed = || matches!(Bundle::open(&directory), Err(BundleError::Changed { .. }));
    fs_err::write(bundle.plan(), b"PK other").expect("it is written");
    assert!(changed());
    fs_err::write(bundle.plan(), PLAN).expect("it is written");
    assert!(!changed());
    let file = directory.join("bundle.json");
    let text = fs_err::read_to_string(&file).expect("it is text");
    fs_err::write(&file, text.replace("2026-11-26T12", "2036-11-26T12")).expect("it is written");
    assert!(changed());
    fs_err::write(&file, text.replacen("\"format\": 1", "\"format\": 2", 1))
        .expect("it is written");
    assert!(matches!(
        Bundle::open(&directory),
        Err(BundleError::Newer { found: 2, .. })
    ));
    fs_err::remove_file(&file).expect("it was there");
    assert!(changed());
}

#[test]
fn exactly_one_of_many_may_use_it() {
    let all = tempfile::tempdir().expect("there is room");
    let bundle = written(all.path());
    let claims: Vec<bool> = std::thread::scope(|scope| {
        let claim = |run: &'static str| {
            scope.spawn({
                let bundle = &bundle;
                move || bundle.claim(run).expect("it can be written")
            })
        };
        let threads: Vec<_> = ["a", "b", "c", "d", "e", "f"]
            .into_iter()
            .map(claim)
            .collect();
        threads
            .into_iter()
            .map(|thread| thread.join().expect("it ends"))
            .collect()
    });
    assert_eq!(claims.iter().filter(|claimed| **claimed).count(), 1);
    assert!(bundle.is_used());
}

#[test]
fn every_reason_is_told() {
    let all = tempfile::tempdir().expect("there is room");
    let bundle = written(all.path());
    let facts = bundle.facts().clone();
    let now = Now {
        at: facts.created,
        root: facts.root,
        program: &facts.program,
        state: facts.state.as_ref(),
        head: None,
    };
    assert_eq!(bundle.refused(&now), []);
    bundle.claim("r2").expect("it can be written");
    let other =
        serde_json::from_str(r#"{"flavor": "tofu", "number": "1.11.1"}"#).expect("it is one");
    let head = head();
    let later = Now {
        at: facts.expires,
        root: Digest::of(b"other"),
        program: &other,
        state: None,
        head: Some(&head),
    };
    let refused = bundle.refused(&later);
    assert_eq!(refused.len(), 6, "{refused:?}");
    assert_eq!(refused[0], Refused::Used);
    let said: Vec<String> = refused.iter().map(ToString::to_string).collect();
    assert!(
        said[1].contains("until 2026-11-26T12:00:00Z")
            && said[3].contains("Terraform 1.11.4 planned it, and OpenTofu 1.11.1"),
        "{said:?}"
    );
    assert!(
        said[4].contains("was version 7 when it was planned, and is nothing now"),
        "{said:?}"
    );
    assert!(
        said[5].contains("by eve on the machine hub, in the run r9, since it was planned"),
        "{said:?}"
    );
    let moved = StateMark {
        lineage: "b".into(),
        serial: 7,
    };
    let now = Now {
        state: Some(&moved),
        at: facts.created,
        root: facts.root,
        program: &facts.program,
        head: None,
    };
    assert!(
        bundle
            .refused(&now)
            .iter()
            .any(|refused| matches!(refused, Refused::StateMoved { .. }))
    );
}

#[test]
fn nothing_of_the_plan_is_in_what_is_shown() {
    let all = tempfile::tempdir().expect("there is room");
    let bundle = written(all.path());
    let shown = format!(
        "{bundle:?} {}",
        serde_json::to_string(bundle.facts()).expect("it is JSON")
    );
    assert!(!shown.contains("planted"), "{shown}");
}

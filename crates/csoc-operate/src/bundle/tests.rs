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
    // It says which providers apply the plan.
    let lock = fs_err::read(bundle.lock()).expect("it is there");
    fs_err::write(bundle.lock(), b"# anything").expect("it is written");
    assert!(changed());
    fs_err::remove_file(bundle.lock()).expect("it was there");
    assert!(changed());
    fs_err::write(bundle.lock(), lock).expect("it is written");
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
fn a_bundle_whose_plan_was_taken_away_says_what_it_was_of_and_is_refused() {
    let all = tempfile::tempdir().expect("there is room");
    let bundle = written(all.path());
    let facts = bundle.facts().clone();
    let refused = |at| {
        let name = bundle.digest().to_string();
        let found = Bundle::find(all.path(), &name).expect("it is no other one");
        assert_eq!(found, bundle);
        found.refused_here(at, facts.root, &facts.program)
    };
    for _ in 0..2 {
        Bundle::spend(all.path(), bundle.digest()).expect("it can be taken away");
        assert!(!bundle.plan().exists());
    }
    assert_eq!(refused(facts.created), [Refused::Spent]);
    let expired = facts.expires;
    assert_eq!(refused(expired), [Refused::Expired { expired }]);
    bundle.claim("r2").expect("it can be written");
    assert_eq!(refused(facts.created), [Refused::Used]);
    // Brought again, it is not made anew.
    assert_eq!(written(all.path()), bundle);
    assert!(!bundle.plan().exists());
    let names = fs_err::read_dir(all.path()).expect("it is there");
    let staged = names
        .map(|entry| entry.expect("it is one").file_name())
        .filter(|name| name.len() > 64)
        .count();
    assert_eq!(staged, 0);
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

/// A file with two plans, and where it is.
fn packed(all: &Path) -> (std::path::PathBuf, [Bundle; 2]) {
    let other = Facts {
        stack: "v1/111122223333/us-east-1/network/cluster/main"
            .parse()
            .expect("it is one"),
        ..facts()
    };
    let other = Bundle::write(all, other, b"PK other", b"").expect("it is written");
    let bundles = [written(all), other];
    let file = all.join("plans.tar");
    Bundle::pack(&file, &[&bundles[0], &bundles[1]]).expect("it is written");
    (file, bundles)
}

#[test]
fn plans_come_out_of_a_file_as_they_went_in() {
    let (here, there) = (
        tempfile::tempdir().expect("there is room"),
        tempfile::tempdir().expect("there is room"),
    );
    let (file, bundles) = packed(here.path());
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let metadata = fs_err::metadata(&file).expect("it is there");
        assert_eq!(metadata.permissions().mode() & 0o777, 0o600);
    }
    let again = Bundle::pack(&file, &[]);
    assert!(matches!(again, Err(BundleError::Exists { .. })));
    let peeked = Bundle::peek(&file).expect("it is one");
    let digests: Vec<Digest> = peeked.iter().map(|(digest, _)| *digest).collect();
    assert_eq!(digests, bundles.each_ref().map(Bundle::digest));
    // Once more than once: what is there already is left as it is.
    for _ in 0..2 {
        let brought = Bundle::unpack(&file, there.path()).expect("they are whole");
        for (brought, bundle) in brought.iter().zip(&bundles) {
            assert_eq!(
                (brought.digest(), brought.facts()),
                (bundle.digest(), bundle.facts())
            );
            let plan = fs_err::read(brought.plan()).expect("it is there");
            assert_eq!(plan, fs_err::read(bundle.plan()).expect("it is there"));
        }
        brought[0].claim("r2").expect("it can be written");
        assert!(brought[0].is_used());
    }
    let empty = here.path().join("empty.tar");
    Bundle::pack(&empty, &[]).expect("it is written");
    assert_eq!(Bundle::peek(&empty).expect("it is one"), []);
}

#[test]
fn a_file_in_which_anything_was_changed_brings_nothing() {
    let (here, there) = (
        tempfile::tempdir().expect("there is room"),
        tempfile::tempdir().expect("there is room"),
    );
    let (file, _) = packed(here.path());
    let bytes = fs_err::read(&file).expect("it is there");
    let refused = |bytes: &[u8]| {
        let changed = here.path().join("changed.tar");
        fs_err::write(&changed, bytes).expect("it is written");
        let brought = Bundle::unpack(&changed, there.path());
        let nothing = fs_err::read_dir(there.path()).expect("it is there").count() == 0;
        nothing
            && matches!(
                brought,
                Err(BundleError::NoPlans { .. } | BundleError::Io { .. })
            )
    };
    // Cut off anywhere, also where a plan begins.
    for length in (0..bytes.len() - 1024).step_by(512) {
        assert!(refused(&bytes[..length]), "{length}");
    }
    let at = |what: &[u8]| {
        let mut windows = bytes.windows(what.len());
        windows
            .position(|window| window == what)
            .expect("it is there")
    };
    for what in [
        &b"planted secret"[..],
        b"PK other",
        b"# locked",
        b"\"ada\"",
        b"plans.json",
    ] {
        let mut changed = bytes.clone();
        changed[at(what)] ^= 1;
        assert!(refused(&changed), "{}", String::from_utf8_lossy(what));
    }
    for other in [&b"PK\x03\x04"[..], b"{}", &[0; 2048], &[b'a'; 4096]] {
        assert!(refused(other));
    }
    // What another program packed in another way, or with something besides.
    for kind in [tar::EntryType::Symlink, tar::EntryType::Regular] {
        let mut archive = tar::Builder::new(Vec::new());
        let mut header = tar::Header::new_ustar();
        header.set_entry_type(kind);
        header.set_path("plans.json").expect("it is a path");
        header.set_size(5 << 20);
        header.set_cksum();
        let spaces = std::io::Read::take(std::io::repeat(b' '), 5 << 20);
        archive.append(&header, spaces).expect("it is written");
        assert!(refused(&archive.into_inner().expect("it is written")));
    }
    let directory = Bundle::peek(here.path());
    assert!(matches!(directory, Err(BundleError::Io { .. })));
}

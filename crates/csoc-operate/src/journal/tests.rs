//! The chain holds over crashes and writers, and shows what was changed.

use std::io::Write;
use std::path::{Path, PathBuf};

use proptest::prelude::*;

use super::anchor::Anchor;
use super::{Approval, Journal, JournalError, Outcome, Phase, Record};
use crate::digest::Digest;

fn record(run: &str, phase: Phase) -> Record {
    Record {
        at: "2026-11-26T10:34:36Z".parse().expect("it is a time"),
        run: run.into(),
        actor: "arn:aws:sts::111122223333:assumed-role/csoc-controller/ada".into(),
        stack: "v1/111122223333/us-east-1/waf/cluster/main"
            .parse()
            .expect("it is one"),
        phase,
    }
}

fn phases() -> [Phase; 4] {
    let bundle = Digest::of(b"bundle");
    [
        Phase::PlanStarted,
        Phase::Planned {
            bundle,
            changes: vec![(crate::plan::Action::Create, 3)],
        },
        Phase::ApplyStarted { bundle },
        Phase::ApplyEnded {
            bundle,
            outcome: Outcome::Done,
        },
    ]
}

fn written() -> (tempfile::TempDir, PathBuf) {
    let directory = tempfile::tempdir().expect("there is room");
    let path = directory.path().join("journal");
    let mut journal = Journal::open(&path).expect("it opens");
    for phase in phases() {
        journal.append(record("r1", phase)).expect("it is written");
    }
    (directory, path)
}

fn broken(path: &Path) -> (u64, &'static str) {
    match Journal::verify(path) {
        Err(JournalError::Broken { broken, .. }) => (broken.line, broken.problem),
        other => panic!("{other:?}"),
    }
}

#[test]
fn several_lines_are_written_at_once_as_one_after_the_other_is() {
    let (directory, path) = written();
    let others = directory.path().join("others");
    let mut journal = Journal::open(&others).expect("it opens");
    let records = phases().map(|phase| record("r1", phase)).to_vec();
    journal.append_all(records).expect("they are written");
    journal.append_all(Vec::new()).expect("nothing is");
    let read = |path: &Path| fs_err::read(path).expect("it is there");
    assert_eq!(read(&others), read(&path));
    assert_eq!(
        read(&others.with_extension("head")),
        read(&path.with_extension("head"))
    );
    // How somebody accepted a plan is read whatever it is.
    let bundle = Digest::of(b"bundle");
    let newer = r#"{"phase": "approved", "bundle": "BUNDLE", "how": "by-a-star"}"#;
    let newer = newer.replace("BUNDLE", &bundle.to_string());
    let newer: Phase = serde_json::from_str(&newer).expect("it is read");
    let how = Approval::Other;
    assert_eq!(newer, Phase::Approved { bundle, how });
}

#[test]
fn what_was_written_reads_back_in_order() {
    let (_directory, path) = written();
    let entries = Journal::verify(&path).expect("it is whole");
    assert_eq!(
        entries.iter().map(|entry| entry.number).collect::<Vec<_>>(),
        [1, 2, 3, 4]
    );
    assert_eq!(
        entries
            .into_iter()
            .map(|entry| entry.record.phase)
            .collect::<Vec<_>>(),
        phases()
    );
    let text = fs_err::read_to_string(&path).expect("it is text");
    let first = text.lines().next().expect("there is one");
    assert_eq!(
        first,
        r#"{"format":1,"number":1,"previous":null,"at":"2026-11-26T10:34:36Z","run":"r1","actor":"arn:aws:sts::111122223333:assumed-role/csoc-controller/ada","stack":"v1/111122223333/us-east-1/waf/cluster/main","phase":"plan-started"}"#
    );
}

#[cfg(unix)]
#[test]
fn only_its_owner_reads_it() {
    use std::os::unix::fs::PermissionsExt;
    let (_directory, path) = written();
    let mode = fs_err::metadata(&path)
        .expect("it is there")
        .permissions()
        .mode();
    assert_eq!(mode & 0o777, 0o600);
}

#[test]
fn a_line_that_is_changed_taken_out_or_moved_is_seen() {
    let (_directory, path) = written();
    let text = fs_err::read_to_string(&path).expect("it is text");
    let lines: Vec<&str> = text.lines().collect();
    let swap = |lines: &[&str]| {
        fs_err::write(&path, lines.join("\n") + "\n").expect("it is written");
        broken(&path)
    };
    let changed = lines[1].replace("create", "import");
    assert_eq!(swap(&[lines[0], &changed, lines[2], lines[3]]).0, 3);
    assert_eq!(swap(&[lines[0], lines[2], lines[3]]).0, 2);
    assert_eq!(swap(&[lines[1], lines[0], lines[2]]).0, 1);
    assert_eq!(swap(&[lines[0], lines[0], lines[1]]).0, 2);
    assert_eq!(
        swap(&[lines[0], "{\"made\": \"up\"}", lines[1]]).1,
        "is not what was written behind a line that a crash cut off"
    );
    let newer = lines[0].replace("\"format\":1", "\"format\":9");
    assert_eq!(swap(&[&newer]).1, "is of a newer format: take a newer csoc");
}

#[test]
fn last_lines_that_are_changed_or_taken_out_are_seen() {
    let (_directory, path) = written();
    let text = fs_err::read_to_string(&path).expect("it is text");
    let lines: Vec<&str> = text.split_inclusive('\n').collect();
    let last = lines[3].replace("\"done\"", "\"failed\"");
    let missing = "is missing: there were more lines, as is said beside the journal";
    for (kept, last, seen) in [
        (3, "", (4, missing)),
        (0, "", (1, missing)),
        (3, "garbage\n", (4, missing)),
        (
            3,
            &*last,
            (
                4,
                "is not the one that was written, as is said beside the journal",
            ),
        ),
    ] {
        fs_err::write(&path, lines[..kept].concat() + last).expect("it is written");
        assert_eq!(broken(&path), seen);
        assert!(matches!(
            Journal::open(&path),
            Err(JournalError::Broken { .. })
        ));
    }
    fs_err::remove_file(&path).expect("it was there");
    assert_eq!(broken(&path), (1, missing));
    assert!(matches!(
        Journal::open(&path),
        Err(JournalError::Broken { .. })
    ));
    let none = path.with_file_name("none");
    assert_eq!(Journal::verify(&none).expect("there never was one"), []);
}

#[test]
fn what_is_beside_a_journal_is_needed_and_may_be_one_line_behind() {
    let (_directory, path) = written();
    let beside = path.with_extension("head");
    let now = fs_err::read_to_string(&beside).expect("it is there");
    for wrong in ["", "4", "four lines", "4 short"] {
        fs_err::write(&beside, wrong).expect("it is written");
        assert!(broken(&path).1.ends_with("is no head"), "{wrong}");
    }
    fs_err::remove_file(&beside).expect("it was there");
    assert!(broken(&path).1.starts_with("has nothing beside"));

    fs_err::write(&beside, now).expect("it is written");
    let mut journal = Journal::open(&path).expect("it opens");
    let before = fs_err::read_to_string(&beside).expect("it is there");
    journal
        .append(record("r2", Phase::PlanStarted))
        .expect("it is written");
    // As if it had been killed before it said so.
    fs_err::write(&beside, before).expect("it is written");
    assert_eq!(Journal::verify(&path).expect("it is whole").len(), 5);
    Journal::open(&path)
        .expect("it opens")
        .append(record("r2", Phase::PlanStarted))
        .expect("it is written");
    assert_eq!(Journal::verify(&path).expect("it is whole").len(), 6);
}

#[test]
fn several_writers_make_one_chain() {
    let (_directory, path) = written();
    std::thread::scope(|scope| {
        for run in ["a", "b", "c"] {
            let path = &path;
            scope.spawn(move || {
                let mut journal = Journal::open(path).expect("it opens");
                for _ in 0..20 {
                    journal
                        .append(record(run, Phase::PlanStarted))
                        .expect("it is written");
                }
            });
        }
    });
    assert_eq!(Journal::verify(&path).expect("it is whole").len(), 64);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn a_crash_within_a_line_loses_only_that_line(cut in 1..400_usize) {
        let (_directory, path) = written();
        let text = fs_err::read(&path).expect("it is there");
        let last = text[..text.len() - 1].iter().rposition(|byte| *byte == b'\n').expect("there are several") + 1;
        let cut = (last + cut).min(text.len() - 1);
        fs_err::write(&path, &text[..cut]).expect("it is written");
        // What is beside it is written once the line is on disk.
        let third = text[..last - 1].rsplit(|byte| *byte == b'\n').next().expect("there is one");
        Anchor::write(&path, 3, Digest::of(third)).expect("it is written");
        let before = Journal::verify(&path).expect("what was written is whole").len();
        // Cut right before the end of its line, the entry is there.
        let is_whole = cut == text.len() - 1;
        prop_assert_eq!(before, 3 + usize::from(is_whole));
        let mut journal = Journal::open(&path).expect("it opens");
        journal.append(record("r2", Phase::PlanStarted)).expect("it is written");
        journal.append(record("r2", Phase::PlanStarted)).expect("it is written");
        let entries = Journal::verify(&path).expect("it is whole");
        prop_assert_eq!(entries.len(), before + 2);
        prop_assert_eq!(entries[before].torn, (!is_whole).then(|| Digest::of(&text[last..cut])));
    }
}

#[test]
fn nothing_is_added_behind_a_broken_chain() {
    let (_directory, path) = written();
    let text = fs_err::read_to_string(&path)
        .expect("it is text")
        .replacen("r1", "r9", 1);
    fs_err::write(&path, text).expect("it is written");
    assert!(matches!(
        Journal::open(&path),
        Err(JournalError::Broken { .. })
    ));
    let mut file = fs_err::OpenOptions::new()
        .append(true)
        .open(&path)
        .expect("it opens");
    file.write_all(b"more").expect("it is written");
    assert_eq!(broken(&path).0, 2);
}

//! What is not written at all.

use std::error::Error as _;
use std::os::unix::fs::symlink;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::*;

fn refused(job: &Job, place: &Place) -> WriteError {
    job.run(&place.root, Disk::default()).unwrap_err()
}

#[rstest::rstest]
#[case("../x")]
#[case("/etc/x")]
#[case("a/../../x")]
#[case(".csoc/index")]
#[case("a/.terraform/x")]
#[case("manifest.json")]
fn paths_that_lead_elsewhere(#[case] path: &'static str) {
    let place = Place::new();
    let error = refused(&Job::of([("a.tf", "a"), (path, "x")]), &place);
    assert!(
        matches!(&error, WriteError::Path { path: named, .. } if named == path),
        "{error}"
    );
    assert!(!place.root.exists() && !place.root.parent().unwrap().exists());
}

#[test]
fn listed_paths_that_lead_elsewhere() {
    let place = Place::new();
    place.put("manifest.json", &format!(
        r#"{{"format":1,"files":{{"../victim":{{"sha256":"{}","object":"prod","backend":"helm","state":"ready"}}}}}}"#,
        Digest::of(b"v"),
    ));
    fs::write(place.root.join("../victim"), "v").unwrap();
    let error = refused(&Job::of([]), &place);
    assert!(
        error.source().unwrap().to_string().contains("`../victim`"),
        "{error}"
    );
    assert!(place.root.join("../victim").exists());
}

#[test]
fn one_path_twice() {
    let place = Place::new();
    for order in [["one", "two"], ["two", "one"]] {
        let writer = Writer::open(&place.root, Options::default(), &never).unwrap();
        for key in order {
            let mut unit = Job::of([("a/x", key)]).units().remove(0);
            unit.key = UnitKey::new(key);
            writer.add(unit).unwrap();
        }
        let error = writer.finish(&Ownership::default()).unwrap_err();
        assert_eq!(
            error.to_string(),
            "`a/x` is rendered twice, by `one` and by `two`"
        );
        assert!(!place.root.exists());
    }
}

#[test]
fn a_file_that_must_be_a_directory() {
    let place = Place::new();
    let job = Job::of([("a", "1"), ("a-b", "1"), ("a/c", "1")]);
    for before in 0..2 {
        let error = refused(&job, &place);
        assert_eq!(
            error.to_string(),
            "`a` is rendered as a file, and `a/c` needs it to be a directory"
        );
        assert_eq!(place.tree().len(), before * 3);
        place.render(&Job::of([("a", "1"), ("b", "1")]));
    }
}

#[test]
fn linked_directories_are_not_followed() {
    let place = Place::new();
    let outside = place.root.join("../outside");
    fs::create_dir_all(&outside).unwrap();
    place.render(&Job::of([("a/b.tf", "1"), ("c.tf", "1")]));
    fs::rename(place.root.join("a"), outside.join("a")).unwrap();
    symlink(outside.join("a"), place.root.join("a")).unwrap();
    let error = refused(&Job::of([("a/b.tf", "2"), ("c.tf", "2")]), &place);
    assert!(
        matches!(&error, WriteError::Symlink { path } if path.ends_with("a")),
        "{error}"
    );
    assert_eq!(fs::read_to_string(outside.join("a/b.tf")).unwrap(), "1");
    assert_eq!(place.text("c.tf").unwrap(), "1");
    let report = place.render(&Job::of([("c.tf", "2")]));
    assert_eq!(
        report.kept,
        [Kept {
            path: "a/b.tf".into(),
            reason: Reason::Obstructed
        }]
    );
    assert!(outside.join("a/b.tf").exists());
}

#[test]
fn linked_files_are_kept_and_their_targets_never_written() {
    let place = Place::new();
    place.put("../target", "t");
    fs::create_dir_all(&place.root).unwrap();
    symlink("../target", place.root.join("a.tf")).unwrap();
    let job = Job::of([("a.tf", "1")]);
    assert_eq!(
        place.render(&job).kept,
        [Kept {
            path: "a.tf".into(),
            reason: Reason::Obstructed
        }]
    );
    assert_eq!(names(&place.render(&job.force("a.tf")).changed), ["a.tf"]);
    assert_eq!(place.text("../target").unwrap(), "t");
    assert_eq!(place.text("a.tf").unwrap(), "1");
}

#[rstest::rstest]
#[case(".csoc")]
#[case(".csoc/lock")]
#[case("manifest.json")]
#[case(".csoc/pending.json")]
fn links_in_place_of_our_own(#[case] own: &str) {
    let place = Place::new();
    place.put("../target/keep", "t");
    fs::create_dir_all(place.root.join(own).parent().unwrap()).unwrap();
    symlink(place.root.join("../target"), place.root.join(own)).unwrap();
    let error = refused(&Job::of([("a.tf", "1")]), &place);
    assert!(matches!(error, WriteError::Symlink { .. }), "{error}");
    assert_eq!(
        fs::read_dir(place.root.join("../target")).unwrap().count(),
        1
    );
}

#[test]
fn a_root_that_is_a_file() {
    let place = Place::new();
    fs::create_dir_all(place.root.parent().unwrap()).unwrap();
    fs::write(&place.root, "file").unwrap();
    for job in [Job::of([("a", "1")]), Job::of([("a", "1")]).compare()] {
        let error = refused(&job, &place);
        assert!(
            matches!(&error, WriteError::NotADirectory { path } if *path == place.root),
            "{error}"
        );
    }
}

#[test]
fn a_root_that_cannot_be_written() {
    // `/proc` takes no directory from anyone, root included.
    let error = Writer::open("/proc/csoc/out".into(), Options::default(), &never).unwrap_err();
    assert!(
        error.to_string().starts_with("failed to write `/proc/csoc"),
        "{error}"
    );
}

#[test]
fn a_second_writer() {
    let place = Place::new();
    let job = Job::of([("a", "1")]);
    let first = Writer::open(&place.root, Options::default(), &never).unwrap();
    let error = refused(&job, &place);
    assert!(
        error
            .to_string()
            .ends_with(&format!("is locked by process {}", std::process::id())),
        "{error}"
    );
    assert!(
        job.clone()
            .compare()
            .run(&place.root, Disk::default())
            .is_ok()
    );
    drop(first);
    place.render(&job);
}

#[test]
fn a_second_writer_that_waits() {
    // One that writes, and one that comes to nothing and takes the directory away again.
    for is_written in [true, false] {
        let place = Place::new();
        let first = Writer::open(&place.root, Options::default(), &never).unwrap();
        let (first, asked) = (Mutex::new(Some(first)), AtomicUsize::new(0));
        let waits = |lock: &Utf8Path, holder: &str| {
            assert_eq!(lock, place.root.join(".csoc/lock"));
            assert_eq!(holder, format!("process {}", std::process::id()));
            if asked.fetch_add(1, Ordering::SeqCst) == 2 {
                let first = first.lock().unwrap().take().unwrap();
                if is_written {
                    first.add(Job::of([("a", "1")]).units().remove(0)).unwrap();
                    first.finish(&Ownership::default()).unwrap();
                } else {
                    drop(first);
                }
            }
            true
        };
        let second = Writer::open(&place.root, Options::default(), &waits).unwrap();
        assert_eq!(asked.load(Ordering::SeqCst), 3);
        // What the first wrote while it was waited for is known to the second.
        second.add(Job::of([("a", "1")]).units().remove(0)).unwrap();
        let report = second.finish(&Ownership::default()).unwrap();
        assert_eq!(
            (report.added.len(), report.unchanged.len()),
            (usize::from(!is_written), usize::from(is_written))
        );
    }
}

#[test]
fn newer_formats() {
    let place = Place::new();
    for path in ["manifest.json", ".csoc/pending.json"] {
        place.put(
            path,
            r#"{"format":2,"versions":{"csoc":"0.7.0"},"files":[]}"#,
        );
        let error = refused(&Job::of([("a", "1")]), &place);
        assert!(
            matches!(
                error,
                WriteError::Format {
                    found: 2,
                    known: 1,
                    ..
                }
            ),
            "{error}"
        );
        fs::remove_file(place.root.join(path)).unwrap();
    }
    place.put(".csoc/index", "csoc index 2\nwhatever");
    place.render(&Job::of([("a", "1")]));
}

#[test]
fn a_writer_that_is_dropped_leaves_what_was_there() {
    let place = Place::new();
    let add = |job: &Job| {
        let writer = Writer::open(&place.root, Options::default(), &never).unwrap();
        job.units()
            .into_iter()
            .for_each(|unit| writer.add(unit).unwrap());
    };
    add(&Job::of([("a/b", "1")]));
    assert!(!place.root.parent().unwrap().exists());
    place.render(&Job::of([("a/b", "1")]));
    let before = place.tree();
    add(&Job::of([("a/b", "2"), ("c", "2")]));
    assert_eq!(place.tree(), before);
    assert!(!place.root.join(".csoc/stage").exists());
}

//! A render that is stopped at each of its steps, and the render after it.

use std::process::Command;

use super::super::fault::{Fault, Kind};
use super::*;

/// A tree, and the next one: changes, additions, whole new directories, removals, a file that becomes a directory.
fn jobs() -> (Job, Job) {
    let old = Job::of([
        ("README.md", "old readme"),
        ("a/main.tf", "old main"),
        ("a/same.tf", "same"),
        ("b/gone/x.tf", "gone"),
        ("c", "a file"),
        ("d/waits.tf", "old"),
    ]);
    let new = Job::of([
        ("README.md", "new readme, and longer"),
        ("a/main.tf", "new main"),
        ("a/same.tf", "same"),
        ("a/new/deep/y.tf", "y"),
        ("a/new/z.tf", "z"),
        ("c/now/a.tf", "directory"),
        ("e/f/g.tf", "g"),
    ])
    .withhold("d/waits.tf");
    (old, new)
}

/// Asserts that each file is old or new, whole, and that the next render ends right.
fn check_and_go_on(
    place: &Place,
    old: &BTreeMap<String, String>,
    job: &Job,
    new: &BTreeMap<String, String>,
) {
    for (path, text) in place.tree() {
        if path != "manifest.json" {
            let is_whole = [old, new].iter().any(|tree| tree.get(&path) == Some(&text));
            assert!(is_whole, "{path} is neither old nor new: {text}");
        }
    }
    let told = job
        .clone()
        .compare()
        .run(&place.root, Disk::default())
        .unwrap();
    let report = place.render(job);
    assert_eq!(told, report);
    assert_eq!(report.kept, []);
    assert_eq!(place.tree(), *new);
}

fn one_thread<T: Send>(work: impl FnOnce() -> T + Send) -> T {
    rayon::ThreadPoolBuilder::new()
        .num_threads(1)
        .build()
        .unwrap()
        .install(work)
}

fn goal(jobs: &[&Job]) -> BTreeMap<String, String> {
    let place = Place::new();
    for job in jobs {
        place.render(job);
    }
    place.tree()
}

#[test]
fn stopped_at_every_step() {
    let (first, second) = jobs();
    let new = goal(&[&first, &second]);
    for at in 0.. {
        let place = Place::new();
        place.render(&first);
        let old = place.tree();
        let fault = Fault::new(Kind::Stop, at);
        let stopped = one_thread(|| second.run(&place.root, Disk::faulty(&fault)));
        if !fault.struck() {
            assert!(at > 30 && stopped.is_ok());
            break;
        }
        check_and_go_on(&place, &old, &second, &new);
    }
}

#[test]
fn stopped_at_every_step_in_a_fresh_root() {
    let job = jobs().0;
    let new = goal(&[&job]);
    for at in 0.. {
        let place = Place::new();
        let fault = Fault::new(Kind::Stop, at);
        let _ = one_thread(|| job.run(&place.root, Disk::faulty(&fault)));
        if !fault.struck() {
            break;
        }
        check_and_go_on(&place, &BTreeMap::new(), &job, &new);
    }
}

#[test]
fn stopped_while_recovering() {
    let (first, second) = jobs();
    let new = goal(&[&first, &second]);
    let place = Place::new();
    place.render(&first);
    let old = place.tree();
    for at in (0..60).rev() {
        let _ = second.run(
            &place.root,
            Disk::faulty(&Fault::new(Kind::Stop, at % 7 + at / 2)),
        );
        let _ = first.run(&place.root, Disk::faulty(&Fault::new(Kind::Stop, at)));
    }
    check_and_go_on(&place, &old, &second, &new);
}

#[test]
fn a_disk_that_fills_up() {
    let (first, second) = jobs();
    let new = goal(&[&first, &second]);
    for at in 0.. {
        let place = Place::new();
        place.render(&first);
        let old = place.tree();
        let fault = Fault::new(Kind::Full, at);
        let result = one_thread(|| second.run(&place.root, Disk::faulty(&fault)));
        if !fault.struck() {
            break;
        }
        if !place.root.join(".csoc/pending.json").exists() && result.is_err() {
            assert_eq!(place.tree(), old, "the old tree is whole");
        }
        assert!(!place.root.join(".csoc/stage").exists());
        check_and_go_on(&place, &old, &second, &new);
    }
}

const STEP: &str = "CSOC_TEST_ABORT_AT";
const ROOT: &str = "CSOC_TEST_ROOT";

/// What the process to be killed runs; without its environment, nothing.
#[test]
fn child() {
    let (Ok(step), Ok(root)) = (std::env::var(STEP), std::env::var(ROOT)) else {
        return;
    };
    let _ = jobs().1.run(
        root.as_str().into(),
        Disk::faulty(&Fault::new(Kind::Abort, step.parse().unwrap())),
    );
}

#[test]
fn a_process_that_is_killed() {
    let (first, second) = jobs();
    let new = goal(&[&first, &second]);
    for step in (1..40).step_by(4) {
        let place = Place::new();
        place.render(&first);
        let old = place.tree();
        Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "write::tests::kill::child", "--test-threads=1"])
            .env(STEP, step.to_string())
            .env(ROOT, &place.root)
            .output()
            .unwrap();
        check_and_go_on(&place, &old, &second, &new);
    }
}

/// With the rights for it, a real disk that is too small.
#[test]
#[cfg(target_os = "linux")]
fn a_real_disk_that_fills_up() {
    let place = Place::new();
    fs::create_dir_all(&place.root).unwrap();
    let mount = |program: &str, arguments: &[&str]| {
        Command::new(program)
            .args(arguments)
            .arg(&place.root)
            .output()
            .is_ok_and(|output| output.status.success())
    };
    if !mount("mount", &["-t", "tmpfs", "-o", "size=256k", "csoc"]) {
        eprintln!("skipped: mounting a small file system is not permitted");
        return;
    }
    let small = Job::of([("a/1", "one"), ("b", "two")]);
    place.render(&small);
    let old = place.tree();
    let error = Job::of([("a/1", "three"), ("b", &"x".repeat(1 << 20))])
        .run(&place.root, Disk::default())
        .unwrap_err();
    let tree = place.tree();
    let stage = place.root.join(".csoc/stage").exists();
    assert!(mount("umount", &[]));
    assert!(error.to_string().starts_with("failed to write"), "{error}");
    assert_eq!(tree, old);
    assert!(!stage);
}

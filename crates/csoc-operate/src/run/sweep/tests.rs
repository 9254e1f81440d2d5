//! What nobody applies any more goes, and what somebody may still read or write stays.

use std::path::{Path, PathBuf};

use jiff::Timestamp;

use super::{Home, StackId};
use crate::bundle::{Bundle, Facts};
use crate::digest::Digest;
use crate::plan::{Aim, PlanSummary};

/// Until when the plans of these tests may be applied.
const EXPIRES: &str = "2026-11-26T12:00:00Z";

fn time(text: &str) -> Timestamp {
    text.parse().expect("it is a time")
}

fn stack() -> StackId {
    "v1/111122223333/us-east-1/waf/cluster/main"
        .parse()
        .expect("it is one")
}

fn facts() -> Facts {
    let summary = br#"{"format_version": "1.2", "terraform_version": "1.11.4"}"#;
    Facts {
        format: 0,
        aim: Aim::Change,
        stack: stack(),
        root: Digest::of(b"root"),
        plan: Digest::of(b""),
        lock: Digest::of(b""),
        program: serde_json::from_str(r#"{"flavor": "terraform", "number": "1.11.4"}"#)
            .expect("it is one"),
        state: None,
        head: None,
        run: "r1".into(),
        actor: "ada".into(),
        created: time("2026-11-26T10:00:00Z"),
        expires: time(EXPIRES),
        summary: PlanSummary::read(summary).expect("it is a plan"),
    }
}

/// A home with a bundle in it.
struct Bench {
    directory: tempfile::TempDir,
    home: Home,
    bundle: Bundle,
}

impl Bench {
    fn new() -> Self {
        let directory = tempfile::tempdir().expect("there is room");
        let home = Home::open(&directory.path().join("home")).expect("it opens");
        let bundle = Bundle::write(&home.bundles(), facts(), b"PK planted", b"# locked")
            .expect("it is written");
        Self {
            directory,
            home,
            bundle,
        }
    }

    fn sweep(&self, now: &str) {
        let swept = self.home.sweep(time(now), &|_| true);
        swept.expect("nothing is in its way");
    }

    fn early(&self) {
        self.sweep("2026-11-26T11:00:00Z");
    }

    fn late(&self) {
        self.sweep(EXPIRES);
    }

    fn has_plan(&self) -> bool {
        self.bundle.plan().exists()
    }

    /// The same bundle, as it is found by its name.
    fn found(&self) -> Bundle {
        let name = self.bundle.digest().to_string();
        Bundle::find(&self.home.bundles(), &name).expect("it is whole")
    }

    /// A plan that was left in a working copy.
    fn left(&self) -> PathBuf {
        let copy = self.home.workspaces().join(stack().as_str());
        fs_err::create_dir_all(&copy).expect("it is made");
        let plan = copy.join("plan.tfplan");
        fs_err::write(&plan, "PK planted").expect("it is written");
        fs_err::write(copy.join("main.tf"), "").expect("it is written");
        plan
    }

    /// A bundle that nobody wrote to its end.
    fn unwritten(&self) -> PathBuf {
        let name = format!(".{}", Digest::of(b"unwritten"));
        let staged = self.home.bundles().join(name);
        fs_err::create_dir(&staged).expect("it is made");
        fs_err::write(staged.join("plan.tfplan"), "PK planted").expect("it is written");
        staged
    }
}

#[test]
fn a_plan_that_can_be_applied_stays_until_its_day_is_over() {
    let bench = Bench::new();
    bench.early();
    assert!(bench.has_plan());
    bench.late();
    assert!(!bench.has_plan());
    assert_eq!(bench.found(), bench.bundle, "what it was a plan of stays");
}

#[test]
fn a_plan_that_was_used_goes_unless_somebody_works_on_its_stack() {
    let bench = Bench::new();
    assert!(bench.bundle.claim("r2").expect("it can be written"));
    let held = bench.home.hold(&stack()).expect("it can be asked");
    bench.early();
    bench.late();
    assert!(bench.has_plan(), "what holds the stack may read it");
    drop(held);
    let log = bench.home.log_of_apply(&stack());
    fs_err::create_dir_all(log.parent().expect("it has one")).expect("it is made");
    let job = log.with_extension("job");
    let left = r#"{"namespace": "csoc", "job": "csoc-a"}"#;
    fs_err::write(&job, left).expect("it is written");
    bench.early();
    assert!(bench.has_plan(), "a Job holds no lock of ours");
    fs_err::remove_file(job).expect("it is there");
    let asked = bench.home.sweep(time(EXPIRES), &|copy| {
        assert!(copy.ends_with(stack().as_str()));
        false
    });
    asked.expect("nothing is in its way");
    assert!(bench.has_plan(), "a container works in its copy");
    bench.early();
    assert!(!bench.has_plan());
    assert!(bench.found().is_used());
}

#[test]
fn a_bundle_that_nobody_writes_any_more_goes_and_one_that_is_written_stays() {
    let bench = Bench::new();
    let staged = bench.unwritten();
    let written = fs_err::File::open(bench.home.bundles().join(".writing")).expect("it is there");
    written.file().lock_shared().expect("others write, too");
    bench.early();
    assert!(staged.join("plan.tfplan").exists(), "somebody writes it");
    drop(written);
    bench.early();
    assert!(!staged.exists());
    assert!(bench.has_plan());
}

#[test]
fn a_plan_that_was_left_in_a_working_copy_goes_unless_the_stack_is_held() {
    let bench = Bench::new();
    let plan = bench.left();
    let held = bench.home.hold(&stack()).expect("it can be asked");
    bench.early();
    assert!(plan.exists());
    drop(held);
    bench.early();
    assert!(!plan.exists());
    assert!(plan.with_file_name("main.tf").exists());
}

#[cfg(unix)]
#[test]
fn nothing_is_followed_out_of_the_home() {
    use std::os::unix::fs::symlink;
    let bench = Bench::new();
    let plan = bench.left();
    let staged = bench.unwritten();
    let outside = bench.directory.path().join("outside");
    fs_err::create_dir(&outside).expect("it is made");
    let link = |inside: &Path, name: &str| {
        let moved = outside.join(name);
        fs_err::rename(inside, &moved).expect("it is moved");
        symlink(&moved, inside).expect("it is made");
        moved.join("plan.tfplan")
    };
    let bundle = bench.bundle.plan();
    let moved = [
        link(bundle.parent().expect("it has one"), "bundle"),
        link(plan.parent().expect("it has one"), "copy"),
        link(&staged, "staged"),
    ];
    bench.late();
    for plan in &moved {
        assert!(plan.exists(), "{}", plan.display());
    }
    fs_err::remove_file(bench.home.workspaces().join(stack().as_str())).expect("it is a link");
    let file = bench.left();
    let secret = outside.join("secret");
    fs_err::rename(&file, &secret).expect("it is moved");
    symlink(&secret, &file).expect("it is made");
    bench.late();
    assert!(secret.exists());
}

#[test]
fn what_cannot_be_taken_away_keeps_nothing_else() {
    let bench = Bench::new();
    let plan = bench.left();
    assert!(bench.bundle.claim("r2").expect("it can be written"));
    // No stack is held whose lock is a directory.
    let other = StackId::clone(
        &"v1/111122223333/us-east-1/dns/cluster/main"
            .parse()
            .expect("it is one"),
    );
    let held = bench
        .directory
        .path()
        .join("home/locks")
        .join(other.as_str().replace('/', "~"));
    fs_err::create_dir(held).expect("it is made");
    let copy = bench.home.workspaces().join(other.as_str());
    fs_err::create_dir_all(&copy).expect("it is made");
    fs_err::write(copy.join("plan.tfplan"), "PK planted").expect("it is written");
    let swept = bench.home.sweep(time("2026-11-26T11:00:00Z"), &|_| true);
    assert!(swept.is_err(), "it is told");
    assert!(!bench.has_plan() && !plan.exists());
    assert!(copy.join("plan.tfplan").exists());
}

//! What becomes of files whose object went away, and of a directory that somebody else holds.

use std::sync::Arc;

use camino::Utf8PathBuf;

use super::RenderOptions;
use crate::catalog::{AddOptions, Catalogs};
use crate::context::{Context, StopSign, Stopped, Watch};
use crate::fleet::Fleet;
use crate::render::{RenderError, Rendering};
use crate::source::SourceSet;

const FLEET: &str = include_str!("../../../../examples/quickstart/fleet.yaml");

const SECOND: &str = "
      test:
        cluster: demo
        hostname: test.example.org
        tier: test
        release: \"2026.07\"
";

struct Output {
    directory: tempfile::TempDir,
}

impl Output {
    fn new() -> Self {
        Self {
            directory: tempfile::tempdir().unwrap(),
        }
    }

    fn path(&self) -> Utf8PathBuf {
        Utf8PathBuf::from_path_buf(self.directory.path().join("out")).unwrap()
    }

    fn render(&self, fleet: &str, change: impl Fn(&mut RenderOptions)) -> Rendering {
        let set: SourceSet = [("fleet.yaml", fleet.as_bytes())].into_iter().collect();
        let fleet = Fleet::from_sources(set, &Context::default()).unwrap();
        let mut options = RenderOptions::into_directory(self.path());
        change(&mut options);
        fleet.render(&options, &Context::default()).unwrap()
    }

    fn files(&self) -> usize {
        fn count(path: &std::path::Path) -> usize {
            fs_err::read_dir(path)
                .unwrap()
                .map(|entry| {
                    let path = entry.unwrap().path();
                    if path.is_dir() { count(&path) } else { 1 }
                })
                .sum()
        }
        count(self.path().as_std_path())
    }
}

fn codes(rendering: &Rendering) -> Vec<&str> {
    rendering
        .report
        .failures()
        .map(|found| found.code.as_str())
        .collect()
}

#[test]
fn nothing_goes_because_an_object_went_away() {
    let output = Output::new();
    let both = format!("{}{}", FLEET.trim_end(), SECOND.trim_end());
    assert!(output.render(&both, |_| ()).written);
    let before = output.files();
    let without = output.render(FLEET, |_| ());
    assert!(!without.written);
    let codes = codes(&without);
    assert!(!codes.is_empty() && codes.iter().all(|code| *code == "object-vanished"));
    assert_eq!(output.files(), before);
}

#[test]
fn what_is_retired_goes() {
    let output = Output::new();
    let both = format!("{}{}", FLEET.trim_end(), SECOND.trim_end());
    assert!(output.render(&both, |_| ()).written);
    let retired = format!("{both}\n        lifecycle: retired\n");
    let partial = output.render(&retired, |options| {
        options.compile.only = vec!["accounts.*".to_owned()];
    });
    assert_eq!((partial.written, partial.removed.len()), (true, 0));
    let whole = output.render(&retired, |_| ());
    assert!(whole.written);
    assert!(whole.removed.len() > 10);
    let is_of_it = |path: &Utf8PathBuf| path.as_str().contains("/test");
    assert!(whole.removed.iter().all(is_of_it), "{:?}", whole.removed);
}

/// A provider that has one resource and nothing else.
const BARE_PROVIDER: &str = r#"{"format_version":"1.0","provider_schemas":{"registry.terraform.io/hashicorp/aws":{
  "provider":{"block":{}},
  "resource_schemas":{"aws_s3_bucket":{"version":0,"block":{"attributes":{"bucket":{"type":"string","required":true}}}}}}}}"#;

#[test]
fn a_runbook_is_there_while_its_environment_waits() {
    let output = Output::new();
    output.render(
        include_str!("../../../../tests/fleets/blue-green/fleet.yaml"),
        |options| options.compile.allow_pending = true,
    );
    let place = output.path().join("gitops/east/lakes.example.org-green");
    assert!(place.join("CUTOVER.md").is_file());
    assert!(!place.join("templates/app.yaml").exists());
    let page = fs_err::read_to_string(output.path().join("gitops/README.md")).unwrap();
    assert!(page.contains("CUTOVER.md"), "{page}");
}

#[test]
fn roots_are_compared_with_the_provider_that_the_fleet_pins() {
    let directory = tempfile::tempdir().unwrap();
    let path = Utf8PathBuf::from_path_buf(directory.path().to_owned()).unwrap();
    fs_err::write(path.join("fleet.yaml"), FLEET).unwrap();
    let context = Context::default();
    let fleet = Fleet::load(&path, &context).unwrap();
    let options = RenderOptions::into_directory(path.join("out"));
    let first = fleet.render(&options, &context).unwrap();
    assert!(first.written);
    let schema = path.join("schema.json");
    fs_err::write(&schema, BARE_PROVIDER).unwrap();
    let version = AddOptions::default().version(Some("5.199.0".to_owned()));
    Catalogs::add(&path, "provider", &schema, &version).unwrap();
    let pinned = Context::default().catalogs(Arc::new(Catalogs::load(&path).unwrap()));
    for report in [
        fleet.check(&pinned).unwrap(),
        // What did not change is looked at again, since the facts did.
        fleet.render(&options, &pinned).unwrap().report,
    ] {
        let unknown: Vec<_> = report
            .diagnostics()
            .iter()
            .filter(|one| one.code.as_str() == "resource-type-unknown")
            .collect();
        assert!(unknown.len() > 10);
        for one in unknown {
            assert!(one.message.contains("`hashicorp/aws` 5.199.0 has no"));
            assert!(
                one.message.contains("in `terraform/demo/"),
                "{}",
                one.message
            );
            assert!(one.labels.iter().all(|label| &*label.file == "fleet.yaml"));
            let object = one.object.as_deref().unwrap();
            assert!(object.contains("demo"), "{object}");
        }
    }
}

/// Is told to stop while it waits.
struct Stops(StopSign);
impl Watch for Stops {
    fn progress(&self, _: &'static str, _: usize, _: usize) {}

    fn is_cancelled(&self) -> bool {
        self.0.is_cancelled()
    }

    fn waits(&self, _: &camino::Utf8Path, _: &str) -> bool {
        self.0.stop();
        false
    }
}

#[test]
fn a_directory_that_somebody_holds_is_told_with_help_and_stopped_is_stopped() {
    let output = Output::new();
    output.render(FLEET, |_| ());
    let lock = fs_err::File::open(output.path().join("terraform/.csoc/lock")).unwrap();
    lock.file().lock().unwrap();
    let set: SourceSet = [("fleet.yaml", FLEET.as_bytes())].into_iter().collect();
    let fleet = Fleet::from_sources(set, &Context::default()).unwrap();
    let options = RenderOptions::into_directory(output.path());
    let error = fleet.render(&options, &Context::default()).unwrap_err();
    assert!(error.is_locked(), "{error}");
    assert!(error.help().unwrap().starts_with("run it again"));

    let context = Context::default().watch(Arc::new(Stops(StopSign::default())));
    let error = fleet.render(&options, &context).unwrap_err();
    assert!(matches!(error, RenderError::Stopped(Stopped)), "{error}");
}

/// What somebody else owns is neither written nor taken away where it is not asked for, whoever wrote it before.
#[test]
fn what_is_only_observed_stays_where_it_was_rendered() {
    let observed = FLEET.replacen(
        "tier: dev",
        "tier: dev\n        management: { values: observed, applications: observed }",
        1,
    );
    assert_ne!(observed, FLEET);
    for first in [FLEET, &observed] {
        let output = Output::new();
        let before = output.render(first, |options| {
            options.compile.include_observed = true;
            options.compile.allow_pending = true;
        });
        assert!(before.written);
        let files = output.files();
        for _ in 0..2 {
            let after = output.render(&observed, |options| options.compile.allow_pending = true);
            assert!(
                after.written && after.removed.is_empty(),
                "{:?}",
                after.removed
            );
            assert_eq!(output.files(), files);
        }
    }
}

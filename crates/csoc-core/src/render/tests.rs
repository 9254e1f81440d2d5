//! What becomes of files whose object went away.

use camino::Utf8PathBuf;

use super::RenderOptions;
use crate::context::Context;
use crate::fleet::Fleet;
use crate::render::Rendering;
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

//! The writer from outside: what a render does to a directory.

mod kill;
mod ownership;
mod refusal;
mod speed;
mod units;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::sync::Arc;

use camino::{Utf8Path, Utf8PathBuf};
use tempfile::TempDir;

use super::disk::Disk;
use super::*;

/// An output root in a directory of its own.
pub(super) struct Place {
    _directory: TempDir,
    pub(super) root: Utf8PathBuf,
}

impl Place {
    /// A root that does not exist yet.
    pub(super) fn new() -> Self {
        let directory = TempDir::new().unwrap();
        let root = Utf8PathBuf::from_path_buf(directory.path().join("out/terraform")).unwrap();
        Self {
            _directory: directory,
            root,
        }
    }

    /// Writes as anyone could.
    pub(super) fn put(&self, path: &str, text: &str) {
        let path = self.root.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    /// The content of a file.
    pub(super) fn text(&self, path: &str) -> Option<String> {
        fs::read_to_string(self.root.join(path)).ok()
    }

    /// All files but the writer's own, with their content.
    pub(super) fn tree(&self) -> BTreeMap<String, String> {
        let mut tree = BTreeMap::new();
        collect(&self.root, "", &mut tree);
        tree
    }

    /// Renders and checks that the manifest tells the truth about what is not kept.
    pub(super) fn render(&self, job: &Job) -> Report {
        let report = job.run(&self.root, Disk::default()).unwrap();
        self.check(&report);
        report
    }

    pub(super) fn check(&self, report: &Report) {
        let manifest = self.manifest();
        for (path, entry) in &manifest.files {
            let bytes = fs::read(path.below(&self.root)).unwrap_or_default();
            let is_left = report.kept.iter().any(|kept| kept.path == path.as_str())
                || report
                    .vanished
                    .iter()
                    .any(|vanished| vanished.path == path.as_str())
                || report
                    .pending
                    .iter()
                    .any(|pending| pending == path.as_str());
            assert!(is_left || entry.digest == Digest::of(&bytes), "{path}");
        }
        for own in ["stage", "pending.json", "aside"] {
            assert!(!self.root.join(".csoc").join(own).exists(), "{own}");
        }
    }

    pub(super) fn manifest(&self) -> super::manifest::Manifest {
        let path = self.root.join("manifest.json");
        super::manifest::Manifest::parse(&fs::read(&path).unwrap(), &path).unwrap()
    }
}

fn collect(directory: &Utf8Path, prefix: &str, tree: &mut BTreeMap<String, String>) {
    let Ok(entries) = directory.read_dir_utf8() else {
        return;
    };
    for entry in entries {
        let entry = entry.unwrap();
        let path = format!("{prefix}{}", entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            if entry.file_name() != ".csoc" {
                collect(entry.path(), &format!("{path}/"), tree);
            }
        } else {
            tree.insert(path, fs::read_to_string(entry.path()).unwrap_or_default());
        }
    }
}

/// One render: what is rendered, and how.
#[derive(Clone, Default)]
pub(super) struct Job {
    pub(super) files: BTreeMap<&'static str, (String, &'static str, State)>,
    pub(super) withheld: BTreeMap<&'static str, &'static str>,
    pub(super) objects: Vec<&'static str>,
    pub(super) retired: Vec<&'static str>,
    pub(super) options: Options,
}

impl Job {
    /// Files of the object `prod`, which the fleet has.
    pub(super) fn of<const N: usize>(files: [(&'static str, &str); N]) -> Self {
        let files = files
            .map(|(path, text)| (path, (text.to_owned(), "prod", State::Ready)))
            .into();
        let options = Options {
            versions: BTreeMap::from([("csoc".to_owned(), "0.1.0".to_owned())]),
            ..Options::default()
        };
        Self {
            files,
            objects: vec!["prod"],
            options,
            ..Self::default()
        }
    }

    pub(super) fn scope(mut self, scope: Scope) -> Self {
        self.options.scope = scope;
        self
    }

    pub(super) fn compare(mut self) -> Self {
        self.options.mode = Mode::Compare;
        self
    }

    pub(super) fn force(mut self, path: &str) -> Self {
        self.options.force.insert(path.into());
        self
    }

    pub(super) fn objects(mut self, objects: &[&'static str]) -> Self {
        self.objects = objects.to_vec();
        self
    }

    pub(super) fn retired(mut self, retired: &[&'static str]) -> Self {
        self.retired = retired.to_vec();
        self
    }

    pub(super) fn withhold(mut self, path: &'static str) -> Self {
        self.files.remove(path);
        self.withheld.insert(path, "prod");
        self
    }

    pub(super) fn ownership(&self) -> Ownership {
        let set = |names: &[&str]| {
            names
                .iter()
                .map(ToString::to_string)
                .collect::<BTreeSet<_>>()
        };
        Ownership {
            objects: set(&self.objects),
            retired: set(&self.retired),
            ..Ownership::default()
        }
    }

    /// One unit a top-level directory.
    pub(super) fn units(&self) -> Vec<Unit> {
        let mut units: BTreeMap<String, Unit> = BTreeMap::new();
        let top = |path: &str| path.split('/').next().unwrap().to_owned();
        let empty = |key: &String| Unit {
            key: UnitKey::new(key.as_str()),
            digest: Digest::of(b""),
            files: Vec::new(),
            withheld: Vec::new(),
            findings: Vec::new(),
        };
        for (path, (text, object, state)) in &self.files {
            let key = top(path);
            units
                .entry(key.clone())
                .or_insert_with(|| empty(&key))
                .files
                .push(Rendered {
                    path: path.into(),
                    bytes: text.clone().into_bytes(),
                    object: Arc::from(*object),
                    backend: "terraform",
                    state: *state,
                });
        }
        for (path, object) in &self.withheld {
            let key = top(path);
            units
                .entry(key.clone())
                .or_insert_with(|| empty(&key))
                .withheld
                .push(Withheld {
                    path: path.into(),
                    object: Arc::from(*object),
                    backend: "terraform",
                });
        }
        for unit in units.values_mut() {
            unit.digest = Digest::of(format!("{:?} {:?}", unit.files, unit.withheld).as_bytes());
        }
        units.into_values().collect()
    }

    /// Compiles everything, as if there were no units in the index.
    pub(super) fn run(&self, root: &Utf8Path, disk: Disk) -> Result<Report, WriteError> {
        let writer = Writer::open_on(disk, root, self.options.clone(), &never)?;
        for unit in self.units() {
            writer.add(unit)?;
        }
        writer.finish(&self.ownership())
    }

    /// Compiles only what the index does not know, and says how many units that were.
    pub(super) fn run_incremental(&self, root: &Utf8Path) -> (Report, usize) {
        let writer = Writer::open(root, self.options.clone(), &never).unwrap();
        let mut compiled = 0;
        for unit in self.units() {
            if writer.keep(&unit.key, &unit.digest).unwrap().is_none() {
                compiled += 1;
                writer.add(unit).unwrap();
            }
        }
        (writer.finish(&self.ownership()).unwrap(), compiled)
    }
}

/// Lets the clock of the file system go on, so that the index is sure of what was written before.
pub(super) fn tick() {
    std::thread::sleep(std::time::Duration::from_millis(20));
}

/// Waits for no lock.
pub(super) fn never(_: &Utf8Path, _: &str) -> bool {
    false
}

/// Paths as text.
pub(super) fn names(paths: &[Utf8PathBuf]) -> Vec<&str> {
    paths.iter().map(|path| path.as_str()).collect()
}

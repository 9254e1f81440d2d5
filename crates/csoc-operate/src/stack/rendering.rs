//! Which render a tree is of, so that a run sees one and never parts of two: somebody may render the fleet anew meanwhile.

use std::collections::BTreeMap;
use std::fs::{File, TryLockError};
use std::io;
use std::path::Path;
use std::thread::sleep;
use std::time::{Duration, Instant};

use serde::Deserialize;

use crate::terraform::GLANCE;

/// For how long files are waited for that somebody moves into place, which takes a second for a large fleet.
const LANDING: Duration = Duration::from_secs(20);

/// How often a tree is read anew that changed while it was read.
const ATTEMPTS: usize = 8;

/// A tree as it was read: its manifest, which lists each file with its digest, and is written after all of them.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Rendering(Option<Vec<u8>>);

#[derive(Deserialize)]
struct Manifest {
    files: BTreeMap<String, Listed>,
}

#[derive(Deserialize, PartialEq, Eq)]
struct Listed {
    sha256: String,
}

impl Rendering {
    /// Reads something of a tree, as one render left it; nothing where a render was begun there and is not ended.
    pub(super) fn read<T>(
        root: &Path,
        read: impl Fn() -> io::Result<T>,
    ) -> io::Result<Option<(Self, T)>> {
        for _ in 0..ATTEMPTS {
            let before = manifest(root)?;
            let content = read();
            if !is_settled(root) {
                return Ok(None);
            }
            // Only now: what could not be read may have been on its way.
            if manifest(root)? == before {
                return Ok(Some((Self(before), content?)));
            }
        }
        Ok(None)
    }

    /// Whether the files below a directory, which were read before this is asked, are those of this render.
    ///
    /// A tree that has no manifest is nobody's rendering: of that nothing is known.
    pub(super) fn has(&self, root: &Path, below: &str) -> bool {
        let Some(then) = &self.0 else {
            return true;
        };
        // In this order: whoever moved a file before it was read has not ended, or has written another manifest.
        if !is_settled(root) {
            return false;
        }
        match manifest(root) {
            Ok(Some(now)) => now == *then || listed(&now, below) == listed(then, below),
            _ => false,
        }
    }
}

fn manifest(root: &Path) -> io::Result<Option<Vec<u8>>> {
    match fs_err::read(root.join("manifest.json")) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// The files of a manifest below a directory.
fn listed(manifest: &[u8], below: &str) -> Option<BTreeMap<String, Listed>> {
    let mut manifest: Manifest = serde_json::from_slice(manifest).ok()?;
    let is_below = |path: &str| {
        path.strip_prefix(below)
            .is_some_and(|it| it.starts_with('/'))
    };
    manifest.files.retain(|path, _| is_below(path));
    Some(manifest.files)
}

/// Whether no files are on their way; those that somebody moves are waited for.
fn is_settled(root: &Path) -> bool {
    let own = root.join(".csoc");
    let pending = own.join("pending.json");
    let until = Instant::now() + LANDING;
    while pending.exists() {
        let is_held = File::open(own.join("lock"))
            .is_ok_and(|lock| matches!(lock.try_lock_shared(), Err(TryLockError::WouldBlock)));
        // Whoever was killed lets go of the lock and leaves the files; whoever ended just now leaves neither.
        if (!is_held && pending.exists()) || Instant::now() > until {
            return false;
        }
        sleep(GLANCE);
    }
    true
}

#[cfg(test)]
mod tests {
    use std::fs::File;
    use std::path::Path;
    use std::time::Duration;

    use super::Rendering;

    fn put(root: &Path, name: &str, text: &str) {
        let path = root.join(name);
        fs_err::create_dir_all(path.parent().expect("it is below")).expect("there is room");
        fs_err::write(path, text).expect("there is room");
    }

    fn manifest(a: u8, b: u8) -> String {
        format!(
            r#"{{"format":1,"files":{{"a/main.tf":{{"sha256":"{a}","state":"ready"}},"ab/main.tf":{{"sha256":"{b}"}}}}}}"#
        )
    }

    fn read(root: &Path) -> Option<Rendering> {
        let read = Rendering::read(root, || Ok(())).expect("it is read");
        read.map(|(rendering, ())| rendering)
    }

    #[test]
    fn a_root_is_of_a_render_as_long_as_its_files_are() {
        let tree = tempfile::tempdir().expect("there is room");
        let root = tree.path();
        put(root, "manifest.json", &manifest(1, 1));
        let rendering = read(root).expect("it is settled");
        assert!(rendering.has(root, "a") && rendering.has(root, "ab"));
        put(root, "manifest.json", &manifest(1, 2));
        assert!(rendering.has(root, "a") && !rendering.has(root, "ab"));
        // Somebody was killed while files were moved: some are of one render, some of another.
        put(root, ".csoc/lock", "process 1");
        put(root, ".csoc/pending.json", "{}");
        assert!(!rendering.has(root, "a"));
        assert_eq!(read(root), None);
        // What somebody wrote by hand is as it is.
        let own = tempfile::tempdir().expect("there is room");
        assert!(
            read(own.path())
                .expect("it is settled")
                .has(own.path(), "a")
        );
    }

    #[test]
    fn files_on_their_way_are_waited_for() {
        let tree = tempfile::tempdir().expect("there is room");
        let root = tree.path();
        put(root, "manifest.json", &manifest(1, 1));
        put(root, "stacks.json", "old");
        put(root, ".csoc/lock", "process 1");
        put(root, ".csoc/pending.json", "{}");
        let lock = File::open(root.join(".csoc/lock")).expect("it is there");
        lock.lock().expect("nobody has it");
        std::thread::scope(|scope| {
            let other = scope.spawn(move || {
                std::thread::sleep(Duration::from_millis(200));
                put(root, "stacks.json", "new");
                put(root, "manifest.json", &manifest(2, 2));
                fs_err::remove_file(root.join(".csoc/pending.json")).expect("it is there");
                drop(lock);
            });
            let stacks = || fs_err::read_to_string(root.join("stacks.json"));
            let (rendering, text) = Rendering::read(root, stacks)
                .expect("it is read")
                .expect("it is settled");
            assert_eq!(text, "new");
            assert!(rendering.has(root, "a"));
            other.join().expect("it ends");
        });
    }
}

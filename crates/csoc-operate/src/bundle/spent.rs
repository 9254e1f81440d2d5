//! Plans that nobody applies any more: they are secret and go. What they were plans of stays.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io;
use std::path::Path;

use jiff::Timestamp;

use super::{Bundle, FACTS, Facts, PLAN, USED};
use crate::digest::Digest;
use crate::removal::{remove, remove_directory};
use crate::stack::StackId;
use crate::terraform::make_private;

/// Who holds it writes a bundle, with others; who holds it alone takes away what nobody writes any more.
const WRITING: &str = ".writing";

/// A bundle that has its plan still, although nobody may begin to apply it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Stale {
    /// Which one.
    pub(crate) digest: Digest,
    /// The stack that it is of: who works on that may read the plan.
    pub(crate) stack: StackId,
}

impl Stale {
    /// All below `all` that were used, or can be applied no more. Links are not followed, and what is no bundle is left.
    pub(crate) fn all(all: &Path, now: Timestamp) -> io::Result<Vec<Self>> {
        let mut stale = Vec::new();
        for (digest, path) in directories(all, "")? {
            if !is_file(&path.join(PLAN))? {
                continue;
            }
            let Ok(text) = fs::read(path.join(FACTS)) else {
                continue;
            };
            let facts = serde_json::from_slice::<Facts>(&text).ok();
            let Some(facts) = facts.filter(|_| Digest::of(&text) == digest) else {
                continue;
            };
            if facts.expires <= now || is_file(&path.join(USED))? {
                let stack = facts.stack;
                stale.push(Self { digest, stack });
            }
        }
        Ok(stale)
    }
}

impl Bundle {
    /// Whether its plan was taken away. One that is gone as a whole is another matter.
    pub(super) fn is_spent(&self) -> bool {
        self.directory.is_dir() && !self.plan().exists()
    }

    /// Takes the plan out of a bundle below `all`, if it is there.
    pub(crate) fn spend(all: &Path, digest: Digest) -> io::Result<()> {
        let directory = all.join(digest.to_string());
        match fs::symlink_metadata(&directory) {
            Ok(found) if found.is_dir() => remove(&directory.join(PLAN)),
            Ok(_) => Ok(()),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
            Err(error) => Err(error),
        }
    }

    /// Takes away bundles that were begun to be written below `all` and are written by nobody; none while somebody writes.
    pub(crate) fn clear_unwritten(all: &Path) -> io::Result<()> {
        let unwritten = directories(all, ".")?;
        if unwritten.is_empty() {
            return Ok(());
        }
        let writing = writing(all)?;
        match writing.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Ok(()),
            Err(TryLockError::Error(error)) => return Err(error),
        }
        // Whoever wrote one meanwhile gave it its name.
        for (_, path) in unwritten {
            remove_directory(&path)?;
        }
        Ok(())
    }
}

/// Says that a bundle is being written below `all`, for as long as what is given back is there.
pub(super) fn begin_to_write(all: &Path) -> io::Result<File> {
    make_private(all)?;
    let writing = writing(all)?;
    writing.lock_shared()?;
    Ok(writing)
}

/// Whether there is a file, and no link to one.
pub(crate) fn is_file(path: &Path) -> io::Result<bool> {
    match fs::symlink_metadata(path) {
        Ok(found) => Ok(found.is_file()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(error),
    }
}

fn writing(all: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(all.join(WRITING))
}

/// The directories below `all` that are named by a digest behind `prefix`; links are none.
fn directories(all: &Path, prefix: &str) -> io::Result<Vec<(Digest, std::path::PathBuf)>> {
    let mut found = Vec::new();
    match fs::symlink_metadata(all) {
        Ok(all) if all.is_dir() => {}
        Ok(_) => return Ok(found),
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(found),
        Err(error) => return Err(error),
    }
    for entry in fs::read_dir(all)? {
        let entry = entry?;
        let name = entry.file_name();
        let name = name.to_str().and_then(|name| name.strip_prefix(prefix));
        let digest = name.and_then(|name| name.parse::<Digest>().ok());
        if let Some(digest) = digest
            && entry.file_type()?.is_dir()
        {
            found.push((digest, entry.path()));
        }
    }
    Ok(found)
}

//! The file system as the writer changes it: every change goes through here.
//!
//! So a test can stop at each of them, and see that what is left is a state
//! from which the next render goes on.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};

use camino::Utf8Path;

use super::error::WriteError;
use super::stat::Stat;

/// What a written tree must outlive.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Durability {
    /// The process. Costs nothing.
    #[default]
    Process,
    /// The machine: each file and each directory is flushed, about 0.25 ms each.
    ///
    /// One flush of the whole file system would be cheaper, and std has none.
    Power,
}

/// Makes changes, one at a time.
#[derive(Debug, Clone, Default)]
pub(crate) struct Disk {
    durability: Durability,
    #[cfg(test)]
    fault: Option<std::sync::Arc<super::fault::Fault>>,
}

/// A kind of change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Change {
    /// A directory is created.
    Create,
    /// A new file is written.
    Write,
    /// A file or a directory gets another name.
    Rename,
    /// A file, a directory or a tree is removed.
    Remove,
}

impl Disk {
    /// The real one.
    pub(crate) fn new(durability: Durability) -> Self {
        Self {
            durability,
            #[cfg(test)]
            fault: None,
        }
    }

    /// One that fails as `fault` says.
    #[cfg(test)]
    pub(crate) fn faulty(fault: &std::sync::Arc<super::fault::Fault>) -> Self {
        Self {
            durability: Durability::Process,
            fault: Some(fault.clone()),
        }
    }

    /// What a written tree must outlive.
    pub(crate) fn durability(&self) -> Durability {
        self.durability
    }

    /// Comes before each change; `torn` does half of it, for a test that stops in the middle.
    #[cfg(test)]
    fn step(&self, change: Change, torn: impl Fn()) -> io::Result<()> {
        self.fault
            .as_ref()
            .map_or(Ok(()), |fault| fault.step(change, torn))
    }

    /// Comes before each change, and does nothing outside tests.
    #[cfg(not(test))]
    #[expect(
        clippy::unused_self,
        clippy::unnecessary_wraps,
        reason = "a test has something to say here"
    )]
    fn step(&self, _: Change, _: impl Fn()) -> io::Result<()> {
        Ok(())
    }

    /// Creates a directory below an existing one; that it is there already is no error.
    pub(crate) fn create_directory(&self, path: &Utf8Path) -> Result<(), WriteError> {
        let created = self
            .step(Change::Create, || ())
            .and_then(|()| fs::create_dir(path));
        match created {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
            created => created.map_err(|source| WriteError::Write {
                path: path.to_owned(),
                source,
            }),
        }
    }

    /// Writes a file that does not exist. A link in its place is an error, not followed.
    pub(crate) fn write(&self, path: &Utf8Path, bytes: &[u8]) -> Result<Stat, WriteError> {
        let write = || -> io::Result<Stat> {
            self.step(Change::Write, || {
                drop(fs::write(path, &bytes[..bytes.len() / 2]));
            })?;
            let mut file = OpenOptions::new().write(true).create_new(true).open(path)?;
            file.write_all(bytes)?;
            if self.durability == Durability::Power {
                file.sync_all()?;
            }
            Ok(Stat::of(&file.metadata()?))
        };
        write().map_err(|source| WriteError::Write {
            path: path.to_owned(),
            source,
        })
    }

    /// Gives a file or a directory another name, in place of a file that has it.
    pub(crate) fn rename(&self, from: &Utf8Path, to: &Utf8Path) -> Result<(), WriteError> {
        let renamed = self
            .step(Change::Rename, || ())
            .and_then(|()| fs::rename(from, to));
        renamed.map_err(|source| WriteError::Replace {
            path: to.to_owned(),
            source,
        })
    }

    /// Replaces a file's content at once, by way of the file `aside` on the same file system.
    pub(crate) fn replace(
        &self,
        path: &Utf8Path,
        aside: &Utf8Path,
        bytes: &[u8],
    ) -> Result<Stat, WriteError> {
        self.remove_file(aside)?;
        let stat = self.write(aside, bytes)?;
        self.rename(aside, path)?;
        Ok(stat)
    }

    /// Removes a file; that there is none is no error.
    pub(crate) fn remove_file(&self, path: &Utf8Path) -> Result<(), WriteError> {
        self.remove(path, |path| fs::remove_file(path))
    }

    /// Removes a directory with all that is in it; that there is none is no error. Links are not followed.
    pub(crate) fn remove_tree(&self, path: &Utf8Path) -> Result<(), WriteError> {
        self.remove(path, |path| fs::remove_dir_all(path))
    }

    /// Removes a directory if it is one and empty.
    pub(crate) fn remove_empty_directory(&self, path: &Utf8Path) -> Result<(), WriteError> {
        use io::ErrorKind::{DirectoryNotEmpty, NotADirectory, NotFound, ResourceBusy};
        let removed = self
            .step(Change::Remove, || ())
            .and_then(|()| match fs::remove_dir(path) {
                Err(error)
                    if matches!(
                        error.kind(),
                        NotFound | DirectoryNotEmpty | NotADirectory | ResourceBusy
                    ) =>
                {
                    Ok(())
                }
                removed => removed,
            });
        removed.map_err(|source| WriteError::Remove {
            path: path.to_owned(),
            source,
        })
    }

    fn remove(
        &self,
        path: &Utf8Path,
        remove: impl Fn(&Utf8Path) -> io::Result<()>,
    ) -> Result<(), WriteError> {
        if matches!(path.symlink_metadata(), Err(error) if error.kind() == io::ErrorKind::NotFound)
        {
            return Ok(());
        }
        match self.step(Change::Remove, || ()).and_then(|()| remove(path)) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
            removed => removed.map_err(|source| WriteError::Remove {
                path: path.to_owned(),
                source,
            }),
        }
    }

    /// Flushes the names in a directory, where the tree must outlive the machine.
    pub(crate) fn sync_directory(&self, path: &Utf8Path) -> Result<(), WriteError> {
        if self.durability == Durability::Process {
            return Ok(());
        }
        let synced = File::open(path).and_then(|directory| directory.sync_all());
        synced.map_err(|source| WriteError::Write {
            path: path.to_owned(),
            source,
        })
    }
}

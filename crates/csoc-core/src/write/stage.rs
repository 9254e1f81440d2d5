//! The stage: new files in a tree of their own, until all of them are there.

use std::collections::HashSet;
use std::io::ErrorKind;
use std::sync::{PoisonError, RwLock};

use super::disk::{Disk, Durability};
use super::error::WriteError;
use super::home::{Created, Home};
use super::path::FilePath;
use super::stat::Stat;

/// The tree of new files below `.csoc/stage/`. Dropped, it takes them along, and a root that was made for them.
#[derive(Debug)]
pub(crate) struct Stage {
    disk: Disk,
    home: Home,
    /// The directories that exist here, by relative path. Never iterated over.
    directories: RwLock<HashSet<Box<str>>>,
    created: Option<Created>,
}

impl Stage {
    /// An empty stage in a root where `created` was made for this render. What an earlier render left is removed.
    pub(crate) fn new(disk: &Disk, home: &Home, created: Created) -> Result<Self, WriteError> {
        let stage = Self {
            disk: disk.clone(),
            home: home.clone(),
            directories: RwLock::default(),
            created: Some(created),
        };
        disk.remove_tree(&home.stage())?;
        Ok(stage)
    }

    /// Writes a file. Nothing comes of it where its name is taken here: then two files are in
    /// each other's way, which the plan finds out, and says the same whichever came first.
    pub(crate) fn write(&self, path: &FilePath, bytes: &[u8]) -> Result<Option<Stat>, WriteError> {
        let write = || {
            self.directory("")?;
            path.directories()
                .try_for_each(|directory| self.directory(directory))?;
            self.disk.write(&path.below(&self.home.stage()), bytes)
        };
        match write() {
            Err(WriteError::Write { source, .. })
                if matches!(
                    source.kind(),
                    ErrorKind::AlreadyExists | ErrorKind::NotADirectory
                ) =>
            {
                Ok(None)
            }
            written => written.map(Some),
        }
    }

    /// Creates a directory, unless that was done.
    fn directory(&self, path: &str) -> Result<(), WriteError> {
        if self
            .directories
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .contains(path)
        {
            return Ok(());
        }
        let stage = self.home.stage();
        let place = if path.is_empty() {
            stage
        } else {
            stage.join(path)
        };
        self.disk.create_directory(&place)?;
        self.directories
            .write()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(path.into());
        Ok(())
    }

    /// Flushes the names of the staged files, where they must outlive the machine.
    pub(crate) fn sync(&self) -> Result<(), WriteError> {
        if self.disk.durability() == Durability::Process {
            return Ok(());
        }
        let stage = self.home.stage();
        for path in self
            .directories
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .iter()
        {
            self.disk.sync_directory(&stage.join(&**path))?;
        }
        Ok(())
    }

    /// Keeps the root and `.csoc/` when the stage goes: something is about to be in them.
    pub(crate) fn settle(&mut self) {
        self.created = None;
    }
}

impl Drop for Stage {
    fn drop(&mut self) {
        // Nobody is left to tell if it fails, and the next render removes it first.
        let removed = self.disk.remove_tree(&self.home.stage());
        if let (Ok(()), Some(created)) = (removed, &self.created) {
            self.home.discard(&self.disk, created);
        }
    }
}

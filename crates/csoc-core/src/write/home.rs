//! The output root and the writer's own corner of it.

use std::io;

use camino::{Utf8Path, Utf8PathBuf};

use super::disk::Disk;
use super::error::WriteError;
use super::path::MANIFEST;
use super::stat::Stat;

/// One output root, with the places below `.csoc/` that the writer uses.
#[derive(Debug, Clone)]
pub(crate) struct Home {
    root: Utf8PathBuf,
}

/// What was created to have a root at all, so that a render that comes to nothing leaves nothing.
#[derive(Debug, Default)]
pub(crate) struct Created {
    directories: Vec<Utf8PathBuf>,
    own: bool,
}

impl Home {
    /// The root at that path, which need not exist.
    pub(crate) fn new(root: &Utf8Path) -> Self {
        let root = if root.as_str().is_empty() {
            Utf8Path::new(".")
        } else {
            root
        };
        Self {
            root: root.to_owned(),
        }
    }

    /// The root.
    pub(crate) fn root(&self) -> &Utf8Path {
        &self.root
    }

    /// The manifest, which is committed with the tree.
    pub(crate) fn manifest(&self) -> Utf8PathBuf {
        self.root.join(MANIFEST)
    }

    /// The writer's own directory, which is not.
    pub(crate) fn own(&self) -> Utf8PathBuf {
        self.root.join(".csoc")
    }

    /// The lock.
    pub(crate) fn lock(&self) -> Utf8PathBuf {
        self.root.join(".csoc/lock")
    }

    /// The tree of new files before they are in place.
    pub(crate) fn stage(&self) -> Utf8PathBuf {
        self.root.join(".csoc/stage")
    }

    /// The record of what is being moved into place.
    pub(crate) fn pending(&self) -> Utf8PathBuf {
        self.root.join(".csoc/pending.json")
    }

    /// The index.
    pub(crate) fn index(&self) -> Utf8PathBuf {
        self.root.join(".csoc/index")
    }

    /// Where the next content of one of these files is written before it is renamed.
    pub(crate) fn aside(&self) -> Utf8PathBuf {
        self.root.join(".csoc/aside")
    }

    /// Replaces the content of one of these files at once.
    pub(crate) fn replace(
        &self,
        disk: &Disk,
        path: &Utf8Path,
        bytes: &[u8],
    ) -> Result<Stat, WriteError> {
        disk.replace(path, &self.aside(), bytes)
    }

    /// Whether the root is there; something else in its place is an error.
    pub(crate) fn exists(&self) -> Result<bool, WriteError> {
        match self.root.metadata() {
            Ok(metadata) if metadata.is_dir() => Ok(true),
            Ok(_) => Err(WriteError::NotADirectory {
                path: self.root.clone(),
            }),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
            Err(source) => Err(WriteError::Read {
                path: self.root.clone(),
                source,
            }),
        }
    }

    /// Creates what is missing of the root and `.csoc/`. Where that fails half-way, nothing of it stays.
    pub(crate) fn create(&self, disk: &Disk) -> Result<Created, WriteError> {
        let mut created = Created::default();
        match self.create_into(disk, &mut created) {
            Ok(()) => Ok(created),
            Err(error) => {
                self.discard(disk, &created);
                Err(error)
            }
        }
    }

    fn create_into(&self, disk: &Disk, created: &mut Created) -> Result<(), WriteError> {
        if !self.exists()? {
            let missing = self
                .root
                .ancestors()
                .filter(|path| !path.as_str().is_empty());
            let missing: Vec<_> = missing.take_while(|path| !path.exists()).collect();
            for path in missing.into_iter().rev() {
                disk.create_directory(path)?;
                created.directories.push(path.to_owned());
            }
        }
        let own = self.own();
        match own.symlink_metadata() {
            Ok(metadata) if metadata.is_symlink() => return Err(WriteError::Symlink { path: own }),
            Ok(metadata) if metadata.is_dir() => {}
            Ok(_) => return Err(WriteError::NotADirectory { path: own }),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                disk.create_directory(&own)?;
                created.own = true;
            }
            Err(source) => return Err(WriteError::Read { path: own, source }),
        }
        Ok(())
    }

    /// Keeps `.csoc/` out of git. Needs the lock, as does everything that is written there.
    pub(crate) fn ignore(&self, disk: &Disk) -> Result<(), WriteError> {
        let path = self.own().join(".gitignore");
        if path.symlink_metadata().is_err() {
            self.replace(disk, &path, b"*\n")?;
        }
        Ok(())
    }

    /// Removes what was created, as far as nothing else is in it.
    pub(crate) fn discard(&self, disk: &Disk, created: &Created) {
        if created.own && disk.remove_tree(&self.own()).is_err() {
            return;
        }
        for path in created.directories.iter().rev() {
            if disk.remove_empty_directory(path).is_err() {
                return;
            }
        }
    }

    /// The content of one of these files, if it is there. A link is an error, not followed.
    pub(crate) fn read(path: &Utf8Path) -> Result<Option<Vec<u8>>, WriteError> {
        let read = || match path.symlink_metadata() {
            Ok(metadata) if metadata.is_symlink() => Ok(Err(WriteError::Symlink {
                path: path.to_owned(),
            })),
            Ok(_) => std::fs::read(path).map(|bytes| Ok(Some(bytes))),
            Err(error) => Err(error),
        };
        match read() {
            Ok(content) => content,
            Err(error)
                if matches!(
                    error.kind(),
                    io::ErrorKind::NotFound | io::ErrorKind::NotADirectory
                ) =>
            {
                Ok(None)
            }
            Err(source) => Err(WriteError::Read {
                path: path.to_owned(),
                source,
            }),
        }
    }
}

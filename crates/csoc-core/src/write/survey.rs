//! What is on disk where our files are or should be.

use std::collections::HashMap;
use std::fs::File;
use std::io;
use std::sync::{PoisonError, RwLock};

use camino::{Utf8Path, Utf8PathBuf};

use super::digest::Digest;
use super::error::WriteError;
use super::index::Index;
use super::path::{self, FilePath};
use super::stat::Stat;

/// Looks at an output root; each directory is looked at once.
#[derive(Debug)]
pub(crate) struct Survey {
    root: Utf8PathBuf,
    /// By relative path. Never iterated over, so its order reaches no output.
    directories: RwLock<HashMap<Box<str>, Directory>>,
}

/// What is at the place of a directory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Directory {
    /// A directory.
    Present,
    /// Nothing.
    Absent,
    /// A file, here or further up.
    Blocked(Box<str>),
    /// A symbolic link, here or further up.
    Linked(Box<str>),
}

/// What is at the place of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Found {
    /// Nothing, and nothing that hinders creating it.
    Absent,
    /// A file.
    File(Known),
    /// A directory.
    Directory,
    /// A symbolic link or a special file.
    Other,
    /// One of the directories that it is in is a file.
    Blocked(Box<str>),
    /// One of the directories that it is in is a symbolic link.
    Linked(Box<str>),
}

/// A file's content by its digest, and what the file system said when it was that.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Known {
    /// The content.
    pub(crate) digest: Digest,
    /// The circumstances.
    pub(crate) stat: Stat,
}

impl Survey {
    /// A survey of that root.
    pub(crate) fn new(root: &Utf8Path) -> Self {
        Self {
            root: root.to_owned(),
            directories: RwLock::default(),
        }
    }

    /// The root.
    pub(crate) fn root(&self) -> &Utf8Path {
        &self.root
    }

    /// What is at the place of that file. It is read only if the index does not know it.
    pub(crate) fn find(&self, path: &FilePath, index: &Index) -> Result<Found, WriteError> {
        match self.directory(path.directory())? {
            Directory::Present => {}
            Directory::Absent => return Ok(Found::Absent),
            Directory::Blocked(by) => return Ok(Found::Blocked(by)),
            Directory::Linked(by) => return Ok(Found::Linked(by)),
        }
        let place = path.below(&self.root);
        let failed = |source| WriteError::Read {
            path: place.clone(),
            source,
        };
        let metadata = match place.symlink_metadata() {
            Ok(metadata) => metadata,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Found::Absent),
            Err(error) => return Err(failed(error)),
        };
        if metadata.is_dir() {
            return Ok(Found::Directory);
        }
        if !metadata.is_file() {
            return Ok(Found::Other);
        }
        let stat = Stat::of(&metadata);
        if let Some(digest) = index.digest(path, &stat) {
            return Ok(Found::File(Known { digest, stat }));
        }
        let read = || {
            let file = File::open(&place)?;
            let stat = Stat::of(&file.metadata()?);
            Ok(Known {
                digest: Digest::of_reader(file, stat.size)?,
                stat,
            })
        };
        read().map(Found::File).map_err(failed)
    }

    /// What is at the place of that directory, `""` for the root.
    pub(crate) fn directory(&self, path: &str) -> Result<Directory, WriteError> {
        if let Some(known) = self
            .directories
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .get(path)
        {
            return Ok(known.clone());
        }
        let found = match path {
            "" => look(&self.root, path, Utf8Path::metadata)?,
            _ => match self.directory(path::parent(path))? {
                Directory::Present => {
                    look(&self.root.join(path), path, Utf8Path::symlink_metadata)?
                }
                above => above,
            },
        };
        self.directories
            .write()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(path.into(), found.clone());
        Ok(found)
    }

    /// Whether there are files below that directory, and `ours` holds for each.
    pub(crate) fn holds_only(
        &self,
        directory: &str,
        ours: &dyn Fn(&str) -> bool,
    ) -> Result<bool, WriteError> {
        let place = self.root.join(directory);
        let failed = |source| WriteError::Read {
            path: place.clone(),
            source,
        };
        let mut any = false;
        for entry in place.read_dir_utf8().map_err(failed)? {
            let entry = entry.map_err(failed)?;
            let path = format!("{directory}/{}", entry.file_name());
            let is_ours = match entry.file_type().map_err(failed)? {
                kind if kind.is_dir() => self.holds_only(&path, ours)?,
                kind => kind.is_file() && ours(&path),
            };
            if !is_ours {
                return Ok(false);
            }
            any = true;
        }
        Ok(any)
    }
}

type Look = fn(&Utf8Path) -> io::Result<std::fs::Metadata>;

fn look(place: &Utf8Path, path: &str, look: Look) -> Result<Directory, WriteError> {
    match look(place) {
        Ok(metadata) if metadata.is_dir() => Ok(Directory::Present),
        Ok(metadata) if metadata.is_symlink() => Ok(Directory::Linked(path.into())),
        Ok(_) => Ok(Directory::Blocked(path.into())),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Directory::Absent),
        Err(source) => Err(WriteError::Read {
            path: place.to_owned(),
            source,
        }),
    }
}

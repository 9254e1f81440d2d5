//! Beside a state that is a file: a directory, in which one writes at a time.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::error::LedgerError;
use super::store::{Store, Version};
use crate::digest::Digest;

/// The directory beside a state, which is named after it.
#[derive(Debug)]
pub(super) struct Files {
    state: PathBuf,
    directory: PathBuf,
}

impl Files {
    /// What lies beside a state.
    pub(super) fn beside(state: &Path) -> Self {
        let mut directory = state.as_os_str().to_owned();
        directory.push(".csoc");
        Self {
            state: state.to_owned(),
            directory: directory.into(),
        }
    }

    fn error(&self, source: io::Error) -> LedgerError {
        LedgerError::Io {
            path: self.directory.clone(),
            source,
        }
    }

    fn write(&self, name: &str, bytes: &[u8], from: Option<&Version>) -> io::Result<bool> {
        let path = self.directory.join(name);
        let parent = path.parent().unwrap_or(&self.directory).to_owned();
        fs::create_dir_all(&parent)?;
        let mut options = OpenOptions::new();
        options.write(true).create(true).truncate(false);
        // Whoever dies lets go of it.
        let turn = options.open(self.directory.join("turn"))?;
        turn.lock()?;
        let found = match fs::read(&path) {
            Ok(bytes) => Some(version(&bytes)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => None,
            Err(error) => return Err(error),
        };
        if found.as_ref() != from {
            return Ok(false);
        }
        let staged = self.directory.join("staged");
        let mut file = File::create(&staged)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        fs::rename(&staged, &path)?;
        // The name is to outlive a power loss, too.
        #[cfg(unix)]
        File::open(&parent)?.sync_all()?;
        Ok(true)
    }
}

impl Store for Files {
    fn place(&self) -> String {
        self.directory.display().to_string()
    }

    fn read(&self, name: &str) -> Result<Option<(Vec<u8>, Version)>, LedgerError> {
        match fs::read(self.directory.join(name)) {
            Ok(bytes) => {
                let version = version(&bytes);
                Ok(Some((bytes, version)))
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(source) => Err(self.error(source)),
        }
    }

    fn put(
        &self,
        name: &str,
        bytes: &[u8],
        from: Option<&Version>,
    ) -> Result<Option<Version>, LedgerError> {
        let is_written = self
            .write(name, bytes, from)
            .map_err(|source| self.error(source))?;
        Ok(is_written.then(|| version(bytes)))
    }

    fn lock(&self) -> Result<Option<Vec<u8>>, LedgerError> {
        let name = self.state.file_name().unwrap_or_default().to_string_lossy();
        let path = self.state.with_file_name(format!(".{name}.lock.info"));
        let bytes = match fs::read(&path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(source) => return Err(LedgerError::Io { path, source }),
        };
        // A Terraform that was killed leaves what it wrote down, and holds nothing.
        Ok(is_held(&self.state).then_some(bytes))
    }
}

/// The version of some bytes: what they are.
fn version(bytes: &[u8]) -> Version {
    Version(Digest::of(bytes).to_string().into())
}

/// Whether a process holds the lock of a state that is a file.
#[cfg(unix)]
fn is_held(state: &Path) -> bool {
    use rustix::fs::{FlockOperation, fcntl_lock};
    let Ok(file) = OpenOptions::new().read(true).write(true).open(state) else {
        // What cannot be asked may be held.
        return state.exists();
    };
    let held = fcntl_lock(&file, FlockOperation::NonBlockingLockExclusive).is_err();
    if !held {
        let _ = fcntl_lock(&file, FlockOperation::Unlock);
    }
    held
}

/// Nobody knows here: what is written down is taken for true.
#[cfg(not(unix))]
fn is_held(_state: &Path) -> bool {
    true
}

//! The lock that keeps two renders out of one root, and waiting for it.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, Read as _, Write as _};

use camino::Utf8Path;

use super::disk::Disk;
use super::error::WriteError;
use super::home::{Created, Home};
use super::stat::{Moment, Stat};

/// The right to write below one root, until it is dropped or the process ends.
#[derive(Debug)]
pub(crate) struct Lock {
    /// The system lets go of it when this closes.
    _file: File,
    taken: Moment,
}

/// Whether a lock is looked at again, by where it is and who has it.
pub(crate) type Waits<'w> = dyn Fn(&Utf8Path, &str) -> bool + Sync + 'w;

/// Makes what a root lacks and takes its lock, as soon as somebody else who has it lets go of it, for as long as `waits` says.
pub(crate) fn take(
    disk: &Disk,
    home: &Home,
    waits: &Waits<'_>,
) -> Result<(Created, Lock), WriteError> {
    let mut has_waited = false;
    loop {
        let created = home.create(disk)?;
        match Lock::take(home) {
            Err(WriteError::Locked { path, holder }) if waits(&path, &holder) => has_waited = true,
            // Whoever had it came to nothing, and took the directory away with it.
            Err(WriteError::Lock { source, .. })
                if has_waited && source.kind() == io::ErrorKind::NotFound =>
            {
                has_waited = false;
            }
            taken => return Ok((created, taken?)),
        }
    }
}

/// How often the lock is looked for again after its holder removed it with a root that came to nothing.
const ATTEMPTS: usize = 16;

impl Lock {
    /// Takes the lock of that root; its `.csoc/` must exist.
    pub(crate) fn take(home: &Home) -> Result<Self, WriteError> {
        let path = home.lock();
        let failed = |source| WriteError::Lock {
            path: path.clone(),
            source,
        };
        for _ in 0..ATTEMPTS {
            if path
                .symlink_metadata()
                .is_ok_and(|metadata| metadata.is_symlink())
            {
                return Err(WriteError::Symlink { path });
            }
            let mut file = OpenOptions::new()
                .read(true)
                .write(true)
                .create(true)
                .truncate(false)
                .open(&path)
                .map_err(failed)?;
            match file.try_lock() {
                Ok(()) => {}
                Err(TryLockError::WouldBlock) => {
                    return Err(WriteError::Locked {
                        holder: holder(&mut file),
                        path,
                    });
                }
                Err(TryLockError::Error(source)) => return Err(failed(source)),
            }
            if is_at(&file, &path).map_err(failed)? {
                let taken = sign(&mut file).map_err(failed)?;
                return Ok(Self { _file: file, taken });
            }
        }
        Err(failed(io::ErrorKind::NotFound.into()))
    }

    /// When it was taken, by the clock of the file system.
    pub(crate) fn taken(&self) -> Moment {
        self.taken
    }
}

/// Whether the locked file is still the one at that path: its last holder may have removed it.
fn is_at(file: &File, path: &Utf8Path) -> io::Result<bool> {
    match path.symlink_metadata() {
        Ok(metadata) => Ok(Stat::of(&metadata).inode == Stat::of(&file.metadata()?).inode),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(error),
    }
}

/// Says who holds the lock, which also asks the file system for the time.
fn sign(file: &mut File) -> io::Result<Moment> {
    file.set_len(0)?;
    writeln!(file, "process {}", std::process::id())?;
    Ok(Stat::of(&file.metadata()?).modified)
}

fn holder(file: &mut File) -> String {
    let mut text = String::new();
    let read = file.take(64).read_to_string(&mut text);
    match text.trim() {
        name if read.is_ok() && name.starts_with("process ") => name.to_owned(),
        _ => "another process".to_owned(),
    }
}

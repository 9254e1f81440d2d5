//! The number and the digest of a journal's last line, in a file beside it: without, nobody could tell that lines at the end were taken out.

use std::fs::{File, OpenOptions};
use std::io::{ErrorKind, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use crate::digest::Digest;

/// The longest that an anchor may be, in bytes: a number, a digest, what is between and behind.
const LONGEST: u64 = 128;

/// What is beside a journal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Anchor {
    /// There is no such file.
    None,
    /// There is one that says nothing.
    Unreadable,
    /// So many lines there were, and the last one had this digest.
    At { number: u64, line: Digest },
}

/// Where it is.
fn path(journal: &Path) -> PathBuf {
    journal.with_extension("head")
}

impl Anchor {
    /// What is beside a journal.
    pub(super) fn read(journal: &Path) -> std::io::Result<Self> {
        let file = match File::open(path(journal)) {
            Ok(file) => file,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Self::None),
            Err(error) => return Err(error),
        };
        let mut text = Vec::new();
        file.take(LONGEST).read_to_end(&mut text)?;
        let text = String::from_utf8_lossy(&text);
        let said = text.trim_end().split_once(' ').and_then(|(number, line)| {
            Some(Self::At {
                number: number.parse().ok()?,
                line: line.parse().ok()?,
            })
        });
        Ok(said.unwrap_or(Self::Unreadable))
    }

    /// How many lines there were at least.
    pub(super) const fn number(self) -> u64 {
        match self {
            Self::At { number, .. } => number,
            Self::None | Self::Unreadable => 0,
        }
    }

    /// Says how far a journal is. The line is on disk by then: after a power cut an anchor may be behind, and is never ahead.
    pub(super) fn write(journal: &Path, number: u64, line: Digest) -> std::io::Result<()> {
        let mut options = OpenOptions::new();
        options.write(true).create(true).truncate(false);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut file = options.open(path(journal))?;
        // Numbers only grow: in one call, nothing of what was there before is left.
        file.seek(SeekFrom::Start(0))?;
        file.write_all(format!("{number} {line}\n").as_bytes())
    }
}

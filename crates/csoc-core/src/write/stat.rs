//! What the file system says of a file without reading it.

use std::fs::Metadata;

/// A time of the file system, in nanoseconds since 1970.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Moment(pub(crate) i64);

/// What changes when a file does: if all of it is the same, so is the content.
///
/// Except for a change within one tick of the clock, see [`super::index::Index`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Stat {
    /// Bytes.
    pub(crate) size: u64,
    /// When the content changed.
    pub(crate) modified: Moment,
    /// When anything changed; a program that sets `modified` back cannot set this.
    pub(crate) changed: Moment,
    /// Which file it is; another file moved here has another.
    pub(crate) inode: u64,
}

impl Stat {
    /// From what the file system gave.
    #[cfg(unix)]
    pub(crate) fn of(metadata: &Metadata) -> Self {
        use std::os::unix::fs::MetadataExt;
        let moment = |seconds: i64, nanoseconds: i64| {
            Moment(
                seconds
                    .saturating_mul(1_000_000_000)
                    .saturating_add(nanoseconds),
            )
        };
        Self {
            size: metadata.len(),
            modified: moment(metadata.mtime(), metadata.mtime_nsec()),
            changed: moment(metadata.ctime(), metadata.ctime_nsec()),
            inode: metadata.ino(),
        }
    }

    /// From what the file system gave; elsewhere than on Unix there is only size and time.
    #[cfg(not(unix))]
    pub(crate) fn of(metadata: &Metadata) -> Self {
        let moment = |time: std::io::Result<std::time::SystemTime>| {
            let since = time
                .ok()
                .and_then(|time| time.duration_since(std::time::UNIX_EPOCH).ok());
            Moment(
                since
                    .and_then(|since| i64::try_from(since.as_nanos()).ok())
                    .unwrap_or(i64::MAX),
            )
        };
        let modified = moment(metadata.modified());
        Self {
            size: metadata.len(),
            modified,
            changed: moment(metadata.created()),
            inode: 0,
        }
    }

    /// Whether it can be the same file after a rename, which changes `changed` alone.
    pub(crate) fn is_moved(&self, before: &Self) -> bool {
        Self {
            changed: before.changed,
            ..*self
        } == *before
    }
}

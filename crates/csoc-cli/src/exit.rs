//! The exit status, as scripts rely on it.

/// How a command ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Exit {
    /// Done, and clean.
    Done,
    /// The content is wrong, or files were kept since someone edited them.
    Wrong,
    /// Wrong usage, unreadable input, unwritable output, or another process holds the lock.
    Unusable,
    /// Differences were found, and asked for.
    Different,
    /// An operation failed part-way; the journal says where.
    Partial,
    /// Interrupted.
    Interrupted,
    /// Nobody reads what is printed any more: what a shell reports of a process that SIGPIPE ended.
    Pipe,
}

impl Exit {
    /// The number.
    pub(crate) const fn code(self) -> u8 {
        match self {
            Self::Done => 0,
            Self::Wrong => 1,
            Self::Unusable => 2,
            Self::Different => 3,
            Self::Partial => 4,
            Self::Interrupted => 130,
            Self::Pipe => 141,
        }
    }
}

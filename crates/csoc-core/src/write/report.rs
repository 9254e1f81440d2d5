//! What a render did to an output root, or would do.

use camino::Utf8PathBuf;

/// The files of one output root by what happened to them, each list sorted.
///
/// A file is in one of `added`, `changed`, `removed`, `unchanged`, `kept`,
/// `vanished` and `damaged`, and in `pending` besides if it still waits for an
/// output of a stack. A withheld file that was never written is only in `pending`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Report {
    /// Written where there was nothing.
    pub(crate) added: Vec<Utf8PathBuf>,
    /// Written over earlier content of ours, or as `force` asked over someone else's.
    pub(crate) changed: Vec<Utf8PathBuf>,
    /// No longer rendered, and removed.
    pub(crate) removed: Vec<Utf8PathBuf>,
    /// There already, byte for byte.
    pub(crate) unchanged: Vec<Utf8PathBuf>,
    /// Left alone, since someone else's work is there.
    pub(crate) kept: Vec<Kept>,
    /// Not complete until some stack has run.
    pub(crate) pending: Vec<Utf8PathBuf>,
    /// Listed for an object that the fleet no longer has, and that was not retired. Left alone.
    pub(crate) vanished: Vec<Vanished>,
    /// Emptied by a crash of the machine, and written again.
    pub(crate) damaged: Vec<Utf8PathBuf>,
}

/// A file that was left alone.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Kept {
    /// The file.
    pub(crate) path: Utf8PathBuf,
    /// Why.
    pub(crate) reason: Reason,
}

/// Why a file was left alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Reason {
    /// The manifest lists it with other content: someone edited it. `force` overrides that.
    Edited,
    /// The manifest does not list it: someone else's file has this name. `force` overrides that.
    Unlisted,
    /// A directory, a link or a special file is in the way. `force` replaces a link, nothing else.
    Obstructed,
}

/// A file of an object that the fleet no longer has.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Vanished {
    /// The file.
    pub(crate) path: Utf8PathBuf,
    /// The object, as a model path.
    pub(crate) object: String,
}

impl Report {
    /// Whether the tree is, or would be, another than before.
    #[cfg_attr(not(test), expect(dead_code, reason = "tests ask it"))]
    pub(crate) fn is_change(&self) -> bool {
        !(self.added.is_empty()
            && self.changed.is_empty()
            && self.removed.is_empty()
            && self.damaged.is_empty())
    }
}

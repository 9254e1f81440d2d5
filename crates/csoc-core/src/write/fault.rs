//! A disk that fails at a chosen change, for tests.

use std::io;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use super::disk::Change;

/// What happens at the chosen change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Neither that change nor any later one happens, as if the process were gone.
    Stop,
    /// The process is gone.
    Abort,
    /// From that change on nothing more fits, and removing still works.
    Full,
}

/// Fails at the n-th change.
#[derive(Debug)]
pub(crate) struct Fault {
    kind: Kind,
    at: usize,
    count: AtomicUsize,
    struck: AtomicBool,
}

impl Fault {
    /// One that strikes at change `at`, counted from 0.
    pub(crate) fn new(kind: Kind, at: usize) -> std::sync::Arc<Self> {
        std::sync::Arc::new(Self {
            kind,
            at,
            count: AtomicUsize::new(0),
            struck: AtomicBool::new(false),
        })
    }

    /// Whether there were enough changes for it to strike.
    pub(crate) fn struck(&self) -> bool {
        self.struck.load(Ordering::SeqCst)
    }

    /// Called before each change; `torn` does half of it.
    pub(crate) fn step(&self, change: Change, torn: impl Fn()) -> io::Result<()> {
        let count = self.count.fetch_add(1, Ordering::SeqCst);
        let fits = self.kind == Kind::Full && matches!(change, Change::Remove | Change::Rename);
        if count < self.at || fits {
            return Ok(());
        }
        if count == self.at || self.kind == Kind::Full {
            torn();
        }
        self.struck.store(true, Ordering::SeqCst);
        match self.kind {
            Kind::Stop => Err(io::Error::other("stopped by a test")),
            Kind::Abort => std::process::abort(),
            Kind::Full => Err(io::ErrorKind::StorageFull.into()),
        }
    }
}

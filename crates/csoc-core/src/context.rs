//! What every call of the façade is made in: the day, threads, and who watches.

use std::fmt;
use std::num::NonZeroUsize;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use camino::Utf8Path;

use crate::catalog::Catalogs;
use crate::model::version::Date;

/// A long call's way to say how far it is, and to be told to stop.
pub trait Watch: Send + Sync {
    /// `done` of `total` steps of a stage are behind us.
    fn progress(&self, stage: &'static str, done: usize, total: usize);

    /// Whether to stop. A call that stops gives back [`Stopped`] and has written nothing.
    fn is_cancelled(&self) -> bool {
        false
    }

    /// Whether the lock of an output directory is looked at again, which `holder` has.
    ///
    /// It is asked each time that somebody else has it. The core has no clock: who wants to wait does so in here, for a
    /// moment, and says for how long at most.
    fn waits(&self, lock: &Utf8Path, holder: &str) -> bool {
        let _ = (lock, holder);
        false
    }
}

/// A call was told to stop.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("stopped")]
pub struct Stopped;

/// What it means that `csoc.lock` is missing, or does not pin all that a fleet names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum LockMode {
    /// What is not pinned is taken from this version of csoc; a lock that is behind its fleet is a warning.
    #[default]
    Advisory,
    /// All must be pinned: anything else is an error.
    Required,
}

/// What a call is made in. The core reads no clock and no environment: all of it comes from here.
#[derive(Clone, Default)]
#[non_exhaustive]
pub struct Context {
    /// The day that expiry dates are compared with. Without one, rules about dates are not evaluated.
    pub as_of: Option<Date>,
    /// How many threads to use; one a core where it is not said.
    pub threads: Option<NonZeroUsize>,
    /// Who watches.
    pub watch: Option<Arc<dyn Watch>>,
    /// Facts about the outside world. Where it is not said, calls of a fleet use those that its `csoc.lock` pins,
    /// and other calls those that this version carries.
    pub catalogs: Option<Arc<Catalogs>>,
    /// Whether a fleet must have pinned the facts that it uses.
    pub lock: LockMode,
}

impl fmt::Debug for Context {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Context")
            .field("as_of", &self.as_of)
            .field("threads", &self.threads)
            .finish_non_exhaustive()
    }
}

impl Context {
    /// The same on that day.
    #[must_use]
    pub fn as_of(mut self, day: Date) -> Self {
        self.as_of = Some(day);
        self
    }

    /// The same with that many threads.
    #[must_use]
    pub fn threads(mut self, threads: NonZeroUsize) -> Self {
        self.threads = Some(threads);
        self
    }

    /// The same with someone who watches.
    #[must_use]
    pub fn watch(mut self, watch: Arc<dyn Watch>) -> Self {
        self.watch = Some(watch);
        self
    }

    /// The same with those facts about the outside world.
    #[must_use]
    pub fn catalogs(mut self, catalogs: Arc<Catalogs>) -> Self {
        self.catalogs = Some(catalogs);
        self
    }

    /// The same with what is asked of `csoc.lock`.
    #[must_use]
    pub fn lock(mut self, mode: LockMode) -> Self {
        self.lock = mode;
        self
    }

    /// The facts about the outside world.
    pub(crate) fn facts(&self) -> &Catalogs {
        self.catalogs
            .as_deref()
            .unwrap_or_else(|| Catalogs::embedded())
    }

    /// Whether the call was told to stop.
    pub(crate) fn check(&self) -> Result<(), Stopped> {
        if self
            .watch
            .as_ref()
            .is_some_and(|watch| watch.is_cancelled())
        {
            Err(Stopped)
        } else {
            Ok(())
        }
    }

    /// Whether a lock that somebody else has is looked at again.
    pub(crate) fn waits(&self, lock: &Utf8Path, holder: &str) -> bool {
        self.watch
            .as_ref()
            .is_some_and(|watch| watch.waits(lock, holder))
    }

    /// Says how far a stage is.
    pub(crate) fn progress(&self, stage: &'static str, done: usize, total: usize) {
        if let Some(watch) = &self.watch {
            watch.progress(stage, done, total);
        }
    }

    /// Runs in a pool of this call's own, so that a process may fork before and after.
    pub(crate) fn run<T: Send>(&self, work: impl FnOnce() -> T + Send) -> T {
        let mut builder = rayon::ThreadPoolBuilder::new();
        if let Some(threads) = self.threads {
            builder = builder.num_threads(threads.get());
        }
        match builder.build() {
            Ok(pool) => pool.install(work),
            // No thread can be had: the caller's own must do.
            Err(_) => work(),
        }
    }
}

/// A [`Watch`] that only knows how to stop.
#[derive(Debug, Default)]
pub struct StopSign(AtomicBool);

impl StopSign {
    /// Tells the call to stop at its next step.
    pub fn stop(&self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

impl Watch for StopSign {
    fn progress(&self, _: &'static str, _: usize, _: usize) {}

    fn is_cancelled(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

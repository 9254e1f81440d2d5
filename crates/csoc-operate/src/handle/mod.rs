//! A run that goes on by itself, and what its holder can do with it: look, wait, ask it to stop.
//!
//! It has a thread of its own and belongs to nobody: who lets go of the handle does not stop it, and if the process ends,
//! the programs that it started come to their own end, as they do after a second Ctrl-C.

mod follow;
mod moment;
mod progress;

use std::collections::BTreeMap;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use jiff::Timestamp;

pub use follow::Follow;
pub use moment::{Happened, Moment};
pub use progress::{RunProgress, StackProgress, Standing};

use crate::run::Watch;
use crate::stack::StackId;
use crate::terraform::Interrupt;
use crate::workshop::Workshop;
use moment::Moments;
use progress::Line;

/// A run that goes on by itself; what it comes to is a `T`.
pub struct Handle<T>(Arc<Shared<T>>);

struct Shared<T> {
    what: &'static str,
    run: Box<str>,
    interrupt: Interrupt,
    began: Instant,
    /// Where the line of each stack is.
    places: BTreeMap<StackId, usize>,
    state: Mutex<State<T>>,
    /// Told of each moment and of the end.
    changed: Condvar,
}

struct State<T> {
    lines: Vec<Line>,
    moments: Moments,
    /// How long it took, and what it came to: nothing where it broke.
    ended: Option<(Duration, Option<Arc<T>>)>,
}

/// How a run ended.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Ended<T> {
    /// It came to this.
    Done(Arc<T>),
    /// It broke: that is a mistake of ours.
    Broken,
}

/// What was asked of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Asked {
    /// To end what it began.
    Stop,
    /// To go on without anybody who looks at it.
    Detach,
}

/// What happened in a run from some number on.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Since {
    /// What happened.
    pub moments: Vec<Moment>,
    /// The number to ask from the next time.
    pub next: u64,
    /// Whether nothing will be added.
    pub is_last: bool,
}

impl<T: Send + Sync + 'static> Handle<T> {
    /// Begins a run over some stacks of a workshop; `what` is what is done with them: `plan`.
    ///
    /// # Errors
    ///
    /// The system gives no thread.
    pub fn start(
        shop: Workshop,
        what: &'static str,
        stacks: Vec<StackId>,
        work: impl FnOnce(&Workshop, &dyn Watch) -> T + Send + 'static,
    ) -> std::io::Result<Self> {
        let run = shop.run.as_str().into();
        let interrupt = shop.interrupt.clone();
        Self::begin(run, what, interrupt, stacks, move |shared| {
            work(&shop, shared)
        })
    }

    /// Begins to follow some stacks of a run that somebody else began, until `interrupt` says that it is enough.
    ///
    /// # Errors
    ///
    /// The system gives no thread.
    pub fn follow(
        run: &str,
        what: &'static str,
        interrupt: Interrupt,
        stacks: Vec<StackId>,
        work: impl FnOnce(&dyn Follow) -> T + Send + 'static,
    ) -> std::io::Result<Self> {
        Self::begin(run.into(), what, interrupt, stacks, move |shared| {
            work(shared)
        })
    }

    fn begin(
        run: Box<str>,
        what: &'static str,
        interrupt: Interrupt,
        stacks: Vec<StackId>,
        work: impl FnOnce(&Shared<T>) -> T + Send + 'static,
    ) -> std::io::Result<Self> {
        let shared = Arc::new(Shared {
            what,
            run,
            interrupt,
            began: Instant::now(),
            places: stacks.iter().cloned().zip(0..).collect(),
            state: Mutex::new(State {
                lines: stacks.into_iter().map(Line::new).collect(),
                moments: Moments::default(),
                ended: None,
            }),
            changed: Condvar::new(),
        });
        let own = shared.clone();
        let thread = std::thread::Builder::new().name(format!("csoc {what}"));
        thread.spawn(move || {
            let breaking = Breaking(&own);
            let done = work(&own);
            std::mem::forget(breaking);
            own.end(Some(Arc::new(done)));
        })?;
        Ok(Self(shared))
    }

    /// What is done: `plan`, `apply`.
    pub fn what(&self) -> &'static str {
        self.0.what
    }

    /// The name of the run.
    pub fn run(&self) -> &str {
        &self.0.run
    }

    /// How it ended; none while it runs.
    pub fn ended(&self) -> Option<Ended<T>> {
        self.0.state().ended()
    }

    /// Waits until it ends, so long at most.
    pub fn wait(&self, at_most: Duration) -> Option<Ended<T>> {
        let state = self.0.state();
        let waited = self
            .0
            .changed
            .wait_timeout_while(state, at_most, |state| state.ended.is_none());
        let (state, _) = waited.unwrap_or_else(PoisonError::into_inner);
        state.ended()
    }

    /// What happened from a number on; where that is nothing yet, waits for it so long at most.
    pub fn since(&self, number: u64, at_most: Duration) -> Since {
        let state = self.0.state();
        let waited = self.0.changed.wait_timeout_while(state, at_most, |state| {
            state.ended.is_none() && state.moments.count() <= number
        });
        let (state, _) = waited.unwrap_or_else(PoisonError::into_inner);
        Since {
            moments: state.moments.since(number).cloned().collect(),
            next: state.moments.count(),
            is_last: state.ended.is_some(),
        }
    }

    /// How it goes.
    pub fn progress(&self) -> RunProgress {
        let state = self.0.state();
        let took = state.ended.as_ref().map(|(took, _)| *took);
        RunProgress {
            what: self.0.what,
            elapsed: took.unwrap_or_else(|| self.0.began.elapsed()),
            stacks: state.lines.iter().map(Line::progress).collect(),
        }
    }

    /// Asks it to stop: to end what it began and begin nothing else. Asked again, it is left to itself.
    pub fn cancel(&self) -> Asked {
        if self.0.interrupt.is_stopped() {
            self.0.interrupt.detach();
            Asked::Detach
        } else {
            self.0.interrupt.stop();
            Asked::Stop
        }
    }

    /// Whether somebody asked it to stop.
    pub fn is_stopped(&self) -> bool {
        self.0.interrupt.is_stopped()
    }
}

impl<T> Shared<T> {
    fn state(&self) -> MutexGuard<'_, State<T>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn end(&self, done: Option<Arc<T>>) {
        self.state().ended = Some((self.began.elapsed(), done));
        self.changed.notify_all();
    }

    fn note(&self, stack: &StackId, what: impl FnOnce(&mut Line) -> Option<Happened>) {
        let mut state = self.state();
        let place = self.places.get(stack).copied();
        let Some(line) = place.and_then(|place| state.lines.get_mut(place)) else {
            return;
        };
        if let Some(what) = what(line) {
            state.moments.push(Moment {
                at: Timestamp::now(),
                stack: stack.clone(),
                what,
            });
            self.changed.notify_all();
        }
    }
}

impl<T> State<T> {
    fn ended(&self) -> Option<Ended<T>> {
        let (_, done) = self.ended.as_ref()?;
        Some(match done {
            Some(done) => Ended::Done(done.clone()),
            None => Ended::Broken,
        })
    }
}

/// Says that a run broke when its thread unwinds, so that nobody waits for ever.
struct Breaking<'b, T>(&'b Shared<T>);

impl<T> Drop for Breaking<'_, T> {
    fn drop(&mut self) {
        self.0.end(None);
    }
}

#[cfg(all(test, unix))]
mod tests;

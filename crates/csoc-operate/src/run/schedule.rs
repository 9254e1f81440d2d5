//! Which stack begins when.
//!
//! A stack begins once all that it needs are done, unless as many run as may, in all or in its account. Of those that
//! may begin, the one that stands first does, so that a run of the same stacks goes the same way every time.

use std::collections::{BTreeMap, BTreeSet};
use std::num::NonZeroUsize;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use crate::stack::{Stack, StackId};

/// How many stacks may run at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// In all.
    pub total: NonZeroUsize,
    /// In one account.
    pub per_account: NonZeroUsize,
}

/// What becomes of the other stacks when one fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum OnFailure {
    /// Those that need it do not begin; all others do.
    #[default]
    Continue,
    /// No other begins; those that run come to their end.
    Stop,
}

/// How a stack came out of a run.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Ending<T, E> {
    /// It was run.
    Done(T),
    /// It was run, and failed.
    Failed(E),
    /// It did not begin: this one, which it needs, failed or did not begin.
    Needs(StackId),
    /// It did not begin: another one failed, or somebody stopped the run.
    Stopped,
}

/// Runs stacks with as many threads as may work at once; what becomes of each is in the order of the stacks.
///
/// `needs` says what each waits for ([`crate::Stacks::needs`]); `is_stopped` is asked before each begins, and `is_failure`
/// whether what a stack ended with lets no other begin, where failures do that.
pub fn schedule<'s, T: Send, E: Send>(
    stacks: &[&'s Stack],
    needs: &BTreeMap<&'s StackId, BTreeSet<&'s StackId>>,
    limits: Limits,
    on_failure: OnFailure,
    is_stopped: &(dyn Fn() -> bool + Sync),
    is_failure: &(dyn Fn(&E) -> bool + Sync),
    work: impl Fn(&'s Stack) -> Result<T, E> + Sync,
) -> Vec<Ending<T, E>> {
    let places: BTreeMap<&StackId, usize> = stacks
        .iter()
        .enumerate()
        .map(|(at, stack)| (&stack.id, at))
        .collect();
    let places_of = |stack: &&Stack| {
        let needs = needs.get(&stack.id).into_iter().flatten();
        needs.filter_map(|id| places.get(id).copied()).collect()
    };
    let board = Board {
        stacks,
        needs: stacks.iter().map(places_of).collect(),
        limits,
        on_failure,
        is_stopped,
        is_failure,
        state: Mutex::new(State {
            endings: stacks.iter().map(|_| None).collect(),
            running: BTreeMap::new(),
            begun: BTreeSet::new(),
            is_closed: false,
        }),
        changed: Condvar::new(),
    };
    let threads = limits.total.get().min(stacks.len());
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                while let Some(at) = board.next() {
                    let Some(stack) = stacks.get(at) else { return };
                    let unwinding = Unwinding(&board);
                    let result = work(stack);
                    std::mem::forget(unwinding);
                    board.end(at, result);
                }
            });
        }
    });
    let state = board
        .state
        .into_inner()
        .unwrap_or_else(PoisonError::into_inner);
    let endings = state.endings.into_iter();
    endings
        .map(|ending| ending.unwrap_or(Ending::Stopped))
        .collect()
}

/// What all threads look at.
struct Board<'b, 's, T, E> {
    stacks: &'b [&'s Stack],
    /// The places of those that each needs.
    needs: Vec<Vec<usize>>,
    limits: Limits,
    on_failure: OnFailure,
    is_stopped: &'b (dyn Fn() -> bool + Sync),
    is_failure: &'b (dyn Fn(&E) -> bool + Sync),
    state: Mutex<State<T, E>>,
    changed: Condvar,
}

struct State<T, E> {
    /// What became of each stack, once that is known.
    endings: Vec<Option<Ending<T, E>>>,
    /// How many run in each account.
    running: BTreeMap<String, usize>,
    /// Those that began.
    begun: BTreeSet<usize>,
    /// Whether no other begins.
    is_closed: bool,
}

/// What a stack waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Wait {
    /// Something that may yet be done.
    Still,
    /// The stack at that place, which will not be.
    Forever(usize),
}

/// Lets the other threads come to their end when one panics, so that the panic is seen and nobody waits for ever.
struct Unwinding<'u, 'b, 's, T, E>(&'u Board<'b, 's, T, E>);

impl<T, E> Drop for Unwinding<'_, '_, '_, T, E> {
    fn drop(&mut self) {
        self.0.state().is_closed = true;
        self.0.changed.notify_all();
    }
}

impl<T, E> Board<'_, '_, T, E> {
    fn state(&self) -> MutexGuard<'_, State<T, E>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The stack that begins next, waited for; none once nothing is left that could.
    fn next(&self) -> Option<usize> {
        let mut state = self.state();
        loop {
            if (self.is_stopped)() {
                state.is_closed = true;
            }
            if state.is_closed {
                self.changed.notify_all();
                return None;
            }
            self.give_up(&mut state);
            if let Some(at) = self.ready(&state) {
                state.begun.insert(at);
                let account = self.stacks.get(at)?.account.clone();
                *state.running.entry(account).or_default() += 1;
                return Some(at);
            }
            if state.running.values().all(|count| *count == 0) {
                // Nothing runs, and nothing can begin: it is over.
                self.changed.notify_all();
                return None;
            }
            state = self
                .changed
                .wait(state)
                .unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// The first stack that may begin.
    fn ready(&self, state: &State<T, E>) -> Option<usize> {
        let total: usize = state.running.values().sum();
        if total >= self.limits.total.get() {
            return None;
        }
        self.stacks.iter().enumerate().position(|(at, stack)| {
            let running = state
                .running
                .get(&stack.account)
                .copied()
                .unwrap_or_default();
            state.endings.get(at).is_some_and(Option::is_none)
                && !state.begun.contains(&at)
                && running < self.limits.per_account.get()
                && self.waits_for(state, at).is_none()
        })
    }

    /// What a stack still waits for; one that will never be done before one that may be.
    fn waits_for(&self, state: &State<T, E>, at: usize) -> Option<Wait> {
        let needs = self.needs.get(at)?.iter();
        needs
            .filter_map(|need| match state.endings.get(*need)? {
                Some(Ending::Done(_)) => None,
                Some(_) => Some(Wait::Forever(*need)),
                None => Some(Wait::Still),
            })
            .max()
    }

    /// Says of those that wait for one that failed that they do not begin.
    fn give_up(&self, state: &mut State<T, E>) {
        // What is needed stands before what needs it: one pass reaches all.
        for at in 0..self.stacks.len() {
            if state.endings.get(at).is_none_or(Option::is_some) {
                continue;
            }
            if let Some(Wait::Forever(need)) = self.waits_for(state, at)
                && let (Some(failed), Some(ending)) =
                    (self.stacks.get(need), state.endings.get_mut(at))
            {
                *ending = Some(Ending::Needs(failed.id.clone()));
            }
        }
    }

    fn end(&self, at: usize, result: Result<T, E>) {
        let mut state = self.state();
        if let Some(running) = self
            .stacks
            .get(at)
            .and_then(|stack| state.running.get_mut(&stack.account))
        {
            *running = running.saturating_sub(1);
        }
        let has_failed = result.as_ref().is_err_and(self.is_failure);
        if has_failed && self.on_failure == OnFailure::Stop {
            state.is_closed = true;
        }
        if let Some(ending) = state.endings.get_mut(at) {
            *ending = Some(match result {
                Ok(done) => Ending::Done(done),
                Err(error) => Ending::Failed(error),
            });
        }
        self.changed.notify_all();
    }
}

#[cfg(test)]
mod tests;

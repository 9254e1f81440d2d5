//! All that was asked for since the server began, and which plans were shown.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;
use tokio::sync::watch;

use super::execution::{Execution, State};
use super::operation::Operation;
use crate::digest::Digest;
use crate::run::Limits;
use crate::stack::{Stack, StackId};

/// How many that have ended are kept.
const KEPT: usize = 100;

/// All that was asked for.
pub(super) struct Executions {
    inner: Mutex<Inner>,
    /// Counts what changed, for whoever waits.
    changed: watch::Sender<u64>,
    limits: Limits,
}

#[derive(Default)]
struct Inner {
    all: VecDeque<Arc<Mutex<Execution>>>,
    /// The last plan of each stack that somebody was shown, until it is applied.
    shown: BTreeMap<StackId, Digest>,
    /// Whether somebody asked all to stop: nothing begins any more.
    is_closed: bool,
}

/// Why nothing begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NotBegun {
    /// As many run as may.
    TooMany(usize),
    /// As many run as may in the account of the stack.
    TooManyOfAccount(usize),
    /// The server comes to its end.
    Closed,
}

impl Executions {
    /// None yet; so many may run at once.
    pub(super) fn new(limits: Limits) -> Self {
        Self {
            inner: Mutex::default(),
            changed: watch::Sender::new(0),
            limits,
        }
    }

    /// Begins one; the oldest that has ended makes room.
    pub(super) fn begin(
        &self,
        id: &str,
        operation: Operation,
        stack: &Stack,
        work_dir: &str,
    ) -> Result<Arc<Mutex<Execution>>, NotBegun> {
        let mut inner = self.inner();
        if inner.is_closed {
            return Err(NotBegun::Closed);
        }
        let is_running = |one: &Arc<Mutex<Execution>>| lock(one).state == State::Running;
        let running = || inner.all.iter().filter(|one| is_running(one));
        let (total, per_account) = (self.limits.total.get(), self.limits.per_account.get());
        if running().count() >= total {
            return Err(NotBegun::TooMany(total));
        }
        let is_alike = |one: &&Arc<Mutex<Execution>>| *lock(one).account == *stack.account;
        if running().filter(is_alike).count() >= per_account {
            return Err(NotBegun::TooManyOfAccount(per_account));
        }
        if inner.all.len() >= KEPT
            && let Some(at) = inner.all.iter().position(|one| !is_running(one))
        {
            inner.all.remove(at);
        }
        let one = Execution::new(id, operation, stack, work_dir, Timestamp::now());
        let one = Arc::new(Mutex::new(one));
        inner.all.push_back(Arc::clone(&one));
        Ok(one)
    }

    /// All, the last one first.
    pub(super) fn all(&self) -> Vec<Arc<Mutex<Execution>>> {
        self.inner().all.iter().rev().cloned().collect()
    }

    /// One by its id.
    pub(super) fn find(&self, id: &str) -> Option<Arc<Mutex<Execution>>> {
        let inner = self.inner();
        inner.all.iter().find(|one| *lock(one).id == *id).cloned()
    }

    /// Changes one, and wakes those that wait.
    pub(super) fn change(&self, one: &Mutex<Execution>, change: impl FnOnce(&mut Execution)) {
        change(&mut lock(one));
        self.changed
            .send_modify(|count| *count = count.wrapping_add(1));
    }

    /// To wait for changes by.
    pub(super) fn changes(&self) -> watch::Receiver<u64> {
        self.changed.subscribe()
    }

    /// Notes that somebody got to see all that an execution says; from then on its plan may be applied.
    pub(super) fn show(&self, one: &Mutex<Execution>) {
        let (stack, bundle) = {
            let one = lock(one);
            if one.operation != Operation::Plan || one.state != State::Complete {
                return;
            }
            (one.stack.clone(), one.bundle)
        };
        let mut inner = self.inner();
        match bundle {
            Some(bundle) => inner.shown.insert(stack, bundle),
            // Nothing is to be done: what was planned before is not what was seen last.
            None => inner.shown.remove(&stack),
        };
    }

    /// Takes the plan of a stack that was shown last: it can be taken once.
    pub(super) fn take_shown(&self, stack: &StackId) -> Option<Digest> {
        self.inner().shown.remove(stack)
    }

    /// Gives one back that was taken for nothing.
    pub(super) fn put_shown(&self, stack: &StackId, bundle: Digest) {
        self.inner().shown.insert(stack.clone(), bundle);
    }

    /// Asks all that run to stop, and begins nothing any more.
    pub(super) fn stop_all(&self) {
        self.inner().is_closed = true;
        self.all().iter().for_each(|one| lock(one).interrupt.stop());
    }

    /// Leaves all that run to themselves.
    pub(super) fn detach_all(&self) {
        self.all()
            .iter()
            .for_each(|one| lock(one).interrupt.detach());
    }

    /// Whether none runs.
    pub(super) fn are_done(&self) -> bool {
        self.all()
            .iter()
            .all(|one| lock(one).state != State::Running)
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// An execution, whoever else looked at it and failed.
pub(super) fn lock(one: &Mutex<Execution>) -> MutexGuard<'_, Execution> {
    one.lock().unwrap_or_else(PoisonError::into_inner)
}

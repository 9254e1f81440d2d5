//! Where a run that needs an answer puts its question, and whoever waits for the run answers.
//!
//! Python is called in the thread of whoever waits: there they can be asked, interrupted and told.

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use csoc_operate::{Digest, Interrupt};
use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;

use super::GLANCE;
use super::page::PyPlanPage;
use crate::error;

/// A question and its answer, between the thread of a run and those of whoever waits.
#[derive(Debug)]
pub(super) struct Desk<Q, A> {
    state: Mutex<State<Q, A>>,
    changed: Condvar,
}

#[derive(Debug)]
enum State<Q, A> {
    Empty,
    /// This is asked.
    Asked(Q),
    /// Somebody looks at it.
    Taken,
    /// This was said.
    Answered(A),
}

/// A desk as Python sees it: what is asked and what is said are objects.
pub(super) trait Questions: Send + Sync {
    /// Whether a question waits for an answer.
    fn is_open(&self) -> bool;

    /// The question that nobody looks at yet: who takes it must answer.
    fn take<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyAny>>>;

    /// Answers a question with what was said; what is no answer counts as none, and is raised.
    fn answer(
        &self,
        py: Python<'_>,
        asked: &Bound<'_, PyAny>,
        said: &Bound<'_, PyAny>,
    ) -> PyResult<()>;
}

/// What somebody gave to be asked by.
pub(super) struct Question {
    pub(super) desk: Arc<dyn Questions>,
    pub(super) call: Py<PyAny>,
}

impl<Q, A> Default for Desk<Q, A> {
    fn default() -> Self {
        Self {
            state: Mutex::new(State::Empty),
            changed: Condvar::new(),
        }
    }
}

impl<Q, A> Desk<Q, A> {
    fn state(&self) -> MutexGuard<'_, State<Q, A>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Puts a question there, and waits for the answer. A run that is to stop gets none, and neither does one that nobody
    /// can wait for any more.
    pub(super) fn ask(self: &Arc<Self>, question: Q, interrupt: &Interrupt) -> Option<A> {
        let mut state = self.state();
        *state = State::Asked(question);
        loop {
            let waited = self.changed.wait_timeout(state, GLANCE);
            (state, _) = waited.unwrap_or_else(PoisonError::into_inner);
            let is_alone = Arc::strong_count(self) == 1;
            match std::mem::replace(&mut *state, State::Empty) {
                State::Answered(answer) => return Some(answer),
                _ if interrupt.is_stopped() || is_alone => return None,
                still => *state = still,
            }
        }
    }

    /// Whether a question waits for an answer.
    pub(super) fn is_asked(&self) -> bool {
        matches!(*self.state(), State::Asked(_) | State::Taken)
    }

    /// The question that nobody looks at yet.
    pub(super) fn taken(&self) -> Option<Q> {
        let mut state = self.state();
        match std::mem::replace(&mut *state, State::Taken) {
            State::Asked(question) => Some(question),
            other => {
                *state = other;
                None
            }
        }
    }

    /// Answers a question that somebody looks at.
    pub(super) fn say(&self, answer: A) {
        let mut state = self.state();
        // Nobody waits for what comes after a run was asked to stop.
        if matches!(*state, State::Taken) {
            *state = State::Answered(answer);
            self.changed.notify_all();
        }
    }
}

/// What is to be called with a question must be something that can be.
pub(super) fn must_be_called(py: Python<'_>, name: &str, given: &Py<PyAny>) -> PyResult<()> {
    let given = given.bind(py);
    if given.is_callable() {
        return Ok(());
    }
    let of = given.get_type().name()?;
    let message = format!("`{name}` is called with what is asked, and {of} cannot be");
    Err(PyTypeError::new_err(message))
}

/// Plans that are to be approved: the digest that the page shows is a yes, nothing is a no.
pub(super) type Approvals = Desk<PyPlanPage, bool>;

impl Questions for Approvals {
    fn is_open(&self) -> bool {
        self.is_asked()
    }

    fn take<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        let page = self.taken().map(|page| Bound::new(py, page));
        Ok(page.transpose()?.map(Bound::into_any))
    }

    fn answer(
        &self,
        py: Python<'_>,
        asked: &Bound<'_, PyAny>,
        said: &Bound<'_, PyAny>,
    ) -> PyResult<()> {
        let page = asked.extract::<PyPlanPage>();
        let read = page
            .map_err(PyErr::from)
            .and_then(|page| read(py, &page, said));
        self.say(matches!(read, Ok(true)));
        read.map(drop)
    }
}

/// Whether somebody who said this has looked at a page and means it.
fn read(py: Python<'_>, page: &PyPlanPage, said: &Bound<'_, PyAny>) -> PyResult<bool> {
    if said.is_none() {
        return Ok(false);
    }
    let Ok(digest) = said.extract::<String>() else {
        let of = said.get_type().name()?;
        return Err(PyTypeError::new_err(format!(
            "`approve` must give the digest of the page, or None, and gave {of}"
        )));
    };
    let shown = Digest::of_all(page.bundles.iter().copied());
    if digest.is_empty() || shown.is_named(&digest) {
        return Ok(!digest.is_empty());
    }
    let message = format!("these are not the plans of the digest `{digest}`");
    let help = "give `page.digest`, or twelve or more of its first digits, if these plans are what is meant; nothing of them was applied".to_owned();
    Err(error::operate(py, message, Some(help)))
}

//! Where a run that needs somebody's yes puts its plans, and whoever waits for the run answers.
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
#[derive(Debug, Default)]
pub(super) struct Desk {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Debug, Default)]
enum State {
    #[default]
    Empty,
    /// These plans are to be approved.
    Asked(PyPlanPage),
    /// Somebody looks at them.
    Taken,
    /// They are approved, or are not.
    Answered(bool),
}

/// What somebody gave to be asked by.
pub(super) struct Question {
    desk: Arc<Desk>,
    approve: Py<PyAny>,
}

impl Desk {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Puts plans there, and waits for a yes. A run that is to stop is not approved, and neither is one that nobody can
    /// wait for any more.
    pub(super) fn ask(self: &Arc<Self>, page: PyPlanPage, interrupt: &Interrupt) -> bool {
        let mut state = self.state();
        *state = State::Asked(page);
        loop {
            let waited = self.changed.wait_timeout(state, GLANCE);
            (state, _) = waited.unwrap_or_else(PoisonError::into_inner);
            let is_alone = Arc::strong_count(self) == 1;
            let answer = match *state {
                State::Answered(answer) => answer,
                _ if interrupt.is_stopped() || is_alone => false,
                _ => continue,
            };
            *state = State::Empty;
            return answer;
        }
    }

    fn answer(&self, is_approved: bool) {
        let mut state = self.state();
        // Nobody waits for what comes after a run was asked to stop.
        if matches!(*state, State::Taken) {
            *state = State::Answered(is_approved);
            self.changed.notify_all();
        }
    }
}

impl Question {
    /// One that is asked by calling this.
    pub(super) const fn new(desk: Arc<Desk>, approve: Py<PyAny>) -> Self {
        Self { desk, approve }
    }

    /// Whether plans wait for an answer.
    pub(super) fn is_open(&self) -> bool {
        matches!(*self.desk.state(), State::Asked(_) | State::Taken)
    }

    /// The plans that nobody looks at yet: who takes them must answer.
    pub(super) fn take(&self) -> Option<PyPlanPage> {
        let mut state = self.desk.state();
        match std::mem::take(&mut *state) {
            State::Asked(page) => {
                *state = State::Taken;
                Some(page)
            }
            other => {
                *state = other;
                None
            }
        }
    }

    /// What was given says of plans.
    pub(super) fn call<'py>(
        &self,
        py: Python<'py>,
        page: &PyPlanPage,
    ) -> PyResult<Bound<'py, PyAny>> {
        self.approve.bind(py).call1((page.clone(),))
    }

    /// Answers with what was said of plans: the digest that the page shows is a yes, nothing is a no.
    ///
    /// Whatever else was said is a no, too, and raised.
    pub(super) fn answer(
        &self,
        py: Python<'_>,
        page: &PyPlanPage,
        said: &Bound<'_, PyAny>,
    ) -> PyResult<()> {
        let read = read(py, page, said);
        self.desk.answer(matches!(read, Ok(true)));
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
    let short: String = shown.to_string().chars().take(12).collect();
    let message =
        format!("these are not the plans of the digest `{digest}`: `{short}` is shown of them");
    let help = "give `page.digest`, or twelve or more of its first digits, if these plans are what is meant; nothing of them was applied".to_owned();
    Err(error::operate(py, message, Some(help)))
}

//! Looking at clusters, once or again and again.

use std::cell::RefCell;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use csoc_operate::{Clusters, Expectation, Rounds, StatusPage};
use pyo3::prelude::*;
use pyo3::types::PyDict;

use super::page::PyStatusPage;
use super::question::{Question, seconds};
use crate::error;
use crate::fleet::PyFleet;

/// How often it is looked whether somebody wants to stop.
const GLANCE: Duration = Duration::from_millis(50);

/// Looks at the clusters of a fleet again and again: an iterator of pages, each of which says something new.
#[pyclass(name = "StatusWatch", module = "gen3_csoc", frozen)]
pub(crate) struct PyStatusWatch {
    expectation: Expectation,
    clusters: Clusters,
    every: Duration,
    /// How often somebody waited for a page.
    waits: AtomicU64,
    /// The last time that somebody gave up waiting: there may be a thread that has not noticed yet.
    given_up: AtomicU64,
    state: Mutex<State>,
}

struct State {
    rounds: Rounds,
    /// What somebody has seen last.
    seen: Option<StatusPage>,
    /// What was given to whom: seen, unless they had given up meanwhile.
    given: Option<(u64, StatusPage)>,
}

impl PyStatusWatch {
    /// Finds out what is to be in clusters, and how they are reached.
    pub(crate) fn open(
        py: Python<'_>,
        fleet: &PyFleet,
        question: Question<'_>,
        every: u64,
    ) -> PyResult<Self> {
        let every = seconds("every", every)?;
        let (expectation, clusters) = question.open(py, fleet)?;
        Ok(Self {
            expectation,
            clusters,
            every,
            waits: AtomicU64::new(0),
            given_up: AtomicU64::new(0),
            state: Mutex::new(State {
                rounds: Rounds::new(every),
                seen: None,
                given: None,
            }),
        })
    }

    /// The first page.
    pub(crate) fn first(&self, py: Python<'_>) -> PyResult<PyStatusPage> {
        let page = self.__next__(py)?;
        page.ok_or_else(|| error::operate(py, "nobody waits for it any more".to_owned(), None))
    }

    /// Whether who waits for the so-manieth time gave up.
    fn is_given_up(&self, wait: u64) -> bool {
        self.given_up.load(Ordering::Relaxed) >= wait
    }

    /// The next page that says something new; none where somebody gave up waiting.
    fn next(&self, wait: u64, is_stopped: &dyn Fn() -> bool) -> Option<StatusPage> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        match state.given.take() {
            Some((before, page)) if self.is_given_up(before) => {
                state.given = Some((wait, page.clone()));
                return Some(page);
            }
            Some((_, page)) => state.seen = Some(page),
            None => {}
        }
        loop {
            while let pause = state.rounds.pause(&self.expectation)
                && !pause.is_zero()
            {
                if is_stopped() {
                    return None;
                }
                std::thread::sleep(pause.min(GLANCE));
            }
            let due = state.rounds.due(&self.expectation);
            let snapshot = self.clusters.ask(&self.expectation, &due, is_stopped)?;
            let page = StatusPage::new(&self.expectation, &state.rounds.take(snapshot));
            if state.seen.as_ref().is_none_or(|seen| seen.differs(&page)) {
                state.given = Some((wait, page.clone()));
                return Some(page);
            }
        }
    }
}

#[pymethods]
impl PyStatusWatch {
    /// How many seconds lie between two looks at a cluster.
    #[getter]
    fn every(&self) -> u64 {
        self.every.as_secs()
    }

    #[getter]
    fn clusters(&self) -> Vec<String> {
        let instances = self.expectation.instances();
        instances.map(|cluster| cluster.name.clone()).collect()
    }

    fn __iter__(watch: PyRef<'_, Self>) -> PyRef<'_, Self> {
        watch
    }

    fn __next__(&self, py: Python<'_>) -> PyResult<Option<PyStatusPage>> {
        self._wait(py, self._begin())
    }

    /// Somebody begins to wait: for the so-manieth time.
    fn _begin(&self) -> u64 {
        self.waits.fetch_add(1, Ordering::Relaxed) + 1
    }

    /// Waits for the next page, in whichever thread.
    fn _wait(&self, py: Python<'_>, wait: u64) -> PyResult<Option<PyStatusPage>> {
        let page = py.detach(|| {
            let pressed = RefCell::new(None);
            let is_stopped = || {
                if self.is_given_up(wait) || pressed.borrow().is_some() {
                    return true;
                }
                #[expect(
                    clippy::redundant_closure_for_method_calls,
                    reason = "the method is not general enough over lifetimes"
                )]
                let signal = Python::attach(|py| py.check_signals());
                *pressed.borrow_mut() = signal.err();
                pressed.borrow().is_some()
            };
            let page = self.next(wait, &is_stopped);
            pressed.into_inner().map_or(Ok(page), Err)
        })?;
        let page = page.as_ref().map(PyStatusPage::new);
        page.transpose().map_err(error::value_error)
    }

    /// Who waits in another thread is not waited for any longer.
    fn _give_up(&self, wait: u64) {
        self.given_up.fetch_max(wait, Ordering::Relaxed);
    }

    fn __repr__(&self) -> String {
        format!(
            "StatusWatch(clusters={}, applications={}, every={})",
            self.expectation.instances().count(),
            self.expectation.applications.len(),
            self.every.as_secs()
        )
    }

    fn __rich_repr__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let parts = PyDict::new(py);
        parts.set_item("clusters", self.expectation.instances().count())?;
        parts.set_item("applications", self.expectation.applications.len())?;
        parts.set_item("every", self.every.as_secs())?;
        parts.call_method0("items")
    }
}

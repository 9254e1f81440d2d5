//! A run that goes on while Python does something else.

pub(crate) mod accounts;
pub(crate) mod advance;
mod desk;
pub(crate) mod event;
pub(crate) mod follow;
pub(crate) mod options;
pub(crate) mod page;
pub(crate) mod past;
#[cfg(feature = "aws")]
mod secret;
pub(crate) mod secrets;
pub(crate) mod start;
pub(crate) mod table;
pub(crate) mod unlock;
mod works;

use std::time::{Duration, Instant};

use csoc_operate::{Asked, Ended, Handle, RunProgress, Standing};
use pyo3::IntoPyObjectExt;
use pyo3::exceptions::{
    PyKeyboardInterrupt, PyRuntimeError, PyTimeoutError, PyTypeError, PyValueError,
};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList, PyType};

use crate::convert::quoted;
use crate::error;
use crate::html;
use desk::Question;
use event::{Batch, PyRunEvent, record};
use options::{Options, Refused};
use page::PyPlanPage;
use start::Page;

/// How often somebody who waits looks whether someone pressed Ctrl-C.
const GLANCE: Duration = Duration::from_millis(50);

/// For how long a run that has no answer is waited for: nothing of it goes on.
const ENDS: Duration = Duration::from_secs(5);

/// How often what is shown in a notebook is shown anew.
const SHOWN: Duration = Duration::from_millis(250);

const STOPPING: &str = "asked to stop: what was begun is ended and its state written; interrupt again to leave it to itself";
const DETACHED: &str =
    "left to itself: what was begun goes on to its end, and its stack is held until then";

/// What a run comes to, or why it came to nothing.
pub(crate) type Done = Result<Page, Refused>;

/// A run that goes on by itself: a handle to look at it, wait for it and stop it.
#[pyclass(name = "Run", module = "gen3_csoc", frozen)]
pub(crate) struct PyRun {
    handle: Handle<Done>,
    options: Options,
    /// Who is asked, where it asks somebody.
    question: Option<Question>,
}

impl PyRun {
    const fn new(handle: Handle<Done>, options: Options) -> Self {
        Self {
            handle,
            options,
            question: None,
        }
    }

    /// The same, where whoever waits for it is asked by this.
    fn asked_by(mut self, question: Option<Question>) -> Self {
        self.question = question;
        self
    }

    /// Asks whoever waits, in this thread, where the run has a question. What goes wrong with that stops the run.
    fn ask(&self, py: Python<'_>) -> PyResult<()> {
        let Some(question) = &self.question else {
            return Ok(());
        };
        let Some(asked) = question.desk.take(py)? else {
            return Ok(());
        };
        let said = question.call.bind(py).call1((&asked,));
        let said = said.and_then(|said| {
            if said.hasattr("__await__")? {
                said.call_method0("close")?;
                let message = "what is asked gave something to be awaited: await the run, too";
                return Err(PyTypeError::new_err(message));
            }
            Ok(said)
        });
        let answered = match said {
            Ok(said) => question.desk.answer(py, &asked, &said),
            Err(error) => {
                let none = py.None().into_bound(py);
                question.desk.answer(py, &asked, &none).and(Err(error))
            }
        };
        answered.inspect_err(|error| {
            // Who presses Ctrl-C is heard where it is waited for.
            if !error.is_instance_of::<PyKeyboardInterrupt>(py) {
                py.detach(|| self.handle.cancel());
            }
        })
    }

    /// The page of its plans.
    fn page(&self, py: Python<'_>) -> PyResult<PyPlanPage> {
        if self.handle.what() != "plan" {
            let message = format!("a run that is a {} has no plans", self.handle.what());
            return Err(PyValueError::new_err(message));
        }
        match self.handle.ended() {
            Some(Ended::Done(done)) => match &*done {
                Ok(Page::Plan(page)) => Ok(page.clone()),
                Ok(Page::Table(_)) => Err(broken()),
                Err(refused) => Err(refused.raised(py)),
            },
            Some(_) => Err(broken()),
            None => {
                let help = "wait for it: `page = run.wait()`".to_owned();
                let message = "the run has not come to its end".to_owned();
                Err(error::operate(py, message, Some(help)))
            }
        }
    }

    /// `running`, `asks`, `stopping` or `done`.
    fn word(&self) -> &'static str {
        let asks = || {
            self.question
                .as_ref()
                .is_some_and(|question| question.desk.is_open())
        };
        match (self.handle.ended(), self.handle.is_stopped()) {
            (Some(_), _) => "done",
            (None, true) => "stopping",
            (None, false) if asks() => "asks",
            (None, false) => "running",
        }
    }
}

/// What a run came to, as Python has it; what an apply did not do as a whole is raised.
fn result<'py>(py: Python<'py>, ended: &Ended<Done>) -> PyResult<Bound<'py, PyAny>> {
    let Ended::Done(done) = ended else {
        return Err(broken());
    };
    match &**done {
        Ok(Page::Plan(page)) => page.clone().into_bound_py_any(py),
        Ok(Page::Table(table)) if table.is_failure() => {
            Err(error::operate_in_part(py, table.clone()))
        }
        Ok(Page::Table(table)) => table.clone().into_bound_py_any(py),
        Err(refused) => Err(refused.raised(py)),
    }
}

fn broken() -> PyErr {
    PyRuntimeError::new_err("csoc failed; please report this")
}

/// Says something beside the data, where people look.
fn say(py: Python<'_>, text: &str) -> PyResult<()> {
    let stream = py.import("sys")?.getattr("stderr")?;
    if !stream.is_none() {
        stream.call_method1("write", (format!("{text}\n"),))?;
        stream.call_method0("flush")?;
    }
    Ok(())
}

fn duration(seconds: Option<f64>) -> PyResult<Option<Duration>> {
    let duration = seconds.map(|seconds| Duration::try_from_secs_f64(seconds.max(0.0)));
    duration.transpose().map_err(error::value_error)
}

/// What is worth to be seen first: what failed, then what runs.
const fn rank(standing: Standing) -> u8 {
    match standing {
        Standing::Failed => 0,
        Standing::Running => 1,
        _ => 2,
    }
}

/// Stacks that are shown in their own order; of more, those that fail and run come first.
const IN_ORDER: usize = 50;

fn progress_html(caption: &str, progress: &RunProgress) -> String {
    let mut stacks: Vec<_> = progress.stacks.iter().collect();
    if stacks.len() > IN_ORDER {
        stacks.sort_by_key(|stack| rank(stack.standing));
    }
    let rows = stacks.into_iter().map(|stack| {
        let seconds = stack.elapsed.map(|elapsed| elapsed.as_secs_f64());
        [
            stack.stack.to_string(),
            stack.standing.as_str().to_owned(),
            seconds.map_or_else(String::new, |seconds| format!("{seconds:.1} s")),
            stack.remark.clone(),
        ]
    });
    html::table(caption, ["stack", "", "time", ""], rows)
}

#[pymethods]
impl PyRun {
    #[classmethod]
    fn __class_getitem__<'py>(
        class: &Bound<'py, PyType>,
        item: &Bound<'py, PyAny>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let alias = class.py().import("types")?.getattr("GenericAlias")?;
        alias.call1((class, item))
    }

    #[getter]
    fn id(&self) -> &str {
        self.handle.run()
    }

    #[getter]
    fn what(&self) -> &str {
        self.handle.what()
    }

    #[getter]
    fn done(&self) -> bool {
        self.handle.ended().is_some()
    }

    #[getter]
    fn state(&self) -> &str {
        self.word()
    }

    fn cancel(&self, py: Python<'_>) {
        py.detach(|| self.handle.cancel());
    }

    #[pyo3(signature = (timeout = None))]
    fn wait<'py>(
        run: &Bound<'py, Self>,
        py: Python<'py>,
        timeout: Option<f64>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let own = run.get();
        if let Some(ended) = own.handle.ended() {
            return result(py, &ended);
        }
        let at_most = duration(timeout)?;
        let began = Instant::now();
        let live = py.import("gen3_csoc._runs")?.getattr("live")?;
        let mut show = live.call1((run,))?;
        let mut shown = Instant::now();
        let mut interrupt: Option<PyErr> = None;
        loop {
            if let Some(ended) = py.detach(|| own.handle.wait(GLANCE)) {
                if !show.is_none() {
                    show.call0()?;
                }
                return match interrupt {
                    Some(interrupt) => Err(interrupt),
                    None => result(py, &ended),
                };
            }
            if let Err(error) = own.ask(py) {
                if error.is_instance_of::<PyKeyboardInterrupt>(py) {
                    py.detach(|| own.handle.cancel());
                }
                // It ends soon, since it has no answer.
                py.detach(|| own.handle.wait(ENDS));
                return Err(error);
            }
            let mut heard = py.check_signals();
            if heard.is_ok() && !show.is_none() && shown.elapsed() >= SHOWN {
                shown = Instant::now();
                heard = show.call0().map(drop);
            }
            match heard {
                Ok(()) => {}
                Err(signal) if signal.is_instance_of::<PyKeyboardInterrupt>(py) => {
                    let asked = own.handle.cancel();
                    // Who only follows stops nothing.
                    if asked == Asked::Detach || own.handle.what() == "attach" {
                        say(py, DETACHED)?;
                        return Err(signal);
                    }
                    say(py, STOPPING)?;
                    interrupt = Some(signal);
                }
                // What cannot be shown is no reason not to wait.
                Err(_) => show = py.None().into_bound(py),
            }
            if at_most.is_some_and(|at_most| began.elapsed() >= at_most) {
                return Err(match interrupt {
                    Some(interrupt) => interrupt,
                    None => PyTimeoutError::new_err(format!(
                        "{} {} still runs",
                        own.handle.what(),
                        own.handle.run()
                    )),
                });
            }
        }
    }

    fn _ask(&self, py: Python<'_>) -> PyResult<()> {
        self.ask(py)
    }

    fn _question<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        match &self.question {
            Some(question) => question.desk.take(py),
            None => Ok(None),
        }
    }

    fn _call<'py>(
        &self,
        py: Python<'py>,
        asked: &Bound<'py, PyAny>,
    ) -> PyResult<Bound<'py, PyAny>> {
        match &self.question {
            Some(question) => question.call.bind(py).call1((asked,)),
            None => Ok(py.None().into_bound(py)),
        }
    }

    fn _answer(
        &self,
        py: Python<'_>,
        asked: &Bound<'_, PyAny>,
        said: &Bound<'_, PyAny>,
    ) -> PyResult<()> {
        match &self.question {
            Some(question) => question.desk.answer(py, asked, said),
            None => Ok(()),
        }
    }

    fn _pause(&self, py: Python<'_>, seconds: f64) -> PyResult<bool> {
        let at_most = duration(Some(seconds))?.unwrap_or_default();
        Ok(py.detach(|| self.handle.wait(at_most)).is_some())
    }

    fn _events_from<'py>(
        &self,
        py: Python<'py>,
        number: u64,
        seconds: f64,
    ) -> PyResult<Batch<'py>> {
        let at_most = duration(Some(seconds))?.unwrap_or_default();
        let since = py.detach(|| self.handle.since(number, at_most));
        let events: PyResult<Vec<_>> = since
            .moments
            .iter()
            .map(|moment| {
                let event = PyRunEvent::new(moment).map_err(error::value_error)?;
                Bound::new(py, event)
            })
            .collect();
        Ok((events?, since.next, since.is_last))
    }

    fn to_records<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyList>> {
        let records = PyList::empty(py);
        for stack in &self.handle.progress().stacks {
            records.append(record(py, stack)?)?;
        }
        Ok(records)
    }

    fn __repr__(&self, py: Python<'_>) -> PyResult<String> {
        let progress = self.handle.progress();
        Ok(format!(
            "Run(id={}, what={}, state={}, stacks={}, done={}, failed={}, running={})",
            quoted(py, self.id())?,
            quoted(py, self.what())?,
            quoted(py, self.word())?,
            progress.stacks.len(),
            progress.count(Standing::Done) + progress.count(Standing::Blocked),
            progress.count(Standing::Failed),
            progress.count(Standing::Running)
        ))
    }

    fn __rich_repr__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let parts = PyDict::new(py);
        parts.set_item("id", self.id())?;
        parts.set_item("what", self.what())?;
        parts.set_item("state", self.word())?;
        parts.call_method0("items")
    }

    fn _repr_html_(&self) -> String {
        let progress = self.handle.progress();
        let caption = format!(
            "{} ({}), {:.0} s, {}",
            progress.headline(),
            self.id(),
            progress.elapsed.as_secs_f64(),
            self.word()
        );
        progress_html(&caption, &progress)
    }
}

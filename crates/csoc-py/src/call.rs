//! How a long call is made: other threads of Python go on, and Ctrl-C stops it.

use std::num::NonZeroUsize;
use std::sync::Arc;
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::thread;
use std::time::Duration;

use camino::Utf8Path;
use csoc_core::{Context, LockMode, StopSign, Watch};
use csoc_operate::Patience;
use pyo3::exceptions::PyRuntimeError;
use pyo3::prelude::*;

use crate::error::value_error;

/// How often a call looks whether someone pressed Ctrl-C.
const GLANCE: Duration = Duration::from_millis(50);

/// The context of a call from the arguments that all long calls take.
pub(crate) fn context(
    threads: Option<NonZeroUsize>,
    as_of: Option<&Bound<'_, PyAny>>,
) -> PyResult<Context> {
    let mut context = Context::default();
    if let Some(threads) = threads {
        context = context.threads(threads);
    }
    if let Some(day) = as_of {
        // The text of a `datetime.date` is its ISO form.
        let day = day.str()?;
        context = context.as_of(day.to_cow()?.parse().map_err(value_error)?);
    }
    Ok(context)
}

/// The same where the fleet must have pinned the facts that it uses.
pub(crate) fn locked(context: Context, locked: bool) -> Context {
    if locked {
        context.lock(LockMode::Required)
    } else {
        context
    }
}

/// Tells a call to stop, and waits for a directory into which somebody else renders.
#[derive(Default)]
struct Caller {
    sign: StopSign,
    patience: Patience,
}

impl Watch for Caller {
    fn progress(&self, _: &'static str, _: usize, _: usize) {}

    fn is_cancelled(&self) -> bool {
        self.sign.is_cancelled()
    }

    fn waits(&self, lock: &Utf8Path, holder: &str) -> bool {
        // Nothing is printed into somebody's program.
        let is_stopped = || self.is_cancelled();
        self.patience
            .waits(lock.as_str(), holder, is_stopped, |_| ())
    }
}

/// Runs `work` on a thread of its own with the interpreter released, and tells it to stop on Ctrl-C.
///
/// The caller's thread only waits: signals of Python are its main thread's business.
pub(crate) fn long<T: Send>(
    py: Python<'_>,
    context: Context,
    work: impl FnOnce(&Context) -> T + Send,
) -> PyResult<T> {
    let caller = Arc::new(Caller::default());
    let context = context.watch(caller.clone());
    py.detach(|| {
        thread::scope(|scope| {
            let (sender, receiver) = channel();
            scope.spawn(move || sender.send(work(&context)));
            let mut interrupt = None;
            loop {
                match receiver.recv_timeout(GLANCE) {
                    Ok(done) => return interrupt.map_or(Ok(done), Err),
                    Err(RecvTimeoutError::Timeout) if interrupt.is_none() => {
                        #[expect(
                            clippy::redundant_closure_for_method_calls,
                            reason = "the method is not general enough over lifetimes"
                        )]
                        let signal = Python::attach(|py| py.check_signals());
                        interrupt = signal.err();
                        if interrupt.is_some() {
                            caller.sign.stop();
                        }
                    }
                    Err(RecvTimeoutError::Timeout) => {}
                    Err(RecvTimeoutError::Disconnected) => {
                        return Err(PyRuntimeError::new_err("csoc failed; please report this"));
                    }
                }
            }
        })
    })
}

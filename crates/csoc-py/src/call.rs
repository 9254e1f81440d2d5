//! How a long call is made: other threads of Python go on, and Ctrl-C stops it.

use std::num::NonZeroUsize;
use std::sync::Arc;
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::thread;
use std::time::Duration;

use csoc_core::{Context, LockMode, StopSign};
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

/// Runs `work` on a thread of its own with the interpreter released, and tells it to stop on Ctrl-C.
///
/// The caller's thread only waits: signals of Python are its main thread's business.
pub(crate) fn long<T: Send>(
    py: Python<'_>,
    context: Context,
    work: impl FnOnce(&Context) -> T + Send,
) -> PyResult<T> {
    let sign = Arc::new(StopSign::default());
    let context = context.watch(sign.clone());
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
                            sign.stop();
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

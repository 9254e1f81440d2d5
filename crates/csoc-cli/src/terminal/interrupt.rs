//! Ctrl-C: work stops at its next step, and nothing is half written.

use std::io::Write;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, Once, PoisonError};

use csoc_operate::Interrupt;

static INTERRUPTED: AtomicBool = AtomicBool::new(false);

/// The run that is to be stopped, where there is one.
static RUN: Mutex<Option<Interrupt>> = Mutex::new(None);

/// Notes Ctrl-C from now on, in place of ending the process.
pub(crate) fn listen() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        // Where no handler can be had the system's own ends the process, which the writer survives.
        let _ = ctrlc::set_handler(pressed);
    });
    INTERRUPTED.store(false, Ordering::Relaxed);
    *run() = None;
}

/// Lets Ctrl-C stop a run: once asks it to end what it began, twice leaves it to itself.
pub(crate) fn stops(interrupt: Interrupt) {
    if happened() {
        interrupt.stop();
    }
    *run() = Some(interrupt);
}

fn run() -> std::sync::MutexGuard<'static, Option<Interrupt>> {
    RUN.lock().unwrap_or_else(PoisonError::into_inner)
}

fn pressed() {
    let again = INTERRUPTED.swap(true, Ordering::Relaxed);
    let Some(interrupt) = run().clone() else {
        return;
    };
    let mut err = std::io::stderr().lock();
    if again {
        interrupt.detach();
        let _ = writeln!(
            err,
            "left to itself: what was begun goes on to its end, and its stack is held until then; `csoc runs attach RUN` waits for it"
        );
    } else {
        interrupt.stop();
        let _ = writeln!(
            err,
            "asked to stop: what was begun is ended and its state written; press Ctrl-C again to leave it to itself"
        );
    }
}

/// Whether someone pressed it.
pub(crate) fn happened() -> bool {
    INTERRUPTED.load(Ordering::Relaxed)
}

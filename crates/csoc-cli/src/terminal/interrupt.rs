//! Ctrl-C: work stops at its next step, and nothing is half written.

use std::io::Write;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, Once, PoisonError};

use csoc_operate::Interrupt;

static INTERRUPTED: AtomicBool = AtomicBool::new(false);

/// Whether somebody is asked something: who presses it then sees what comes of that, and nothing else is said.
static ASKING: AtomicBool = AtomicBool::new(false);

/// What is to be stopped, where there is something.
static RUN: Mutex<Option<Stopped>> = Mutex::new(None);

/// What Ctrl-C stops.
#[derive(Clone)]
struct Stopped {
    interrupt: Interrupt,
    /// The command that comes back to what is left to itself; none while what runs changes nothing.
    attach: Option<String>,
}

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

/// Lets Ctrl-C stop something: once asks it to end what it began, twice leaves it to itself.
pub(crate) fn stops(interrupt: &Interrupt) {
    *run() = Some(Stopped {
        interrupt: interrupt.clone(),
        attach: None,
    });
    if happened() {
        interrupt.stop();
    }
}

/// Says, until it is dropped, which command comes back to what is left to itself.
pub(crate) struct Attachable;

impl Attachable {
    /// From now on.
    pub(crate) fn by(command: String) -> Self {
        if let Some(run) = &mut *run() {
            run.attach = Some(command);
        }
        Self
    }
}

impl Drop for Attachable {
    fn drop(&mut self) {
        if let Some(run) = &mut *run() {
            run.attach = None;
        }
    }
}

/// Says, until it is dropped, that somebody is asked something.
pub(crate) struct Asking;

impl Asking {
    /// From now on.
    pub(crate) fn begins() -> Self {
        ASKING.store(true, Ordering::Relaxed);
        Self
    }
}

impl Drop for Asking {
    fn drop(&mut self) {
        ASKING.store(false, Ordering::Relaxed);
    }
}

fn run() -> MutexGuard<'static, Option<Stopped>> {
    RUN.lock().unwrap_or_else(PoisonError::into_inner)
}

fn pressed() {
    let is_asking = ASKING.load(Ordering::Relaxed);
    let again = INTERRUPTED.swap(true, Ordering::Relaxed);
    let Some(Stopped { interrupt, attach }) = run().clone() else {
        return;
    };
    let is_idle = interrupt.is_idle();
    if again {
        interrupt.detach();
    } else {
        interrupt.stop();
    }
    if !is_asking {
        // Nobody reading it is no reason to go on.
        let _ = writeln!(
            std::io::stderr().lock(),
            "{}",
            said(again, is_idle, attach.as_deref())
        );
    }
}

/// What is said to who pressed it.
fn said(again: bool, is_idle: bool, attach: Option<&str>) -> String {
    match (again, is_idle, attach) {
        (false, true, _) => "asked to stop".to_owned(),
        (false, false, _) => "asked to stop: what was begun is ended and its state written; press Ctrl-C again to leave it to itself".to_owned(),
        (true, true, _) => "nothing is waited for any more".to_owned(),
        (true, false, Some(attach)) => format!(
            "left to itself: what was begun goes on to its end, and its stack is held until then; `{attach}` waits for it"
        ),
        (true, false, None) => "left to itself: what was begun goes on to its end".to_owned(),
    }
}

/// Whether someone pressed it.
pub(crate) fn happened() -> bool {
    INTERRUPTED.load(Ordering::Relaxed)
}

#[cfg(test)]
mod tests {
    use super::said;

    #[test]
    fn what_is_said_is_of_what_runs() {
        let attach = Some("csoc runs attach R --home here");
        assert_eq!(said(false, true, attach), "asked to stop");
        assert!(said(false, false, attach).contains("its state written"));
        assert_eq!(said(true, true, attach), "nothing is waited for any more");
        assert!(said(true, false, attach).contains("`csoc runs attach R --home here` waits"));
        // A plan changes nothing, and nothing comes back to it.
        assert!(!said(true, false, None).contains("attach"));
    }
}

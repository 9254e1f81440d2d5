//! How processes are asked to stop, and when they are left alone.

use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// How often what waits looks whether somebody still waits for it.
pub(crate) const GLANCE: Duration = Duration::from_millis(50);

/// Asks the processes that share it to stop.
///
/// Each is asked once, as Ctrl-C asks: Terraform then ends what it began and writes its state. It is never killed; who
/// does not want to wait detaches, and it goes on by itself.
#[derive(Debug, Clone, Default)]
pub struct Interrupt(Arc<Shared>);

#[derive(Debug, Default)]
struct Shared {
    state: AtomicU8,
    /// The processes that run.
    running: Mutex<Vec<u32>>,
}

/// For how long something is waited for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Until {
    /// Until somebody asks to stop: nothing is lost with it.
    Stopped,
    /// Until nobody waits any more: something is written, and how that went is worth a while.
    Detached,
}

const STOPPED: u8 = 1;
const DETACHED: u8 = 2;

impl Interrupt {
    /// Asks all that run to stop, and all that would begin not to.
    pub fn stop(&self) {
        if self.0.state.fetch_max(STOPPED, Ordering::SeqCst) >= STOPPED {
            return;
        }
        self.running().iter().copied().for_each(ask_to_stop);
    }

    /// Waits for nothing any more: what runs, asked to stop or not, goes on without anybody who looks at it.
    pub fn detach(&self) {
        self.0.state.fetch_max(DETACHED, Ordering::SeqCst);
    }

    /// Whether somebody asked, or does not wait any more.
    pub fn is_stopped(&self) -> bool {
        self.0.state.load(Ordering::SeqCst) >= STOPPED
    }

    /// Whether nobody waits any more.
    pub fn is_detached(&self) -> bool {
        self.0.state.load(Ordering::SeqCst) >= DETACHED
    }

    /// Whether no process runs that would be asked.
    pub fn is_idle(&self) -> bool {
        self.running().is_empty()
    }

    /// Whether what is waited for that long is given up now.
    pub(crate) fn ends(&self, until: Until) -> bool {
        match until {
            Until::Stopped => self.is_stopped(),
            Until::Detached => self.is_detached(),
        }
    }

    pub(super) fn enter(&self, process: u32) {
        let mut running = self.running();
        running.push(process);
        // Asked between its start and now: whoever asked did not see it.
        if self.is_stopped() {
            ask_to_stop(process);
        }
    }

    pub(super) fn leave(&self, process: u32) {
        self.running().retain(|other| *other != process);
    }

    fn running(&self) -> MutexGuard<'_, Vec<u32>> {
        self.0
            .running
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(unix)]
pub(super) fn ask_to_stop(process: u32) {
    let process = i32::try_from(process)
        .ok()
        .and_then(rustix::process::Pid::from_raw);
    if let Some(process) = process {
        // It may have ended by itself just now.
        let _ = rustix::process::kill_process(process, rustix::process::Signal::INT);
    }
}

#[cfg(not(unix))]
pub(super) fn ask_to_stop(_process: u32) {}

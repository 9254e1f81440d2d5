//! Progress of long work, and Ctrl-C.

pub(crate) mod interrupt;
pub(crate) mod line;
mod plain;
pub(crate) mod progress;

use std::io::{self, IsTerminal, Write};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use camino::Utf8Path;
use csoc_core::Watch;
use csoc_operate::{LockHeld, Patience};
use indicatif::{ProgressBar, ProgressStyle};
pub(crate) use plain::plain;

/// How long work may take before it is worth a line.
const PATIENCE: Duration = Duration::from_secs(1);

/// Watches calls of the core: shows how far they are, and hands on that someone pressed Ctrl-C.
pub(crate) struct Terminal {
    start: Instant,
    shows: bool,
    bar: Mutex<Option<ProgressBar>>,
    patience: Patience,
}

impl Terminal {
    pub(crate) fn new() -> Self {
        Self {
            start: Instant::now(),
            shows: io::stderr().is_terminal(),
            bar: Mutex::new(None),
            patience: Patience::default(),
        }
    }

    /// Takes progress off the screen.
    pub(crate) fn finish(&self) {
        let mut bar = self.bar.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(bar) = bar.take() {
            bar.finish_and_clear();
        }
    }
}

impl Watch for Terminal {
    fn progress(&self, stage: &'static str, done: usize, total: usize) {
        if !self.shows || self.start.elapsed() < PATIENCE {
            return;
        }
        let mut bar = self.bar.lock().unwrap_or_else(PoisonError::into_inner);
        let bar = bar.get_or_insert_with(|| {
            ProgressBar::new(0).with_style(
                ProgressStyle::with_template("{msg:10} [{bar:30}] {pos}/{len}")
                    .unwrap_or_else(|_| ProgressStyle::default_bar())
                    .progress_chars("=> "),
            )
        });
        bar.set_length(total as u64);
        bar.set_message(stage);
        bar.set_position(done as u64);
    }

    fn is_cancelled(&self) -> bool {
        interrupt::happened()
    }

    fn waits(&self, lock: &Utf8Path, holder: &str) -> bool {
        let tell = |waiting: LockHeld| {
            self.finish();
            // Nobody reading it is no reason to stop.
            let _ = writeln!(io::stderr().lock(), "{waiting}");
        };
        let is_stopped = || interrupt::happened();
        self.patience.waits(lock.as_str(), holder, is_stopped, tell)
    }
}

//! One measurement, in a process of its own so that its peak of memory is its own too.

use std::time::{Duration, Instant};

use camino::Utf8Path;
use csoc_core::{Fleet, FleetError, RenderError, RenderOptions};
use serde::{Deserialize, Serialize};

use crate::stamps::Stamps;

/// What one load and render took and gave.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Measurement {
    /// From the call until everything is on disk.
    pub total: Duration,
    /// Each stage in order.
    pub stages: Vec<(String, Duration)>,
    /// Files that were not there.
    pub added: usize,
    /// Files whose content is new.
    pub changed: usize,
    /// Files that were there already.
    pub unchanged: usize,
    /// Files that wait for outputs.
    pub pending: usize,
    /// Warnings.
    pub warnings: usize,
    /// Processor time of all threads, from the start of the process; zero where the system does not say.
    pub processor: Duration,
    /// The peak of memory, in bytes; zero where the system does not say.
    pub peak: u64,
}

/// Why nothing was measured.
#[derive(Debug)]
pub struct Failure(String);

impl std::fmt::Display for Failure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Failure {}

impl From<FleetError> for Failure {
    fn from(error: FleetError) -> Self {
        match error {
            FleetError::Invalid(report) => Self::of(&report),
            error => Self(error.to_string()),
        }
    }
}

impl From<RenderError> for Failure {
    fn from(error: RenderError) -> Self {
        Self(error.to_string())
    }
}

impl Failure {
    fn of(report: &csoc_core::Report) -> Self {
        let lines: Vec<String> = report
            .failures()
            .take(5)
            .map(|failure| format!("{}: {}", failure.code, failure.message))
            .collect();
        Self(lines.join("\n"))
    }
}

/// Loads a fleet and renders it.
pub fn measure(fleet: &Utf8Path, out: &Utf8Path) -> Result<Measurement, Failure> {
    let start = Instant::now();
    let stamps = Stamps::start();
    let context = stamps.context();
    let loaded = Fleet::load(fleet, &context)?;
    let rendering = loaded.render(&RenderOptions::into_directory(out), &context)?;
    let total = start.elapsed();
    if !rendering.written {
        return Err(Failure::of(&rendering.report));
    }
    let stages = stamps
        .durations()
        .into_iter()
        .map(|(stage, duration)| (stage.to_owned(), duration))
        .collect();
    Ok(Measurement {
        total,
        stages,
        added: rendering.added.len(),
        changed: rendering.changed.len(),
        unchanged: rendering.unchanged,
        pending: rendering.pending.len(),
        warnings: rendering.report.summary().warnings,
        processor: processor(),
        peak: peak(),
    })
}

/// The most memory that this process ever had, in bytes.
fn peak() -> u64 {
    let status = fs_err::read_to_string("/proc/self/status").unwrap_or_default();
    status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))
        .and_then(|rest| rest.split_whitespace().next()?.parse::<u64>().ok())
        .map_or(0, |kilobytes| kilobytes * 1024)
}

/// The processor time that this process used: on a busy machine it says more than the clock.
fn processor() -> Duration {
    let statistics = fs_err::read_to_string("/proc/self/stat").unwrap_or_default();
    // The name of the program stands in parentheses and may hold blanks; user and system time are the 12th and 13th behind it.
    let ticks: u64 = statistics
        .rsplit(')')
        .next()
        .unwrap_or_default()
        .split_whitespace()
        .skip(11)
        .take(2)
        .filter_map(|field| field.parse::<u64>().ok())
        .sum();
    Duration::from_millis(ticks * 10)
}

//! When each stage ended, as the library says it.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use csoc_core::{Context, Watch};

/// A watch that notes the time at the end of each stage.
pub struct Stamps {
    start: Instant,
    ends: Arc<Ends>,
}

#[derive(Default)]
struct Ends(Mutex<Vec<(&'static str, Instant)>>);

impl Watch for Ends {
    fn progress(&self, stage: &'static str, _: usize, _: usize) {
        self.lock().push((stage, Instant::now()));
    }
}

impl Ends {
    fn lock(&self) -> std::sync::MutexGuard<'_, Vec<(&'static str, Instant)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Stamps {
    /// Starts the clock.
    pub fn start() -> Self {
        Self {
            start: Instant::now(),
            ends: Arc::default(),
        }
    }

    /// A context that stamps.
    pub fn context(&self) -> Context {
        Context::default().watch(self.ends.clone())
    }

    /// The time of each stage, in order; those that end several times are added up.
    pub fn durations(&self) -> Vec<(&'static str, Duration)> {
        let mut durations: Vec<(&'static str, Duration)> = Vec::new();
        let mut last = self.start;
        for (stage, end) in self.ends.lock().iter() {
            let duration = end.duration_since(last);
            last = *end;
            match durations.iter_mut().find(|(known, _)| known == stage) {
                Some((_, sum)) => *sum += duration,
                None => durations.push((stage, duration)),
            }
        }
        durations
    }

    /// The time of one stage.
    pub fn duration(&self, stage: &str) -> Duration {
        self.durations()
            .into_iter()
            .find(|(known, _)| *known == stage)
            .map_or(Duration::ZERO, |(_, duration)| duration)
    }
}

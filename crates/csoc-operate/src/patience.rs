//! Waiting for the lock of a directory into which somebody else renders.

use std::sync::{Mutex, PoisonError};
use std::thread::sleep;
use std::time::{Duration, Instant};

/// For how long a lock is waited for: it is held while somebody renders, which takes seconds.
const PATIENCE: Duration = Duration::from_mins(1);

/// How long it is waited for before anything is said.
const SILENCE: Duration = Duration::from_secs(1);

/// How often it is looked at.
const GLANCE: Duration = Duration::from_millis(100);

/// Who waits for locks: a minute for each, and not once somebody asks to stop.
#[derive(Debug)]
pub struct Patience {
    limit: Duration,
    wait: Mutex<Option<Wait>>,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            limit: PATIENCE,
            wait: Mutex::default(),
        }
    }
}

#[derive(Debug)]
struct Wait {
    lock: Box<str>,
    since: Instant,
    is_told: bool,
}

/// What is said of a lock that is waited for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LockHeld(String);

impl std::fmt::Display for LockHeld {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl Patience {
    /// Waits for a moment, and says whether the lock is to be looked at again. What is waited for longer than a second is
    /// told once.
    pub fn waits(
        &self,
        lock: &str,
        holder: &str,
        is_stopped: impl Fn() -> bool,
        tell: impl FnOnce(LockHeld),
    ) -> bool {
        let waited = {
            let mut wait = self.wait.lock().unwrap_or_else(PoisonError::into_inner);
            wait.take_if(|wait| *wait.lock != *lock);
            let wait = wait.get_or_insert_with(|| Wait {
                lock: lock.into(),
                since: Instant::now(),
                is_told: false,
            });
            let waited = wait.since.elapsed();
            if waited >= SILENCE && !wait.is_told {
                wait.is_told = true;
                let seconds = self.limit.as_secs();
                tell(LockHeld(format!(
                    "waiting for `{lock}`, for {seconds} s at most: {holder} renders there"
                )));
            }
            waited
        };
        if is_stopped() || waited >= self.limit {
            return false;
        }
        sleep(GLANCE);
        !is_stopped()
    }
}

#[cfg(test)]
mod tests {
    use std::cell::{Cell, RefCell};
    use std::time::{Duration, Instant};

    use super::Patience;

    #[test]
    fn it_is_told_once_and_ends_when_somebody_stops_it() {
        let (patience, begun) = (Patience::default(), Instant::now());
        let (told, stops) = (RefCell::new(Vec::new()), Cell::new(false));
        let asks = |lock: &str| {
            let tell = |waiting: super::LockHeld| told.borrow_mut().push(waiting.to_string());
            patience.waits(lock, "process 7", || stops.get(), tell)
        };
        while begun.elapsed() < Duration::from_millis(1500) {
            assert!(asks("a"));
        }
        let said = ["waiting for `a`, for 60 s at most: process 7 renders there"];
        assert_eq!(*told.borrow(), said);
        // Another lock is waited for anew, and nothing is said of it yet.
        assert!(asks("b"));
        assert_eq!(told.borrow().len(), 1);
        stops.set(true);
        assert!(!asks("b"));
    }

    #[test]
    fn it_ends() {
        let limit = Duration::from_millis(300);
        let patience = Patience {
            limit,
            ..Patience::default()
        };
        let (begun, told) = (Instant::now(), Cell::new(false));
        while patience.waits("a", "process 7", || false, |_| told.set(true)) {
            assert!(begun.elapsed() < Duration::from_secs(10));
        }
        assert!(begun.elapsed() >= limit && !told.get());
    }
}

//! The name of a run.

use std::fmt;
use std::sync::atomic::{AtomicU32, Ordering};

use jiff::Timestamp;

use crate::digest::Digest;

/// The name of a run: when it began, and six digits that no other run of that second has.
///
/// It may stand in the name of a session of AWS, in a file name and in a shell command as it is.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct RunId(Box<str>);

impl RunId {
    /// The name of a run that begins now.
    pub fn new(now: Timestamp) -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let own = format!("{}.{}.{count}", now.as_nanosecond(), std::process::id());
        let digits: String = Digest::of(own.as_bytes())
            .to_string()
            .chars()
            .take(6)
            .collect();
        Self(format!("{}-{digits}", now.strftime("%Y%m%dT%H%M%SZ")).into())
    }

    /// The name of a run that begins as the clock says.
    pub fn now() -> Self {
        Self::new(Timestamp::now())
    }

    /// It as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for RunId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::RunId;

    #[test]
    fn two_runs_of_a_moment_have_two_names() {
        let now = "2026-11-26T13:42:07.5Z".parse().expect("it is a time");
        let (one, other) = (RunId::new(now), RunId::new(now));
        assert_ne!(one, other);
        assert!(one.as_str().starts_with("20261126T134207Z-"), "{one}");
        assert_eq!(one.as_str().len(), 23);
    }
}

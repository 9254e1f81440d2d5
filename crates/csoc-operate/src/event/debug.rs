//! An event as programmers see it: what a provider prints as it likes may hold anything, and is not shown.

use std::fmt;

use super::Event;

impl fmt::Debug for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut one = |name: &str, what: &dyn fmt::Debug| f.debug_tuple(name).field(what).finish();
        match self {
            Self::Diagnostic(diagnostic) => one("Diagnostic", diagnostic),
            Self::Planned(change) => one("Planned", change),
            Self::Drifted(change) => one("Drifted", change),
            Self::Summary(totals) => one("Summary", totals),
            Self::Started(change) => one("Started", change),
            Self::Completed(change) => one("Completed", change),
            Self::Failed(change) => one("Failed", change),
            Self::Reading { address } => one("Reading", address),
            Self::Outputs { names } => one("Outputs", names),
            Self::Note { message } => one("Note", message),
            Self::Version { program, interface } => one("Version", &(program, interface)),
            Self::Progress { address, seconds } => one("Progress", &(address, seconds)),
            Self::Log { level, .. } => one("Log", level),
            Self::Unknown { of, .. } => one("Unknown", of),
            Self::Text { .. } => f.write_str("Text(…)"),
        }
    }
}

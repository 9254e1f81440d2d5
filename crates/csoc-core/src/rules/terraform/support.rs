//! The end of support, as messages say it.

use crate::catalog::Support;

/// What is to be said of a version whose support ended; nothing of one that gets fixes.
pub(in crate::rules) fn ended(support: Support<'_>) -> Option<String> {
    match support {
        Support::Open => None,
        Support::Extended(day) => Some(format!("whose standard support ended on {day}")),
        Support::Ended(day) => Some(format!("which gets no fixes since {day}")),
        Support::Forgotten => Some("which gets no fixes any more".to_owned()),
    }
}

/// The oldest version that does, or whatever is newer.
pub(in crate::rules) fn newer(oldest: Option<&str>) -> String {
    oldest.map_or_else(
        || "a newer one".to_owned(),
        |oldest| format!("{oldest} or newer"),
    )
}

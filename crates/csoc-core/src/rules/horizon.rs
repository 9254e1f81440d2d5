//! How far off the last day of a decision may be: one that nobody will see is none.

use crate::model::version::Date;

/// How many years off: long enough for a contract or a lease, and a day that comes.
pub(super) const YEARS: u32 = 5;

/// The last day that a decision may hold until, seen from a day. Days compare as their text does.
pub(super) fn horizon(day: &Date) -> Option<String> {
    let (year, rest) = day.as_str().split_once('-')?;
    let year = year.parse::<u32>().ok()?.saturating_add(YEARS).min(9999);
    let rest = if rest == "02-29" { "02-28" } else { rest };
    Some(format!("{year:04}-{rest}"))
}

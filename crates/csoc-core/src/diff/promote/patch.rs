//! The lines of a file that an edit changes.

use std::fmt::Write as _;

use super::super::{leaf, redact};

/// The changed lines of a file: a hunk for each run of them, without lines around it.
pub(super) fn unified(path: &str, old: &str, new: &str) -> String {
    let (before, after): (Vec<&str>, Vec<&str>) = (old.lines().collect(), new.lines().collect());
    let line = |line: &str| match line.split_once(':') {
        Some((key, value)) => format!("{key}:{}", redacted(key.trim(), value)),
        None => line.to_owned(),
    };
    let range =
        |at: usize, lines: usize| format!("{},{lines}", at.saturating_add(usize::from(lines > 0)));
    let mut text = format!("--- {path}\n+++ {path}\n");
    let (mut one, mut other) = (0, 0);
    while one < before.len() || other < after.len() {
        if before.get(one).is_some() && before.get(one) == after.get(other) {
            (one, other) = (one.saturating_add(1), other.saturating_add(1));
            continue;
        }
        let (gone, come) = run(
            before.get(one..).unwrap_or_default(),
            after.get(other..).unwrap_or_default(),
        );
        let _ = writeln!(text, "@@ -{} +{} @@", range(one, gone), range(other, come));
        for gone in before.iter().skip(one).take(gone) {
            let _ = writeln!(text, "-{}", line(gone));
        }
        for come in after.iter().skip(other).take(come) {
            let _ = writeln!(text, "+{}", line(come));
        }
        (one, other) = (one.saturating_add(gone), other.saturating_add(come));
    }
    text
}

/// How many lines are gone and have come until both texts go on alike: the fewest.
fn run(before: &[&str], after: &[&str]) -> (usize, usize) {
    for sum in 1..=before.len().saturating_add(after.len()) {
        for gone in 0..=sum.min(before.len()) {
            let come = sum.saturating_sub(gone);
            if come <= after.len()
                && before.get(gone) == after.get(come)
                && before
                    .get(gone..)
                    .unwrap_or_default()
                    .iter()
                    .zip(after.get(come..).unwrap_or_default())
                    .take(2)
                    .all(|(one, other)| one == other)
            {
                return (gone, come);
            }
        }
    }
    (before.len(), after.len())
}

fn redacted(key: &str, value: &str) -> String {
    if redact::is_secret(key, value.trim()) {
        format!(" {}", redact::REDACTED)
    } else {
        leaf::printable(value)
    }
}

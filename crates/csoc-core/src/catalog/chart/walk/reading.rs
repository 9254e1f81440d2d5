//! What templates do with a key.

use std::collections::BTreeSet;

use super::path::{PathId, Paths};

/// Alternatives that are kept; a key that more blocks read counts as read in any case.
const ALTERNATIVES: usize = 6;

/// A line of a chart's file; the number is into the reader's list of files.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Place {
    /// Which file.
    pub(crate) file: u32,
    /// The line, from 1.
    pub(crate) line: u32,
}

/// How a key is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Use {
    /// Its value is looked at, passed on or printed as a single one.
    Value,
    /// It is printed or passed on with all that is below it, where there is something below.
    Whole,
    /// Its keys are gone through by name, so that any key may stand there.
    Pairs,
}

/// All that templates do with one key.
#[derive(Debug, Clone, Default)]
pub(crate) struct Reading {
    /// How it is read.
    pub(crate) uses: BTreeSet<Use>,
    /// Where it is read first.
    pub(crate) place: Option<Place>,
    /// When it is read.
    pub(crate) gates: Gates,
}

/// When a key is read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) enum Gates {
    /// Never, as far as was seen.
    #[default]
    Never,
    /// Where all conditions of one of the sets hold.
    Any(BTreeSet<BTreeSet<Condition>>),
    /// Whatever else is set.
    Always,
}

/// Some of the values being true for a template, or none of them.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Condition {
    /// The keys that are looked at.
    pub(crate) keys: BTreeSet<PathId>,
    /// Whether one of them must be true, or all must be false.
    pub(crate) holds: bool,
}

impl Gates {
    /// Adds a place that reads `key` where all these conditions hold.
    pub(super) fn add(&mut self, key: PathId, conditions: &BTreeSet<Condition>, paths: &Paths) {
        if *self == Self::Always {
            return;
        }
        // That something is there to be read says nothing about a flag.
        let needed: BTreeSet<Condition> = conditions
            .iter()
            .filter(|condition| !condition.keys.iter().any(|flag| paths.is_below(key, *flag)))
            .cloned()
            .collect();
        if needed.is_empty() {
            *self = Self::Always;
            return;
        }
        match self {
            Self::Any(sets) => {
                if sets.iter().any(|set| set.is_subset(&needed)) {
                    return;
                }
                sets.retain(|set| !needed.is_subset(set));
                sets.insert(needed);
                if sets.len() > ALTERNATIVES {
                    *self = Self::Always;
                }
            }
            Self::Never | Self::Always => *self = Self::Any(BTreeSet::from([needed])),
        }
    }
}

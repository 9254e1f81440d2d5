//! All findings of one check, in a fixed order, with what the baseline and waivers say of them.

use std::collections::BTreeMap;

use serde::Serialize;

use super::{Diagnostic, Severity, Status};

/// The findings of one check.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
#[non_exhaustive]
pub struct Report {
    diagnostics: Vec<Diagnostic>,
    summary: Summary,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    undecided: BTreeMap<Box<str>, usize>,
}

/// How many findings there are of each kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
#[non_exhaustive]
pub struct Summary {
    /// New errors.
    pub errors: usize,
    /// New warnings.
    pub warnings: usize,
    /// New remarks.
    pub infos: usize,
    /// Findings that the baseline knows.
    pub baselined: usize,
    /// Findings that a waiver covers.
    pub waived: usize,
}

impl Report {
    /// A report of these findings: sorted, the same ones once.
    pub fn new(mut diagnostics: Vec<Diagnostic>) -> Self {
        diagnostics.sort_by(|a, b| {
            let key = |diagnostic: &Diagnostic| {
                let place = diagnostic
                    .labels
                    .first()
                    .map(|label| (label.file.clone(), label.line, label.column));
                (diagnostic.status, diagnostic.severity, place)
            };
            key(a).cmp(&key(b)).then_with(|| a.cmp(b))
        });
        diagnostics.dedup();
        let mut summary = Summary::default();
        for diagnostic in &diagnostics {
            *match (diagnostic.status, diagnostic.severity) {
                (Status::Baselined, _) => &mut summary.baselined,
                (Status::Waived, _) => &mut summary.waived,
                (Status::New, Severity::Error) => &mut summary.errors,
                (Status::New, Severity::Warning) => &mut summary.warnings,
                (Status::New, Severity::Info) => &mut summary.infos,
            } += 1;
        }
        Self {
            diagnostics,
            summary,
            undecided: BTreeMap::new(),
        }
    }

    /// The same with what could not be decided.
    pub(crate) fn with_undecided(mut self, undecided: BTreeMap<Box<str>, usize>) -> Self {
        self.undecided = undecided;
        self
    }

    /// How often something was asked of the text that it does not decide, by reason: no finding, and no proof either.
    ///
    /// Only verifying a tree asks such questions.
    pub fn undecided(&self) -> &BTreeMap<Box<str>, usize> {
        &self.undecided
    }

    /// The findings: new ones first, errors before warnings, then by place.
    pub fn diagnostics(&self) -> &[Diagnostic] {
        &self.diagnostics
    }

    /// The findings one after the other, in the same order.
    pub fn iter(&self) -> std::slice::Iter<'_, Diagnostic> {
        self.diagnostics.iter()
    }

    /// The findings that make a check fail.
    pub fn failures(&self) -> impl Iterator<Item = &Diagnostic> {
        self.diagnostics
            .iter()
            .filter(|diagnostic| diagnostic.is_failure())
    }

    /// Whether a check fails on it.
    pub fn has_failures(&self) -> bool {
        self.summary.errors > 0
    }

    /// How many findings there are of each kind.
    pub fn summary(&self) -> Summary {
        self.summary
    }

    /// Both reports as one.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        let mut undecided = self.undecided;
        for (reason, times) in other.undecided {
            *undecided.entry(reason).or_default() += times;
        }
        let diagnostics = self.diagnostics.into_iter();
        Self::new(diagnostics.chain(other.diagnostics).collect()).with_undecided(undecided)
    }
}

impl IntoIterator for Report {
    type Item = Diagnostic;
    type IntoIter = std::vec::IntoIter<Diagnostic>;

    fn into_iter(self) -> Self::IntoIter {
        self.diagnostics.into_iter()
    }
}

impl<'a> IntoIterator for &'a Report {
    type Item = &'a Diagnostic;
    type IntoIter = std::slice::Iter<'a, Diagnostic>;

    fn into_iter(self) -> Self::IntoIter {
        self.diagnostics.iter()
    }
}

//! What the chart says of foreign values: keys that nothing reads, scalars that Helm reads as something else.

use std::collections::BTreeMap;

use camino::Utf8Path;

use super::foreign::Foreign;
use crate::catalog::Catalogs;
use crate::diagnostic::{Diagnostics, Finding};
use crate::span::Span;
use crate::verify::values::{self, VALUES_KEY_UNKNOWN, VALUES_KEY_UNREAD, ValuesFile};

/// The chart that values of environments are for.
const CHART: &str = "gen3";

/// Keys that nothing reads, by the place of each, with the code of the finding.
#[derive(Debug, Default)]
pub(super) struct Dead(BTreeMap<Span, &'static str>);

impl Dead {
    /// Whether nothing reads what stands below the key at a place, and the code that says so.
    pub(super) fn at(&self, span: Option<Span>) -> Option<&'static str> {
        self.0.get(&span?).copied()
    }

    /// Adds a place.
    pub(super) fn add(&mut self, span: Span, code: &'static str) {
        self.0.insert(span, code);
    }
}

/// The findings of the chart about each environment's values, in their order.
pub(super) fn findings(foreign: &Foreign, catalogs: &Catalogs) -> Vec<Vec<Finding>> {
    use rayon::prelude::*;
    let Some(chart) = catalogs.chart(CHART, None) else {
        return vec![Vec::new(); foreign.environments.len()];
    };
    foreign
        .environments
        .par_iter()
        .map(|environment| {
            let mut found = Diagnostics::default();
            let file = ValuesFile {
                path: Utf8Path::new("values.yaml"),
                node: environment.values.as_ref(),
            };
            values::check(chart, &[file], &mut found);
            found.into_vec()
        })
        .collect()
}

/// The keys that nothing reads.
pub(super) fn dead(findings: &[Vec<Finding>]) -> Dead {
    let mut dead = Dead::default();
    for finding in findings.iter().flatten() {
        let is_dead = finding.code == VALUES_KEY_UNKNOWN || finding.code == VALUES_KEY_UNREAD;
        if let Some((span, _)) = finding.labels.first().filter(|_| is_dead) {
            dead.add(*span, finding.code.as_str());
        }
    }
    dead
}

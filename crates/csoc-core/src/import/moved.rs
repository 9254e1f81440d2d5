//! An import of a layout that is moved and not kept: its baseline and its report.

use std::collections::BTreeMap;

use super::compiled::Compiled;
use super::draft::Draft;
use super::imported::{Import, ImportError, lines};
use super::kind::ImportKind;
use super::ledger::LedgerUnit;
use super::note::Notes;
use super::report::{Comments, Equal, ImportReport, Tally};
use crate::context::Context;
use crate::model::name::ObjectName;
use crate::source::SourceSet;

/// The files of the fleet with a baseline and the report.
pub(super) fn finish(
    kind: ImportKind,
    name: &ObjectName,
    draft: &Draft,
    mut units: Vec<LedgerUnit>,
    notes: Notes,
    context: &Context,
) -> Result<Import, ImportError> {
    let compiled = Compiled::of(draft.sources(), context)
        .map_err(|error| ImportError::Draft(Box::new(error)))?;
    let checked = compiled.fleet.check(context)?;
    let mut findings: BTreeMap<String, usize> = BTreeMap::new();
    for finding in &checked {
        let count = findings.entry(finding.code.to_string()).or_default();
        *count = count.saturating_add(1);
    }
    let every: Vec<_> = units
        .iter_mut()
        .flat_map(|unit| std::mem::take(&mut unit.every))
        .collect();
    let mut leaves = Tally::default();
    for leaf in &every {
        leaves.count(leaf.fate, 1);
    }
    let report = ImportReport {
        kind,
        fleet: name.to_string(),
        values: Equal::default(),
        applications: Equal::default(),
        clusters: Equal::default(),
        naming_rules: 0,
        share: leaves.share(),
        leaves,
        lines: lines(&SourceSet::new(), draft),
        comments: Comments::default(),
        findings,
        objects: Vec::new(),
        notes: notes.finish(),
        fixes: Vec::new(),
        moved: units,
        every,
    };
    let mut files = draft.sources();
    files.insert("baseline.yaml", checked.baseline().into_bytes());
    files.insert("import-report.md", report.to_markdown().into_bytes());
    let mut json = serde_json::to_vec_pretty(&report).unwrap_or_default();
    json.push(b'\n');
    files.insert("import-report.json", json);
    Ok(Import::new(files, report))
}

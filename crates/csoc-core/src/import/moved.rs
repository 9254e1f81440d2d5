//! An import with its baseline and its report, whatever layout it came from.

use std::collections::BTreeMap;

use super::compiled::Compiled;
use super::draft::Draft;
use super::error::ImportError;
use super::imported::Import;
use super::kind::ImportKind;
use super::ledger::LedgerUnit;
use super::lines::lines;
use super::note::Notes;
use super::report::{Comments, ImportReport};
use super::tally::Account;
use crate::context::Context;
use crate::model::name::ObjectName;
use crate::source::SourceSet;

/// An import of a layout that is moved and not kept: its units are its account.
pub(super) fn finish(
    (kind, name): (ImportKind, &ObjectName),
    mut draft: Draft,
    mut units: Vec<LedgerUnit>,
    notes: Notes,
    context: &Context,
) -> Result<Import, ImportError> {
    draft.record(kind, context.as_of.as_ref());
    draft.order();
    let compiled = Compiled::of(draft.sources(), context)
        .map_err(|error| ImportError::Draft(Box::new(error)))?;
    let mut account = Account::default();
    for unit in &mut units {
        account.every.append(&mut unit.every);
    }
    for leaf in &account.every {
        account.leaves.count(leaf.fate, 1);
    }
    assemble(
        (kind, name),
        (&draft, &compiled, 0),
        account,
        Comments::default(),
        units,
        notes,
        context,
    )
}

/// The files of the fleet with a baseline and the report.
pub(super) fn assemble(
    (kind, name): (ImportKind, &ObjectName),
    (draft, compiled, naming_rules): (&Draft, &Compiled, usize),
    account: Account,
    comments: Comments,
    moved: Vec<LedgerUnit>,
    notes: Notes,
    context: &Context,
) -> Result<Import, ImportError> {
    let checked = compiled.fleet.check(context)?;
    let mut findings: BTreeMap<String, usize> = BTreeMap::new();
    for finding in &checked {
        let count = findings.entry(finding.code.to_string()).or_default();
        *count = count.saturating_add(1);
    }
    let report = ImportReport {
        kind,
        fleet: name.to_string(),
        values: account.values,
        applications: account.applications,
        clusters: account.clusters,
        naming_rules,
        share: account.leaves.share(),
        live_share: account.leaves.live_share(),
        leaves: account.leaves,
        lines: lines(&SourceSet::new(), draft),
        comments,
        findings,
        objects: account.objects,
        notes: notes.finish(),
        fixes: Vec::new(),
        moved,
        every: account.every,
    };
    let mut files = draft.sources();
    files.insert("baseline.yaml", checked.baseline().into_bytes());
    files.insert("import-report.md", report.to_markdown().into_bytes());
    files.insert("import-report.json", report.to_json().into_bytes());
    Ok(Import { files, report })
}

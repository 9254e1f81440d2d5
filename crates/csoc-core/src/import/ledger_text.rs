//! The report of an import: for programs as JSON, for people as Markdown.

use std::fmt::Write as _;

use super::kind::ImportKind;
use super::ledger::{Fate, LedgerRow, LedgerUnit};
use super::note::ImportNote;

/// The files of the report, beside the fleet's.
pub(super) fn files(
    kind: ImportKind,
    units: &[LedgerUnit],
    notes: &[ImportNote],
) -> [(&'static str, String); 2] {
    [
        ("import-report.json", json(kind, units, notes)),
        ("import-report.md", markdown(kind, units, notes)),
    ]
}

#[derive(serde::Serialize)]
struct Report<'a> {
    format: u32,
    kind: ImportKind,
    units: &'a [LedgerUnit],
    notes: &'a [ImportNote],
}

fn json(kind: ImportKind, units: &[LedgerUnit], notes: &[ImportNote]) -> String {
    let report = Report {
        format: 1,
        kind,
        units,
        notes,
    };
    let mut text = serde_json::to_string_pretty(&report).unwrap_or_default();
    text.push('\n');
    text
}

fn markdown(kind: ImportKind, units: &[LedgerUnit], notes: &[ImportNote]) -> String {
    let mut text = format!("# What `csoc import {kind}` made\n\n");
    summary(units, &mut text);
    if !notes.is_empty() {
        text.push_str("\n## To know\n\n");
        for note in notes {
            let place = match note.line {
                0 => note.file.to_string(),
                line => format!("{}:{line}", note.file),
            };
            let _ = writeln!(
                text,
                "- `{place}`, {}: {}",
                note.kind.as_str(),
                cell(&note.message)
            );
        }
    }
    for unit in units {
        text.push('\n');
        text.push_str(&page(unit));
    }
    text
}

/// A line a unit: how many leaves became what.
fn summary(units: &[LedgerUnit], text: &mut String) {
    text.push_str("| source | object | leaves |");
    for fate in Fate::ALL {
        let _ = write!(text, " {} |", fate.as_str());
    }
    text.push_str("\n|---|---|---:|");
    text.push_str(&"---:|".repeat(Fate::ALL.len()));
    text.push('\n');
    for unit in units {
        let counts = unit.counts();
        let all: usize = counts.values().sum();
        let _ = write!(text, "| {} | `{}` | {all} |", unit.source, unit.object);
        for fate in Fate::ALL {
            let count = counts.get(&fate).copied().unwrap_or_default();
            let _ = write!(text, " {count} |");
        }
        text.push('\n');
    }
}

/// One unit's part: what became of it, which secrets it needs, what is left to do.
pub(super) fn page(unit: &LedgerUnit) -> String {
    let mut text = format!("## {} → `{}`\n", unit.source, unit.object);
    for fate in Fate::ALL {
        let rows: Vec<&LedgerRow> = unit.rows.iter().filter(|row| row.fate == fate).collect();
        if rows.is_empty() {
            continue;
        }
        let leaves: usize = rows.iter().map(|row| row.leaves).sum();
        let mut heading = fate.as_str().to_owned();
        if let Some(first) = heading.get_mut(..1) {
            first.make_ascii_uppercase();
        }
        let _ = writeln!(text, "\n### {heading}: {leaves}\n");
        text.push_str("| from | leaves | now | remark |\n|---|---:|---|---|\n");
        for row in rows {
            let file = row.file.strip_prefix(&unit.source).unwrap_or(&row.file);
            let from = match (row.path.as_str(), row.line) {
                ("", _) => format!("`{file}`"),
                (path, line) => format!("`{path}` ({file}:{line})"),
            };
            let target = match row.target.as_str() {
                "" => String::new(),
                target => format!("`{target}`"),
            };
            let _ = writeln!(
                text,
                "| {} | {} | {} | {} |",
                cell(&from),
                row.leaves,
                cell(&target),
                cell(&row.reason)
            );
        }
    }
    if !unit.secrets.is_empty() {
        text.push_str("\n### Secrets that it needs\n\n| name | holds | filled by |\n|---|---|---|\n");
        for secret in &unit.secrets {
            let _ = writeln!(
                text,
                "| `{}` | {} | {} |",
                secret.name, secret.shape, secret.seeder
            );
        }
    }
    if !unit.steps.is_empty() {
        text.push_str("\n### Before and after the cut-over\n\n");
        for step in &unit.steps {
            let _ = writeln!(text, "- [ ] {step}");
        }
    }
    text
}

/// Text inside a cell of a table.
fn cell(text: &str) -> String {
    text.replace('|', "\\|").replace('\n', " ")
}

//! The report of a move as a page for people: what became of each object, what it needs, what is left to do.

use std::fmt::Write as _;

use super::ledger::{LedgerRow, LedgerUnit, Outcome};
use super::report::ImportReport;

/// The page of a report.
pub(super) fn markdown(report: &ImportReport) -> String {
    let mut text = format!("# What `csoc import {}` made\n\n", report.kind);
    summary(&report.moved, &mut text);
    if !report.notes.is_empty() {
        text.push_str("\n## To know\n\n");
        for note in &report.notes {
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
    for unit in &report.moved {
        text.push('\n');
        text.push_str(&page(unit));
    }
    text
}

/// A line a unit: how many leaves became what.
fn summary(units: &[LedgerUnit], text: &mut String) {
    text.push_str("| source | object | leaves |");
    for outcome in Outcome::ALL {
        let _ = write!(text, " {} |", outcome.as_str());
    }
    text.push_str("\n|---|---|---:|");
    text.push_str(&"---:|".repeat(Outcome::ALL.len()));
    text.push('\n');
    for unit in units {
        let counts = unit.counts();
        let all: usize = counts.values().sum();
        let _ = write!(text, "| {} | `{}` | {all} |", unit.source, unit.object);
        for outcome in Outcome::ALL {
            let count = counts.get(&outcome).copied().unwrap_or_default();
            let _ = write!(text, " {count} |");
        }
        text.push('\n');
    }
}

/// One unit's part: what became of it, which secrets it needs, what is left to do.
pub(super) fn page(unit: &LedgerUnit) -> String {
    let mut text = format!("## {} → `{}`\n", unit.source, unit.object);
    for outcome in Outcome::ALL {
        let rows: Vec<&LedgerRow> = unit
            .rows
            .iter()
            .filter(|row| row.outcome == outcome)
            .collect();
        if rows.is_empty() {
            continue;
        }
        let leaves: usize = rows.iter().map(|row| row.leaves).sum();
        let mut heading = outcome.as_str().to_owned();
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
        text.push_str(
            "\n### Secrets that it needs\n\n| name | holds | filled by |\n|---|---|---|\n",
        );
        for secret in &unit.secrets {
            let _ = writeln!(
                text,
                "| `{}` | {} | {} |",
                secret.name, secret.shape, secret.seeder
            );
        }
    }
    if !unit.steps.is_empty() {
        text.push_str("\n### Left to do\n\n");
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

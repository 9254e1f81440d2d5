//! The report as a page for people: `import-report.md`.

use std::fmt::Write as _;

use super::ledger_text;
use super::note::NoteKind;
use super::report::{Fate, ImportReport, Tally};

/// Notes of one kind that the page lists.
const MOST_NOTES: usize = 60;

impl ImportReport {
    /// The report as Markdown.
    pub fn to_markdown(&self) -> String {
        if !self.moved.is_empty() {
            return ledger_text::markdown(self);
        }
        let mut page = String::new();
        // Writing into a string does not fail.
        let _ = self.write(&mut page);
        page
    }

    fn write(&self, page: &mut String) -> std::fmt::Result {
        writeln!(
            page,
            "# Import of {} as the fleet {}\n",
            self.kind, self.fleet
        )?;
        writeln!(
            page,
            "The fleet compiles back to what it came from: {} of {} values, {} of {} Applications, {} of {} clusters are equal as data.\n",
            self.values.equal,
            self.values.total,
            self.applications.equal,
            self.applications.total,
            self.clusters.equal,
            self.clusters.total
        )?;
        writeln!(
            page,
            "| | |\n|---|---:|\n| plain leaves of values in model, naming rules and recorded outputs | {:.1} % of {} |\n| of those that something of the chart reads | {:.1} % of {} |\n| naming rules | {} |\n| lines that a person owned before | {} |\n| lines of the fleet's model files now | {} |\n| lines of content in files of its own | {} |\n| comments kept | {} |\n| comments lost | {} |\n",
            self.share,
            self.leaves.plain(),
            self.live_share,
            self.leaves.plain() - self.leaves.dead,
            self.naming_rules,
            self.lines.before,
            self.lines.after,
            self.lines.content,
            self.comments.kept,
            self.comments.lost
        )?;
        self.tables(page)?;
        self.lists(page)
    }

    fn tables(&self, page: &mut String) -> std::fmt::Result {
        writeln!(page, "## What became of the leaves of values\n")?;
        row(
            page,
            "commons",
            Fate::ALL.iter().map(|fate| fate.as_str().to_owned()),
            "share",
        )?;
        let rule = std::iter::repeat_n("---:".to_owned(), Fate::ALL.len());
        row(page, "---", rule, "---:")?;
        for (commons, tally) in self.by_commons() {
            counts(page, &commons, &tally)?;
        }
        counts(page, "**all**", &self.leaves)?;
        writeln!(page, "\n## Clusters and Applications\n")?;
        row(
            page,
            "object",
            Fate::ALL.iter().map(|fate| fate.as_str().to_owned()),
            "share",
        )?;
        let rule = std::iter::repeat_n("---:".to_owned(), Fate::ALL.len());
        row(page, "---", rule, "---:")?;
        for document in ["application", "cluster"] {
            let mut all = Tally::default();
            for object in self
                .objects
                .iter()
                .filter(|object| object.document == document)
            {
                all.add(&object.leaves);
            }
            counts(page, &format!("every {document}"), &all)?;
        }
        for object in self.objects.iter().filter(|object| !object.equal) {
            writeln!(
                page,
                "\n`{}`: its {} is not equal to `{}`.",
                object.object, object.document, object.source
            )?;
        }
        writeln!(page)
    }

    fn lists(&self, page: &mut String) -> std::fmt::Result {
        for kind in [
            NoteKind::Unreadable,
            NoteKind::LeftOut,
            NoteKind::Guessed,
            NoteKind::Odd,
            NoteKind::Live,
        ] {
            let notes: Vec<_> = self.notes.iter().filter(|note| note.kind == kind).collect();
            if notes.is_empty() {
                continue;
            }
            writeln!(page, "## {}\n", capitalized(kind.as_str()))?;
            for note in notes.iter().take(MOST_NOTES) {
                let place = match note.line {
                    0 => note.file.to_string(),
                    line => format!("{}:{line}:{}", note.file, note.column),
                };
                writeln!(page, "- `{place}`: {}", note.message)?;
            }
            if notes.len() > MOST_NOTES {
                writeln!(
                    page,
                    "- and {} more, in `import-report.json`",
                    notes.len() - MOST_NOTES
                )?;
            }
            writeln!(page)?;
        }
        if !self.findings.is_empty() {
            writeln!(
                page,
                "## What the check finds, and the baseline knows now\n\n| code | findings |\n|---|---:|"
            )?;
            for (code, count) in &self.findings {
                writeln!(page, "| {code} | {count} |")?;
            }
            writeln!(page)?;
        }
        if !self.fixes.is_empty() {
            writeln!(page, "## What was mended\n")?;
            for fix in &self.fixes {
                writeln!(
                    page,
                    "### `{}`: {}\n\n```diff\n{}```\n",
                    fix.object, fix.code, fix.diff
                )?;
            }
        }
        writeln!(
            page,
            "## Raw values that remain\n\n| path | how often |\n|---|---:|"
        )?;
        let mut left: std::collections::BTreeMap<String, usize> = std::collections::BTreeMap::new();
        for leaf in &self.every {
            let raw = matches!(leaf.fate, Fate::Layered | Fate::Overlaid);
            if raw
                && leaf.object.starts_with("commons.")
                && !leaf.path.starts_with("spec.")
                && !leaf.path.starts_with("metadata.")
            {
                let parts: Vec<&str> = leaf.path.split('.').take(2).collect();
                *left.entry(parts.join(".")).or_default() += 1;
            }
        }
        let mut left: Vec<_> = left.into_iter().collect();
        left.sort_by_key(|(path, count)| (std::cmp::Reverse(*count), path.clone()));
        for (path, count) in left.iter().take(MOST_NOTES) {
            writeln!(page, "| `{path}` | {count} |")?;
        }
        Ok(())
    }
}

fn counts(page: &mut String, title: &str, tally: &Tally) -> std::fmt::Result {
    let cells = Fate::ALL.iter().map(|fate| tally.of(*fate).to_string());
    row(page, title, cells, &format!("{:.1} %", tally.share()))
}

fn row(
    page: &mut String,
    title: &str,
    cells: impl Iterator<Item = String>,
    share: &str,
) -> std::fmt::Result {
    let cells: Vec<String> = cells.collect();
    writeln!(page, "| {title} | {} | {share} |", cells.join(" | "))
}

fn capitalized(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters.next().map(char::to_uppercase);
    first.into_iter().flatten().chain(letters).collect()
}

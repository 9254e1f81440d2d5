//! Differences for a pull request.

use std::fmt::Write as _;

use super::super::OWN;
use super::super::change::{Change, Diff};
use super::super::danger::Danger;
use super::{Shown, sources};

/// Changes of one object that stand in its table; the rest is folded.
const ROWS: usize = 40;
/// Characters that a comment of a pull request may have, with room for who posts it.
const LENGTH: usize = 60_000;
/// Places of a change in a pull request, and of one that is harmless.
const PLACES: (usize, usize) = (6, 2);

impl Diff {
    /// The differences as Markdown: a table for each object, what is dangerous first, the rest folded.
    pub fn to_markdown(&self) -> String {
        let mut text = String::new();
        let _ = match (self.old.is_empty(), self.new.is_empty()) {
            (false, false) => writeln!(text, "### {} → {}\n", code(&self.old), code(&self.new)),
            _ => writeln!(text, "### Differences\n"),
        };
        let _ = writeln!(text, "{}\n", self.summary());
        let mut told = 0;
        for (object, changes) in self.objects() {
            let section = section(object, changes);
            if text.len() + section.len() > LENGTH {
                let left = self.changes.len() - told;
                let _ = writeln!(
                    text,
                    "{left} more changes are too many for a comment; `--format json` has all of them"
                );
                break;
            }
            text.push_str(&section);
            told += changes.len();
        }
        text
    }
}

/// The changes of one object.
fn section(object: &str, changes: &[Change]) -> String {
    let mut text = format!("#### {}\n\n", code(object));
    let (grave, light): (Vec<&Change>, Vec<&Change>) = changes
        .iter()
        .partition(|change| change.danger > Danger::Harmless);
    let (grave, more) = grave.split_at(grave.len().min(ROWS));
    table(grave, &mut text);
    let rest: Vec<&Change> = more.iter().chain(&light).copied().collect();
    if grave.is_empty() || rest.is_empty() {
        table(&rest, &mut text);
    } else {
        let _ = writeln!(
            text,
            "<details><summary>{} more, mostly harmless</summary>\n",
            rest.len()
        );
        table(&rest, &mut text);
        let _ = writeln!(text, "</details>\n");
    }
    text
}

fn table(changes: &[&Change], text: &mut String) {
    if changes.is_empty() {
        return;
    }
    text.push_str("| danger | what | change | why, and what follows |\n|---|---|---|---|\n");
    for change in changes {
        let mut why = escape(&change.reason);
        for line in &change.consequences {
            why.push_str("<br>⤷ ");
            why.push_str(&escape(line));
        }
        let limit = match change.danger {
            _ if change.reason == OWN => 0,
            Danger::Harmless => PLACES.1,
            _ => PLACES.0,
        };
        let shown = Shown::of(change, limit);
        for (at, how) in &shown.lines {
            let _ = write!(why, "<br>{} {}", code(at), escape(how));
        }
        if let Some(rest) = shown.rest() {
            why.push_str("<br>");
            why.push_str(&rest);
        }
        if let Some(sources) = sources(change) {
            let _ = write!(why, "<br>{}", escape(&sources));
        }
        let danger = if change.danger >= Danger::Outage {
            format!("**{}**", change.danger)
        } else {
            change.danger.to_string()
        };
        let subject = if change.subject.is_empty() {
            change.kind.title().to_owned()
        } else {
            format!("{} {}", change.kind.title(), code(&change.subject))
        };
        let value =
            |value: &Option<String>| value.as_deref().map_or_else(|| "none".to_owned(), code);
        let change = match (&change.old, &change.new) {
            (None, None) => change.action.as_str().to_owned(),
            (old, new) => format!("{} → {}", value(old), value(new)),
        };
        let _ = writeln!(text, "| {danger} | {subject} | {change} | {why} |");
    }
    text.push('\n');
}

/// Text that stays text, in a cell.
fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    let mut in_code = false;
    for char in text.chars() {
        match char {
            '`' => {
                in_code = !in_code;
                escaped.push('`');
            }
            '|' => escaped.push_str("\\|"),
            '<' if !in_code => escaped.push_str("&lt;"),
            '*' | '_' | '[' | ']' if !in_code => escaped.extend(['\\', char]),
            '\n' => escaped.push(' '),
            other => escaped.push(other),
        }
    }
    escaped
}

/// Text as code, in a cell.
fn code(text: &str) -> String {
    let text = text.replace('\n', " ").replace('|', "\\|");
    if text.contains('`') {
        format!("`` {text} ``")
    } else {
        format!("`{text}`")
    }
}

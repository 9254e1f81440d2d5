//! The page as Markdown, for a pull request.

use std::fmt::Write as _;

use super::row::short;
use super::{PlanPage, Row, RowState, signs};

/// How many resources of a stack are listed: a comment of a pull request holds 65,536 characters.
const LISTED: usize = 40;

impl PlanPage {
    /// The page as Markdown.
    pub fn to_markdown(&self) -> String {
        let mut text = format!("## {}\n\n", self.title());
        let _ = writeln!(text, "{}.", self.headline());
        let all = signs(|action| self.count(action));
        if !all.is_empty() {
            let _ = writeln!(text, "\nOver all: `{all}`");
        }
        let dangers = self.dangers();
        if !dangers.is_empty() {
            text.push_str("\n### What would go away\n\n");
            for danger in dangers {
                let change = danger.change;
                let kind = if danger.is_stateful {
                    "**cannot be made again**, "
                } else {
                    ""
                };
                let _ = write!(
                    text,
                    "- {kind}{} {} in {}",
                    change.action,
                    code(&change.address),
                    code(danger.stack)
                );
                if !change.because.is_empty() {
                    let _ = write!(text, ", because of {}", code(&change.because.join(", ")));
                }
                text.push('\n');
            }
        }
        text.push_str("\n| stack | tier | plan | |\n|---|---|---|---|\n");
        for row in &self.rows {
            let remark = match row.state {
                RowState::Changes { bundle, .. } => code_in_cell(&short(bundle)),
                _ => cell(&row.remark()),
            };
            let _ = writeln!(
                text,
                "| {} | {} | {} | {remark} |",
                code_in_cell(row.stack.as_str()),
                row.tier.as_deref().unwrap_or_default(),
                cell(&row.outcome()),
            );
        }
        for row in &self.rows {
            details(&mut text, row);
        }
        if let Some(expires) = self.expires {
            let _ = write!(
                text,
                "\nApply exactly this with `{}`, until {}.\n",
                self.command(),
                expires.strftime("%Y-%m-%d %H:%M UTC")
            );
        }
        text
    }
}

fn details(text: &mut String, row: &Row) {
    let (changes, drift) = match &row.state {
        RowState::Changes { changes, drift, .. } => (changes, drift),
        RowState::Failed { diagnostics, .. } if !diagnostics.is_empty() => {
            let _ = write!(
                text,
                "\n<details><summary>{} failed</summary>\n\n",
                html(row.stack.as_str())
            );
            for diagnostic in diagnostics {
                let _ = writeln!(
                    text,
                    "- {}: {}",
                    diagnostic.severity,
                    cell(&diagnostic.summary)
                );
            }
            text.push_str("\n</details>\n");
            return;
        }
        _ => return,
    };
    if changes.is_empty() && drift.is_empty() {
        return;
    }
    let _ = write!(
        text,
        "\n<details><summary>{}: {}</summary>\n\n",
        html(row.stack.as_str()),
        html(&row.outcome())
    );
    for change in changes.iter().take(LISTED) {
        let _ = writeln!(text, "- {} {}", change.action, code(&change.address));
    }
    if changes.len() > LISTED {
        let _ = writeln!(text, "- and {} more", changes.len() - LISTED);
    }
    for change in drift.iter().take(LISTED) {
        let _ = writeln!(
            text,
            "- changed outside of Terraform: {}",
            code(&change.address)
        );
    }
    text.push_str("\n</details>\n");
}

/// Text as code in a cell of a table, where a bar would end the cell.
fn code_in_cell(text: &str) -> String {
    code(text).replace('|', "\\|")
}

/// Text as code: what could end it is taken care of.
fn code(text: &str) -> String {
    let text = text.replace(['\n', '\r'], " ");
    if text.contains('`') {
        format!("`` {text} ``")
    } else {
        format!("`{text}`")
    }
}

/// Text in a cell that is no markup.
fn cell(text: &str) -> String {
    let mut cell = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '\n' | '\r' => cell.push(' '),
            '|' | '\\' | '`' | '*' | '_' | '[' | ']' | '#' | '~' | '@' => {
                cell.extend(['\\', character]);
            }
            '<' => cell.push_str("&lt;"),
            '>' => cell.push_str("&gt;"),
            '&' => cell.push_str("&amp;"),
            _ => cell.push(character),
        }
    }
    cell
}

pub(super) fn html(text: &str) -> String {
    let mut html = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '<' => html.push_str("&lt;"),
            '>' => html.push_str("&gt;"),
            '&' => html.push_str("&amp;"),
            '"' => html.push_str("&quot;"),
            '\'' => html.push_str("&#39;"),
            _ => html.push(character),
        }
    }
    html
}

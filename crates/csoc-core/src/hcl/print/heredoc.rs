//! Text of several lines as `<<-EOT`, where that says the same.

use super::Printer;
use crate::hcl::expression::{Expression, ExpressionKind, Part, Trim};
use crate::hcl::quote::{is_invisible, write_unquoted};

impl Printer {
    /// Writes text as a heredoc, or nothing if it cannot be one.
    pub(super) fn heredoc(&mut self, value: &Expression) -> bool {
        let whole;
        let parts = match &value.kind {
            ExpressionKind::String(text) => {
                whole = [Part::Literal(text.clone())];
                &whole[..]
            }
            ExpressionKind::Template(parts) => parts,
            _ => return false,
        };
        if !can_be_heredoc(parts) {
            return false;
        }
        let marker = marker(parts);
        self.out.push_str("<<-");
        self.out.push_str(&marker);
        self.out.push('\n');
        self.indent += 1;
        let mut at_line_start = true;
        for part in parts {
            if let Part::Literal(text) = part {
                for line in text.split_inclusive('\n') {
                    if at_line_start && line != "\n" {
                        self.start_line();
                    }
                    write_unquoted(&mut self.out, line);
                    at_line_start = line.ends_with('\n');
                }
            } else {
                if at_line_start {
                    self.start_line();
                    at_line_start = false;
                }
                self.part(part);
            }
        }
        self.indent -= 1;
        self.start_line();
        self.out.push_str(&marker);
        true
    }
}

/// A heredoc ends in a line break, knows no escapes, and loses the indentation that all its lines share.
fn can_be_heredoc(parts: &[Part]) -> bool {
    let Some(Part::Literal(last)) = parts.last() else {
        return false;
    };
    let mut at_line_start = true;
    let mut touches_margin = false;
    for (at, part) in parts.iter().enumerate() {
        let Part::Literal(text) = part else {
            // A `~` takes the indentation away with the space, and readers differ on that of a branch.
            if !matches!(part, Part::Interpolation(_, trim) if *trim == Trim::default()) {
                return false;
            }
            touches_margin |= at_line_start;
            at_line_start = false;
            continue;
        };
        let before_expression = at + 1 < parts.len();
        if text
            .chars()
            .any(|character| character != '\n' && is_invisible(character))
            || (before_expression && text.ends_with(['$', '%']))
        {
            return false;
        }
        for line in text.split_inclusive('\n') {
            if at_line_start && line != "\n" {
                let starts_with_space = line.starts_with(char::is_whitespace);
                if starts_with_space && line.trim().is_empty() {
                    return false;
                }
                touches_margin |= !starts_with_space;
            }
            at_line_start = line.ends_with('\n');
        }
    }
    touches_margin && last.ends_with('\n')
}

/// A marker that no line of the text is.
fn marker(parts: &[Part]) -> String {
    let mut marker = "EOT".to_owned();
    let holds = |marker: &str| {
        parts.iter().any(|part| matches!(part, Part::Literal(text) if text.lines().any(|line| line.trim_start().starts_with(marker))))
    };
    while holds(&marker) {
        marker.push('_');
    }
    marker
}

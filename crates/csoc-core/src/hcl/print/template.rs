//! Text with expressions in it.

use super::Printer;
use crate::hcl::expression::{Directive, Part, Trim};
use crate::hcl::quote::write_literal;

impl Printer {
    /// Writes a quoted template.
    pub(super) fn template(&mut self, parts: &[Part]) {
        self.out.push('"');
        for (at, part) in parts.iter().enumerate() {
            match part {
                Part::Literal(text) => {
                    let escape = self.escape();
                    write_literal(&mut self.out, text, escape, at + 1 < parts.len());
                }
                _ => self.part(part),
            }
        }
        self.out.push('"');
    }

    /// Writes a `${…}` or `%{…}`.
    pub(super) fn part(&mut self, part: &Part) {
        match part {
            Part::Literal(_) => {}
            Part::Interpolation(expression, trim) => {
                self.out.push_str(if trim.before { "${~" } else { "${" });
                let start = self.out.len();
                self.spaced_minus = Some(start);
                self.in_line(expression);
                if self.out[start..].starts_with('{') {
                    self.out.insert(start, ' ');
                }
                self.close_part(*trim);
            }
            Part::Directive(directive, trim) => {
                self.out.push_str(if trim.before { "%{~" } else { "%{" });
                self.directive(directive);
                self.close_part(*trim);
            }
        }
    }

    fn close_part(&mut self, trim: Trim) {
        if self.out.ends_with('}') {
            self.out.push(' ');
        }
        self.out.push_str(if trim.behind { "~}" } else { "}" });
    }

    fn directive(&mut self, directive: &Directive) {
        match directive {
            Directive::If(condition) => {
                self.out.push_str("if");
                self.behind_keyword(condition, &['(', '[']);
            }
            Directive::Else => self.out.push_str("else"),
            Directive::EndIf => self.out.push_str("endif"),
            Directive::For(key, value, collection) => {
                self.out.push_str("for ");
                self.for_head(key.as_deref(), value, collection);
            }
            Directive::EndFor => self.out.push_str("endfor"),
        }
    }
}

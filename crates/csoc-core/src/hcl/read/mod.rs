//! Text as the tree, through the hcl-edit crate, whose types stay in here.
//!
//! Its parser refuses more than 64 levels and more than 128 operators in a
//! row, so that no text overflows the stack, here or behind.

mod expression;
mod json;

pub(crate) use json::{read_json, value_of};

use std::ops::Range;

use hcl_edit::structure::{BlockLabel, Structure};
use hcl_edit::{Decorate, Span as _};

use super::body::{Attribute, Block, Body, Item, Label, Spacing};
use crate::diagnostic::{Code, Finding};
use crate::span::{FileId, Span};
use crate::value::Origin;
use expression::Escapes;

/// What is no HCL.
pub(crate) const TERRAFORM_SYNTAX: Code = Code::new("terraform-syntax");

/// Files that are longer are refused; places count in 32 bits.
const LIMIT: usize = 64 << 20;

/// The body of a file.
pub(crate) fn parse(text: &str, file: FileId) -> Result<Body, Vec<Finding>> {
    let refuse = |message: String, span| {
        Err(vec![
            Finding::error(TERRAFORM_SYNTAX, message).label(span, "here"),
        ])
    };
    if text.len() > LIMIT {
        return refuse(
            "HCL file is longer than 64 MiB".to_owned(),
            Span::file_start(file),
        );
    }
    let inner = text.strip_prefix('\u{feff}').unwrap_or(text);
    let base = text.len() - inner.len();
    match hcl_edit::parser::parse_body(inner) {
        Ok(body) => Ok(Reader {
            text: inner,
            file,
            base,
            fixed: None,
        }
        .body(&body)),
        Err(error) => {
            let start = error.location().offset();
            let width = inner
                .get(start..)
                .and_then(|rest| rest.chars().next())
                .map_or(0, char::len_utf8);
            let span = Span::new(file, base + start, base + start + width);
            refuse(format!("text is not HCL: {}", error.message()), span)
        }
    }
}

/// Turns the parser's tree into ours.
struct Reader<'a> {
    text: &'a str,
    file: FileId,
    /// How many bytes stand before `text`.
    base: usize,
    /// The place of everything, where `text` is not what the file holds.
    fixed: Option<Origin>,
}

impl Reader<'_> {
    fn origin(&self, range: Option<Range<usize>>) -> Origin {
        if let Some(fixed) = self.fixed {
            return fixed;
        }
        range.map_or(Origin::Unknown, |range| {
            Origin::Text(Span::new(
                self.file,
                self.base + range.start,
                self.base + range.end,
            ))
        })
    }

    fn body(&self, body: &hcl_edit::structure::Body) -> Body {
        let mut items = Vec::with_capacity(body.len());
        if let Some(behind_brace) = body.decor().prefix() {
            push_trivia(&mut items, behind_brace, true);
        }
        for structure in body {
            let decor = structure.decor();
            if let Some(before) = decor.prefix() {
                push_trivia(&mut items, before, false);
            }
            if let Some(behind) = decor.suffix() {
                push_trivia(&mut items, behind, true);
            }
            items.push(match structure {
                Structure::Attribute(attribute) => Item::Attribute(Attribute {
                    name: attribute.key.as_str().to_owned().into(),
                    value: self.expression(&attribute.value),
                    origin: self.origin(attribute.key.span()),
                }),
                Structure::Block(block) => Item::Block(self.block(block)),
            });
        }
        if let Some(before_brace) = body.decor().suffix() {
            push_trivia(&mut items, before_brace, false);
        }
        let spacing = if body.prefer_oneline() {
            Spacing::OneLine
        } else {
            Spacing::AsWritten
        };
        Body { items, spacing }
    }

    fn block(&self, block: &hcl_edit::structure::Block) -> Block {
        let label = |label: &BlockLabel| Label {
            text: label.as_str().to_owned().into(),
            origin: self.origin(label.span()),
        };
        let kind = block.ident.span();
        let last = block
            .labels
            .last()
            .and_then(BlockLabel::span)
            .or_else(|| kind.clone());
        Block {
            kind: block.ident.as_str().to_owned().into(),
            labels: block.labels.iter().map(label).collect(),
            body: self.body(&block.body),
            origin: self.origin(kind.zip(last).map(|(first, last)| first.start..last.end)),
        }
    }
}

/// Adds the comments and empty lines of the space before an item, or only the comment of that behind one.
fn push_trivia(items: &mut Vec<Item>, trivia: &str, behind: bool) {
    let mut rest = trivia;
    // The space before an item starts on a new line; what stands on its last line is indentation.
    let mut line_is_empty = !behind;
    loop {
        rest = rest.trim_start_matches([' ', '\t', '\r']);
        if let Some(text) = rest.strip_prefix('\n') {
            if line_is_empty {
                items.push(Item::Blank);
            }
            line_is_empty = true;
            rest = text;
        } else if let Some(text) = rest.strip_prefix("/*") {
            let (comment, behind) = text.split_once("*/").unwrap_or((text, ""));
            let lines: Vec<_> = comment
                .lines()
                .map(|line| line.trim().trim_start_matches(['*', ' ']))
                .collect();
            items.push(Item::Comment(lines.join("\n").trim().into()));
            line_is_empty = false;
            rest = behind;
        } else if let Some(text) = rest.strip_prefix('#').or_else(|| rest.strip_prefix("//")) {
            let (comment, _) = text.split_once('\n').unwrap_or((text, ""));
            rest = &text[comment.len()..];
            let comment = comment.strip_suffix('\r').unwrap_or(comment);
            items.push(Item::Comment(
                comment.strip_prefix(' ').unwrap_or(comment).into(),
            ));
            line_is_empty = false;
        } else {
            return;
        }
    }
}

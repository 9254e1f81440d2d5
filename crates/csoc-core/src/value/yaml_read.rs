//! YAML text to [`Node`]s, with the place of every key and value.

use granit_parser::{Event, Parser, options};

use super::node::Node;
use super::yaml_build::Builder;
use super::{yaml_block, yaml_error};
use crate::diagnostic::{Code, Diagnostics, Finding};
use crate::span::{FileId, Span};

/// More than one document in a file that is one.
pub(crate) const DOCUMENTS: Code = Code::new("yaml-documents");

/// What a file may cost before it is refused: a few lines of aliases can stand for terabytes.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Limits {
    /// Values, after aliases are replaced by what they stand for.
    pub(crate) nodes: usize,
    /// Bytes of text, after aliases are replaced.
    pub(crate) bytes: usize,
    /// How many times more values than were written aliases may make, past the first 10,000.
    pub(crate) growth: usize,
    /// Lists and maps inside each other.
    pub(crate) depth: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            nodes: 2_000_000,
            bytes: 256 << 20,
            growth: 100,
            depth: 100,
        }
    }
}

/// Reads a file of one document; `None` where it is empty or cannot be read.
///
/// Byte order marks and CRLF are accepted. Duplicate keys are kept, since the
/// walker says more of them. A key that is not a string is a finding, and is
/// kept as its text so that what stands below it is still checked.
pub(crate) fn read(text: &str, file: FileId, limits: &Limits) -> (Option<Node>, Diagnostics) {
    let (mut nodes, mut sink) = documents(text, file, limits);
    if let [_, second, ..] = nodes.as_slice() {
        let start = second.span().map_or(0, |span| span.start as usize);
        sink.push(
            Finding::error(
                DOCUMENTS,
                "the file holds more than one document, and must hold one",
            )
            .help("remove the line `---`, or put each document into a file of its own")
            .label(
                Span::new(file, start, start.saturating_add(1)),
                "the second one starts here",
            ),
        );
        return (None, sink);
    }
    (nodes.pop(), sink)
}

/// Reads a stream of documents; empty ones are left out. Nothing is given back of a text that is not YAML.
pub(crate) fn documents(text: &str, file: FileId, limits: &Limits) -> (Vec<Node>, Diagnostics) {
    match yaml_block::read(text, file, limits) {
        Some(node) => (vec![node], Diagnostics::default()),
        None => parse(text, file, limits),
    }
}

/// The same, whatever the text looks like.
pub(super) fn parse(text: &str, file: FileId, limits: &Limits) -> (Vec<Node>, Diagnostics) {
    let options = options! {
        emit_comments: false,
        emit_unresolved_aliases: true,
        flow_nesting_limit: limits.depth.saturating_add(1),
        block_nesting_limit: limits.depth.saturating_add(1),
    };
    let mut builder = Builder::new(limits);
    for event in Parser::new_from_str_with_options(text, options) {
        match event {
            Ok((Event::StreamEnd, _)) => break,
            Ok((event, span)) => {
                let range = span.byte_range().unwrap_or_default();
                let place = Span::new(file, range.start, range.end);
                let tag = span.tag_span().and_then(|tag| tag.byte_range());
                let tag = tag.map_or(place, |range| Span::new(file, range.start, range.end));
                if let Err(finding) = builder.event(event, place, tag) {
                    return (Vec::new(), builder.stopped(*finding));
                }
            }
            Err(error) => {
                return (
                    Vec::new(),
                    builder.stopped(yaml_error::syntax(text, file, &error)),
                );
            }
        }
    }
    builder.finish()
}

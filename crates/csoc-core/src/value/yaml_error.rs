//! What the YAML parser refuses, said so that the writer of the file can mend it.

use granit_parser::{ErrorKind, ScanError};

use crate::diagnostic::{Code, Finding};
use crate::span::{FileId, Span};

/// Text that is not YAML.
pub(crate) const SYNTAX: Code = Code::new("yaml-syntax");
/// A tab in indentation.
pub(crate) const TAB: Code = Code::new("yaml-tab");
/// Nesting deeper than anything that is meant.
pub(crate) const DEPTH: Code = Code::new("yaml-depth");

/// The finding for a text that the parser gave up on.
pub(super) fn syntax(text: &str, file: FileId, error: &ScanError) -> Finding {
    let at = error.marker().byte_offset().unwrap_or(text.len());
    if let Some(tab) = indenting_tab(text, at, error.kind()) {
        return Finding::error(TAB, "a tab indents this line")
            .help("YAML indents with spaces: put two for each level")
            .label(Span::new(file, tab.start, tab.end), "tab");
    }
    if matches!(error.kind(), ErrorKind::RecursionLimitExceeded) {
        return too_deep(Span::new(file, at, at.saturating_add(1)));
    }
    let (message, help) = words(error);
    Finding::error(SYNTAX, message)
        .help(help)
        .label(place(text, file, at), "not YAML from here on")
}

/// The finding for values nested too deeply.
pub(super) fn too_deep(at: Span) -> Finding {
    Finding::error(DEPTH, "values are nested too deeply")
        .help("no setting needs that many levels; the file is damaged, or not meant for us")
        .label(at, "one level too many")
}

/// From the offset to the end of its line, one byte at least.
fn place(text: &str, file: FileId, at: usize) -> Span {
    let at = at.min(text.trim_end().len());
    let line = text
        .get(at..)
        .and_then(|rest| rest.lines().next())
        .map_or(0, |line| line.trim_end().len());
    Span::new(file, at, at.saturating_add(line.max(1)))
}

/// The tabs in the indentation of the line at an offset, where they are what is wrong.
fn indenting_tab(text: &str, at: usize, kind: &ErrorKind) -> Option<std::ops::Range<usize>> {
    let bytes = text.as_bytes();
    let start = bytes
        .get(..at)
        .unwrap_or(bytes)
        .iter()
        .rposition(|byte| *byte == b'\n')
        .map_or(0, |end| end.saturating_add(1));
    let rest = bytes.get(start..)?;
    let told = matches!(
        kind,
        ErrorKind::TabNotAllowed
            | ErrorKind::TabInBlockIndentation
            | ErrorKind::TabInIndentation
            | ErrorKind::TabInPlainScalar
            | ErrorKind::TabAtBlockScalarStart
            | ErrorKind::InvalidBlockEntryWhitespace
    );
    // `-<tab>- a`: behind a dash. A plain text is told of at its end, in the line above.
    let told = || {
        told.then(|| rest.iter().position(|byte| *byte == b'\t'))
            .flatten()
    };
    let blanks = rest.iter().take_while(|byte| **byte == b' ').count();
    let first = match rest.get(blanks) {
        Some(b'\t') => blanks,
        _ => told()?,
    };
    let tabs = rest.iter().skip(first).take_while(|byte| **byte == b'\t');
    let first_at = start.saturating_add(first);
    Some(first_at..first_at.saturating_add(tabs.count()))
}

/// What is wrong, and how to mend it.
fn words(error: &ScanError) -> (String, &'static str) {
    let help = match error.kind() {
        ErrorKind::MappingValueNotAllowed
        | ErrorKind::InvalidColonPlacement
        | ErrorKind::MappingKeyNotAllowed => {
            "text that holds `: ` must be quoted, and keys of one map must be indented alike"
        }
        ErrorKind::SimpleKeyExpected | ErrorKind::InvalidSimpleKey => "a key is followed by `: `",
        ErrorKind::UnclosedQuotedScalar => "close the quote",
        ErrorKind::UnknownQuotedScalarEscape => {
            "in double quotes `\\` starts an escape; write `\\\\`, or use single quotes"
        }
        ErrorKind::UnclosedFlowCollection { .. }
        | ErrorKind::MismatchedFlowCollectionEnd { .. } => {
            "each `[` and `{` needs its own closing bracket; text that starts with one must be quoted"
        }
        ErrorKind::UnexpectedCharacter { .. } => {
            "text that starts with this character must be quoted"
        }
        ErrorKind::InvalidIndentation | ErrorKind::ExpectedBlockMappingKey => {
            "keys of one map, and dashes of one list, must be indented alike"
        }
        _ => "look at this line and the one above: quotes, brackets and indentation must fit",
    };
    (lower_case(&error.info()), help)
}

fn lower_case(text: &str) -> String {
    let mut chars = text.trim_end_matches('.').chars();
    match chars.next() {
        Some(first) => first.to_lowercase().chain(chars).collect(),
        None => "this is not YAML".to_owned(),
    }
}

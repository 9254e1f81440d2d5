//! Text cut into actions: what stands between `{{` and `}}`.

use super::Fault;

/// The inside of `{{ }}` without trim marks and comments.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Action<'t> {
    pub(super) text: &'t str,
    pub(super) line: u32,
}

/// All actions of a text, in order. An action that does not end is a fault, and ends at the next `}}`.
pub(super) fn actions<'t>(text: &'t str, faults: &mut Vec<Fault>) -> Vec<Action<'t>> {
    let mut found = Vec::new();
    let mut line = 1;
    let mut at = 0;
    while let Some(open) = text[at..].find("{{") {
        line += breaks(&text[at..at + open]);
        at += open + 2;
        let inside = &text[at..];
        let (length, inner, fault) = match comment(inside) {
            Some(Ok(length)) => (length, "", None),
            Some(Err(reason)) => (0, "", Some(reason)),
            None => match end(inside) {
                Ok(end) => (end + 2, &inside[..end], None),
                Err(reason) => match inside.find("}}") {
                    Some(end) => (end + 2, &inside[..end], Some(reason)),
                    None => (0, "", Some("an action does not end")),
                },
            },
        };
        if let Some(reason) = fault {
            faults.push(Fault { line, reason });
        }
        let inner = trimmed(inner);
        if !inner.is_empty() {
            found.push(Action { text: inner, line });
        }
        line += breaks(&inside[..length]);
        at += length;
    }
    found
}

fn breaks(text: &str) -> u32 {
    let count = text.bytes().filter(|byte| *byte == b'\n').count();
    u32::try_from(count).unwrap_or(u32::MAX)
}

/// Without the marks that trim text around the action.
fn trimmed(text: &str) -> &str {
    let text = match text.strip_prefix('-') {
        Some(rest) if rest.is_empty() || rest.starts_with(char::is_whitespace) => rest,
        _ => text,
    };
    match text.strip_suffix('-') {
        Some(rest) if rest.is_empty() || rest.ends_with(char::is_whitespace) => rest,
        _ => text,
    }
    .trim()
}

/// The length of a comment with its `}}`, where it is one.
fn comment(text: &str) -> Option<Result<usize, &'static str>> {
    let start = text.strip_prefix('-').unwrap_or(text).trim_start();
    let body = start.strip_prefix("/*")?;
    let offset = text.len() - body.len();
    let Some(close) = body.find("*/") else {
        return Some(Err("a comment does not end"));
    };
    let rest = &body[close + 2..];
    let tail = rest.trim_start();
    let tail = tail.strip_prefix('-').unwrap_or(tail);
    if tail.starts_with("}}") {
        Some(Ok(offset + close + 2 + (rest.len() - tail.len()) + 2))
    } else {
        Some(Err("a comment is followed by something else than `}}`"))
    }
}

/// Where the `}}` of an action stands that is not inside a string.
fn end(text: &str) -> Result<usize, &'static str> {
    let bytes = text.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        match bytes[at] {
            b'}' if bytes.get(at + 1) == Some(&b'}') => return Ok(at),
            b'`' => match text[at + 1..].find('`') {
                Some(close) => at += close + 1,
                None => return Err("a raw string does not end"),
            },
            quote @ (b'"' | b'\'') => match closing(&bytes[at + 1..], quote) {
                Some(close) => at += close + 1,
                None => return Err("a string does not end"),
            },
            _ => {}
        }
        at += 1;
    }
    Err("an action does not end")
}

/// Where a quote closes; none where the line ends first.
pub(super) fn closing(bytes: &[u8], quote: u8) -> Option<usize> {
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'\n' => return None,
            b'\\' => at += 1,
            byte if *byte == quote => return Some(at),
            _ => {}
        }
        at += 1;
    }
    None
}

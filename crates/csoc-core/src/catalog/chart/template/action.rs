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
    let mut line = 1_u32;
    let mut rest = text;
    while let Some((before, inside)) = rest.split_once("{{") {
        line = line.saturating_add(breaks(before));
        let (inner, behind, fault) = match comment(inside) {
            Some(Ok(behind)) => ("", behind, None),
            Some(Err(reason)) => ("", inside, Some(reason)),
            None => match end(inside) {
                Ok((inner, behind)) => (inner, behind, None),
                Err(reason) => match inside.split_once("}}") {
                    Some((inner, behind)) => (inner, behind, Some(reason)),
                    None => ("", inside, Some("an action does not end")),
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
        line = line.saturating_add(breaks(ahead_of(behind, inside)));
        rest = behind;
    }
    found
}

/// What stands in a text ahead of its last part.
fn ahead_of<'t>(part: &str, text: &'t str) -> &'t str {
    let length = text.len().saturating_sub(part.len());
    text.get(..length).unwrap_or(text)
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

/// What is behind a comment and its `}}`, where it is one.
fn comment(text: &str) -> Option<Result<&str, &'static str>> {
    let start = text.strip_prefix('-').unwrap_or(text).trim_start();
    let body = start.strip_prefix("/*")?;
    let Some((_, rest)) = body.split_once("*/") else {
        return Some(Err("a comment does not end"));
    };
    let tail = rest.trim_start();
    let tail = tail.strip_prefix('-').unwrap_or(tail);
    Some(
        tail.strip_prefix("}}")
            .ok_or("a comment is followed by something else than `}}`"),
    )
}

/// What stands ahead of the first `}}` that is not inside a string, and what behind.
fn end(text: &str) -> Result<(&str, &str), &'static str> {
    let mut rest = text;
    while let Some(mark) = rest.find(['}', '`', '"', '\'']) {
        let found = rest.get(mark..).unwrap_or_default();
        rest = if let Some(behind) = found.strip_prefix("}}") {
            return Ok((ahead_of(found, text), behind));
        } else if let Some(string) = found.strip_prefix('`') {
            let (_, behind) = string.split_once('`').ok_or("a raw string does not end")?;
            behind
        } else if let Some(string) = found.strip_prefix(['"', '\'']) {
            let quote = found.bytes().next().unwrap_or_default();
            closing(string.as_bytes(), quote)
                .and_then(|close| string.get(close..)?.get(1..))
                .ok_or("a string does not end")?
        } else {
            found.strip_prefix('}').unwrap_or_default()
        };
    }
    Err("an action does not end")
}

/// Where a quote closes; none where the line ends first.
pub(super) fn closing(bytes: &[u8], quote: u8) -> Option<usize> {
    let mut bytes = bytes.iter().enumerate();
    while let Some((at, byte)) = bytes.next() {
        match byte {
            b'\n' => return None,
            b'\\' => {
                bytes.next();
            }
            byte if *byte == quote => return Some(at),
            _ => {}
        }
    }
    None
}

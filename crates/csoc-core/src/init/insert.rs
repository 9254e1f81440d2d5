//! Putting one more entry into a block map of a YAML text, and touching nothing else of it.

use crate::source::edit::end_of;
use crate::value::{Node, Origin};

/// The text with `name:` and its indented body behind the last entry of `map`.
///
/// Nothing where the map is not written in block style, one entry a line.
pub(crate) fn insert_entry(text: &str, map: &Node, name: &str, body: &str) -> Option<String> {
    let first = map.entries().first()?;
    let last = map.entries().last()?;
    let Origin::Text(key) = first.key_origin else {
        return None;
    };
    let start = key.start as usize;
    let line_start = text[..start].rfind('\n').map_or(0, |at| at + 1);
    let indent = &text[line_start..start];
    if !indent.bytes().all(|byte| byte == b' ') {
        return None;
    }
    let end = end_of(last.node.span()?.end as usize, text, indent.len());
    let newline = if text.contains("\r\n") { "\r\n" } else { "\n" };
    let mut result = String::with_capacity(text.len() + body.len() + 64);
    result.push_str(&text[..end]);
    if !result.ends_with('\n') {
        result.push_str(newline);
    }
    result.extend([indent, name, ":", newline]);
    for line in body.lines() {
        if !line.trim().is_empty() {
            result.push_str(indent);
            result.push_str("  ");
            result.push_str(line);
        }
        result.push_str(newline);
    }
    result.push_str(&text[end..]);
    Some(result)
}

//! Small changes to YAML texts: a value where it stands, or one more key. Everything else of a text stays, byte for byte.
//!
//! A change that would lose a comment, or that cannot be made without laying
//! the text out anew, is not made.

use crate::value::{Entry, Key, Kind, Node, Origin, yaml_write};

/// A value to be written, and how its author wrote it where that is known.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Written<'a> {
    /// The value.
    pub(crate) node: &'a Node,
    /// Its text in the file that it is taken from.
    pub(crate) text: Option<&'a str>,
}

impl Written<'_> {
    /// The value in one line: as it was written, where that can stand anywhere.
    fn flow(&self) -> String {
        let is_safe = |text: &str| {
            let quoted = |quote: char| {
                text.len() > 2
                    && text.starts_with(quote)
                    && text.ends_with(quote)
                    && !text.contains(['\\', '\n'])
            };
            quoted('"')
                || quoted('\'')
                || text
                    .bytes()
                    .all(|byte| byte.is_ascii_alphanumeric() || b"./_-".contains(&byte))
        };
        match self.text.filter(|text| {
            !text.is_empty() && !self.node.is_map() && self.node.items().is_empty() && is_safe(text)
        }) {
            Some(text) => text.to_owned(),
            None => flow(self.node),
        }
    }
}

/// The text with another value in place of a node.
pub(crate) fn replace(text: &str, node: &Node, written: Written<'_>) -> Option<String> {
    let value = written.node;
    let span = node.span()?;
    let (start, end) = (span.start as usize, span.end as usize);
    let kept = text.get(start..end)?.trim_end();
    let end = start.checked_add(kept.len())?;
    if matches!(node.kind, Kind::Scalar(_)) && is_block(text, start) {
        return None;
    }
    let new = match (&node.kind, &value.kind) {
        (Kind::Scalar(_), Kind::Scalar(_)) => scalar(kept, written)?,
        _ if kept.starts_with(['[', '{']) || matches!(node.kind, Kind::Scalar(_)) => {
            // A flow value of several lines may have comments in it.
            if kept.is_empty() || kept.starts_with(['|', '>', '&', '*', '!']) || has_comment(kept) {
                return None;
            }
            written.flow()
        }
        (Kind::List(_), Kind::List(items)) if !items.is_empty() => {
            if has_comment(kept) {
                return None;
            }
            let indent = indent_of(text, start)?;
            let newline = newline_of(text);
            items
                .iter()
                .map(|item| format!("- {}", flow(item)))
                .collect::<Vec<_>>()
                .join(&format!("{newline}{indent}"))
        }
        _ => return None,
    };
    Some([text.get(..start)?, &new, text.get(end..)?].concat())
}

/// The text with a value below a row of keys of a map that has not the first of them.
///
/// It goes behind the last of the keys that `order` names before it, else to the end of the map.
pub(crate) fn insert(
    text: &str,
    map: &Node,
    path: &[Key],
    written: Written<'_>,
    order: &[&str],
) -> Option<String> {
    let (first, rest) = path.split_first()?;
    let key = |key: &Key| flow(&Node::string(key.as_str()));
    let nested = rest.iter().rev().fold(written.flow(), |value, name| {
        format!("{{ {}: {value} }}", key(name))
    });
    let line = format!("{}: {nested}", key(first));
    let span = map.span();
    let braces = span
        .and_then(|span| text.get(span.start as usize..span.end as usize))
        .unwrap_or_default();
    if braces.starts_with('{') {
        return in_braces(text, map, span?.start as usize, &line);
    }
    // A map may be put together from several files; the last entry's is the one at hand.
    let last = map.entries().last()?;
    let file = last.node.span()?.file;
    let here = || {
        map.entries()
            .iter()
            .filter(|entry| entry.node.span().is_some_and(|span| span.file == file))
    };
    let indent = indent_of(text, key_start(here().next()?)?)?;
    let before = order
        .iter()
        .position(|name| *first == **name)
        .and_then(|at| order.get(..at))
        .unwrap_or_default();
    let behind = here()
        .rfind(|entry| before.contains(&entry.key.as_str()))
        .unwrap_or(last);
    let end = end_of(behind.node.span()?.end as usize, text, indent.len());
    let newline = newline_of(text);
    let above = text.get(..end)?;
    let gap = if above.ends_with('\n') || above.is_empty() {
        ""
    } else {
        newline
    };
    Some([above, gap, indent, &line, newline, text.get(end..)?].concat())
}

/// One more entry of a map in braces.
fn in_braces(text: &str, map: &Node, start: usize, line: &str) -> Option<String> {
    let Some(last) = map.entries().last() else {
        let close = text.get(start..)?.find('}')?.checked_add(start)?;
        return Some(
            [
                text.get(..start.checked_add(1)?)?,
                " ",
                line,
                " ",
                text.get(close..)?,
            ]
            .concat(),
        );
    };
    let span = last.node.span()?;
    let value = text.get(span.start as usize..span.end as usize)?;
    let end = (span.start as usize).checked_add(value.trim_end().len())?;
    Some([text.get(..end)?, ", ", line, text.get(end..)?].concat())
}

/// A scalar in the quotes of the one that it replaces, where it reads the same so.
fn scalar(written: &str, new: Written<'_>) -> Option<String> {
    let value = new.node;
    if written.starts_with(['|', '>', '&', '*', '!']) || written.contains('\n') {
        return None;
    }
    let text = value.text()?;
    let plain = new.flow();
    let is_text = matches!(&value.kind, Kind::Scalar(scalar) if matches!(scalar.reading(), crate::value::Reading::Text(_)));
    let simple = !text.contains(['\\', '"', '\'']) && !text.chars().any(char::is_control);
    let quote = written
        .chars()
        .next()
        .filter(|quote| matches!(quote, '"' | '\''));
    Some(match quote {
        Some(quote) if is_text && simple => format!("{quote}{text}{quote}"),
        _ => plain,
    })
}

fn flow(node: &Node) -> String {
    let mut text = String::new();
    yaml_write::write_flow(node, &mut text);
    text
}

fn key_start(entry: &Entry) -> Option<usize> {
    match entry.key_origin {
        Origin::Text(span) => Some(span.start as usize),
        Origin::Made(_) | Origin::Unknown => None,
    }
}

/// The spaces before a place, where nothing else stands before it in its line.
fn indent_of(text: &str, start: usize) -> Option<&str> {
    let line = text
        .get(..start)?
        .rfind('\n')
        .map_or(0, |at| at.saturating_add(1));
    let indent = text.get(line..start)?;
    indent.bytes().all(|byte| byte == b' ').then_some(indent)
}

fn newline_of(text: &str) -> &'static str {
    if text.contains("\r\n") { "\r\n" } else { "\n" }
}

/// Whether what starts at a place is the text of a block: `|` or `>` stands before it.
fn is_block(text: &str, start: usize) -> bool {
    let before = text.get(..start).unwrap_or_default().trim_end();
    let head =
        before.trim_end_matches(|char: char| matches!(char, '+' | '-') || char.is_ascii_digit());
    head.ends_with(['|', '>'])
}

/// Whether there may be a comment in a text: a `#` at the start of a line or behind a space.
fn has_comment(text: &str) -> bool {
    text.lines()
        .any(|line| line.trim_start().starts_with('#') || line.contains(" #"))
}

/// Behind the line in which a value ends, and behind what follows it at a deeper indentation: comments of the value.
pub(crate) fn end_of(value_end: usize, text: &str, indent: usize) -> usize {
    let value_end = value_end.min(text.len());
    // A block value ends at the start of the next token; what lies between is white space and comments.
    let mut end = text.get(..value_end).map_or(value_end, |text| {
        text.trim_end_matches([' ', '\n', '\r']).len()
    });
    let line_of = |end: usize| {
        let rest = text.get(end..).unwrap_or_default();
        rest.get(
            ..rest
                .find('\n')
                .map_or(rest.len(), |at| at.saturating_add(1)),
        )
        .unwrap_or_default()
    };
    end = end.saturating_add(line_of(end).len());
    loop {
        let line = line_of(end);
        let content = line.trim_start_matches(' ');
        if content.starts_with('#') && line.len().saturating_sub(content.len()) > indent {
            end = end.saturating_add(line.len());
        } else {
            return end;
        }
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;
    use crate::span::{SourceFile, Sources};
    use crate::value::yaml_read;

    fn node(text: &str) -> Node {
        let file = Sources::default().add(SourceFile::new("a.yaml", text));
        yaml_read::read(text, file, &yaml_read::Limits::default())
            .0
            .unwrap()
    }

    fn replaced(text: &str, path: &[&str], value: &str) -> Option<String> {
        let root = node(text);
        replace(
            text,
            root.path(path).unwrap(),
            Written {
                node: &node(value),
                text: None,
            },
        )
    }

    #[rstest]
    #[case::double("a: \"2026.06\"  # why\nb: 1\n", &["a"], "\"2026.07\"", "a: \"2026.07\"  # why\nb: 1\n")]
    #[case::single("a: '2026.06'\n", &["a"], "\"2026.07\"", "a: '2026.07'\n")]
    #[case::plain("a: x # c\n", &["a"], "y", "a: y # c\n")]
    #[case::becomes_text("a: x\n", &["a"], "\"1.0\"", "a: '1.0'\n")]
    #[case::becomes_number("a: \"x\"\n", &["a"], "3", "a: 3\n")]
    #[case::in_flow("a: { b: 1, c: 2 }\n", &["a", "b"], "3", "a: { b: 3, c: 2 }\n")]
    #[case::flow_list("a: [x, y] # c\nb: 1\n", &["a"], "[z, \"1\"]", "a: [z, '1'] # c\nb: 1\n")]
    #[case::block_list("a:\n  - x\n  - y\n# c\nb: 1\n", &["a"], "[z]", "a:\n  - z\n# c\nb: 1\n")]
    #[case::crlf("a: 1\r\nb: 2\r\n", &["a"], "3", "a: 3\r\nb: 2\r\n")]
    fn values_are_replaced_where_they_stand(
        #[case] text: &str,
        #[case] path: &[&str],
        #[case] value: &str,
        #[case] expected: &str,
    ) {
        assert_eq!(replaced(text, path, value).as_deref(), Some(expected));
    }

    #[rstest]
    #[case::comments("a:\n  - x # why\n  - y\n", &["a"], "[z]")]
    #[case::block("a: |\n  text\n", &["a"], "x")]
    fn what_would_lose_something_is_refused(
        #[case] text: &str,
        #[case] path: &[&str],
        #[case] value: &str,
    ) {
        assert_eq!(replaced(text, path, value), None);
    }

    #[rstest]
    #[case::block("a: 1 # c\nb:\n  x: 1\n  # of b\n\n# end\n", &[], &["c"], "2", "a: 1 # c\nb:\n  x: 1\n  # of b\nc: 2\n\n# end\n")]
    #[case::nested("a:\n  x: 1\nb: 2\n", &["a"], &["w", "z"], "t", "a:\n  x: 1\n  w: { z: t }\nb: 2\n")]
    #[case::in_order("a: 1 # c\n# of b\nb: 2\n", &[], &["d"], "3", "a: 1 # c\nd: 3\n# of b\nb: 2\n")]
    #[case::braces("a: { x: 1 } # c\n", &["a"], &["w"], "2", "a: { x: 1, w: 2 } # c\n")]
    #[case::empty("a: {}\n", &["a"], &["w"], "2", "a: { w: 2 }\n")]
    #[case::no_line_break("a: 1", &[], &["b"], "2", "a: 1\nb: 2\n")]
    #[case::deep("a: { x: { y: 1 } }\n", &["a", "x"], &["z"], "'1'", "a: { x: { y: 1, z: '1' } }\n")]
    fn keys_are_inserted_behind_the_last(
        #[case] text: &str,
        #[case] map: &[&str],
        #[case] path: &[&str],
        #[case] value: &str,
        #[case] expected: &str,
    ) {
        let root = node(text);
        let keys: Vec<Key> = path.iter().copied().map(Key::from).collect();
        let found = insert(
            text,
            root.path(map).unwrap(),
            &keys,
            Written {
                node: &node(value),
                text: None,
            },
            &["a", "d", "b"],
        );
        assert_eq!(found.as_deref(), Some(expected));
        let mut meant = root.clone();
        let whole: Vec<Key> = map.iter().chain(path).copied().map(Key::from).collect();
        meant.set(&whole, node(value));
        assert_eq!(node(&found.unwrap()), meant);
    }
}

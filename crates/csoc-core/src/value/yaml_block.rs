//! The plain half of YAML, read at once: block maps and lists of words, one line a value.
//!
//! Most bytes of a fleet are written so, above all application content. The
//! reader knows only what can mean one thing, and gives up at everything else:
//! then the YAML parser reads the text from its start, and it alone reports.
//! Whatever is read here, a test reads with the parser too.

use std::cmp::Ordering;
use std::collections::HashSet;

use super::node::{Entry, Key, Kind, Node, Origin, Reading, Scalar, Style};
use super::scalar::read_plain;
use super::yaml_read::Limits;
use crate::span::{FileId, Span};

/// Maps and lists inside each other, at most.
const DEPTH: usize = 32;

/// The document, where the text is of the plain half.
pub(super) fn read(text: &str, file: FileId, limits: &Limits) -> Option<Node> {
    // Without aliases there are never more values than bytes.
    if text.len() > limits.nodes.min(limits.bytes) {
        return None;
    }
    if !text.bytes().all(|byte| matches!(byte, b'\n' | b' '..=b'~')) {
        return None;
    }
    let mut reader = Reader {
        text,
        bytes: text.as_bytes(),
        file,
        at: 0,
        column: 0,
        end: 0,
        next: 0,
        keys: HashSet::new(),
    };
    reader.line()?;
    let node = reader.collection(DEPTH.min(limits.depth))?;
    reader.is_done().then_some(node)
}

struct Reader<'t> {
    text: &'t str,
    bytes: &'t [u8],
    file: FileId,
    /// What is looked at, and its column.
    at: usize,
    column: usize,
    /// The end of its line.
    end: usize,
    /// The start of the next line.
    next: usize,
    keys: HashSet<Key>,
}

impl<'t> Reader<'t> {
    /// Goes to the next line that holds anything; none left is no failure.
    fn line(&mut self) -> Option<()> {
        while self.next < self.bytes.len() {
            let rest = self.bytes.get(self.next..)?;
            let length = rest.iter().position(|byte| *byte == b'\n');
            let line = rest.get(..length.unwrap_or(rest.len()))?;
            let start = self.next;
            self.next = start.saturating_add(line.len()).saturating_add(1);
            let Some(column) = line.iter().position(|byte| *byte != b' ') else {
                continue;
            };
            if line.get(column) == Some(&b'#') {
                continue;
            }
            if line.last() == Some(&b' ') {
                return None;
            }
            self.column = column;
            self.at = start.saturating_add(column);
            self.end = start.saturating_add(line.len());
            return Some(());
        }
        self.at = self.bytes.len();
        self.end = self.at;
        Some(())
    }

    fn is_done(&self) -> bool {
        self.at == self.bytes.len()
    }

    fn is_item(&self) -> bool {
        self.rest().starts_with(b"- ")
    }

    /// What is left of the line.
    fn rest(&self) -> &'t [u8] {
        self.bytes.get(self.at..self.end).unwrap_or_default()
    }

    fn collection(&mut self, depth: usize) -> Option<Node> {
        let depth = depth.checked_sub(1)?;
        if self.is_item() {
            self.list(depth, Some(self.at))
        } else {
            self.map(depth)
        }
    }

    /// A list. The parser lets one that stands right below its key, no deeper, start at its first item.
    fn list(&mut self, depth: usize, start: Option<usize>) -> Option<Node> {
        let column = self.column;
        let mut place = start.map(|start| self.place(start, start));
        let mut items = Vec::new();
        while !self.is_done() && self.column == column && self.is_item() {
            self.skip(1)?;
            let node = if key_length(self.rest()).is_some() {
                self.map(depth.checked_sub(1)?)?
            } else {
                self.scalar()?
            };
            if !self.is_done() && self.column > column {
                return None;
            }
            let item = node.span()?;
            place = Some(place.unwrap_or(item).to(item));
            items.push(node);
        }
        Some(Node {
            kind: Kind::List(items),
            origin: Origin::Text(place?),
        })
    }

    fn map(&mut self, depth: usize) -> Option<Node> {
        let column = self.column;
        let mut place = self.place(self.at, self.at);
        let mut entries = Vec::new();
        while !self.is_done() && self.column == column && !self.is_item() {
            let length = key_length(self.rest())?;
            let colon = self.at.saturating_add(length);
            let key_place = self.place(self.at, colon);
            let key = self.key(self.text.get(self.at..colon)?)?;
            self.at = colon;
            let node = if colon.saturating_add(1) == self.end {
                self.line()?;
                if self.is_done() {
                    return None;
                }
                match self.column.cmp(&column) {
                    Ordering::Greater => self.collection(depth)?,
                    Ordering::Equal if self.is_item() => self.list(depth.checked_sub(1)?, None)?,
                    _ => return None,
                }
            } else {
                self.skip(1)?;
                self.scalar()?
            };
            if !self.is_done() && self.column > column {
                return None;
            }
            place = place.to(node.span()?);
            entries.push(Entry {
                key,
                key_origin: Origin::Text(key_place),
                node,
            });
        }
        (!entries.is_empty()).then_some(Node {
            kind: Kind::Map(entries),
            origin: Origin::Text(place),
        })
    }

    /// Goes over a mark of that many bytes and the spaces behind it.
    fn skip(&mut self, mark: usize) -> Option<()> {
        let spaces = self.rest().get(mark..)?;
        let spaces = spaces.iter().position(|byte| *byte != b' ')?;
        let over = mark.saturating_add(spaces);
        self.at = self.at.saturating_add(over);
        self.column = self.column.saturating_add(over);
        Some(())
    }

    /// The rest of the line as one value.
    fn scalar(&mut self) -> Option<Node> {
        let text = self.text.get(self.at..self.end)?;
        let (text, style) = match text.as_bytes() {
            [quote @ (b'"' | b'\''), inner @ .., last] if quote == last => {
                let is_plain = |byte: &u8| byte != quote && *byte != b'\\';
                if !inner.iter().all(is_plain) {
                    return None;
                }
                (text.get(1..=inner.len())?, Style::Quoted)
            }
            bytes => (is_word(bytes).then_some(text)?, Style::Plain),
        };
        let place = self.place(self.at, self.end);
        self.line()?;
        Some(Node {
            kind: Kind::Scalar(Scalar {
                text: text.into(),
                style,
            }),
            origin: Origin::Text(place),
        })
    }

    /// A key; equal ones share their text. None where readers take it for anything but text.
    fn key(&mut self, text: &str) -> Option<Key> {
        if let Some(key) = self.keys.get(text) {
            return Some(key.clone());
        }
        if !matches!(read_plain(text), Reading::Text(_)) {
            return None;
        }
        let key = Key::from(text);
        self.keys.insert(key.clone());
        Some(key)
    }

    fn place(&self, start: usize, end: usize) -> Span {
        Span::new(self.file, start, end)
    }
}

/// How long the key is that a line starts with; none where it starts with none.
fn key_length(line: &[u8]) -> Option<usize> {
    let length = line.iter().position(
        |byte| !matches!(byte, b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'_' | b'-' | b'.' | b'/'),
    )?;
    let starts = matches!(line.first(), Some(b'a'..=b'z' | b'A'..=b'Z' | b'_'));
    let ends = matches!(line.get(length..), Some([b':'] | [b':', b' ', ..]));
    (starts && ends).then_some(length)
}

/// Whether bytes can stand without quotes and mean themselves.
fn is_word(bytes: &[u8]) -> bool {
    let starts = match bytes {
        [b'-', second, ..] => second.is_ascii_alphanumeric(),
        [first, ..] => first.is_ascii_alphanumeric() || matches!(first, b'_' | b'/' | b'.' | b'+'),
        [] => false,
    };
    let mut previous = b' ';
    let mut inside = |byte: &u8| {
        let before = std::mem::replace(&mut previous, *byte);
        match byte {
            _ if byte.is_ascii_alphanumeric() || b"_-./@+=(),:".contains(byte) => true,
            b' ' => before != b':',
            b'#' => before != b' ',
            _ => false,
        }
    };
    starts && bytes.iter().all(&mut inside) && bytes.last() != Some(&b':')
}

//! JSON text to [`Node`]s with places. Strict: what is no JSON is said so, never guessed.

use super::node::{Entry, Key, Kind, Node, Origin, Scalar};
use super::yaml_read::Limits;
use crate::diagnostic::{Code, Diagnostics, Finding};
use crate::span::{FileId, Span};

/// Text that is not JSON.
pub(crate) const SYNTAX: Code = Code::new("json-syntax");
/// Nesting deeper than anything that is meant.
pub(crate) const DEPTH: Code = Code::new("json-depth");

/// Reads a JSON file; `None` where it is empty or cannot be read. Duplicate keys are kept, as are numbers as written.
pub(crate) fn read_json(text: &str, file: FileId) -> (Option<Node>, Diagnostics) {
    let mut sink = Diagnostics::default();
    let at = if text.starts_with('\u{feff}') {
        '\u{feff}'.len_utf8()
    } else {
        0
    };
    let mut reader = Reader {
        text,
        bytes: text.as_bytes(),
        at,
        file,
        depth: Limits::default().depth,
    };
    reader.blanks();
    if reader.at == text.len() {
        return (None, sink);
    }
    let node = reader.value().and_then(|node| {
        reader.blanks();
        if reader.at < text.len() {
            Err(reader.wrong("something follows the value", None))
        } else {
            Ok(node)
        }
    });
    match node {
        Ok(node) => (Some(node), sink),
        Err(finding) => {
            sink.push(*finding);
            (None, sink)
        }
    }
}

struct Reader<'t> {
    text: &'t str,
    bytes: &'t [u8],
    at: usize,
    file: FileId,
    /// Levels that may still be opened.
    depth: usize,
}

type Wrong = Box<Finding>;

impl<'t> Reader<'t> {
    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    /// Goes over so many bytes. Behind the end of the text there is nothing to peek at.
    fn skip(&mut self, bytes: usize) {
        self.at = self.at.saturating_add(bytes);
    }

    fn blanks(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.skip(1);
        }
    }

    /// What is next of those bytes, which are all ASCII.
    fn next_of(&self, belongs: impl Fn(u8) -> bool) -> &'t str {
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        let length = rest.iter().take_while(|byte| belongs(**byte)).count();
        let end = self.at.saturating_add(length);
        self.text.get(self.at..end).unwrap_or_default()
    }

    fn wrong(&self, message: &str, help: Option<&str>) -> Wrong {
        let length = self
            .text
            .get(self.at..)
            .and_then(|rest| rest.chars().next())
            .map_or(0, char::len_utf8);
        let at = if length == 0 {
            self.text.trim_end().len()
        } else {
            self.at
        };
        let help = help.unwrap_or(
            "look at this place and before it: a quote, comma or bracket is missing or too much",
        );
        let finding = Finding::error(SYNTAX, message).help(help).label(
            Span::new(self.file, at, at.saturating_add(length.max(1))),
            "not JSON from here on",
        );
        Box::new(finding)
    }

    fn origin(&self, start: usize) -> Origin {
        Origin::Text(Span::new(self.file, start, self.at))
    }

    fn value(&mut self) -> Result<Node, Wrong> {
        let start = self.at;
        let kind = match self.peek() {
            Some(b'{') => self.map()?,
            Some(b'[') => self.list()?,
            Some(b'"') => Kind::Scalar(Scalar::string(self.string()?)),
            Some(b'-' | b'0'..=b'9') => Kind::Scalar(Scalar::plain(self.number()?)),
            Some(b'a'..=b'z' | b'A'..=b'Z') => Kind::Scalar(Scalar::plain(self.word()?)),
            Some(b'\'') => {
                return Err(self.wrong(
                    "a value starts with a single quote",
                    Some("JSON quotes with `\"`"),
                ));
            }
            Some(b'/' | b'#') => {
                return Err(self.wrong(
                    "a comment stands in JSON",
                    Some("JSON has no comments; remove it"),
                ));
            }
            Some(_) => {
                return Err(self.wrong("a value is missing or starts with a wrong character", None));
            }
            None => return Err(self.wrong("the file ends where a value must stand", None)),
        };
        Ok(Node {
            kind,
            origin: self.origin(start),
        })
    }

    fn enter(&mut self) -> Result<(), Wrong> {
        let Some(depth) = self.depth.checked_sub(1) else {
            return Err(Box::new(
                Finding::error(DEPTH, "values are nested too deeply")
                    .help("no setting needs that many levels; the file is damaged, or not meant for us")
                    .label(Span::new(self.file, self.at, self.at.saturating_add(1)), "one level too many"),
            ));
        };
        self.depth = depth;
        self.skip(1);
        self.blanks();
        Ok(())
    }

    /// Whether another item follows; else the closing bracket is taken.
    fn goes_on(&mut self, close: u8, first: bool) -> Result<bool, Wrong> {
        self.blanks();
        match self.peek() {
            Some(byte) if byte == close => {
                self.skip(1);
                self.depth = self.depth.saturating_add(1);
                Ok(false)
            }
            Some(b',') if !first => {
                self.skip(1);
                self.blanks();
                if self.peek() == Some(close) {
                    return Err(self.wrong(
                        "a comma stands before the end",
                        Some("remove the comma; JSON allows none there"),
                    ));
                }
                Ok(true)
            }
            Some(_) if first => Ok(true),
            Some(_) => Err(self.wrong(
                "a comma is missing",
                Some("put a comma behind the value before this one"),
            )),
            None => Err(self.wrong("a bracket is not closed", None)),
        }
    }

    fn list(&mut self) -> Result<Kind, Wrong> {
        self.enter()?;
        let mut items = Vec::new();
        while self.goes_on(b']', items.is_empty())? {
            items.push(self.value()?);
        }
        Ok(Kind::List(items))
    }

    fn map(&mut self) -> Result<Kind, Wrong> {
        self.enter()?;
        let mut entries = Vec::new();
        while self.goes_on(b'}', entries.is_empty())? {
            let start = self.at;
            if self.peek() != Some(b'"') {
                return Err(self.wrong("a key is not quoted", Some("JSON quotes keys with `\"`")));
            }
            let key = Key::from(self.string()?);
            let key_origin = self.origin(start);
            self.blanks();
            if self.peek() != Some(b':') {
                return Err(self.wrong("a colon is missing behind the key", None));
            }
            self.skip(1);
            self.blanks();
            entries.push(Entry {
                key,
                key_origin,
                node: self.value()?,
            });
        }
        Ok(Kind::Map(entries))
    }

    fn word(&mut self) -> Result<&'static str, Wrong> {
        let next = self.next_of(|byte| byte.is_ascii_alphanumeric());
        for word in ["true", "false", "null"] {
            if next == word {
                self.skip(word.len());
                return Ok(word);
            }
        }
        Err(self.wrong(
            "a word stands where a value must",
            Some("quote text with `\"`; only `true`, `false` and `null` are bare"),
        ))
    }

    fn number(&mut self) -> Result<&'t str, Wrong> {
        let number =
            self.next_of(|byte| matches!(byte, b'0'..=b'9' | b'+' | b'-' | b'.' | b'e' | b'E'));
        if !is_number(number) {
            return Err(self.wrong(
                "a number is malformed",
                Some("JSON numbers have no zero in front, and digits on both sides of the point"),
            ));
        }
        self.skip(number.len());
        Ok(number)
    }

    /// Takes a string whose opening quote is next.
    fn string(&mut self) -> Result<String, Wrong> {
        let opened = self.at;
        self.skip(1);
        let mut out = String::new();
        loop {
            let plain = self.next_of(|byte| !matches!(byte, b'"' | b'\\' | 0..=0x1f));
            out.push_str(plain);
            self.skip(plain.len());
            match self.peek() {
                Some(b'"') => {
                    self.skip(1);
                    return Ok(out);
                }
                Some(b'\\') => out.push(self.escape()?),
                Some(_) => {
                    return Err(self.wrong(
                        "a line break or control character stands in a string",
                        Some("write it as an escape, such as `\\n`"),
                    ));
                }
                None => {
                    self.at = opened;
                    return Err(self.wrong("a string is not closed", None));
                }
            }
        }
    }

    fn escape(&mut self) -> Result<char, Wrong> {
        let char = match self.bytes.get(self.at.saturating_add(1)) {
            Some(b'"') => '"',
            Some(b'\\') => '\\',
            Some(b'/') => '/',
            Some(b'b') => '\u{8}',
            Some(b'f') => '\u{c}',
            Some(b'n') => '\n',
            Some(b'r') => '\r',
            Some(b't') => '\t',
            Some(b'u') => return self.unicode(),
            _ => {
                return Err(
                    self.wrong("an escape is unknown", Some("write `\\\\` for a backslash"))
                );
            }
        };
        self.skip(2);
        Ok(char)
    }

    fn unicode(&mut self) -> Result<char, Wrong> {
        let wrong = |reader: &Self| reader.wrong("an escape names no character", None);
        let first = self.hex(self.at).ok_or_else(|| wrong(self))?;
        if let Some(char) = char::from_u32(first.into()) {
            self.skip(6);
            return Ok(char);
        }
        let char = self
            .hex(self.at.saturating_add(6))
            .and_then(|second| char::decode_utf16([first, second]).next()?.ok())
            .ok_or_else(|| wrong(self))?;
        self.skip(12);
        Ok(char)
    }

    /// The code of `\uXXXX` at an offset.
    fn hex(&self, at: usize) -> Option<u16> {
        let digits = self.text.get(at..at.checked_add(6)?)?.strip_prefix("\\u")?;
        let valid = digits.bytes().all(|byte| byte.is_ascii_hexdigit());
        if valid {
            u16::from_str_radix(digits, 16).ok()
        } else {
            None
        }
    }
}

/// Whether a text is a number as JSON writes them.
pub(super) fn is_number(text: &str) -> bool {
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    let text = text.strip_prefix('-').unwrap_or(text);
    let (mantissa, exponent) = match text.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (
            mantissa,
            Some(exponent.strip_prefix(['+', '-']).unwrap_or(exponent)),
        ),
        None => (text, None),
    };
    let (whole, fraction) = match mantissa.split_once('.') {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (mantissa, None),
    };
    digits(whole)
        && (whole == "0" || !whole.starts_with('0'))
        && fraction.is_none_or(digits)
        && exponent.is_none_or(digits)
}

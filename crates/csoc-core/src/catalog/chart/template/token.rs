//! The inside of an action as tokens.

use super::action::closing;
use crate::value::Key;

/// A token. What follows a name, a variable or a bracket without a space (`$x.y`, `(f).y`) belongs to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Token {
    /// `.` and what is below it.
    Field(Vec<Key>),
    /// `$name`, and what is below it.
    Variable(Key, Vec<Key>),
    /// A function or a keyword.
    Name(Key),
    /// Text in quotes, its escapes undone.
    Text(Key),
    /// A number or a character.
    Number(Key),
    /// `(`.
    Open,
    /// `)` and what is taken from the value in the brackets.
    Close(Vec<Key>),
    /// `|`.
    Pipe,
    /// `,`.
    Comma,
    /// `:=` or `=`.
    Assign,
    /// Nothing of the language.
    Unknown,
}

/// The tokens of an action.
pub(super) fn tokens(text: &str) -> Vec<Token> {
    let mut reader = Reader { text };
    let mut found = Vec::new();
    while let Some(token) = reader.next() {
        found.push(token);
    }
    found
}

struct Reader<'t> {
    text: &'t str,
}

impl<'t> Reader<'t> {
    fn next(&mut self) -> Option<Token> {
        self.text = self.text.trim_start();
        let first = self.text.chars().next()?;
        Some(match first {
            '(' => self.sign(1, Token::Open),
            ')' => {
                self.take(1);
                Token::Close(self.fields())
            }
            '|' => self.sign(1, Token::Pipe),
            ',' => self.sign(1, Token::Comma),
            '=' => self.sign(1, Token::Assign),
            ':' if self.text.starts_with(":=") => self.sign(2, Token::Assign),
            '$' => {
                self.take(1);
                let name = self.word();
                Token::Variable(name, self.fields())
            }
            '.' if matches!(self.text.as_bytes(), [_, b'0'..=b'9', ..]) => self.number(),
            '.' => {
                let fields = self.fields();
                if fields.is_empty() {
                    self.sign(1, Token::Field(fields))
                } else {
                    Token::Field(fields)
                }
            }
            '"' | '\'' => self.quoted(first),
            '`' => {
                let inside = self.text.strip_prefix('`').unwrap_or_default();
                match inside.split_once('`') {
                    Some((text, behind)) => {
                        self.text = behind;
                        Token::Text(Key::from(text))
                    }
                    None => self.rest(),
                }
            }
            _ if first.is_ascii_digit() || matches!(first, '-' | '+') => self.number(),
            _ if is_letter(first) => Token::Name(self.word()),
            _ => self.sign(first.len_utf8(), Token::Unknown),
        })
    }

    fn sign(&mut self, length: usize, token: Token) -> Token {
        self.take(length);
        token
    }

    /// Takes that many bytes off the text, all that there is where it has fewer.
    fn take(&mut self, length: usize) -> &'t str {
        let (taken, rest) = self
            .text
            .split_at_checked(length)
            .unwrap_or((self.text, ""));
        self.text = rest;
        taken
    }

    fn rest(&mut self) -> Token {
        self.text = "";
        Token::Unknown
    }

    fn word(&mut self) -> Key {
        let end = self
            .text
            .find(|next: char| !is_letter(next) && !next.is_numeric())
            .unwrap_or(self.text.len());
        let (word, rest) = self.text.split_at(end);
        self.text = rest;
        Key::from(word)
    }

    /// `.a.b`, as far as names follow the dots.
    fn fields(&mut self) -> Vec<Key> {
        let mut fields = Vec::new();
        while let Some(rest) = self.text.strip_prefix('.') {
            if !rest.starts_with(is_letter) {
                break;
            }
            self.text = rest;
            fields.push(self.word());
        }
        fields
    }

    fn number(&mut self) -> Token {
        let is_part =
            |next: char| next.is_ascii_alphanumeric() || matches!(next, '.' | '_' | '+' | '-');
        // What it starts with is a part of it, or the caller would not ask.
        let mut others = self.text.char_indices().skip(1);
        let end = others
            .find(|(_, next)| !is_part(*next))
            .map_or(self.text.len(), |(end, _)| end);
        let number = self.take(end);
        if number.bytes().any(|byte| byte.is_ascii_digit()) {
            Token::Number(Key::from(number))
        } else {
            Token::Unknown
        }
    }

    fn quoted(&mut self, quote: char) -> Token {
        let mark = if quote == '"' { b'"' } else { b'\'' };
        let inside = self.text.strip_prefix(quote).unwrap_or_default();
        let close = closing(inside.as_bytes(), mark);
        let Some((text, behind)) = close.and_then(|close| inside.split_at_checked(close)) else {
            return self.rest();
        };
        self.text = behind.strip_prefix(quote).unwrap_or_default();
        if quote == '"' {
            Token::Text(Key::from(unescaped(text)))
        } else {
            Token::Number(Key::fixed(""))
        }
    }
}

fn is_letter(char: char) -> bool {
    char.is_alphabetic() || char == '_'
}

/// Escapes undone as far as names of keys can have them.
fn unescaped(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut chars = text.chars();
    while let Some(char) = chars.next() {
        if char != '\\' {
            plain.push(char);
            continue;
        }
        match chars.next() {
            Some('n') => plain.push('\n'),
            Some('t') => plain.push('\t'),
            Some(other) => plain.push(other),
            None => {}
        }
    }
    plain
}

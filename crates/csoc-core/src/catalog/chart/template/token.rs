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

impl Reader<'_> {
    fn next(&mut self) -> Option<Token> {
        self.text = self.text.trim_start();
        let first = self.text.chars().next()?;
        Some(match first {
            '(' => self.sign(1, Token::Open),
            ')' => {
                self.text = &self.text[1..];
                Token::Close(self.fields())
            }
            '|' => self.sign(1, Token::Pipe),
            ',' => self.sign(1, Token::Comma),
            '=' => self.sign(1, Token::Assign),
            ':' if self.text.starts_with(":=") => self.sign(2, Token::Assign),
            '$' => {
                self.text = &self.text[1..];
                let name = self.word();
                Token::Variable(name, self.fields())
            }
            '.' if self.text[1..].starts_with(|next: char| next.is_ascii_digit()) => self.number(),
            '.' => {
                let fields = self.fields();
                if fields.is_empty() {
                    self.sign(1, Token::Field(fields))
                } else {
                    Token::Field(fields)
                }
            }
            '"' | '\'' => self.quoted(first),
            '`' => match self.text[1..].find('`') {
                Some(close) => {
                    let text = Key::from(&self.text[1..=close]);
                    self.sign(close.saturating_add(2), Token::Text(text))
                }
                None => self.rest(),
            },
            _ if first.is_ascii_digit() || matches!(first, '-' | '+') => self.number(),
            _ if is_letter(first) => Token::Name(self.word()),
            _ => self.sign(first.len_utf8(), Token::Unknown),
        })
    }

    fn sign(&mut self, length: usize, token: Token) -> Token {
        self.text = &self.text[length..];
        token
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
        let end = self.text[1..]
            .find(|next: char| {
                !next.is_ascii_alphanumeric() && !matches!(next, '.' | '_' | '+' | '-')
            })
            .map_or(self.text.len(), |end| end.saturating_add(1));
        let has_digit = self.text[..end].bytes().any(|byte| byte.is_ascii_digit());
        let token = if has_digit {
            Token::Number(Key::from(&self.text[..end]))
        } else {
            Token::Unknown
        };
        self.sign(end, token)
    }

    fn quoted(&mut self, quote: char) -> Token {
        let mark = if quote == '"' { b'"' } else { b'\'' };
        let inside = self.text.strip_prefix(quote).unwrap_or_default();
        let Some(close) = closing(inside.as_bytes(), mark) else {
            return self.rest();
        };
        let text = unescaped(&self.text[1..=close]);
        let token = if quote == '"' {
            Token::Text(Key::from(text))
        } else {
            Token::Number(Key::fixed(""))
        };
        self.sign(close.saturating_add(2), token)
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

//! A template cut into text and actions, and an action into words.

use super::super::stop::Stop;

/// A part of a template.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Part<'t> {
    /// Printed as it is.
    Text(&'t str),
    /// What stands between `{{` and `}}`.
    Action(&'t str),
}

/// The parts of a template, with the blanks that `{{-` and `-}}` take away gone.
pub(super) fn parts(text: &str) -> Result<Vec<Part<'_>>, Stop> {
    let mut parts = Vec::new();
    let mut rest = text;
    let mut trims = false;
    loop {
        let (before, inside) = match rest.split_once("{{") {
            Some((before, inside)) => (before, Some(inside)),
            None => (rest, None),
        };
        let before = if trims { before.trim_start() } else { before };
        let Some(inside) = inside else {
            parts.push(Part::Text(before));
            return Ok(parts);
        };
        let left = inside
            .strip_prefix('-')
            .filter(|rest| rest.starts_with(char::is_whitespace));
        parts.push(Part::Text(if left.is_some() {
            before.trim_end()
        } else {
            before
        }));
        let inside = left.unwrap_or(inside);
        let end = end(inside)?;
        let action = &inside[..end];
        rest = &inside[end + 2..];
        let right = action
            .strip_suffix('-')
            .filter(|rest| rest.ends_with(char::is_whitespace));
        trims = right.is_some();
        let action = right.unwrap_or(action).trim();
        if !(action.starts_with("/*") && action.ends_with("*/")) {
            parts.push(Part::Action(action));
        }
    }
}

/// Where an action ends: at the first `}}` that is in no string.
fn end(text: &str) -> Result<usize, Stop> {
    let bytes = text.as_bytes();
    let mut quote = None;
    let mut at = 0;
    while at < bytes.len() {
        match (quote, bytes[at]) {
            (None, b'}') if bytes.get(at + 1) == Some(&b'}') => return Ok(at),
            (None, found @ (b'"' | b'`' | b'\'')) => quote = Some(found),
            (Some(b'"' | b'\''), b'\\') => at += 1,
            (Some(open), found) if open == found => quote = None,
            _ => {}
        }
        at += 1;
    }
    Err(Stop::refused("an action of a template does not end"))
}

/// A word of an action.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Token {
    /// A name: a function or a keyword.
    Name(Box<str>),
    /// `.a.b`, or `.` alone.
    Field(Vec<Box<str>>),
    /// `$x.a.b`; the first is the name without `$`.
    Variable(Box<str>, Vec<Box<str>>),
    /// A string.
    Text(Box<str>),
    /// A whole number.
    Number(i64),
    /// `(`.
    Open,
    /// `)`, and the fields that follow it at once.
    Close(Vec<Box<str>>),
    /// `|`.
    Pipe,
    /// `:=`, which makes a variable.
    Declare,
    /// `=`, which gives another value to one.
    Assign,
    /// `,`.
    Comma,
}

/// The words of an action.
pub(super) fn tokens(action: &str) -> Result<Vec<Token>, Stop> {
    let mut tokens = Vec::new();
    let mut rest = action.trim_start();
    while let Some(first) = rest.chars().next() {
        let (token, behind) = match first {
            '(' => (Token::Open, &rest[1..]),
            ')' => {
                let (fields, behind) = fields(&rest[1..]);
                (Token::Close(fields), behind)
            }
            '|' => (Token::Pipe, &rest[1..]),
            ',' => (Token::Comma, &rest[1..]),
            '=' => (Token::Assign, &rest[1..]),
            ':' if rest.starts_with(":=") => (Token::Declare, &rest[2..]),
            '.' => {
                let (fields, behind) = fields(rest);
                if fields.is_empty() {
                    (Token::Field(fields), &rest[1..])
                } else {
                    (Token::Field(fields), behind)
                }
            }
            '$' => {
                let (name, behind) = word(&rest[1..]);
                let (fields, behind) = fields(behind);
                (Token::Variable(name.into(), fields), behind)
            }
            '"' => quoted(&rest[1..])?,
            '`' => {
                let (text, behind) = rest[1..]
                    .split_once('`')
                    .ok_or_else(|| Stop::refused("a string of a template does not end"))?;
                (Token::Text(text.into()), behind)
            }
            '-' | '0'..='9' => {
                let end = rest[1..]
                    .find(|char: char| !char.is_ascii_alphanumeric() && char != '.')
                    .map_or(rest.len(), |at| at + 1);
                let number = rest[..end]
                    .parse()
                    .map_err(|_| Stop::undecidable("a number is not written in decimal digits"))?;
                (Token::Number(number), &rest[end..])
            }
            _ => {
                let (name, behind) = word(rest);
                if name.is_empty() {
                    return Err(Stop::refused(format!("`{first}` is no part of a template")));
                }
                (Token::Name(name.into()), behind)
            }
        };
        tokens.push(token);
        rest = behind.trim_start();
    }
    Ok(tokens)
}

/// The letters, digits and underscores that a text starts with.
fn word(text: &str) -> (&str, &str) {
    let end = text
        .find(|char: char| !char.is_alphanumeric() && char != '_')
        .unwrap_or(text.len());
    text.split_at(end)
}

/// The fields that a text starts with: `.a.b`.
fn fields(text: &str) -> (Vec<Box<str>>, &str) {
    let mut fields = Vec::new();
    let mut rest = text;
    while let Some(behind) = rest.strip_prefix('.') {
        let (name, behind) = word(behind);
        if name.is_empty() {
            break;
        }
        fields.push(name.into());
        rest = behind;
    }
    (fields, rest)
}

/// A string in double quotes, behind the first of them.
fn quoted(text: &str) -> Result<(Token, &str), Stop> {
    let mut plain = String::new();
    let mut chars = text.char_indices();
    while let Some((at, char)) = chars.next() {
        match char {
            '"' => return Ok((Token::Text(plain.into()), &text[at + 1..])),
            '\\' => match chars.next() {
                Some((_, 'n')) => plain.push('\n'),
                Some((_, 't')) => plain.push('\t'),
                Some((_, same @ ('"' | '\\'))) => plain.push(same),
                _ => return Err(Stop::undecidable("a string has an escape that is not read")),
            },
            char => plain.push(char),
        }
    }
    Err(Stop::refused("a string of a template does not end"))
}

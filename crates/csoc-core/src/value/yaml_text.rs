//! The YAML form of a string: plain only where every reader takes it for that string.
//!
//! Readers are those of YAML 1.1 (`PyYAML`), of 1.2 (ruamel) and Go's, which
//! Helm, Argo CD and Kubernetes use and which mixes both.

/// How a string is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// As it is.
    Plain,
    /// `'…'`.
    Single,
    /// `"…"`, with escapes.
    Double,
    /// `|`, line by line.
    Block,
}

/// The form of a string where lines may follow it, as below a key.
pub(super) fn form(text: &str) -> Form {
    match scan(text) {
        Scan::Plain => Form::Plain,
        Scan::Quotes => Form::Single,
        Scan::Escapes => Form::Double,
        Scan::Lines => {
            if is_block(text) {
                Form::Block
            } else {
                Form::Double
            }
        }
    }
}

/// The form of a string that must stay in its line, as a key.
pub(super) fn inline_form(text: &str) -> Form {
    match scan(text) {
        Scan::Plain => Form::Plain,
        Scan::Quotes => Form::Single,
        Scan::Escapes | Scan::Lines => Form::Double,
    }
}

enum Scan {
    Plain,
    Quotes,
    Lines,
    Escapes,
}

fn scan(text: &str) -> Scan {
    let bytes = text.as_bytes();
    let mut plain = starts_plain(bytes) && !is_word(text) && !is_number_like(text);
    let mut lines = false;
    let mut tabs = false;
    let mut previous = 0;
    for &byte in bytes {
        match byte {
            b'\n' => lines = true,
            b'\t' => tabs = true,
            0..=0x1f | 0x7f => return Scan::Escapes,
            b' ' if previous == b':' => plain = false,
            b'#' if previous == b' ' => plain = false,
            0x80.. => {
                return match scan_wide(text) {
                    Wide::Escapes => Scan::Escapes,
                    _ if text.contains('\n') => Scan::Lines,
                    _ if text.contains('\t') => Scan::Escapes,
                    Wide::Letters if plain && !has_mark(bytes) => Scan::Plain,
                    Wide::Letters | Wide::Spaces => Scan::Quotes,
                };
            }
            _ => {}
        }
        previous = byte;
    }
    if lines {
        Scan::Lines
    } else if tabs {
        Scan::Escapes
    } else if plain && !matches!(previous, b' ' | b':') {
        Scan::Plain
    } else {
        Scan::Quotes
    }
}

/// Whether the bytes hold what ends plain text: `: `, ` #`, or a colon or space at the end.
fn has_mark(bytes: &[u8]) -> bool {
    bytes.windows(2).any(|pair| pair == b": " || pair == b" #")
        || matches!(bytes.last(), Some(b' ' | b':'))
}

enum Wide {
    Letters,
    Spaces,
    Escapes,
}

/// What a text that is not all ASCII asks for.
fn scan_wide(text: &str) -> Wide {
    let mut found = Wide::Letters;
    for char in text.chars() {
        match char {
            '\n' | '\t' | ' '..='~' => {}
            // Control characters, the line breaks of YAML 1.1, byte order marks, and what is no character.
            '\0'..='\u{9f}' | '\u{2028}' | '\u{2029}' | '\u{feff}' | '\u{fffe}' | '\u{ffff}' => {
                return Wide::Escapes;
            }
            _ if char.is_whitespace() => found = Wide::Spaces,
            _ => {}
        }
    }
    found
}

/// Whether plain text may start so. More than needed is quoted, never less.
fn starts_plain(bytes: &[u8]) -> bool {
    match bytes {
        [b'-', next, ..] => {
            next.is_ascii_alphanumeric() || (*next == b'-' && bytes.get(2) != Some(&b'-'))
        }
        [b'.', next, ..] => {
            next.is_ascii_alphanumeric() || matches!(next, b'/' | b'_') || bytes.starts_with(b"../")
        }
        [b'+', next, ..] => next.is_ascii_alphanumeric(),
        [first, ..] => {
            first.is_ascii_alphanumeric()
                || matches!(first, b'_' | b'/' | b'$' | b'(')
                || *first >= 0x80
        }
        [] => false,
    }
}

/// The words of YAML 1.1 for booleans and null, in any case.
fn is_word(text: &str) -> bool {
    if text.len() > 5 {
        return false;
    }
    [
        "y", "n", "yes", "no", "on", "off", "true", "false", "null", ".inf", ".nan", "+.inf",
        "-.inf",
    ]
    .iter()
    .any(|word| text.eq_ignore_ascii_case(word))
}

/// Whether some reader might take the text for a number, a time or a date.
fn is_number_like(text: &str) -> bool {
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text).as_bytes();
    let Some(first) = unsigned.first() else {
        return true;
    };
    if !(first.is_ascii_digit() || *first == b'.') {
        return false;
    }
    if let [b'0', b'x' | b'X' | b'o' | b'O' | b'b' | b'B', ..] = unsigned {
        return true;
    }
    if is_date_like(unsigned) {
        return true;
    }
    let mut dots = 0_usize;
    let mut has_colon = false;
    for byte in unsigned {
        match byte {
            b'.' => dots = dots.saturating_add(1),
            b':' => has_colon = true,
            b'0'..=b'9' | b'_' | b'e' | b'E' | b'+' | b'-' => {}
            _ => return false,
        }
    }
    dots < 2 || has_colon
}

/// Four digits, a dash, a digit or two, a dash.
fn is_date_like(bytes: &[u8]) -> bool {
    let digits = |part: &[u8]| part.iter().all(u8::is_ascii_digit);
    match bytes {
        [year @ .., b'-', _, b'-', _] | [year @ .., b'-', _, b'-', _, _] if year.len() == 4 => {
            digits(year)
        }
        [a, b, c, d, b'-', month, rest @ ..] => {
            digits(&[*a, *b, *c, *d, *month])
                && matches!(rest, [b'-', ..] | [b'0'..=b'9', b'-', ..])
        }
        _ => false,
    }
}

/// Whether a block of lines says exactly this text to every reader.
///
/// Not where it is nothing but breaks, where a line holds only blanks at the
/// start or the end (chomping would be needed to tell), or where a line starts
/// with a tab.
fn is_block(text: &str) -> bool {
    let body = text.trim_end_matches('\n');
    let blank = |line: &str| !line.is_empty() && line.trim_matches([' ', '\t']).is_empty();
    !body.is_empty()
        && !body.lines().next().is_some_and(blank)
        && !body.rsplit('\n').next().is_some_and(blank)
        && !body
            .split('\n')
            .any(|line| line.trim_start_matches(' ').starts_with('\t') || blank(line))
}

/// Appends a string in single quotes.
pub(super) fn single(text: &str, out: &mut String) {
    out.push('\'');
    let mut parts = text.split('\'');
    out.push_str(parts.next().unwrap_or_default());
    for part in parts {
        out.push_str("''");
        out.push_str(part);
    }
    out.push('\'');
}

/// Appends a string in double quotes, with escapes that every reader knows.
pub(super) fn double(text: &str, out: &mut String) {
    use std::fmt::Write as _;
    out.push('"');
    for char in text.chars() {
        match char {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            '\r' => out.push_str("\\r"),
            '\0'..='\u{1f}' | '\u{7f}'..='\u{9f}' => {
                let _ = write!(out, "\\x{:02X}", char as u32);
            }
            '\u{2028}' | '\u{2029}' | '\u{feff}' | '\u{fffe}' | '\u{ffff}' => {
                let _ = write!(out, "\\u{:04X}", char as u32);
            }
            _ => out.push(char),
        }
    }
    out.push('"');
}

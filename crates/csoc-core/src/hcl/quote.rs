//! Text as HCL writes it: quotes, escapes, identifiers.

use std::fmt::Write as _;

/// Which characters are escaped besides those that must be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Escape {
    /// None: text stays readable.
    Needed,
    /// All from U+0300 on, since what is left takes one column each.
    Wide,
}

/// Whether a name can stand without quotes as a key, and means itself there.
pub(crate) fn is_identifier(text: &str) -> bool {
    let mut bytes = text.bytes();
    bytes
        .next()
        .is_some_and(|byte| byte.is_ascii_alphabetic() || byte == b'_')
        && bytes.all(|byte| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-')
        && !matches!(text, "true" | "false" | "null" | "for")
}

/// Writes the inside of a quoted literal; `before_expression` says that a `${` or `%{` follows it.
pub(crate) fn write_literal(out: &mut String, text: &str, escape: Escape, before_expression: bool) {
    let is_plain =
        |byte: u8| matches!(byte, b' '..=b'~') && !matches!(byte, b'"' | b'\\' | b'$' | b'%');
    if text.bytes().all(is_plain) {
        out.push_str(text);
        return;
    }
    let mut rest = text.chars().peekable();
    while let Some(character) = rest.next() {
        match character {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '$' | '%' if rest.peek() == Some(&'{') => out.extend([character, character]),
            '$' | '%' if before_expression && rest.peek().is_none() => {
                write_unicode(out, character);
            }
            _ if is_invisible(character) || (escape == Escape::Wide && character >= '\u{300}') => {
                write_unicode(out, character);
            }
            _ => out.push(character),
        }
    }
}

/// Writes text as a quoted literal.
pub(crate) fn write_quoted(out: &mut String, text: &str, escape: Escape) {
    out.push('"');
    write_literal(out, text, escape, false);
    out.push('"');
}

/// Writes the escapes of template text that stands in no quotes: a heredoc or a JSON string.
pub(crate) fn write_unquoted(out: &mut String, text: &str) {
    let mut rest = text.chars().peekable();
    while let Some(character) = rest.next() {
        out.push(character);
        if matches!(character, '$' | '%') && rest.peek() == Some(&'{') {
            out.push(character);
        }
    }
}

/// What the inside of a quoted literal stands for, apart from `$${` and `%%{`.
pub(crate) fn unescaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, behind)) = rest.split_once('\\') {
        out.push_str(before);
        let digits = match behind.as_bytes().first() {
            Some(b'u') => 4,
            Some(b'U') => 8,
            _ => 0,
        };
        let code = behind
            .get(1..=digits)
            .and_then(|code| u32::from_str_radix(code, 16).ok());
        let (character, length) = match (code.and_then(char::from_u32), behind.as_bytes().first()) {
            (Some(character), _) => (character, digits + 1),
            (None, Some(b'n')) => ('\n', 1),
            (None, Some(b'r')) => ('\r', 1),
            (None, Some(b't')) => ('\t', 1),
            (None, Some(b'"')) => ('"', 1),
            (None, Some(b'\\')) => ('\\', 1),
            // No escape: it stays as it is.
            _ => ('\\', 0),
        };
        out.push(character);
        rest = &behind[length..];
    }
    out.push_str(rest);
    out
}

/// Characters that no one can see, or that make text look like other text.
pub(crate) fn is_invisible(character: char) -> bool {
    character.is_control()
        || matches!(
            character,
            '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}'
        )
}

fn write_unicode(out: &mut String, character: char) {
    let code = u32::from(character);
    let result = if code > 0xffff {
        write!(out, "\\U{code:08x}")
    } else {
        write!(out, "\\u{code:04x}")
    };
    result.expect("a String takes all text");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn literals_hold_no_expression() {
        let quoted = |text| {
            let mut out = String::new();
            write_quoted(&mut out, text, Escape::Needed);
            out
        };
        assert_eq!(quoted("${x} $${x} %{if}"), r#""$${x} $$${x} %%{if}""#);
        assert_eq!(quoted("a\"\\\n\t\u{7}$"), r#""a\"\\\n\t\u0007$""#);
        assert_eq!(quoted("é\u{202e}"), r#""é\u202e""#);
    }

    #[test]
    fn escapes_are_undone() {
        assert_eq!(
            unescaped(r#"a\"\\\n\u0024\U0001f600\q\u12"#),
            "a\"\\\n$\u{1f600}\\q\\u12"
        );
    }

    #[test]
    fn keywords_are_no_identifiers() {
        assert!(is_identifier("aws_role-1"));
        for text in ["", "1a", "a.b", "null", "for", "é"] {
            assert!(!is_identifier(text), "{text}");
        }
    }
}

//! How Helm reads a plain scalar: the rules of Go's YAML reader, which are YAML 1.1's with some of 1.2's.

use std::borrow::Cow;

use super::node::Reading;

/// What a plain (unquoted) scalar is taken for.
pub(crate) fn read_plain(text: &str) -> Reading<'_> {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => return Reading::Null,
        "true" | "True" | "TRUE" | "yes" | "Yes" | "YES" | "on" | "On" | "ON" | "y" | "Y" => {
            return Reading::Bool(true);
        }
        "false" | "False" | "FALSE" | "no" | "No" | "NO" | "off" | "Off" | "OFF" | "n" | "N" => {
            return Reading::Bool(false);
        }
        ".nan" | ".NaN" | ".NAN" => return Reading::Float(f64::NAN),
        ".inf" | ".Inf" | ".INF" | "+.inf" | "+.Inf" | "+.INF" => {
            return Reading::Float(f64::INFINITY);
        }
        "-.inf" | "-.Inf" | "-.INF" => return Reading::Float(f64::NEG_INFINITY),
        _ => {}
    }
    if !matches!(text.as_bytes(), [b'0'..=b'9' | b'+' | b'-' | b'.', ..]) {
        return Reading::Text(text);
    }
    let digits = if text.contains('_') {
        Cow::Owned(text.replace('_', ""))
    } else {
        Cow::Borrowed(text)
    };
    if let Some(whole) = integer(&digits) {
        return Reading::Integer(whole);
    }
    if float_shape(&digits)
        && let Ok(number) = digits.parse::<f64>()
    {
        return Reading::Float(number);
    }
    Reading::Text(text)
}

fn integer(text: &str) -> Option<i128> {
    let (negative, digits) = match text.strip_prefix('-') {
        Some(digits) => (true, digits),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    if !digits.as_bytes().first()?.is_ascii_digit() {
        return None;
    }
    let (radix, digits) = match digits.strip_prefix('0') {
        Some(behind) if !behind.is_empty() => {
            if let Some(digits) = behind.strip_prefix(['x', 'X']) {
                (16, digits)
            } else if let Some(digits) = behind.strip_prefix(['o', 'O']) {
                (8, digits)
            } else if let Some(digits) = behind.strip_prefix(['b', 'B']) {
                (2, digits)
            } else if behind.bytes().all(|byte| (b'0'..=b'7').contains(&byte)) {
                (8, behind)
            } else {
                (10, digits)
            }
        }
        _ => (10, digits),
    };
    if digits.starts_with(['+', '-']) {
        return None;
    }
    let value = i128::from_str_radix(digits, radix).ok()?;
    if negative {
        value.checked_neg()
    } else {
        Some(value)
    }
}

/// `[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?`, as Go's reader has it.
fn float_shape(text: &str) -> bool {
    let text = text.strip_prefix(['+', '-']).unwrap_or(text);
    let (mantissa, exponent) = match text.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent)),
        None => (text, None),
    };
    let all_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    let mantissa_holds = match mantissa.split_once('.') {
        Some(("", fraction)) => !fraction.is_empty() && all_digits(fraction),
        Some((whole, fraction)) => all_digits(whole) && all_digits(fraction),
        None => !mantissa.is_empty() && all_digits(mantissa),
    };
    let exponent_holds = exponent.is_none_or(|exponent| {
        let digits = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
        !digits.is_empty() && all_digits(digits)
    });
    mantissa_holds && exponent_holds
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_as_helm_does() {
        assert_eq!(read_plain("off"), Reading::Bool(false));
        assert_eq!(read_plain("2025.10"), Reading::Float(2025.1));
        assert_eq!(read_plain("084375550014"), Reading::Integer(84_375_550_014));
        assert_eq!(read_plain("0123"), Reading::Integer(83));
        assert_eq!(read_plain("1_000"), Reading::Integer(1000));
        assert_eq!(read_plain("1e3"), Reading::Float(1000.0));
        assert_eq!(read_plain("0x"), Reading::Text("0x"));
        assert_eq!(read_plain("1.2.3"), Reading::Text("1.2.3"));
        assert_eq!(read_plain("-"), Reading::Text("-"));
        assert_eq!(read_plain("+-5"), Reading::Text("+-5"));
        assert_eq!(read_plain("12:30"), Reading::Text("12:30"));
        assert_eq!(read_plain(""), Reading::Null);
    }
}

//! Functions that ApplicationSets commonly call. What is not here is undecidable.

use std::fmt::Write as _;

use super::super::stop::Stop;
use super::super::text::normalized;
use super::base64::{decoded, encoded};
use super::print::{is_true, json, shown};
use crate::value::{Kind, Node, Reading};

/// Calls a function; the piped value is the last argument.
pub(super) fn call(function: &str, arguments: &[Node]) -> Result<Node, Stop> {
    for group in [of_text, printing, of_values] {
        if let Some(value) = group(function, arguments)? {
            return Ok(value);
        }
    }
    Err(Stop::undecidable(format!(
        "`{function}` is not evaluated here"
    )))
}

/// Whether a text that is put in so often stays small enough to be looked at.
fn bounded(times: usize, length: usize) -> Result<(), Stop> {
    const TEXT: usize = 16 << 20;
    if times.saturating_mul(length) > TEXT {
        return Err(Stop::TooMany);
    }
    Ok(())
}

fn wrong(function: &str) -> Stop {
    Stop::undecidable(format!(
        "`{function}` is called with other arguments than are read"
    ))
}

/// What changes, cuts and searches text.
fn of_text(function: &str, arguments: &[Node]) -> Result<Option<Node>, Stop> {
    let wrong = || wrong(function);
    let string = |text: String| Ok(Node::string(text));
    let text = |node: &Node| strict(node).ok_or_else(wrong);
    let value = match (function, arguments) {
        ("lower", [value]) => string(text(value)?.to_lowercase()),
        ("upper", [value]) => string(text(value)?.to_uppercase()),
        ("trim", [value]) => string(text(value)?.trim().to_owned()),
        ("trimPrefix", [cut, value]) => {
            let (cut, value) = (text(cut)?, text(value)?);
            string(value.strip_prefix(&*cut).unwrap_or(&value).to_owned())
        }
        ("trimSuffix", [cut, value]) => {
            let (cut, value) = (text(cut)?, text(value)?);
            string(value.strip_suffix(&*cut).unwrap_or(&value).to_owned())
        }
        ("replace", [old, new, value]) => {
            let (old, new) = (text(old)?, text(new)?);
            if old.is_empty() {
                return Err(wrong());
            }
            let value = text(value)?;
            bounded(value.matches(&old).count(), new.len())?;
            string(value.replace(&old, &new))
        }
        ("contains", [part, value]) => Ok(Node::bool(text(value)?.contains(&text(part)?))),
        ("hasPrefix", [part, value]) => Ok(Node::bool(text(value)?.starts_with(&text(part)?))),
        ("hasSuffix", [part, value]) => Ok(Node::bool(text(value)?.ends_with(&text(part)?))),
        ("trunc", [length, value]) => {
            let value = text(value)?;
            match whole(length).and_then(|length| usize::try_from(length).ok()) {
                Some(length) if value.is_ascii() => {
                    string(value[..length.min(value.len())].to_owned())
                }
                _ => Err(wrong()),
            }
        }
        ("nindent" | "indent", [width, value]) => {
            let width = whole(width).and_then(|width| usize::try_from(width).ok());
            let width = width.filter(|width| *width <= 100).ok_or_else(wrong)?;
            let pad = " ".repeat(width);
            let body = format!("{pad}{}", text(value)?.replace('\n', &format!("\n{pad}")));
            string(if function == "nindent" {
                format!("\n{body}")
            } else {
                body
            })
        }
        ("splitList", [separator, value]) => {
            let (separator, value) = (text(separator)?, text(value)?);
            if separator.is_empty() {
                return Err(wrong());
            }
            Ok(Node::list(value.split(&*separator).map(Node::string)))
        }
        (
            "join",
            [
                separator,
                Node {
                    kind: Kind::List(items),
                    ..
                },
            ],
        ) => {
            let items: Result<Vec<String>, Stop> = items.iter().map(shown).collect();
            let (items, separator) = (items?, text(separator)?);
            bounded(items.len(), separator.len())?;
            string(items.join(&separator))
        }
        ("base", [value]) => string(base(&text(value)?)),
        ("dir", [value]) => string(directory(&text(value)?)),
        ("normalize", [value]) => string(normalized(&text(value)?)),
        _ => return Ok(None),
    };
    value.map(Some)
}

/// What makes text of values.
fn printing(function: &str, arguments: &[Node]) -> Result<Option<Node>, Stop> {
    let wrong = || wrong(function);
    let string = |text: String| Ok(Node::string(text));
    let text = |node: &Node| strict(node).ok_or_else(wrong);
    let value = match (function, arguments) {
        ("quote", values) => {
            let kept = values.iter().filter(|value| !value.is_null());
            let quoted: Result<Vec<String>, Stop> =
                kept.map(|value| plain_quoted(&shown(value)?)).collect();
            string(quoted?.join(" "))
        }
        ("squote", values) => {
            let kept = values.iter().filter(|value| !value.is_null());
            let quoted: Result<Vec<String>, Stop> = kept
                .map(|value| Ok(format!("'{}'", shown(value)?)))
                .collect();
            string(quoted?.join(" "))
        }
        ("cat", values) => {
            let kept = values.iter().filter(|value| !value.is_null());
            let shown: Result<Vec<String>, Stop> = kept.map(shown).collect();
            string(shown?.join(" "))
        }
        ("toString" | "print", [value]) if !value.is_null() => string(shown(value)?),
        ("printf", [format, values @ ..]) => {
            string(printf(&text(format)?, values).ok_or_else(wrong)?)
        }
        ("toJson" | "mustToJson", [value]) => string(json(value)?),
        ("b64enc", [value]) => string(encoded(text(value)?.as_bytes())),
        ("b64dec", [value]) => {
            let bytes = decoded(&text(value)?).ok_or_else(wrong)?;
            string(String::from_utf8(bytes).map_err(|_| wrong())?)
        }
        _ => return Ok(None),
    };
    value.map(Some)
}

/// What chooses, counts and compares values.
fn of_values(function: &str, arguments: &[Node]) -> Result<Option<Node>, Stop> {
    let wrong = || wrong(function);
    let text = |node: &Node| strict(node).ok_or_else(wrong);
    let value = match (function, arguments) {
        ("default", [default, value]) => Ok(if is_true(value)? { value } else { default }.clone()),
        ("coalesce", values) => {
            for value in values {
                if is_true(value)? {
                    return Ok(Some(value.clone()));
                }
            }
            Ok(Node::null())
        }
        ("ternary", [yes, no, condition]) => Ok(if is_true(condition)? { yes } else { no }.clone()),
        ("empty" | "not", [value]) => Ok(Node::bool(!is_true(value)?)),
        ("list", values) => Ok(Node::list(values.iter().cloned())),
        ("len", [value]) => match &value.kind {
            Kind::List(items) => Ok(Node::integer(items.len() as i128)),
            Kind::Map(entries) => Ok(Node::integer(entries.len() as i128)),
            _ => Ok(Node::integer(text(value)?.len() as i128)),
        },
        ("eq", [first, others @ ..]) if !others.is_empty() => {
            for other in others {
                if equal(first, other).ok_or_else(wrong)? {
                    return Ok(Some(Node::bool(true)));
                }
            }
            Ok(Node::bool(false))
        }
        ("ne", [first, second]) => Ok(Node::bool(!equal(first, second).ok_or_else(wrong)?)),
        ("hasKey", [map, key]) if map.is_map() => Ok(Node::bool(map.get(&text(key)?).is_some())),
        ("get", [map, key]) if map.is_map() => Ok(map
            .get(&text(key)?)
            .cloned()
            .unwrap_or_else(|| Node::string(""))),
        ("dig", [keys @ .., default, map]) if map.is_map() && !keys.is_empty() => {
            let mut at = map;
            for key in keys {
                match at.get(&text(key)?) {
                    Some(below) => at = below,
                    None => return Ok(Some(default.clone())),
                }
            }
            Ok(at.clone())
        }
        ("index", [value, keys @ ..]) => index(value, keys),
        _ => return Ok(None),
    };
    value.map(Some)
}

/// What `index` finds: in a map a key, in a list a place. A key that is not there gives an empty value.
fn index(value: &Node, keys: &[Node]) -> Result<Node, Stop> {
    let mut at = value;
    for key in keys {
        at = match &at.kind {
            Kind::Map(_) => {
                let key = strict(key).ok_or_else(|| Stop::refused("a map is indexed by a text"))?;
                match at.get(&key) {
                    Some(found) => found,
                    // Of labels an empty text, of other maps nothing: Go knows the type.
                    None => {
                        return Err(Stop::undecidable(format!(
                            "`index` asks for `{key}`, which is not there"
                        )));
                    }
                }
            }
            Kind::List(items) => {
                let place = whole(key).and_then(|place| usize::try_from(place).ok());
                place.and_then(|place| items.get(place)).ok_or_else(|| {
                    Stop::refused("`index` asks for a place that the list does not have")
                })?
            }
            _ => return Err(Stop::refused("`index` is asked of a value without parts")),
        };
    }
    Ok(at.clone())
}

/// A value that Go has as a string.
fn strict(node: &Node) -> Option<String> {
    match &node.kind {
        Kind::Scalar(scalar) => match scalar.reading() {
            Reading::Text(text) => Some(text.to_owned()),
            _ => None,
        },
        _ => None,
    }
}

fn whole(node: &Node) -> Option<i128> {
    match &node.kind {
        Kind::Scalar(scalar) => match scalar.reading() {
            Reading::Integer(number) => Some(number),
            _ => None,
        },
        _ => None,
    }
}

/// Whether two texts or two booleans are equal; numbers have types that a text does not show.
fn equal(one: &Node, two: &Node) -> Option<bool> {
    let (Kind::Scalar(one), Kind::Scalar(two)) = (&one.kind, &two.kind) else {
        return None;
    };
    match (one.reading(), two.reading()) {
        (Reading::Text(one), Reading::Text(two)) => Some(one == two),
        (Reading::Bool(one), Reading::Bool(two)) => Some(one == two),
        _ => None,
    }
}

/// A text in quotes as Go's `%q` writes it, where no letter needs more than a backslash.
fn plain_quoted(text: &str) -> Result<String, Stop> {
    if text
        .chars()
        .any(|char| char.is_control() || !char.is_ascii())
    {
        return Err(Stop::undecidable(
            "a text with other letters than ASCII is put in quotes",
        ));
    }
    Ok(format!(
        "\"{}\"",
        text.replace('\\', "\\\\").replace('"', "\\\"")
    ))
}

/// `printf` with nothing but `%s`, `%v` and `%%`.
fn printf(format: &str, values: &[Node]) -> Option<String> {
    let mut values = values.iter();
    let mut printed = String::new();
    let mut chars = format.chars();
    while let Some(char) = chars.next() {
        if char != '%' {
            printed.push(char);
            continue;
        }
        match chars.next()? {
            '%' => printed.push('%'),
            's' => write!(printed, "{}", strict(values.next()?)?).ok()?,
            'v' => {
                let value = values.next().filter(|value| !value.is_null())?;
                write!(printed, "{}", shown(value).ok()?).ok()?;
            }
            _ => return None,
        }
    }
    values.next().is_none().then_some(printed)
}

/// The last part of a path, as Go's `path.Base` gives it.
fn base(path: &str) -> String {
    let trimmed = path.trim_end_matches('/');
    match (path.is_empty(), trimmed.rsplit('/').next()) {
        (true, _) => ".".to_owned(),
        (false, Some(last)) if !last.is_empty() => last.to_owned(),
        _ => "/".to_owned(),
    }
}

/// What is above the last part of a path that is written plainly.
fn directory(path: &str) -> String {
    match path.rsplit_once('/') {
        Some(("", _)) => "/".to_owned(),
        Some((above, _)) => above.to_owned(),
        None => ".".to_owned(),
    }
}

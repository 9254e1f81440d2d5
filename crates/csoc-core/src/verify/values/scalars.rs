//! Names that Helm reads as numbers: account ids lose digits, tags lose zeros.

use super::names::Path;
use super::{ACCOUNT_ID_UNQUOTED, IMAGE_TAG_UNQUOTED};
use crate::diagnostic::{Diagnostics, Finding, Severity};
use crate::value::{Entry, Kind, Node, Reading, Scalar};

/// Checks every value of a file, also those that the chart leaves to the user.
pub(super) fn check(node: &Node, sink: &mut Diagnostics) {
    walk(node, &mut Path::default(), sink);
}

fn walk(node: &Node, path: &mut Path, sink: &mut Diagnostics) {
    match &node.kind {
        Kind::Map(entries) => {
            for entry in entries {
                path.push_key(&entry.key);
                if let Kind::Scalar(scalar) = &entry.node.kind {
                    sink.extend(scalar_of(entry, scalar, path));
                } else {
                    walk(&entry.node, path, sink);
                }
                path.pop();
            }
        }
        Kind::List(items) => {
            for item in items {
                path.push_item();
                walk(item, path, sink);
                path.pop();
            }
        }
        Kind::Scalar(_) | Kind::Pending(_) => {}
    }
}

fn scalar_of(entry: &Entry, scalar: &Scalar, path: &Path) -> Option<Finding> {
    let printed = match scalar.reading() {
        // Helm reads every number as one of Go's, which text makes best.
        Reading::Integer(value) => float_text(value.to_string().parse().unwrap_or(f64::MAX)),
        Reading::Float(value) => float_text(value),
        _ => return None,
    };
    let text = &*scalar.text;
    let key = entry.key.as_str();
    let is_account = matches!(
        key,
        "account" | "accountId" | "accountNumber" | "account_id" | "projectID"
    ) && (11..=13).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_digit());
    let finding = if is_account {
        Finding::error(
            ACCOUNT_ID_UNQUOTED,
            format!("account `{text}` is not in quotes, and Helm prints it as `{printed}`"),
        )
    } else if key == "tag" && is_of_image(path) {
        let severity = if printed == text {
            Severity::Warning
        } else {
            Severity::Error
        };
        let message = if printed == text {
            format!(
                "tag `{text}` is not in quotes, and Helm reads it as a number: a tag that ends in 0 would lose it"
            )
        } else {
            format!("tag `{text}` is not in quotes, and Helm prints it as `{printed}`")
        };
        Finding::new(IMAGE_TAG_UNQUOTED, severity, message)
    } else {
        return None;
    };
    Some(
        finding
            .help(format!("quote it: \"{text}\""))
            .label(entry.node.span(), "a number for Helm")
            .path(path),
    )
}

/// Whether a key stands below one that is about an image: other things have tags as well.
fn is_of_image(path: &Path) -> bool {
    path.keys()
        .iter()
        .any(|key| key.to_ascii_lowercase().contains("image"))
}

/// A number as Go prints it: the shortest digits, with an exponent from a million on.
fn float_text(value: f64) -> String {
    if value.abs() < 1e6 && (value == 0.0 || value.abs() >= 1e-4) {
        return format!("{value}");
    }
    let text = format!("{value:e}");
    match text.split_once('e') {
        Some((digits, exponent)) => {
            let number: i32 = exponent.parse().unwrap_or_default();
            let sign = if number < 0 { '-' } else { '+' };
            format!("{digits}e{sign}{:02}", number.abs())
        }
        None => text,
    }
}

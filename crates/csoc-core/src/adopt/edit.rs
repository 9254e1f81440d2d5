//! The edit of the fleet file: one word, or two lines where there was none.

use camino::Utf8PathBuf;

use super::error::{AdoptError, mode_name};
use super::request::Aspect;
use crate::fleet::Fleet;
use crate::init::insert_entry;
use crate::model::Mode;
use crate::span::Span;
use crate::value::{Kind, Node};

/// An edit of a file.
pub(super) struct Edit {
    pub(super) file: Utf8PathBuf,
    before: String,
    pub(super) after: String,
}

impl Edit {
    /// The lines that change, with the first one's number.
    pub(super) fn diff(&self) -> String {
        if self.before == self.after {
            return String::new();
        }
        let (old, new): (Vec<&str>, Vec<&str>) =
            (self.before.lines().collect(), self.after.lines().collect());
        let same = |pairs: &mut dyn Iterator<Item = (&&str, &&str)>| {
            pairs.take_while(|(one, two)| one == two).count()
        };
        let start = same(&mut old.iter().zip(&new));
        let most = old.len().min(new.len()).saturating_sub(start);
        let end = same(&mut old.iter().rev().zip(new.iter().rev())).min(most);
        let part = |lines: &[&str], sign: &str| {
            let until = lines.len().saturating_sub(end);
            let part = lines.get(start..until).unwrap_or_default();
            part.iter().fold(String::new(), |mut text, line| {
                text.extend([sign, line, "\n"]);
                text
            })
        };
        let file = &self.file;
        let line = start.saturating_add(1);
        format!(
            "--- {file}\n+++ {file}\n@@ line {line} @@\n{}{}",
            part(&old, "-"),
            part(&new, "+")
        )
    }
}

/// Sets who owns an aspect of an object, in the object's own file.
pub(super) fn edit(
    fleet: &Fleet,
    object: &str,
    aspect: Aspect,
    to: Mode,
) -> Result<Edit, AdoptError> {
    let to = mode_name(to);
    let unwritable = || AdoptError::Unwritable {
        object: object.to_owned(),
        line: format!("management: {{ {aspect}: {to} }}"),
    };
    let resolved = fleet.resolved();
    let steps: Vec<&str> = object.split('.').collect();
    let own = resolved.root.path(&steps).ok_or_else(unwritable)?;
    let text = |span: Span| {
        let file = resolved.loaded.sources.file(span.file);
        (file.path().to_owned(), file.text().to_string())
    };
    let management = own.get("management");
    if let Some(value) = management.and_then(|node| node.get(aspect.as_str())) {
        let span = scalar(value).ok_or_else(unwritable)?;
        let (file, before) = text(span);
        let (start, end) = (span.start as usize, span.end as usize);
        let head = before.get(..start).ok_or_else(unwritable)?;
        let tail = before.get(end..).ok_or_else(unwritable)?;
        return Ok(Edit {
            file,
            after: format!("{head}{to}{tail}"),
            before,
        });
    }
    let line = format!("{aspect}: {to}\n");
    let (map, name, body) = match management {
        Some(map) => (map, aspect.as_str(), None),
        None => (own, "management", Some(line.as_str())),
    };
    let span = map
        .entries()
        .first()
        .and_then(|entry| entry.key_origin.span())
        .ok_or_else(unwritable)?;
    let (file, before) = text(span);
    let after = match body {
        Some(body) => insert_entry(&before, map, name, body),
        // `insert_entry` writes a map below a name; here the value stands behind it.
        None => insert_entry(&before, map, name, "").map(|text| {
            let newline = if text.contains("\r\n") { "\r\n" } else { "\n" };
            let bare = format!("{name}:{newline}");
            text.replacen(&bare, &format!("{name}: {to}{newline}"), 1)
        }),
    };
    Ok(Edit {
        file,
        after: after.ok_or_else(unwritable)?,
        before,
    })
}

/// The place of a scalar of one line.
fn scalar(node: &Node) -> Option<Span> {
    matches!(node.kind, Kind::Scalar(_))
        .then(|| node.span())
        .flatten()
}

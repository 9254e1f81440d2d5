//! Keys that two files of a release set.

use std::collections::BTreeMap;

use super::names::Path;
use super::{VALUES_SET_TWICE, ValuesFile};
use crate::diagnostic::{Diagnostics, Finding};
use crate::span::Span;
use crate::value::{Kind, Node};

/// Reports each single value that a later file sets again.
pub(super) fn set_twice(files: &[ValuesFile<'_>], sink: &mut Diagnostics) {
    if files.len() < 2 {
        return;
    }
    let mut first: BTreeMap<String, (usize, Option<Span>)> = BTreeMap::new();
    for (number, file) in files.iter().enumerate() {
        if let Some(node) = file.node {
            visit(node, &mut Path::default(), &mut |path, span| {
                let known = first.insert(path.to_string(), (number, span));
                let Some((other, before)) = known.filter(|(other, _)| *other != number) else {
                    return;
                };
                sink.push(
                    Finding::warning(
                        VALUES_SET_TWICE,
                        format!(
                            "`{path}` is set in `{}` and again in `{}`, which wins",
                            files[other].path, file.path
                        ),
                    )
                    .help("keep it in one of the two")
                    .label(span, "set again here")
                    .label(before, "set here first")
                    .path(path),
                );
            });
        }
    }
}

/// Calls `each` for every single value and list, which Helm replaces as a whole.
fn visit(node: &Node, path: &mut Path, each: &mut impl FnMut(&Path, Option<Span>)) {
    let Kind::Map(entries) = &node.kind else {
        return;
    };
    for entry in entries {
        path.push_key(&entry.key);
        if entry.node.is_map() {
            visit(&entry.node, path, each);
        } else {
            each(path, entry.key_origin.span());
        }
        path.pop();
    }
}

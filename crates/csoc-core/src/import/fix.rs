//! Mechanical fixes of foreign values: dead keys dropped, misplaced ones moved, scalars quoted. Each is asked for by its code.

use std::collections::{BTreeMap, BTreeSet};

use super::dead::Dead;
use super::foreign::Foreign;
use super::group::Place;
use super::report::ImportFix;
use crate::catalog::ValuesNotes;
use crate::diagnostic::{Code, Finding};
use crate::span::Span;
use crate::value::path::{ModelPath, Step};
use crate::value::{Key, Kind, Node, Scalar, yaml_write};
use crate::verify::values::{
    ACCOUNT_ID_UNQUOTED, IMAGE_TAG_UNQUOTED, VALUES_KEY_UNKNOWN, VALUES_KEY_UNREAD,
    VALUES_NUMBER_TEXT,
};

/// Codes whose findings can be mended without a person.
pub(super) const FIXABLE: [Code; 5] = [
    VALUES_KEY_UNKNOWN,
    VALUES_KEY_UNREAD,
    VALUES_NUMBER_TEXT,
    IMAGE_TAG_UNQUOTED,
    ACCOUNT_ID_UNQUOTED,
];

/// What was mended.
#[derive(Debug, Default)]
pub(super) struct Fixed {
    pub(super) fixes: Vec<ImportFix>,
    /// Keys that were dropped.
    pub(super) dropped: Dead,
    /// Keys that were moved, by their place, with where they stand now.
    pub(super) moved: BTreeMap<Span, Vec<Key>>,
}

impl Fixed {
    /// Where the key at a place stands now, if it was moved.
    pub(super) fn moved(&self, span: Option<Span>) -> Option<&[Key]> {
        self.moved.get(&span?).map(Vec::as_slice)
    }
}

/// Mends the findings of the codes that were asked for.
pub(super) fn apply(
    foreign: &mut Foreign,
    places: &[Place],
    findings: &[Vec<Finding>],
    codes: &BTreeSet<Code>,
) -> Fixed {
    let mut fixed = Fixed::default();
    for ((environment, place), findings) in
        foreign.environments.iter_mut().zip(places).zip(findings)
    {
        let Some(values) = &mut environment.values else {
            continue;
        };
        for finding in findings
            .iter()
            .filter(|finding| codes.contains(&finding.code))
        {
            let span = finding.labels.first().map(|(span, _)| *span);
            let keys = finding.path.as_deref().and_then(keys);
            let (Some(span), Some(keys)) = (span, keys) else {
                continue;
            };
            let diff = if finding.code == VALUES_KEY_UNKNOWN || finding.code == VALUES_KEY_UNREAD {
                unread(values, &keys, span, finding.code, &mut fixed)
            } else {
                quoted(values, &keys)
            };
            if let Some(diff) = diff {
                fixed.fixes.push(ImportFix {
                    code: finding.code.to_string(),
                    object: place.at.to_string(),
                    diff,
                });
            }
        }
    }
    fixed
}

/// The keys of a finding's path; nothing where it leads into a list.
fn keys(path: &str) -> Option<Vec<Key>> {
    let path: ModelPath = path.parse().ok()?;
    path.steps()
        .iter()
        .map(|step| match step {
            Step::Key(key) => Some(key.clone()),
            Step::Item(_) => None,
        })
        .collect()
}

/// Drops a key that nothing reads, or moves it to where the chart reads it, if nothing stands there.
fn unread(
    values: &mut Node,
    keys: &[Key],
    span: Span,
    code: Code,
    fixed: &mut Fixed,
) -> Option<String> {
    let node = find(values, keys)?.clone();
    let mut diff = hunk(keys);
    lines('-', keys, &node, &mut diff);
    let target = misplaced(keys).filter(|target| find(values, target).is_none());
    crate::backend::helm::values::remove(values, keys);
    if let Some(target) = target {
        lines('+', &target, &node, &mut diff);
        values.set(&target, node);
        fixed.moved.insert(span, target);
    } else {
        fixed.dropped.add(span, code.as_str());
    }
    Some(diff)
}

/// Where the same key is read, if it only stands in the wrong place.
fn misplaced(keys: &[Key]) -> Option<Vec<Key>> {
    let texts: Vec<&str> = keys.iter().map(Key::as_str).collect();
    let notes = &ValuesNotes::of("gen3").removed;
    let note = notes
        .iter()
        .find(|note| note.is_on(texts.iter().copied()))?;
    let target: Vec<Key> = note
        .replacement(&texts)?
        .split('.')
        .map(Key::from)
        .collect();
    (target.last() == keys.last() && target != keys).then_some(target)
}

/// Puts a number into quotes.
fn quoted(values: &mut Node, keys: &[Key]) -> Option<String> {
    let node = find(values, keys)?.clone();
    let Kind::Scalar(scalar) = &node.kind else {
        return None;
    };
    let mut text = Node::new(Kind::Scalar(Scalar::string(scalar.text.clone())));
    text.origin = node.origin;
    let mut diff = hunk(keys);
    lines('-', keys, &node, &mut diff);
    lines('+', keys, &text, &mut diff);
    values.set(keys, text);
    Some(diff)
}

fn find<'n>(node: &'n Node, keys: &[Key]) -> Option<&'n Node> {
    keys.iter()
        .try_fold(node, |node, key| node.get(key.as_str()))
}

fn hunk(keys: &[Key]) -> String {
    let path: ModelPath = keys.iter().cloned().collect();
    format!("@@ {path} @@\n")
}

/// A value as the lines of a diff.
fn lines(sign: char, keys: &[Key], node: &Node, diff: &mut String) {
    let mut root = Node::map();
    root.set(keys, node.clone());
    let mut text = String::new();
    yaml_write::write(&root, &mut text);
    for line in text.lines() {
        diff.push(sign);
        diff.push_str(line);
        diff.push('\n');
    }
}

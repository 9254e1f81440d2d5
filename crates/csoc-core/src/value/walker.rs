//! The schema walker: everything that is wrong with the shape of a tree, in one pass.
//!
//! serde stops at the first error and knows no places, so trees are walked
//! first, and decoded only when nothing was found.

use std::collections::HashMap;

use super::node::{Entry, Key, Kind, Node, Reading};
use super::parsers::Parsers;
use super::path::{ModelPath, Step};
use super::schema::{List, Map, Number, Rest, Shape, Text, Use, Variants, View};
use super::walker_finding as finding;
use crate::diagnostic::{Diagnostics, Finding};
use crate::span::Span;

/// Which questions are asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Presence {
    /// Shape alone, for a layer: nothing is required, and `null` resets anything.
    Ignore,
    /// Shape and required fields.
    Require,
    /// Required fields alone, for what was merged of layers that were walked one by one.
    Only,
}

/// Reports all that a schema does not allow in a node. `path` is where the node stands, and comes back as it was.
pub(crate) fn walk<'s>(
    node: &Node,
    schema: impl Into<View<'s>>,
    presence: Presence,
    parsers: &Parsers,
    sink: &mut Diagnostics,
    path: &mut ModelPath,
) {
    let view = schema.into();
    let mut walker = Walker {
        view,
        presence,
        parsers,
        sink,
        path,
        choices: 0,
        trials: 0,
    };
    walker.node(node, view.at, finding::place(node));
}

/// A walk under way.
pub(super) struct Walker<'w, 's> {
    pub(super) view: View<'s>,
    pub(super) presence: Presence,
    pub(super) parsers: &'w Parsers,
    pub(super) sink: &'w mut Diagnostics,
    pub(super) path: &'w mut ModelPath,
    /// Alternatives inside alternatives at this node.
    pub(super) choices: usize,
    /// Walks of alternatives that are only counted, inside each other.
    pub(super) trials: usize,
}

impl<'s> Walker<'_, 's> {
    /// Reports a defect of shape.
    pub(super) fn report(&mut self, finding: Finding) {
        if self.presence != Presence::Only {
            self.sink.push(finding);
        }
    }

    /// Walks a node; `at` is where its parent names it.
    pub(super) fn node(&mut self, node: &Node, used: Use, at: Option<Span>) {
        let shape = self.view.schema.shape(used);
        if matches!(node.kind, Kind::Pending(_)) || matches!(shape, Shape::Open) {
            return;
        }
        if node.is_null() {
            if self.presence == Presence::Require && !used.nullable && !self.takes(shape, node, 0) {
                self.wrong_type(node, used);
            }
            return;
        }
        if !self.takes(shape, node, 0) {
            return self.wrong_type(node, used);
        }
        match shape {
            Shape::Text(text) => self.text(node, text),
            Shape::Number(number) => self.number(node, number),
            Shape::Words(words) => self.words(node, words),
            Shape::List(list) => self.list(node, list),
            Shape::Map(map) => self.map(node, map, at),
            Shape::Variants(variants) => self.variants(node, variants),
            Shape::Any(options) => self.any(node, options, at),
            Shape::Open | Shape::Never | Shape::Bool | Shape::Null | Shape::IntOrString => {}
        }
    }

    fn text(&mut self, node: &Node, rule: &Text) {
        if let Some(text) = node.text() {
            self.check_text(text, rule, node.span());
        }
    }

    /// Checks text against a parser, a pattern and limits of length.
    fn check_text(&mut self, text: &str, rule: &Text, at: Option<Span>) {
        if self.presence == Presence::Only {
            return;
        }
        if let Some(parse) = rule
            .parser
            .as_deref()
            .and_then(|name| self.parsers.get(name))
        {
            if let Err(refusal) = parse(text) {
                let mut found = finding::invalid_value(refusal.message, at, self.path);
                found.code = refusal.code.unwrap_or(found.code);
                found.help = refusal.help;
                self.report(found);
            }
            return; // the parser says it better than the pattern that it was derived from
        }
        let problem = if let Some(pattern) = rule
            .pattern
            .as_deref()
            .filter(|pattern| !self.parsers.matches(pattern, text))
        {
            format!("does not match `{pattern}`")
        } else if let Some(least) = rule.shortest.filter(|least| text.chars().count() < *least) {
            format!("is shorter than {least}")
        } else if let Some(most) = rule.longest.filter(|most| text.chars().count() > *most) {
            format!("is longer than {most}")
        } else {
            return;
        };
        let message = format!(
            "{} is `{text}`, which {problem}",
            finding::subject(self.path)
        );
        let found = finding::invalid_value(message, at, self.path);
        self.report(found.help("write another text: the limit is the outside's, not ours"));
    }

    fn number(&mut self, node: &Node, rule: &Number) {
        let Kind::Scalar(scalar) = &node.kind else {
            return;
        };
        #[expect(
            clippy::cast_precision_loss,
            reason = "limits are far below where it matters"
        )]
        let value = match scalar.reading() {
            Reading::Integer(value) => value as f64,
            Reading::Float(value) => value,
            _ => return,
        };
        let must = match (rule.least, rule.most) {
            (Some(least), _) if value < least => format!("at least {least}"),
            (_, Some(most)) if value > most => format!("at most {most}"),
            _ => return,
        };
        let message = format!(
            "{} is {}, and must be {must}",
            finding::subject(self.path),
            scalar.text
        );
        let found = finding::invalid_value(message, node.span(), self.path);
        self.report(found.help(format!("write {must}")));
    }

    fn words(&mut self, node: &Node, words: &[Node]) {
        if !words.contains(node) {
            let words: Vec<&str> = words.iter().filter_map(Node::text).collect();
            let found = finding::unknown_value(node, &words, self.path);
            self.report(found);
        }
    }

    fn list(&mut self, node: &Node, list: &List) {
        let items = node.items();
        let must = match (list.shortest, list.longest) {
            (Some(least), _) if items.len() < least => Some(format!("at least {least}")),
            (_, Some(most)) if items.len() > most => Some(format!("at most {most}")),
            _ => None,
        };
        if let Some(must) = must {
            let message = format!(
                "{} has {} items, and must have {must}",
                finding::subject(self.path),
                items.len()
            );
            let found = finding::invalid_value(message, finding::place(node), self.path);
            self.report(found.help(format!("write {must}")));
        }
        for item in items {
            let identity = list
                .identity
                .as_ref()
                .and_then(|key| item.get(key.as_str())?.text())
                .map(Key::from);
            self.path.push(Step::Item(identity));
            let choices = std::mem::take(&mut self.choices);
            self.node(item, list.item, finding::place(item));
            self.choices = choices;
            self.path.pop();
        }
    }

    fn map(&mut self, node: &Node, map: &'s Map, at: Option<Span>) {
        let entries = node.entries();
        if self.presence != Presence::Only {
            self.duplicates(entries);
        }
        for entry in entries {
            let used = match (map.index.get(&entry.key), map.rest) {
                (Some(used), _) => *used,
                (None, Rest::Of(used)) => {
                    self.other_key(entry, map);
                    used
                }
                (None, Rest::Open) => {
                    self.other_key(entry, map);
                    continue;
                }
                (None, Rest::Refused) => {
                    let known: Vec<&Key> = map.fields.iter().map(|(key, _)| key).collect();
                    self.unknown_key(entry, &known);
                    continue;
                }
            };
            self.entry(entry, used);
        }
        if self.presence == Presence::Ignore {
            return;
        }
        for field in &map.required {
            let there = node.get(field.as_str()).is_some_and(|value| {
                self.presence == Presence::Require || !value.is_null() || is_nullable(map, field)
            });
            if !there {
                self.sink.push(finding::missing_field(field, at, self.path));
            }
        }
    }

    /// Walks the value of a key.
    fn entry(&mut self, entry: &Entry, used: Use) {
        self.path.push(Step::Key(entry.key.clone()));
        let choices = std::mem::take(&mut self.choices);
        self.node(
            &entry.node,
            used,
            entry
                .key_origin
                .span()
                .or_else(|| finding::place(&entry.node)),
        );
        self.choices = choices;
        self.path.pop();
    }

    /// Checks a key that the schema does not list, but allows.
    fn other_key(&mut self, entry: &Entry, map: &'s Map) {
        if let Some(rule) = &map.keys {
            self.path.push(Step::Key(entry.key.clone()));
            self.check_text(entry.key.as_str(), rule, entry.key_origin.span());
            self.path.pop();
        }
    }

    fn unknown_key(&mut self, entry: &Entry, known: &[&Key]) {
        if self.presence == Presence::Only {
            return;
        }
        self.path.push(Step::Key(entry.key.clone()));
        self.sink
            .push(finding::unknown_key(entry, known, self.path));
        self.path.pop();
    }

    fn duplicates(&mut self, entries: &[Entry]) {
        const FEW: usize = 12;
        let mut found = Vec::new();
        if entries.len() <= FEW {
            for (at, entry) in entries.iter().enumerate() {
                found.extend(
                    entries
                        .iter()
                        .take(at)
                        .find(|first| first.key == entry.key)
                        .map(|first| (first, entry)),
                );
            }
        } else {
            let mut seen: HashMap<&str, &Entry> = HashMap::with_capacity(entries.len());
            for entry in entries {
                let first = *seen.entry(entry.key.as_str()).or_insert(entry);
                if !std::ptr::eq(first, entry) {
                    found.push((first, entry));
                }
            }
        }
        for (first, second) in found {
            self.path.push(Step::Key(second.key.clone()));
            self.sink
                .push(finding::duplicate_key(first, second, self.path));
            self.path.pop();
        }
    }

    fn variants(&mut self, node: &Node, variants: &'s Variants) {
        let names = || {
            variants
                .words
                .iter()
                .chain(variants.tagged.iter().map(|(name, _)| name))
        };
        let [entry] = node.entries() else {
            let word = node
                .text()
                .is_some_and(|text| variants.words.iter().any(|word| *word == *text));
            if !word {
                let words: Vec<&str> = names().map(Key::as_str).collect();
                let found = match node.kind {
                    Kind::Map(_) => finding::invalid_value(
                        format!(
                            "{} has {} keys, and must have one, which says its kind",
                            finding::subject(self.path),
                            node.entries().len()
                        ),
                        finding::place(node),
                        self.path,
                    )
                    .help(format!("one of `{}`", words.join("`, `"))),
                    _ => finding::unknown_value(node, &words, self.path),
                };
                self.report(found);
            }
            return;
        };
        match variants.tagged.iter().find(|(name, _)| *name == entry.key) {
            Some((_, used)) => self.entry(entry, *used),
            None => self.unknown_key(entry, &names().collect::<Vec<_>>()),
        }
    }
}

/// Whether a field may be `null`.
fn is_nullable(map: &Map, field: &Key) -> bool {
    map.index.get(field).is_none_or(|used| used.nullable)
}

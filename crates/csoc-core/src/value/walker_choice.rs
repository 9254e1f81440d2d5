//! Which shape a value is of: what a schema takes, how that is said, and the choice among alternatives.

use super::node::{Kind, Node, Reading};
use super::schema::{Number, Shape, Use};
use super::walker::{Presence, Walker};
use super::walker_finding as finding;
use crate::diagnostic::Diagnostics;
use crate::span::Span;

/// Alternatives inside alternatives without a key between them; more is a schema that holds itself.
const MOST_CHOICES: usize = 16;

/// Trials inside trials; each multiplies the work.
const MOST_TRIALS: usize = 2;

impl Walker<'_, '_> {
    /// Whether the node is of the shape's type, whatever it holds.
    pub(super) fn takes(&self, shape: &Shape, node: &Node, depth: usize) -> bool {
        let reading = match &node.kind {
            Kind::Pending(_) => return true,
            Kind::List(_) => {
                return match shape {
                    Shape::List(_) | Shape::Open => true,
                    Shape::Any(options) => self.any_takes(options, node, depth),
                    _ => false,
                };
            }
            Kind::Map(_) => {
                return match shape {
                    Shape::Map(_) | Shape::Open => true,
                    Shape::Variants(variants) => !variants.tagged.is_empty(),
                    Shape::Any(options) => self.any_takes(options, node, depth),
                    _ => false,
                };
            }
            Kind::Scalar(scalar) => scalar.reading(),
        };
        match shape {
            Shape::Open => true,
            Shape::Text(_) => matches!(reading, Reading::Text(_)),
            Shape::Variants(variants) => {
                matches!(reading, Reading::Text(_)) && !variants.words.is_empty()
            }
            Shape::Number(number) => match reading {
                Reading::Integer(_) => true,
                Reading::Float(value) => !number.whole || value.fract() == 0.0,
                _ => false,
            },
            Shape::Bool => matches!(reading, Reading::Bool(_)),
            Shape::Null => reading == Reading::Null,
            Shape::IntOrString => matches!(reading, Reading::Text(_) | Reading::Integer(_)),
            // Words are mostly strings: another type among them deserves the better message.
            Shape::Words(words) => words.iter().any(|word| same_type(word, &reading)),
            Shape::Any(options) => self.any_takes(options, node, depth),
            Shape::Never | Shape::List(_) | Shape::Map(_) => false,
        }
    }

    fn any_takes(&self, options: &[Use], node: &Node, depth: usize) -> bool {
        depth < MOST_CHOICES
            && options.iter().any(|used| {
                (used.nullable && node.is_null())
                    || self.takes(self.view.schema.shape(*used), node, depth.saturating_add(1))
            })
    }

    pub(super) fn wrong_type(&mut self, node: &Node, used: Use) {
        let mut names = Vec::new();
        self.describe(used, &mut names, 0);
        names.dedup();
        let strings = names
            .iter()
            .any(|name| name.starts_with("a string") || name.starts_with("one of"));
        let must = if names.is_empty() {
            "left out".to_owned()
        } else {
            names.join(" or ")
        };
        let found = finding::wrong_type(node, &must, strings, self.path);
        self.report(found);
    }

    /// What a use accepts, as messages say it.
    fn describe(&self, used: Use, names: &mut Vec<String>, depth: usize) {
        let name = match self.view.schema.shape(used) {
            Shape::Text(_) => "a string",
            Shape::Number(Number { whole: true, .. }) => "a whole number",
            Shape::Number(_) => "a number",
            Shape::Bool => "`true` or `false`",
            Shape::Null => "null",
            Shape::IntOrString => "a whole number or a string",
            Shape::List(_) => "a list",
            Shape::Map(_) => "a map",
            Shape::Words(words) => {
                let words: Vec<_> = words
                    .iter()
                    .filter_map(Node::text)
                    .map(|word| format!("`{word}`"))
                    .collect();
                return names.push(if words.len() <= 8 {
                    format!("one of {}", words.join(", "))
                } else {
                    "one of its words".to_owned()
                });
            }
            Shape::Variants(variants) => {
                let words = variants.words.iter().map(|word| format!("`{word}`"));
                let tagged = variants
                    .tagged
                    .iter()
                    .map(|(name, _)| format!("a map with the key `{name}`"));
                return names.push(format!(
                    "one of {}",
                    words.chain(tagged).collect::<Vec<_>>().join(", ")
                ));
            }
            Shape::Any(options) if depth < MOST_CHOICES => {
                return options
                    .iter()
                    .for_each(|used| self.describe(*used, names, depth.saturating_add(1)));
            }
            Shape::Any(_) | Shape::Never => return,
            Shape::Open => "anything",
        };
        names.push(name.to_owned());
    }

    /// Walks the alternative that fits best: of those that take the type, the one with the fewest findings.
    pub(super) fn any(&mut self, node: &Node, options: &[Use], at: Option<Span>) {
        let fitting: Vec<Use> = options
            .iter()
            .copied()
            .filter(|used| self.takes(self.view.schema.shape(*used), node, 0))
            .collect();
        let [first, others @ ..] = fitting.as_slice() else {
            return;
        };
        let best = if others.is_empty() || self.trials >= MOST_TRIALS {
            *first
        } else {
            fitting
                .iter()
                .copied()
                .min_by_key(|used| self.findings_of(node, *used, at))
                .unwrap_or(*first)
        };
        let choices = self.choices;
        if choices < MOST_CHOICES {
            self.choices = choices.saturating_add(1);
            self.node(node, best, at);
            self.choices = choices;
        }
    }

    /// How much there would be to say of a node as that.
    fn findings_of(&self, node: &Node, used: Use, at: Option<Span>) -> usize {
        let mut sink = Diagnostics::default();
        let mut path = self.path.clone();
        let mut trial = Walker {
            view: self.view,
            presence: if self.presence == Presence::Only {
                Presence::Require
            } else {
                self.presence
            },
            parsers: self.parsers,
            sink: &mut sink,
            path: &mut path,
            choices: self.choices.saturating_add(1),
            trials: self.trials.saturating_add(1),
        };
        if trial.choices < MOST_CHOICES {
            trial.node(node, used, at);
        }
        sink.iter().count()
    }
}

fn same_type(word: &Node, reading: &Reading<'_>) -> bool {
    let Kind::Scalar(scalar) = &word.kind else {
        return false;
    };
    std::mem::discriminant(&scalar.reading()) == std::mem::discriminant(reading)
}

//! What gives each leaf of a compiled document, read off its origin.

use super::compiled::Compiled;
use super::report::Fate;
use crate::resolve::{EnvironmentRef, ResolvedEnvironment};
use crate::span::Span;
use crate::tree::Made;
use crate::value::path::ModelPath;
use crate::value::{Node, Origin};

/// Rules that make names, as backends call them.
const NAMES: [&str; 5] = [
    "role name",
    "secret name",
    "bucket name",
    "audit queue",
    "jupyter-namespace name",
];

/// Tells what gives a leaf of one environment.
pub(super) struct Fates<'a> {
    compiled: &'a Compiled,
    environment: Option<&'a ResolvedEnvironment>,
    /// The environment's model path, with a dot behind.
    prefix: String,
    made: Option<&'a crate::tree::File>,
}

impl<'a> Fates<'a> {
    /// Of the values of an environment.
    pub(super) fn of_values(compiled: &'a Compiled, at: &EnvironmentRef, directory: &str) -> Self {
        Self {
            compiled,
            environment: compiled.fleet.resolved().environments.get(at),
            prefix: format!("{at}."),
            made: compiled
                .files
                .get(&format!("{directory}/values/values.yaml")),
        }
    }

    /// What gives a leaf that a compiled document holds at this row of keys.
    pub(super) fn of(&self, keys: &[&str], node: &Node) -> (Fate, String) {
        match node.origin {
            Origin::Text(span) => self.of_text(keys, span, "values"),
            Origin::Made(number) => match self.made.and_then(|file| file.made_by(number)) {
                Some(made) => self.of_made(made),
                None => (Fate::Modelled, String::new()),
            },
            Origin::Unknown => (Fate::Modelled, String::new()),
        }
    }

    /// What gives a leaf that stands in a text of the fleet: raw values where `field` of the object holds it.
    pub(super) fn of_text(&self, keys: &[&str], span: Span, field: &str) -> (Fate, String) {
        let path = self.file(span);
        if path.starts_with("content/") {
            return (Fate::Content, path);
        }
        if path.starts_with("outputs/") {
            return (Fate::Recorded, path);
        }
        let raw = self
            .environment
            .and_then(|environment| environment.layers.merged.get(field))
            .and_then(|values| deepest(values, keys));
        if raw.is_some() {
            (Self::raw(&path), path)
        } else {
            (Fate::Modelled, path)
        }
    }

    /// Whether a raw value is shared, by the file that it stands in.
    pub(super) fn raw(path: &str) -> Fate {
        if path.contains("/environments/") {
            Fate::Overlaid
        } else {
            Fate::Layered
        }
    }

    fn of_made(&self, made: &Made) -> (Fate, String) {
        if !NAMES.contains(&made.rule) {
            return (Fate::Modelled, made.rule.to_owned());
        }
        // A name that one environment says for itself is no rule.
        let given = made.inputs.iter().find_map(|input| {
            let field: ModelPath = input.strip_prefix(&self.prefix)?.parse().ok()?;
            let node = field.find(&self.environment?.layers.merged)?;
            Some((input, node.span()?))
        });
        match given {
            Some((input, span)) => (Self::raw(&self.file(span)), input.clone()),
            None => (Fate::Named, made.rule.to_owned()),
        }
    }

    /// The file of the fleet that a place is in.
    pub(super) fn file(&self, span: Span) -> String {
        let sources = &self.compiled.fleet.resolved().loaded.sources;
        sources.file(span.file).path().to_string()
    }
}

/// The value below a row of keys, or the list that they lead into.
fn deepest<'n>(node: &'n Node, keys: &[&str]) -> Option<&'n Node> {
    let mut at = node;
    for key in keys {
        if !at.is_map() {
            return Some(at);
        }
        at = at.get(key)?;
    }
    Some(at)
}

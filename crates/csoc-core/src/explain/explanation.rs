//! What there is to say of one value.

use serde::Serialize;

use super::place::Place;
use crate::value::{Kind, Node, yaml_write};

/// A value with where it comes from.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Explanation {
    /// The path that was asked for.
    pub path: String,
    /// The value; none where the field is not set and has no default.
    pub(crate) value: Option<Node>,
    /// Where it stands, if it is written in a file.
    pub place: Option<Place>,
    /// What is to be said of it, in a sentence each.
    pub notes: Vec<String>,
    /// What each layer says of it, lowest first. Only fields of environments have layers.
    pub layers: Vec<LayerValue>,
    /// The rule that derived it.
    pub rule: Option<RuleUse>,
}

/// What one layer says of a value.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct LayerValue {
    /// The layer: `commons tier`.
    pub layer: &'static str,
    /// Where it says so.
    pub place: Option<Place>,
    /// What it says.
    pub(crate) value: Node,
    /// What came of it.
    pub effect: Effect,
}

/// What came of what a layer says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Effect {
    /// It is the value.
    Sets,
    /// A map, of which other layers set other keys.
    Merges,
    /// `null`: it takes back what lower layers say.
    Resets,
    /// A higher layer says otherwise.
    Overridden,
}

/// A rule with what it was applied to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct RuleUse {
    /// Its name: `secret`, or for naming rules of one purpose `secret.fence-jwt`.
    pub name: String,
    /// The pattern of a naming rule.
    pub pattern: Option<String>,
    /// Where the pattern stands.
    pub place: Option<Place>,
    /// What it was applied to.
    pub inputs: Vec<Input>,
    /// The name before it was shortened to fit.
    pub full: Option<String>,
    /// The most characters that the name may have.
    pub limit: Option<usize>,
}

/// An input of a rule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Input {
    /// The variable of a pattern, or the model path.
    pub name: String,
    /// The model path, where the name is none.
    pub path: Option<String>,
    /// Its value.
    pub value: Option<String>,
    /// Where it stands.
    pub place: Option<Place>,
}

impl Explanation {
    #[expect(clippy::needless_pass_by_value, reason = "texts and paths alike")]
    pub(crate) fn new(path: impl ToString, value: Option<Node>) -> Self {
        Self {
            path: path.to_string(),
            value,
            place: None,
            notes: Vec::new(),
            layers: Vec::new(),
            rule: None,
        }
    }

    #[must_use]
    pub(crate) fn note(mut self, note: impl Into<String>) -> Self {
        self.notes.push(note.into());
        self
    }

    #[must_use]
    pub(crate) fn at(mut self, place: Option<Place>) -> Self {
        self.place = place;
        self
    }

    /// Whether the value is a map, whose YAML needs lines of its own.
    pub fn is_map(&self) -> bool {
        self.value.as_ref().is_some_and(Node::is_map)
    }

    /// The value as YAML, without a line break at the end; none where there is none.
    pub fn value(&self) -> Option<String> {
        self.value.as_ref().map(text)
    }
}

impl LayerValue {
    /// What the layer says, as YAML, without a line break at the end.
    pub fn value(&self) -> String {
        text(&self.value)
    }
}

pub(super) fn text(node: &Node) -> String {
    let mut out = String::new();
    match &node.kind {
        Kind::Map(entries) if entries.is_empty() => out.push_str("{}"),
        Kind::List(items) if items.is_empty() => out.push_str("[]"),
        _ => yaml_write::write(node, &mut out),
    }
    out.truncate(out.trim_end_matches('\n').len());
    out
}

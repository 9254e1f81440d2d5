//! What is given to be recorded.

use super::error::RecordError;
use crate::model::stack::{OutputKind, OutputType, StackId};
use crate::span::{SourceFile, Sources};
use crate::value::suggestion::closest;
use crate::value::{Kind, Node, Reading, json_read};

/// What is given to be recorded.
#[derive(Debug, Clone)]
pub enum Given {
    /// What `terraform output -json` printed.
    Printed {
        /// What messages call it.
        name: String,
        /// The text. It may hold secrets: what is not recorded is never shown.
        text: String,
    },
    /// Values by name: `vpc_id`, or `database_endpoints.main` for one of several; those of a list with commas between.
    Values(Vec<(String, String)>),
}

/// Where outputs are from that no stack of ours gave.
#[derive(Debug, Clone)]
pub struct RecordedFrom {
    /// Who or what says it.
    pub source: String,
    /// Of which day it is.
    pub date: String,
}

impl RecordedFrom {
    pub(super) fn node(&self) -> Node {
        let mut node = Node::map();
        node.insert("source", Node::string(&*self.source));
        node.insert("date", Node::string(&*self.date));
        node
    }
}

impl Given {
    /// Each output with what is recorded of it.
    pub(super) fn outputs(
        &self,
        stack: &StackId,
        kinds: &[OutputKind],
    ) -> Result<Vec<(String, Node)>, RecordError> {
        match self {
            Self::Printed { name, text } => printed(name, text),
            Self::Values(values) => by_name(stack, kinds, values),
        }
    }
}

fn printed(name: &str, text: &str) -> Result<Vec<(String, Node)>, RecordError> {
    let wrong = |reason: &str| RecordError::Unreadable {
        name: name.to_owned(),
        reason: reason.to_owned(),
    };
    let mut sources = Sources::default();
    let file = sources.add(SourceFile::new(name, text));
    let (node, found) = json_read::read_json(text, file);
    if found.has_errors() {
        // What it says may show a part of the text.
        return Err(wrong("it is no JSON"));
    }
    let node = node.ok_or_else(|| wrong("it is empty"))?;
    if !node.is_map() {
        return Err(wrong("it is no object"));
    }
    let mut outputs = Vec::new();
    for entry in node.entries() {
        if entry.node.get("value").is_none() {
            return Err(wrong(&format!("`{}` has no `value`", entry.key)));
        }
        outputs.push((entry.key.to_string(), entry.node.clone()));
    }
    Ok(outputs)
}

/// Why an output is not recorded; nothing where it is.
pub(super) fn refusal(
    stack: &StackId,
    kinds: &[OutputKind],
    name: &str,
    output: &Node,
) -> Option<String> {
    let is_sensitive = |node: &Node| match &node.kind {
        Kind::Scalar(scalar) => matches!(scalar.reading(), Reading::Bool(true)),
        _ => false,
    };
    if output.get("sensitive").is_some_and(is_sensitive) {
        return Some("Terraform calls it sensitive; secrets are in no fleet".to_owned());
    }
    let known = kinds.iter().map(|kind| kind.as_str());
    if known.clone().any(|known| known == name) {
        return None;
    }
    let what = format!("a stack `{}` has no such output", stack.kind);
    Some(match closest(name, known) {
        Some(meant) => format!("{what}; did you mean `{meant}`?"),
        None => what,
    })
}

/// Outputs of values by name, each as its type asks.
fn by_name(
    stack: &StackId,
    kinds: &[OutputKind],
    values: &[(String, String)],
) -> Result<Vec<(String, Node)>, RecordError> {
    let mut outputs: Vec<(String, Node)> = Vec::new();
    for (path, text) in values {
        let (name, item) = match path.split_once('.') {
            Some((name, item)) => (name, Some(item)),
            None => (&**path, None),
        };
        let kind = kinds.iter().find(|kind| {
            let takes_item = kind.output_type() == OutputType::TextMap;
            kind.as_str() == name && takes_item == item.is_some()
        });
        let kind = kind.ok_or_else(|| RecordError::NoOutput {
            name: path.clone(),
            kind: stack.kind.as_str(),
            outputs: written(kinds),
        })?;
        let value = match (kind.output_type(), item) {
            (OutputType::TextList, _) => {
                Node::list(text.split(',').map(str::trim).map(Node::string))
            }
            (OutputType::TextMap, Some(item)) => {
                let mut map = match outputs.iter().find(|(known, _)| known == name) {
                    Some((_, output)) => output.get("value").cloned().unwrap_or_else(Node::map),
                    None => Node::map(),
                };
                map.insert(item, Node::string(&**text));
                map
            }
            _ => Node::string(&**text),
        };
        let mut output = Node::map();
        output.insert("value", value);
        match outputs.iter_mut().find(|(known, _)| known == name) {
            Some((_, known)) => *known = output,
            None => outputs.push((name.to_owned(), output)),
        }
    }
    Ok(outputs)
}

/// What such a stack gives, as it is written by name.
fn written(kinds: &[OutputKind]) -> Vec<String> {
    kinds
        .iter()
        .map(|kind| match kind.output_type() {
            OutputType::TextMap => format!("`{}.NAME`", kind.as_str()),
            OutputType::Text | OutputType::TextList => format!("`{}`", kind.as_str()),
        })
        .collect()
}

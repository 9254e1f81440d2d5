//! What a root takes from elsewhere: `variables.tf` and `terraform.tfvars.json`.

use super::place::label;
use crate::hcl::{Block, Body, Expression};
use crate::model::name::ObjectName;
use crate::model::stack::{OutputId, OutputType};
use crate::value::{Key, Node};

/// One variable of a root.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub(crate) struct Variable {
    pub(super) name: &'static str,
    pub(super) source: Source,
    /// Its value, where a recorded output gives it.
    pub(super) value: Option<Known>,
}

/// Where a variable's value comes from.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub(crate) enum Source {
    /// An output of another stack.
    Output(OutputId),
    /// An output of the stack of a peer: several may give the same, so that its name stands in the variable's.
    Peer(OutputId, ObjectName),
    /// Whoever runs Terraform, through `TF_VAR_…`: it is secret, and in no file.
    Secret {
        /// What it is, a sentence.
        description: String,
        /// Where it is kept, where the fleet says so.
        reference: Option<String>,
    },
    /// Somebody whom no stack of the fleet knows.
    Elsewhere {
        /// What it is, a sentence.
        description: String,
    },
}

/// A value that a recorded output gave.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub(crate) enum Known {
    /// One text.
    Text(String),
    /// Several.
    Texts(Vec<String>),
}

impl Variable {
    /// Whether whoever runs the stack can have its value.
    pub(super) fn is_known(&self) -> bool {
        match &self.source {
            Source::Secret { reference, .. } => reference.is_some(),
            Source::Output(_) | Source::Peer(..) | Source::Elsewhere { .. } => self.value.is_some(),
        }
    }

    /// Its name in the root.
    pub(super) fn full_name(&self) -> String {
        match &self.source {
            Source::Peer(_, peer) => format!("{}_{}", label(peer.as_str()), self.name),
            _ => self.name.to_owned(),
        }
    }

    /// The output that gives it.
    pub(super) fn output(&self) -> Option<&OutputId> {
        match &self.source {
            Source::Output(output) | Source::Peer(output, _) => Some(output),
            Source::Secret { .. } | Source::Elsewhere { .. } => None,
        }
    }

    /// `var.name`.
    pub(super) fn reference(name: &str) -> Expression {
        Expression::reference(&format!("var.{name}"))
    }

    /// What it is; an output is named by its stack, in backticks, so that a reader of the files finds the edge.
    fn description(&self) -> String {
        match &self.source {
            Source::Output(output) | Source::Peer(output, _) => {
                let sentence = output.kind.description().trim_end_matches('.');
                format!("{sentence}, `{output}`.")
            }
            Source::Secret { description, .. } | Source::Elsewhere { description } => {
                description.clone()
            }
        }
    }

    fn block(&self) -> Block {
        let is_list = self
            .output()
            .is_some_and(|output| output.kind.output_type() == OutputType::TextList);
        let kind = if is_list {
            Expression::call("list", [Expression::reference("string")])
        } else {
            Expression::reference("string")
        };
        let is_secret = matches!(self.source, Source::Secret { .. });
        Block::new("variable", [self.full_name()])
            .attribute("description", self.description())
            .attribute("type", kind)
            .optional("sensitive", is_secret.then_some(true))
            .attribute("nullable", false)
    }
}

/// The body of `variables.tf`.
pub(super) fn body(variables: &[Variable]) -> Body {
    Body::new().blocks(variables.iter().map(Variable::block))
}

/// The content of `terraform.tfvars.json`: what is known.
pub(super) fn values(variables: &[Variable]) -> Node {
    let mut values = Node::map();
    for variable in variables {
        let node = match &variable.value {
            Some(Known::Text(text)) => Node::string(text.as_str()),
            Some(Known::Texts(texts)) => {
                Node::list(texts.iter().map(|text| Node::string(text.as_str())))
            }
            None => continue,
        };
        values.insert(Key::from(variable.full_name().as_str()), node);
    }
    values
}

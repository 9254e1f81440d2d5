//! Outputs of other stacks, which variables of ours stand for.

use super::attributes::key_of_root;
use super::module::Module;
use crate::contract::KeyPurpose;
use crate::graph::ThingId;
use crate::hcl::{Expression, Scope};
use crate::model::stack::{OutputId, OutputKind};
use crate::value::Node;

/// What begins the text that stands for an output's value.
const OUTPUT: &str = "output:";

/// Lets each variable stand for the output that its description names.
pub(super) fn define_outputs(module: &Module<'_>, scope: &mut Scope<'_>) {
    for variable in module.blocks("variable") {
        let description = variable
            .body
            .get("description")
            .and_then(Expression::as_str);
        if let (Some(name), Some(output)) = (variable.label(0), description.and_then(named_output))
        {
            scope.define(
                format!("var.{name}"),
                Node::string(format!("{OUTPUT}{output}")),
            );
        }
    }
}

/// The output that a text names in its last backticks.
fn named_output(description: &str) -> Option<OutputId> {
    let (before, _) = description.rsplit_once('`')?;
    let (_, text) = before.rsplit_once('`')?;
    read_output(text)
}

fn read_output(text: &str) -> Option<OutputId> {
    let (stack, output) = text.split_once('#')?;
    let (kind, item) = match output.split_once('.') {
        Some((kind, item)) => (kind, Some(item.into())),
        None => (output, None),
    };
    let stack = stack.parse().ok()?;
    let kind = *OutputKind::ALL
        .iter()
        .find(|known| known.as_str() == kind)?;
    Some(OutputId { stack, kind, item })
}

/// The output that a value stands for.
pub(super) fn output_of(text: &str) -> Option<OutputId> {
    read_output(text.strip_prefix(OUTPUT)?)
}

/// The key that a value stands for.
pub(super) fn key_of(text: &str) -> Option<ThingId> {
    if let Some(key) = key_of_root(text) {
        return Some(key);
    }
    let output = output_of(text)?;
    let purpose = KeyPurpose::ALL
        .into_iter()
        .find(|purpose| purpose.output() == output.kind)?;
    let region = output.stack.region.as_ref()?;
    Some(purpose.thing(&format!("{}/{region}", output.stack.account)))
}

//! Where a value comes from: what set it, what it overrode, and the rule that derived it.

mod error;
mod explanation;
mod model;
mod names;
mod network;
mod operations;
mod output;
mod place;
mod relaxation;
#[cfg(test)]
mod tests;

pub use error::ExplainError;
pub use explanation::{Effect, Explanation, Input, LayerValue, RuleUse};
pub use place::Place;

use crate::context::Context;
use crate::fleet::Fleet;
use crate::value::Node;
use crate::value::path::{ModelPath, Step};
use crate::value::suggestion::closest;

impl Fleet {
    /// Explains a value of the model (`commons.midrc.environments.prod.hostname`), a derived name
    /// (`….names.secret.fence-jwt`) or a part of a rendered file (`gitops/…/values.yaml#/global/hostname`).
    ///
    /// Only for a rendered file anything is compiled.
    pub fn explain(&self, path: &str, context: &Context) -> Result<Explanation, ExplainError> {
        context.run(|| {
            if let Some((file, pointer)) = path.split_once('#') {
                return output::explain(self, file, pointer, context);
            }
            if path.contains('/') && !path.contains('"') {
                return output::explain(self, path, "", context);
            }
            let text = path.strip_prefix("fleet.").unwrap_or(match path {
                "fleet" => "",
                path => path,
            });
            let path: ModelPath = text
                .parse()
                .map_err(|source| ExplainError::Syntax(format!("{source}")))?;
            model::explain(self, &path)
        })
    }
}

/// The error for a path whose step of that number is not there, where these are.
fn unknown(path: &ModelPath, at: usize, known: impl IntoIterator<Item = String>) -> ExplainError {
    let mut known: Vec<String> = known.into_iter().collect();
    known.sort();
    known.dedup();
    let word = match path.steps().get(at) {
        Some(Step::Key(key) | Step::Item(Some(key))) => key.as_str(),
        _ => "",
    };
    let suggestion = closest(word, known.iter().map(String::as_str)).map(|word| {
        let mut meant = ModelPath::new();
        for (number, step) in path.steps().iter().enumerate() {
            meant.push(if number == at {
                Step::Key(word.into())
            } else {
                step.clone()
            });
        }
        meant.to_string()
    });
    ExplainError::Unknown {
        path: path.to_string(),
        suggestion,
        known,
    }
}

/// The keys of a map.
fn keys(node: &Node) -> impl Iterator<Item = String> + '_ {
    node.entries().iter().map(|entry| entry.key.to_string())
}

//! Recording what a stack gave: a file below `outputs/`, made of what Terraform printed or of what somebody knows.

mod error;
mod given;
#[cfg(test)]
mod tests;

pub use error::RecordError;
pub use given::{Given, RecordedFrom};

use std::path::Path;
use std::sync::Arc;

use camino::{Utf8Path, Utf8PathBuf};
use serde::Serialize;

use crate::context::Context;
use crate::diagnostic::{Diagnostic, Report, Severity};
use crate::fleet::{Fleet, FleetError};
use crate::model::stack::{OutputKind, StackId, StackKind};
use crate::value::suggestion::closest;
use crate::value::{Node, json_write};
use crate::write::{EditError, FileEdit, write_edits};

/// What recording comes to. Nothing of it is written yet.
#[derive(Debug, Clone, Serialize)]
#[non_exhaustive]
pub struct Recording {
    /// The stack.
    pub stack: String,
    /// The file of the fleet that it is recorded in, below its directory.
    pub file: Utf8PathBuf,
    /// The whole text of that file.
    #[serde(skip)]
    pub text: String,
    /// The outputs that are recorded.
    pub recorded: Vec<String>,
    /// What was given and is not recorded.
    pub left_out: Vec<LeftOut>,
    /// Outputs of such a stack that nothing is recorded of.
    pub missing: Vec<String>,
    /// What the file was, where it was there.
    #[serde(skip)]
    before: Option<Arc<[u8]>>,
}

impl Recording {
    /// Writes the file below the fleet's directory, where nobody changed it meanwhile.
    pub fn write(&self, root: impl AsRef<Path>) -> Result<(), EditError> {
        let edit = FileEdit {
            path: &self.file,
            before: self.before.as_deref(),
            after: self.text.as_bytes(),
        };
        write_edits(root.as_ref(), &[edit])
    }
}

/// An output that was given and is not recorded.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct LeftOut {
    /// Its name.
    pub output: String,
    /// Why not.
    pub reason: String,
}

/// The key that says where outputs are from.
const RECORDED: &str = "_recorded";

impl Fleet {
    /// The file that records what a stack gave; nothing is written.
    ///
    /// What [`Given::Printed`] says takes the place of what was recorded, and
    /// [`Given::Values`] are added to it. Outputs that Terraform calls sensitive
    /// are left out, and so are those that a stack of this kind does not have.
    /// `from` is kept in the file: for stacks that somebody else applies.
    ///
    /// # Errors
    ///
    /// The stack is none of the fleet, what is given cannot be read, or is of
    /// the wrong type, or of another account.
    pub fn record_outputs(
        &self,
        stack: &str,
        given: &Given,
        from: Option<&RecordedFrom>,
        context: &Context,
    ) -> Result<Recording, RecordError> {
        let id: StackId = stack.parse().map_err(|_| self.no_stack(stack))?;
        if !self.resolved().has_stack(&id) {
            return Err(self.no_stack(stack));
        }
        let file = id.outputs_path();
        let mut all = match given {
            Given::Printed { .. } => Node::map(),
            Given::Values(_) => self
                .resolved()
                .outputs
                .whole(&id)
                .cloned()
                .unwrap_or_else(Node::map),
        };
        let kinds: Vec<OutputKind> = self.resolved().outputs_of(&id).collect();
        let mut left_out = Vec::new();
        for (name, output) in given.outputs(&id, &kinds)? {
            match given::refusal(&id, &kinds, &name, &output) {
                Some(reason) => left_out.push(LeftOut {
                    output: name,
                    reason,
                }),
                None => {
                    all.insert(name, output);
                }
            }
        }
        if let Some(from) = from {
            all.insert(RECORDED, from.node());
        }
        let mut text = String::new();
        json_write::write_json(&all, &mut text);
        text.push('\n');
        self.accepts(&file, &text, context)?;
        let names = kinds.iter().map(|kind| kind.as_str().to_owned());
        let (recorded, missing) = names.partition(|kind| all.get(kind).is_some());
        Ok(Recording {
            stack: id.to_string(),
            before: self.sources().get(Utf8Path::new(&file)).cloned(),
            file: file.into(),
            text,
            recorded,
            left_out,
            missing,
        })
    }

    /// Whether the fleet loads with that file, and finds nothing wrong in it.
    fn accepts(&self, file: &str, text: &str, context: &Context) -> Result<(), RecordError> {
        let mut set = self.sources().clone();
        set.insert(file, text.as_bytes().to_vec());
        let report = match Self::from_sources(set, context) {
            Ok(fleet) => fleet.load_report(),
            Err(FleetError::Invalid(report)) => report,
            Err(FleetError::Stopped(stopped)) => return Err(stopped.into()),
            Err(other) => return Err(RecordError::Fleet(Box::new(other))),
        };
        let is_about = |found: &&Diagnostic| {
            let mut labels = found.labels.iter();
            found.severity == Severity::Error && labels.any(|label| label.file == file)
        };
        let wrong: Vec<Diagnostic> = report.iter().filter(is_about).cloned().collect();
        if wrong.is_empty() {
            Ok(())
        } else {
            Err(RecordError::Wrong(Report::new(wrong)))
        }
    }

    fn no_stack(&self, stack: &str) -> RecordError {
        let kinds = StackKind::ALL.into_iter();
        let known = kinds.flat_map(|kind| self.resolved().stacks_of(kind));
        let known: Vec<String> = known.map(|id| id.to_string()).collect();
        RecordError::NoStack {
            stack: stack.to_owned(),
            suggestion: closest(stack, known.iter().map(String::as_str))
                .or_else(|| nearest(stack, &known))
                .map(ToOwned::to_owned),
        }
    }
}

/// The stack that is written like it the furthest, of the same kind in the same place.
fn nearest<'k>(stack: &str, known: &'k [String]) -> Option<&'k str> {
    let same = |known: &str| {
        let pairs = stack.split('/').zip(known.split('/'));
        pairs.take_while(|(one, other)| one == other).count()
    };
    let alike = known.iter().filter(|known| same(known) > 4);
    let best = alike.max_by_key(|known| (same(known), std::cmp::Reverse(known.as_str())));
    best.map(String::as_str)
}

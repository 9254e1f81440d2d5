//! What a stack gives to others.

use std::fmt;

use super::error::{StackError, Step};
use super::operator::Operator;
use crate::event::Event;
use crate::stack::Stack;

/// What `terraform output -json` printed. Some of it may be sensitive, so that it is shown by nothing.
#[derive(Clone, PartialEq, Eq)]
pub struct StackOutputs(pub(crate) String);

impl StackOutputs {
    /// The text, for whoever leaves out what Terraform calls sensitive.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for StackOutputs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("StackOutputs(…)")
    }
}

impl Operator<'_> {
    /// Asks the state of a stack for its outputs.
    pub fn outputs(
        &self,
        stack: &Stack,
        event: &mut (dyn FnMut(Event) + Send),
    ) -> Result<StackOutputs, StackError> {
        let prepared = self.prepare_to_look(stack)?;
        self.init(&prepared, event)?;
        let text = self.document(Step::Output, &prepared, &["output", "-no-color", "-json"])?;
        Ok(StackOutputs(text))
    }
}

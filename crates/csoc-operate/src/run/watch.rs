//! Who is told how a run goes.

use super::error::StackError;
use crate::event::Event;
use crate::stack::Stack;

/// Is told how a run goes, from several threads at once.
///
/// A closure of a stack and an event is one that hears only what the program says.
pub trait Watch: Sync {
    /// Work on a stack begins.
    fn begun(&self, _stack: &Stack) {}

    /// The program says something about a stack.
    fn said(&self, stack: &Stack, event: Event);

    /// Work on a stack came to its end.
    fn ended(&self, _stack: &Stack, _error: Option<&StackError>) {}
}

impl<F: Fn(&Stack, Event) + Sync> Watch for F {
    fn said(&self, stack: &Stack, event: Event) {
        self(stack, event);
    }
}

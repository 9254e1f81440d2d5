//! Who is told how stacks go that somebody else began: by their names, since nobody renders them for that.

use super::Shared;
use super::moment::{Happened, telling};
use super::progress::Standing;
use crate::event::Event;
use crate::run::{StackError, Watch};
use crate::stack::{Stack, StackId};

/// Is told how stacks go, by their names, from several threads at once.
pub trait Follow: Sync {
    /// Work on a stack begins, or somebody begins to look at it.
    fn begun(&self, stack: &StackId);

    /// The program says something about a stack.
    fn said(&self, stack: &StackId, event: Event);

    /// Work on a stack came to its end; what there is to say of that is a failure.
    fn ended(&self, stack: &StackId, standing: Standing, remark: &str);
}

impl<T: Send + Sync> Follow for Shared<T> {
    fn begun(&self, stack: &StackId) {
        self.note(stack, |line| {
            line.begin();
            Some(Happened::Begun)
        });
    }

    fn said(&self, stack: &StackId, event: Event) {
        // Not under the lock that all stacks share: it may be long.
        let Some(event) = telling(event) else { return };
        self.note(stack, |line| {
            line.hear(&event);
            Some(Happened::Said(event))
        });
    }

    fn ended(&self, stack: &StackId, standing: Standing, remark: &str) {
        self.note(stack, |line| {
            Some(Happened::Ended {
                // Of a millisecond, so that its text reads back as the same number.
                seconds: (line.end(standing, remark).as_secs_f64() * 1000.0).round() / 1000.0,
                error: (!remark.is_empty()).then(|| remark.to_owned()),
            })
        });
    }
}

impl<T: Send + Sync> Watch for Shared<T> {
    fn begun(&self, stack: &Stack) {
        Follow::begun(self, &stack.id);
    }

    fn said(&self, stack: &Stack, event: Event) {
        Follow::said(self, &stack.id, event);
    }

    fn ended(&self, stack: &Stack, error: Option<&StackError>) {
        let remark = error.map(ToString::to_string).unwrap_or_default();
        Follow::ended(self, &stack.id, Standing::of(error), &remark);
    }
}

//! Whoever the surroundings say, as they are, in their own account only.

use std::sync::OnceLock;

use super::ground::Ground;
use super::identity::Identity;
use crate::run::{Ambient, Purpose, Renewal, SessionError, Sessions, Variables};
use crate::stack::Stack;
use crate::terraform::Interrupt;

/// Whoever the surroundings say, as they are: a stack of another account is refused before anything of it is begun.
///
/// AWS is asked once, when the first stack begins. Surroundings that hold no credentials at all can do no harm in any account, and are let through: what needs some says so itself.
#[derive(Debug, Default)]
pub struct Surroundings {
    interrupt: Interrupt,
    found: OnceLock<Result<Option<Identity>, SessionError>>,
}

impl Surroundings {
    /// The same, who wait for AWS no longer than until somebody asks to stop.
    pub fn new(interrupt: Interrupt) -> Self {
        Self {
            interrupt,
            found: OnceLock::new(),
        }
    }

    fn found(&self) -> &Result<Option<Identity>, SessionError> {
        self.found.get_or_init(|| {
            let ground = Ground::new(self.interrupt.clone());
            let found = ground.and_then(|ground| ground.identity_if_any());
            found.map_err(|error| SessionError(error.said().into()))
        })
    }
}

impl Sessions for Surroundings {
    fn variables(
        &self,
        stack: &Stack,
        purpose: Purpose,
        _renewal: Renewal,
    ) -> Result<Variables, SessionError> {
        match self.found() {
            Err(error) => Err(error.clone()),
            // States of all accounts lie in one, whose policy says who may read them.
            Ok(_) if purpose == Purpose::State => Ok(Variables::default()),
            Ok(Some(identity)) => match identity.must_be_of(&stack.account) {
                Err(error) => Err(SessionError(error.said().into())),
                Ok(()) => Ok(Variables::default()),
            },
            Ok(None) => Ok(Variables::default()),
        }
    }

    /// What AWS calls them, and where it says nobody, what this machine does.
    fn actor(&self) -> Box<str> {
        match self.found() {
            Ok(Some(identity)) => identity.arn.as_str().into(),
            _ => Ambient.actor(),
        }
    }
}

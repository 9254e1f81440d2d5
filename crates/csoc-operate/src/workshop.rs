//! Everything that a run needs, found before it begins.

use jiff::Timestamp;

use crate::bundle::Bundle;
use crate::journal::JournalError;
use crate::run::{Home, Limits, OnFailure, Operator, RunId, Sessions};
use crate::stack::{NoValue, Selection, Stack, Stacks};
use crate::terraform::{Interrupt, Program};

/// Everything that a run needs: what is run, with what, as whom, where, and how much at once.
pub struct Workshop {
    /// The stacks, as they are rendered.
    pub stacks: Stacks,
    /// Terraform or OpenTofu.
    pub program: Program,
    /// Where working copies, bundles and the journal are.
    pub home: Home,
    /// How it is asked to stop.
    pub interrupt: Interrupt,
    /// As whom.
    pub sessions: Box<dyn Sessions + Send>,
    /// The name of the run.
    pub run: RunId,
    /// How many stacks at once.
    pub limits: Limits,
    /// What becomes of the others when one fails.
    pub on_failure: OnFailure,
    /// How many seconds the program waits for the lock of a state that somebody else has.
    pub lock_timeout: u32,
}

impl Workshop {
    /// Who runs the stacks.
    ///
    /// # Errors
    ///
    /// The journal cannot be used: what cannot be recorded is not done.
    pub fn operator(&self) -> Result<Operator<'_>, JournalError> {
        let operator = Operator::new(
            &self.stacks,
            &self.program,
            &self.home,
            &*self.sessions,
            &self.interrupt,
            self.run.as_str(),
            &Timestamp::now,
        )?;
        Ok(operator.wait_for_locks(self.lock_timeout))
    }

    /// The stacks that any of the selections means, in order; all where there is no selection.
    ///
    /// Those that are leaving are not among them: there is nothing to plan of what is not rendered any more.
    ///
    /// # Errors
    ///
    /// A selection says what no stack has.
    pub fn select(&self, selections: &[Selection]) -> Result<Vec<&Stack>, NoValue> {
        let mut stacks = self.select_to_destroy(selections)?;
        stacks.retain(|stack| !stack.is_leaving());
        Ok(stacks)
    }

    /// The same with those that are leaving.
    ///
    /// # Errors
    ///
    /// A selection says what no stack has.
    pub fn select_to_destroy(&self, selections: &[Selection]) -> Result<Vec<&Stack>, NoValue> {
        self.stacks.have(selections)?;
        let stacks = self.stacks.iter();
        Ok(stacks
            .filter(|stack| is_selected(selections, stack))
            .collect())
    }

    /// The stack that a bundle is of, unless it is not rendered any more.
    pub fn stack_of(&self, bundle: &Bundle) -> Option<&Stack> {
        let mut stacks = self.stacks.iter();
        stacks.find(|stack| stack.id == bundle.facts().stack)
    }
}

/// Whether any of the selections means a stack, or there is none.
pub fn is_selected(selections: &[Selection], stack: &Stack) -> bool {
    selections.is_empty() || selections.iter().any(|one| one.matches(stack))
}

/// As whom stacks are run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Who {
    /// A profile, a single sign-on, the role of a machine or a pipeline, as it is.
    #[default]
    Surroundings,
    /// The roles of each account that the layer `access` makes, taken by whoever the surroundings say.
    Roles,
}

/// Why there are no sessions.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct WhoError {
    message: String,
    /// How to mend it.
    help: Option<String>,
}

impl Who {
    /// Its name, as people write it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Surroundings => "surroundings",
            Self::Roles => "roles",
        }
    }

    /// What makes the sessions of a run, and waits for AWS until `interrupt` asks to stop.
    ///
    /// # Errors
    ///
    /// The surroundings say nobody whom the cloud knows, or this csoc takes no roles.
    pub fn sessions(
        self,
        run: &str,
        interrupt: &Interrupt,
    ) -> Result<Box<dyn Sessions + Send>, WhoError> {
        match self {
            Self::Surroundings => Ok(surroundings(interrupt)),
            Self::Roles => roles(run, interrupt),
        }
    }
}

impl std::str::FromStr for Who {
    type Err = WhoError;

    fn from_str(text: &str) -> Result<Self, WhoError> {
        let mut all = [Self::Surroundings, Self::Roles].into_iter();
        all.find(|who| who.as_str() == text)
            .ok_or_else(|| WhoError {
                message: format!("`{text}` must be `surroundings` or `roles`"),
                help: None,
            })
    }
}

impl WhoError {
    /// This csoc takes no roles.
    #[cfg(not(feature = "aws"))]
    pub(crate) fn without_roles() -> Self {
        Self {
            message: "this csoc was built without AWS, and takes no roles".to_owned(),
            help: Some(
                "take one that was built with the feature `aws`, as the wheel is".to_owned(),
            ),
        }
    }

    /// How to mend it.
    pub fn help(&self) -> Option<&str> {
        self.help.as_deref()
    }
}

#[cfg(feature = "aws")]
fn surroundings(interrupt: &Interrupt) -> Box<dyn Sessions + Send> {
    Box::new(crate::aws::Surroundings::new(interrupt.clone()))
}

/// Nobody can be asked for the account.
#[cfg(not(feature = "aws"))]
fn surroundings(_interrupt: &Interrupt) -> Box<dyn Sessions + Send> {
    Box::new(crate::run::Ambient)
}

#[cfg(feature = "aws")]
fn roles(run: &str, interrupt: &Interrupt) -> Result<Box<dyn Sessions + Send>, WhoError> {
    Ok(Box::new(assumed(run, interrupt)?))
}

#[cfg(not(feature = "aws"))]
fn roles(_run: &str, _interrupt: &Interrupt) -> Result<Box<dyn Sessions + Send>, WhoError> {
    Err(WhoError::without_roles())
}

/// Whoever the surroundings say, who takes roles.
#[cfg(feature = "aws")]
pub(crate) fn assumed(
    run: &str,
    interrupt: &Interrupt,
) -> Result<crate::aws::AssumedRoles, WhoError> {
    let external_id = std::env::var("CSOC_EXTERNAL_ID").ok();
    let external_id = external_id.as_deref();
    let assumed = crate::aws::AssumedRoles::new(run, external_id, interrupt.clone());
    assumed.map_err(|error| WhoError {
        message: crate::told::with_causes(&error),
        help: error.help().map(ToOwned::to_owned),
    })
}

#[cfg(test)]
mod tests {
    use super::Who;

    #[test]
    fn who_is_a_word() {
        for who in [Who::Surroundings, Who::Roles] {
            assert_eq!(who.as_str().parse(), Ok(who));
        }
        assert!("root".parse::<Who>().is_err());
    }
}

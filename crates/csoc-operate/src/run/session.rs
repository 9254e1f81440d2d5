//! As whom a stack is run: what the child sees besides its surroundings.

use std::fmt;

use crate::stack::Stack;

/// What a stack is run for: reading needs less than writing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Purpose {
    /// Its plan is made, or its drift looked for.
    Plan,
    /// Its plan is applied.
    Apply,
}

/// Variables of the surroundings of a child, some of them secret: they are never shown.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Variables(Vec<(Box<str>, Option<Box<str>>)>);

impl Variables {
    /// Sets a variable.
    pub fn set(&mut self, name: impl Into<Box<str>>, value: impl Into<Box<str>>) {
        self.0.push((name.into(), Some(value.into())));
    }

    /// Keeps a variable of our own surroundings from the child.
    pub fn hide(&mut self, name: impl Into<Box<str>>) {
        self.0.push((name.into(), None));
    }

    /// What a variable is set to.
    #[cfg(feature = "aws")]
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        let found = self.0.iter().rev().find(|(found, _)| **found == *name)?;
        found.1.as_deref()
    }

    /// For the child alone: what is nothing is not to be there.
    pub(crate) fn pairs(&self) -> Vec<(&str, Option<&str>)> {
        self.0
            .iter()
            .map(|(name, value)| (&**name, value.as_deref()))
            .collect()
    }
}

impl fmt::Debug for Variables {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list()
            .entries(self.0.iter().map(|(name, _)| name))
            .finish()
    }
}

/// Why nobody may run a stack.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct SessionError(pub Box<str>);

/// Makes sessions in accounts.
pub trait Sessions: Sync {
    /// The variables with which a stack is run, in its own account.
    fn variables(&self, stack: &Stack, purpose: Purpose) -> Result<Variables, SessionError>;

    /// Who that is, for the record.
    fn actor(&self) -> Box<str>;
}

/// Whoever the surroundings say: a profile, a single sign-on, a role of the machine.
///
/// AWS is not asked who that is (a csoc that speaks to it does), and the account is guarded by Terraform alone: every rendered root names the only account that its provider may work in.
#[derive(Debug, Clone, Default)]
pub struct Ambient;

impl Sessions for Ambient {
    fn variables(&self, _stack: &Stack, _purpose: Purpose) -> Result<Variables, SessionError> {
        Ok(Variables::default())
    }

    fn actor(&self) -> Box<str> {
        let name = ["USER", "LOGNAME", "USERNAME"]
            .into_iter()
            .find_map(|name| std::env::var(name).ok());
        name.unwrap_or_else(|| "somebody".to_owned()).into()
    }
}

#[cfg(test)]
mod tests {
    use super::Variables;

    #[test]
    fn no_value_is_shown() {
        let mut variables = Variables::default();
        variables.set("AWS_SECRET_ACCESS_KEY", "planted");
        assert_eq!(format!("{variables:?}"), r#"["AWS_SECRET_ACCESS_KEY"]"#);
        variables.hide("AWS_PROFILE");
        let pairs = [
            ("AWS_SECRET_ACCESS_KEY", Some("planted")),
            ("AWS_PROFILE", None),
        ];
        assert_eq!(variables.pairs(), pairs);
    }
}

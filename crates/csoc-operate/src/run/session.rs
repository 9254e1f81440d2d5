//! As whom a stack is run: what the child sees besides its surroundings.

use std::fmt;

use crate::stack::Stack;

/// What a stack is run for: reading needs less than writing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Purpose {
    /// Its state is read, wherever that is; nothing in its account is.
    State,
    /// Its plan is made, or its drift looked for.
    Plan,
    /// Its plan is applied.
    Apply,
}

/// How long the child keeps what it is given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Renewal {
    /// It works on this machine, and can ask us for more.
    WhileItWorks,
    /// It works elsewhere: what it is given once must last.
    Never,
}

/// Variables of the surroundings of a child, some of them secret: they are never shown.
#[derive(Clone, Default)]
pub struct Variables {
    all: Vec<(Box<str>, Option<Box<str>>)>,
    /// Who the child is, to AWS.
    #[cfg(feature = "aws")]
    session: Option<OwnSession>,
}

/// Who a child is, to AWS, for those who do something for it.
#[cfg(feature = "aws")]
#[derive(Clone)]
pub(crate) struct OwnSession {
    /// The role, or what else tells it from others.
    pub(crate) name: Box<str>,
    /// What gives its credentials, as long as it is asked to.
    pub(crate) provider: aws_credential_types::provider::SharedCredentialsProvider,
}

impl Variables {
    /// Sets a variable.
    pub fn set(&mut self, name: impl Into<Box<str>>, value: impl Into<Box<str>>) {
        self.all.push((name.into(), Some(value.into())));
    }

    /// Keeps a variable of our own surroundings from the child.
    pub fn hide(&mut self, name: impl Into<Box<str>>) {
        self.all.push((name.into(), None));
    }

    /// Says who the child is, to AWS.
    #[cfg(feature = "aws")]
    pub(crate) fn is(&mut self, session: OwnSession) {
        self.session = Some(session);
    }

    /// Who the child is, to AWS; nobody where its surroundings say it.
    #[cfg(feature = "aws")]
    pub(crate) const fn session(&self) -> Option<&OwnSession> {
        self.session.as_ref()
    }

    /// For the child alone: what is nothing is not to be there.
    pub(crate) fn pairs(&self) -> Vec<(&str, Option<&str>)> {
        self.all
            .iter()
            .map(|(name, value)| (&**name, value.as_deref()))
            .collect()
    }
}

impl fmt::Debug for Variables {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list()
            .entries(self.all.iter().map(|(name, _)| name))
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
    fn variables(
        &self,
        stack: &Stack,
        purpose: Purpose,
        renewal: Renewal,
    ) -> Result<Variables, SessionError>;

    /// Who that is, for the record.
    fn actor(&self) -> Box<str>;
}

/// Whoever the surroundings say: a profile, a single sign-on, a role of the machine.
///
/// AWS is not asked who that is (a csoc that speaks to it does), and the account is guarded by Terraform alone: every rendered root names the only account that its provider may work in.
#[derive(Debug, Clone, Default)]
pub struct Ambient;

impl Sessions for Ambient {
    fn variables(
        &self,
        _stack: &Stack,
        _purpose: Purpose,
        _renewal: Renewal,
    ) -> Result<Variables, SessionError> {
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

//! The naming rules that hold for one object: the edition's, with what each layer above it changed.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::pattern::{Pattern, Variables};
use super::rule::{Name, NameKind, NameRule};

/// What a name is for, where one rule makes several: `fence-config` of the rule `secret`.
pub(crate) type Purpose = str;

/// Why a name could not be derived.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum NamingError {
    /// The pattern uses a variable that has no value here.
    #[error("the naming rule `{rule}` uses `{{{variable}}}`, which has no value here")]
    NoValue {
        /// The rule.
        rule: String,
        /// The variable.
        variable: &'static str,
    },
}

/// The naming rules of one object with the values of its variables.
#[derive(Debug, Clone, Default)]
pub(crate) struct Names {
    rules: Arc<BTreeMap<String, NameRule>>,
    /// The values of variables.
    pub(crate) variables: Variables,
}

impl Names {
    /// Sets a rule by its name in `naming`: a kind (`secret`), or a kind and a purpose (`secret.fence-jwt`).
    ///
    /// Gives back whether there is such a kind.
    pub(crate) fn set_rule(&mut self, name: &str, pattern: &Pattern) -> bool {
        let kind = name.split_once('.').map_or(name, |(kind, _)| kind);
        let Some(kind) = NameKind::ALL.iter().find(|known| known.as_str() == kind) else {
            return false;
        };
        Arc::make_mut(&mut self.rules).insert(
            name.to_owned(),
            NameRule {
                kind: *kind,
                pattern: pattern.clone(),
            },
        );
        true
    }

    /// The rule that makes the names of a kind for a purpose.
    pub(crate) fn rule(&self, kind: NameKind, purpose: Option<&Purpose>) -> (String, &NameRule) {
        let special = purpose.map(|purpose| format!("{}.{purpose}", kind.as_str()));
        if let Some((name, rule)) =
            special.and_then(|name| self.rules.get(&name).map(|rule| (name, rule)))
        {
            return (name, rule);
        }
        let rule = self
            .rules
            .get(kind.as_str())
            .expect("the edition has a rule for every kind");
        (kind.as_str().to_owned(), rule)
    }

    /// The name of a kind that has one a scope.
    pub(crate) fn name(&self, kind: NameKind) -> Result<Name, NamingError> {
        self.render(kind, None)
    }

    /// The name of a kind for a purpose, which is `{service}` in the pattern.
    pub(crate) fn name_for(&self, kind: NameKind, purpose: &Purpose) -> Result<Name, NamingError> {
        self.render(kind, Some(purpose))
    }

    fn render(&self, kind: NameKind, purpose: Option<&Purpose>) -> Result<Name, NamingError> {
        let (name, rule) = self.rule(kind, purpose);
        let rendered = rule.render(&self.variables, purpose);
        rendered.map_err(|variable| NamingError::NoValue {
            rule: name,
            variable: variable.as_str(),
        })
    }
}

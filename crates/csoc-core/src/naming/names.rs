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

/// A rule of a kind: for one purpose, or for every other.
#[derive(Debug, Clone)]
struct Named {
    /// Its name in `naming`.
    name: Box<str>,
    purpose: Option<Box<str>>,
    rule: NameRule,
}

/// The naming rules of one object with the values of its variables.
#[derive(Debug, Clone, Default)]
pub(crate) struct Names {
    rules: Arc<BTreeMap<NameKind, Vec<Named>>>,
    /// The values of variables.
    pub(crate) variables: Variables,
}

impl Names {
    /// Sets a rule by its name in `naming`: a kind (`secret`), or a kind and a purpose (`secret.fence-jwt`).
    ///
    /// Gives back whether there is such a kind.
    pub(crate) fn set_rule(&mut self, name: &str, pattern: &Pattern) -> bool {
        let (kind, purpose) = match name.split_once('.') {
            Some((kind, purpose)) => (kind, Some(purpose)),
            None => (name, None),
        };
        let Some(kind) = NameKind::ALL.iter().find(|known| known.as_str() == kind) else {
            return false;
        };
        let rules = Arc::make_mut(&mut self.rules).entry(*kind).or_default();
        rules.retain(|named| named.purpose.as_deref() != purpose);
        rules.push(Named {
            name: name.into(),
            purpose: purpose.map(Into::into),
            rule: NameRule {
                kind: *kind,
                pattern: pattern.clone(),
            },
        });
        true
    }

    /// The rule that makes the names of a kind for a purpose.
    pub(crate) fn rule(&self, kind: NameKind, purpose: Option<&Purpose>) -> (&str, &NameRule) {
        let rules = self.rules.get(&kind).map_or(&[][..], Vec::as_slice);
        let of = |purpose| {
            rules
                .iter()
                .find(|named| named.purpose.as_deref() == purpose)
        };
        let named = purpose
            .and_then(|purpose| of(Some(purpose)))
            .or_else(|| of(None))
            .expect("the edition has a rule for every kind");
        (&named.name, &named.rule)
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
            rule: name.to_owned(),
            variable: variable.as_str(),
        })
    }
}

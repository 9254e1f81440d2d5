//! Patterns of text and `{variable}`: nothing else, so that lengths can be proved and an importer can infer them.

use std::fmt;

use crate::model::text::TextError;

/// What a `{variable}` stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Variable {
    Organization,
    Account,
    AccountId,
    Partition,
    Region,
    Cluster,
    Vpc,
    Commons,
    Environment,
    EnvironmentId,
    Tier,
    Namespace,
    ReleaseName,
    Service,
    Hostname,
}

impl Variable {
    pub(crate) const ALL: [Self; 15] = [
        Self::Organization,
        Self::Account,
        Self::AccountId,
        Self::Partition,
        Self::Region,
        Self::Cluster,
        Self::Vpc,
        Self::Commons,
        Self::Environment,
        Self::EnvironmentId,
        Self::Tier,
        Self::Namespace,
        Self::ReleaseName,
        Self::Service,
        Self::Hostname,
    ];

    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Organization => "organization",
            Self::Account => "account",
            Self::AccountId => "account_id",
            Self::Partition => "partition",
            Self::Region => "region",
            Self::Cluster => "cluster",
            Self::Vpc => "vpc",
            Self::Commons => "commons",
            Self::Environment => "environment",
            Self::EnvironmentId => "environment_id",
            Self::Tier => "tier",
            Self::Namespace => "namespace",
            Self::ReleaseName => "release_name",
            Self::Service => "service",
            Self::Hostname => "hostname",
        }
    }
}

/// A piece of a pattern.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Part {
    Text(Box<str>),
    Variable(Variable),
}

/// A parsed pattern.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Pattern {
    parts: Vec<Part>,
}

impl Pattern {
    /// Reads `text{variable}text`.
    pub(crate) fn parse(text: &str) -> Result<Self, TextError> {
        let mut parts = Vec::new();
        let mut rest = text;
        while let Some(open) = rest.find(['{', '}']) {
            if open > 0 {
                parts.push(Part::Text(rest[..open].into()));
            }
            let tail = &rest[open..];
            let close = tail
                .find('}')
                .filter(|_| tail.starts_with('{'))
                .ok_or_else(|| {
                    TextError::new("a pattern of text and `{variable}`: a brace stands alone")
                        .help("close each `{` with `}`")
                })?;
            let name = &tail[1..close];
            let variable = Variable::ALL
                .into_iter()
                .find(|known| known.as_str() == name)
                .ok_or_else(|| {
                    let known: Vec<&str> =
                        Variable::ALL.iter().map(|known| known.as_str()).collect();
                    TextError::new(format!("a pattern: there is no variable `{name}`"))
                        .help(format!("use one of {}", known.join(", ")))
                })?;
            parts.push(Part::Variable(variable));
            rest = &tail[close + 1..];
        }
        if !rest.is_empty() {
            parts.push(Part::Text(rest.into()));
        }
        if parts.is_empty() {
            return Err(TextError::new("a pattern of text and `{variable}`"));
        }
        Ok(Self { parts })
    }

    /// The variables in it.
    pub(crate) fn variables(&self) -> impl Iterator<Item = Variable> {
        self.parts.iter().filter_map(|part| match part {
            Part::Variable(variable) => Some(*variable),
            Part::Text(_) => None,
        })
    }

    /// The text with every variable replaced, `{service}` by `service`; the first that has no value, if one has none.
    pub(crate) fn render(
        &self,
        variables: &Variables,
        service: Option<&str>,
    ) -> Result<String, Variable> {
        let mut text = String::with_capacity(48);
        for part in &self.parts {
            match part {
                Part::Text(piece) => text.push_str(piece),
                Part::Variable(Variable::Service) => {
                    text.push_str(service.ok_or(Variable::Service)?);
                }
                Part::Variable(variable) => {
                    text.push_str(variables.get(*variable).ok_or(*variable)?);
                }
            }
        }
        Ok(text)
    }
}

impl fmt::Display for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for part in &self.parts {
            match part {
                Part::Text(text) => f.write_str(text)?,
                Part::Variable(variable) => write!(f, "{{{}}}", variable.as_str())?,
            }
        }
        Ok(())
    }
}

/// The values of variables for one object.
#[derive(Debug, Clone, Default)]
pub(crate) struct Variables {
    values: [Option<Box<str>>; Variable::ALL.len()],
}

impl Variables {
    /// Sets one.
    pub(crate) fn set(&mut self, variable: Variable, value: impl Into<Box<str>>) {
        self.values[variable as usize] = Some(value.into());
    }

    /// The value of one.
    pub(crate) fn get(&self, variable: Variable) -> Option<&str> {
        self.values[variable as usize].as_deref()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_print_what_they_read() {
        for text in [
            "{vpc}--{namespace}--{service}",
            "plain",
            "{environment_id}-helm",
        ] {
            assert_eq!(Pattern::parse(text).unwrap().to_string(), text);
        }
    }

    #[test]
    fn wrong_patterns_say_why() {
        for (text, why) in [
            ("{vpc", "stands alone"),
            ("a}b", "stands alone"),
            ("{nope}", "no variable `nope`"),
            ("", "a pattern"),
        ] {
            assert!(
                Pattern::parse(text).unwrap_err().to_string().contains(why),
                "{text}"
            );
        }
    }
}

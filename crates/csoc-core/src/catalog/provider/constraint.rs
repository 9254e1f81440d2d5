//! Versions of providers and of Terraform, and what a constraint says of them.

use std::cmp::Ordering;
use std::fmt;
use std::str::FromStr;

/// A version: up to four numbers, and what stands behind a `-`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ProviderVersion {
    numbers: Vec<u64>,
    prerelease: Option<String>,
}

/// What a version must be: all of a list of conditions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Constraint {
    conditions: Vec<(Operator, ProviderVersion)>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Operator {
    Equal,
    NotEqual,
    Greater,
    GreaterOrEqual,
    Less,
    LessOrEqual,
    Pessimistic,
}

/// Longest first, since `>` starts `>=`.
const OPERATORS: [(&str, Operator); 7] = [
    (">=", Operator::GreaterOrEqual),
    ("<=", Operator::LessOrEqual),
    ("!=", Operator::NotEqual),
    ("~>", Operator::Pessimistic),
    (">", Operator::Greater),
    ("<", Operator::Less),
    ("=", Operator::Equal),
];

/// Text that is no version or no constraint.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct NoVersion;

impl FromStr for ProviderVersion {
    type Err = NoVersion;

    fn from_str(text: &str) -> Result<Self, NoVersion> {
        let text = text.strip_prefix('v').unwrap_or(text);
        let text = text.split_once('+').map_or(text, |(version, _)| version);
        let (numbers, prerelease) = match text.split_once('-') {
            Some((_, "")) => return Err(NoVersion),
            Some((numbers, prerelease)) => (numbers, Some(prerelease.to_owned())),
            None => (text, None),
        };
        let number = |part: &str| {
            let digits = part.bytes().all(|byte| byte.is_ascii_digit());
            digits.then(|| part.parse().ok()).flatten().ok_or(NoVersion)
        };
        let numbers: Vec<u64> = numbers.split('.').map(number).collect::<Result<_, _>>()?;
        if numbers.len() > 4 {
            return Err(NoVersion);
        }
        Ok(Self {
            numbers,
            prerelease,
        })
    }
}

impl fmt::Display for ProviderVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, number) in self.numbers.iter().enumerate() {
            write!(f, "{}{number}", if at == 0 { "" } else { "." })?;
        }
        match &self.prerelease {
            Some(text) => write!(f, "-{text}"),
            None => Ok(()),
        }
    }
}

impl ProviderVersion {
    fn number(&self, at: usize) -> u64 {
        self.numbers.get(at).copied().unwrap_or(0)
    }

    /// How it compares: numbers that are not written are 0, and a prerelease is before its release.
    pub(crate) fn compare(&self, other: &Self) -> Ordering {
        (0..4)
            .map(|at| self.number(at).cmp(&other.number(at)))
            .find(|order| order.is_ne())
            .unwrap_or_else(|| match (&self.prerelease, &other.prerelease) {
                (None, None) => Ordering::Equal,
                (None, Some(_)) => Ordering::Greater,
                (Some(_), None) => Ordering::Less,
                (Some(one), Some(two)) => one.cmp(two),
            })
    }

    /// The first number: versions that share it take the same.
    pub(crate) fn major(&self) -> u64 {
        self.number(0)
    }

    /// Whether it has all numbers of another but the last, which may be greater.
    fn is_within(&self, least: &Self) -> bool {
        let fixed = least.numbers.len().saturating_sub(1).max(1);
        self.compare(least).is_ge() && (0..fixed).all(|at| self.number(at) == least.number(at))
    }
}

impl FromStr for Constraint {
    type Err = NoVersion;

    fn from_str(text: &str) -> Result<Self, NoVersion> {
        let condition = |text: &str| {
            let text = text.trim();
            let found = OPERATORS
                .iter()
                .find_map(|(sign, operator)| Some((operator, text.strip_prefix(sign)?)));
            let (operator, version) = found.unwrap_or((&Operator::Equal, text));
            Ok((*operator, version.trim().parse()?))
        };
        Ok(Self {
            conditions: text.split(',').map(condition).collect::<Result<_, _>>()?,
        })
    }
}

impl Constraint {
    /// Whether a version is allowed. A prerelease is only where it is named.
    pub(crate) fn allows(&self, version: &ProviderVersion) -> bool {
        let named = self.conditions.iter().any(|(_, limit)| limit == version);
        if version.prerelease.is_some() && !named {
            return false;
        }
        self.conditions.iter().all(|(operator, limit)| {
            let order = version.compare(limit);
            match operator {
                Operator::Equal => order.is_eq(),
                Operator::NotEqual => order.is_ne(),
                Operator::Greater => order.is_gt(),
                Operator::GreaterOrEqual => order.is_ge(),
                Operator::Less => order.is_lt(),
                Operator::LessOrEqual => order.is_le(),
                Operator::Pessimistic => version.is_within(limit),
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("~> 5.0", "5.100.0", true)]
    #[case("~> 5.0", "6.0.0", false)]
    #[case("~> 5.1.2", "5.1.9", true)]
    #[case("~> 5.1.2", "5.2.0", false)]
    #[case("~> 5", "5.2.0", true)]
    #[case(">= 5.0, < 6.0", "5.100.0", true)]
    #[case(">= 5.0, < 6.0, != 5.100.0", "5.100.0", false)]
    #[case("6.25", "6.25.0", true)]
    #[case("= 6.25.0", "6.25.1", false)]
    #[case(">5", "5.0.0", false)]
    #[case("<=5.1", "5.1.0", true)]
    #[case(">= 1.0", "2.0.0-beta1", false)]
    #[case("2.0.0-beta1", "2.0.0-beta1", true)]
    fn allows_what_terraform_allows(
        #[case] constraint: &str,
        #[case] version: &str,
        #[case] allowed: bool,
    ) {
        let constraint: Constraint = constraint.parse().unwrap();
        assert_eq!(constraint.allows(&version.parse().unwrap()), allowed);
    }

    #[rstest]
    #[case("")]
    #[case("latest")]
    #[case("~> ")]
    #[case("=> 5.0")]
    #[case("5.x")]
    #[case(">= 5.0,")]
    fn refuses_what_is_no_constraint(#[case] text: &str) {
        assert!(text.parse::<Constraint>().is_err());
    }
}

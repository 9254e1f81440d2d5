//! What may be destroyed although it cannot be made again: somebody named it.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::str::FromStr;

use super::choice::{Choice, ChoiceError};
use crate::bundle::Bundle;
use crate::stack::StackId;

/// A resource that may be destroyed: `aws_rds_cluster.main`, or `STACK:aws_rds_cluster.main` where several stacks have one.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Destruction {
    stack: Option<StackId>,
    address: Box<str>,
}

/// By stack, the addresses that may be destroyed.
///
/// What a plan destroys that was named and is not applied now is allowed in vain, and no mistake: whoever says the same
/// command again goes on with what is left.
pub(super) fn by_stack<'b>(
    choice: &'b Choice,
    bundles: &BTreeMap<&'b StackId, &'b Bundle>,
) -> Result<BTreeMap<&'b StackId, BTreeSet<&'b str>>, ChoiceError> {
    let mut by_stack: BTreeMap<&StackId, BTreeSet<&str>> = BTreeMap::new();
    for one in &choice.allowed {
        let destroying = bundles.values().filter(|bundle| one.is_of(bundle));
        let stacks: Vec<&StackId> = destroying.map(|bundle| &bundle.facts().stack).collect();
        match &*stacks {
            [] => {
                let mut others = choice.applied.iter().chain(&choice.left_out);
                if !others.any(|bundle| one.is_of(bundle)) {
                    return Err(ChoiceError::NotPlanned(one.clone()));
                }
            }
            [stack] => {
                by_stack.entry(stack).or_default().insert(&one.address);
            }
            several => {
                return Err(ChoiceError::Ambiguous {
                    named: one.clone(),
                    stacks: several.iter().map(|stack| (*stack).clone()).collect(),
                });
            }
        }
    }
    Ok(by_stack)
}

impl Destruction {
    /// The address.
    pub(super) fn address(&self) -> &str {
        &self.address
    }

    /// Whether a plan destroys it.
    fn is_of(&self, bundle: &Bundle) -> bool {
        let facts = bundle.facts();
        let is_meant = self
            .stack
            .as_ref()
            .is_none_or(|named| *named == facts.stack);
        is_meant && facts.summary.destroys(&self.address)
    }
}

impl FromStr for Destruction {
    type Err = std::convert::Infallible;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let named = text.split_once(':').and_then(|(stack, address)| {
            let stack = stack.parse().ok()?;
            Some((stack, address))
        });
        Ok(match named {
            Some((stack, address)) => Self {
                stack: Some(stack),
                address: address.into(),
            },
            None => Self {
                stack: None,
                address: text.into(),
            },
        })
    }
}

impl fmt::Display for Destruction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.stack {
            Some(stack) => write!(f, "{stack}:{}", self.address),
            None => f.write_str(&self.address),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Destruction;

    #[test]
    fn a_stack_may_be_named() {
        for text in [
            "aws_rds_cluster.main",
            "aws_s3_bucket.x[\"a:b\"]",
            "v1/111122223333/us-east-1/data/cluster/main:aws_rds_cluster.x[\"a:b\"]",
        ] {
            let read: Destruction = text.parse().expect("any text is one");
            assert_eq!(read.to_string(), text);
            assert_eq!(read.stack.is_some(), text.starts_with("v1/"));
        }
    }
}

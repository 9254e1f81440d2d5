//! What may be destroyed although it cannot be made again: somebody named it.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::str::FromStr;

use crate::bundle::Bundle;
use crate::stack::StackId;

/// A resource that may be destroyed: `aws_rds_cluster.main`, or `STACK:aws_rds_cluster.main` where several stacks have one.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Destruction {
    stack: Option<StackId>,
    address: Box<str>,
}

/// Why what was allowed to be destroyed says nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum AllowedError {
    /// None of the plans destroys it.
    #[error(
        "`--allow-destroy {0}` allows what no plan destroys; take it out, or look at which plans these are"
    )]
    NotPlanned(Destruction),
    /// Plans of several stacks do.
    #[error("`--allow-destroy {named}` is in the plans of {} stacks; say which: {}", .stacks.len(), choices(.stacks, .named))]
    Ambiguous {
        /// What was said.
        named: Destruction,
        /// The stacks.
        stacks: Vec<StackId>,
    },
}

/// By stack, the addresses that may be destroyed.
pub(super) fn by_stack<'b>(
    allowed: &'b [Destruction],
    bundles: &BTreeMap<&'b StackId, &'b Bundle>,
) -> Result<BTreeMap<&'b StackId, BTreeSet<&'b str>>, AllowedError> {
    let mut by_stack: BTreeMap<&StackId, BTreeSet<&str>> = BTreeMap::new();
    for one in allowed {
        let destroying = bundles.iter().filter(|(stack, bundle)| {
            one.stack.as_ref().is_none_or(|named| named == **stack)
                && bundle.facts().summary.destroys(&one.address)
        });
        let stacks: Vec<&StackId> = destroying.map(|(stack, _)| *stack).collect();
        match &*stacks {
            [] => return Err(AllowedError::NotPlanned(one.clone())),
            [stack] => {
                by_stack.entry(stack).or_default().insert(&one.address);
            }
            several => {
                return Err(AllowedError::Ambiguous {
                    named: one.clone(),
                    stacks: several.iter().map(|stack| (*stack).clone()).collect(),
                });
            }
        }
    }
    Ok(by_stack)
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

fn choices(stacks: &[StackId], named: &Destruction) -> String {
    let choice = |stack: &StackId| format!("`{stack}:{}`", named.address);
    stacks.iter().map(choice).collect::<Vec<_>>().join(", ")
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

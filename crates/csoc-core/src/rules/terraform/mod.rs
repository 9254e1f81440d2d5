//! Rules about what Terraform makes, ours and anybody's: who may do what, what is kept, who is let in.
//!
//! They see one directory at a time, with what its text alone decides. What
//! needs a plan, the cloud or the code of a module from elsewhere yields
//! nothing: `docs/terraform-policy.md` says what that is.

mod backup;
mod cluster;
mod cognito;
mod context;
mod database;
mod firewall;
mod grants;
mod keys;
mod logging;
mod machines;
mod module;
mod network;
mod parameters;
mod places;
mod policy;
mod registry;
mod resource_policies;
mod roles;
mod secrets;
mod state;
mod storage;
pub(super) mod support;
#[cfg(test)]
mod tests;
mod trust;
mod values;

pub(crate) use context::TerraformContext;
pub(crate) use module::{TerraformFile, TerraformModule};
pub(super) use registry::RULES;

use std::sync::atomic::AtomicUsize;

use rayon::prelude::*;

use super::codes::DATE_RULES_SKIPPED;
use super::rule::Check;
use crate::context::Context;
use crate::diagnostic::{Diagnostics, Finding, Severity};

/// Runs every rule over the directories of a tree.
pub(crate) fn check(tree: &[TerraformModule<'_>], call: &Context) -> Diagnostics {
    let undated = AtomicUsize::new(0);
    let check = |module| {
        let mut found = Diagnostics::default();
        for rule in RULES {
            if let Check::Terraform(check) = rule.check {
                let context = TerraformContext {
                    rule,
                    module,
                    tree,
                    call,
                    undated: &undated,
                };
                check(&context, &mut found);
            }
        }
        found
    };
    let of_each: Vec<Diagnostics> = match tree {
        // The roots of a render come one by one, from threads that have enough to do.
        [only] => vec![check(only)],
        all => all.par_iter().map(check).collect(),
    };
    let mut found = Diagnostics::default();
    for one in of_each {
        found.append(one);
    }
    found.extend(skipped(undated.into_inner()));
    found
}

/// Without a day nothing can be said of the end of support.
fn skipped(count: usize) -> Option<Finding> {
    let versions = match count {
        0 => return None,
        1 => "a version still gets".to_owned(),
        _ => format!("{count} versions still get"),
    };
    let message = format!("no date was given: whether {versions} fixes was not looked at");
    Some(
        Finding::new(DATE_RULES_SKIPPED, Severity::Info, message)
            .help("give the day: `--as-of 2027-03-31`, or `Context::as_of`"),
    )
}

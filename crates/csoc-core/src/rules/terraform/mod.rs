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
#[cfg(test)]
mod tests;
mod trust;
mod values;

pub(crate) use context::TerraformContext;
pub(crate) use module::{TerraformFile, TerraformModule};
pub(super) use registry::RULES;

use rayon::prelude::*;

use super::rule::Check;
use crate::diagnostic::Diagnostics;

/// Runs every rule over the directories of a tree.
pub(crate) fn check(tree: &[TerraformModule<'_>]) -> Diagnostics {
    let check = |module| {
        let mut found = Diagnostics::default();
        for rule in RULES {
            if let Check::Terraform(check) = rule.check {
                check(&TerraformContext { rule, module, tree }, &mut found);
            }
        }
        found
    };
    if let [only] = tree {
        return check(only);
    }
    let of_each: Vec<Diagnostics> = tree.par_iter().map(check).collect();
    let mut found = Diagnostics::default();
    for one in of_each {
        found.append(one);
    }
    found
}

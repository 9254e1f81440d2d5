//! One mechanism for every check: a rule takes the narrowest thing it needs and says what does not hold.
//!
//! A new rule is one function in the file of its subject, a line in
//! [`registry`], a failing and a passing fixture, and a page below `docs/rules/`.

mod accounts;
mod addons;
mod allow_lists;
mod applications;
mod argocd_hosts;
mod balancers;
mod baseline;
mod chart_codes;
mod clusters;
mod codes;
mod context;
mod controls;
mod cutover;
mod data;
mod databases;
mod delivery;
mod engine;
mod exposure;
mod family;
mod gitops;
mod horizon;
mod hosts;
mod hub;
mod hub_groups;
mod hub_services;
mod hub_sign_in;
mod leaving;
mod lifecycle;
mod list_limits;
mod list_reach;
mod log_retention;
mod name_use;
mod names;
mod network;
mod network_joins;
mod network_plan;
mod observability;
mod partition_services;
mod partitions;
mod places;
mod platform;
mod policy;
mod policy_rules;
mod pushing;
mod reaching;
mod reference;
mod registry;
mod release;
mod rendered;
mod report;
mod rule;
mod secrets;
mod services;
mod settings;
mod stores;
mod terraform;
mod terraform_codes;
mod time_zones;
mod upgrades;
mod users;

pub use codes::codes;
pub(crate) use codes::{
    DATE_RULES_SKIPPED, IMPORT_LIVE_INVALID, IMPORT_MAPPING_INVALID, LOCK_MISSING, LOCK_OUTDATED,
};
pub(crate) use context::{FleetContext, place_of};
pub use controls::{ControlFacts, controls};
pub(crate) use gitops::check as check_gitops;
pub(crate) use policy::{Extent, apply_policy};
use registry::RULES;
pub(crate) use rendered::check as check_rendered;
use rule::Check;
pub(crate) use terraform::{TerraformFile, TerraformModule, check as check_terraform};

use std::sync::OnceLock;

use rayon::prelude::*;

use crate::context::Context;
use crate::contract::Contracts;
use crate::diagnostic::Diagnostics;
use crate::resolve::ResolvedFleet;

/// Whether a code is that of a rule, and not of a stage.
#[cfg(test)]
pub(crate) fn is_rule(code: crate::diagnostic::Code) -> bool {
    registry::all().any(|rule| rule.code == code)
}

/// Runs every rule over the fleet and its contracts.
pub(crate) fn check(
    fleet: &ResolvedFleet,
    contracts: &Contracts,
    context: &Context,
) -> Diagnostics {
    let names = OnceLock::new();
    let rules: Vec<&'static rule::Rule> = RULES.iter().chain(engine::RULES).collect();
    let of_each: Vec<Diagnostics> = rules
        .par_iter()
        .map(|rule| {
            let mut found = Diagnostics::default();
            let view = FleetContext {
                rule,
                fleet,
                contracts,
                call: context,
                names: &names,
            };
            match rule.check {
                Check::Fleet(check) | Check::Both { fleet: check, .. } => check(&view, &mut found),
                // Those of policy run once all findings are there, the others over something else.
                Check::Gitops(_) | Check::Rendered(_) | Check::Terraform(_) | Check::Policy(_) => {}
            }
            found
        })
        .collect();
    let mut found = Diagnostics::default();
    for one in of_each {
        found.append(one);
    }
    context.progress("check", rules.len(), rules.len());
    found
}

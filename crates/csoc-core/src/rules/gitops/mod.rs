//! Rules about GitOps repositories, ours and foreign: what Applications, clusters and values say of each other.
//!
//! A foreign repository has no tiers: a rule is as severe there as it says for
//! what nobody knows the tier of.

mod accounts;
mod applications;
mod applicationsets;
mod capabilities;
mod clusters;
mod context;
mod databases;
mod debugging;
mod destinations;
mod entrances;
mod families;
mod frontends;
mod hosts;
mod images;
mod namespaces;
mod networks;
mod registry;
mod roles;
mod scale;
mod secret_stores;
mod secrets;
mod services;
mod workspaces;

pub(super) use accounts::arn_account_mismatch;
pub(super) use applications::{
    application_name_not_unique, application_release_not_unique, chart_unpinned,
};
pub(super) use capabilities::{
    alb_controller_uninstalled, argo_workflows_uninstalled, cert_manager_uninstalled,
    external_secrets_uninstalled, network_policy_unenforced,
};
pub(super) use clusters::{addon_version_old, node_keys_foreign, telemetry_foreign};
pub(crate) use context::GitopsContext;
pub(super) use destinations::{
    application_cluster_differs, application_cluster_unknown, application_destination_twice,
    application_project_refuses,
};
pub(super) use entrances::{load_balancer_settings_differ, web_acl_missing};
pub(super) use hosts::hostname_not_unique;
pub(super) use images::image_tag_mutable;
pub(super) use registry::RULES;
pub(super) use scale::{
    autoscaling_bounds_reversed, autoscaling_replicas_conflict, disruption_budget_ineffective,
};
pub(super) use secrets::secret_shared_in_account;
pub(super) use services::tier_access_limit_missing;

use rayon::prelude::*;

use super::registry::all;
use super::rule::{Check, Rule};
use crate::catalog::GitRefs;
use crate::diagnostic::Diagnostics;
use crate::gitops::Repository;

/// Runs every rule over a repository; `refs` are the branches and tags that are known to exist.
pub(crate) fn check(repository: &Repository, refs: Option<&GitRefs>) -> Diagnostics {
    let rules: Vec<&'static Rule> = all().collect();
    let of_each: Vec<Diagnostics> = rules
        .into_par_iter()
        .map(|rule| {
            let mut found = Diagnostics::default();
            if let Check::Gitops(check) | Check::Both { gitops: check, .. } = rule.check {
                let context = GitopsContext {
                    rule,
                    repository,
                    refs,
                };
                check(&context, &mut found);
            }
            found
        })
        .collect();
    let mut found = Diagnostics::default();
    for one in of_each {
        found.append(one);
    }
    found
}

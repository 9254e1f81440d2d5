//! Rules about the short name of a deployment, which its secrets, buckets and load balancer are called after.

use std::collections::BTreeMap;

use super::context::GitopsContext;
use crate::diagnostic::Diagnostics;
use crate::gitops::Deployment;

/// Where it stands.
const ENVIRONMENT: [&str; 2] = ["global", "environment"];

/// A deployment has a short name.
pub(super) fn environment_name_missing(context: &GitopsContext<'_>, found: &mut Diagnostics) {
    for deployment in context
        .deployments()
        .filter(|deployment| deployment.text(&ENVIRONMENT).is_none())
    {
        found.push(
            context
                .value(deployment, &["global", "hostname"], "`global.environment` is not set: secrets, buckets and the load balancer are called `default`", "without `environment`")
                .help("set global.environment to a short name that the account has once"),
        );
    }
}

/// A short name is that of one deployment of the account.
pub(super) fn environment_name_shared(context: &GitopsContext<'_>, found: &mut Diagnostics) {
    let mut first: BTreeMap<(&str, &str), &Deployment> = BTreeMap::new();
    for deployment in context.deployments() {
        let (Some(account), Some(name)) = (
            context.repository.account(deployment),
            deployment.text(&ENVIRONMENT),
        ) else {
            continue;
        };
        let Some(other) = first.get(&(account, name)) else {
            first.insert((account, name), deployment);
            continue;
        };
        found.push(
            context
                .value(deployment, &ENVIRONMENT, format!("`{}` and `{}` of one account are both called `{name}`: their secrets have the same names", other.directory(), deployment.directory()), "and here")
                .help("give each its own short name")
                .label(other.place(&ENVIRONMENT), "first used here"),
        );
    }
}

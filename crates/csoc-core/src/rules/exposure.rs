//! Rules about who reaches what: allow-lists, web ACLs, protected health information.

use super::context::{FleetContext, is_rendered};
use crate::contract::{EnvironmentContract, LoadBalancerContract};
use crate::diagnostic::Diagnostics;
use crate::model::cluster::Scheme;
use crate::model::environment::{Classification, TierAccessLevel};
use crate::resolve::EnvironmentRef;

/// Protected health information is reached from known networks only.
pub(crate) fn phi_needs_access_limit(context: &FleetContext<'_>, found: &mut Diagnostics) {
    for (at, environment) in phi(context) {
        let listed = !environment.spec.exposure.allow_list.is_empty();
        if listed || environment.endpoint.scheme == Scheme::Internal {
            continue;
        }
        found.push(
            context
                .environment_finding(
                    at,
                    &["exposure", "allowList"],
                    "protected health information is reached from the whole internet",
                )
                .help("list the networks that may reach it: exposure: { allowList: [198.51.100.0/24] }, or put it behind an internal load balancer")
                .label(context.environment_place(at, &["data", "classification"]), "classified here")
                .label(context.environment_place(at, &["exposure", "allowList"]), "no allow-list"),
        );
    }
}

/// Protected health information is not shown to those without access.
pub(crate) fn phi_shown_publicly(context: &FleetContext<'_>, found: &mut Diagnostics) {
    for (at, environment) in phi(context) {
        let exposure = &environment.spec.exposure;
        let public = exposure.public_data.then_some((
            ["exposure", "publicData"].as_slice(),
            "some data is for everyone",
        ));
        let libre = (exposure.tier_access.level == TierAccessLevel::Libre).then_some((
            ["exposure", "tierAccess", "level"].as_slice(),
            "everything is counted and listed for everyone",
        ));
        for (field, what) in public.into_iter().chain(libre) {
            found.push(
                context
                    .environment_finding(at, field, format!("{what}, and the data is protected health information"))
                    .help("set publicData: false and tierAccess: { level: private }, or correct the classification")
                    .label(context.environment_place(at, field), "shown to everyone")
                    .label(context.environment_place(at, &["data", "classification"]), "classified here"),
            );
        }
    }
}

/// The state of stacks that hold protected health information is encrypted with a key of one's own.
pub(crate) fn phi_state_key_missing(context: &FleetContext<'_>, found: &mut Diagnostics) {
    let Some(state) = &context.fleet.spec.terraform.state else {
        return;
    };
    let first =
        phi(context).find(|(_, environment)| is_rendered(environment.spec.management.terraform));
    if let (None, Some((at, _))) = (&state.kms_key, first) {
        let path = ["terraform", "state", "kmsKey"];
        found.push(
            context
                .finding(&path, "Terraform's state is not encrypted with a key of yours, and the fleet holds protected health information")
                .help("name the key: terraform: { state: { kmsKey: arn:aws:kms:… } }; state names every bucket, role and secret")
                .label(context.place(&["terraform", "state"]), "`kmsKey` is missing here")
                .label(context.environment_place(at, &["data", "classification"]), "classified here"),
        );
    }
}

/// An allow-list is enforced by something.
pub(crate) fn allow_list_unenforced(context: &FleetContext<'_>, found: &mut Diagnostics) {
    for (at, environment) in context.linked() {
        if environment.spec.exposure.allow_list.is_empty() {
            continue;
        }
        let Some(balancer) =
            balancer(context, environment).filter(|balancer| balancer.web_acl.is_none())
        else {
            continue;
        };
        let place = [
            "clusters",
            environment.cluster.as_str(),
            "loadBalancers",
            balancer.name.as_str(),
        ];
        found.push(
            context
                .environment_finding(
                    at,
                    &["exposure", "allowList"],
                    format!(
                        "nothing enforces the allow-list: the load balancer `{}` has no web ACL",
                        balancer.name
                    ),
                )
                .help("give the load balancer one (webAcl: managed), or use another load balancer")
                .label(
                    context.environment_place(at, &["exposure", "allowList"]),
                    "has no effect",
                )
                .label(context.place(&place), "no web ACL"),
        );
    }
}

/// What the internet reaches has a web ACL before it.
pub(crate) fn web_acl_missing(context: &FleetContext<'_>, found: &mut Diagnostics) {
    for (at, environment) in context.linked() {
        let Some(balancer) = balancer(context, environment) else {
            continue;
        };
        if balancer.scheme != Scheme::InternetFacing || balancer.web_acl.is_some() {
            continue;
        }
        let place = [
            "clusters",
            environment.cluster.as_str(),
            "loadBalancers",
            balancer.name.as_str(),
            "webAcl",
        ];
        found.push(
            context
                .environment_finding(
                    at,
                    &["loadBalancer"],
                    format!(
                        "the internet reaches `{}` without a web ACL",
                        environment.endpoint.hostname
                    ),
                )
                .help("remove webAcl: none from the load balancer, or make it internal")
                .label(context.place(&place), "no web ACL")
                .label(
                    context.environment_place(at, &["hostname"]),
                    "reached through it",
                ),
        );
    }
}

/// Counts above a limit need the limit.
pub(crate) fn tier_access_limit_missing(context: &FleetContext<'_>, found: &mut Diagnostics) {
    for (at, environment) in context.environments() {
        let access = &environment.spec.exposure.tier_access;
        if access.level == TierAccessLevel::Regular && access.limit.is_none() {
            let field = ["exposure", "tierAccess", "limit"];
            found.push(
                context
                    .environment_finding(at, &field, "the tier access level `regular` lacks its limit")
                    .help("add the smallest count that is shown: tierAccess: { level: regular, limit: 100 }")
                    .label(
                        context.environment_place(at, &["exposure", "tierAccess", "level"]),
                        "counts above which limit?",
                    ),
            );
        }
    }
}

fn phi<'a>(
    context: &FleetContext<'a>,
) -> impl Iterator<Item = (&'a EnvironmentRef, &'a EnvironmentContract)> {
    context
        .linked()
        .filter(|(_, environment)| environment.spec.data.classification == Classification::Phi)
}

fn balancer<'a>(
    context: &FleetContext<'a>,
    environment: &EnvironmentContract,
) -> Option<&'a LoadBalancerContract> {
    context
        .contracts
        .clusters
        .get(&environment.cluster)?
        .load_balancers
        .iter()
        .find(|balancer| balancer.name.as_str() == environment.endpoint.load_balancer)
}

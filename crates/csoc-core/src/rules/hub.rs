//! Rules about where the fleet is run from, and what its accounts hold for each other.

use std::collections::BTreeMap;

use super::context::{FleetContext, is_rendered};
use crate::diagnostic::Diagnostics;
use crate::model::Provider;
use crate::model::hub::CiProvider;

/// A subject is one of the provider that signs its tokens.
pub(crate) fn pipeline_subject_foreign(context: &FleetContext<'_>, found: &mut Diagnostics) {
    let hub = context.fleet.spec.hub.as_ref();
    let Some(ci) = hub.and_then(|hub| hub.ci.as_ref()) else {
        return;
    };
    let name = match ci.provider {
        CiProvider::Github => "GitHub",
        CiProvider::Gitlab => "GitLab",
    };
    let prefix = ci.provider.subject_prefix();
    for (field, subjects) in [("applies", &ci.applies), ("plans", &ci.plans)] {
        let path = ["hub", "ci", field];
        for subject in subjects {
            if subject.as_str().starts_with(prefix) {
                continue;
            }
            found.push(
                context
                    .finding(
                        &path,
                        format!("`{subject}` is no subject of {name}'s tokens, which begin with `{prefix}`"),
                    )
                    .help("name the pipeline as its provider does, or correct `hub.ci.provider`")
                    .label(context.place(&path), "no pipeline of it has this")
                    .label(context.place(&["hub", "ci", "provider"]), "the provider"),
            );
        }
    }
}

/// Some pipeline may apply, and a role lets it.
pub(crate) fn pipeline_subject_missing(context: &FleetContext<'_>, found: &mut Diagnostics) {
    let hub = context.fleet.spec.hub.as_ref();
    if hub
        .and_then(|hub| hub.ci.as_ref())
        .is_none_or(|ci| !ci.applies.is_empty())
    {
        return;
    }
    let path = ["hub", "ci", "applies"];
    found.push(
        context
            .finding(&path, "no pipeline may apply: `applies` is empty")
            .help("name a subject, such as `repo:OWNER/NAME:environment:NAME`, or take `ci` out")
            .label(context.place(&path), "empty"),
    );
}

/// Who the controller is, one place says.
pub(crate) fn pipeline_unused(context: &FleetContext<'_>, found: &mut Diagnostics) {
    let Some(hub) = &context.fleet.spec.hub else {
        return;
    };
    if hub.ci.is_none() || hub.controller_role.is_none() {
        return;
    }
    let path = ["hub", "ci"];
    found.push(
        context
            .finding(
                &path,
                "`ci` is without effect: `controllerRole` names a role that somebody else makes",
            )
            .help("take `controllerRole` out, so that `bootstrap` makes a role for this pipeline, or take `ci` out")
            .label(context.place(&path), "no role is made for it")
            .label(context.place(&["hub", "controllerRole"]), "the role"),
    );
}

/// Units have a place in the organization.
pub(crate) fn guardrail_units_unplaced(context: &FleetContext<'_>, found: &mut Diagnostics) {
    let organization = context.fleet.spec.organization.as_ref();
    let Some(guardrails) = organization.and_then(|organization| organization.guardrails.as_ref())
    else {
        return;
    };
    if guardrails.units.is_empty() || guardrails.parent.is_some() {
        return;
    }
    let path = ["organization", "guardrails", "units"];
    found.push(
        context
            .finding(&path, "units are named and not below what; `parent` must be the organization's root or a unit")
            .help("add the root's identifier: parent: r-a1b2, or leave `units` out to bind each account")
            .label(context.place(&path), "these units"),
    );
}

/// One account holds the zone of a domain.
pub(crate) fn account_domain_shared(context: &FleetContext<'_>, found: &mut Diagnostics) {
    let mut first = BTreeMap::new();
    for (name, account) in &context.fleet.accounts {
        let ours = account.provider == Provider::Aws && is_rendered(account.management.terraform);
        let Some(domain) = account.domain.as_ref().filter(|_| ours) else {
            continue;
        };
        let Some(other) = first.get(domain) else {
            first.insert(domain, name);
            continue;
        };
        let path = ["accounts", name.as_str(), "domain"];
        found.push(
            context
                .finding(
                    &path,
                    format!("the accounts `{other}` and `{name}` would both hold the zone of `{domain}`; only one can be found"),
                )
                .help("give each account a domain of its own, such as a name below this one")
                .label(context.place(&path), format!("of `{name}`"))
                .label(
                    context.place(&["accounts", other.as_str(), "domain"]),
                    format!("and of `{other}`"),
                ),
        );
    }
}

/// Domains are delegated from the hub to accounts, and never back.
pub(crate) fn domain_above_hub(context: &FleetContext<'_>, found: &mut Diagnostics) {
    let hub = context.fleet.spec.hub.as_ref();
    let Some((hub, parent)) = hub.and_then(|hub| Some((hub, hub.domain.as_ref()?))) else {
        return;
    };
    for (name, account) in &context.fleet.accounts {
        let ours = is_rendered(account.management.terraform) && *name != hub.account;
        let Some(domain) = account.domain.as_ref().filter(|_| ours) else {
            continue;
        };
        if domain == parent || !parent.is_within(domain) {
            continue;
        }
        let path = ["accounts", name.as_str(), "domain"];
        found.push(
            context
                .finding(
                    &path,
                    format!("`{domain}` is above the hub's domain `{parent}`: the hub would depend on an account that depends on it"),
                )
                .help("let the hub hold the upper domain, and give the account one below it")
                .label(context.place(&path), "delegates to the hub")
                .label(context.place(&["hub", "domain"]), "the hub's domain"),
        );
    }
}

//! Rules about host names.

use std::collections::BTreeMap;

use super::context::{FleetContext, is_rendered};
use crate::diagnostic::Diagnostics;
use crate::model::environment::Certificate;

/// Every environment has a host name of its own, over the whole fleet.
pub(crate) fn hostname_not_unique(context: &FleetContext<'_>, found: &mut Diagnostics) {
    let mut first = BTreeMap::new();
    for (at, environment) in context.environments() {
        let hostname = &environment.spec.hostname;
        let Some(other) = first.insert(hostname, at) else {
            continue;
        };
        found.push(
            context
                .environment_finding(
                    at,
                    &["hostname"],
                    format!("`{hostname}` is the host name of two environments"),
                )
                .help("give each environment a host name of its own")
                .label(
                    context.environment_place(at, &["hostname"]),
                    format!("of {at}"),
                )
                .label(
                    context.environment_place(other, &["hostname"]),
                    format!("and of {other}"),
                ),
        );
        first.insert(hostname, other);
    }
}

/// A host whose certificate is issued and proved by us lies in the domain whose zone its account holds.
pub(crate) fn hostname_outside_domain(context: &FleetContext<'_>, found: &mut Diagnostics) {
    for (at, environment) in context.environments() {
        let spec = &environment.spec;
        let Some((cluster, account)) = context.fleet.home(environment) else {
            continue;
        };
        let Some(domain) = &account.domain else {
            continue;
        };
        let ours = spec.certificate == Certificate::Acm && is_rendered(spec.management.terraform);
        if !ours || spec.hostname.is_within(domain) {
            continue;
        }
        found.push(
            context
                .environment_finding(
                    at,
                    &["hostname"],
                    format!(
                        "`{}` lies outside the account's domain `{domain}`",
                        spec.hostname
                    ),
                )
                .help("name a host in that domain, or bring the certificate: certificate: byo")
                .label(
                    context.environment_place(at, &["hostname"]),
                    "no zone of ours can prove this certificate",
                )
                .label(
                    context.place(&["accounts", cluster.spec.account.as_str(), "domain"]),
                    "the zone",
                ),
        );
    }
}

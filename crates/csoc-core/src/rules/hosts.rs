//! Rules about host names.

use std::collections::BTreeMap;

use super::context::FleetContext;
use crate::diagnostic::Diagnostics;

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

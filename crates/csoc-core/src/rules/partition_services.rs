//! Rules about what a partition of AWS lacks.

use super::context::{FleetContext, is_rendered};
use crate::catalog::PartitionFacts;
use crate::diagnostic::{Diagnostics, Severity};
use crate::model::Provider;
use crate::resolve::ResolvedFleet;

/// What is asked for is made of services that the account's partition has.
pub(crate) fn partition_service_missing(context: &FleetContext<'_>, found: &mut Diagnostics) {
    let facts = PartitionFacts::embedded();
    let hub = context.fleet.spec.hub.as_ref();
    for (name, account) in &context.fleet.accounts {
        if account.provider != Provider::Aws || !is_rendered(account.management.terraform) {
            continue;
        }
        let partition = ResolvedFleet::partition(&account.region);
        let own = |field| ["accounts", name.as_str(), field];
        if account.budget.is_some() && facts.lacks(partition, "budgets") {
            let path = own("budget");
            let mut finding = context
                .finding(
                    &path,
                    format!("nothing watches what `{name}` costs: `{partition}` has no budgets, so that none is made"),
                )
                .help("take `budget` out, and give one to the account of the partition `aws` that is billed for this one")
                .label(context.place(&path), "left out")
                .label(context.place(&own("region")), format!("of `{partition}`"));
            // Everything else can be made without it.
            finding.severity = Severity::Warning;
            found.push(finding);
        }
        if facts.has_public_zones(partition) {
            continue;
        }
        let zones = [
            (own("domain").to_vec(), account.domain.as_ref()),
            (
                vec!["hub", "domain"],
                hub.filter(|hub| hub.account == *name)
                    .and_then(|hub| hub.domain.as_ref()),
            ),
        ];
        for (path, domain) in zones {
            if let Some(domain) = domain {
                found.push(
                    context
                        .finding(
                            &path,
                            format!("the zone of `{domain}` cannot be made: zones of `{partition}` are of networks, and none is of the internet"),
                        )
                        .help("take it out: keep the records of these hosts, and those that prove their certificates, in a zone of another partition")
                        .label(context.place(&path), "no zone for it")
                        .label(context.place(&own("region")), format!("of `{partition}`")),
                );
            }
        }
    }
}

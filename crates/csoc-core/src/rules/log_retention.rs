//! How long logs are kept.

use super::context::FleetContext;
use crate::catalog::NetworkFacts;
use crate::diagnostic::Diagnostics;
use crate::model::Cluster;

/// Logs are kept for a number of days that `CloudWatch` Logs takes.
pub(crate) fn log_retention_invalid(context: &FleetContext<'_>, found: &mut Diagnostics) {
    let known = &NetworkFacts::embedded().log_retention_days;
    for (name, cluster) in &context.fleet.clusters {
        for (field, days) in retentions(&cluster.spec) {
            if known.contains(&days) {
                continue;
            }
            let path: Vec<&str> = ["clusters", name.as_str()]
                .into_iter()
                .chain(field)
                .collect();
            let next = known.iter().find(|known| **known > days);
            let next = next.or(known.last()).copied().unwrap_or_default();
            found.push(
                context
                    .finding(&path, format!("a log cannot be kept for {days} days"))
                    .help(format!(
                        "write {next}: CloudWatch Logs takes one of a list of numbers"
                    ))
                    .label(context.place(&path), "no number that CloudWatch Logs takes"),
            );
        }
    }
}

/// Every such field of a cluster, with the path to it.
fn retentions(cluster: &Cluster) -> Vec<(Vec<&str>, u32)> {
    let flow_logs = cluster.network.flow_logs.retention_days;
    let mut all = vec![(vec!["network", "flowLogs", "retentionDays"], flow_logs)];
    for (name, balancer) in &cluster.load_balancers {
        let path = vec!["loadBalancers", name.as_str(), "waf", "logRetentionDays"];
        all.push((path, balancer.waf.log_retention_days));
    }
    let own = cluster.log_retention_days;
    all.extend(own.map(|days| (vec!["logRetentionDays"], days)));
    for (name, database) in &cluster.databases {
        let path = vec!["databases", name.as_str(), "logRetentionDays"];
        all.extend(database.log_retention_days.map(|days| (path, days)));
    }
    for (name, search) in &cluster.search {
        let path = vec!["search", name.as_str(), "logRetentionDays"];
        all.extend(search.log_retention_days.map(|days| (path, days)));
    }
    all
}

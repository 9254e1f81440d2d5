//! Rules about host names.

use std::collections::BTreeMap;

use super::context::{FleetContext, is_rendered};
use crate::contract::Ingress;
use crate::diagnostic::Diagnostics;
use crate::model::cluster::Platform;
use crate::model::environment::{Certificate, Records};
use crate::resolve::EnvironmentRef;

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

/// Whether a controller in the cluster leads requests to an environment.
fn is_led_by_controller(
    context: &FleetContext<'_>,
    at: &EnvironmentRef,
    platform: Platform,
) -> bool {
    let linked = context.contracts.environments.get(at);
    linked.map_or(platform.ingress_class().is_some(), |environment| {
        environment.endpoint.ingress != Ingress::Balancer
    })
}

/// Whoever is to keep a record can.
pub(crate) fn record_unkept(context: &FleetContext<'_>, found: &mut Diagnostics) {
    for (at, environment) in context.environments() {
        let spec = &environment.spec;
        let Some((cluster, account)) = context.fleet.home(environment) else {
            continue;
        };
        let holds = account
            .domain
            .as_ref()
            .is_some_and(|domain| spec.hostname.is_within(domain));
        let ours = is_rendered(spec.management.terraform);
        let (why, help) = match spec.records {
            Some(Records::ExternalDns) if !cluster.spec.keeps_records() => (
                format!("no external-dns runs in the cluster `{}`", spec.cluster),
                "switch it on: `eksAddons: { externalDns: {} }` of the cluster, or say records: terraform",
            ),
            Some(Records::ExternalDns | Records::Terraform) if !holds => (
                "it is in no zone of its account".to_owned(),
                "say records: manual, and make it where the zone is; or give the account the domain",
            ),
            Some(Records::Terraform) if !ours => (
                "somebody else owns the environment's Terraform".to_owned(),
                "say records: manual, or let its Terraform be managed",
            ),
            Some(Records::Terraform)
                if cluster.spec.platform != Platform::Eks
                    || is_led_by_controller(context, at, cluster.spec.platform) =>
            {
                (
                    "Terraform finds only load balancers that AWS's controller makes on EKS"
                        .to_owned(),
                    "say records: manual",
                )
            }
            _ => continue,
        };
        found.push(
            context
                .environment_finding(
                    at,
                    &["records"],
                    format!("nobody keeps the record of `{}`: {why}", spec.hostname),
                )
                .help(help)
                .label(
                    context.environment_place(at, &["records"]),
                    "asked for here",
                ),
        );
    }
}

/// A certificate is one that the platform's ingress takes.
pub(crate) fn certificate_unfitting(context: &FleetContext<'_>, found: &mut Diagnostics) {
    for (at, environment) in context.environments() {
        let spec = &environment.spec;
        let Some((cluster, _)) = context.fleet.home(environment) else {
            continue;
        };
        if !is_rendered(spec.management.values) {
            continue;
        }
        let platform = cluster.spec.platform;
        let is_issued = matches!(
            spec.certificate,
            Certificate::LeDns01 | Certificate::LeHttp01
        );
        let has_controller = is_led_by_controller(context, at, platform);
        let is_proved = context
            .contracts
            .clusters
            .get(&spec.cluster)
            .and_then(|it| it.eks.as_ref())
            .is_some_and(|eks| eks.challenges.contains(&spec.hostname));
        let (message, help) = match spec.certificate {
            _ if is_issued && platform == Platform::Eks && !has_controller => (
                "a load balancer of AWS takes certificates of ACM only, and Let's Encrypt's would lie in the cluster",
                "say certificate: acm, which costs nothing and renews itself; or byo, and import yours into ACM in the cluster's region; or let a controller in the cluster lead in: loadBalancers: { NAME: { ingressClass: nginx } }",
            ),
            Certificate::LeDns01 if is_proved => continue,
            Certificate::LeDns01 if has_controller && platform == Platform::Eks => (
                "to prove a name by a record takes a zone that the cluster's account holds, and Terraform of ours that makes the role",
                "name a host in the account's `domain`; or say certificate: le-http01, which proves it by a file; or byo",
            ),
            Certificate::LeDns01 if has_controller => (
                "to prove a name by a record takes a role in the zone's account, which only pods on EKS can be",
                "say certificate: le-http01, which proves it by a file; or byo",
            ),
            Certificate::Acm if has_controller => (
                "ACM gives its certificates to load balancers of AWS only, and a controller in the cluster leads to this host",
                "say certificate: le-http01, or byo with a Secret `revproxy-tls` of its namespace",
            ),
            _ if is_issued && !has_controller => (
                "what leads into this cluster brings certificates of its own",
                "say certificate: byo",
            ),
            _ => continue,
        };
        found.push(
            context
                .environment_finding(at, &["certificate"], message)
                .help(help)
                .label(
                    context.environment_place(at, &["certificate"]),
                    "does not fit",
                )
                .label(
                    context.place(&["clusters", spec.cluster.as_str(), "platform"]),
                    "the cluster's platform",
                ),
        );
    }
}

//! The rule that lists of networks fit into what the cloud holds them in.

use std::collections::BTreeSet;

use ipnet::IpNet;

use super::allow_lists::{answered, networks};
use super::context::FleetContext;
use crate::catalog::NetworkFacts;
use crate::diagnostic::{Diagnostics, Severity};
use crate::model::cluster::Nat;
use crate::model::name::ObjectName;
use crate::model::network::Cidr;
use crate::model::stack::{OutputKind, StackKind};
use crate::network::plan;
use crate::resolve::{EnvironmentRef, ResolvedFleet};

/// The annotation that the controller of load balancers makes rules of a security group of.
const INBOUND: [&str; 5] = [
    "values",
    "revproxy",
    "ingress",
    "annotations",
    "alb.ingress.kubernetes.io/inbound-cidrs",
];

/// A list is as long as what is made of it may be.
pub(crate) fn network_list_long(context: &FleetContext<'_>, found: &mut Diagnostics) {
    let facts = NetworkFacts::embedded();
    for (path, list) in answered(context.fleet) {
        if let Some(message) = too_many(networks(list), facts.ip_set_networks) {
            let message = format!("`{}` has {message}", path.join("."));
            found.push(
                context
                    .finding(&path, message)
                    .help(SHORTEN)
                    .label(context.place(&path), "too long"),
            );
        }
    }
    let field = ["exposure", "allowList"];
    for (at, environment) in context.environments() {
        let list = environment.spec.exposure.allow_list.iter();
        if let Some(message) = too_many(list.map(Cidr::network), facts.ip_set_networks) {
            found.push(
                context
                    .environment_finding(at, &field, format!("the allow-list has {message}"))
                    .help(SHORTEN)
                    .label(context.environment_place(at, &field), "too long"),
            );
        }
        inbound(context, at, found);
    }
    for (name, cluster) in &context.fleet.clusters {
        let count = cluster.spec.endpoint.cidrs.len();
        if count > facts.endpoint_networks {
            let path = ["clusters", name.as_str(), "endpoint", "cidrs"];
            found.push(
                context
                    .finding(
                        &path,
                        format!(
                            "the API of the cluster `{name}` lists {count} networks, and EKS takes {}",
                            facts.endpoint_networks
                        ),
                    )
                    .help("join neighbours, or let people come through a network that the cluster's is joined to")
                    .label(context.place(&path), "too long"),
            );
        }
    }
    senders(context, found);
}

const SHORTEN: &str =
    "join neighbours into wider networks, or let people come through a network of fewer addresses";

/// What a list has too much of for one set of addresses of AWS WAF: there is one for each family.
fn too_many(list: impl Iterator<Item = IpNet>, most: usize) -> Option<String> {
    let (v4, v6): (Vec<IpNet>, Vec<IpNet>) = list.partition(|it| matches!(it, IpNet::V4(_)));
    let long = [("IPv4", v4.len()), ("IPv6", v6.len())].into_iter();
    let mut long = long.filter(|(_, count)| *count > most);
    let (family, count) = long.next()?;
    Some(format!(
        "{count} networks of {family}, and a set of addresses of AWS WAF holds {most}"
    ))
}

/// What an environment writes itself into the annotation of its ingress.
fn inbound(context: &FleetContext<'_>, at: &EnvironmentRef, found: &mut Diagnostics) {
    let most = NetworkFacts::embedded().security_group_rules;
    let Some(environment) = context.fleet.environments.get(at) else {
        return;
    };
    let text = environment.layers.merged.path(&INBOUND);
    let count = text
        .and_then(|node| node.text())
        .map_or(0, |text| text.split(',').count());
    if count <= most {
        return;
    }
    let mut finding = context
        .environment_finding(
            at,
            &INBOUND,
            format!("`inbound-cidrs` has {count} networks, and a security group holds {most} rules"),
        )
        .help("use `exposure.allowList`, whose networks are a set of AWS WAF; or have the account's quota raised and waive this")
        .label(context.environment_place(at, &INBOUND), "too long");
    finding.severity = Severity::Warning;
    found.push(finding);
}

/// What clusters send to one that keeps it comes from as many addresses as the rules of a security group let in.
fn senders(context: &FleetContext<'_>, found: &mut Diagnostics) {
    let fleet = context.fleet;
    let most = NetworkFacts::embedded().security_group_rules;
    for name in fleet.clusters.keys() {
        let all = context.contracts.watch.senders_to(name);
        let networks: BTreeSet<&ObjectName> =
            all.map(|sender| fleet.network_owner(sender)).collect();
        let count: usize = networks.iter().map(|name| leaves_from(fleet, name)).sum();
        if count <= most {
            continue;
        }
        let path = ["clusters", name.as_str()];
        let mut finding = context
            .finding(
                &path,
                format!("what clusters send to `{name}` comes from {count} addresses, and the security group of its load balancer holds {most} rules"),
            )
            .help("have the account's quota of rules in a security group raised and waive this, or let some accounts keep their own: observability: per-account")
            .label(context.place(&path), "keeps what they send");
        // The quota can be raised.
        finding.severity = Severity::Warning;
        found.push(finding);
    }
}

/// From how many addresses a network leaves.
fn leaves_from(fleet: &ResolvedFleet, network: &ObjectName) -> usize {
    let recorded = fleet
        .cluster_stack(network, StackKind::Network)
        .and_then(|stack| {
            let output = ResolvedFleet::output(stack, OutputKind::NatAddresses, None);
            fleet.outputs.texts(&output).value().map(Vec::len)
        });
    recorded.unwrap_or_else(|| {
        plan(fleet, network).map_or(0, |plan| match plan.nat {
            Nat::None => 0,
            Nat::Single => 1,
            Nat::PerZone => plan.zones.len(),
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::network::Cidr;

    #[test]
    fn a_set_of_each_family_is_as_long_as_it_may_be() {
        let v4 =
            |count: u32| (0..count).map(|at| format!("198.{}.{}.0/24", at / 256 % 256, at % 256));
        let v6 = |count: u32| (0..count).map(|at| format!("2001:db8:{at:x}::/48"));
        let of = |texts: Vec<String>| {
            let list = texts.iter().map(|text| text.parse::<Cidr>().unwrap());
            too_many(list.map(|cidr| cidr.network()), 10_000)
        };
        assert_eq!(of(v4(10_000).chain(v6(10_000)).collect()), None);
        let long = of(v4(10_001).collect()).unwrap();
        assert!(long.starts_with("10001 networks of IPv4"), "{long}");
        let long = of(v6(10_001).collect()).unwrap();
        assert!(long.starts_with("10001 networks of IPv6"), "{long}");
    }
}

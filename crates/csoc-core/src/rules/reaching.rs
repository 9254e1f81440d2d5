//! Rules about whether the hub's Argo CD reaches the API of a cluster that it pushes to.

use ipnet::IpNet;

use super::context::FleetContext;
use super::pushing::{hub, pushed};
use crate::contract::Login;
use crate::diagnostic::{Diagnostics, Severity};
use crate::model::cluster::Egress;
use crate::model::control_plane::EndpointAccess;
use crate::model::name::ObjectName;
use crate::model::network::Cidr;
use crate::model::stack::{OutputKind, StackKind};
use crate::network::{Joint, covers, joint, makes_network};
use crate::resolve::ResolvedFleet;

/// Whoever is to deliver to a cluster reaches its API.
pub(crate) fn hub_api_unreachable(context: &FleetContext<'_>, found: &mut Diagnostics) {
    let Some((hub, _)) = hub(context) else {
        return;
    };
    for (name, _) in pushed(context) {
        let contract = context.contracts.clusters.get(name);
        let Some(eks) = contract.and_then(|contract| contract.eks.as_ref()) else {
            continue;
        };
        // One that cannot be registered is a finding of its own.
        if !matches!(context.contracts.login(name), Some(Login::Role(_))) {
            continue;
        }
        let joint = joint(context.fleet, hub, name);
        let endpoint = &eks.spec.endpoint;
        let (severity, message, help, field) = match endpoint.access {
            // In one network its name leads to addresses of that network.
            _ if joint == Joint::Same => continue,
            EndpointAccess::Private if joint == Joint::Apart => (
                None,
                format!(
                    "the hub's Argo CD cannot reach the API of the cluster `{name}`: it is private, and nothing joins its network with that of `{hub}`"
                ),
                format!(
                    "attach both networks to one transit gateway: network: {{ transitGateway: {{ source: {{ cluster: {hub} }} }} }}, and {{ source: own }} in `{hub}`; or let the API be public for the addresses that the hub's network leaves from"
                ),
                "network",
            ),
            EndpointAccess::Public => match left_out(context.fleet, hub, &endpoint.cidrs) {
                Reached::Yes => continue,
                Reached::No(left_out) => (
                    None,
                    format!(
                        "the hub's Argo CD cannot reach the API of the cluster `{name}`: its `cidrs` leave out {left_out}, which the network of `{hub}` leaves from"
                    ),
                    "add them to `cidrs`".to_owned(),
                    "endpoint",
                ),
                Reached::Unknown => (
                    Some(Severity::Warning),
                    format!(
                        "whether the hub's Argo CD reaches the API of the cluster `{name}` is not known: what the network of `{hub}` leaves from is not recorded, and its `cidrs` must have it"
                    ),
                    format!(
                        "apply the stack `network` of `{hub}`, record its outputs with `csoc outputs pull`, and add its `nat_addresses` to `cidrs`"
                    ),
                    "endpoint",
                ),
            },
            EndpointAccess::Private => continue,
        };
        let path = ["clusters", name.as_str(), field];
        let mut finding = context
            .finding(&path, message)
            .help(help)
            .label(context.place(&path), "how its API is reached")
            .label(
                context.place(&["clusters", name.as_str(), "delivery"]),
                "pushed to by the hub",
            );
        finding.severity = severity.unwrap_or(finding.severity);
        found.push(finding);
    }
}

/// Whether a list lets in what a network leaves from.
enum Reached {
    Yes,
    /// These it leaves out.
    No(String),
    Unknown,
}

/// What a list of networks leaves out of the addresses that a cluster's network leaves from.
fn left_out(fleet: &ResolvedFleet, from: &ObjectName, cidrs: &[Cidr]) -> Reached {
    let owner = fleet.network_owner(from);
    let Some(cluster) = fleet.clusters.get(owner) else {
        return Reached::Yes;
    };
    // What leads out of a network that somebody else makes, or through something else's, nobody tells us.
    if !makes_network(fleet, cluster) || cluster.spec.network.egress != Egress::Nat {
        return Reached::Yes;
    }
    let Some(stack) = fleet.cluster_stack(owner, StackKind::Network) else {
        return Reached::Yes;
    };
    let output = ResolvedFleet::output(stack, OutputKind::NatAddresses, None);
    let addresses = fleet.outputs.texts(&output);
    let Some(addresses) = addresses.value() else {
        return Reached::Unknown;
    };
    let listed: Vec<IpNet> = cidrs.iter().map(Cidr::network).collect();
    let is_left_out = |address: &&String| {
        let network = format!("{address}/32").parse();
        network.is_ok_and(|network| !covers(listed.iter().copied(), network))
    };
    let left_out: Vec<String> = addresses
        .iter()
        .filter(is_left_out)
        .map(|address| format!("`{address}`"))
        .collect();
    if left_out.is_empty() {
        Reached::Yes
    } else {
        Reached::No(left_out.join(", "))
    }
}

//! Networks of clusters: what follows from the fleet where it says nothing, and the arithmetic.

use super::explanation::Explanation;
use crate::fleet::Fleet;
use crate::model::Tier;
use crate::model::name::ObjectName;
use crate::network::{
    NetworkPlan, Subnet, SubnetRole, addresses, fleet_pool, makes_network, plan, prefix,
};
use crate::value::Node;
use crate::value::path::ModelPath;

/// The value that the plan gives a field of a network which is not written, with why.
pub(super) fn derived(fleet: &Fleet, cluster: &str, field: &str) -> Option<(Node, String)> {
    let (name, plan) = planned(fleet, cluster)?;
    let texts =
        |texts: Vec<String>| Node::list(texts.iter().map(|text| Node::string(text.as_str())));
    let tier = tier(&plan);
    Some(match field {
        "zones" => {
            let zones = plan.zones.iter().map(ToString::to_string).collect();
            (
                texts(zones),
                "derived: the first zones of its region".to_owned(),
            )
        }
        "nat" => (
            Node::string(plan.nat.as_str()),
            format!(
                "derived: {tier}; production has a gateway a zone, and what leaves through a proxy or a firewall has none"
            ),
        ),
        "endpoints" => {
            let endpoints = plan
                .endpoints
                .iter()
                .map(|endpoint| endpoint.as_str().to_owned());
            (
                texts(endpoints.collect()),
                format!("derived: {tier}; with a production environment, what every node calls"),
            )
        }
        "databaseSubnets" => {
            let subnets = plan
                .of(SubnetRole::Database)
                .map(|subnet| subnet.cidr.to_string());
            (
                texts(subnets.collect()),
                format!("derived: the plan of clusters.{name}.network"),
            )
        }
        _ => return None,
    })
}

/// What there is to say of a network as a whole: its subnets, and how much fits into them.
pub(super) fn arithmetic(fleet: &Fleet, cluster: &str, explanation: Explanation) -> Explanation {
    let resolved = fleet.resolved();
    let Some(found) = resolved.cluster(cluster) else {
        return explanation;
    };
    let Some((_, plan)) = planned(fleet, cluster) else {
        if !makes_network(resolved, found) {
            return explanation
                .note("the fleet does not make this network: nothing is planned for it");
        }
        let pool: Vec<String> = fleet_pool(resolved)
            .iter()
            .map(ToString::to_string)
            .collect();
        return match &found.spec.network.cidr {
            None => explanation.note(format!(
                "it has no addresses: `csoc network allocate` takes a /{} from {}",
                prefix(resolved, found),
                pool.join(", ")
            )),
            Some(_) => explanation.note("it cannot be cut into subnets: `csoc check` says why"),
        };
    };
    let mut explanation = explanation.note(format!(
        "{} · NAT {} · zones {}",
        tier(&plan),
        plan.nat.as_str(),
        plan.zones
            .iter()
            .map(ToString::to_string)
            .collect::<Vec<_>>()
            .join(", ")
    ));
    for subnet in &plan.subnets {
        explanation = explanation.note(line(&plan, subnet));
    }
    let fit = &plan.fit;
    let filled = fit.node_prefixes.saturating_sub(1);
    explanation = explanation.note(format!(
        "a node of {} pods takes {filled} prefixes of 16 addresses, holds 1 ready, and has 2 addresses of its own: {} in all",
        fit.pods_per_node, fit.node_addresses
    ));
    for (subnet, nodes) in plan.of(SubnetRole::Private).zip(&fit.zones) {
        let prefixes = addresses(subnet) / 16;
        explanation = explanation.note(format!(
            "{}: ({prefixes} prefixes - the first and the last) × 16 ÷ {} = {nodes} nodes",
            subnet.cidr, fit.node_addresses
        ));
    }
    let source = if fit.is_stated {
        "as `capacity.nodes` says"
    } else {
        "3 of the cluster's own, and 2, 4 or 8 for a small, medium or large environment"
    };
    explanation.note(format!(
        "{} nodes and {} pods fit; {} nodes are expected, {source}",
        fit.nodes(),
        fit.pods(),
        fit.expected
    ))
}

/// The tier of a cluster, which no file says.
pub(super) fn cluster_tier(fleet: &Fleet, cluster: &str, path: &ModelPath) -> Option<Explanation> {
    let resolved = fleet.resolved();
    let (name, _) = resolved.clusters.get_key_value(cluster)?;
    let tier = resolved.cluster_tier(name);
    let mut explanation = Explanation::new(path, tier.map(|tier| Node::string(tier.as_str())))
        .note("derived: the tier of its environment that matters most");
    for (at, environment) in &resolved.environments {
        if environment.spec.cluster == *name && Some(environment.spec.tier) == tier {
            explanation = explanation.note(format!("{at} is of it"));
        }
    }
    Some(explanation)
}

fn planned(fleet: &Fleet, cluster: &str) -> Option<(ObjectName, NetworkPlan)> {
    let resolved = fleet.resolved();
    let (name, _) = resolved.clusters.get_key_value(cluster)?;
    let owner = resolved.network_owner(name);
    Some((owner.clone(), plan(resolved, owner)?))
}

fn tier(plan: &NetworkPlan) -> String {
    plan.tier.map_or_else(
        || "no environment is on it".to_owned(),
        |tier: Tier| format!("its environments are of tier {} at most", tier.as_str()),
    )
}

fn line(plan: &NetworkPlan, subnet: &Subnet) -> String {
    let zone = plan.zones.get(subnet.zone).map_or("", |zone| zone.as_str());
    format!(
        "{} {zone} {}: {} addresses",
        subnet.role.as_str(),
        subnet.cidr,
        addresses(subnet)
    )
}

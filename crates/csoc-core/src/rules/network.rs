//! Rules about address space.

use super::context::FleetContext;
use crate::diagnostic::Diagnostics;
use crate::model::network::Cidr;

/// No two clusters share addresses, and none touches a reserved network.
pub(crate) fn cidr_overlap(context: &FleetContext<'_>, found: &mut Diagnostics) {
    let clusters: Vec<(&str, &Cidr)> = context
        .fleet
        .clusters
        .iter()
        .filter_map(|(name, cluster)| Some((name.as_str(), cluster.spec.network.cidr.as_ref()?)))
        .collect();
    for (at, (name, cidr)) in clusters.iter().enumerate() {
        let path = ["clusters", *name, "network", "cidr"];
        for (other, taken) in &clusters[..at] {
            if cidr.overlaps(taken) {
                found.push(
                    context
                        .finding(&path, format!("the networks of the clusters `{other}` and `{name}` overlap: `{taken}` and `{cidr}`"))
                        .help("give one of them a network that no other uses")
                        .label(context.place(&path), "overlaps the other")
                        .label(context.place(&["clusters", *other, "network", "cidr"]), "this one"),
                );
            }
        }
        let reserved = context
            .fleet
            .spec
            .network
            .iter()
            .flat_map(|network| &network.reserved);
        for taken in reserved.filter(|taken| cidr.overlaps(taken)) {
            found.push(
                context
                    .finding(
                        &path,
                        format!(
                            "the network of the cluster `{name}` overlaps the reserved `{taken}`"
                        ),
                    )
                    .help("give it a network outside `network.reserved`")
                    .label(context.place(&path), "overlaps a reserved network")
                    .label(context.place(&["network", "reserved"]), "reserved here"),
            );
        }
    }
}

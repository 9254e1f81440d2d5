//! Network policies beside those of the chart gen3: what its services reach in the network of their cluster.
//!
//! The chart lets services with the label `netvpc` into `172.0.0.0/8` only, the network of those who wrote it: the proxy of
//! search would reach neither the search domain nor whoever gives it credentials.

use super::map;
use crate::backend::FleetView;
use crate::contract::EnvironmentContract;
use crate::value::Node;

/// The policies of a cluster's environments, as objects by the names of their files.
pub(super) fn policies(view: &FleetView<'_>, cluster: &str) -> Vec<(String, Node)> {
    let Some(cidr) = view
        .fleet
        .cluster(cluster)
        .and_then(|cluster| cluster.spec.network.cidr.as_ref())
    else {
        return Vec::new();
    };
    let environments = view.contracts.environments_on(cluster);
    environments
        .filter(|it| it.spec.network_policies && view.renders(it.spec.management.values))
        .flat_map(|it| of(it, cidr.as_str()))
        .collect()
}

fn of(environment: &EnvironmentContract, cidr: &str) -> Vec<(String, Node)> {
    let namespace = environment.namespace.as_str();
    let network = map([("to", Node::list([block(cidr, &[])]))]);
    let mut made = vec![(
        format!("network-policy-{namespace}-network"),
        policy("gen3-network", namespace, ("netvpc", "yes"), network),
    )];
    if environment.runs("aws-sigv4-proxy") {
        // Its credentials come from the cloud, which is in the network only where it has an endpoint there.
        let port = map([("protocol", "TCP".into()), ("port", Node::integer(443))]);
        let outside = map([
            ("to", Node::list([block("0.0.0.0/0", &["169.254.0.0/16"])])),
            ("ports", Node::list([port])),
        ]);
        let app = ("app", "aws-sigv4-proxy");
        made.push((
            format!("network-policy-{namespace}-search"),
            policy("gen3-search-credentials", namespace, app, outside),
        ));
    }
    made
}

fn block(cidr: &str, except: &[&str]) -> Node {
    let mut block = map([("cidr", cidr.into())]);
    if !except.is_empty() {
        let except = except.iter().map(|cidr| (*cidr).into());
        block.insert("except", Node::list(except));
    }
    map([("ipBlock", block)])
}

fn policy(name: &str, namespace: &str, label: (&'static str, &str), egress: Node) -> Node {
    let labels = map([(label.0, label.1.into())]);
    map([
        ("apiVersion", "networking.k8s.io/v1".into()),
        ("kind", "NetworkPolicy".into()),
        (
            "metadata",
            map([("name", name.into()), ("namespace", namespace.into())]),
        ),
        (
            "spec",
            map([
                ("podSelector", map([("matchLabels", labels)])),
                ("policyTypes", Node::list(["Egress".into()])),
                ("egress", Node::list([egress])),
            ]),
        ),
    ])
}

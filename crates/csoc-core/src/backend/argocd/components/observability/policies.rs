//! Who may speak to what keeps something: it believes whoever names a tenant, so that only its own namespace reaches it.

use super::{map, object};
use crate::value::Node;

/// Only pods of the same namespace reach the pods of a chart.
pub(super) fn from_here(chart: &'static str) -> (String, Node) {
    let pods = map([(
        "matchLabels",
        map([("app.kubernetes.io/name", chart.into())]),
    )]);
    let ingress = map([("from", Node::list([map([("podSelector", Node::map())])]))]);
    policy(&format!("{chart}-from-here"), pods, ingress)
}

/// Everybody reaches the gateway, which asks who they are.
pub(super) fn gateway() -> (String, Node) {
    let pods = map([(
        "matchLabels",
        map([
            ("app.kubernetes.io/name", "loki".into()),
            ("app.kubernetes.io/component", "gateway".into()),
        ]),
    )]);
    let ingress = map([(
        "ports",
        Node::list([map([("port", 8080_u32.into()), ("protocol", "TCP".into())])]),
    )]);
    policy("loki-gateway", pods, ingress)
}

fn policy(name: &str, pods: Node, ingress: Node) -> (String, Node) {
    let mut policy = object("networking.k8s.io/v1", "NetworkPolicy", name);
    let spec = map([
        ("podSelector", pods),
        ("policyTypes", Node::list(["Ingress".into()])),
        ("ingress", Node::list([ingress])),
    ]);
    policy.insert("spec", spec);
    (format!("policy-{name}"), policy)
}

//! Network policies beside those of the chart gen3: what its services reach in the network of their cluster.
//!
//! The chart lets services with the label `netvpc` into `172.0.0.0/8` only, the network of those who wrote it: the proxy of
//! search would reach neither the search domain nor whoever gives it credentials.

use super::input::Input;
use super::{Files, map};
use crate::backend::helm::layout;
use crate::backend::{FleetView, Unit};
use crate::contract::EnvironmentContract;
use crate::value::{Exact, Node};

/// The directory of an environment's objects, below its own.
pub(super) const OBJECTS: &str = "objects";

/// Objects that an environment's own Application applies, beside its chart.
///
/// They are in its namespace, which is made by that Application alone: whatever else held them would be applied before
/// there is one, or wait for the person who syncs production.
#[derive(Debug, serde::Serialize)]
pub(crate) struct Beside {
    /// The environment's directory below `gitops`.
    directory: String,
    /// The objects by the names of their files.
    objects: Vec<(String, Exact)>,
}

impl Beside {
    /// A unit for each environment that has such.
    pub(super) fn units(view: &FleetView<'_>) -> Vec<Unit<Input>> {
        let environments = view.contracts.environments.values();
        environments
            .filter_map(|it| {
                let objects = beside(view, it);
                let beside = Self {
                    directory: layout::directory(it),
                    objects: exact(objects),
                };
                (!beside.objects.is_empty()).then(|| Unit {
                    id: format!("{}/{OBJECTS}", it.at),
                    object: it.at.to_string(),
                    input: Input::Beside(beside),
                })
            })
            .collect()
    }

    pub(super) fn compile(&self, files: &mut Files<'_>) {
        for (name, node) in &self.objects {
            let path = format!("gitops/{}/{OBJECTS}/{name}.yaml", self.directory);
            files.yaml(path, node.0.clone());
        }
    }
}

/// The objects beside an environment's chart, where its Application is ours.
pub(super) fn beside(
    view: &FleetView<'_>,
    environment: &EnvironmentContract,
) -> Vec<(String, Node)> {
    if !is_delivered(view, environment) {
        return Vec::new();
    }
    of(view, environment)
}

/// The policies of environments of a cluster that somebody else delivers: they stand beside what all share there.
pub(super) fn of_others(view: &FleetView<'_>, cluster: &str) -> Vec<(String, Exact)> {
    let environments = view.contracts.environments_on(cluster);
    let others = environments.filter(|it| !is_delivered(view, it));
    exact(others.flat_map(|it| of(view, it)).collect())
}

fn is_delivered(view: &FleetView<'_>, environment: &EnvironmentContract) -> bool {
    view.renders(environment.spec.management.applications)
}

fn exact(objects: Vec<(String, Node)>) -> Vec<(String, Exact)> {
    let objects = objects.into_iter();
    objects.map(|(name, node)| (name, Exact(node))).collect()
}

fn of(view: &FleetView<'_>, environment: &EnvironmentContract) -> Vec<(String, Node)> {
    let cluster = view.fleet.cluster(environment.cluster.as_str());
    let cidr = cluster.and_then(|cluster| cluster.spec.network.cidr.as_ref());
    let spec = &environment.spec;
    match cidr.filter(|_| spec.network_policies && view.renders(spec.management.values)) {
        Some(cidr) => policies(environment, cidr.as_str()),
        None => Vec::new(),
    }
}

fn policies(environment: &EnvironmentContract, cidr: &str) -> Vec<(String, Node)> {
    let namespace = environment.namespace.as_str();
    let name = |what: &str| format!("network-policy-{namespace}-{what}");
    let network = map([("to", Node::list([block(cidr, &[])]))]);
    let mut made = vec![(
        name("network"),
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
            name("search"),
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

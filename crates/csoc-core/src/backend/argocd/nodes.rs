//! Node pools as objects of a cluster: what Karpenter, or EKS itself, makes nodes by.
//!
//! The chart has pools of its own, whose machines answer every pod and fetch
//! keys of people at boot; ours do neither.

use super::input::Scaling;
use super::map;
use crate::contract::Pool;
use crate::model::environment::Size;
use crate::model::nodes::{Capacity, Provisioner};
use crate::value::Node;

/// The tag that Karpenter finds subnets and security groups by.
const DISCOVERY: &str = "karpenter.sh/discovery";
/// The name of the class that all pools share.
const CLASS: &str = "gen3";

/// The objects of a cluster of a name, in a network of another, each with the name of its file.
pub(super) fn objects(cluster: &str, vpc: &str, scaling: &Scaling) -> Vec<(String, Node)> {
    let mut objects = Vec::new();
    if scaling.provisioner == Provisioner::Karpenter {
        // Volumes differ by pool, and are part of a class.
        let mut volumes: Vec<u16> = scaling.pools.iter().map(|pool| pool.volume_gib).collect();
        volumes.sort_unstable();
        volumes.dedup();
        for volume in volumes {
            objects.push((
                format!("node-class-{volume}"),
                class(cluster, vpc, scaling, volume),
            ));
        }
    }
    objects.extend(scaling.pools.iter().map(|pool| {
        (
            format!("node-pool-{}", pool.name),
            node_pool(scaling.provisioner, pool),
        )
    }));
    objects
}

fn metadata(name: String) -> Node {
    // Until Karpenter has run, the cluster does not know the kind.
    let annotations = map([(
        "argocd.argoproj.io/sync-options",
        "SkipDryRunOnMissingResource=true".into(),
    )]);
    map([("name", name.into()), ("annotations", annotations)])
}

fn class(cluster: &str, vpc: &str, scaling: &Scaling, volume: u16) -> Node {
    let found = || {
        let tags = map([(DISCOVERY, vpc.into())]);
        Node::list([map([("tags", tags)])])
    };
    let day = scaling
        .image
        .as_ref()
        .and_then(|image| image.rsplit('-').next());
    let alias = day.map_or_else(
        || "al2023@latest".to_owned(),
        |day| format!("al2023@v{day}"),
    );
    let ebs = map([
        ("deleteOnTermination", true.into()),
        ("encrypted", true.into()),
        ("volumeSize", format!("{volume}Gi").into()),
        ("volumeType", "gp3".into()),
    ]);
    let spec = map([
        (
            "amiSelectorTerms",
            Node::list([map([("alias", alias.into())])]),
        ),
        (
            "blockDeviceMappings",
            Node::list([map([("deviceName", "/dev/xvda".into()), ("ebs", ebs)])]),
        ),
        ("instanceProfile", scaling.profile.as_str().into()),
        (
            "metadataOptions",
            map([
                ("httpEndpoint", "enabled".into()),
                ("httpProtocolIPv6", "disabled".into()),
                ("httpPutResponseHopLimit", Node::integer(1)),
                ("httpTokens", "required".into()),
            ]),
        ),
        ("securityGroupSelectorTerms", found()),
        ("subnetSelectorTerms", found()),
        (
            "tags",
            map([
                ("Name", format!("{cluster}-karpenter").into()),
                ("gen3-cluster", cluster.into()),
            ]),
        ),
    ]);
    map([
        ("apiVersion", "karpenter.k8s.aws/v1".into()),
        ("kind", "EC2NodeClass".into()),
        ("metadata", metadata(format!("{CLASS}-{volume}"))),
        ("spec", spec),
    ])
}

fn node_pool(provisioner: Provisioner, pool: &Pool) -> Node {
    let is_auto = provisioner == Provisioner::Auto;
    let reference = if is_auto {
        map([
            ("group", "eks.amazonaws.com".into()),
            ("kind", "NodeClass".into()),
            ("name", "default".into()),
        ])
    } else {
        map([
            ("group", "karpenter.k8s.aws".into()),
            ("kind", "EC2NodeClass".into()),
            ("name", format!("{CLASS}-{}", pool.volume_gib).into()),
        ])
    };
    let mut template = map([
        ("nodeClassRef", reference),
        ("expireAfter", "168h".into()),
        ("terminationGracePeriod", "48h".into()),
        ("requirements", requirements(is_auto, pool)),
    ]);
    if !pool.taints.is_empty() {
        let taints = pool.taints.iter().map(|taint| {
            let mut node = map([("key", taint.key.as_str().into())]);
            if let Some(value) = &taint.value {
                node.insert("value", value.as_str().into());
            }
            node.insert("effect", taint.effect.as_str().into());
            node
        });
        template.insert("taints", Node::list(taints));
    }
    let mut labels = Node::map();
    for (key, value) in &pool.labels {
        labels.insert(key.as_str(), value.as_str().into());
    }
    let spec = map([
        (
            "template",
            map([("metadata", map([("labels", labels)])), ("spec", template)]),
        ),
        (
            "disruption",
            map([
                ("consolidateAfter", "30s".into()),
                ("consolidationPolicy", "WhenEmpty".into()),
                ("budgets", Node::list([map([("nodes", "10%".into())])])),
            ]),
        ),
        (
            "limits",
            map([
                ("cpu", pool.cpu.to_string().into()),
                ("memory", format!("{}Gi", pool.memory_gib).into()),
            ]),
        ),
    ]);
    map([
        ("apiVersion", "karpenter.sh/v1".into()),
        ("kind", "NodePool".into()),
        ("metadata", metadata(pool.name.clone())),
        ("spec", spec),
    ])
}

/// What a machine must be: of the exact types, or of classes and sizes of a recent generation.
fn requirements(is_auto: bool, pool: &Pool) -> Node {
    let within = |key: String, values: Vec<String>| {
        map([
            ("key", key.into()),
            ("operator", "In".into()),
            ("values", Node::list(values.into_iter().map(Node::from))),
        ])
    };
    let of_machine = |name: &str| {
        let domain = if is_auto {
            "eks.amazonaws.com"
        } else {
            "karpenter.k8s.aws"
        };
        format!("{domain}/{name}")
    };
    let capacity: &[&str] = match pool.capacity {
        Capacity::OnDemand => &["on-demand"],
        Capacity::Spot => &["spot"],
        Capacity::Mixed => &["on-demand", "spot"],
    };
    let mut requirements = vec![
        within(
            "karpenter.sh/capacity-type".to_owned(),
            capacity.iter().map(ToString::to_string).collect(),
        ),
        within(
            "kubernetes.io/arch".to_owned(),
            vec![pool.architecture.as_str().to_owned()],
        ),
    ];
    if pool.types.is_empty() {
        let classes = pool.classes.iter().map(|class| class.category().to_owned());
        let sizes: &[&str] = match pool.size {
            Size::Small => &["2", "4"],
            Size::Medium => &["4", "8"],
            Size::Large => &["8", "16"],
        };
        requirements.push(within(of_machine("instance-category"), classes.collect()));
        requirements.push(within(
            of_machine("instance-cpu"),
            sizes.iter().map(ToString::to_string).collect(),
        ));
        requirements.push(map([
            ("key", of_machine("instance-generation").into()),
            ("operator", "Gt".into()),
            ("values", Node::list([Node::from("4")])),
        ]));
    } else {
        requirements.push(within(
            "node.kubernetes.io/instance-type".to_owned(),
            pool.types.clone(),
        ));
    }
    Node::list(requirements)
}

//! What the chart of each add-on is told: names, roles and networks of the cluster, from its contract.
//!
//! An add-on that needs none of them has its chart's own defaults.

use super::Subject;
use crate::backend::argocd::map;
use crate::contract::ClusterRolePurpose;
use crate::model::cluster::Platform;
use crate::model::stack::{OutputKind, StackKind};
use crate::resolve::ResolvedFleet;
use crate::value::Node;

impl Subject<'_> {
    /// The values of an add-on by its name among the cluster's.
    pub(in crate::backend::argocd) fn values(&self, addon: &str) -> Node {
        match addon {
            "alb-controller" => self.load_balancers(),
            "calico" => self.network_policies(),
            "cert-manager" => certificates(),
            "cilium" => self.chained(),
            "ebs-csi-driver" => self.block_volumes(),
            "efs-csi-driver" => self.file_volumes(),
            "external-dns" => self.records(),
            "karpenter" => self.nodes(),
            "nvidia-device-plugin" => self.graphics(),
            _ => Node::map(),
        }
    }

    /// The service account of a controller, with the role that it is where our Terraform makes one.
    fn account(&self, purpose: ClusterRolePurpose) -> Node {
        let (_, names) = purpose.service_accounts();
        let mut account = map([("create", true.into())]);
        if let Some(name) = names.first() {
            account.insert("name", (*name).into());
        }
        let eks = self.contract.eks.as_ref();
        if let Some(role) = eks.and_then(|eks| eks.role(purpose)) {
            let annotations = map([("eks.amazonaws.com/role-arn", role.arn.as_str().into())]);
            account.insert("annotations", annotations);
        }
        account
    }

    /// It is told where it is: our machines answer only what is on their own network.
    fn load_balancers(&self) -> Node {
        let mut values = map([
            ("clusterName", self.name().into()),
            ("region", self.contract.region.as_str().into()),
        ]);
        let network = self
            .view
            .fleet
            .cluster_stack(&self.contract.name, StackKind::Network);
        if let Some(network) = network.filter(|_| self.contract.eks.is_some()) {
            let output = ResolvedFleet::output(network, OutputKind::VpcId, None);
            values.insert("vpcId", self.view.fleet.outputs.text(&output).into());
        }
        values.insert("serviceAccount", self.account(ClusterRolePurpose::Ingress));
        values
    }

    /// On EKS cilium keeps to policies behind the network of pods, which stays that of AWS.
    fn chained(&self) -> Node {
        if self.spec.platform != Platform::Eks {
            return Node::map();
        }
        let network = map([
            ("chainingMode", "aws-cni".into()),
            // Another network's configuration on the machine is left as it is.
            ("exclusive", false.into()),
        ]);
        map([
            ("cni", network),
            ("enableIPv4Masquerade", false.into()),
            ("endpointRoutes", map([("enabled", true.into())])),
            ("routingMode", "native".into()),
        ])
    }

    /// Calico keeps to policies, and the network of pods stays that of the cloud.
    fn network_policies(&self) -> Node {
        let off = || map([("enabled", false.into())]);
        let mut values = map([("goldmane", off()), ("whisker", off())]);
        if self.spec.platform == Platform::Eks {
            let network = map([("type", "AmazonVPC".into())]);
            values.insert(
                "installation",
                map([("kubernetesProvider", "EKS".into()), ("cni", network)]),
            );
        }
        values
    }

    fn block_volumes(&self) -> Node {
        map([
            (
                "controller",
                map([
                    ("region", self.contract.region.as_str().into()),
                    ("serviceAccount", self.account(ClusterRolePurpose::EbsCsi)),
                ]),
            ),
            ("defaultStorageClass", map([("enabled", true.into())])),
            ("helmTester", map([("enabled", false.into())])),
        ])
    }

    fn file_volumes(&self) -> Node {
        map([(
            "controller",
            map([("serviceAccount", self.account(ClusterRolePurpose::EfsCsi))]),
        )])
    }

    /// Records of the account's own zone, each marked as this cluster's.
    fn records(&self) -> Node {
        let account = self.view.fleet.account(self.contract.account.as_str());
        let domain = account.and_then(|account| account.domain.as_ref());
        let domains = domain.iter().map(|domain| domain.as_str().into());
        map([
            ("provider", map([("name", "aws".into())])),
            ("sources", Node::list(["ingress".into()])),
            ("domainFilters", Node::list(domains)),
            // A record outlives its ingress: nobody loses a commons' address by a wrong sync.
            ("policy", "upsert-only".into()),
            ("registry", "txt".into()),
            ("txtOwnerId", self.name().into()),
            (
                "serviceAccount",
                self.account(ClusterRolePurpose::ExternalDns),
            ),
        ])
    }

    fn nodes(&self) -> Node {
        let mut settings = map([("clusterName", self.name().into())]);
        let eks = self.contract.eks.as_ref();
        if let Some(queue) = eks.and_then(|eks| eks.queue.as_ref()) {
            settings.insert("interruptionQueue", queue.as_str().into());
        }
        map([
            (
                "serviceAccount",
                self.account(ClusterRolePurpose::Karpenter),
            ),
            ("settings", settings),
        ])
    }

    /// It runs on the machines of the pools that have such processors, whatever keeps others away from them.
    fn graphics(&self) -> Node {
        let pools = self.gpu_pools();
        let roles = pools.iter().flat_map(|pool| {
            let labels = pool.labels.iter();
            labels
                .filter(|(key, _)| key == "role")
                .map(|(_, role)| role.as_str().into())
        });
        let roles: Vec<Node> = roles.collect();
        if roles.is_empty() {
            return Node::map();
        }
        let expression = map([
            ("key", "role".into()),
            ("operator", "In".into()),
            ("values", Node::list(roles)),
        ]);
        let term = map([("matchExpressions", Node::list([expression]))]);
        let required = map([("nodeSelectorTerms", Node::list([term]))]);
        let affinity = map([("requiredDuringSchedulingIgnoredDuringExecution", required)]);
        let everything = map([("operator", "Exists".into())]);
        map([
            ("affinity", map([("nodeAffinity", affinity)])),
            ("tolerations", Node::list([everything])),
        ])
    }
}

/// Its kinds come and go with it, and outlive it, since certificates are of them.
fn certificates() -> Node {
    map([(
        "crds",
        map([("enabled", true.into()), ("keep", true.into())]),
    )])
}

//! The variables of `commons` that follow from a cluster, in groups.

use super::{ModuleSubject, ModuleValue, ModuleVariable, Said};
use crate::contract::pool::Pool;
use crate::contract::{StoreUse, matters};
use crate::model::cluster::{Delivery, KUBERNETES_VERSION, Traffic};
use crate::model::control_plane::EndpointAccess;
use crate::model::data_store::{DatabaseCluster, POSTGRESQL_VERSION, SearchDomain};
use crate::model::environment::Size;
use crate::model::name::ObjectName;
use crate::model::nodes::Provisioner;
use crate::model::stack::OutputKind;
use crate::value::Node;

/// The version of Elasticsearch of domains that name none: the last that the module can make.
const ELASTICSEARCH_VERSION: &str = "7.10";
/// Days that logs are kept.
const LOG_DAYS: u32 = 365;
/// The images of the proxy that the module's start script is written for.
const PROXY_IMAGES: &str = "amzn2-ami-hvm-*-x86_64-gp2";
/// GiB of the proxy's volume: not less than what its images have.
const PROXY_VOLUME: u32 = 30;

/// Variables in the making.
#[derive(Default)]
struct Variables(Vec<ModuleVariable>);

impl Variables {
    fn push(&mut self, name: &str, value: Node, said: Said) {
        self.0.push(ModuleVariable {
            name: name.to_owned(),
            value: ModuleValue::Data(value),
            said,
        });
    }

    /// What a field of the cluster says.
    fn field(&mut self, name: &str, field: &'static str, value: impl Into<Node>) {
        self.push(name, value.into(), Said::Field(field));
    }

    /// What nobody says.
    fn usual(&mut self, name: &str, value: impl Into<Node>) {
        self.push(name, value.into(), Said::Default);
    }
}

impl ModuleSubject<'_> {
    /// The variables, without the fleet's own.
    pub(super) fn variables(&self) -> Vec<ModuleVariable> {
        let mut all = Variables::default();
        self.network(&mut all);
        self.hub(&mut all);
        self.proxy(&mut all);
        self.cluster(&mut all);
        self.nodes(&mut all);
        self.databases(&mut all);
        self.search(&mut all);
        // The web ACL of ours has address lists, a limit of requests and a log; the module's only counts.
        all.field("deploy_waf", "loadBalancers", false);
        all.0
    }

    fn network(&self, all: &mut Variables) {
        let network = &self.eks.spec.network;
        all.field("vpc_name", "vpc", Node::string(self.vpc));
        if let Some(cidr) = &network.cidr {
            all.field(
                "vpc_cidr_block",
                "network.cidr",
                Node::string(cidr.as_str()),
            );
        }
        let zones = self.zones.iter().map(|zone| Node::string(zone.as_str()));
        all.field("aws_region", "region", Node::string(self.region.as_str()));
        all.field("availability_zones", "network.zones", Node::list(zones));
        // Without it a network of this size has no room for three subnets of nodes.
        all.usual("network_expansion", true);
        all.usual("vpc_flow_logs", true);
        let traffic = match network.flow_logs.traffic {
            Traffic::All => "ALL",
            Traffic::Accepted => "ACCEPT",
            Traffic::Rejected => "REJECT",
        };
        all.field("vpc_flow_traffic", "network.flowLogs.traffic", traffic);
        let endpoints = network.endpoints.as_ref();
        let has_endpoints = endpoints.map_or(matters(self.eks.tier), |all| !all.is_empty());
        all.field("enable_vpc_endpoints", "network.endpoints", has_endpoints);
        all.usual("organization_name", Node::string(self.organization));
        // The root asks for it, and nothing in it reads it.
        all.usual("users_policy", "none");
    }

    /// The module's own defaults are accounts and networks of its authors.
    fn hub(&self, all: &mut Variables) {
        let network = self.hub_network.or(self.eks.spec.network.cidr.as_ref());
        all.usual("csoc_account_id", Node::string(self.hub.as_str()));
        if let Some(network) = network {
            all.usual("peering_cidr", Node::string(network.as_str()));
        }
        all.usual("csoc_managed", false);
        all.usual("send_logs_to_csoc", false);
        all.usual("sns_topic_arn", "");
    }

    /// Nodes reach out through a proxy; without one nothing makes what the cluster looks up.
    fn proxy(&self, all: &mut Variables) {
        all.usual("deploy_ha_squid", true);
        all.usual("ha_squid_single_instance", !matters(self.eks.tier));
        all.usual("ha-squid_instance_drive_size", PROXY_VOLUME);
        all.usual("ami_account_id", "amazon");
        all.usual("squid_image_search_criteria", PROXY_IMAGES);
    }

    fn cluster(&self, all: &mut Variables) {
        let spec = &self.eks.spec;
        let version = spec.version.as_ref();
        let version = version.map_or(KUBERNETES_VERSION, |version| version.as_str());
        all.field("eks_version", "version", Node::string(version));
        let is_public = spec.endpoint.access == EndpointAccess::Public;
        all.field("eks_public_access", "endpoint.access", is_public);
        all.usual("kube_ssh_key", "");
        let days = spec.log_retention_days.unwrap_or(LOG_DAYS);
        all.field(
            "commons_log_retention",
            "logRetentionDays",
            Node::string(days.to_string()),
        );
        let pulls = spec.delivery == Delivery::SpokePull;
        all.field("deploy_argocd", "delivery", pulls);
        // cluster-level-resources installs it, in the version that the charts' secrets need.
        all.field("deploy_external_secrets_operator", "addons", false);
    }

    fn nodes(&self, all: &mut Variables) {
        let is_karpenter = self.eks.provisioner() == Provisioner::Karpenter;
        let provisioner = "nodes.provisioner";
        all.field("use_asg", provisioner, !is_karpenter);
        all.field("use_karpenter", provisioner, is_karpenter);
        all.field("deploy_karpenter_in_k8s", provisioner, is_karpenter);
        if is_karpenter {
            return;
        }
        for pool in self.eks.node_pools() {
            match pool.name.as_str() {
                "default" => {
                    machine(
                        all,
                        "nodes.pools.default",
                        ["instance_type", "worker_drive_size"],
                        &pool,
                    );
                }
                "jupyter" => {
                    let names = ["jupyter_instance_type", "jupyter_worker_drive_size"];
                    machine(all, "nodes.pools.jupyter", names, &pool);
                    let names = [
                        "jupyter_asg_min_size",
                        "jupyter_asg_desired_capacity",
                        "jupyter_asg_max_size",
                    ];
                    group(all, "nodes.pools.jupyter", names, &pool);
                }
                "workflow" => {
                    all.field("deploy_workflow", "nodes.pools.workflow", true);
                    let names = ["workflow_instance_type", "workflow_worker_drive_size"];
                    machine(all, "nodes.pools.workflow", names, &pool);
                    let names = [
                        "workflow_asg_min_size",
                        "workflow_asg_desired_capacity",
                        "workflow_asg_max_size",
                    ];
                    group(all, "nodes.pools.workflow", names, &pool);
                }
                _ => {}
            }
        }
    }

    fn databases(&self, all: &mut Variables) {
        // Three databases of a service each, which nothing of the charts uses.
        for name in [
            "deploy_rds",
            "deploy_fence_db",
            "deploy_indexd_db",
            "deploy_sheepdog_db",
        ] {
            all.usual(name, false);
        }
        let used = self.eks.databases.first();
        all.field("deploy_aurora", "databases", used.is_some());
        let Some(used) = used else {
            return;
        };
        let spec = self.eks.spec.databases.get(&used.name);
        let spec = spec.cloned().unwrap_or_default();
        let contract = self.databases.iter().find(|it| it.name == used.name);
        let identifier = contract.and_then(|it| it.identifier.strip_prefix(self.vpc));
        if let Some(rest) = identifier.and_then(|rest| rest.strip_prefix('-')) {
            all.field("cluster_identifier", "databases", Node::string(rest));
        }
        let version = spec.version.as_ref();
        let version = version.map_or(POSTGRESQL_VERSION, |version| version.as_str());
        all.field("cluster_engine_version", "databases", Node::string(version));
        capacity(all, &spec, used);
        let days = used.backup_days(&spec);
        all.field("backup_retention_period", "databases", u32::from(days));
        // The next window, where users depend on it.
        all.usual("apply_immediate", !matters(used.tier));
        all.usual("secrets_manager_enabled", true);
        all.0.push(ModuleVariable {
            name: "db_kms_key_id".to_owned(),
            value: ModuleValue::Output(OutputKind::DatabaseKeyArn),
            said: Said::Default,
        });
    }

    fn search(&self, all: &mut Variables) {
        let used = self.eks.search.first();
        all.field("deploy_es", "search", used.is_some());
        let Some(used) = used else {
            return;
        };
        let spec = self.eks.spec.search.get(&used.name);
        let spec = spec.cloned().unwrap_or_default();
        if let Some(contract) = self.domain(&used.name) {
            all.field("es_name", "search", Node::string(contract));
        }
        let version = spec.version.as_ref();
        let version = version.map_or(ELASTICSEARCH_VERSION, |version| version.as_str());
        all.field("es_version", "search", Node::string(version));
        domain(all, &spec, used);
        // The foundation of the account makes the role of the service, once.
        all.usual("es_linked_role", false);
        // Policies of the account's own roles decide; without it the module makes a user with a key.
        let root = format!("arn:{}:iam::{}:root", self.partition, self.account);
        all.usual("es_role_override", Node::string(root));
    }

    fn domain(&self, name: &ObjectName) -> Option<&str> {
        let contract = self.search.iter().find(|it| it.name == *name)?;
        Some(&contract.domain)
    }
}

/// The type and the volume of machines.
fn machine(all: &mut Variables, field: &'static str, names: [&str; 2], pool: &Pool) {
    let [machine, volume] = names;
    if let Some(first) = pool.machines().first() {
        all.field(machine, field, Node::string(first.as_str()));
    }
    all.field(volume, field, u32::from(pool.volume_gib));
}

/// How many machines there are.
fn group(all: &mut Variables, field: &'static str, names: [&str; 3], pool: &Pool) {
    let [minimum, desired, maximum] = names;
    all.field(minimum, field, u32::from(pool.minimum));
    all.field(desired, field, u32::from(pool.minimum));
    all.field(maximum, field, u32::from(pool.maximum));
}

/// The capacity of the database, in ACU.
fn capacity(all: &mut Variables, spec: &DatabaseCluster, used: &StoreUse) {
    if let Some(class) = &spec.instance_class {
        let class = Node::string(class.to_string());
        all.field("cluster_instance_class", "databases", class);
        return;
    }
    let (minimum, maximum) = match (&spec.capacity, spec.size.unwrap_or(used.size)) {
        (Some(capacity), _) => (format!("{}.0", capacity.minimum), capacity.maximum),
        (None, Size::Small) => ("0.5".to_owned(), 4),
        (None, Size::Medium) => ("1.0".to_owned(), 16),
        (None, Size::Large) => ("2.0".to_owned(), 64),
    };
    all.field(
        "serverlessv2_scaling_min_capacity",
        "databases",
        Node::string(minimum),
    );
    let maximum = format!("{maximum}.0");
    all.field(
        "serverlessv2_scaling_max_capacity",
        "databases",
        Node::string(maximum),
    );
}

/// The machines of the search domain. The older API of the module calls them otherwise.
fn domain(all: &mut Variables, spec: &SearchDomain, used: &StoreUse) {
    let size = spec.size.unwrap_or(used.size);
    let machine = spec.instance_type.as_ref().map(ToString::to_string);
    let machine = machine.unwrap_or_else(|| {
        let name = match size {
            Size::Small => "t3.small.search",
            Size::Medium => "r6g.large.search",
            Size::Large => "r6g.xlarge.search",
        };
        name.to_owned()
    });
    let machine = machine.replace(".search", ".elasticsearch");
    all.field("es_instance_type", "search", Node::string(machine));
    let nodes = used.nodes(spec);
    all.field("es_instance_count", "search", u32::from(nodes));
    let volume = spec.volume_gib.map_or(
        match size {
            Size::Small => 20,
            Size::Medium => 100,
            Size::Large => 500,
        },
        u32::from,
    );
    all.field("ebs_volume_size_gb", "search", volume);
}

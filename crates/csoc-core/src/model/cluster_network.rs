//! The network of a cluster: where it is, how it reaches out, and what it is joined to.

use indexmap::IndexMap;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::cloud::{AccountId, EndpointService, Region, TransitGatewayId, VpcId, Zone};
use super::name::ObjectName;
use super::network::Cidr;

/// A cluster's network.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[non_exhaustive]
pub struct ClusterNetwork {
    /// Its addresses. `csoc network allocate` takes them from the fleet's pool.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cidr: Option<Cidr>,
    /// How large a network it takes from the pool: the length of its prefix. Default: the fleet's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 16, max = 22))]
    pub prefix: Option<u8>,
    /// The availability zones it spans. Default: the first of its region, `zoneCount` of them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub zones: Vec<Zone>,
    /// How many zones it spans where they are not named. Default: three.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 2, max = 4))]
    pub zone_count: Option<u8>,
    /// Its gateways to the internet. Default: one a zone with a production environment, else one; none where `egress` goes elsewhere.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nat: Option<Nat>,
    /// How its private subnets reach the internet.
    #[serde(default)]
    pub egress: Egress,
    /// The record of who spoke to whom.
    #[serde(default)]
    pub flow_logs: FlowLogs,
    /// Services of the cloud that are reached without leaving the network; S3 always is. Default: those that every node calls, with a production environment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub endpoints: Option<Vec<InterfaceEndpoint>>,
    /// Other networks that it is joined to, by a name of one's own.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    #[schemars(extend("x-key-parser" = "ObjectName"))]
    pub peerings: IndexMap<ObjectName, Peering>,
    /// The transit gateway that it is attached to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub transit_gateway: Option<TransitGateway>,
    /// What it must have room for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub capacity: Option<NetworkCapacity>,
    /// The subnets that databases are in: network policies let services reach them. Default: those of the plan, where we make the network.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub database_subnets: Vec<Cidr>,
}

/// The gateways to the internet of a network's private subnets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Nat {
    /// One gateway for all zones.
    Single,
    /// One gateway a zone.
    PerZone,
    /// None.
    None,
}

impl Nat {
    /// Its name in fleet files.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Single => "single",
            Self::PerZone => "per-zone",
            Self::None => "none",
        }
    }
}

/// How private subnets reach the internet.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Egress {
    /// Through gateways of the network's own.
    #[default]
    Nat,
    /// Through a proxy that another account offers by `PrivateLink`; nothing else reaches the internet.
    Proxy(Proxy),
    /// Through the network of a firewall, behind the transit gateway.
    Firewall,
}

impl Egress {
    /// Its name in fleet files.
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Nat => "nat",
            Self::Proxy(_) => "proxy",
            Self::Firewall => "firewall",
        }
    }
}

/// A proxy for all that leaves.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[non_exhaustive]
pub struct Proxy {
    /// The service that its owner offers it as.
    pub service: EndpointService,
    /// The port it listens on.
    #[serde(default = "Proxy::default_port")]
    #[schemars(range(min = 1, max = 65535))]
    pub port: u16,
}

impl Proxy {
    fn default_port() -> u16 {
        3128
    }
}

/// The record of who spoke to whom. There always is one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[non_exhaustive]
pub struct FlowLogs {
    /// Days that it is kept: a number that CloudWatch Logs takes.
    #[serde(default = "FlowLogs::default_days")]
    pub retention_days: u32,
    /// Which of it is kept.
    #[serde(default)]
    pub traffic: Traffic,
}

impl FlowLogs {
    fn default_days() -> u32 {
        365
    }
}

impl Default for FlowLogs {
    fn default() -> Self {
        Self {
            retention_days: Self::default_days(),
            traffic: Traffic::default(),
        }
    }
}

/// Which traffic flow logs keep.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Traffic {
    /// All.
    #[default]
    All,
    /// What was let through.
    Accepted,
    /// What was refused.
    Rejected,
}

/// A service of the cloud that a network reaches through an endpoint of its own.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[non_exhaustive]
pub enum InterfaceEndpoint {
    /// EC2: volumes and addresses of nodes.
    #[serde(rename = "ec2")]
    Ec2,
    /// ECR: what an image is.
    #[serde(rename = "ecr.api")]
    EcrApi,
    /// ECR: the image itself.
    #[serde(rename = "ecr.dkr")]
    EcrDkr,
    /// EKS.
    #[serde(rename = "eks")]
    Eks,
    /// Load balancers.
    #[serde(rename = "elasticloadbalancing")]
    ElasticLoadBalancing,
    /// KMS.
    #[serde(rename = "kms")]
    Kms,
    /// CloudWatch Logs.
    #[serde(rename = "logs")]
    Logs,
    /// CloudWatch metrics.
    #[serde(rename = "monitoring")]
    Monitoring,
    /// Secrets Manager.
    #[serde(rename = "secretsmanager")]
    SecretsManager,
    /// SNS.
    #[serde(rename = "sns")]
    Sns,
    /// SQS.
    #[serde(rename = "sqs")]
    Sqs,
    /// Systems Manager.
    #[serde(rename = "ssm")]
    Ssm,
    /// STS: roles of services.
    #[serde(rename = "sts")]
    Sts,
}

impl InterfaceEndpoint {
    /// Its name in fleet files and, behind `com.amazonaws.REGION.`, in the cloud.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Ec2 => "ec2",
            Self::EcrApi => "ecr.api",
            Self::EcrDkr => "ecr.dkr",
            Self::Eks => "eks",
            Self::ElasticLoadBalancing => "elasticloadbalancing",
            Self::Kms => "kms",
            Self::Logs => "logs",
            Self::Monitoring => "monitoring",
            Self::SecretsManager => "secretsmanager",
            Self::Sns => "sns",
            Self::Sqs => "sqs",
            Self::Ssm => "ssm",
            Self::Sts => "sts",
        }
    }
}

/// Another network that a network is joined to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Peering {
    /// That of another cluster of the fleet, by its name under `clusters`.
    Cluster(ObjectName),
    /// One that the fleet does not make.
    Vpc(PeerNetwork),
}

/// A network that the fleet does not make.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[non_exhaustive]
pub struct PeerNetwork {
    /// The VPC.
    pub id: VpcId,
    /// The account it is in.
    pub account: AccountId,
    /// Its region. Default: the cluster's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub region: Option<Region>,
    /// Its addresses that are to be reached.
    pub cidrs: Vec<Cidr>,
}

/// How a network is attached to a transit gateway.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[non_exhaustive]
pub struct TransitGateway {
    /// Which one.
    pub source: TransitGatewaySource,
    /// Networks that are reached through it, besides those of the fleet's clusters that are attached, too.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub routes: Vec<Cidr>,
}

/// Which transit gateway.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum TransitGatewaySource {
    /// One that this network makes, and shares with the accounts of clusters that name it.
    Own,
    /// The one that another cluster's network makes, by its name under `clusters`.
    Cluster(ObjectName),
    /// One that the fleet does not make, and that is shared with this account.
    Id(TransitGatewayId),
}

/// What a network must have room for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[non_exhaustive]
pub struct NetworkCapacity {
    /// The most nodes that the cluster has at a time. Default: by the sizes of its environments.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = 5000))]
    pub nodes: Option<u32>,
    /// The most pods of a node: 110 up to 30 processors, 250 above.
    #[serde(default = "NetworkCapacity::default_pods")]
    #[schemars(range(min = 1, max = 250))]
    pub pods_per_node: u32,
}

impl NetworkCapacity {
    fn default_pods() -> u32 {
        110
    }
}

impl Default for NetworkCapacity {
    fn default() -> Self {
        Self {
            nodes: None,
            pods_per_node: Self::default_pods(),
        }
    }
}

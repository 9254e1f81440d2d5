//! Stacks (one Terraform root with one state each) and the outputs that pass between them and to Helm.

use std::fmt;
use std::str::FromStr;

use super::cloud::{AccountId, Region};
use super::name::ObjectName;

/// What a stack is for. The texts are frozen, since they stand in state keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
#[non_exhaustive]
pub(crate) enum StackKind {
    /// State bucket, its key and the pipeline's identity.
    Bootstrap,
    /// Deploy, plan and break-glass roles of an account, and the boundary of all other roles.
    Access,
    /// The hub's zone and certificate, its own secrets, and the role of its External Secrets.
    Hub,
    /// The hub's side of a member account.
    Attach,
    /// Where accounts send logs, and the archive of them.
    Logging,
    /// Guardrails, audit, budgets, keys and the zone of an account.
    Foundation,
    /// A cluster's network.
    Network,
    /// A cluster.
    Cluster,
    /// Argo CD in a cluster.
    Delivery,
    /// Databases and search.
    Data,
    /// Buckets and queues.
    Storage,
    /// Secret containers.
    Secrets,
    /// Roles of services.
    Identity,
    /// Certificates and records.
    Dns,
    /// Web ACLs.
    Waf,
    /// Log groups, alarms and budgets.
    Observability,
    /// Organizational units and their policies.
    Organization,
}

impl StackKind {
    /// All kinds, in the order in which they are applied.
    pub(crate) const ALL: [Self; 17] = [
        Self::Bootstrap,
        Self::Organization,
        Self::Access,
        Self::Logging,
        Self::Foundation,
        Self::Network,
        Self::Cluster,
        Self::Hub,
        Self::Attach,
        Self::Data,
        Self::Storage,
        Self::Secrets,
        Self::Dns,
        Self::Waf,
        Self::Identity,
        Self::Delivery,
        Self::Observability,
    ];

    /// Its text in state keys and directories.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Bootstrap => "bootstrap",
            Self::Access => "access",
            Self::Hub => "hub",
            Self::Attach => "attach",
            Self::Logging => "logging",
            Self::Foundation => "foundation",
            Self::Network => "network",
            Self::Cluster => "cluster",
            Self::Delivery => "delivery",
            Self::Data => "data",
            Self::Storage => "storage",
            Self::Secrets => "secrets",
            Self::Identity => "identity",
            Self::Dns => "dns",
            Self::Waf => "waf",
            Self::Observability => "observability",
            Self::Organization => "organization",
        }
    }
}

impl fmt::Display for StackKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// What a stack belongs to.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
pub(crate) enum StackScope {
    /// The account as a whole.
    Account,
    /// Another account, that this one does something for.
    Member(AccountId),
    /// A cluster.
    Cluster(ObjectName),
    /// An environment: its commons and its own name.
    Environment(ObjectName, ObjectName),
}

/// A stack: the path of its state, `v1/<account id>/<region|global>/<kind>/<scope>`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
pub(crate) struct StackId {
    /// The account it is applied in.
    pub(crate) account: AccountId,
    /// Its region; none for what an account has once.
    pub(crate) region: Option<Region>,
    /// What it is for.
    pub(crate) kind: StackKind,
    /// What it belongs to.
    pub(crate) scope: StackScope,
}

impl StackId {
    /// The key of its state object.
    pub(crate) fn state_key(&self) -> String {
        format!("{self}/terraform.tfstate")
    }

    /// The file below the fleet directory that its outputs are recorded in.
    pub(crate) fn outputs_path(&self) -> String {
        format!("outputs/{self}.json")
    }

    /// The file below the fleet directory that its imports are recorded in.
    pub(crate) fn imports_path(&self) -> String {
        format!("imports/{self}.json")
    }
}

impl fmt::Display for StackId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let region = self.region.as_ref().map_or("global", Region::as_str);
        write!(f, "v1/{}/{region}/{}/", self.account, self.kind)?;
        match &self.scope {
            StackScope::Account => f.write_str("account"),
            StackScope::Member(account) => write!(f, "account/{account}"),
            StackScope::Cluster(name) => write!(f, "cluster/{name}"),
            StackScope::Environment(commons, environment) => {
                write!(f, "environment/{commons}/{environment}")
            }
        }
    }
}

impl FromStr for StackId {
    type Err = super::text::TextError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let wrong = || {
            super::text::TextError::new(
                "a stack: `v1/ACCOUNT/REGION/KIND/` and `account`, `account/ACCOUNT`, `cluster/NAME` or `environment/COMMONS/NAME`",
            )
        };
        let parts: Vec<&str> = text.split('/').collect();
        let ["v1", account, region, kind, scope @ ..] = &parts[..] else {
            return Err(wrong());
        };
        let name = |text: &str| text.parse().map_err(|_| wrong());
        Ok(Self {
            account: account.parse().map_err(|_| wrong())?,
            region: match *region {
                "global" => None,
                region => Some(region.parse().map_err(|_| wrong())?),
            },
            kind: StackKind::ALL
                .into_iter()
                .find(|known| known.as_str() == *kind)
                .ok_or_else(wrong)?,
            scope: match scope {
                ["account"] => StackScope::Account,
                ["account", member] => StackScope::Member(member.parse().map_err(|_| wrong())?),
                ["cluster", cluster] => StackScope::Cluster(name(cluster)?),
                ["environment", commons, environment] => {
                    StackScope::Environment(name(commons)?, name(environment)?)
                }
                _ => return Err(wrong()),
            },
        })
    }
}

/// The type of an output's value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
pub(crate) enum OutputType {
    /// One text.
    Text,
    /// Several texts.
    TextList,
    /// Texts by name: one a shared resource.
    TextMap,
}

/// Declares the table of outputs: one row yields `outputs.tf`, decoding of recorded outputs and edges between stacks.
macro_rules! outputs {
    ($(#[doc = $doc:literal] $name:ident = $text:literal, $stack:ident, $kind:ident;)*) => {
        /// A value that only the cloud can give, by the stack kind that gives it.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
        #[non_exhaustive]
        pub(crate) enum OutputKind { $(#[doc = $doc] $name,)* }

        impl OutputKind {
            /// All outputs.
            pub(crate) const ALL: &'static [Self] = &[$(Self::$name,)*];

            /// Its name in `outputs.tf`.
            pub(crate) const fn as_str(self) -> &'static str {
                match self { $(Self::$name => $text,)* }
            }

            /// The kind of stack that gives it.
            pub(crate) const fn stack_kind(self) -> StackKind {
                match self { $(Self::$name => StackKind::$stack,)* }
            }

            /// The type of its value.
            pub(crate) const fn output_type(self) -> OutputType {
                match self { $(Self::$name => OutputType::$kind,)* }
            }

            /// What it is, in a sentence.
            pub(crate) const fn description(self) -> &'static str {
                match self { $(Self::$name => $doc.trim_ascii(),)* }
            }
        }
    };
}

outputs! {
    /// The state bucket's key.
    StateKeyArn = "state_key_arn", Bootstrap, Text;
    /// The destination that members send logs to.
    LogDestinationArn = "log_destination_arn", Logging, Text;
    /// The role that deploys.
    DeployRoleArn = "deploy_role_arn", Access, Text;
    /// The role that plans.
    PlanRoleArn = "plan_role_arn", Access, Text;
    /// The boundary of all roles.
    BoundaryArn = "boundary_arn", Access, Text;
    /// The zone of the hub's domain.
    ParentZoneId = "parent_zone_id", Hub, Text;
    /// The name servers of the hub's zone.
    ParentNameServers = "parent_name_servers", Hub, TextList;
    /// The certificate of the hub's own hosts.
    HubCertificateArn = "hub_certificate_arn", Hub, Text;
    /// The zone of the account's domain.
    ZoneId = "zone_id", Foundation, Text;
    /// The name servers of the account's zone.
    NameServers = "name_servers", Foundation, TextList;
    /// The key that encrypts logs.
    LogsKeyArn = "logs_key_arn", Foundation, Text;
    /// The key that encrypts secrets.
    SecretsKeyArn = "secrets_key_arn", Foundation, Text;
    /// The key that encrypts databases.
    DatabaseKeyArn = "database_key_arn", Foundation, Text;
    /// The key that encrypts data files.
    DataKeyArn = "data_key_arn", Foundation, Text;
    /// The key that encrypts a cluster's own secrets.
    ClusterKeyArn = "cluster_key_arn", Foundation, Text;
    /// The network.
    VpcId = "vpc_id", Network, Text;
    /// The private subnets.
    PrivateSubnetIds = "private_subnet_ids", Network, TextList;
    /// The public subnets.
    PublicSubnetIds = "public_subnet_ids", Network, TextList;
    /// The subnets of databases.
    DatabaseSubnetIds = "database_subnet_ids", Network, TextList;
    /// The addresses that the network reaches out from.
    NatAddresses = "nat_addresses", Network, TextList;
    /// The route tables of the private subnets.
    PrivateRouteTableIds = "private_route_table_ids", Network, TextList;
    /// The transit gateway that the network makes.
    TransitGatewayId = "transit_gateway_id", Network, Text;
    /// Where the proxy answers that everything leaves through: a host and a port.
    ProxyAddress = "proxy_address", Network, Text;
    /// The cluster's API.
    ClusterEndpoint = "cluster_endpoint", Cluster, Text;
    /// The certificate authority of the cluster's API.
    ClusterCertificateAuthority = "cluster_certificate_authority", Cluster, Text;
    /// The issuer of the cluster's service account tokens, an address without `https://`.
    OidcIssuer = "oidc_issuer", Cluster, Text;
    /// The account's identity provider for that issuer.
    OidcProviderArn = "oidc_provider_arn", Cluster, Text;
    /// The security group that the cluster's control plane and nodes are in.
    ClusterSecurityGroupId = "cluster_security_group_id", Cluster, Text;
    /// The Kubernetes version that the control plane runs.
    ClusterVersion = "cluster_version", Cluster, Text;
    /// The Kubernetes version that each node group runs.
    NodeVersions = "node_versions", Cluster, TextMap;
    /// Where each database cluster takes writes.
    DatabaseEndpoints = "database_endpoints", Data, TextMap;
    /// Where each database cluster takes reads.
    DatabaseReaderEndpoints = "database_reader_endpoints", Data, TextMap;
    /// Where each search domain answers.
    SearchEndpoints = "search_endpoints", Data, TextMap;
    /// The ARN of each search domain.
    SearchDomainArns = "search_domain_arns", Data, TextMap;
    /// The certificate of the environment's host name.
    CertificateArn = "certificate_arn", Dns, Text;
    /// The web ACL of each load balancer.
    WebAclArns = "web_acl_arns", Waf, TextMap;
}

impl StackKind {
    /// The outputs that a stack of the kind gives; the stack of a cluster that is one root gives those of its network
    /// and its databases, too.
    pub(crate) fn outputs(self, is_one_root: bool) -> impl Iterator<Item = OutputKind> + Clone {
        let all = OutputKind::ALL.iter().copied();
        all.filter(move |kind| {
            let of = match kind.stack_kind() {
                Self::Network | Self::Data if is_one_root => Self::Cluster,
                of => of,
            };
            of == self
        })
    }
}

/// One output of one stack; for outputs by name also whose.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
pub(crate) struct OutputId {
    /// The stack that gives it.
    pub(crate) stack: StackId,
    /// Which.
    pub(crate) kind: OutputKind,
    /// The key in an output of texts by name.
    pub(crate) item: Option<Box<str>>,
}

impl fmt::Display for OutputId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}#{}", self.stack, self.kind.as_str())?;
        self.item
            .as_ref()
            .map_or(Ok(()), |item| write!(f, ".{item}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stack_ids_read_what_they_print() {
        for text in [
            "v1/111122223333/us-east-1/waf/cluster/demo",
            "v1/111122223333/global/access/account",
            "v1/111122223333/us-east-1/storage/environment/demo/dev",
            "v1/111122223333/us-east-1/attach/account/444455556666",
        ] {
            assert_eq!(text.parse::<StackId>().unwrap().to_string(), text);
        }
        assert!("v1/1/us-east-1/waf/account".parse::<StackId>().is_err());
        assert!(
            "v1/111122223333/us-east-1/waf/cluster"
                .parse::<StackId>()
                .is_err()
        );
    }

    #[test]
    fn outputs_describe_themselves() {
        for kind in OutputKind::ALL {
            assert!(kind.description().trim().ends_with('.'), "{kind:?}");
        }
    }
}

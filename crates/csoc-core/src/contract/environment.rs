//! All that an environment's outputs must agree on.

use super::cutover::CutoverContract;
use super::grants::Grant;
use super::secret::SecretContract;
use super::services::ServiceContract;
use crate::model::Environment;
use crate::model::cloud::{AccountId, Region};
use crate::model::deferred::Deferred;
use crate::model::environment::Records;
use crate::model::name::ObjectName;
use crate::model::network::Hostname;
use crate::naming::Names;
use crate::resolve::EnvironmentRef;

/// An environment with everything derived: names, services, identities, secrets, buckets, queues, endpoint.
#[derive(Debug, Clone, serde::Serialize)]
pub(crate) struct EnvironmentContract {
    pub(crate) at: EnvironmentRef,
    pub(crate) spec: Environment,
    pub(crate) cluster: ObjectName,
    pub(crate) account: ObjectName,
    pub(crate) account_id: AccountId,
    pub(crate) region: Region,
    pub(crate) partition: &'static str,
    /// What its names were made by; backends take the names themselves, so it is in no digest.
    #[serde(skip)]
    pub(crate) names: Names,
    pub(crate) environment_id: String,
    pub(crate) namespace: String,
    pub(crate) release_name: String,
    pub(crate) jupyter_namespace: String,
    /// In the order of the catalog; every service the catalog has.
    pub(crate) services: Vec<ServiceContract>,
    pub(crate) identities: Vec<IdentityContract>,
    pub(crate) secrets: Vec<SecretContract>,
    pub(crate) buckets: Vec<BucketContract>,
    pub(crate) queues: Vec<QueueContract>,
    pub(crate) endpoint: EndpointContract,
    pub(crate) application: ApplicationContract,
    /// The database cluster it uses, and the secret with its master credentials.
    pub(crate) database: Option<super::cluster::DatabaseContract>,
    /// The secret with the master credentials, where its jobs make databases or the cluster names it.
    pub(crate) master_secret: Option<String>,
    /// The search domain it uses.
    pub(crate) search: Option<super::cluster::SearchContract>,
    /// What it takes of the requests of a host name that it shares; none where the host name is its own.
    pub(crate) cutover: Option<CutoverContract>,
    /// The commons it signs in to, where it has a parent: that commons' environment of the same tier.
    pub(crate) parent: Option<ParentContract>,
    /// Hosts of children that call this environment with the user's cookies.
    pub(crate) children: Vec<Hostname>,
}

/// The environment that a child signs in to.
#[derive(Debug, Clone, serde::Serialize)]
pub(crate) struct ParentContract {
    pub(crate) at: EnvironmentRef,
    pub(crate) hostname: Hostname,
    pub(crate) namespace: String,
    pub(crate) cluster: ObjectName,
    /// The domain of the cookies that it and all of its children share; none where they lie in none together.
    pub(crate) cookie_domain: Option<String>,
}

impl EnvironmentContract {
    /// The host that leads to it and to no other; none while it shares the only one that it has.
    pub(crate) fn own_host(&self) -> Option<&Hostname> {
        match &self.cutover {
            None => Some(&self.endpoint.hostname),
            Some(cutover) => cutover.preview.as_ref(),
        }
    }

    /// Whether a service runs.
    pub(crate) fn runs(&self, service: &str) -> bool {
        self.services
            .iter()
            .any(|known| known.name == service && known.enabled)
    }

    /// The secret of a purpose.
    pub(crate) fn secret(&self, purpose: &str) -> Option<&SecretContract> {
        self.secrets.iter().find(|secret| secret.purpose == purpose)
    }

    /// The queue of a purpose.
    pub(crate) fn queue(&self, purpose: QueuePurpose) -> Option<&QueueContract> {
        self.queues.iter().find(|queue| queue.purpose == purpose)
    }

    /// The bucket of a purpose.
    pub(crate) fn bucket(&self, purpose: BucketPurpose) -> Option<&BucketContract> {
        self.buckets.iter().find(|bucket| bucket.purpose == purpose)
    }
}

/// A Kubernetes service account, the role it runs as, and what that role may do.
#[derive(Debug, Clone, serde::Serialize)]
pub(crate) struct IdentityContract {
    /// The purpose in the role's name: `audit-sqs-sender`.
    pub(crate) purpose: String,
    /// The service it is of; `external-secrets` for the reader of secrets.
    pub(crate) service: String,
    /// The Kubernetes service account in the environment's namespace.
    pub(crate) service_account: String,
    /// The role, by its path and name: `gen3/demodev/demo--demodev-helm--fence`.
    pub(crate) role: String,
    /// The role's ARN.
    pub(crate) role_arn: String,
    /// Who makes the role.
    pub(crate) owner: RoleOwner,
    /// Where the chart takes the role.
    pub(crate) attachment: RoleAttachment,
    /// What it may do.
    pub(crate) grants: Vec<Grant>,
}

impl IdentityContract {
    /// The role's name without its path.
    pub(crate) fn role_name(&self) -> &str {
        self.role.rsplit('/').next().unwrap_or(&self.role)
    }

    /// The role's path, with a slash on both ends.
    pub(crate) fn role_path(&self) -> String {
        match self.role.rsplit_once('/') {
            Some((path, _)) => format!("/{path}/"),
            None => "/".to_owned(),
        }
    }

    /// A short description of it, for the cloud's console.
    pub(crate) fn description(&self) -> String {
        format!("{} of {}", self.service_account, self.service)
    }
}

/// Who makes a role.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
pub(crate) enum RoleOwner {
    /// The `identity` layer.
    Managed,
    /// Somebody else: the model gives its ARN.
    External,
}

/// Where the chart takes a role.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub(crate) enum RoleAttachment {
    /// `<service>.<map>.annotations`.
    Annotation(String),
    /// `global.aws.<key>`, by its name with path.
    Global(String),
    /// `global.aws.secretStoreServiceAccount`.
    SecretStore,
}

/// What a bucket is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
pub(crate) enum BucketPurpose {
    /// Logs of access to the others.
    AccessLogs,
    /// Data files that users upload.
    Upload,
    /// Manifests of selected files.
    Manifest,
    /// Pages that are shown beside the commons.
    Dashboard,
    /// Exports that users asked for.
    Export,
}

impl BucketPurpose {
    /// Its purpose in names.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::AccessLogs => "access-logs",
            Self::Upload => "upload",
            Self::Manifest => "manifest",
            Self::Dashboard => "dashboard",
            Self::Export => "export",
        }
    }
}

/// A bucket of an environment.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub(crate) struct BucketContract {
    pub(crate) purpose: BucketPurpose,
    pub(crate) name: String,
}

/// What a queue is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
pub(crate) enum QueuePurpose {
    /// Events that audit records.
    Audit,
    /// Files that arrived in the upload bucket.
    Upload,
}

impl QueuePurpose {
    /// Its purpose in names.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Audit => "audit",
            Self::Upload => "upload",
        }
    }
}

/// A queue of an environment, with a second one for what could not be worked off.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub(crate) struct QueueContract {
    pub(crate) purpose: QueuePurpose,
    pub(crate) name: String,
    /// Where messages are sent to and taken from.
    pub(crate) url: String,
    pub(crate) arn: String,
}

impl QueueContract {
    /// The queue of what could not be worked off.
    pub(crate) fn dead_name(&self) -> String {
        format!("{}-dead", self.name)
    }
}

/// How the public reaches an environment.
#[derive(Debug, Clone, serde::Serialize)]
pub(crate) struct EndpointContract {
    pub(crate) hostname: Hostname,
    /// The host that its ingress claims: its own, or its preview's while another behind the same load balancer has the one
    /// that they share.
    pub(crate) claimed: Hostname,
    /// A second host that its ingress claims.
    pub(crate) also: Option<Hostname>,
    /// The certificate, once it is issued; none where it is not ACM's.
    pub(crate) certificate: Option<Deferred<String>>,
    /// What leads requests into the cluster.
    pub(crate) ingress: Ingress,
    /// Who keeps the record of the host.
    pub(crate) records: Records,
    /// The load balancer's name in the cluster.
    pub(crate) load_balancer: String,
    /// The load balancer's ingress group.
    pub(crate) group: String,
    /// The scheme of the load balancer.
    pub(crate) scheme: crate::model::cluster::Scheme,
    /// The web ACL of the load balancer.
    pub(crate) web_acl: Option<Deferred<String>>,
}

/// What leads requests into a cluster.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub(crate) enum Ingress {
    /// A load balancer of the cloud, for which the chart has an ingress of its own.
    Balancer,
    /// A controller in the cluster, by the class of its ingresses.
    Class(String),
}

/// The Argo CD application of an environment.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub(crate) struct ApplicationContract {
    pub(crate) name: String,
    /// The directory below the cluster's.
    pub(crate) directory: String,
    /// The Argo CD instance: the cluster's own, or the hub's.
    pub(crate) instance: ObjectName,
}

//! What a fact is about, keyed by what the cloud sees and never by model path: a foreign tree has no model paths.

use std::fmt;

/// What kind of thing it is. The texts are frozen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum ThingKind {
    /// A Kubernetes service account; scope: cluster and namespace.
    ServiceAccount,
    /// A cloud role; scope: account. The name has the path.
    Role,
    /// A secret in the secret manager; scope: account and region.
    Secret,
    /// A Kubernetes Secret; scope: cluster and namespace.
    KubernetesSecret,
    /// A bucket; scope: `world`.
    Bucket,
    /// A queue; scope: account and region.
    Queue,
    /// A topic; scope: account and region.
    Topic,
    /// An encryption key by its alias; scope: account and region.
    Key,
    /// A search domain; scope: account and region.
    SearchDomain,
    /// A public host name; scope: `world`.
    Hostname,
    /// A certificate by the host it is for; scope: account and region.
    Certificate,
    /// A load balancer by its ingress group; scope: cluster.
    LoadBalancer,
    /// A web ACL; scope: account and region.
    WebAcl,
    /// A set of addresses; scope: account and region.
    IpSet,
    /// An Argo CD application; scope: the Argo CD instance.
    Application,
    /// A namespace; scope: cluster.
    Namespace,
    /// A database cluster; scope: account and region.
    Database,
    /// An environment of the fleet; scope: its commons.
    Environment,
}

impl ThingKind {
    /// Its text.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::ServiceAccount => "service-account",
            Self::Role => "role",
            Self::Secret => "secret",
            Self::KubernetesSecret => "kubernetes-secret",
            Self::Bucket => "bucket",
            Self::Queue => "queue",
            Self::Topic => "topic",
            Self::Key => "key",
            Self::SearchDomain => "search-domain",
            Self::Hostname => "hostname",
            Self::Certificate => "certificate",
            Self::LoadBalancer => "load-balancer",
            Self::WebAcl => "web-acl",
            Self::IpSet => "ip-set",
            Self::Application => "application",
            Self::Namespace => "namespace",
            Self::Database => "database",
            Self::Environment => "environment",
        }
    }
}

/// The name of every thing of a scope, or the scope of all: what a document says of somebody, not said of whom.
pub(crate) const ANY: &str = "*";

/// A thing: `kind:scope/name`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct ThingId {
    pub(crate) kind: ThingKind,
    pub(crate) scope: Box<str>,
    pub(crate) name: Box<str>,
}

impl ThingId {
    /// The thing of that kind, scope and name.
    pub(crate) fn new(
        kind: ThingKind,
        scope: impl Into<Box<str>>,
        name: impl Into<Box<str>>,
    ) -> Self {
        Self {
            kind,
            scope: scope.into(),
            name: name.into(),
        }
    }
}

impl fmt::Display for ThingId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}/{}", self.kind.as_str(), self.scope, self.name)
    }
}

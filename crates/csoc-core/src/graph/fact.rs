//! Facts: what the linker knows from the fleet, and what observing documents shows. Both in any order.

use super::thing::ThingId;
use crate::value::Origin;

/// How one thing relates to another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Relation {
    /// A service account says which role it runs as.
    RunsAs,
    /// A role's trust policy lets a service account in.
    Trusts,
    /// A role's policies allow it something on a resource.
    Allows,
    /// A Kubernetes Secret is synced from a secret.
    SyncedFrom,
    /// A secret, bucket or queue is encrypted by a key.
    EncryptedBy,
    /// A host name is served by a load balancer.
    ServedBy,
    /// A host name is proved by a certificate.
    CertifiedBy,
    /// A load balancer is guarded by a web ACL.
    GuardedBy,
    /// A web ACL lets only a set of addresses reach a host.
    Admits,
    /// An application deploys into a namespace.
    DeploysTo,
}

/// What an edge leads to.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Target {
    /// That thing.
    Exact(ThingId),
    /// Everything that a pattern of the cloud's names matches.
    Pattern(Box<str>),
    /// It cannot be told from the text, for that reason.
    Undecidable(Box<str>),
}

/// One thing related to another.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Edge {
    pub(crate) from: ThingId,
    pub(crate) relation: Relation,
    pub(crate) to: Target,
    pub(crate) origin: Origin,
}

/// Something known.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Fact {
    /// The thing is made or declared.
    Thing(ThingId, Origin),
    /// The two are related.
    Edge(Edge),
    /// The file at `file` belongs to a namespace of a cluster: an Application names it.
    Scope {
        /// A path below the tree.
        file: Box<str>,
        /// `cluster/namespace`.
        scope: Box<str>,
    },
}

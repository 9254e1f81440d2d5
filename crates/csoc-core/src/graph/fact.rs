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
    /// A role reads or writes what is in a resource, which needs its key. Only documents show it.
    Handles,
    /// A bucket or topic sends its messages to a topic or queue. Only documents show it.
    Notifies,
    /// The policy of a queue, topic, secret or key lets someone use it. Only documents show it.
    Accepts,
    /// A service sends to a queue, or a role's policies let it. Only documents show it.
    Sends,
    /// A service reads from a queue, or a role's policies let it. Only documents show it.
    Receives,
    /// A Kubernetes Secret is synced from a secret.
    SyncedFrom,
    /// A secret, bucket or queue is encrypted by a key.
    EncryptedBy,
    /// A host name is served by a load balancer.
    ServedBy,
    /// A host name is proved by a certificate.
    CertifiedBy,
    /// A certificate is for hosts of that pattern. Only documents show it.
    Covers,
    /// A load balancer is guarded by a web ACL.
    GuardedBy,
    /// A web ACL lets only a set of addresses reach a host.
    Admits,
    /// An application deploys into a namespace.
    DeploysTo,
    /// An environment is made of it or cannot do without it.
    Uses,
    /// A secret has the credentials of a database.
    Opens,
    /// The users of a child commons sign in at its parent.
    SignsInAt,
}

impl Relation {
    /// Its text. Frozen, as those of things are.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::RunsAs => "runs-as",
            Self::Trusts => "trusts",
            Self::Allows => "allows",
            Self::Handles => "handles",
            Self::Notifies => "notifies",
            Self::Accepts => "accepts",
            Self::Sends => "sends",
            Self::Receives => "receives",
            Self::SyncedFrom => "synced-from",
            Self::EncryptedBy => "encrypted-by",
            Self::ServedBy => "served-by",
            Self::CertifiedBy => "certified-by",
            Self::Covers => "covers",
            Self::GuardedBy => "guarded-by",
            Self::Admits => "admits",
            Self::DeploysTo => "deploys-to",
            Self::Uses => "uses",
            Self::Opens => "opens",
            Self::SignsInAt => "signs-in-at",
        }
    }

    /// Whether the first needs the second. Trust is a way in: what lets someone in works without them.
    pub(crate) const fn is_need(self) -> bool {
        !matches!(self, Self::Trusts | Self::Accepts)
    }
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
    /// Something is there that cannot be told from text, for that reason.
    Undecided(Box<str>, Origin),
}

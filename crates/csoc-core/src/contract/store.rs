//! How databases and search domains of a cluster are used, and what follows from that where the model says nothing.

use crate::model::data_store::{DatabaseCluster, DedicatedMasters, SearchDomain};
use crate::model::environment::{Size, Tier};
use crate::model::name::ObjectName;

/// How a shared store is used.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub(crate) struct StoreUse {
    pub(crate) name: ObjectName,
    /// The tier of the environment that matters most of those that use it.
    pub(crate) tier: Option<Tier>,
    /// The largest size of the environments that use it.
    pub(crate) size: Size,
}

/// Whether users, or those who decide about the next release, depend on what is of that tier.
pub(crate) fn matters(tier: Option<Tier>) -> bool {
    matches!(tier, Some(Tier::Staging | Tier::Prod))
}

impl StoreUse {
    /// Whether users, or those who decide about the next release, depend on it.
    fn matters(&self) -> bool {
        matters(self.tier)
    }

    /// The same, were production on it.
    pub(crate) fn in_production(&self) -> Self {
        Self {
            tier: Some(Tier::Prod),
            ..self.clone()
        }
    }

    /// The instances of a database.
    pub(crate) fn instances(&self, spec: &DatabaseCluster) -> u8 {
        let usual = if self.matters() { 2 } else { 1 };
        spec.instances.unwrap_or(usual)
    }

    /// Days that RDS keeps its own backups of a database.
    pub(crate) fn backup_days(&self, spec: &DatabaseCluster) -> u8 {
        let usual = if self.matters() { 14 } else { 7 };
        spec.backup_retention_days.unwrap_or(usual)
    }

    /// The nodes of a search domain that hold data.
    pub(crate) fn nodes(&self, spec: &SearchDomain) -> u8 {
        let usual = if self.matters() { 2 } else { 1 };
        spec.nodes.unwrap_or(usual).max(1)
    }

    /// The nodes of a search domain that hold none and lead the others.
    pub(crate) fn dedicated_masters(&self, spec: &SearchDomain) -> DedicatedMasters {
        let size = spec.size.unwrap_or(self.size);
        let usual = match self.tier {
            Some(Tier::Prod) => DedicatedMasters::Three,
            Some(Tier::Staging) if size == Size::Large => DedicatedMasters::Three,
            _ => DedicatedMasters::None,
        };
        spec.dedicated_masters.unwrap_or(usual)
    }
}

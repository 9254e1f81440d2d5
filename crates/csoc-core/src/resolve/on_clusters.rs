//! Which environments are on which cluster.

use std::collections::BTreeMap;

use super::fleet::EnvironmentRef;
use crate::model::name::ObjectName;

/// The environments of each cluster, in order: asked for so often that nobody walks through all of a fleet for it.
#[derive(Debug, Default)]
pub(crate) struct OnClusters(BTreeMap<ObjectName, Vec<EnvironmentRef>>);

impl OnClusters {
    /// Of all environments, each with its cluster.
    pub(crate) fn new<'a>(all: impl Iterator<Item = (&'a EnvironmentRef, &'a ObjectName)>) -> Self {
        let mut on: BTreeMap<ObjectName, Vec<EnvironmentRef>> = BTreeMap::new();
        for (at, cluster) in all {
            match on.get_mut(cluster) {
                Some(environments) => environments.push(at.clone()),
                None => {
                    on.insert(cluster.clone(), vec![at.clone()]);
                }
            }
        }
        Self(on)
    }

    /// The environments of a cluster.
    pub(crate) fn of(&self, cluster: &str) -> &[EnvironmentRef] {
        self.0.get(cluster).map_or(&[], Vec::as_slice)
    }
}

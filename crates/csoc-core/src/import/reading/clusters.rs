//! Clusters: which add-ons run, in which version, with which values; node pools.

use super::subject::{boolean, string};
use crate::catalog::AddonCatalog;
use crate::import::draft::Draft;
use crate::import::foreign::{Foreign, ForeignCluster};
use crate::import::group::text;
use crate::import::skeleton::set_typed;
use crate::model::name::ObjectName;
use crate::model::version::Version;
use crate::value::{Kind, Node};

/// The chart's node pools.
const NODE_POOLS: &str = "karpenter-crds";

/// Fills clusters. Files of add-ons that become values of theirs are no content any more.
pub(super) fn read(draft: &mut Draft, foreign: &Foreign) {
    for cluster in &foreign.clusters {
        let Ok(name) = cluster.directory.parse::<ObjectName>() else {
            continue;
        };
        if let (Some(values), Some(node)) = (&cluster.values, draft.clusters.get_mut(&name)) {
            addons(cluster, values, node);
            pools(values, node, &name);
        }
    }
}

fn addons(cluster: &ForeignCluster, values: &Node, node: &mut Node) {
    for (addon, facts) in AddonCatalog::embedded().iter() {
        let get = |key: &str| values.path(&[addon, key]);
        let Some(on) = boolean(get("enabled")) else {
            continue;
        };
        if !on {
            node.set(&["addons", addon, "enabled"], false.into());
            continue;
        }
        if addon == NODE_POOLS {
            continue;
        }
        node.set(&["addons", addon], Node::map());
        if let Some(version) = string(get("targetRevision"))
            && facts.version.as_deref() != Some(version)
        {
            set_typed::<Version>(node, &["addons", addon, "version"], version);
        }
        let file = cluster
            .beside
            .iter()
            .find(|file| file.name.as_str() == format!("{addon}.yaml"));
        let reads_file = boolean(values.path(&[addon, "configuration", "enabled"])) == Some(true);
        if let Some(own) = file.and_then(|file| file.node.as_ref())
            && facts.values
            && reads_file
        {
            node.set(&["addons", addon, "values"], own.clone());
        } else if !facts.values {
            let rest = without(values.get(addon), &["enabled", "targetRevision"]);
            if !rest.entries().is_empty() {
                node.set(&["addons", addon, "values"], rest);
            }
        }
    }
}

/// Node pools are a field of their own.
fn pools(values: &Node, node: &mut Node, name: &ObjectName) {
    let pools = values.get(NODE_POOLS);
    if boolean(pools.and_then(|pools| pools.get("enabled"))) != Some(true) {
        return;
    }
    let vpc = text(node, &["vpc"]).unwrap_or(name.as_str()).to_owned();
    let tag = string(pools.and_then(|pools| pools.get("selectorTag")));
    let known: &[&str] = if tag == Some(vpc.as_str()) {
        &["enabled", "selectorTag"]
    } else {
        &["enabled"]
    };
    let rest = without(pools, known);
    if !rest.entries().is_empty() {
        node.set(&["nodes", "values"], rest);
    }
}

/// A map without some keys.
fn without(node: Option<&Node>, keys: &[&str]) -> Node {
    let entries = node.map(Node::entries).unwrap_or_default();
    Node::new(Kind::Map(
        entries
            .iter()
            .filter(|entry| !keys.contains(&entry.key.as_str()))
            .cloned()
            .collect(),
    ))
}

//! All that an environment's values may depend on.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Serialize, Serializer};

use crate::backend::{FleetView, Unit};
use crate::contract::EnvironmentContract;
use crate::model::fleet::Gitops;
use crate::network;
use crate::resolve::{EnvironmentRef, ResolvedEnvironment};
use crate::span::{FileId, Span};
use crate::value::{Exact, Node};

/// The registry that images come from where the fleet names none.
pub(crate) const PUBLIC_REGISTRY: &str = "quay.io/cdis";

/// The input of an environment's values.
#[derive(Debug, Serialize)]
pub(crate) struct EnvironmentInput {
    pub(crate) contract: EnvironmentContract,
    /// Where images come from.
    pub(crate) registry: String,
    pub(crate) gitops: Option<Gitops>,
    /// The subnets that network policies let services reach.
    pub(crate) database_subnets: Vec<String>,
    /// Whether external-dns runs in the cluster.
    pub(crate) has_external_dns: bool,
    /// The availability zones of the cluster.
    pub(crate) zones: Vec<String>,
    /// Requests and limits by service.
    pub(crate) resources: BTreeMap<String, Exact>,
    /// Raw values.
    pub(crate) overlay: Option<Exact>,
    /// Content by name, in the order of the model.
    pub(crate) content: Vec<Content>,
}

/// A file of the application.
#[derive(Debug, Serialize)]
pub(crate) struct Content {
    /// What it is for.
    pub(crate) name: String,
    /// Where it lies below `content/`.
    pub(crate) path: String,
    /// Its bytes; none where there is no such file.
    #[serde(serialize_with = "as_bytes")]
    pub(crate) bytes: Option<Arc<[u8]>>,
    /// Its number, where it is text.
    #[serde(skip)]
    pub(crate) file: Option<FileId>,
    /// Where the model names it.
    #[serde(skip)]
    pub(crate) place: Option<Span>,
}

/// Bytes at once, not one by one.
#[expect(clippy::ref_option, reason = "a field's reference is what serde gives")]
fn as_bytes<S: Serializer>(bytes: &Option<Arc<[u8]>>, serializer: S) -> Result<S::Ok, S::Error> {
    match bytes {
        Some(bytes) => serializer.serialize_bytes(bytes),
        None => serializer.serialize_none(),
    }
}

/// The environments whose values are rendered.
pub(super) fn units(view: &FleetView<'_>) -> Vec<Unit<EnvironmentInput>> {
    view.contracts
        .environments
        .iter()
        .filter(|(_, contract)| view.renders(contract.spec.management.values))
        .filter_map(|(at, contract)| {
            let resolved = view.fleet.environments.get(at)?;
            Some(Unit {
                id: at.to_string(),
                object: at.to_string(),
                input: input(view, at, contract, resolved),
            })
        })
        .collect()
}

fn input(
    view: &FleetView<'_>,
    at: &EnvironmentRef,
    contract: &EnvironmentContract,
    resolved: &ResolvedEnvironment,
) -> EnvironmentInput {
    let spec = &contract.spec;
    let merged = &resolved.layers.merged;
    let cluster = view.fleet.cluster(contract.cluster.as_str());
    let registry = spec
        .registry
        .as_ref()
        .or(view.fleet.spec.registry.as_ref())
        .map_or_else(|| PUBLIC_REGISTRY.to_owned(), ToString::to_string);
    let texts = |texts: &mut dyn Iterator<Item = String>| texts.collect();
    EnvironmentInput {
        registry,
        gitops: view.fleet.spec.gitops.clone(),
        database_subnets: network::database_subnets(view.fleet, &contract.cluster)
            .iter()
            .map(ToString::to_string)
            .collect(),
        has_external_dns: cluster.is_some_and(|cluster| cluster.spec.keeps_records()),
        zones: cluster.map_or_else(Vec::new, |cluster| {
            texts(&mut cluster.spec.network.zones.iter().map(ToString::to_string))
        }),
        resources: merged
            .get("services")
            .map(Node::entries)
            .unwrap_or_default()
            .iter()
            .filter_map(|entry| {
                let resources = entry.node.get("resources")?;
                Some((entry.key.to_string(), Exact(resources.clone())))
            })
            .collect(),
        overlay: merged.get("values").cloned().map(Exact),
        content: spec
            .content
            .iter()
            .map(|(name, path)| {
                let file = view
                    .fleet
                    .loaded
                    .content
                    .get(camino::Utf8Path::new(path.as_str()));
                Content {
                    name: name.clone(),
                    path: path.to_string(),
                    bytes: file.map(|file| file.bytes.clone()),
                    file: file.and_then(|file| file.file),
                    place: view.fleet.environment_place(at, &["content", name]),
                }
            })
            .collect(),
        contract: contract.clone(),
    }
}

//! Commons that use the sign-in and the index of another one.

use std::collections::{BTreeMap, BTreeSet};

use super::subject::string;
use crate::import::draft::Draft;
use crate::import::foreign::{Foreign, ForeignEnvironment};
use crate::import::group::Place;
use crate::value::Node;

/// Names the parent of each commons whose services point at another commons' host.
pub(super) fn read(draft: &mut Draft, foreign: &Foreign, places: &[Place]) {
    let hosts: BTreeMap<&str, &Place> = foreign
        .environments
        .iter()
        .zip(places)
        .filter_map(|(environment, place)| {
            Some((environment.text(&["global", "hostname"])?, place))
        })
        .collect();
    let mut partners: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
    for (environment, place) in foreign.environments.iter().zip(places) {
        let own = environment
            .text(&["global", "hostname"])
            .unwrap_or_default();
        let Some(host) = index_host(environment).filter(|host| *host != own) else {
            continue;
        };
        let Some(parent) = hosts
            .get(host)
            .filter(|parent| parent.at.commons != place.at.commons)
        else {
            continue;
        };
        if let Some(node) = draft.environments.get_mut(&place.at) {
            node.set(&["parent"], parent.at.commons.as_str().into());
        }
        partners
            .entry(own)
            .or_default()
            .insert(format!("https://{host}"));
        partners
            .entry(host)
            .or_default()
            .insert(format!("https://{own}"));
    }
    for (environment, place) in foreign.environments.iter().zip(places) {
        let own = environment
            .text(&["global", "hostname"])
            .unwrap_or_default();
        let (Some(known), Some(node)) = (partners.get(own), draft.environments.get_mut(&place.at))
        else {
            continue;
        };
        without(node, known);
    }
}

/// The host whose index an environment uses.
fn index_host(environment: &ForeignEnvironment) -> Option<&str> {
    let url = string(environment.get(&["global", "manifestGlobalExtraValues", "indexd_url"]))?;
    url.strip_prefix("https://")?.split('/').next()
}

/// Takes origins out that parents and children are anyway.
fn without(node: &mut Node, known: &BTreeSet<String>) {
    let Some(exposure) = node.get_mut("exposure") else {
        return;
    };
    let Some(origins) = exposure.get("origins") else {
        return;
    };
    let kept: Vec<Node> = origins
        .items()
        .iter()
        .filter(|origin| !origin.text().is_some_and(|text| known.contains(text)))
        .cloned()
        .collect();
    if kept.is_empty() {
        exposure.remove("origins");
    } else {
        exposure.insert("origins", Node::list(kept));
    }
    if exposure.entries().is_empty() {
        node.remove("exposure");
    }
}

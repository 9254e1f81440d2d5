//! Application content: taken out of values into files of their own.

use std::collections::BTreeMap;

use camino::Utf8PathBuf;

use super::subject::string;
use crate::backend::helm::content::{NAMED, Shape, is_json};
use crate::import::draft::Draft;
use crate::import::foreign::{Foreign, ForeignEnvironment};
use crate::import::group::Place;
use crate::value::{Kind, Node, yaml_write};

/// Puts content into files and lets environments name them. One file does where environments of a commons agree.
pub(super) fn read(draft: &mut Draft, foreign: &Foreign, places: &[Place]) {
    let mut found: Vec<(&Place, &'static str, &'static str, Vec<u8>)> = Vec::new();
    for (environment, place) in foreign.environments.iter().zip(places) {
        for (name, shape, keys) in NAMED {
            if let Some((extension, bytes)) = take(environment, name, shape, keys) {
                found.push((place, name, extension, bytes));
            }
        }
    }
    let mut same: BTreeMap<(String, &str, &[u8]), usize> = BTreeMap::new();
    for (place, name, _, bytes) in &found {
        *same
            .entry((place.at.commons.to_string(), name, bytes))
            .or_default() += 1;
    }
    let shared: Vec<bool> = found
        .iter()
        .map(|(place, name, _, bytes)| {
            let of = |(commons, known, _): &(String, &str, &[u8])| {
                *commons == *place.at.commons.as_str() && known == name
            };
            let most = same
                .iter()
                .filter(|(key, _)| of(key))
                .map(|(_, count)| *count)
                .max();
            let own = same.get(&(place.at.commons.to_string(), *name, bytes.as_slice()));
            own.is_some_and(|count| *count > 1 && Some(*count) == most)
        })
        .collect();
    // Two files of as many users cannot both be the shared one.
    let mut taken: BTreeMap<Utf8PathBuf, Vec<u8>> = BTreeMap::new();
    for ((place, name, extension, bytes), shared) in found.into_iter().zip(shared) {
        let file = if name == "user-yaml" { "user" } else { name };
        let common = Utf8PathBuf::from(format!("{}/{file}.{extension}", place.at.commons));
        let own = format!(
            "{}/{}/{file}.{extension}",
            place.at.commons, place.at.environment
        );
        let is_free = taken.get(&common).is_none_or(|known| *known == bytes);
        let path = if shared && is_free {
            common
        } else {
            own.into()
        };
        taken.insert(path.clone(), bytes.clone());
        if let Some(node) = draft.environments.get_mut(&place.at) {
            node.set(&["content", name], path.as_str().into());
        }
        draft.content.insert(path, bytes.into());
    }
}

/// The bytes of a content with the end of its file's name, where the values hold it in the shape that it must have.
fn take(
    environment: &ForeignEnvironment,
    name: &str,
    shape: Shape,
    keys: &[&str],
) -> Option<(&'static str, Vec<u8>)> {
    let node = environment.get(keys)?;
    let data = |node: &Node| {
        let mut out = String::new();
        yaml_write::write(node, &mut out);
        out.into_bytes()
    };
    let has_text = |node| string(Some(node)).map(|text| text.as_bytes().to_vec());
    match shape {
        Shape::Data if name == "fence-config-public" => {
            let kept = fence_options(environment, node);
            (!kept.entries().is_empty()).then(|| ("yaml", data(&kept)))
        }
        Shape::Data => (node.is_map() && !node.entries().is_empty()).then(|| ("yaml", data(node))),
        Shape::List => {
            let is_list = matches!(&node.kind, Kind::List(items) if !items.is_empty());
            is_list.then(|| ("yaml", data(node)))
        }
        Shape::JsonText => {
            let text = string(Some(node))?;
            let used = name != "aggregate-metadata" || uses_aggregate(environment);
            (is_json(text) && used).then(|| ("json", text.as_bytes().to_vec()))
        }
        Shape::Text => {
            let extension = match name {
                "portal-css" => "css",
                "user-yaml" => "yaml",
                _ => "js",
            };
            Some((extension, has_text(node)?))
        }
        Shape::Hatchery => match node.get("json") {
            Some(json) => {
                let text = string(Some(json))?;
                let is_object = text.trim_start().starts_with('{') && is_json(text);
                is_object.then(|| ("json", text.as_bytes().to_vec()))
            }
            None => (node.is_map() && !node.entries().is_empty()).then(|| ("yaml", data(node))),
        },
    }
}

fn uses_aggregate(environment: &ForeignEnvironment) -> bool {
    super::subject::boolean(environment.get(&["metadata", "useAggMds"])) == Some(true)
}

/// Options of fence that the model does not give by itself.
fn fence_options(environment: &ForeignEnvironment, node: &Node) -> Node {
    let own = format!(
        "https://{}/user",
        environment
            .text(&["global", "hostname"])
            .unwrap_or_default()
    );
    let mut kept = Node::map();
    for entry in node.entries() {
        let made = entry.key == *"BASE_URL" && entry.node.text() == Some(own.as_str());
        if !made {
            kept.insert(entry.key.clone(), entry.node.clone());
        }
    }
    kept
}

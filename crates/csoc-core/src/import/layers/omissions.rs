//! Omissions that move up, and what is empty once all has moved.

use std::collections::{BTreeMap, BTreeSet};

use super::layer::Layer;
use super::member::Member;
use super::path::{Path, deep_mut, find, take};
use super::raise::Raise;
use crate::backend::helm::finish::omitted_keys;
use crate::import::draft::Draft;
use crate::value::{Key, Kind, Node};

impl Raise<'_> {
    /// Moves up omissions that every environment needs or that change nothing for it.
    pub(super) fn omissions(
        &self,
        draft: &mut Draft,
        field: &[&str],
        generated: impl Fn(&Member) -> Option<&Node>,
    ) {
        let mut needed: BTreeMap<String, BTreeSet<usize>> = BTreeMap::new();
        for (number, member) in self.members.iter().enumerate() {
            for layer in self.above(member) {
                let list = draft.layer(&layer).and_then(|node| node.path(field));
                for item in list.map(Node::items).unwrap_or_default() {
                    if let Some(text) = item.text() {
                        needed.entry(text.to_owned()).or_default().insert(number);
                    }
                }
            }
        }
        let mut up: Vec<String> = Vec::new();
        for (item, by) in needed {
            let Some(keys) = omitted_keys(&item) else {
                continue;
            };
            let harmless = self.members.iter().enumerate().all(|(number, member)| {
                by.contains(&number)
                    || generated(member).is_none_or(|base| find(base, &keys).is_none())
            });
            if harmless && by.len() > 1 {
                up.push(item);
            }
        }
        if up.is_empty() {
            return;
        }
        let is_up = |item: &Node| {
            item.text()
                .is_some_and(|text| up.iter().any(|up| up == text))
        };
        for member in self.members {
            for layer in self.above(member) {
                if let Some(Node {
                    kind: Kind::List(items),
                    ..
                }) = draft
                    .layer_mut(&layer)
                    .and_then(|node| deep_mut(node, field))
                {
                    items.retain(|item| !is_up(item));
                }
            }
        }
        if let Some(layer) = draft.layer_mut(&self.to) {
            let mut items = layer
                .path(field)
                .map(Node::items)
                .unwrap_or_default()
                .to_vec();
            items.extend(up.into_iter().map(Node::from));
            layer.set(field, Node::list(items));
        }
    }

    /// Takes maps and lists out that are empty now.
    pub(super) fn tidy(&self, draft: &mut Draft) {
        let mut all: Vec<Layer> = self
            .members
            .iter()
            .flat_map(|member| self.above(member))
            .collect();
        all.push(self.to.clone());
        all.sort();
        all.dedup();
        for layer in all {
            if let Some(node) = draft.layer_mut(&layer) {
                for field in [&["omit"][..], &["application", "omit"]] {
                    let is_empty = node.path(field).is_some_and(
                        |node| matches!(&node.kind, Kind::List(items) if items.is_empty()),
                    );
                    if is_empty {
                        let keys: Path = field.iter().map(|key| Key::from(*key)).collect();
                        take(node, &keys);
                    }
                }
            }
        }
        if let Layer::Cluster(name) = &self.to
            && let Some(cluster) = draft.clusters.get_mut(name)
            && cluster
                .get("environmentDefaults")
                .is_some_and(|node| node.entries().is_empty())
        {
            cluster.remove("environmentDefaults");
        }
        if draft
            .fleet
            .get("defaults")
            .is_some_and(|node| node.entries().is_empty())
        {
            draft.fleet.remove("defaults");
        }
        for cluster in draft.clusters.values_mut() {
            if cluster
                .get("environmentDefaults")
                .is_some_and(|node| node.entries().is_empty())
            {
                cluster.remove("environmentDefaults");
            }
        }
    }
}

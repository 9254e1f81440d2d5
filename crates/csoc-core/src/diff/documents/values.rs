//! The values files of a deployment: what Helm makes of all of them, and what the chart does where they say nothing.

use std::collections::BTreeSet;

use camino::Utf8Path;

use super::super::kind::ChangeKind;
use super::super::leaf;
use super::super::raw::Raw;
use super::super::redact;
use super::Documents;
use super::file::{node, switched};
use crate::catalog::chart::ChartCatalog;
use crate::tree::{Document, File};
use crate::value::overlay::{Nulls, merge};
use crate::value::pointer::Pointer;
use crate::value::{Key, Node};

/// Values of both sides as Helm merges them; empty where one file says all of it.
pub(super) struct Merged<'c> {
    pub(super) old: Node,
    pub(super) new: Node,
    chart: Option<ChartCatalog<'c>>,
}

impl<'c> Merged<'c> {
    pub(super) fn new(
        old: &Documents,
        new: &Documents,
        are_split: bool,
        chart: Option<ChartCatalog<'c>>,
    ) -> Self {
        let of = |side: &Documents| if are_split { merged(side) } else { Node::map() };
        Self {
            old: of(old),
            new: of(new),
            chart,
        }
    }

    /// Where both differ.
    pub(super) fn winning(&self) -> BTreeSet<String> {
        let mut wins = BTreeSet::new();
        leaf::compare(Some(&self.old), Some(&self.new), &mut |path, _, _| {
            wins.insert(path.iter().cloned().collect::<Pointer>().to_string());
        });
        wins
    }

    /// The difference, unless it is none: one side says what the chart does by itself, and the other nothing.
    ///
    /// What a switch of the whole commons and a service come to is told as the
    /// chart has it; of other values it is enough that nobody says them any more.
    pub(super) fn telling(
        &self,
        mut raw: Raw,
        path: &[Key],
        old: Option<&Node>,
        new: Option<&Node>,
    ) -> Option<Raw> {
        let of_chart = match (old, new) {
            (None, Some(_)) => self.by_itself(path, &self.old),
            (Some(_), None) => self.by_itself(path, &self.new),
            _ => None,
        };
        let is_switch = match raw.kind {
            ChangeKind::Service => true,
            ChangeKind::TierAccess
            | ChangeKind::PublicData
            | ChangeKind::Availability
            | ChangeKind::NetworkPolicy
            | ChangeKind::Maintenance => path.first().is_some_and(|first| first == "global"),
            _ => false,
        };
        if let Some(text) = of_chart {
            let said = old.or(new).map(leaf::show);
            if said.as_ref() == Some(&text) {
                return None;
            }
            if is_switch {
                let (before, after) = match old {
                    None => (Some(text), said),
                    Some(_) => (said, Some(text)),
                };
                (raw.place.old, raw.place.new) = switched(raw.kind, before, after);
                raw.action = super::super::change::Action::Changed;
            }
        }
        let is_other =
            raw.place.old != raw.place.new || raw.place.old.as_deref() == Some(redact::REDACTED);
        is_other.then_some(raw)
    }

    /// What the chart does at a key that no file of a side says.
    fn by_itself(&self, path: &[Key], side: &Node) -> Option<String> {
        let keys: Vec<&str> = path.iter().map(Key::as_str).collect();
        if side.path(&keys).is_some() {
            return None;
        }
        let key = self.chart?.at(keys.iter().copied())?;
        key.default().as_ref().map(leaf::show)
    }
}

/// Whether a file is one of values.
pub(super) fn is_values(slot: &str) -> bool {
    slot.strip_prefix("values/").is_some_and(|name| {
        !name.contains('/') && matches!(Utf8Path::new(name).extension(), Some("yaml" | "yml"))
    })
}

/// Whether a values file is empty, or nothing but comments.
pub(super) fn says_nothing(file: &File) -> bool {
    let Document::Bytes(bytes) = file.document() else {
        return false;
    };
    std::str::from_utf8(bytes).is_ok_and(|text| {
        text.lines()
            .map(str::trim_start)
            .all(|line| line.is_empty() || line.starts_with('#') || line == "---")
    })
}

/// The values of a deployment as Helm merges them: in the order of the Application, else by name.
fn merged(side: &Documents) -> Node {
    let mut order: Vec<String> = Vec::new();
    if let Some(node) = side
        .files
        .get("templates/app.yaml")
        .and_then(|file| node(file))
    {
        let sources = node
            .path(&["spec", "sources"])
            .map(Node::items)
            .unwrap_or_default();
        let single = node.path(&["spec", "source"]);
        for source in sources.iter().chain(single) {
            let files = source
                .path(&["helm", "valueFiles"])
                .map(Node::items)
                .unwrap_or_default();
            order.extend(files.iter().filter_map(|file| {
                file.text()?
                    .rsplit('/')
                    .next()
                    .map(|name| format!("values/{name}"))
            }));
        }
    }
    order.retain(|slot| side.files.contains_key(slot));
    // What an Application does not list nobody reads; where none lists anything, all of it counts.
    if order.is_empty() {
        order.extend(side.files.keys().filter(|slot| is_values(slot)).cloned());
    }
    order
        .iter()
        .filter_map(|slot| node(side.files.get(slot)?))
        .fold(Node::map(), |merged, over| merge(merged, over, Nulls::Data))
}

//! Files that lie beside values and are taken as they are: portal folders, objects of clusters.

use super::draft::Draft;
use super::foreign::{Beside, Foreign};
use super::group::Place;
use super::note::{NoteKind, Notes};
use crate::backend::helm::content::PLACED;
use crate::model::name::{ContentPath, ObjectName};
use crate::value::Node;

impl Draft {
    /// What a file beside a cluster's values says, where it is rendered from the values of an add-on.
    pub(super) fn addon_values<'f>(
        &self,
        cluster: &ObjectName,
        file: &'f Beside,
    ) -> Option<&'f Node> {
        let addon = file.name.file_stem().unwrap_or_default();
        let node = self.clusters.get(cluster)?;
        let is_rendered = file.name.components().count() == 1
            && node.path(&["addons", addon, "values"]).is_some();
        file.node.as_ref().filter(|_| is_rendered)
    }
}

/// Takes all of them into `content/`.
pub(super) fn add(draft: &mut Draft, foreign: &Foreign, places: &[Place], notes: &mut Notes) {
    for (environment, place) in foreign.environments.iter().zip(places) {
        let Some(node) = draft.environments.get_mut(&place.at) else {
            continue;
        };
        for file in &environment.beside {
            let name = file.name.as_str();
            let path = format!("{}/{}/{name}", place.at.commons, place.at.environment);
            if !PLACED.iter().any(|placed| name.starts_with(placed))
                || ContentPath::check(&path).is_err()
            {
                let message =
                    "the file lies beside values, and nothing of the chart reads it there";
                notes.file(NoteKind::LeftOut, &file.path, message);
                continue;
            }
            node.set(&["content", name], path.as_str().into());
            draft.content.insert(path.into(), file.bytes.clone());
        }
    }
    for cluster in &foreign.clusters {
        let Ok(name) = cluster.directory.parse::<ObjectName>() else {
            continue;
        };
        for file in &cluster.beside {
            if draft.addon_values(&name, file).is_some() {
                // It is rendered from the add-on's values.
                continue;
            }
            let Some(node) = draft.clusters.get_mut(&name) else {
                continue;
            };
            let path = format!("clusters/{name}/{}", file.name);
            if ContentPath::check(&path).is_err() {
                let message = "the path of this file cannot be one of content";
                notes.file(NoteKind::LeftOut, &file.path, message);
                continue;
            }
            node.set(&["content", file.name.as_str()], path.as_str().into());
            draft.content.insert(path.into(), file.bytes.clone());
        }
    }
}

//! The Application of an object: whether it is there, what it says, and what goes when it goes.

use super::super::change::Action;
use super::super::classify;
use super::super::danger::Danger;
use super::super::kind::ChangeKind;
use super::super::leaf;
use super::super::raw::Raw;
use super::file::Pair;
use crate::value::Node;

/// Deletes what an Application made when the Application goes.
const CASCADE: &str = "resources-finalizer.argocd.argoproj.io";

/// What is different between two Applications, or that only one side has one.
pub(super) fn application(
    pair: &Pair<'_>,
    slot: &str,
    old: Option<&Node>,
    new: Option<&Node>,
    into: &mut Vec<Raw>,
) {
    let name = |node: &Node| {
        node.path(&["metadata", "name"])
            .and_then(Node::text)
            .unwrap_or_default()
            .to_owned()
    };
    let object = pair.object;
    match (old, new) {
        (Some(gone), None) => {
            let (danger, reason) = if cascades(gone) {
                (
                    Danger::DataLoss,
                    "once it is deleted its finalizer deletes everything that it made",
                )
            } else {
                (
                    Danger::Outage,
                    "nobody keeps in step what it made; without a cascading finalizer that goes on running",
                )
            };
            into.push(
                Raw::presence(
                    object,
                    ChangeKind::Application,
                    name(gone),
                    slot,
                    Action::Removed,
                )
                .verdict(danger, reason),
            );
        }
        (None, Some(new)) => {
            into.push(
                Raw::presence(
                    object,
                    ChangeKind::Application,
                    name(new),
                    slot,
                    Action::Added,
                )
                .verdict(Danger::Cost, "Argo CD starts what it names"),
            );
        }
        _ => {
            leaf::compare(old, new, &mut |path, before, after| {
                let mut raw = pair.raw(classify::application(path), slot, path, before, after);
                if path.iter().any(|key| key == "finalizers") {
                    let cascaded = old.is_some_and(cascades);
                    raw = if new.is_some_and(cascades) && !cascaded {
                        raw.verdict(
                            Danger::DataLoss,
                            "from now on deleting the Application deletes everything that it made",
                        )
                    } else {
                        raw.verdict(
                            Danger::Harmless,
                            "deleting the Application leaves what it made",
                        )
                    };
                }
                into.push(raw);
            });
        }
    }
}

/// Whether deleting an Application deletes what it made.
pub(super) fn cascades(application: &Node) -> bool {
    let finalizers = application
        .path(&["metadata", "finalizers"])
        .map(Node::items)
        .unwrap_or_default();
    finalizers
        .iter()
        .any(|finalizer| finalizer.text() == Some(CASCADE))
}

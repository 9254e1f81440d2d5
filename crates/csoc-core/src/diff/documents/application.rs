//! The Application of an object: whether it is there, what it says, and what goes when it goes.

use camino::Utf8Path;

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

/// The API of the cluster that an Argo CD is in, as it calls it itself.
const HERE: &str = "https://kubernetes.default.svc";

/// An Application with the cluster whose directory it lies in.
#[derive(Clone, Copy)]
pub(super) struct Placed<'a> {
    pub(super) application: &'a Node,
    pub(super) cluster: &'a str,
}

impl<'a> Placed<'a> {
    /// Of a document that lies at that path of a tree.
    pub(super) fn new(application: &'a Node, path: &'a Utf8Path) -> Self {
        Self {
            application,
            cluster: path.as_str().split('/').nth(1).unwrap_or_default(),
        }
    }

    /// The cluster that it is for, and whether Argo CD runs there.
    fn destination(self) -> Option<(&'a str, bool)> {
        let destination = self.application.path(&["spec", "destination"])?;
        let text = |key| destination.get(key).and_then(Node::text);
        match (text("server"), text("name")) {
            (Some(HERE), None) => Some((self.cluster, true)),
            (None, Some(name)) => Some((name, false)),
            _ => None,
        }
    }

    /// The same without its cluster.
    fn without_destination(self) -> Node {
        let mut node = self.application.clone();
        if let Some(destination) = node
            .get_mut("spec")
            .and_then(|spec| spec.get_mut("destination"))
        {
            destination.remove("server");
            destination.remove("name");
        }
        node
    }
}

/// What is different between two Applications, or that only one side has one.
///
/// The same cluster, which one side's Argo CD is in and the other's is not, is no other place: only who delivers is another.
pub(super) fn application(
    pair: &Pair<'_>,
    slot: &str,
    old: Option<Placed<'_>>,
    new: Option<Placed<'_>>,
    into: &mut Vec<Raw>,
) {
    let ways = (
        old.and_then(Placed::destination),
        new.and_then(Placed::destination),
    );
    if let (Some(old), Some(new), (Some((one, was_there)), Some((other, is_there)))) =
        (old, new, ways)
        && one == other
        && was_there != is_there
    {
        let who = |is_there: bool| {
            Some(
                if is_there {
                    "its own"
                } else {
                    "another cluster's"
                }
                .to_owned(),
            )
        };
        let at = format!("{slot}#/spec/destination");
        let raw = Raw::new(
            pair.object,
            ChangeKind::Sync,
            "Argo CD",
            at,
            who(was_there),
            who(is_there),
        );
        into.push(raw.verdict(
            Danger::Outage,
            "the Argo CD that kept it in step must let go of it first, or both do",
        ));
        let (old, new) = (old.without_destination(), new.without_destination());
        says(pair, slot, Some(&old), Some(&new), into);
        return;
    }
    let (old, new) = (
        old.map(|side| side.application),
        new.map(|side| side.application),
    );
    says(pair, slot, old, new, into);
}

/// What two Applications say.
fn says(pair: &Pair<'_>, slot: &str, old: Option<&Node>, new: Option<&Node>, into: &mut Vec<Raw>) {
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

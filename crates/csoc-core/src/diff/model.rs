//! Two fleets' models side by side, field by field.

use std::collections::{BTreeMap, BTreeSet};

use super::change::Action;
use super::classify::{self, About};
use super::kind::ChangeKind;
use super::leaf;
use super::names;
use super::raw::Raw;
use super::redact;
use crate::explain::Place;
use crate::fleet::Fleet;
use crate::resolve::EnvironmentRef;
use crate::span::Sources;
use crate::value::path::{ModelPath, Step};
use crate::value::{Key, Node};

/// The files of both sides, so that each value is told with its place.
#[derive(Debug, Clone, Copy)]
pub(super) struct Texts<'a> {
    old: &'a Sources,
    new: &'a Sources,
}

impl<'a> Texts<'a> {
    pub(super) fn of(old: &'a Fleet, new: &'a Fleet) -> Self {
        Self {
            old: &old.resolved().loaded.sources,
            new: &new.resolved().loaded.sources,
        }
    }

    /// Where a value stands: on the new side, or, if it is gone, on the old one.
    fn source(self, old: Option<&Node>, new: Option<&Node>) -> Option<String> {
        let (sources, node) = match (old, new) {
            (_, Some(node)) => (self.new, node),
            (node, None) => (self.old, node?),
        };
        let first = |node: &Node| node.entries().first()?.key_origin.span();
        let span = node.span().or_else(|| first(node))?;
        let place = Place::new(sources, span);
        Some(format!("{}:{}", place.file, place.line))
    }
}

/// Where differences go, and where their places come from.
type Into<'a> = (Texts<'a>, &'a mut Vec<Raw>);

/// Everything that is different between two models; of objects that only one has, that it has them.
pub(super) fn compare(old: &Fleet, new: &Fleet, into: &mut Vec<Raw>) {
    let texts = Texts::of(old, new);
    let (before, after) = (&old.resolved().root, &new.resolved().root);
    let own = |root: &Node| {
        let mut own = root.clone();
        for key in [
            "accounts", "clusters", "commons", "defaults", "tiers", "policy",
        ] {
            own.remove(key);
        }
        own
    };
    fields(
        "fleet",
        "",
        &own(before),
        &own(after),
        &classify::other,
        (texts, into),
    );
    objects(
        "accounts",
        ChangeKind::Account,
        (before, after),
        &classify::other,
        (texts, into),
    );
    objects(
        "clusters",
        ChangeKind::Cluster,
        (before, after),
        &classify::cluster,
        (texts, into),
    );
    commons(before, after, (texts, into));
    for at in union(
        old.resolved().written_environments().map(|(at, _)| at),
        new.resolved().written_environments().map(|(at, _)| at),
    ) {
        environment(at, old, new, (texts, into));
    }
}

fn union<'a, T: Ord>(
    one: impl Iterator<Item = &'a T>,
    other: impl Iterator<Item = &'a T>,
) -> BTreeSet<&'a T> {
    one.chain(other).collect()
}

/// Accounts or clusters, without the layer that they are for environments.
fn objects(
    key: &str,
    kind: ChangeKind,
    (before, after): (&Node, &Node),
    about: &dyn Fn(&[Key]) -> About,
    (texts, into): Into<'_>,
) {
    let nodes = |root: &Node| -> BTreeMap<String, Node> {
        let entries = root.get(key).map(Node::entries).unwrap_or_default();
        let own = |node: &Node| {
            let mut own = node.clone();
            own.remove("environmentDefaults");
            own
        };
        entries
            .iter()
            .map(|entry| (entry.key.to_string(), own(&entry.node)))
            .collect()
    };
    let (before, after) = (nodes(before), nodes(after));
    for name in union(before.keys(), after.keys()) {
        let object = format!("{key}.{name}");
        match (before.get(name), after.get(name)) {
            (Some(one), Some(other)) => {
                fields(&object, &object, one, other, about, (texts, &mut *into));
            }
            (one, other) => {
                let source = texts.source(one, other);
                into.push(presence(&object, kind, one.is_some(), source));
            }
        }
    }
}

/// What is said of a commons as such.
fn commons(before: &Node, after: &Node, (texts, into): Into<'_>) {
    let names = |root: &Node| -> BTreeSet<String> {
        let entries = root.get("commons").map(Node::entries).unwrap_or_default();
        entries.iter().map(|entry| entry.key.to_string()).collect()
    };
    for name in names(before).intersection(&names(after)) {
        let own = |root: &Node| {
            let mut own = Node::map();
            for key in crate::model::Commons::OWN {
                if let Some(node) = root.path(&["commons", name, key]) {
                    own.insert(key, node.clone());
                }
            }
            own
        };
        let object = format!("commons.{name}");
        fields(
            &object,
            &object,
            &own(before),
            &own(after),
            &classify::other,
            (texts, &mut *into),
        );
    }
}

fn environment(at: &EnvironmentRef, old: &Fleet, new: &Fleet, (texts, into): Into<'_>) {
    let object = at.to_string();
    let find = |fleet: &Fleet| {
        fleet
            .resolved()
            .written_environment(at)
            .map(|environment| environment.layers.merged.clone())
    };
    match (find(old), find(new)) {
        (Some(one), Some(other)) => {
            environments(&object, &one, &other, (texts, &mut *into));
            if let (Some(one), Some(other)) = (
                old.contracts().environments.get(at),
                new.contracts().environments.get(at),
            ) {
                names::compare(&object, one, other, into);
            }
        }
        (one, _) => {
            let own = |fleet: &Fleet| {
                let (commons, name) = (at.commons.as_str(), at.environment.as_str());
                let path = ["commons", commons, "environments", name];
                fleet.resolved().root.path(&path).cloned()
            };
            let (before, after) = (own(old), own(new));
            let was_there = one.is_some();
            let source = if was_there {
                texts.source(before.as_ref(), None)
            } else {
                texts.source(None, after.as_ref())
            };
            let kind = ChangeKind::Environment;
            into.push(presence(&object, kind, was_there, source));
        }
    }
}

fn presence(object: &str, kind: ChangeKind, was_there: bool, source: Option<String>) -> Raw {
    let action = if was_there {
        Action::Removed
    } else {
        Action::Added
    };
    Raw::presence(object, kind, "", object, action)
        .of_model()
        .said_at(source)
}

/// Two environments of one fleet, or of two, field by field.
pub(super) fn environments(object: &str, old: &Node, new: &Node, into: Into<'_>) {
    fields(object, object, old, new, &classify::environment, into);
}

fn fields(
    object: &str,
    prefix: &str,
    old: &Node,
    new: &Node,
    about: &dyn Fn(&[Key]) -> About,
    (texts, into): Into<'_>,
) {
    leaf::compare(Some(old), Some(new), &mut |path, old, new| {
        let mut at: ModelPath = prefix.parse().unwrap_or_default();
        for key in path {
            match key
                .as_str()
                .strip_prefix('[')
                .and_then(|rest| rest.strip_suffix(']'))
            {
                Some(identity) => at.push(Step::Item(Some(Key::from(identity)))),
                None => at.push(Step::Key(key.clone())),
            }
        }
        let key = path.last().map_or("", |key| key.as_str());
        let source = texts.source(old, new);
        let (old, new) = leaf::show_both(old, new);
        let shown = |text: Option<String>| text.map(|text| redact::shown(key, text));
        let (kind, subject) = about(path);
        let (old, new) = match kind {
            // That nothing is said of a service does not tell whether it runs: the contract does.
            ChangeKind::Service => {
                let word = |text: Option<String>| {
                    text.map(|text| if text == "true" { "on" } else { "off" }.to_owned())
                };
                (word(shown(old)), word(shown(new)))
            }
            _ => (shown(old), shown(new)),
        };
        let raw = Raw::new(object, kind, subject, at.to_string(), old, new);
        into.push(raw.of_model().said_at(source));
    });
}

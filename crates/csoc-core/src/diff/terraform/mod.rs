//! Terraform roots side by side: resources by address, their arguments, and what is done to them.

mod root;
mod verdict;

pub(super) use root::Root;

use std::collections::{BTreeMap, BTreeSet};

use super::change::Action;
use super::danger::Danger;
use super::kind::ChangeKind;
use super::leaf;
use super::raw::Raw;
use super::redact;
use super::stateful::ResourceFacts;
use super::words::plural;
use root::Part;
use verdict::{is_access, is_guard, judged, kind_of};

/// Characters of an expression that are shown as they are.
const LINE: usize = 100;

/// What is different between two roots of one object. One that is on one side only is one change.
pub(in crate::diff) fn compare(
    object: &str,
    label: &str,
    old: Option<&Root>,
    new: Option<&Root>,
    into: &mut Vec<Raw>,
) {
    match (old, new) {
        (Some(old), Some(new)) => Pair {
            object,
            label,
            old,
            new,
        }
        .compare(into),
        (Some(root), None) => whole(object, label, root, Action::Removed, into),
        (None, Some(root)) => whole(object, label, root, Action::Added, into),
        (None, None) => {}
    }
}

fn whole(object: &str, label: &str, root: &Root, action: Action, into: &mut Vec<Raw>) {
    let held = root.stateful();
    let (danger, reason) = match action {
        Action::Removed if held.is_empty() => (
            Danger::Identity,
            "the root is no longer rendered; what it made stays until somebody destroys it"
                .to_owned(),
        ),
        Action::Removed => (
            Danger::DataLoss,
            format!(
                "the root is no longer rendered; what it made stays in its state, and goes with {} that hold data once somebody destroys it",
                plural(held.len(), "resource")
            ),
        ),
        _ => (
            Danger::Cost,
            "a root of its own creates all of this".to_owned(),
        ),
    };
    let mut any = false;
    for (address, _) in root.resources() {
        any = true;
        into.push(Raw {
            stands_alone: true,
            ..Raw::presence(
                object,
                ChangeKind::Resource,
                format!("{label}: all"),
                address,
                action,
            )
            .verdict(danger, reason.clone())
        });
    }
    if !any {
        into.push(
            Raw::presence(
                object,
                ChangeKind::TerraformPart,
                format!("{label}: all"),
                label,
                action,
            )
            .verdict(Danger::Harmless, "a root without resources"),
        );
    }
}

/// Two roots of one object.
struct Pair<'a> {
    object: &'a str,
    label: &'a str,
    old: &'a Root,
    new: &'a Root,
}

impl Pair<'_> {
    fn compare(&self, into: &mut Vec<Raw>) {
        let names: BTreeSet<&String> = self
            .old
            .inputs
            .keys()
            .chain(self.new.inputs.keys())
            .collect();
        for name in names {
            let (old, new) = (self.old.inputs.get(name), self.new.inputs.get(name));
            if old != new {
                let at = format!("{}/terraform.tfvars.json#/{name}", self.label);
                let shown =
                    |value: Option<&String>| value.map(|value| redact::shown(name, value.clone()));
                into.push(Raw::new(
                    self.object,
                    ChangeKind::Input,
                    format!("{}: {name}", self.label),
                    at,
                    shown(old),
                    shown(new),
                ));
            }
        }
        // An address that was moved is compared with what it was; whichever side says so.
        let mut went: BTreeMap<&str, &str> = BTreeMap::new();
        for (from, to) in self
            .new
            .moved
            .iter()
            .chain(self.old.moved.iter().map(|(from, to)| (to, from)))
        {
            if self.old.parts.contains_key(from)
                && !self.new.parts.contains_key(from)
                && self.new.parts.contains_key(to)
                && !self.old.parts.contains_key(to)
            {
                went.insert(from, to);
            }
        }
        let came: BTreeSet<&str> = went.values().copied().collect();
        for (address, part) in &self.old.parts {
            let now = went.get(address.as_str()).copied().unwrap_or(address);
            match self.new.parts.get(now) {
                Some(other) => self.arguments(address, now, part, other, into),
                None => self.presence(address, part, Action::Removed, into),
            }
        }
        for (address, part) in &self.new.parts {
            if !self.old.parts.contains_key(address) && !came.contains(address.as_str()) {
                self.presence(address, part, Action::Added, into);
            }
        }
    }

    fn presence(&self, address: &str, part: &Part, action: Action, into: &mut Vec<Raw>) {
        let kind = kind_of(part);
        let subject = format!("{}: {address}", self.label);
        let raw = Raw::presence(self.object, kind, subject, address, action);
        if part.kind != "resource" {
            into.push(judged(raw, part));
            return;
        }
        let facts = ResourceFacts::of(&part.of);
        let held = facts.and_then(|facts| facts.holds);
        let twin = self.twin(part, action);
        let is_protected = part
            .arguments
            .get("lifecycle.prevent_destroy")
            .is_some_and(|value| value == "true");
        let (danger, reason) = match (action, held, &twin) {
            (Action::Removed, Some(held), None) => (
                Danger::DataLoss,
                format!("Terraform destroys it, and {held} with it"),
            ),
            (Action::Removed, Some(held), Some(twin)) => (
                Danger::DataLoss,
                format!(
                    "a new address without a `moved` block: Terraform destroys it and {held}, and creates `{twin}` empty"
                ),
            ),
            (Action::Removed, None, _) if is_access(&part.of) => (
                Danger::Identity,
                "Terraform destroys it; what used it is refused".to_owned(),
            ),
            (Action::Removed, None, _) if is_guard(&part.of) => (
                Danger::Exposure,
                "Terraform destroys what guarded it".to_owned(),
            ),
            (Action::Removed, None, _) => (Danger::Outage, "Terraform destroys it".to_owned()),
            (_, Some(_), Some(twin)) => (
                Danger::DataLoss,
                format!(
                    "a new address without a `moved` block: it is created empty, and `{twin}` is destroyed"
                ),
            ),
            _ if is_access(&part.of) => (
                Danger::Identity,
                "Terraform creates it; somebody may do more".to_owned(),
            ),
            _ => (Danger::Cost, "Terraform creates it".to_owned()),
        };
        let mut raw = raw.verdict(danger, reason);
        raw.stands_alone = held.is_some();
        if is_protected && action == Action::Removed {
            raw.consequences.push(
                "`prevent_destroy` is set: once the block is gone nothing prevents it any more"
                    .to_owned(),
            );
        }
        into.push(raw);
    }

    /// A resource of the same type and name at another address of the other side.
    fn twin(&self, part: &Part, action: Action) -> Option<String> {
        let name = ResourceFacts::of(&part.of)?.forces_new.first()?;
        let value = part.arguments.get(*name)?;
        let (mine, other) = match action {
            Action::Removed => (self.old, self.new),
            _ => (self.new, self.old),
        };
        other
            .resources()
            .find(|(address, known)| {
                known.of == part.of
                    && known.arguments.get(*name) == Some(value)
                    && !mine.parts.contains_key(*address)
            })
            .map(|(address, _)| address.to_owned())
    }

    fn arguments(&self, address: &str, now: &str, old: &Part, new: &Part, into: &mut Vec<Raw>) {
        let paths: BTreeSet<&String> = old.arguments.keys().chain(new.arguments.keys()).collect();
        let facts = ResourceFacts::of(&new.of).filter(|_| new.kind == "resource");
        let different = |path: &&&String| old.arguments.get(**path) != new.arguments.get(**path);
        let forced: Vec<&str> = paths
            .iter()
            .filter(different)
            .filter(|path| facts.is_some_and(|facts| facts.is_forced_by(path)))
            .map(|path| path.as_str())
            .collect();
        let counted = paths
            .iter()
            .filter(different)
            .any(|path| *path == "count" || path.starts_with("for_each"));
        let verdict = facts.and_then(|facts| replaced(facts, &forced, counted));
        let is_replaced = verdict.is_some();
        let address = if address <= now { address } else { now };
        for path in paths.iter().filter(different) {
            let key = path.rsplit('.').next().unwrap_or(path);
            let (before, after) = both(old.arguments.get(*path), new.arguments.get(*path));
            let shown = |value: Option<String>| value.map(|value| redact::shown(key, value));
            let mut raw = Raw::new(
                self.object,
                kind_of(new),
                format!("{}: {address}", self.label),
                format!("{address}.{path}"),
                shown(before),
                shown(after),
            );
            // The part is there on both sides.
            raw.action = Action::Changed;
            raw.stands_alone = is_replaced && facts.is_some_and(|facts| facts.holds.is_some());
            if let Some(verdict) = &verdict {
                raw.verdict = Some(verdict.clone());
                if new
                    .arguments
                    .get("lifecycle.prevent_destroy")
                    .is_some_and(|value| value == "true")
                {
                    raw.consequences.push(
                        "`prevent_destroy` is set: Terraform refuses until somebody takes it out"
                            .to_owned(),
                    );
                }
            } else {
                raw = judged(raw, new);
            }
            into.push(raw);
        }
    }
}

/// What happens to a resource some of whose arguments cannot be changed in place, or of which there are more or fewer.
fn replaced(facts: &ResourceFacts, forced: &[&str], counted: bool) -> Option<(Danger, String)> {
    let which = forced
        .iter()
        .map(|path| format!("`{path}`"))
        .collect::<Vec<_>>()
        .join(", ");
    let again = "cannot be changed in place: Terraform destroys it";
    Some(match (forced.is_empty(), facts.holds) {
        (false, Some(held)) => (
            Danger::DataLoss,
            format!("{which} {again} and {held}, then creates it empty"),
        ),
        (false, None) if is_access(facts.kind) => (
            Danger::Identity,
            format!("{which} {again}, then creates it"),
        ),
        (false, None) => (Danger::Outage, format!("{which} {again}, then creates it")),
        (true, Some(held)) if counted => (
            Danger::DataLoss,
            format!(
                "there are others of it: those that are left out are destroyed, and {held} with them"
            ),
        ),
        (true, _) => return None,
    })
}

/// Both values in a line each. Of long ones only the texts that the other has not.
fn both(old: Option<&String>, new: Option<&String>) -> (Option<String>, Option<String>) {
    let long = |text: &&String| text.len() > LINE;
    if let (Some(before), Some(after)) = (old, new)
        && (long(&before) || long(&after) || (before.contains('[') && after.contains('[')))
    {
        let (mine, other) = (quoted(before), quoted(after));
        let has_own = mine.iter().any(|item| !other.contains(item))
            || other.iter().any(|item| !mine.contains(item));
        if has_own {
            let (before, after) = leaf::lists(&mine, &other);
            return (Some(before), Some(after));
        }
    }
    (
        old.map(|text| leaf::show_text(text)),
        new.map(|text| leaf::show_text(text)),
    )
}

/// The texts in quotes of an expression.
fn quoted(text: &str) -> Vec<&str> {
    text.split('"').skip(1).step_by(2).collect()
}

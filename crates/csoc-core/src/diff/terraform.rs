//! Terraform roots side by side: resources by address, their arguments, and what is done to them.

use std::collections::{BTreeMap, BTreeSet};

use super::change::Action;
use super::danger::Danger;
use super::kind::ChangeKind;
use super::leaf;
use super::raw::Raw;
use super::redact;
use super::stateful::ResourceFacts;
use crate::hcl::{Block, Body, Expression, ExpressionKind, ObjectKey, Step, print_in_line};
use crate::tree::{Document, File};
use crate::value::{Kind, Node};

/// Characters of an expression that are shown as they are.
const LINE: usize = 100;

/// A root: what it declares, by address, each with its arguments by path.
#[derive(Debug, Default)]
pub(super) struct Root {
    parts: BTreeMap<String, Part>,
    inputs: BTreeMap<String, String>,
    /// Addresses that went on as another.
    moved: BTreeMap<String, String>,
}

#[derive(Debug)]
struct Part {
    /// `resource`, `data`…
    kind: String,
    /// The type of a resource.
    of: String,
    arguments: BTreeMap<String, String>,
}

impl Root {
    /// The root of those files, all of one directory.
    pub(super) fn new(files: &[&File]) -> Self {
        let mut root = Self::default();
        for file in files {
            if let Document::Json(node) | Document::Yaml(node) = file.document()
                && file.path().as_str().ends_with("tfvars.json")
            {
                for entry in node.entries() {
                    root.inputs
                        .insert(entry.key.to_string(), input(&entry.node));
                }
            }
        }
        for file in files {
            if let Document::Hcl(body) = file.document() {
                root.body(body);
            }
        }
        root
    }

    fn body(&mut self, body: &Body) {
        for block in body.all_blocks() {
            let labels: Vec<&str> = block.labels.iter().map(|label| &*label.text).collect();
            let kind = block.kind.to_string();
            let (address, of) = match (&*kind, &labels[..]) {
                ("resource", [of, name, ..]) => (format!("{of}.{name}"), (*of).to_owned()),
                ("data" | "ephemeral", [of, name, ..]) => {
                    (format!("{kind}.{of}.{name}"), (*of).to_owned())
                }
                ("moved", _) => {
                    let end = |name| block.body.get(name).map(print_in_line);
                    if let (Some(from), Some(to)) = (end("from"), end("to")) {
                        self.moved.insert(from, to);
                    }
                    continue;
                }
                ("locals", _) => {
                    for local in block.body.attributes() {
                        let mut arguments = BTreeMap::new();
                        self.expression("value", &local.value, &mut arguments);
                        let part = Part {
                            kind: kind.clone(),
                            of: String::new(),
                            arguments,
                        };
                        self.parts.insert(format!("local.{}", local.name), part);
                    }
                    continue;
                }
                ("import" | "removed", _) => {
                    let end = block
                        .body
                        .get("to")
                        .or_else(|| block.body.get("from"))
                        .map(print_in_line);
                    (format!("{kind} {}", end.unwrap_or_default()), String::new())
                }
                _ => (
                    std::iter::once(&*kind)
                        .chain(labels.iter().copied())
                        .collect::<Vec<_>>()
                        .join("."),
                    String::new(),
                ),
            };
            let mut arguments = BTreeMap::new();
            self.arguments("", &block.body, &mut arguments);
            if matches!(&*kind, "variable" | "output") {
                // Prose, that nobody runs.
                arguments.remove("description");
            }
            // The settings of Terraform itself may stand in several blocks.
            let part = self.parts.entry(address).or_insert_with(|| Part {
                kind,
                of,
                arguments: BTreeMap::new(),
            });
            part.arguments.append(&mut arguments);
        }
    }

    fn arguments(&self, prefix: &str, body: &Body, into: &mut BTreeMap<String, String>) {
        for attribute in body.attributes() {
            self.expression(&join(prefix, &attribute.name), &attribute.value, into);
        }
        let mut siblings: BTreeMap<&str, Vec<&Block>> = BTreeMap::new();
        for block in body.all_blocks() {
            siblings.entry(&block.kind).or_default().push(block);
        }
        for (kind, blocks) in siblings {
            let names = names(&blocks);
            for (block, name) in blocks.iter().zip(names) {
                self.arguments(&join(prefix, &format!("{kind}{name}")), &block.body, into);
            }
        }
    }

    fn expression(&self, path: &str, value: &Expression, into: &mut BTreeMap<String, String>) {
        match &value.kind {
            ExpressionKind::Object(fields) if !fields.is_empty() => {
                for field in fields {
                    let key = match &field.key {
                        ObjectKey::Identifier(name) | ObjectKey::String(name) => name.to_string(),
                        ObjectKey::Expression(key) => print_in_line(key),
                    };
                    self.expression(&join(path, &key), &field.value, into);
                }
            }
            // What a root is given is its argument.
            ExpressionKind::Reference(root, steps) if root == "var" => {
                let known = match &steps[..] {
                    [Step::Attribute(name)] => self.inputs.get(&**name),
                    _ => None,
                };
                into.insert(
                    path.to_owned(),
                    known.cloned().unwrap_or_else(|| print_in_line(value)),
                );
            }
            ExpressionKind::String(text) => {
                into.insert(path.to_owned(), leaf::show_text(text));
            }
            _ => {
                into.insert(path.to_owned(), print_in_line(value));
            }
        }
    }

    /// The addresses of resources by type, in words: `2 aws_s3_bucket`.
    fn stateful(&self) -> Vec<(&str, &'static str)> {
        self.resources()
            .filter_map(|(address, part)| Some((address, ResourceFacts::of(&part.of)?.holds?)))
            .collect()
    }

    fn resources(&self) -> impl Iterator<Item = (&str, &Part)> {
        self.parts
            .iter()
            .filter(|(_, part)| part.kind == "resource")
            .map(|(address, part)| (address.as_str(), part))
    }

    /// How many resources of each type that hold something.
    pub(super) fn holdings(&self, into: &mut BTreeMap<String, usize>) {
        for (_, part) in self.resources() {
            if ResourceFacts::of(&part.of).is_some_and(|facts| facts.holds.is_some()) {
                *into.entry(part.of.clone()).or_default() += 1;
            }
        }
    }
}

/// What is different between two roots of one object. One that is on one side only is one change.
pub(super) fn compare(
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
                count(held.len(), "resource")
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
            .map(|(from, to)| (from, to))
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
            into.push(self.judged(raw, part));
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
        let verdict = facts.filter(|_| !forced.is_empty()).map(|facts| {
            let which = forced.iter().map(|path| format!("`{path}`")).collect::<Vec<_>>().join(", ");
            match facts.holds {
                Some(held) => (Danger::DataLoss, format!("{which} cannot be changed in place: Terraform destroys it and {held}, then creates it empty")),
                None if is_access(facts.kind) => (Danger::Identity, format!("{which} cannot be changed in place: Terraform destroys it, then creates it")),
                None => (Danger::Outage, format!("{which} cannot be changed in place: Terraform destroys it, then creates it")),
            }
        });
        let is_replaced = verdict.is_some();
        let address = if address < now || address == now {
            address
        } else {
            now
        };
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
                raw = self.judged(raw, new);
            }
            into.push(raw);
        }
    }

    fn judged(&self, raw: Raw, part: &Part) -> Raw {
        let texts = (
            raw.place.old.clone().unwrap_or_default(),
            raw.place.new.clone().unwrap_or_default(),
        );
        let at = raw.place.at.clone();
        if at.contains("deletion_protection")
            || at.contains("prevent_destroy")
            || at.contains("skip_final_snapshot")
            || at.contains("force_destroy")
        {
            let off = |text: &str| text == "false" || text.is_empty();
            let weaker = if at.contains("skip_final_snapshot") || at.contains("force_destroy") {
                off(&texts.0) && !off(&texts.1)
            } else {
                !off(&texts.0) && off(&texts.1)
            };
            return if weaker {
                raw.verdict(
                    Danger::DataLoss,
                    "what kept it from being destroyed is gone",
                )
            } else {
                raw.verdict(Danger::Harmless, "it is better protected")
            };
        }
        if part.kind == "terraform" && at.contains("backend") {
            let mut raw = raw.verdict(Danger::DataLoss, "its state lies elsewhere: Terraform knows nothing of what it made, and creates it again");
            raw.kind = ChangeKind::State;
            return raw;
        }
        if (part.of == "aws_iam_policy_document" || is_access(&part.of)) && part.kind != "variable"
        {
            let mut raw = raw;
            raw.kind = ChangeKind::Trust;
            let opened = texts.1.contains("\"*\"") && !texts.0.contains("\"*\"");
            return if opened && at.contains("identifiers") {
                raw.verdict(Danger::Exposure, "anybody is let in")
            } else if opened {
                raw.verdict(Danger::Exposure, "everything is allowed")
            } else {
                raw.verdict(Danger::Identity, "who may do what is another")
            };
        }
        if part.of.ends_with("ip_set") && at.ends_with(".addresses") {
            let mut raw = raw;
            raw.kind = ChangeKind::AllowList;
            raw.verdict = None;
            return raw;
        }
        if is_guard(&part.of) {
            return raw.verdict(Danger::Exposure, "what guards it is another");
        }
        if part.kind == "resource" {
            return raw.verdict(Danger::Harmless, "Terraform changes it in place");
        }
        raw.verdict(Danger::Harmless, "nothing is made of it by itself")
    }
}

fn kind_of(part: &Part) -> ChangeKind {
    if part.kind == "resource" {
        ChangeKind::Resource
    } else {
        ChangeKind::TerraformPart
    }
}

/// Whether a type says who may do what.
fn is_access(of: &str) -> bool {
    of.starts_with("aws_iam_") || of.ends_with("_policy") || of.starts_with("aws_eks_access")
}

/// Whether a type keeps somebody out.
fn is_guard(of: &str) -> bool {
    of.starts_with("aws_wafv2")
        || of.starts_with("aws_security_group")
        || of.contains("security_group_rule")
        || of.contains("public_access_block")
        || of.contains("block_public")
}

/// What tells blocks of one kind apart, for their paths.
fn names(blocks: &[&Block]) -> Vec<String> {
    if blocks.iter().all(|block| !block.labels.is_empty()) {
        return blocks
            .iter()
            .map(|block| {
                format!(
                    "[{}]",
                    block
                        .labels
                        .iter()
                        .map(|label| &*label.text)
                        .collect::<Vec<_>>()
                        .join(".")
                )
            })
            .collect();
    }
    if blocks.len() == 1 && blocks.iter().all(|block| block.labels.is_empty()) {
        return vec![String::new()];
    }
    for key in ["sid", "name", "key", "id", "test", "type"] {
        let names: Option<Vec<String>> = blocks
            .iter()
            .map(|block| {
                block
                    .body
                    .get(key)
                    .map(|value| format!("[{}]", print_in_line(value).trim_matches('"')))
            })
            .collect();
        if let Some(names) = names
            && names.iter().collect::<BTreeSet<_>>().len() == names.len()
        {
            return names;
        }
    }
    blocks
        .iter()
        .enumerate()
        .map(|(at, block)| match block.label(0) {
            Some(label) => format!("[{label}]"),
            None => format!("[{at}]"),
        })
        .collect()
}

fn join(prefix: &str, name: &str) -> String {
    if prefix.is_empty() {
        name.to_owned()
    } else {
        format!("{prefix}.{name}")
    }
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

/// What a root is given, as an argument would show it.
fn input(node: &Node) -> String {
    match &node.kind {
        Kind::Map(_) | Kind::List(_) => Expression::try_from(node)
            .map_or_else(|_| leaf::show(node), |value| print_in_line(&value)),
        _ => leaf::show(node),
    }
}

fn count(number: usize, one: &str) -> String {
    match number {
        1 => format!("1 {one}"),
        _ => format!("{number} {one}s"),
    }
}

//! What a tree holds that the fleet no longer renders: objects that went away without a word, and stacks that were not destroyed.

use std::collections::{BTreeMap, BTreeSet};

use camino::{Utf8Path, Utf8PathBuf};

use super::{OBJECT_VANISHED, STACK_LEAVING};
use crate::diagnostic::{Diagnostic, Finding, Root};
use crate::fleet::Fleet;
use crate::model::Mode;
use crate::model::name::ObjectName;
use crate::resolve::{EnvironmentRef, ResolvedFleet};
use crate::span::{SourceFile, Sources};
use crate::tree::{Document, File};
use crate::value::{Node, json_read};
use crate::write::{Ownership, Writer};

/// What `stacks.json` says of a stack that is not rendered any more and was not let go.
pub(crate) const LEAVING: &str = "leaving";

/// What stands in a tree beside what is rendered now.
pub(super) struct Standing {
    /// Whose files may go, and whose stay as they are.
    pub(super) ownership: Ownership,
    /// The files of objects that are neither there nor retired, by object.
    vanished: BTreeMap<String, Vec<Utf8PathBuf>>,
    /// The stacks that the last render listed.
    before: Vec<Node>,
}

/// A stack that is not rendered any more, whose root stays until it is destroyed.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Leaving {
    pub(super) object: String,
    pub(super) id: String,
    /// The directory below `terraform/`.
    pub(super) path: String,
    kind: String,
}

impl Standing {
    /// Looks at what manifests list; `terraform` is the directory of the roots.
    pub(super) fn of<'w>(
        fleet: &ResolvedFleet,
        roots: impl Iterator<Item = (&'static str, &'w Writer)>,
        terraform: &Utf8Path,
    ) -> Self {
        let mut ownership = ownership(fleet);
        let mut vanished: BTreeMap<String, Vec<Utf8PathBuf>> = BTreeMap::new();
        for (name, writer) in roots {
            for file in writer.vanished(&ownership) {
                let path = Utf8Path::new(name).join(file.path);
                vanished.entry(file.object).or_default().push(path);
            }
        }
        // A commons has nothing in a cloud: it leaves with its last environment.
        let has_environments = |commons: &str| {
            let below = format!("{commons}.environments.");
            vanished.keys().any(|object| object.starts_with(&below))
        };
        let mut gone = BTreeSet::new();
        for object in vanished.keys() {
            let is_commons = object.starts_with("commons.") && !object.contains(".environments.");
            if is_commons && !has_environments(object) {
                gone.insert(object.clone());
            }
        }
        vanished.retain(|object, _| !gone.contains(object));
        ownership.retired.extend(gone);
        ownership.held = held(fleet, &vanished);
        Self {
            ownership,
            vanished,
            before: listed(terraform),
        }
    }

    /// What is said of each object that vanished, and whether nothing may be written for it: where what is rendered now
    /// would take the place of what was rendered for it.
    pub(super) fn findings(
        &self,
        fleet: &Fleet,
        taken: &BTreeMap<String, Utf8PathBuf>,
    ) -> Vec<(Diagnostic, bool)> {
        let said = |(object, files): (&String, &Vec<Utf8PathBuf>)| {
            let place = taken.get(object);
            let count = match files.len() {
                1 => "1 file that was rendered for it is".to_owned(),
                count => format!("{count} files that were rendered for it are"),
            };
            let what = match place {
                Some(place) => format!("and something else would take the place of `{place}`"),
                None => "and stay as they are, with what may depend on them".to_owned(),
            };
            let finding = Finding::error(
                OBJECT_VANISHED,
                format!("the fleet no longer has `{object}`: {count} still there, {what}"),
            )
            .help(help(object))
            .object(object)
            .path(object)
            .resolve(&fleet.resolved().loaded.sources, Root::Fleet);
            (finding, place.is_some())
        };
        self.vanished.iter().map(said).collect()
    }

    /// Completes the list of stacks with those that are not rendered any more and may have something left.
    ///
    /// What an object that vanished may have touched stays in the list as it was, like its files.
    pub(super) fn complete(
        &self,
        files: &mut [File],
        fleet: &ResolvedFleet,
        writer: &Writer,
    ) -> Vec<Leaving> {
        let mut leaving = Vec::new();
        let list = files.iter_mut().find_map(|file| match file.document_mut() {
            Document::Json(node) => Some(node),
            _ => None,
        });
        let Some(list) = list else {
            return leaving;
        };
        let rendered: Vec<Node> = list
            .get("stacks")
            .map(Node::items)
            .unwrap_or_default()
            .to_vec();
        let now: BTreeSet<&str> = rendered.iter().map(|stack| text(stack, "id")).collect();
        let is_held = |stack: &Node| self.ownership.held.contains(text(stack, "object"));
        let mut all: Vec<Node> = Vec::new();
        for stack in &self.before {
            let (id, object, path) = (
                text(stack, "id"),
                text(stack, "object"),
                text(stack, "path"),
            );
            if is_held(stack) {
                all.push(stack.clone());
            } else if !now.contains(id)
                && self.stays(stack, fleet)
                && writer.lists_in(path)
                && !writer.is_named(path)
            {
                let mut stack = stack.clone();
                stack.insert("status", Node::string(LEAVING));
                leaving.push(Leaving {
                    object: object.to_owned(),
                    id: id.to_owned(),
                    path: path.to_owned(),
                    kind: text(&stack, "kind").to_owned(),
                });
                all.push(stack);
            }
        }
        if all.is_empty() && self.ownership.held.is_empty() {
            return leaving;
        }
        // What is rendered keeps its order; what is not comes behind it, unless something of it is needed before.
        let rendered = rendered.into_iter().filter(|stack| !is_held(stack));
        let stacks = rendered.chain(all).collect();
        list.insert("stacks", Node::list(ordered(stacks)));
        leaving
    }

    /// Whether somebody still has to destroy a stack: its object did not leave, and its Terraform was not given away.
    fn stays(&self, stack: &Node, fleet: &ResolvedFleet) -> bool {
        let object = text(stack, "object");
        let is_ours = matches!(text(stack, "mode"), "managed" | "adopt");
        is_ours
            && !self.ownership.retired.contains(object)
            && terraform_of(fleet, object)
                .is_none_or(|mode| matches!(mode, Mode::Managed | Mode::Adopt))
    }

    /// Whether an object vanished.
    fn is_vanished(&self, object: &str) -> bool {
        self.vanished.contains_key(object)
    }

    /// What is said of stacks that are leaving, one finding an object; an object that vanished is told of already.
    pub(super) fn leaving(&self, stacks: &[Leaving]) -> Vec<Finding> {
        let mut by_object: BTreeMap<&str, Vec<&Leaving>> = BTreeMap::new();
        for stack in stacks
            .iter()
            .filter(|stack| !self.is_vanished(&stack.object))
        {
            by_object.entry(&stack.object).or_default().push(stack);
        }
        let said = |(object, stacks): (&str, Vec<&Leaving>)| {
            let ids: Vec<String> = stacks
                .iter()
                .map(|stack| format!("`{}`", stack.id))
                .collect();
            let (is, roots) = match stacks.len() {
                1 => ("stack", "its root stays"),
                _ => ("stacks", "their roots stay"),
            };
            let mut help = format!(
                "`csoc destroy --select 'object = {object} and status = {LEAVING}'` takes away what is left; where nothing is, or somebody else looks after it, let go:"
            );
            let forced = stacks.iter();
            help.extend(forced.map(|stack| format!(" --force terraform/{}", stack.path)));
            if stacks.iter().any(|stack| stack.kind == "delivery") {
                help.push_str(
                    "; until then the cluster's own Argo CD goes on delivering beside the hub's",
                );
            }
            Finding::warning(
                STACK_LEAVING,
                format!("`{object}` no longer has the {is} {}: {roots}, since what was made by it may be there", ids.join(", ")),
            )
            .help(help)
            .object(object)
            .path(object)
        };
        by_object.into_iter().map(said).collect()
    }
}

/// What somebody does who finds that an object vanished.
fn help(object: &str) -> String {
    if object.starts_with("commons.") && !object.contains(".environments.") {
        return "write the commons back with its environments: it leaves once all of them are retired".to_owned();
    }
    format!(
        "write it back: if it is to leave, with `lifecycle: retiring`, until `csoc destroy --select 'object = {object}'` is done, and then with `lifecycle: retired`, until that is rendered; nothing is deleted because a file went away"
    )
}

/// Whose files may go.
fn ownership(fleet: &ResolvedFleet) -> Ownership {
    let mut objects = BTreeSet::from(["fleet".to_owned()]);
    objects.extend(fleet.accounts.keys().map(|name| format!("accounts.{name}")));
    objects.extend(fleet.clusters.keys().map(|name| format!("clusters.{name}")));
    objects.extend(fleet.commons.keys().map(|name| format!("commons.{name}")));
    objects.extend(fleet.environments.keys().map(ToString::to_string));
    Ownership {
        objects,
        retired: fleet.retired.paths().collect(),
        ..Ownership::default()
    }
}

/// The objects whose files may depend on those that vanished: all of the accounts that those were in, of the hub what looks
/// after other accounts, and the commons that share a host or a sign-in. They stay as they were rendered.
fn held(fleet: &ResolvedFleet, vanished: &BTreeMap<String, Vec<Utf8PathBuf>>) -> BTreeSet<String> {
    let mut held = BTreeSet::new();
    if vanished.is_empty() {
        return held;
    }
    let accounts: BTreeSet<&ObjectName> = vanished
        .values()
        .flatten()
        .filter_map(|path| account_of(fleet, path))
        .collect();
    let is_in = |account: &ObjectName| accounts.contains(account);
    held.extend(accounts.iter().map(|name| format!("accounts.{name}")));
    for (name, cluster) in &fleet.clusters {
        if is_in(&cluster.spec.account) {
            held.insert(format!("clusters.{name}"));
        }
    }
    for (at, environment) in &fleet.environments {
        let cluster = fleet.clusters.get(&environment.spec.cluster);
        if cluster.is_some_and(|cluster| is_in(&cluster.spec.account)) {
            held.insert(at.to_string());
        }
    }
    if let Some(hub) = &fleet.spec.hub {
        held.insert(format!("accounts.{}", hub.account));
        held.extend(
            hub.cluster
                .iter()
                .map(|cluster| format!("clusters.{cluster}")),
        );
    }
    let related = related(fleet, vanished);
    held.extend(related.iter().map(|commons| format!("commons.{commons}")));
    let environments = fleet.environments.keys();
    let environments = environments.filter(|at| related.contains(at.commons.as_str()));
    held.extend(environments.map(ToString::to_string));
    held.retain(|object| !vanished.contains_key(object));
    held
}

/// The commons whose environments share a host or a sign-in with environments that vanished.
fn related<'f>(
    fleet: &'f ResolvedFleet,
    vanished: &'f BTreeMap<String, Vec<Utf8PathBuf>>,
) -> BTreeSet<&'f str> {
    let names = vanished.keys().filter_map(|object| {
        let (commons, _) = object.split_once(".environments.")?;
        commons.strip_prefix("commons.")
    });
    let mut related: BTreeSet<&str> = names.collect();
    let own = related.clone();
    for (at, environment) in &fleet.environments {
        let Some(parent) = &environment.spec.parent else {
            continue;
        };
        if own.contains(at.commons.as_str()) || own.contains(parent.as_str()) {
            related.extend([at.commons.as_str(), parent.as_str()]);
        }
    }
    related
}

/// The account that a rendered file works in, where the fleet has it.
fn account_of<'f>(fleet: &'f ResolvedFleet, path: &Utf8Path) -> Option<&'f ObjectName> {
    let parts: Vec<&str> = path.as_str().split('/').collect();
    match parts[..] {
        // The hub's account does something for another there.
        ["terraform", _, _, "attach", ..] => None,
        ["terraform", account, ..] => fleet.accounts.get_key_value(account).map(|(name, _)| name),
        ["gitops", "hub", cluster, ..] | ["gitops", cluster, ..] => {
            Some(&fleet.cluster(cluster)?.spec.account)
        }
        _ => None,
    }
}

/// Who owns the Terraform of an object, where the fleet has it.
fn terraform_of(fleet: &ResolvedFleet, object: &str) -> Option<Mode> {
    let management = match object.split('.').collect::<Vec<_>>()[..] {
        ["accounts", name] => fleet.account(name)?.management,
        ["clusters", name] => fleet.cluster(name)?.spec.management,
        ["commons", commons, "environments", environment] => {
            let at = EnvironmentRef {
                commons: commons.parse().ok()?,
                environment: environment.parse().ok()?,
            };
            let spec = &fleet.environments.get(&at)?.spec;
            spec.management
        }
        _ => return None,
    };
    Some(management.terraform)
}

/// The stacks that a tree lists; none where it is no list of ours.
fn listed(terraform: &Utf8Path) -> Vec<Node> {
    let Ok(text) = fs_err::read_to_string(terraform.join("stacks.json")) else {
        return Vec::new();
    };
    let file = Sources::default().add(SourceFile::new("stacks.json", text.as_str()));
    let (list, found) = json_read::read_json(&text, file);
    let stacks = list.filter(|_| !found.has_errors());
    let stacks = stacks.as_ref().and_then(|list| list.get("stacks"));
    stacks.map(Node::items).unwrap_or_default().to_vec()
}

fn text<'n>(stack: &'n Node, key: &str) -> &'n str {
    stack.get(key).and_then(Node::text).unwrap_or_default()
}

/// Stacks with each behind all that it depends on, otherwise as they are; what is in no list is depended on no more.
fn ordered(stacks: Vec<Node>) -> Vec<Node> {
    let places: BTreeMap<String, usize> = stacks
        .iter()
        .enumerate()
        .map(|(at, stack)| (text(stack, "id").to_owned(), at))
        .collect();
    let needs: Vec<Vec<usize>> = stacks
        .iter()
        .map(|stack| {
            let needs = stack.get("depends_on").map(Node::items).unwrap_or_default();
            let needs = needs.iter().filter_map(Node::text);
            needs.filter_map(|id| places.get(id).copied()).collect()
        })
        .collect();
    let mut order = Vec::with_capacity(stacks.len());
    let mut is_seen = vec![false; stacks.len()];
    for first in 0..stacks.len() {
        // What is open, each with how many of its needs were looked at: a list of any depth fits no call stack.
        let mut open = vec![(first, 0)];
        while let Some((at, looked)) = open.pop() {
            if looked == 0 && std::mem::replace(&mut is_seen[at], true) {
                continue;
            }
            match needs[at].get(looked) {
                Some(need) => {
                    open.push((at, looked + 1));
                    if !is_seen[*need] {
                        open.push((*need, 0));
                    }
                }
                None => order.push(at),
            }
        }
    }
    let mut stacks: Vec<Option<Node>> = stacks.into_iter().map(Some).collect();
    let taken = order.into_iter().filter_map(|at| {
        let mut stack = stacks[at].take()?;
        let needs = stack.get("depends_on").map(Node::items).unwrap_or_default();
        let known = needs
            .iter()
            .filter(|need| need.text().is_some_and(|id| places.contains_key(id)));
        let known: Vec<Node> = known.cloned().collect();
        stack.insert("depends_on", Node::list(known));
        Some(stack)
    });
    taken.collect()
}

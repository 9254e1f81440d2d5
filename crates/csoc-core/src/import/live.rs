//! What runs, beside what git says: `kubectl get applications -A -o json` against the Applications of the source.

use std::collections::{BTreeMap, BTreeSet};

use super::foreign::{Foreign, ForeignEnvironment};
use super::note::{NoteKind, Notes};
use crate::diagnostic::{Code, Diagnostics, Finding};
use crate::span::{FileId, Sources, Span};
use crate::value::path::{ModelPath, Step};
use crate::value::{Kind, Node, json_read};

/// Texts that a note shows at most.
const SHOWN: usize = 80;

/// Reads the list of Applications; nothing where it is none.
pub(super) fn read(
    text: &str,
    file: FileId,
    code: Code,
    found: &mut Diagnostics,
) -> Option<Vec<Node>> {
    let (node, problems) = json_read::read_json(text, file);
    let broken = problems.has_errors();
    found.append(problems);
    let items = node.as_ref().and_then(|node| node.get("items"));
    match items.map(|items| &items.kind) {
        Some(Kind::List(items)) if !broken => Some(items.clone()),
        _ => {
            if !broken {
                found.push(
                    Finding::error(code, "the file holds no list of Applications")
                        .help("write it with `kubectl get applications -A -o json`")
                        .label(Span::file_start(file), "there must be `items`"),
                );
            }
            None
        }
    }
}

/// Notes where what runs is not what git says.
pub(super) fn compare(foreign: &Foreign, live: &[Node], sources: &Sources, notes: &mut Notes) {
    let mut seen: BTreeSet<usize> = BTreeSet::new();
    for environment in &foreign.environments {
        let Some(ours) = &environment.application else {
            continue;
        };
        let found = live
            .iter()
            .enumerate()
            .find(|(_, theirs)| same(environment, theirs));
        let Some((at, theirs)) = found else {
            let message = format!(
                "the Application of `{}` does not run anywhere that was looked at",
                environment.title()
            );
            notes.place(NoteKind::Live, ours.span(), sources, message);
            continue;
        };
        seen.insert(at);
        differences(ours, theirs, sources, notes);
    }
    for (at, theirs) in live.iter().enumerate() {
        let text = |path: &[&str]| theirs.path(path).and_then(Node::text).unwrap_or_default();
        if !seen.contains(&at) {
            let message = format!(
                "the Application `{}` runs in `{}`, and is not in the source",
                text(&["metadata", "name"]),
                text(&["spec", "destination", "namespace"])
            );
            notes.place(NoteKind::Live, theirs.span(), sources, message);
        }
    }
}

/// Whether an Application that runs is that of an environment: its name, and its namespace where several have the name.
fn same(environment: &ForeignEnvironment, theirs: &Node) -> bool {
    [
        &["metadata", "name"][..],
        &["spec", "destination", "namespace"],
    ]
    .iter()
    .all(|path| environment.of_application(path) == theirs.path(path).and_then(Node::text))
}

fn differences(ours: &Node, theirs: &Node, sources: &Sources, notes: &mut Notes) {
    let leaves_of = |node: &Node| {
        let mut leaves = BTreeMap::new();
        if let Some(spec) = node.get("spec") {
            leaves_below(spec, &mut vec![Step::Key("spec".into())], &mut leaves);
        }
        leaves
    };
    let (git, running) = (leaves_of(ours), leaves_of(theirs));
    for (path, leaf) in &git {
        let (text, other) = (show(leaf), running.get(path));
        let message = match other {
            Some(other)
                if other.kind == leaf.kind
                    || other.text() == leaf.text() && leaf.text().is_some() =>
            {
                continue;
            }
            Some(other) => format!(
                "`{path}` is {text} in git, and {} in the cluster",
                show(other)
            ),
            None => format!("`{path}` is {text} in git, and is not set in the cluster"),
        };
        notes.place(NoteKind::Live, leaf.span(), sources, message);
    }
    for (path, leaf) in &running {
        if !git.contains_key(path) {
            let message = format!(
                "`{path}` is {} in the cluster, and is not set in git",
                show(leaf)
            );
            notes.place(NoteKind::Live, leaf.span(), sources, message);
        }
    }
}

fn leaves_below(node: &Node, steps: &mut Vec<Step>, leaves: &mut BTreeMap<String, Node>) {
    match &node.kind {
        Kind::Map(entries) if !entries.is_empty() => {
            for entry in entries {
                steps.push(Step::Key(entry.key.clone()));
                leaves_below(&entry.node, steps, leaves);
                steps.pop();
            }
        }
        Kind::List(items) if !items.is_empty() => {
            for (number, item) in items.iter().enumerate() {
                steps.push(Step::Item(Some(number.to_string().into())));
                leaves_below(item, steps, leaves);
                steps.pop();
            }
        }
        _ => {
            let mut path = ModelPath::new();
            for step in &*steps {
                path.push(step.clone());
            }
            leaves.insert(path.to_string(), node.clone());
        }
    }
}

fn show(node: &Node) -> String {
    match node.text() {
        Some(text) => {
            let shown: String = text.chars().take(SHOWN).collect();
            format!("`{shown}`")
        }
        None => node.kind_name().to_owned(),
    }
}

//! The account of an import: every leaf of the source with what became of it.

use std::borrow::Cow;

use super::compiled::Compiled;
use super::dead::Dead;
use super::fates::Fates;
use super::fix::Fixed;
use super::foreign::{Foreign, ForeignCluster, ForeignEnvironment};
use super::group::Place;
use super::report::{Equal, Fate, ImportedLeaf, ImportedObject, Tally};
use crate::span::Sources;
use crate::value::path::{ModelPath, Step};
use crate::value::{Key, Kind, Node, Origin};

/// The account, as it grows.
#[derive(Debug, Default)]
pub(super) struct Account {
    pub(super) objects: Vec<ImportedObject>,
    pub(super) every: Vec<ImportedLeaf>,
    pub(super) values: Equal,
    pub(super) applications: Equal,
    pub(super) clusters: Equal,
    /// Of all values of environments.
    pub(super) leaves: Tally,
}

/// Accounts for a fleet that was compiled.
pub(super) fn account(
    foreign: &Foreign,
    places: &[Place],
    compiled: &Compiled,
    sources: &Sources,
    fixed: &Fixed,
    dead: &Dead,
) -> Account {
    let mut account = Account::default();
    for (environment, place) in foreign.environments.iter().zip(places) {
        let mut teller = Teller {
            account: &mut account,
            sources,
            fixed,
            dead,
            object: place.at.to_string(),
        };
        teller.values(environment, place, compiled);
        teller.application(environment, compiled);
    }
    for cluster in &foreign.clusters {
        let mut teller = Teller {
            account: &mut account,
            sources,
            fixed,
            dead,
            object: format!("clusters.{}", cluster.directory),
        };
        teller.cluster(cluster, compiled);
    }
    account
}

impl Account {
    /// Whether everything comes back.
    pub(super) fn is_equal(&self) -> bool {
        [self.values, self.applications, self.clusters]
            .iter()
            .all(|count| count.equal == count.total)
    }
}

struct Teller<'a> {
    account: &'a mut Account,
    sources: &'a Sources,
    fixed: &'a Fixed,
    dead: &'a Dead,
    object: String,
}

/// What is asked what became of a leaf.
type Tell<'t> = dyn Fn(&[&str], &Node) -> (Fate, String) + 't;

impl<'a> Teller<'a> {
    fn values(&mut self, environment: &ForeignEnvironment, place: &Place, compiled: &Compiled) {
        let Some(theirs) = &environment.values else {
            return;
        };
        let directory = environment.title();
        let ours = compiled.values(&directory);
        let fates = Fates::of_values(compiled, &place.at, &directory);
        let tell = |keys: &[&str], leaf: &Node| {
            let Some(ours) = &ours else {
                return (Fate::Unmapped, String::new());
            };
            match find(ours, keys) {
                Some(node) if node == leaf => fates.of(keys, node),
                _ => (Fate::Unmapped, String::new()),
            }
        };
        let mut tally = Tally::default();
        for file in &environment.files {
            let Some(node) = &file.node else {
                continue;
            };
            let said = |keys: &[&str], leaf: &Node| match find(theirs, keys) {
                Some(merged) if merged.origin == leaf.origin => tell(keys, merged),
                _ => (Fate::Overridden, String::new()),
            };
            self.tree(node, &mut At::default(), &said, &mut tally);
        }
        let equal = ours.as_ref() == Some(theirs);
        self.account.values.total += 1;
        self.account.values.equal += usize::from(equal);
        self.account.leaves.add(&tally);
        self.object(directory, "values", equal, tally);
    }

    fn application(&mut self, environment: &ForeignEnvironment, compiled: &Compiled) {
        let Some(theirs) = &environment.application else {
            return;
        };
        let directory = environment.title();
        let ours = compiled.application(&directory);
        let sources = &compiled.fleet.resolved().loaded.sources;
        let tell = |keys: &[&str], leaf: &Node| match ours.and_then(|ours| find(ours, keys)) {
            Some(node) if node == leaf => match node.origin {
                Origin::Text(span) => {
                    let path = sources.file(span.file).path().to_string();
                    (Fates::raw(&path), path)
                }
                _ => (Fate::Modelled, String::new()),
            },
            _ => (Fate::Unmapped, String::new()),
        };
        let mut tally = Tally::default();
        self.tree(theirs, &mut At::default(), &tell, &mut tally);
        let equal = ours == Some(theirs);
        self.account.applications.total += 1;
        self.account.applications.equal += usize::from(equal);
        self.object(directory, "application", equal, tally);
    }

    fn cluster(&mut self, cluster: &ForeignCluster, compiled: &Compiled) {
        let Some(theirs) = &cluster.values else {
            return;
        };
        let start = format!("{}/cluster-values", cluster.directory);
        let ours = compiled.yaml(&format!("{start}/cluster-values.yaml"));
        let resolved = compiled.fleet.resolved();
        let raw = resolved
            .root
            .path(&["clusters", &cluster.directory, "values"]);
        let tell = |keys: &[&str], leaf: &Node| match ours.and_then(|ours| find(ours, keys)) {
            Some(node) if node == leaf => match node.origin.span() {
                Some(span) if raw.and_then(|raw| find(raw, keys)).is_some() => {
                    let path = resolved.loaded.sources.file(span.file).path().to_string();
                    (Fate::Overlaid, path)
                }
                _ => (Fate::Modelled, String::new()),
            },
            _ => (Fate::Unmapped, String::new()),
        };
        let mut tally = Tally::default();
        self.tree(theirs, &mut At::default(), &tell, &mut tally);
        let beside = cluster.beside.iter().all(|file| {
            let path = format!("{start}/{}", file.name);
            match (&file.node, compiled.yaml(&path)) {
                (Some(theirs), Some(ours)) => theirs == ours,
                _ => compiled
                    .files
                    .get(&path)
                    .is_some_and(|ours| ours.bytes() == file.bytes),
            }
        });
        let equal = ours == Some(theirs) && beside;
        self.account.clusters.total += 1;
        self.account.clusters.equal += usize::from(equal);
        self.object(cluster.directory.clone(), "cluster", equal, tally);
    }

    fn object(&mut self, source: String, document: &'static str, equal: bool, leaves: Tally) {
        self.account.objects.push(ImportedObject {
            object: self.object.clone(),
            source,
            document,
            equal,
            share: leaves.share(),
            leaves,
        });
    }

    /// Accounts for every leaf of a tree.
    fn tree<'n>(&mut self, node: &'n Node, at: &mut At<'n>, tell: &Tell<'_>, tally: &mut Tally)
    where
        'a: 'n,
    {
        match &node.kind {
            Kind::Map(entries) if !entries.is_empty() => {
                for entry in entries {
                    let before = at.clone();
                    at.keys.push(entry.key.as_str().into());
                    at.path.push(Step::Key(entry.key.clone()));
                    let span = entry.key_origin.span();
                    if let Some(code) = self.fixed.dropped.at(span) {
                        at.dropped = Some(code);
                    }
                    if let Some(code) = self.dead.at(span) {
                        at.dead = Some(code);
                    }
                    if let Some(moved) = self.fixed.moved(span) {
                        at.keys = moved.iter().map(|key| key.as_str().into()).collect();
                    }
                    self.tree(&entry.node, at, tell, tally);
                    *at = before;
                }
            }
            Kind::List(items) if !items.is_empty() => {
                for (number, item) in items.iter().enumerate() {
                    let number = number.to_string();
                    at.path.push(Step::Item(Some(Key::from(number.as_str()))));
                    at.keys.push(number.into());
                    self.tree(item, at, tell, tally);
                    at.keys.pop();
                    at.path.pop();
                }
            }
            _ => self.leaf(node, at, tell, tally),
        }
    }

    fn leaf(&mut self, node: &Node, at: &At<'_>, tell: &Tell<'_>, tally: &mut Tally) {
        let (fate, by) = if let Some(code) = at.dropped {
            (Fate::Dropped, code.to_owned())
        } else {
            let keys: Vec<&str> = at.keys.iter().map(AsRef::as_ref).collect();
            tell(&keys, node)
        };
        let dead = at.dead.filter(|_| fate.is_plain());
        tally.count(fate, 1);
        tally.dead += usize::from(dead.is_some());
        tally.dead_but_given += usize::from(dead.is_some() && fate.is_given());
        let Some(span) = node.span() else {
            return;
        };
        let file = self.sources.file(span.file);
        let position = file.position(span.start);
        self.account.every.push(ImportedLeaf {
            object: self.object.clone(),
            file: file.path().to_owned(),
            line: position.line,
            column: position.column,
            path: at.path.to_string(),
            fate,
            by,
            dead: dead.map(str::to_owned),
        });
    }
}

/// Where a walk through a document is.
#[derive(Debug, Clone, Default)]
struct At<'n> {
    /// The keys and numbers that lead there now.
    keys: Vec<Cow<'n, str>>,
    /// The path in the source.
    path: ModelPath,
    /// The code that it was dropped by.
    dropped: Option<&'static str>,
    /// The code of the finding that nothing reads it.
    dead: Option<&'static str>,
}

/// The value below a row of keys and numbers of items.
fn find<'n>(node: &'n Node, keys: &[&str]) -> Option<&'n Node> {
    keys.iter().try_fold(node, |node, key| match &node.kind {
        Kind::Map(_) => node.get(key),
        Kind::List(items) => items.get(key.parse::<usize>().ok()?),
        Kind::Scalar(_) | Kind::Pending(_) => None,
    })
}

//! The account of an import: every leaf of the source with what became of it.

use super::compiled::Compiled;
use super::fates::Fates;
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
) -> Account {
    let mut account = Account::default();
    for (environment, place) in foreign.environments.iter().zip(places) {
        let mut teller = Teller {
            account: &mut account,
            sources,
            object: place.at.to_string(),
        };
        teller.values(environment, place, compiled);
        teller.application(environment, compiled);
    }
    for cluster in &foreign.clusters {
        let mut teller = Teller {
            account: &mut account,
            sources,
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
    object: String,
}

/// What is asked what became of a leaf.
type Tell<'t> = dyn Fn(&[&str], &Node) -> (Fate, String) + 't;

impl Teller<'_> {
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
                Some(merged) if merged.origin == leaf.origin => tell(keys, leaf),
                _ => (Fate::Overridden, String::new()),
            };
            self.tree(node, &mut Vec::new(), &mut ModelPath::new(), &said, &mut tally);
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
        self.tree(theirs, &mut Vec::new(), &mut ModelPath::new(), &tell, &mut tally);
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
        let raw = resolved.root.path(&["clusters", &cluster.directory, "values"]);
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
        self.tree(theirs, &mut Vec::new(), &mut ModelPath::new(), &tell, &mut tally);
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
    fn tree<'n>(
        &mut self,
        node: &'n Node,
        keys: &mut Vec<&'n str>,
        path: &mut ModelPath,
        tell: &Tell<'_>,
        tally: &mut Tally,
    ) {
        match &node.kind {
            Kind::Map(entries) if !entries.is_empty() => {
                for entry in entries {
                    keys.push(entry.key.as_str());
                    path.push(Step::Key(entry.key.clone()));
                    self.tree(&entry.node, keys, path, tell, tally);
                    path.pop();
                    keys.pop();
                }
            }
            Kind::List(items) if !items.is_empty() => {
                let numbers: Vec<String> = (0..items.len()).map(|at| at.to_string()).collect();
                for (item, number) in items.iter().zip(&numbers) {
                    path.push(Step::Item(Some(Key::from(number.as_str()))));
                    self.item(item, keys, number, path, tell, tally);
                    path.pop();
                }
            }
            _ => {
                let (fate, by) = tell(keys, node);
                self.leaf(node, path, fate, by, tally);
            }
        }
    }

    /// Accounts for the leaves of an item: its number is the step that leads to it.
    fn item(
        &mut self,
        item: &Node,
        keys: &[&str],
        number: &str,
        path: &mut ModelPath,
        tell: &Tell<'_>,
        tally: &mut Tally,
    ) {
        let mut own: Vec<&str> = keys.to_vec();
        own.push(number);
        self.tree(item, &mut own, path, tell, tally);
    }

    fn leaf(&mut self, node: &Node, path: &ModelPath, fate: Fate, by: String, tally: &mut Tally) {
        tally.count(fate, 1);
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
            path: path.to_string(),
            fate,
            by,
        });
    }
}

/// The value below a row of keys and numbers of items.
fn find<'n>(node: &'n Node, keys: &[&str]) -> Option<&'n Node> {
    keys.iter().try_fold(node, |node, key| match &node.kind {
        Kind::Map(_) => node.get(key),
        Kind::List(items) => items.get(key.parse::<usize>().ok()?),
        Kind::Scalar(_) | Kind::Pending(_) => None,
    })
}

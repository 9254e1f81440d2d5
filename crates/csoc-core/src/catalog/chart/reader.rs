//! From the files of a chart to its keys.

use std::collections::BTreeMap;

use camino::{Utf8Path, Utf8PathBuf};

use super::files::ChartFiles;
use super::keys::{KeyTree, LIMIT, When};
use super::load::{CHART_TOO_LARGE, Chart, Loader};
use super::types::Types;
use super::walk::{Defines, Place, Use, Walker};
use crate::diagnostic::{Diagnostics, Finding};
use crate::span::Sources;
use crate::value::{Key, Kind, Node, Reading};

/// What is known of a chart once it is read.
#[derive(Debug)]
pub(super) struct ReadChart {
    /// Its name.
    pub(super) name: String,
    /// Its version.
    pub(super) version: String,
    /// Its keys.
    pub(super) keys: KeyTree,
    /// The charts right below it: the key of each, and what decides whether it is rendered.
    pub(super) below: BTreeMap<Key, Vec<Vec<Key>>>,
    /// Files that places name.
    pub(super) files: Vec<Utf8PathBuf>,
}

/// Reads a chart. Nothing is given back of one that has no name; everything else is a finding beside the result.
pub(super) fn read(files: &ChartFiles) -> (Option<ReadChart>, Diagnostics, Sources) {
    let loader = Loader::load(files);
    let mut sink = Diagnostics::default();
    let chart = assemble(&loader, &files.root, &mut sink);
    let mut found = loader.sink;
    found.append(sink);
    let chart = chart.map(|chart| ReadChart {
        files: loader.names,
        ..chart
    });
    (chart, found, loader.sources)
}

fn assemble(loader: &Loader<'_>, root: &Utf8Path, sink: &mut Diagnostics) -> Option<ReadChart> {
    let chart = loader.charts.get(root)?;
    // Helm has one table of named templates for all charts of a release.
    let mut all = Defines::new();
    for chart in loader.charts.values() {
        define(chart, &mut all);
    }
    let mut trees: BTreeMap<&Utf8Path, KeyTree> = BTreeMap::new();
    for chart in &loader.order {
        let directory = &chart.directory;
        let tree = tree(loader, chart, &all, &trees, sink);
        if tree.len() >= LIMIT {
            sink.push(
                Finding::error(
                    CHART_TOO_LARGE,
                    format!("chart `{directory}` has more than {LIMIT} keys"),
                )
                .help("charts that hold each other many times multiply; take one out")
                .path(directory),
            );
            return None;
        }
        trees.insert(directory, tree);
    }
    let below = chart.below.iter().filter(|(below, place)| {
        let chart = place.as_ref().and_then(|place| loader.charts.get(place));
        !below.conditions.is_empty() || chart.is_none_or(|chart| !chart.metadata.is_library)
    });
    Some(ReadChart {
        name: chart.metadata.name.clone(),
        version: chart.metadata.version.clone(),
        keys: trees.remove(root)?,
        below: below
            .map(|(below, _)| (below.key.clone(), below.conditions.clone()))
            .collect(),
        files: Vec::new(),
    })
}

fn define<'c>(chart: &'c Chart, table: &mut Defines<'c>) {
    for (file, template) in &chart.templates {
        for define in &template.defines {
            table.insert(define.name.clone(), (*file, &define.body));
        }
    }
}

/// The keys of one chart with those of the charts below it.
fn tree(
    loader: &Loader<'_>,
    chart: &Chart,
    all: &Defines<'_>,
    trees: &BTreeMap<&Utf8Path, KeyTree>,
    sink: &mut Diagnostics,
) -> KeyTree {
    let mut tree = KeyTree::new();
    if let Some(values) = &chart.values {
        let place = |node: &Node| values.place(node, &loader.sources);
        tree.declare(KeyTree::ROOT, &values.node, &place);
    }
    let mut defines = all.clone();
    let mut pending = vec![chart];
    let mut own = Vec::new();
    while let Some(next) = pending.pop() {
        own.push(next);
        let below = next.below.iter().filter_map(|(_, place)| place.as_ref());
        pending.extend(
            below
                .filter_map(|place| loader.charts.get(place))
                .map(|chart| &**chart),
        );
        if own.len() > 1000 {
            break;
        }
    }
    // The chart's own templates hide those of the same name below it.
    for chart in own.into_iter().rev() {
        define(chart, &mut defines);
    }
    let mut walker = Walker::new(Key::from(chart.metadata.name.as_str()), &defines);
    for (file, template) in &chart.templates {
        walker.file(*file, template);
    }
    if let Some(values) = &chart.values {
        texts(&values.node, &mut |node, text| {
            let place = values.place(node, &loader.sources);
            walker.text(place.file, place.line, text);
        });
    }
    if walker.is_exhausted() {
        sink.push(
            Finding::error(
                CHART_TOO_LARGE,
                format!(
                    "the templates of chart `{}` call each other, or add to their values, without end",
                    chart.metadata.name
                ),
            )
            .help("a template that includes itself must do so with less each time")
            .path(chart.directory.join("Chart.yaml")),
        );
        // Nothing is kept of a chart with errors, and what was read so far may be much.
        return tree;
    }
    tree.read(&walker.paths, &walker.readings);
    below(loader, chart, trees, &mut tree);
    tree
}

/// Takes in the charts below: their values stand under their key, what is global is shared.
fn below(
    loader: &Loader<'_>,
    chart: &Chart,
    trees: &BTreeMap<&Utf8Path, KeyTree>,
    tree: &mut KeyTree,
) {
    let global = Key::fixed("global");
    for (dependency, place) in &chart.below {
        for condition in &dependency.conditions {
            let at = tree.at(condition);
            let facts = tree.facts_mut(at);
            facts.types.insert(Types::BOOL);
            facts.uses.insert(Use::Value);
            facts.when = When::Always;
            facts.read.get_or_insert(Place {
                file: chart.file,
                line: 1,
            });
        }
        let found = place
            .as_ref()
            .and_then(|place| Some((loader.charts.get(place)?, trees.get(place.as_path())?)));
        let Some((below, theirs)) = found else {
            let at = tree.child(KeyTree::ROOT, &dependency.key);
            tree.facts_mut(at).is_foreign = true;
            continue;
        };
        let key = &dependency.key;
        let moved = |path: &[Key]| {
            if path.first() == Some(&global) {
                path.to_vec()
            } else {
                [std::slice::from_ref(key), path].concat()
            }
        };
        if let Some(shared) = theirs.facts(KeyTree::ROOT).children.get(&global) {
            let at = tree.child(KeyTree::ROOT, &global);
            tree.merge(at, theirs, *shared, &moved);
        }
        if below.metadata.is_library {
            continue;
        }
        let at = tree.child(KeyTree::ROOT, key);
        tree.facts_mut(at).types.insert(Types::MAP);
        for (name, child) in &theirs.facts(KeyTree::ROOT).children {
            if *name != global {
                let at = tree.child(at, name);
                tree.merge(at, theirs, *child, &moved);
            }
        }
    }
}

/// Calls `each` for every text of a document that may hold a template.
fn texts(node: &Node, each: &mut impl FnMut(&Node, &str)) {
    match &node.kind {
        Kind::Map(entries) => entries.iter().for_each(|entry| texts(&entry.node, each)),
        Kind::List(items) => items.iter().for_each(|item| texts(item, each)),
        Kind::Scalar(scalar) => {
            if let Reading::Text(text) = scalar.reading()
                && text.contains("{{")
            {
                each(node, text);
            }
        }
        Kind::Pending(_) => {}
    }
}

//! Comments of the source: found in its texts, and written again where their keys stand in the fleet.

use std::collections::{BTreeMap, BTreeSet};

use camino::Utf8PathBuf;

use super::draft::Draft;
use super::foreign::{Foreign, ForeignFile};
use super::group::Place;
use super::report::Comments;
use crate::backend::helm::content::{NAMED, Shape};
use crate::model::name::ObjectName;
use crate::span::{SourceFile, Sources, Span};
use crate::value::{Kind, Node, yaml_read};

/// A row of keys and numbers of items.
pub(super) type Way = Vec<String>;

/// The comment on one key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Comment {
    /// The key that it stands above or behind.
    way: Way,
    /// Its lines, each with its `#`.
    lines: Vec<String>,
    /// Whether it stands behind the key's value.
    behind: bool,
}

/// Comments to be written, by the file of the fleet and the way in it.
pub(super) type Written = BTreeMap<Utf8PathBuf, BTreeMap<Way, Vec<Comment>>>;

/// Finds every comment, and lets the draft write those whose keys stand in it.
pub(super) fn keep(
    draft: &mut Draft,
    foreign: &Foreign,
    places: &[Place],
    sources: &Sources,
) -> Comments {
    let mut counted = Comments::default();
    for (environment, place) in foreign.environments.iter().zip(places) {
        for ForeignFile { path, node, .. } in &environment.files {
            let Some(node) = node else { continue };
            let (found, loose) = of_text(node, sources);
            counted.lost += loose;
            for comment in found {
                let homes = homes_of_environment(draft, place, &comment.way);
                put(draft, homes, comment, &mut counted);
            }
            debug_assert!(!path.as_str().is_empty());
        }
    }
    for cluster in &foreign.clusters {
        let Ok(name) = cluster.directory.parse::<ObjectName>() else {
            continue;
        };
        for file in &cluster.beside {
            // What is content keeps them as it is.
            let Some(values) = draft.addon_values(&name, file) else {
                continue;
            };
            let (found, loose) = of_text(values, sources);
            counted.lost += loose;
            for comment in found {
                let addon = file.name.file_stem().unwrap_or_default();
                let home = home_of_addon(draft, &name, addon, &comment.way);
                put(draft, home, comment, &mut counted);
            }
        }
        let Some(values) = &cluster.values else {
            continue;
        };
        let (found, loose) = of_text(values, sources);
        counted.lost += loose;
        for comment in found {
            let home = home_of_cluster(draft, &name, &comment.way);
            put(draft, home, comment, &mut counted);
        }
    }
    counted
}

/// A place in the fleet: a file, and the way in it.
type Home = (Utf8PathBuf, Way);

fn put(draft: &mut Draft, home: Option<Home>, comment: Comment, counted: &mut Comments) {
    let lines = comment.lines.len();
    let Some((file, way)) = home else {
        counted.lost += lines;
        return;
    };
    counted.kept += lines;
    let there = draft
        .comments
        .entry(file)
        .or_default()
        .entry(way)
        .or_default();
    if !there.iter().any(|known| known.lines == comment.lines) {
        there.push(comment);
    }
}

/// Where a value of an environment stands as raw value or as content.
fn homes_of_environment(draft: &Draft, place: &Place, way: &[String]) -> Option<Home> {
    let at = &place.at;
    let cluster = draft
        .environments
        .get(at)
        .and_then(|node| node.get("cluster"))
        .and_then(Node::text)?;
    let own = format!(
        "commons/{}/environments/{}.yaml",
        at.commons, at.environment
    );
    let layers = [
        (own, draft.environments.get(at), vec!["values"]),
        (
            format!("commons/{}.yaml", at.commons),
            draft.commons.get(&at.commons),
            vec!["values"],
        ),
        (
            format!("clusters/{cluster}.yaml"),
            draft.clusters.get(cluster),
            vec!["environmentDefaults", "values"],
        ),
        (
            "fleet.yaml".to_owned(),
            Some(&draft.fleet),
            vec!["defaults", "values"],
        ),
    ];
    for (file, node, field) in layers {
        if node
            .and_then(|node| node.path(&field))
            .is_some_and(|values| follow(values, way).is_some())
        {
            let field = field.into_iter().map(str::to_owned);
            return Some((file.into(), field.chain(way.iter().cloned()).collect()));
        }
    }
    let (name, _, keys) = NAMED.iter().find(|(_, shape, keys)| {
        let is_tree = matches!(shape, Shape::Data | Shape::List | Shape::Hatchery);
        is_tree && way.len() > keys.len() && way.iter().zip(*keys).all(|(one, two)| one == two)
    })?;
    let path = [draft.environments.get(at), draft.commons.get(&at.commons)]
        .into_iter()
        .flatten()
        .find_map(|node| node.path(&["content", name])?.text())?;
    let is_yaml = camino::Utf8Path::new(path).extension() == Some("yaml");
    is_yaml.then(|| {
        let rest = way.iter().skip(keys.len()).cloned().collect();
        (Utf8PathBuf::from("content").join(path), rest)
    })
}

/// Where a value of a cluster stands.
fn home_of_cluster(draft: &Draft, name: &ObjectName, way: &[String]) -> Option<Home> {
    let node = draft.clusters.get(name)?;
    let file = Utf8PathBuf::from(format!("clusters/{name}.yaml"));
    let (first, rest) = way.split_first()?;
    let homes = [
        (vec!["values".to_owned()], way),
        (vec!["nodes".to_owned(), "values".to_owned()], rest),
        (
            vec!["addons".to_owned(), first.clone(), "values".to_owned()],
            rest,
        ),
        (vec!["addons".to_owned(), first.clone()], rest),
    ];
    homes.into_iter().find_map(|(start, rest)| {
        let is_of_pools = start.first().is_some_and(|key| key == "nodes");
        if is_of_pools && first != "karpenter-crds" {
            return None;
        }
        let whole: Way = start.into_iter().chain(rest.iter().cloned()).collect();
        follow(node, &whole)?;
        Some((file.clone(), whole))
    })
}

/// Where a value of an add-on's own file stands.
fn home_of_addon(draft: &Draft, name: &ObjectName, addon: &str, way: &[String]) -> Option<Home> {
    let start = ["addons", addon, "values"].map(str::to_owned);
    let whole: Way = start.into_iter().chain(way.iter().cloned()).collect();
    follow(draft.clusters.get(name)?, &whole)?;
    Some((format!("clusters/{name}.yaml").into(), whole))
}

fn follow<'n>(node: &'n Node, way: &[String]) -> Option<&'n Node> {
    way.iter().try_fold(node, |node, step| match &node.kind {
        Kind::Map(_) => node.get(step),
        Kind::List(items) => items.get(step.parse::<usize>().ok()?),
        Kind::Scalar(_) | Kind::Pending(_) => None,
    })
}

/// Keys of a tree, with the lines that they and their values stand in.
#[derive(Default)]
struct Lines {
    /// By the line of the key: the way to it, and the end of its one-line value.
    keys: BTreeMap<u32, (Way, Option<usize>)>,
    /// Lines inside of a value that has several.
    inside: BTreeSet<u32>,
}

/// The comments of a document, and how many stand near no key.
fn of_text(node: &Node, sources: &Sources) -> (Vec<Comment>, usize) {
    let Some(span) = node.span() else {
        return (Vec::new(), 0);
    };
    let file = sources.file(span.file);
    let mut lines = Lines::default();
    gather(node, span, file, &mut Vec::new(), &mut lines);
    let mut comments = Vec::new();
    let mut above: Vec<String> = Vec::new();
    let mut loose = 0;
    let mut start = 0;
    for (number, line) in (1_u32..).zip(file.text().split_inclusive('\n')) {
        let begin = start;
        start += line.len();
        let text = line.trim();
        if lines.inside.contains(&number) {
            continue;
        }
        if text.starts_with('#') {
            above.push(text.to_owned());
            continue;
        }
        let Some((way, end)) = lines.keys.get(&number) else {
            continue;
        };
        if !above.is_empty() {
            comments.push(Comment {
                way: way.clone(),
                lines: std::mem::take(&mut above),
                behind: false,
            });
        }
        let tail = end
            .and_then(|end| file.text().get(end.max(begin)..start))
            .map(str::trim)
            .and_then(|tail| tail.find('#').map(|at| tail[at..].to_owned()));
        if let Some(tail) = tail {
            comments.push(Comment {
                way: way.clone(),
                lines: vec![tail],
                behind: true,
            });
        }
    }
    loose += above.len();
    (comments, loose)
}

fn gather(node: &Node, whole: Span, file: &SourceFile, way: &mut Way, lines: &mut Lines) {
    match &node.kind {
        Kind::Map(entries) => {
            for entry in entries {
                way.push(entry.key.to_string());
                if let Some(key) = entry.key_origin.span().filter(|key| key.file == whole.file) {
                    let line = file.position(key.start).line;
                    let end = match (&entry.node.kind, entry.node.span()) {
                        (Kind::Scalar(_), Some(value))
                            if file
                                .position(value.end.saturating_sub(1).max(value.start))
                                .line
                                == line =>
                        {
                            Some(value.end as usize)
                        }
                        (Kind::Scalar(_), _) => None,
                        _ => Some(key.end as usize),
                    };
                    lines.keys.entry(line).or_insert_with(|| (way.clone(), end));
                }
                gather(&entry.node, whole, file, way, lines);
                way.pop();
            }
        }
        Kind::List(items) => {
            for (number, item) in items.iter().enumerate() {
                way.push(number.to_string());
                if let (Kind::Scalar(_), Some(span)) = (&item.kind, item.span()) {
                    let line = file.position(span.start).line;
                    lines
                        .keys
                        .entry(line)
                        .or_insert_with(|| (way.clone(), Some(span.end as usize)));
                }
                gather(item, whole, file, way, lines);
                way.pop();
            }
        }
        Kind::Scalar(_) => {
            if let Some(span) = node.span().filter(|span| span.end > span.start) {
                let first = file.position(span.start).line;
                let last = file.position(span.end.saturating_sub(1)).line;
                lines.inside.extend(first.saturating_add(1)..=last);
            }
        }
        Kind::Pending(_) => {}
    }
}

/// A text of ours with comments on its keys.
pub(super) fn annotate(text: String, comments: &BTreeMap<Way, Vec<Comment>>) -> String {
    let mut sources = Sources::default();
    let id = sources.add(SourceFile::new("fleet", text.as_str()));
    let (Some(node), _) = yaml_read::read(&text, id, &yaml_read::Limits::default()) else {
        return text;
    };
    let file = sources.file(id);
    let mut above: BTreeMap<u32, Vec<String>> = BTreeMap::new();
    let mut behind: BTreeMap<u32, String> = BTreeMap::new();
    for (way, comments) in comments {
        let Some((line, is_one_line)) = line_of(&node, way, file) else {
            continue;
        };
        for comment in comments {
            if comment.behind && is_one_line && !behind.contains_key(&line) {
                behind.insert(line, comment.lines.join(" "));
            } else {
                above
                    .entry(line)
                    .or_default()
                    .extend(comment.lines.iter().cloned());
            }
        }
    }
    let mut out = String::with_capacity(text.len() * 2);
    for (number, line) in (1_u32..).zip(text.lines()) {
        let indent: String = line.chars().take_while(|char| *char == ' ').collect();
        for comment in above.get(&number).into_iter().flatten() {
            out.push_str(&indent);
            out.push_str(comment);
            out.push('\n');
        }
        out.push_str(line);
        if let Some(comment) = behind.get(&number) {
            out.push(' ');
            out.push_str(comment);
        }
        out.push('\n');
    }
    out
}

/// The line of a key or an item, and whether its value ends in it.
fn line_of(node: &Node, way: &[String], file: &SourceFile) -> Option<(u32, bool)> {
    let (last, parents) = way.split_last()?;
    let parent = follow(node, parents)?;
    let (start, value) = match &parent.kind {
        Kind::Map(entries) => {
            let entry = entries.iter().find(|entry| entry.key == *last.as_str())?;
            (entry.key_origin.span()?, &entry.node)
        }
        Kind::List(items) => {
            let item = items.get(last.parse::<usize>().ok()?)?;
            (item.span()?, item)
        }
        Kind::Scalar(_) | Kind::Pending(_) => return None,
    };
    let line = file.position(start.start).line;
    let end = value.span().map(|span| {
        file.position(span.end.saturating_sub(1).max(span.start))
            .line
    });
    let is_scalar = matches!(&value.kind, Kind::Scalar(_));
    Some((line, is_scalar && end == Some(line)))
}

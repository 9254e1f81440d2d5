//! The git generator: one Application for each directory, or for each file or element of a file.

use super::engine::Engine;
use super::generator::{Generating, start, without_places};
use super::glob::{literal, names_directory, names_file};
use super::parameters::{Parameters, flattened};
use super::stop::Stop;
use super::text::normalized;
use super::world::Seen;
use crate::span::Span;
use crate::value::Node;

/// What the repository that is read has; any other one is not here.
pub(super) fn generate(body: &Node, generating: Generating<'_>) -> Result<Vec<Parameters>, Stop> {
    let address = body.get("repoURL").and_then(Node::text).unwrap_or_default();
    if !generating.world.is_own(address) {
        return Err(Stop::undecidable(format!(
            "the git generator looks into `{address}`, and nothing says that it is the repository that is read"
        )));
    }
    let directories = body.get("directories").map(Node::items).unwrap_or_default();
    let files = body.get("files").map(Node::items).unwrap_or_default();
    if !directories.is_empty() {
        of_directories(body, directories, generating)
    } else if !files.is_empty() {
        of_files(body, files, generating)
    } else {
        Err(Stop::refused(
            "a git generator must name `directories` or `files`",
        ))
    }
}

/// A pattern of the list, and whether it takes away.
struct Pattern<'n> {
    text: &'n str,
    excludes: bool,
    span: Option<Span>,
}

fn patterns<'n>(items: &'n [Node], generating: Generating<'_>) -> Result<Vec<Pattern<'n>>, Stop> {
    let mut patterns = Vec::new();
    for item in items {
        let text = item.get("path").and_then(Node::text).unwrap_or_default();
        if text.contains("{{") {
            return Err(Stop::undecidable(format!(
                "the path `{text}` is a template that no generator before it fills"
            )));
        }
        // Of what lies beside the directory that is read nothing is known.
        if !literal(text).starts_with(&*generating.world.prefix) {
            return Err(Stop::undecidable(format!(
                "the path `{text}` also names what is not read"
            )));
        }
        patterns.push(Pattern {
            text,
            excludes: item.get("exclude").and_then(Node::text) == Some("true"),
            span: item.span(),
        });
    }
    Ok(patterns)
}

/// The pattern that names a path, where none takes it away.
fn named<'p>(
    patterns: &'p [Pattern<'_>],
    path: &str,
    names: fn(&str, &str) -> Option<bool>,
) -> Result<Option<&'p Pattern<'p>>, Stop> {
    let mut found = None;
    for pattern in patterns {
        let is_named = names(pattern.text, path)
            .ok_or_else(|| Stop::refused(format!("`{}` is no pattern of paths", pattern.text)))?;
        if is_named && pattern.excludes {
            return Ok(None);
        }
        if is_named && found.is_none() {
            found = Some(pattern);
        }
    }
    Ok(found)
}

fn of_directories(
    body: &Node,
    items: &[Node],
    generating: Generating<'_>,
) -> Result<Vec<Parameters>, Stop> {
    let patterns = patterns(items, generating)?;
    let mut all = Vec::new();
    for path in generating.world.directories() {
        let Some(pattern) = named(&patterns, &path, names_directory)? else {
            continue;
        };
        let mut values = Node::map();
        add_path(body, &path, None, generating.engine, &mut values);
        generating.with_values(body, &mut values)?;
        all.push(Parameters::new(values, pattern.span));
    }
    Ok(all)
}

fn of_files(
    body: &Node,
    items: &[Node],
    generating: Generating<'_>,
) -> Result<Vec<Parameters>, Stop> {
    let patterns = patterns(items, generating)?;
    let mut all = Vec::new();
    for (below, seen) in &generating.world.files {
        let path = format!("{}{below}", generating.world.prefix);
        if named(&patterns, &path, names_file)?.is_none() {
            continue;
        }
        let (file, documents) = match seen {
            Seen::Read(file, documents) => (*file, documents),
            Seen::There => {
                return Err(Stop::undecidable(format!("`{path}` is not read")));
            }
            Seen::Unreadable => {
                return Err(Stop::refused(format!("`{path}` is neither YAML nor JSON")));
            }
        };
        let empty = Node::map();
        let document = match &**documents {
            [] => &empty,
            [only] => only,
            _ => {
                return Err(Stop::refused(format!(
                    "`{path}` has more than one document"
                )));
            }
        };
        let objects = if document.is_map() {
            std::slice::from_ref(document)
        } else {
            document.items()
        };
        if document.is_map() == document.items().is_empty() || objects.iter().all(Node::is_map) {
            for object in objects {
                let mut values = match generating.engine {
                    Engine::Go(_) => without_places(object),
                    Engine::Fast => {
                        let mut flat = Node::map();
                        for (name, value) in flattened(object)? {
                            flat.insert(name.as_str(), value);
                        }
                        flat
                    }
                };
                add_path(body, &path, Some(()), generating.engine, &mut values);
                generating.with_values(body, &mut values)?;
                let cause = object.span().unwrap_or_else(|| start(file));
                all.push(Parameters::new(values, Some(cause)));
            }
        } else {
            return Err(Stop::refused(format!(
                "`{path}` must hold a map, or a list of maps"
            )));
        }
    }
    Ok(all)
}

/// Adds what is said of a path: of a directory, or of a file and the directory that it lies in.
fn add_path(body: &Node, path: &str, is_file: Option<()>, engine: Engine, values: &mut Node) {
    let (directory, file) = match is_file {
        Some(()) => match path.rsplit_once('/') {
            Some((directory, file)) => (directory, Some(file)),
            None => (".", Some(path)),
        },
        None => (path, None),
    };
    let basename = directory.rsplit('/').next().unwrap_or(directory);
    let mut parts = vec![
        ("basename", basename.to_owned()),
        ("basenameNormalized", normalized(basename)),
    ];
    if let Some(file) = file {
        parts.push(("filename", file.to_owned()));
        parts.push(("filenameNormalized", normalized(file)));
    }
    let prefix = body
        .get("pathParamPrefix")
        .and_then(Node::text)
        .filter(|prefix| !prefix.is_empty());
    match engine {
        Engine::Go(_) => {
            let mut about = Node::map();
            about.insert("path", Node::string(directory));
            for (name, value) in parts {
                about.insert(name, Node::string(value));
            }
            about.insert(
                "segments",
                Node::list(directory.split('/').map(Node::string)),
            );
            match prefix {
                Some(prefix) => {
                    let mut outer = Node::map();
                    outer.insert("path", about);
                    values.insert(prefix, outer);
                }
                None => {
                    values.insert("path", about);
                }
            }
        }
        Engine::Fast => {
            let name = prefix.map_or_else(|| "path".to_owned(), |prefix| format!("{prefix}.path"));
            values.insert(name.as_str(), Node::string(directory));
            for (part, value) in parts {
                values.insert(format!("{name}.{part}").as_str(), Node::string(value));
            }
            for (number, segment) in directory.split('/').enumerate() {
                values.insert(format!("{name}[{number}]").as_str(), Node::string(segment));
            }
        }
    }
}

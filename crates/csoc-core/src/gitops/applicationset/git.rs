//! The git generator: one Application for each directory, or for each file or element of a file.

use camino::Utf8Path;

use super::engine::Engine;
use super::generator::{Generating, start, without_places};
use super::glob::{literal, names_directory, names_file};
use super::parameters::{Parameters, flattened};
use super::stop::Stop;
use super::text::normalized;
use super::world::{Held, Seen, World};
use crate::span::Span;
use crate::value::Node;

/// What the repository that is read has, at the revision that is read; nothing else is here.
pub(super) fn generate(body: &Node, generating: Generating<'_>) -> Result<Vec<Parameters>, Stop> {
    let text = |key: &str| body.get(key).and_then(Node::text).unwrap_or_default();
    let (address, revision) = (text("repoURL"), text("revision"));
    match generating.world.holds(address, revision) {
        Held::Here => {}
        Held::OtherRepository => {
            return Err(Stop::undecidable(format!(
                "the git generator looks into `{address}`, and nothing says that it is the repository that is read"
            )));
        }
        Held::OtherRevision => {
            return Err(Stop::undecidable(format!(
                "the git generator looks at the revision `{revision}`, and nothing says that it is the one that is read"
            )));
        }
    }
    let (items, subject) = [Subject::Directories, Subject::Files]
        .into_iter()
        .map(|subject| {
            let items = body.get(subject.key()).map(Node::items);
            (items.unwrap_or_default(), subject)
        })
        .find(|(items, _)| !items.is_empty())
        .ok_or_else(|| Stop::refused("a git generator must name `directories` or `files`"))?;
    let patterns = patterns(items, generating)?;
    let mut all = Vec::new();
    for path in subject.paths(generating.world) {
        let Some(pattern) = named(&patterns, &path, subject)? else {
            continue;
        };
        for (mut values, cause) in subject.elements(&path, pattern, generating)? {
            add_path(body, &path, subject, generating.engine, &mut values);
            generating.with_values(body, &mut values)?;
            all.push(Parameters::new(values, cause));
        }
    }
    Ok(all)
}

/// What a git generator goes over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Subject {
    /// An Application for each directory.
    Directories,
    /// One for each file, or for each element of a file.
    Files,
}

impl Subject {
    /// The field that its patterns stand in.
    const fn key(self) -> &'static str {
        match self {
            Self::Directories => "directories",
            Self::Files => "files",
        }
    }

    /// All that there are, by their path in the repository, in order.
    fn paths(self, world: &World) -> Vec<String> {
        match self {
            Self::Directories => world.directories(),
            Self::Files => {
                let files = world.files.keys();
                files
                    .map(|below| format!("{}{below}", world.prefix))
                    .collect()
            }
        }
    }

    /// Whether a pattern names a path; nothing where it is none.
    fn names(self, pattern: &str, path: &str) -> Option<bool> {
        match self {
            Self::Directories => names_directory(pattern, path),
            Self::Files => names_file(pattern, path),
        }
    }

    /// The parameters of one path, without those that are of the path itself, each with its place.
    fn elements(
        self,
        path: &str,
        pattern: &Pattern<'_>,
        generating: Generating<'_>,
    ) -> Result<Vec<(Node, Option<Span>)>, Stop> {
        match self {
            Self::Directories => Ok(vec![(Node::map(), pattern.span)]),
            Self::Files => of_file(path, generating),
        }
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
    subject: Subject,
) -> Result<Option<&'p Pattern<'p>>, Stop> {
    let mut found = None;
    for pattern in patterns {
        let is_named = subject
            .names(pattern.text, path)
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

/// What a file says: a map is one element, a list one for each of its maps.
fn of_file(path: &str, generating: Generating<'_>) -> Result<Vec<(Node, Option<Span>)>, Stop> {
    let below = path.strip_prefix(&*generating.world.prefix).unwrap_or(path);
    let (file, documents) = match generating.world.files.get(Utf8Path::new(below)) {
        Some(Seen::Read(file, documents)) => (*file, documents),
        Some(Seen::There) | None => {
            return Err(Stop::undecidable(format!("`{path}` is not read")));
        }
        Some(Seen::Unreadable) => {
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
    let is_known =
        document.is_map() == document.items().is_empty() || objects.iter().all(Node::is_map);
    if !is_known {
        return Err(Stop::refused(format!(
            "`{path}` must hold a map, or a list of maps"
        )));
    }
    let mut elements = Vec::with_capacity(objects.len());
    for object in objects {
        let values = match generating.engine {
            Engine::Go(_) => without_places(object),
            Engine::Fast => {
                let mut flat = Node::map();
                for (name, value) in flattened(object)? {
                    flat.insert(name.as_str(), value);
                }
                flat
            }
        };
        let cause = object.span().unwrap_or_else(|| start(file));
        elements.push((values, Some(cause)));
    }
    Ok(elements)
}

/// Adds what is said of a path: of a directory, or of a file and the directory that it lies in.
fn add_path(body: &Node, path: &str, subject: Subject, engine: Engine, values: &mut Node) {
    let (directory, file) = match subject {
        Subject::Files => match path.rsplit_once('/') {
            Some((directory, file)) => (directory, Some(file)),
            None => (".", Some(path)),
        },
        Subject::Directories => (path, None),
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

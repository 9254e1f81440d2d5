//! What a directory of the root `commons` holds: variables, and outputs as Terraform prints them.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use camino::{Utf8Path, Utf8PathBuf};

use crate::diagnostic::{Finding, Severity};
use crate::hcl::{self, Body, Scope};
use crate::import::note::{NoteKind, Notes};
use crate::source::SourceSet;
use crate::span::{FileId, SourceFile, Sources, Span};
use crate::value::{Node, json_read};

/// A file as data.
#[derive(Debug)]
pub(super) struct Part {
    pub(super) path: Utf8PathBuf,
    pub(super) node: Node,
}

/// A file by its path.
type Bytes<'f> = (&'f Utf8Path, &'f Arc<[u8]>);

/// One directory: one commons.
#[derive(Debug)]
pub(super) struct Root {
    pub(super) directory: Utf8PathBuf,
    /// Files of variables, in the order in which Terraform reads them: the last one holds.
    pub(super) variables: Vec<Part>,
    pub(super) outputs: Vec<Part>,
    /// Files that hold state, which is secret material.
    pub(super) states: Vec<Utf8PathBuf>,
}

impl Root {
    /// What it is called: its directory.
    pub(super) fn title(&self) -> String {
        match self.directory.as_str() {
            "" => "commons".to_owned(),
            directory => directory.to_owned(),
        }
    }

    /// A variable's value and which file it holds in.
    pub(super) fn variable(&self, name: &str) -> Option<(usize, &Node)> {
        let mut files = self.variables.iter().enumerate().rev();
        files.find_map(|(number, part)| Some((number, part.node.get(name)?)))
    }

    /// A variable's text that is not empty.
    pub(super) fn text(&self, name: &str) -> Option<&str> {
        let (_, node) = self.variable(name)?;
        node.text()
            .filter(|text| !text.is_empty() && !node.is_null())
    }

    /// An output's value.
    pub(super) fn output(&self, name: &str) -> Option<&Node> {
        let value = self
            .outputs
            .iter()
            .rev()
            .find_map(|part| part.node.path(&[name, "value"]))?;
        (!value.is_null()).then_some(value)
    }
}

/// Reads every directory; one that cannot be read is noted and left out.
pub(super) fn read(
    files: &SourceSet,
    sources: &mut Sources,
    notes: &mut Notes,
) -> Option<Vec<Root>> {
    let mut directories: BTreeMap<&Utf8Path, Vec<Bytes<'_>>> = BTreeMap::new();
    for (path, bytes) in files.iter() {
        let directory = path.parent().unwrap_or(Utf8Path::new(""));
        directories
            .entry(directory)
            .or_default()
            .push((path, bytes));
    }
    directories.retain(|_, files| files.iter().any(|(path, _)| is_variables(path)));
    if directories.is_empty() {
        return None;
    }
    let taken: BTreeSet<&Utf8Path> = directories.keys().copied().collect();
    for (path, _) in files.iter() {
        let directory = path.parent().unwrap_or(Utf8Path::new(""));
        if !taken.contains(directory) && path.extension() == Some("json") {
            let message = "there are no variables beside it, so that nobody can tell whose it is";
            notes.file(NoteKind::LeftOut, path, message);
        }
    }
    let roots = directories
        .into_iter()
        .filter_map(|(directory, files)| root(directory, files, sources, notes));
    Some(roots.collect())
}

fn is_variables(path: &Utf8Path) -> bool {
    let name = path.file_name().unwrap_or_default();
    path.extension() == Some("tfvars") || name.ends_with(".tfvars.json")
}

/// The order in which Terraform reads files of variables; those that are named on the command line come last.
fn order(name: &str) -> (u8, &str) {
    let rank = match name {
        "terraform.tfvars" => 0,
        "terraform.tfvars.json" => 1,
        name if name.contains(".auto.tfvars") => 2,
        _ => 3,
    };
    (rank, name)
}

fn root(
    directory: &Utf8Path,
    mut files: Vec<Bytes<'_>>,
    sources: &mut Sources,
    notes: &mut Notes,
) -> Option<Root> {
    files.sort_by(|(one, _), (two, _)| {
        let name = |path: &'_ Utf8Path| path.file_name().unwrap_or_default().to_owned();
        let (one, two) = (name(one), name(two));
        order(&one).cmp(&order(&two))
    });
    let mut root = Root {
        directory: directory.to_owned(),
        variables: Vec::new(),
        outputs: Vec::new(),
        states: Vec::new(),
    };
    let mut reader = Reader {
        title: root.title(),
        sources,
        notes,
        is_broken: false,
    };
    for (path, bytes) in files {
        let name = path.file_name().unwrap_or_default();
        if name.contains(".tfstate") {
            root.states.push(path.to_owned());
        } else if path.extension() == Some("tfvars") {
            root.variables.extend(reader.variables(path, bytes));
        } else if is_variables(path) {
            root.variables.extend(reader.json(path, bytes));
        } else if path.extension() == Some("json") {
            match reader.json(path, bytes) {
                Some(part) if is_outputs(&part.node) => root.outputs.push(part),
                Some(_) => {
                    let message = "it is not what `terraform output -json` prints";
                    reader.notes.file(NoteKind::LeftOut, path, message);
                }
                None => {}
            }
        }
    }
    (!reader.is_broken).then_some(root)
}

/// Outputs as Terraform prints them: a map of maps with `value`.
fn is_outputs(node: &Node) -> bool {
    !node.entries().is_empty()
        && node
            .entries()
            .iter()
            .all(|entry| entry.node.get("value").is_some() && entry.node.get("type").is_some())
}

struct Reader<'a> {
    title: String,
    sources: &'a mut Sources,
    notes: &'a mut Notes,
    is_broken: bool,
}

impl Reader<'_> {
    fn variables(&mut self, path: &Utf8Path, bytes: &[u8]) -> Option<Part> {
        let (text, file) = self.text(path, bytes)?;
        let body: Body = match hcl::parse(text, file) {
            Ok(body) => body,
            Err(findings) => {
                self.findings(findings);
                return None;
            }
        };
        let mut node = Node::map();
        let scope = Scope::new();
        for attribute in body.attributes() {
            let evaluated = hcl::evaluate(&attribute.value, &scope);
            let value = evaluated.known();
            let Some(value) = value else {
                self.broken(attribute.origin.span(), "a value is not written out");
                continue;
            };
            node.insert(&*attribute.name, value.at(attribute.origin));
        }
        if let Some(block) = body.all_blocks().next() {
            self.broken(block.origin.span(), "a file of variables holds no blocks");
        }
        Some(Part {
            path: path.to_owned(),
            node,
        })
    }

    fn json(&mut self, path: &Utf8Path, bytes: &[u8]) -> Option<Part> {
        let (text, file) = self.text(path, bytes)?;
        let (node, found) = json_read::read_json(text, file);
        self.findings(found.into_vec());
        let node = node.unwrap_or_else(Node::map);
        if !node.is_map() {
            self.broken(Some(Span::file_start(file)), "it is no JSON object");
            return None;
        }
        Some(Part {
            path: path.to_owned(),
            node,
        })
    }

    fn text<'b>(&mut self, path: &Utf8Path, bytes: &'b [u8]) -> Option<(&'b str, FileId)> {
        let Ok(text) = std::str::from_utf8(bytes) else {
            self.is_broken = true;
            let message = format!("`{}` is not imported: the file is not text", self.title);
            self.notes.file(NoteKind::Unreadable, path, message);
            return None;
        };
        Some((text, self.sources.add(SourceFile::new(path, text))))
    }

    fn findings(&mut self, findings: Vec<Finding>) {
        for finding in findings {
            if finding.severity == Severity::Error {
                let span = finding.labels.first().map(|(span, _)| *span);
                self.broken(span, &finding.message);
            }
        }
    }

    fn broken(&mut self, span: Option<Span>, reason: &str) {
        self.is_broken = true;
        let message = format!("`{}` is not imported: {reason}", self.title);
        self.notes
            .place(NoteKind::Unreadable, span, self.sources, message);
    }
}

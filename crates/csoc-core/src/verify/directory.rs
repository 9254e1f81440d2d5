//! Our own trees on disk: what the manifests list, and what else lies there.

use std::collections::BTreeSet;
use std::sync::Arc;

use camino::{Utf8Path, Utf8PathBuf};
use fs_err as fs;
use rayon::prelude::*;

use super::error::VerifyError;
use super::kind::{self, Kind};
use super::options::VerifyOptions;
use super::{
    FILE_EDITED, FILE_MISSING, FILE_UNLISTED, KIND_UNREAD, VALUE_PENDING, close, document, gitops,
    resources, terraform, waits,
};
use crate::context::Context;
use crate::diagnostic::{Diagnostic, Diagnostics, Finding, Report, Root, Severity};
use crate::gitops::{Parsed, Repository};
use crate::graph::Fact;
use crate::listing;
use crate::rules;
use crate::span::{FileId, SourceFile, Sources, Span};
use crate::tree::{BackendName, Document, File};
use crate::write::{Digest, Manifest, State};

/// The names of output roots.
const ROOTS: [&str; 3] = ["terraform", "gitops", "kro"];
/// The manifest's name in its root.
pub(super) const MANIFEST: &str = "manifest.json";
/// Directories that are other tools' or the writer's own.
const TOOLS: [&str; 3] = [".csoc", ".terraform", ".git"];
/// How deep a root is looked into.
const DEPTH: usize = 64;
/// How the marker of a pending value starts.
const MARKER: &str = "<pending: ";

/// Verifies a tree: one that `render` wrote, or a GitOps repository or Terraform roots of somebody else.
///
/// A rendered tree is the directory given as `--out`, or one root with its own
/// manifest: files are what the manifest lists, read as what they say and hold
/// no marker in place of a value. What a GitOps repository says of itself is
/// checked wherever it comes from; so is Terraform, against the schemas of its
/// providers and against itself.
pub fn verify_directory(
    path: impl AsRef<Utf8Path>,
    context: &Context,
) -> Result<Report, VerifyError> {
    verify_directory_with(path, &VerifyOptions::default(), context)
}

/// The same, with what else is known.
pub fn verify_directory_with(
    path: impl AsRef<Utf8Path>,
    options: &VerifyOptions,
    context: &Context,
) -> Result<Report, VerifyError> {
    let path = path.as_ref();
    context.run(|| {
        context.check()?;
        let mut all = Vec::new();
        let roots = roots(path)?;
        let mut tree = TreeFiles::default();
        let is_ours = !roots.is_empty();
        if !is_ours {
            verify_foreign(path, options, context, &mut all, &mut tree)?;
        }
        for (name, root) in roots {
            verify_root(name, &root, options, context, &mut tree)?;
        }
        let closed = close(&tree.files, tree.facts.clone());
        tree.found.extend(closed.found);
        // Whose tree it is, says which directory of it an Application means.
        if is_ours {
            tree.found.extend(waits::check(&tree.files));
        }
        all.extend(tree.resolve());
        let report = rules::apply_policy(None, context.as_of.as_ref(), rules::Extent::Whole, all);
        Ok(report.with_undecided(closed.undecided))
    })
}

/// Verifies what csoc did not render, each kind as far as it can be read.
fn verify_foreign(
    path: &Utf8Path,
    options: &VerifyOptions,
    context: &Context,
    all: &mut Vec<Diagnostic>,
    tree: &mut TreeFiles,
) -> Result<(), VerifyError> {
    let kinds = kind::foreign(path)?;
    if kinds.is_empty() {
        return Err(VerifyError::NotATree {
            path: path.to_owned(),
        });
    }
    if kinds.iter().all(|kind| *kind == Kind::Kro) {
        return Err(VerifyError::KindUnread {
            path: path.to_owned(),
            kind: Kind::Kro.name(),
        });
    }
    for kind in kinds {
        match kind {
            Kind::Gitops => all.extend(gitops::verify_path(path, options, context, tree)?),
            Kind::Terraform => terraform::verify_roots(path, context, tree)?,
            Kind::Kro => {
                let message = format!(
                    "`{path}` holds {}, too, which cannot be read yet",
                    kind.name()
                );
                let finding = Finding::new(KIND_UNREAD, Severity::Info, message);
                all.push(finding.resolve(&Sources::default(), Root::Tree));
            }
        }
    }
    Ok(())
}

/// The output roots at a path, each with what its files' paths start with; none where nothing was rendered there.
fn roots(path: &Utf8Path) -> Result<Vec<(&'static str, Utf8PathBuf)>, VerifyError> {
    if !path.is_dir() {
        return Err(VerifyError::Missing {
            path: path.to_owned(),
        });
    }
    if path.join(MANIFEST).is_file() {
        return Ok(vec![("", path.to_owned())]);
    }
    let found: Vec<_> = ROOTS
        .into_iter()
        .map(|name| (name, path.join(name)))
        .filter(|(_, root)| root.join(MANIFEST).is_file())
        .collect();
    Ok(found)
}

/// What is read of a tree, whichever roots it has: an edge may lead from one to another.
#[derive(Default)]
pub(super) struct TreeFiles {
    pub(super) sources: Sources,
    pub(super) files: Vec<File>,
    /// What is known beside the files.
    pub(super) facts: Vec<Fact>,
    pub(super) found: Diagnostics,
}

impl TreeFiles {
    /// What was found, with the places.
    fn resolve(self) -> impl Iterator<Item = Diagnostic> {
        let Self { sources, found, .. } = self;
        found
            .into_vec()
            .into_iter()
            .map(move |finding| finding.resolve(&sources, Root::Tree))
    }
}

/// A file that was read.
struct Loaded {
    /// The path below the output directory.
    path: Utf8PathBuf,
    object: Arc<str>,
    backend: BackendName,
    bytes: Vec<u8>,
    /// Its number, where it is text.
    text: Option<FileId>,
    state: State,
}

fn verify_root(
    name: &str,
    root: &Utf8Path,
    options: &VerifyOptions,
    context: &Context,
    tree: &mut TreeFiles,
) -> Result<(), VerifyError> {
    let manifest = manifest(root)?;
    let mut loaded = Vec::with_capacity(manifest.files.len());
    let TreeFiles {
        sources,
        files,
        found,
        ..
    } = tree;
    for (path, entry) in &manifest.files {
        context.check()?;
        let place = path.below(root);
        let shown = Utf8Path::new(name).join(path.as_str());
        let is_file = fs::symlink_metadata(&place).is_ok_and(|metadata| metadata.is_file());
        if !is_file {
            found.push(
                Finding::error(FILE_MISSING, format!("`{shown}` is listed and not there"))
                    .help("render again; if it is not wanted, change the fleet and not the tree")
                    .object(&entry.object)
                    .path(&shown),
            );
            continue;
        }
        let bytes = fs::read(&place).map_err(|source| VerifyError::Read {
            path: place.clone(),
            source,
        })?;
        let text = std::str::from_utf8(&bytes)
            .ok()
            .map(|text| sources.add(SourceFile::new(&shown, text)));
        if Digest::of(&bytes) != entry.digest {
            found.push(
                Finding::error(FILE_EDITED, format!("`{shown}` is not what was rendered"))
                    .help("make the change in the fleet and render again; `csoc render --force PATH` overwrites the edit")
                    .label(text.map(Span::file_start), "edited by hand or by another tool")
                    .object(&entry.object)
                    .path(&shown),
            );
        }
        loaded.push(Loaded {
            path: shown,
            object: entry.object.clone(),
            backend: entry.backend.parse().unwrap_or(match name {
                "terraform" => BackendName::Terraform,
                _ => BackendName::Helm,
            }),
            bytes,
            text,
            state: entry.state,
        });
    }
    let listed: BTreeSet<&str> = manifest
        .files
        .keys()
        .map(crate::write::FilePath::as_str)
        .collect();
    let enters = |name: &str| !TOOLS.contains(&name);
    for path in listing::files(root, DEPTH, &enters)? {
        let is_ours = listed.contains(path.as_str()) || path == MANIFEST;
        if is_ours || path.file_name().is_some_and(|name| !enters(name)) {
            continue;
        }
        let shown = Utf8Path::new(name).join(path);
        found.push(
            Finding::new(
                FILE_UNLISTED,
                Severity::Info,
                format!("`{shown}` was not rendered, and is not checked"),
            )
            .path(&shown),
        );
    }
    found.append(documents(name, loaded, sources, options, context, files)?);
    Ok(())
}

/// What the files of a root say: each as a document, values and Applications as a repository, the rest as Terraform.
fn documents(
    name: &str,
    loaded: Vec<Loaded>,
    sources: &Sources,
    options: &VerifyOptions,
    context: &Context,
    files: &mut Vec<File>,
) -> Result<Diagnostics, VerifyError> {
    let mut found = Diagnostics::default();
    let read: Result<Vec<(File, Option<FileId>, Diagnostics)>, VerifyError> = loaded
        .into_par_iter()
        .map(|file| {
            context.check()?;
            let text = file.text;
            let (file, found) = read(file, sources);
            Ok((file, text, found))
        })
        .collect();
    let before = files.len();
    let mut parsed = Vec::new();
    for (file, text, more) in read? {
        found.append(more);
        if file.backend() != BackendName::Terraform {
            let below = file.path().strip_prefix(name).unwrap_or(file.path());
            parsed.push(Parsed::of_ours(below, &file, text));
        }
        files.push(file);
    }
    let repository = Repository::new(parsed);
    if !repository.is_empty() {
        found.append(gitops::check(&repository, options, context));
    }
    let new = &files[before..];
    found.append(terraform::check_files(new.iter(), context));
    found.append(resources::check(new.iter(), context.facts()));
    Ok(found)
}

fn manifest(root: &Utf8Path) -> Result<Manifest, VerifyError> {
    let path = root.join(MANIFEST);
    let text = fs::read(&path).map_err(|source| VerifyError::Read {
        path: path.clone(),
        source,
    })?;
    Manifest::parse(&text, &path).map_err(|source| VerifyError::Manifest {
        source: Box::new(source),
    })
}

/// Reads a file as the document it is, and looks for values that are not there yet.
fn read(file: Loaded, sources: &Sources) -> (File, Diagnostics) {
    let mut found = Diagnostics::default();
    let document = match file.text {
        Some(id) => {
            let text = sources.file(id).text();
            let document = document::read(&file.path, text, id, &mut found);
            markers(&file, text, id, &mut found);
            document
        }
        None => Document::Bytes(file.bytes.into()),
    };
    let mut about = Diagnostics::default();
    for mut finding in found.into_vec() {
        finding.object = Some(file.object.to_string());
        finding.path = Some(file.path.to_string());
        about.push(finding);
    }
    let file = File::new(file.path, &*file.object, file.backend, document);
    (file, about)
}

fn markers(file: &Loaded, text: &str, id: FileId, found: &mut Diagnostics) {
    let mut any = false;
    for (start, _) in text.match_indices(MARKER) {
        let Some(length) = text[start..].find('>') else {
            continue;
        };
        any = true;
        let outputs = &text[start + MARKER.len()..start + length];
        found.push(
            Finding::error(
                VALUE_PENDING,
                format!("`{}` has a marker in place of a value", file.path),
            )
            .help(format!(
                "apply the stacks that give it, record their outputs and render again: {outputs}"
            ))
            .label(Span::new(id, start, start + length + 1), "not known yet"),
        );
    }
    if file.state == State::Pending && !any {
        found.push(
            Finding::warning(
                VALUE_PENDING,
                format!(
                    "`{}` is older than the fleet: its new content waits for outputs",
                    file.path
                ),
            )
            .help("see `csoc outputs list` for what it waits for"),
        );
    }
}

//! Directories of Terraform that someone else wrote: found, read, checked.

use std::sync::Arc;

use camino::{Utf8Path, Utf8PathBuf};
use fs_err as fs;
use rayon::prelude::*;

use super::{Directories, Part, add, check, has_end};
use crate::context::Context;
use crate::diagnostic::{Diagnostics, Finding};
use crate::hcl::{self, Body};
use crate::listing;
use crate::source::{FILE_NOT_UTF8, FILE_TOO_LARGE};
use crate::span::{FileId, SourceFile, Span};
use crate::tree::{BackendName, Document, File};
use crate::value::{Node, json_read};
use crate::verify::VerifyError;
use crate::verify::directory::TreeFiles;
use crate::verify::document::native;

/// Directories that are tools' own.
const TOOLS: [&str; 4] = [".terraform", ".git", ".csoc", "node_modules"];
/// How deep directories are looked into.
const DEPTH: usize = 32;
/// The longest file that is read.
const LIMIT: u64 = 8 << 20;

/// A file that was read.
enum Read {
    Native(Body),
    Json(Node),
}

/// Checks every directory of Terraform at and below a path, and adds its files to the tree.
pub(in crate::verify) fn verify_roots(
    path: &Utf8Path,
    context: &Context,
    tree: &mut TreeFiles,
) -> Result<(), VerifyError> {
    let paths = list(path)?;
    let TreeFiles {
        sources,
        files,
        found,
        ..
    } = tree;
    let mut texts: Vec<(Utf8PathBuf, Arc<str>, FileId)> = Vec::new();
    for file in paths {
        context.check()?;
        let place = path.join(&file);
        let failed = |source| VerifyError::Read {
            path: place.clone(),
            source,
        };
        let length = fs::metadata(&place).map_err(failed)?.len();
        if length > LIMIT {
            found.push(
                Finding::error(FILE_TOO_LARGE, format!("`{file}` is longer than 8 MiB"))
                    .help("files of Terraform are written by people; take what is data out of it")
                    .path(&file),
            );
            continue;
        }
        let bytes = fs::read(&place).map_err(failed)?;
        let Ok(text) = String::from_utf8(bytes) else {
            found.push(
                Finding::error(FILE_NOT_UTF8, format!("`{file}` is not UTF-8"))
                    .help("save it as UTF-8")
                    .path(&file),
            );
            continue;
        };
        let text: Arc<str> = text.into();
        let id = sources.add(SourceFile::new(&file, text.clone()));
        texts.push((file, text, id));
    }
    let read: Vec<(Utf8PathBuf, Option<Read>, Diagnostics)> = texts
        .into_par_iter()
        .map(|(path, text, id)| {
            let (read, found) = read(&path, &text, id);
            (path, read, found)
        })
        .collect();
    let mut directories = Directories::new();
    for (path, document, about) in &read {
        found.extend(about.iter().cloned());
        match document {
            Some(Read::Native(body)) => add(&mut directories, path, Part::Native(body)),
            Some(Read::Json(node)) => add(&mut directories, path, Part::Json(node)),
            None => {}
        }
    }
    context.check()?;
    let (more, _) = check(&directories, context);
    found.append(more);
    files.extend(read.into_iter().filter_map(|(path, document, _)| {
        let is_root = path.as_str().ends_with(".tf.json");
        let document = match document? {
            Read::Native(body) => Document::Hcl(body),
            Read::Json(node) if is_root => Document::Hcl(native(&node)),
            Read::Json(node) => Document::Json(node),
        };
        let object = path.parent().map_or(".", Utf8Path::as_str).to_owned();
        Some(File::new(path, object, BackendName::Terraform, document))
    }));
    Ok(())
}

fn read(path: &Utf8Path, text: &str, id: FileId) -> (Option<Read>, Diagnostics) {
    let mut found = Diagnostics::default();
    let read = if path.extension() == Some("json") {
        let (node, more) = json_read::read_json(text, id);
        found.append(more);
        node.map(Read::Json)
    } else {
        match hcl::parse(text, id) {
            Ok(body) => Some(Read::Native(body)),
            Err(more) => {
                found.extend(more);
                None
            }
        }
    };
    let mut about = Diagnostics::default();
    for finding in found.into_vec() {
        let finding = if finding.labels.is_empty() {
            finding.label(Span::file_start(id), "in this file")
        } else {
            finding
        };
        about.push(finding.path(path));
    }
    (read, about)
}

/// The files that Terraform reads, without entering what belongs to tools.
fn list(path: &Utf8Path) -> Result<Vec<Utf8PathBuf>, VerifyError> {
    let enters = |name: &str| !TOOLS.contains(&name);
    let mut files = listing::files(path, DEPTH, &enters)?;
    files.retain(|file| {
        let name = file.file_name().unwrap_or_default();
        [".tf", ".tf.json", ".tfvars", ".tfvars.json"]
            .iter()
            .any(|end| has_end(name, end))
    });
    Ok(files)
}

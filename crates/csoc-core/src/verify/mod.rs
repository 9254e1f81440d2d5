//! Trees against themselves and against what is known: files read as what they say, are what the manifest lists,
//! and what they say of each other holds.

mod addons;
mod closing;
mod directory;
mod document;
mod error;
mod gitops;
mod kind;
mod options;
mod overlay;
mod rendered;
mod resources;
pub(crate) mod terraform;
#[cfg(test)]
mod tests;
mod unit;
pub(crate) mod values;
mod waits;

pub use directory::{verify_directory, verify_directory_with};
pub use error::VerifyError;
pub use gitops::verify_gitops;
pub(crate) use gitops::{Taking, read_repository};
pub use options::VerifyOptions;
pub use rendered::{HelmRelease, HelmRendering, helm_releases, verify_rendered};
pub(crate) use unit::UnitCheck;

use std::sync::Arc;

use camino::Utf8Path;
use closing::Closed;
use rayon::prelude::*;

use crate::context::{Context, Stopped};
use crate::diagnostic::{Code, Diagnostic, Diagnostics, Finding, Report, Root};
use crate::graph::Fact;
use crate::rules;
use crate::span::{SourceFile, Sources};
use crate::tree::{BackendName, Document, File, Tree};

/// A file is written with a marker in place of a value that only the cloud can give.
pub(crate) const VALUE_PENDING: Code = Code::new("value-pending");
/// A listed file has another content than was rendered.
pub(crate) const FILE_EDITED: Code = Code::new("file-edited");
/// A listed file is not there.
pub(crate) const FILE_MISSING: Code = Code::new("file-missing");
/// A file in an output root that no manifest lists.
pub(crate) const FILE_UNLISTED: Code = Code::new("file-unlisted");
/// HCL that is not laid out as `terraform fmt` would.
pub(crate) const FILE_UNFORMATTED: Code = Code::new("file-unformatted");
/// A part of a tree is of a kind that cannot be read yet.
pub(crate) const KIND_UNREAD: Code = Code::new("tree-kind-unread");
/// A document of ours whose text reads as something else: a defect of the product.
pub(crate) const TEXT_READS_DIFFERENTLY: Code = Code::new("text-reads-differently");

impl Tree {
    /// Everything that is wrong with the tree as it would be written: each text reads as its document,
    /// no value is missing, who runs as what closes, and Terraform and custom resources are what their schemas say.
    pub fn verify(&self, context: &Context) -> Result<Report, Stopped> {
        context.run(|| {
            let files: Vec<&File> = self.iter().collect();
            let found: Result<Vec<Vec<Diagnostic>>, Stopped> = files
                .par_iter()
                .map(|file| {
                    context.check()?;
                    Ok(verify_file(file))
                })
                .collect();
            let mut all: Vec<Diagnostic> = found?.into_iter().flatten().collect();
            all.extend(files.iter().filter_map(|file| pending(file)));
            let mut found = terraform::check_files(files.iter().copied(), context);
            found.append(resources::check(files.iter().copied(), context.facts()));
            // Documents in memory have no text of their own; what a place says is of the fleet's files.
            let resolve = |mut finding: Finding| {
                finding.labels.clear();
                finding.resolve(&Sources::default(), Root::Tree)
            };
            found.extend(waits::check(files.iter().copied()));
            let closed = close(files, Vec::new());
            found.extend(closed.found);
            all.extend(found.into_vec().into_iter().map(resolve));
            let report =
                rules::apply_policy(None, context.as_of.as_ref(), rules::Extent::Whole, all);
            Ok(report.with_undecided(closed.undecided))
        })
    }
}

/// Whether the text of a file reads as its document.
pub(crate) fn verify_file(file: &File) -> Vec<Diagnostic> {
    let Err(reason) = document::reads_back(file) else {
        return Vec::new();
    };
    vec![
        Finding::error(
            TEXT_READS_DIFFERENTLY,
            format!(
                "`{}` reads differently from what was meant: {reason}",
                file.path()
            ),
        )
        .help(
            "this is a defect of csoc: please report it with the fleet's field that it comes from",
        )
        .object(file.object())
        .path(file.path())
        .resolve(&Sources::default(), Root::Tree),
    ]
}

fn pending(file: &File) -> Option<Diagnostic> {
    let outputs = file.pending_outputs();
    (!outputs.is_empty()).then(|| {
        Finding::error(
            VALUE_PENDING,
            format!("`{}` has values that are not known yet", file.path()),
        )
        .help(format!(
            "apply the stacks that give them and record their outputs: {}",
            outputs.join(", ")
        ))
        .object(file.object())
        .path(file.path())
        .resolve(&Sources::default(), Root::Tree)
    })
}

/// Closes the contracts over the documents of a tree, ours in memory or one that was read: observed facts
/// are joined, and what does not meet is a finding at the places of the documents.
fn close<'a>(files: impl IntoIterator<Item = &'a File>, known: Vec<Fact>) -> Closed {
    closing::check(&closing::observe(files, known))
}

/// A file of a tree as the document that its name says; bytes where it does not read as one.
pub(crate) fn read_file(
    path: &Utf8Path,
    object: &str,
    backend: BackendName,
    bytes: &Arc<[u8]>,
) -> File {
    let document = match std::str::from_utf8(bytes) {
        Ok(text) => {
            let text: Arc<str> = text.into();
            let id = Sources::default().add(SourceFile::new(path, text.clone()));
            document::read(path, &text, id, &mut Diagnostics::default())
        }
        Err(_) => Document::Bytes(bytes.clone()),
    };
    File::new(path, object, backend, document)
}

/// Whether a directory is laid out as a repository of Argo CD applications.
pub(crate) fn looks_like_gitops(path: &Utf8Path) -> bool {
    kind::foreign(path).is_ok_and(|kinds| kinds.contains(&kind::Kind::Gitops))
}

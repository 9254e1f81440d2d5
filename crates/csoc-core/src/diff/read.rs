//! Trees on disk for a comparison: ours by their manifests, others by their layout.

use std::collections::BTreeMap;
use std::sync::Arc;

use camino::{Utf8Path, Utf8PathBuf};
use fs_err as fs;

use super::error::DiffError;
use crate::context::Context;
use crate::gitops;
use crate::listing;

use crate::tree::{BackendName, File};
use crate::verify;
use crate::write::{Digest, Manifest};

/// The names of output roots.
const ROOTS: [&str; 2] = ["terraform", "gitops"];
const MANIFEST: &str = "manifest.json";
/// Directories that are other tools' or the writer's own.
const TOOLS: [&str; 3] = [".csoc", ".terraform", ".git"];
/// How deep a directory is looked into.
const DEPTH: usize = 16;
/// Bytes of a file that are read.
const LIMIT: u64 = 64 << 20;

/// A file that is known by its digest, and read when it matters.
#[derive(Debug, Clone)]
pub(super) struct Listed {
    /// The path as it is in a tree: `gitops/…`, `terraform/…`.
    pub(super) path: Utf8PathBuf,
    /// The object; none where only another side can tell.
    pub(super) object: Option<Arc<str>>,
    pub(super) backend: BackendName,
    pub(super) digest: Digest,
    bytes: Arc<[u8]>,
}

/// A tree as a list of files.
#[derive(Debug, Clone, Default)]
pub(super) struct Listing {
    pub(super) files: BTreeMap<Utf8PathBuf, Listed>,
}

impl Listed {
    /// The file as a document, of an object.
    pub(super) fn read(&self, object: &str) -> File {
        verify::read_file(&self.path, object, self.backend, &self.bytes)
    }
}

/// What a directory holds: a tree of ours, a GitOps repository, Terraform roots.
pub(super) fn list(path: &Utf8Path, context: &Context) -> Result<Listing, DiffError> {
    context.check()?;
    if !path.is_dir() {
        return Err(DiffError::Missing {
            path: path.to_owned(),
        });
    }
    let mut listing = Listing::default();
    for (name, root) in roots(path) {
        let place = root.join(MANIFEST);
        let text = fs::read(&place).map_err(|source| DiffError::Read {
            path: place.clone(),
            source,
        })?;
        let manifest = Manifest::parse(&text, &place).map_err(|source| DiffError::Manifest {
            source: Box::new(source),
        })?;
        for (file, entry) in &manifest.files {
            context.check()?;
            let place = file.below(&root);
            // A link may lead anywhere, and a listed file that is gone is gone.
            let Ok(metadata) = fs::symlink_metadata(&place) else {
                continue;
            };
            if !metadata.is_file() {
                continue;
            }
            let bytes = read(&place, metadata.len())?;
            let path = Utf8Path::new(&name).join(file.as_str());
            let backend = entry.backend.parse().unwrap_or(if name == "terraform" {
                BackendName::Terraform
            } else {
                BackendName::Helm
            });
            listing.files.insert(
                path.clone(),
                Listed {
                    path,
                    object: Some(entry.object.clone()),
                    backend,
                    digest: Digest::of(&bytes),
                    bytes: bytes.into(),
                },
            );
        }
    }
    if listing.files.is_empty() {
        foreign(path, context, &mut listing)?;
    }
    if listing.files.is_empty() {
        return Err(DiffError::Neither {
            path: path.to_owned(),
        });
    }
    Ok(listing)
}

fn read(path: &Utf8Path, size: u64) -> Result<Vec<u8>, DiffError> {
    if size > LIMIT {
        return Err(DiffError::TooLarge {
            path: path.to_owned(),
            size,
        });
    }
    fs::read(path).map_err(|source| DiffError::Read {
        path: path.to_owned(),
        source,
    })
}

/// The output roots at a path, each with what the paths in it start with.
fn roots(path: &Utf8Path) -> Vec<(String, Utf8PathBuf)> {
    if path.join(MANIFEST).is_file() {
        // A root of its own says by its files which it is.
        let name = if path.join("stacks.json").is_file() {
            "terraform"
        } else {
            "gitops"
        };
        return vec![(name.to_owned(), path.to_owned())];
    }
    ROOTS
        .into_iter()
        .map(|name| (name.to_owned(), path.join(name)))
        .filter(|(_, root)| root.join(MANIFEST).is_file())
        .collect()
}

fn foreign(path: &Utf8Path, context: &Context, listing: &mut Listing) -> Result<(), DiffError> {
    let is_gitops = verify::looks_like_gitops(path);
    let enters = |name: &str| !TOOLS.contains(&name);
    let files = listing::files(path, DEPTH, &enters).map_err(|failed| DiffError::Read {
        path: failed.path,
        source: failed.source,
    })?;
    for file in files {
        context.check()?;
        let place = path.join(&file);
        let Ok(metadata) = fs::symlink_metadata(&place) else {
            continue;
        };
        let is_terraform = matches!(file.extension(), Some("tf" | "tfvars"))
            || file.as_str().ends_with(".tfvars.json");
        let deep = file.as_str().split('/').count() > 2;
        if !metadata.is_file() || !(is_terraform || is_gitops) {
            continue;
        }
        let bytes = read(&place, metadata.len())?;
        // What lies beside clusters is of nobody, but for ApplicationSets, which lie anywhere.
        if !(is_terraform || deep || gitops::holds_set(&file, &bytes)) {
            continue;
        }
        let (prefix, backend) = if is_terraform {
            ("terraform", BackendName::Terraform)
        } else {
            ("gitops", BackendName::Helm)
        };
        let path = Utf8Path::new(prefix).join(&file);
        listing.files.insert(
            path.clone(),
            Listed {
                path,
                object: None,
                backend,
                digest: Digest::of(&bytes),
                bytes: bytes.into(),
            },
        );
    }
    Ok(())
}

/// The object of a file that nobody named, by its directory.
pub(super) fn directory_of(path: &Utf8Path) -> String {
    let parts: Vec<&str> = path.as_str().split('/').collect();
    match parts[..] {
        ["gitops", cluster, "cluster-values" | "argocd", ..] => format!("clusters.{cluster}"),
        ["gitops", cluster, directory, _, ..] => format!("{cluster}/{directory}"),
        ["terraform", .., _] => path.parent().unwrap_or(path).to_string(),
        _ => path.to_string(),
    }
}

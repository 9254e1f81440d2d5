//! What is compared, and both sides of it as documents by object.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use camino::{Utf8Path, Utf8PathBuf};

use super::change::Action;
use super::documents::{self, Documents};
use super::error::DiffError;
use super::kind::ChangeKind;
use super::raw::Raw;
use super::read::{self, Listing};
use crate::context::Context;
use crate::fleet::Fleet;
use crate::render::CompileOptions;
use crate::tree::{BackendName, File, Tree};
use crate::write::Digest;

/// One side of a comparison.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum DiffSide {
    /// A fleet.
    Fleet(Fleet),
    /// A tree in memory.
    Tree(Tree),
    /// A directory that something was rendered into, a GitOps repository or Terraform roots.
    Directory(Utf8PathBuf),
}

/// What of two sides is compared.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct DiffOptions {
    /// Only objects whose path one of these patterns matches (`*` stands for anything); all where none is given.
    pub only: Vec<String>,
    /// Beside a tree a fleet counts with what it only observes. Two fleets always do.
    pub include_observed: bool,
}

impl DiffOptions {
    /// The same for those objects only.
    #[must_use]
    pub fn only(mut self, patterns: Vec<String>) -> Self {
        self.only = patterns;
        self
    }

    /// The same with what a fleet only observes.
    #[must_use]
    pub fn include_observed(mut self, include: bool) -> Self {
        self.include_observed = include;
        self
    }
}

impl DiffSide {
    /// What is at a path: a fleet, if it holds a `fleet.yaml` or is one, else a tree.
    pub fn open(path: impl AsRef<Utf8Path>, context: &Context) -> Result<Self, DiffError> {
        let path = path.as_ref();
        if path.file_name() == Some("fleet.yaml") || path.join("fleet.yaml").is_file() {
            return match Fleet::load(path, context) {
                Ok(fleet) => Ok(Self::Fleet(fleet)),
                Err(source) => Err(DiffError::Fleet {
                    path: path.to_string(),
                    source: Box::new(source),
                }),
            };
        }
        // What is there is told before the other side is looked at.
        read::list(path, context)?;
        Ok(Self::Directory(path.to_owned()))
    }

    /// The fleet, where it is one.
    pub(super) fn fleet(&self) -> Option<&Fleet> {
        match self {
            Self::Fleet(fleet) => Some(fleet),
            Self::Tree(_) | Self::Directory(_) => None,
        }
    }
}

/// Both sides, without what is the same in both.
pub(super) struct Sides {
    pub(super) old: BTreeMap<String, Documents>,
    pub(super) new: BTreeMap<String, Documents>,
    objects: (BTreeSet<String>, BTreeSet<String>),
}

/// A side whose files are listed, not read.
enum Files {
    Made(Tree),
    Listed(Listing),
}

impl Files {
    fn of(side: &DiffSide, options: &DiffOptions, context: &Context) -> Result<Self, DiffError> {
        Ok(match side {
            DiffSide::Tree(tree) => Self::Made(tree.clone()),
            DiffSide::Directory(path) => Self::Listed(read::list(path, context)?),
            DiffSide::Fleet(fleet) => {
                let options = CompileOptions {
                    include_observed: options.include_observed,
                    ..CompileOptions::default()
                };
                let mut ignored = Vec::new();
                Self::Made(fleet.compile_into(&options, context, &mut ignored)?)
            }
        })
    }

    fn digests(&self) -> BTreeMap<Utf8PathBuf, Digest> {
        use rayon::prelude::*;
        match self {
            Self::Made(tree) => {
                let files: Vec<&Arc<File>> = tree.files.values().collect();
                files
                    .into_par_iter()
                    .map(|file| (file.path().to_owned(), Digest::of(&file.text())))
                    .collect()
            }
            Self::Listed(listing) => listing
                .files
                .values()
                .map(|file| (file.path.clone(), file.digest))
                .collect(),
        }
    }

    /// The objects of files by their path, as far as this side knows them.
    fn objects(&self) -> BTreeMap<Utf8PathBuf, String> {
        match self {
            Self::Made(tree) => tree
                .iter()
                .map(|file| (file.path().to_owned(), file.object().to_owned()))
                .collect(),
            Self::Listed(listing) => listing
                .files
                .values()
                .filter_map(|file| Some((file.path.clone(), file.object.as_ref()?.to_string())))
                .collect(),
        }
    }

    fn backend(&self, path: &Utf8Path) -> Option<BackendName> {
        match self {
            Self::Made(tree) => tree.get(path).map(File::backend),
            Self::Listed(listing) => listing.files.get(path).map(|file| file.backend),
        }
    }

    fn read(&self, path: &Utf8Path, object: &str) -> Option<Arc<File>> {
        match self {
            Self::Made(tree) => tree.files.get(path).cloned(),
            Self::Listed(listing) => listing
                .files
                .get(path)
                .map(|file| Arc::new(file.read(object))),
        }
    }
}

impl Sides {
    pub(super) fn prepare(
        old: &DiffSide,
        new: &DiffSide,
        options: &DiffOptions,
        context: &Context,
    ) -> Result<Self, DiffError> {
        let files = (
            Files::of(old, options, context)?,
            Files::of(new, options, context)?,
        );
        let digests = (files.0.digests(), files.1.digests());
        let known = (files.0.objects(), files.1.objects());
        let mut directories: BTreeMap<String, &String> = BTreeMap::new();
        for (path, object) in known.0.iter().chain(&known.1) {
            directories.entry(group(path)).or_insert(object);
        }
        let object_of = |path: &Utf8Path| -> String {
            let told = known.0.get(path).or_else(|| known.1.get(path));
            told.or_else(|| directories.get(&group(path)).copied())
                .cloned()
                .unwrap_or_else(|| read::directory_of(path))
        };
        let different: BTreeSet<String> = digests
            .0
            .iter()
            .filter(|(path, digest)| digests.1.get(*path) != Some(digest))
            .chain(
                digests
                    .1
                    .iter()
                    .filter(|(path, _)| !digests.0.contains_key(*path)),
            )
            .map(|(path, _)| group(path))
            .collect();
        let side = |files: &Files,
                    digests: &BTreeMap<Utf8PathBuf, Digest>|
         -> Result<BTreeMap<String, Documents>, DiffError> {
            use rayon::prelude::*;
            let wanted: Vec<&Utf8PathBuf> = digests
                .keys()
                .filter(|path| different.contains(&group(path)))
                .collect();
            let read: Result<Vec<Option<Arc<File>>>, DiffError> = wanted
                .into_par_iter()
                .map(|path| {
                    context.check()?;
                    Ok(files.read(path, &object_of(path)))
                })
                .collect();
            Ok(documents::by_object(read?.into_iter().flatten()))
        };
        let objects =
            |files: &Files, digests: &BTreeMap<Utf8PathBuf, Digest>| -> BTreeSet<String> {
                digests
                    .keys()
                    .filter(|path| files.backend(path).is_some())
                    .map(|path| object_of(path))
                    .collect()
            };
        Ok(Self {
            old: side(&files.0, &digests.0)?,
            new: side(&files.1, &digests.1)?,
            objects: (objects(&files.0, &digests.0), objects(&files.1, &digests.1)),
        })
    }

    /// Objects that only one side has.
    pub(super) fn presence(&self) -> Vec<Raw> {
        let (old, new) = &self.objects;
        old.symmetric_difference(new)
            .filter_map(|object| {
                let kind = match object.split('.').next() {
                    Some("commons") => ChangeKind::Environment,
                    Some("clusters") => ChangeKind::Cluster,
                    Some("accounts") => ChangeKind::Account,
                    Some("fleet") => return None,
                    // A root that is on one side only is told as one.
                    _ if object.starts_with("terraform/") => return None,
                    _ => ChangeKind::Environment,
                };
                let action = if old.contains(object) {
                    Action::Removed
                } else {
                    Action::Added
                };
                Some(Raw::presence(object, kind, "", object.as_str(), action))
            })
            .collect()
    }
}

/// Files that are read together: a Terraform root, a deployment, a cluster's directory.
fn group(path: &Utf8Path) -> String {
    let parts: Vec<&str> = path.as_str().split('/').collect();
    match parts[..] {
        ["terraform", ..] => path.parent().unwrap_or(path).to_string(),
        ["gitops", cluster, directory, _, ..] => format!("gitops/{cluster}/{directory}"),
        _ => path.to_string(),
    }
}

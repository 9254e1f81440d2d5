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
#[derive(Clone)]
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

    /// The same without files that a render withheld from a directory, since they wait for outputs.
    fn without_withheld(&self, other: &Self) -> Self {
        let (Self::Made(tree), Self::Listed(listing)) = (self, other) else {
            return self.clone();
        };
        let waiting: BTreeSet<&str> = tree.pending().map(File::object).collect();
        let is_withheld = |file: &File| {
            file.is_pending()
                || (file.backend() == BackendName::Argocd && waiting.contains(file.object()))
        };
        let mut kept = Tree::default();
        for (path, file) in &tree.files {
            if listing.files.contains_key(path) || !is_withheld(file) {
                kept.files.insert(path.clone(), file.clone());
            }
        }
        Self::Made(kept)
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

/// A side with what is known of its files by their paths.
struct Side {
    files: Files,
    digests: BTreeMap<Utf8PathBuf, Digest>,
    objects: BTreeMap<Utf8PathBuf, String>,
    /// The object of each group of files that has one.
    groups: BTreeMap<String, String>,
}

impl Side {
    fn of(files: Files) -> Self {
        let objects = files.objects();
        let mut groups = BTreeMap::new();
        for (path, object) in &objects {
            groups.entry(group(path)).or_insert_with(|| object.clone());
        }
        Self {
            digests: files.digests(),
            files,
            objects,
            groups,
        }
    }

    /// The object of a file: this side tells; of a foreign one the other may know.
    fn object(&self, path: &Utf8Path, other: &Self) -> String {
        let tells = |side: &Self| {
            side.objects
                .get(path)
                .or_else(|| side.groups.get(&group(path)))
                .cloned()
        };
        tells(self)
            .or_else(|| tells(other))
            .unwrap_or_else(|| read::directory_of(path))
    }

    fn all_objects(&self, other: &Self) -> BTreeSet<String> {
        self.digests
            .keys()
            .map(|path| self.object(path, other))
            .collect()
    }

    /// The documents of the groups that are different.
    fn documents(
        &self,
        other: &Self,
        different: &BTreeSet<String>,
        context: &Context,
    ) -> Result<BTreeMap<String, Documents>, DiffError> {
        use rayon::prelude::*;
        let wanted: Vec<&Utf8PathBuf> = self
            .digests
            .keys()
            .filter(|path| different.contains(&group(path)))
            .collect();
        let read: Result<Vec<Option<Arc<File>>>, DiffError> = wanted
            .into_par_iter()
            .map(|path| {
                context.check()?;
                Ok(self.files.read(path, &self.object(path, other)))
            })
            .collect();
        let owner = |path: &Utf8Path| {
            let is_there = self.digests.contains_key(path);
            is_there.then(|| self.object(path, other))
        };
        Ok(documents::of_owners(read?.into_iter().flatten(), &owner))
    }
}

impl Sides {
    pub(super) fn prepare(
        old: &DiffSide,
        new: &DiffSide,
        options: &DiffOptions,
        context: &Context,
    ) -> Result<Self, DiffError> {
        let old = Files::of(old, options, context)?;
        let new = Files::of(new, options, context)?;
        let (old, new) = (
            Side::of(old.without_withheld(&new)),
            Side::of(new.without_withheld(&old)),
        );
        let different: BTreeSet<String> = [(&old, &new), (&new, &old)]
            .into_iter()
            .flat_map(|(mine, other)| {
                let differs = |(path, digest): &(&Utf8PathBuf, &Digest)| {
                    other.digests.get(*path) != Some(*digest)
                };
                mine.digests
                    .iter()
                    .filter(differs)
                    .map(|(path, _)| group(path))
            })
            .collect();
        Ok(Self {
            old: old.documents(&new, &different, context)?,
            new: new.documents(&old, &different, context)?,
            objects: (old.all_objects(&new), new.all_objects(&old)),
        })
    }

    /// Objects that only one side has.
    pub(super) fn presence(&self) -> Vec<Raw> {
        let (old, new) = &self.objects;
        old.symmetric_difference(new)
            .filter_map(|object| {
                let kind = match object.split('.').next() {
                    // What a commons has of its own follows from its environments, which are told.
                    Some("commons") if !object.contains(".environments.") => return None,
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

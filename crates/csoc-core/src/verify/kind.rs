//! What kind of tree a directory holds that csoc did not render: by its layout, and by the ApplicationSets in it.

use std::collections::BTreeSet;

use camino::{Utf8Path, Utf8PathBuf};
use fs_err as fs;

use super::error::VerifyError;
use crate::gitops;

/// How deep is looked: as deep as a repository is read.
const DEPTH: usize = 16;
/// Bytes of a file that may be an ApplicationSet.
const SMALL: u64 = 1 << 20;
/// Directories that are tools' own.
const TOOLS: [&str; 5] = [".csoc", ".git", ".github", ".terraform", "node_modules"];

/// A kind of tree. A directory may hold several.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Kind {
    /// A repository of Argo CD applications, a directory a cluster.
    Gitops,
    /// Roots of Terraform.
    Terraform,
    /// A repository of kro graphs and instances.
    Kro,
}

impl Kind {
    /// What it is called in messages.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Gitops => "a GitOps repository",
            Self::Terraform => "Terraform roots",
            Self::Kro => "a kro repository",
        }
    }
}

/// The kinds of a directory that csoc did not render, sorted.
pub(crate) fn foreign(root: &Utf8Path) -> Result<BTreeSet<Kind>, VerifyError> {
    let mut kinds = BTreeSet::new();
    let mut files = Vec::new();
    let mut pending = vec![(Utf8PathBuf::new(), 0)];
    while let Some((below, depth)) = pending.pop() {
        let directory = root.join(&below);
        let entries = match fs::read_dir(&directory) {
            Ok(entries) => entries,
            // What cannot be listed is said by whoever reads the tree.
            Err(_) if depth > 0 => continue,
            Err(source) => {
                return Err(VerifyError::Read {
                    path: directory,
                    source,
                });
            }
        };
        for entry in entries.flatten() {
            let Ok(name) = entry.file_name().into_string() else {
                continue;
            };
            let is_directory = entry.file_type().is_ok_and(|kind| kind.is_dir());
            let path = below.join(&name);
            if is_directory && !TOOLS.contains(&name.as_str()) && depth < DEPTH {
                pending.push((path.clone(), depth + 1));
            }
            kinds.extend(kind(&path, is_directory));
            if !is_directory {
                files.push(path);
            }
        }
    }
    // ApplicationSets lie anywhere: only where no layout says it are files looked into.
    if !kinds.contains(&Kind::Gitops) && files.iter().any(|path| is_set(root, path)) {
        kinds.insert(Kind::Gitops);
    }
    Ok(kinds)
}

/// Whether a file is an ApplicationSet; what cannot be read is none.
fn is_set(root: &Utf8Path, path: &Utf8Path) -> bool {
    if !matches!(path.extension(), Some("yaml" | "yml")) {
        return false;
    }
    let place = root.join(path);
    let is_small = fs::symlink_metadata(&place)
        .is_ok_and(|metadata| metadata.is_file() && metadata.len() <= SMALL);
    is_small && fs::read(&place).is_ok_and(|bytes| gitops::holds_set(path, &bytes))
}

/// The kind that the path of one file or directory shows.
fn kind(path: &Utf8Path, is_directory: bool) -> Option<Kind> {
    let parts: Vec<&str> = path.as_str().split('/').collect();
    if is_directory {
        return match parts.as_slice() {
            [_, "cluster-values" | "cluster-level-resources"] | [_, _, "values"] => {
                Some(Kind::Gitops)
            }
            ["argocd", "bootstrap" | "spokes"] | [.., "resource-groups" | "rgds"] => {
                Some(Kind::Kro)
            }
            _ => None,
        };
    }
    let stem = path.file_stem().unwrap_or_default();
    match (parts.as_slice(), path.extension()) {
        ([_, _, "templates", "app.yaml"], _) => Some(Kind::Gitops),
        (_, Some("tf")) => Some(Kind::Terraform),
        (_, Some("json")) if Utf8Path::new(stem).extension() == Some("tf") => Some(Kind::Terraform),
        (_, Some("yaml")) if stem.ends_with("-rg") || stem.ends_with("-rgd") => Some(Kind::Kro),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_say_what_a_tree_is() {
        let of = |path: &str, is_directory| kind(Utf8Path::new(path), is_directory);
        assert_eq!(of("main/cluster-values", true), Some(Kind::Gitops));
        assert_eq!(of("main/data.example.org/values", true), Some(Kind::Gitops));
        assert_eq!(of("main/a/templates/app.yaml", false), Some(Kind::Gitops));
        assert_eq!(of("stacks/network/main.tf", false), Some(Kind::Terraform));
        assert_eq!(of("argocd/charts/resource-groups", true), Some(Kind::Kro));
        assert_eq!(of("README.md", false), None);
        assert_eq!(of("values", true), None);
    }
}

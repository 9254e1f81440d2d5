//! Files of the outside world, read as what a catalog says.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::Read;

use camino::Utf8Path;
use flate2::read::MultiGzDecoder;
use fs_err as fs;

use super::CatalogError;
use crate::catalog::chart::{self, ChartError, ChartLimits};
use crate::catalog::flat::CatalogKind;
use crate::catalog::{crd, digest, module, provider, support};
use crate::diagnostic::Severity;
use crate::hcl::{self, Body};
use crate::listing::{self, Unlistable};
use crate::span::{SourceFile, Sources};
use crate::value::{Node, json_read, yaml_read};

/// The largest file that is read, inflated.
const LIMIT: u64 = 512 << 20;

/// What one file says of one thing.
#[derive(Debug)]
pub(super) struct Upstream {
    /// Its name, where the file says it.
    pub(super) name: Option<String>,
    /// Its version, where the file says it.
    pub(super) version: Option<String>,
    /// Digest of the file as it is.
    pub(super) digest: String,
    /// The version of the reader.
    pub(super) reader: u32,
    /// The facts.
    pub(super) tree: Node,
}

/// Everything that a file of a kind says.
pub(super) fn read(kind: CatalogKind, path: &Utf8Path) -> Result<Vec<Upstream>, CatalogError> {
    match kind {
        CatalogKind::Provider => providers(path),
        CatalogKind::GitRefs => git_refs(path),
        CatalogKind::Chart => chart(path),
        CatalogKind::Crd => resources(path),
        CatalogKind::Module => modules(path),
        CatalogKind::Support => supported(path),
    }
}

/// The bytes of a file, and its text where it is compressed or not.
fn text(path: &Utf8Path, wanted: &'static str) -> Result<(String, String), CatalogError> {
    let bytes = fs::read(path).map_err(|source| CatalogError::Read {
        path: path.to_owned(),
        source,
    })?;
    let digest = digest(&bytes);
    let not = |reason: &str| CatalogError::NotUpstream {
        path: path.to_owned(),
        wanted,
        reason: reason.to_owned(),
    };
    let bytes = if bytes.starts_with(&[0x1f, 0x8b]) {
        let mut inflated = Vec::new();
        MultiGzDecoder::new(&*bytes)
            .take(LIMIT + 1)
            .read_to_end(&mut inflated)
            .map_err(|_| not("it does not inflate"))?;
        inflated
    } else {
        bytes
    };
    if bytes.len() as u64 > LIMIT {
        return Err(not("it is longer than 512 MiB"));
    }
    let text = String::from_utf8(bytes).map_err(|_| not("it is not UTF-8"))?;
    Ok((text, digest))
}

fn json(path: &Utf8Path, wanted: &'static str) -> Result<(Node, String), CatalogError> {
    let (text, digest) = text(path, wanted)?;
    let id = Sources::default().add(SourceFile::new(path, ""));
    let (node, found) = json_read::read_json(&text, id);
    let reason = found
        .iter()
        .next()
        .map_or("it is empty", |finding| &finding.message);
    match node {
        Some(node) => Ok((node, digest)),
        None => Err(CatalogError::NotUpstream {
            path: path.to_owned(),
            wanted,
            reason: reason.to_owned(),
        }),
    }
}

fn providers(path: &Utf8Path) -> Result<Vec<Upstream>, CatalogError> {
    const WANTED: &str = "the output of `terraform providers schema -json`";
    let (node, digest) = json(path, WANTED)?;
    let providers = provider::read(&node);
    if providers.is_empty() {
        return Err(CatalogError::NotUpstream {
            path: path.to_owned(),
            wanted: WANTED,
            reason: "it has no `provider_schemas`".to_owned(),
        });
    }
    let upstream = |facts: provider::ProviderFacts| Upstream {
        name: Some(facts.name),
        version: facts.version,
        digest: digest.clone(),
        reader: provider::READER,
        tree: facts.tree,
    };
    Ok(providers.into_iter().map(upstream).collect())
}

/// A chart directory, or an archive of one.
fn chart(path: &Utf8Path) -> Result<Vec<Upstream>, CatalogError> {
    let not = |reason: String| CatalogError::NotUpstream {
        path: path.to_owned(),
        wanted: "a chart directory or a `.tgz`",
        reason,
    };
    let read = chart::read(path.as_std_path(), ChartLimits::default());
    let chart = read.map_err(|error| match error {
        ChartError::Read { source, .. } => CatalogError::Read {
            path: path.to_owned(),
            source,
        },
        other => not(other.to_string()),
    })?;
    let Some(facts) = chart.facts else {
        let errors = chart.found.iter();
        let errors: Vec<&str> = errors
            .filter(|finding| finding.severity == Severity::Error)
            .map(|finding| finding.message.as_str())
            .collect();
        return Err(not(errors.join("; ")));
    };
    Ok(vec![Upstream {
        name: Some(facts.name),
        version: facts.version,
        digest: facts.digest,
        reader: chart::READER,
        tree: facts.tree,
    }])
}

/// `git ls-remote`: a commit, a tab and a reference on each line.
fn git_refs(path: &Utf8Path) -> Result<Vec<Upstream>, CatalogError> {
    const WANTED: &str = "the output of `git ls-remote`";
    let (text, digest) = text(path, WANTED)?;
    let mut refs = BTreeMap::new();
    for line in text.lines().filter(|line| !line.trim().is_empty()) {
        let Some((commit, name)) = line
            .split_once('\t')
            .filter(|(commit, _)| matches!(commit.len(), 40 | 64))
            .filter(|(commit, _)| commit.bytes().all(|byte| byte.is_ascii_hexdigit()))
        else {
            return Err(CatalogError::NotUpstream {
                path: path.to_owned(),
                wanted: WANTED,
                reason: format!("`{line}` is not a commit, a tab and a reference"),
            });
        };
        refs.insert(name.trim(), commit);
    }
    let mut all = Node::map();
    for (name, commit) in refs {
        all.append(name, Node::string(commit));
    }
    let mut tree = Node::map();
    tree.append("refs", all);
    Ok(vec![Upstream {
        name: None,
        version: None,
        digest,
        reader: 1,
        tree,
    }])
}

/// Custom resources: manifests of Kubernetes in YAML or JSON.
fn resources(path: &Utf8Path) -> Result<Vec<Upstream>, CatalogError> {
    const WANTED: &str = "a CustomResourceDefinition";
    let (text, digest) = text(path, WANTED)?;
    let id = Sources::default().add(SourceFile::new(path, ""));
    let (nodes, found) = yaml_read::documents(&text, id, &yaml_read::Limits::default());
    let all: Vec<Upstream> = nodes
        .iter()
        .filter_map(crd::read)
        .map(|facts| Upstream {
            name: Some(facts.name),
            version: facts.version,
            digest: digest.clone(),
            reader: crd::READER,
            tree: facts.tree,
        })
        .collect();
    if all.is_empty() {
        let reason = found
            .iter()
            .next()
            .map_or("it has no schema", |finding| &finding.message);
        return Err(CatalogError::NotUpstream {
            path: path.to_owned(),
            wanted: WANTED,
            reason: reason.to_owned(),
        });
    }
    Ok(all)
}

/// A platform: days until which versions get fixes.
fn supported(path: &Utf8Path) -> Result<Vec<Upstream>, CatalogError> {
    const WANTED: &str = "a list of versions with the days until which they get fixes";
    let (text, digest) = text(path, WANTED)?;
    let not = |reason: String| CatalogError::NotUpstream {
        path: path.to_owned(),
        wanted: WANTED,
        reason,
    };
    let id = Sources::default().add(SourceFile::new(path, ""));
    let (node, found) = yaml_read::read(&text, id, &yaml_read::Limits::default());
    if let Some(finding) = found.iter().next() {
        return Err(not(finding.message.clone()));
    }
    let facts = support::read(&node.unwrap_or_else(Node::map)).map_err(not)?;
    Ok(vec![Upstream {
        name: facts.name,
        version: facts.version,
        digest,
        reader: support::READER,
        tree: facts.tree,
    }])
}

/// Modules: a directory of Terraform with those below it. Its digest is of all files, by path.
fn modules(path: &Utf8Path) -> Result<Vec<Upstream>, CatalogError> {
    const WANTED: &str = "a directory of Terraform modules";
    let not = |path: &Utf8Path, reason: String| CatalogError::NotUpstream {
        path: path.to_owned(),
        wanted: WANTED,
        reason,
    };
    let enters = |name: &str| !name.starts_with('.');
    let mut files = listing::files(path, MODULE_DEPTH, &enters)
        .map_err(|Unlistable { path, source }| CatalogError::Read { path, source })?;
    files.retain(|file| file.extension() == Some("tf"));
    let mut directories: BTreeMap<String, Vec<Body>> = BTreeMap::new();
    let mut all = String::new();
    for file in &files {
        let place = path.join(file);
        let (text, digest) = self::text(&place, WANTED)?;
        let _ = writeln!(all, "{digest} {file}");
        let id = Sources::default().add(SourceFile::new(file, ""));
        let body = hcl::parse(&text, id).map_err(|found| {
            let reason = found.into_iter().next().map(|finding| finding.message);
            not(&place, reason.unwrap_or_default())
        })?;
        let directory = file.parent().map_or("", Utf8Path::as_str);
        directories
            .entry(directory.to_owned())
            .or_default()
            .push(body);
    }
    if directories.is_empty() {
        return Err(not(path, "it holds no `.tf` file".to_owned()));
    }
    Ok(vec![Upstream {
        name: None,
        version: None,
        digest: digest(all.as_bytes()),
        reader: module::READER,
        tree: module::directories(&directories),
    }])
}

/// How deep directories of modules are looked into.
const MODULE_DEPTH: usize = 16;

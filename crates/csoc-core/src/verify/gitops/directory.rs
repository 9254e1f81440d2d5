//! A GitOps repository on disk: what is read of it, and what only has to be there.

use std::collections::BTreeSet;
use std::io::{self, Read};
use std::path::PathBuf;
use std::sync::Arc;

use camino::{Utf8Path, Utf8PathBuf};
use fs_err as fs;
use rayon::prelude::*;

use super::super::error::VerifyError;
use crate::diagnostic::{Code, Diagnostics, Finding, Root};
use crate::gitops::Role;
use crate::source::{FILE_TOO_LARGE, FILE_UNEXPECTED, FILE_UNREADABLE, SourceSet};
use crate::span::{SourceFile, Sources, Span};

/// A link leads out of the tree.
const LINK_LEAVES_TREE: Code = Code::new("link-leaves-tree");
/// Bytes of one file that are read.
const FILE: u64 = 16 << 20;
/// Bytes of a file that only matters if it makes Applications.
const SMALL: u64 = 1 << 20;
/// What such a file says.
const SET: &str = "ApplicationSet";
/// What a file says that registers a cluster.
const CLUSTER: &str = "argocd.argoproj.io/secret-type";
/// Files that are looked at.
const FILES: usize = 200_000;
/// Directories inside each other.
const DEPTH: usize = 16;

/// The bytes of a file, or why it has none.
type Taken = Result<Arc<[u8]>, Problem>;

/// Which files are taken with their bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Taking {
    /// Those that rules look into; of all others it only matters that they are there.
    Checked,
    /// All.
    Everything,
}

/// Reads a repository. What cannot be taken in becomes a finding of the set.
pub(crate) fn read(root: &Utf8Path, taking: Taking) -> Result<SourceSet, VerifyError> {
    let failed = |source| VerifyError::Read {
        path: root.to_owned(),
        source,
    };
    let mut reader = Reader {
        root,
        canonical: fs::canonicalize(root).map_err(failed)?,
        entered: BTreeSet::new(),
        files: Vec::new(),
        problems: Vec::new(),
    };
    reader.directory(Utf8Path::new(""), 0).map_err(failed)?;
    let Reader {
        files,
        mut problems,
        ..
    } = reader;
    let mut read: Vec<(Utf8PathBuf, Taken)> = files
        .into_par_iter()
        .map(|path| {
            let bytes = match Role::of(&path) {
                Role::Other if taking == Taking::Checked => delivering(root, &path),
                _ => bytes(&root.join(&path)),
            };
            (path, bytes)
        })
        .collect();
    let looks_into_files = read
        .iter()
        .any(|(_, taken)| matches!(taken, Ok(bytes) if says(bytes, SET) && says(bytes, "git:")));
    if looks_into_files {
        read.par_iter_mut().for_each(|(path, taken)| {
            if Role::of(path) == Role::Other && Role::may_matter(path) {
                *taken = small(root, path);
            }
        });
    }
    let mut set = SourceSet::new();
    for (path, bytes) in read {
        match bytes {
            Ok(bytes) => set.insert(path, bytes),
            Err(problem) => problems.push((path, problem)),
        }
    }
    let mut sources = Sources::default();
    for (path, problem) in problems {
        let place = Span::file_start(sources.add(SourceFile::new(&path, "")));
        let mut found = Diagnostics::default();
        found.push(problem.finding(&path).label(place, "this one").path(&path));
        for finding in found.into_vec() {
            set.problem(finding.resolve(&sources, Root::Tree));
        }
    }
    Ok(set)
}

/// Why something was not taken in.
enum Problem {
    Unreadable(String),
    TooLarge(u64),
    LeavesTree,
    TooDeep,
    TooMany,
    NotAFile,
    NotUtf8(String),
}

impl Problem {
    fn finding(self, path: &Utf8Path) -> Finding {
        match self {
            Self::Unreadable(why) => Finding::error(FILE_UNREADABLE, format!("`{path}` cannot be read: {why}"))
                .help("remove the broken link, or give yourself the permission to read it"),
            Self::TooLarge(size) => Finding::error(FILE_TOO_LARGE, format!("`{path}` has {size} bytes; at most {FILE} are read"))
                .help("split it"),
            Self::LeavesTree => Finding::error(LINK_LEAVES_TREE, format!("the link `{path}` leads out of the repository"))
                .help("copy what it points at into the repository: it must be whole wherever it is checked out"),
            Self::TooDeep => Finding::warning(FILE_UNEXPECTED, format!("`{path}` lies deeper than {DEPTH} directories, and is not read"))
                .help("move it up"),
            Self::TooMany => Finding::error(FILE_UNEXPECTED, format!("there are more than {FILES} files; nothing from `{path}` on is read"))
                .help("name the repository's own directory"),
            Self::NotAFile => Finding::warning(FILE_UNEXPECTED, format!("`{path}` is neither a file nor a directory"))
                .help("remove it from the repository"),
            Self::NotUtf8(name) => Finding::warning(FILE_UNEXPECTED, format!("the file name `{name}` is not UTF-8"))
                .help("rename it"),
        }
    }
}

/// A file that is no cluster's and no deployment's, where it makes Applications or registers a cluster.
///
/// Of all others it only matters that they are there.
fn delivering(root: &Utf8Path, path: &Utf8Path) -> Taken {
    if !Role::may_matter(path) || path.extension() == Some("json") {
        return Ok(Arc::from([]));
    }
    let bytes = small(root, path)?;
    let matters = says(&bytes, SET) || says(&bytes, CLUSTER);
    Ok(if matters { bytes } else { Arc::from([]) })
}

/// The bytes of a file that is small enough to be a description; none of others.
fn small(root: &Utf8Path, path: &Utf8Path) -> Taken {
    let place = root.join(path);
    let is_small = fs::metadata(&place).is_ok_and(|metadata| metadata.len() <= SMALL);
    if is_small {
        bytes(&place)
    } else {
        Ok(Arc::from([]))
    }
}

fn says(bytes: &[u8], text: &str) -> bool {
    std::str::from_utf8(bytes).is_ok_and(|file| file.contains(text))
}

fn bytes(path: &Utf8Path) -> Result<Arc<[u8]>, Problem> {
    let read = || -> io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        fs::File::open(path)?
            .take(FILE + 1)
            .read_to_end(&mut bytes)?;
        Ok(bytes)
    };
    let bytes = read().map_err(|error| Problem::Unreadable(plain(&error)))?;
    match bytes.len() as u64 {
        size if size > FILE => Err(Problem::TooLarge(size)),
        _ => Ok(bytes.into()),
    }
}

/// The reason alone, without the path that the error repeats.
fn plain(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::PermissionDenied => "permission denied".to_owned(),
        io::ErrorKind::NotFound => "nothing is there".to_owned(),
        kind => kind.to_string(),
    }
}

struct Reader<'a> {
    root: &'a Utf8Path,
    canonical: PathBuf,
    entered: BTreeSet<PathBuf>,
    files: Vec<Utf8PathBuf>,
    problems: Vec<(Utf8PathBuf, Problem)>,
}

impl Reader<'_> {
    fn directory(&mut self, below: &Utf8Path, depth: usize) -> io::Result<()> {
        let mut names = Vec::new();
        for entry in fs::read_dir(self.root.join(below))? {
            let entry = entry?;
            let is_link = entry.file_type().is_ok_and(|kind| kind.is_symlink());
            match entry.file_name().into_string() {
                Ok(name) => names.push((name, is_link)),
                Err(name) => {
                    let problem = Problem::NotUtf8(name.display().to_string());
                    self.problems.push((below.to_owned(), problem));
                }
            }
        }
        names.sort_unstable();
        for (name, is_link) in names {
            if name.starts_with('.') {
                continue;
            }
            let path = below.join(name);
            if let Err(problem) = self.entry(&path, is_link, depth) {
                self.problems.push((path, problem));
            }
        }
        Ok(())
    }

    fn entry(&mut self, path: &Utf8Path, is_link: bool, depth: usize) -> Result<(), Problem> {
        let unreadable = |error: io::Error| Problem::Unreadable(plain(&error));
        let place = self.root.join(path);
        let metadata = fs::metadata(&place).map_err(unreadable)?;
        if is_link
            && !fs::canonicalize(&place)
                .map_err(unreadable)?
                .starts_with(&self.canonical)
        {
            return Err(Problem::LeavesTree);
        }
        if metadata.is_dir() {
            if depth >= DEPTH {
                return Err(Problem::TooDeep);
            }
            let real = fs::canonicalize(&place).map_err(unreadable)?;
            // A link to a directory above would never end.
            if self.entered.insert(real.clone()) {
                let listed = self.directory(path, depth + 1);
                self.entered.remove(&real);
                listed.map_err(unreadable)?;
            }
            return Ok(());
        }
        if !metadata.is_file() {
            return Err(Problem::NotAFile);
        }
        if self.files.len() >= FILES {
            return if self.files.len() == FILES {
                self.files.push(path.to_owned());
                Err(Problem::TooMany)
            } else {
                Ok(())
            };
        }
        self.files.push(path.to_owned());
        Ok(())
    }
}

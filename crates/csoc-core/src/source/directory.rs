//! Reading a fleet directory: the one place of the core that reads files of a fleet.

use std::collections::BTreeSet;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use camino::{Utf8Path, Utf8PathBuf};
use fs_err as fs;
use rayon::prelude::*;

use super::role::Role;
use super::set::SourceSet;
use crate::context::Context;
use crate::diagnostic::{Code, Diagnostic, Label, Root, Severity, Status};

/// A file is larger than a fleet's files may be.
pub(crate) const FILE_TOO_LARGE: Code = Code::new("file-too-large");
/// A link leads out of the fleet directory.
pub(crate) const LINK_LEAVES_FLEET: Code = Code::new("link-leaves-fleet");
/// A file or directory could not be read.
pub(crate) const FILE_UNREADABLE: Code = Code::new("file-unreadable");
/// A file does not belong into a fleet directory.
pub(crate) const FILE_UNEXPECTED: Code = Code::new("file-unexpected");

/// How much a fleet directory may hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Limits {
    /// Bytes of one model, outputs, baseline or lock file.
    pub model_bytes: u64,
    /// Bytes of one content file or catalog.
    pub content_bytes: u64,
    /// Files.
    pub files: usize,
    /// Directories inside each other.
    pub depth: usize,
}

impl Limits {
    /// The most bytes that the file at a path below a fleet directory may have; none where it is no part of a fleet.
    ///
    /// For those who read a fleet from elsewhere than a directory.
    pub fn of(&self, path: &Utf8Path) -> Option<u64> {
        if path.as_str().starts_with('.') {
            return None;
        }
        match Role::of(path) {
            Role::Ignored | Role::Unexpected => None,
            Role::Content => Some(self.content_bytes),
            _ => Some(self.model_bytes),
        }
    }
}

impl Default for Limits {
    /// 4 MiB a model file, 16 MiB a content file, 200,000 files, 16 directories deep.
    fn default() -> Self {
        Self {
            model_bytes: 4 << 20,
            content_bytes: 16 << 20,
            files: 200_000,
            depth: 16,
        }
    }
}

/// Why a fleet directory could not be read at all.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ReadError {
    /// There is nothing at that path.
    #[error("there is no fleet at `{path}`")]
    Missing {
        /// The path that was given.
        path: PathBuf,
    },
    /// The path is neither a directory nor a `fleet.yaml`.
    #[error("`{path}` is neither a fleet directory nor a `fleet.yaml`")]
    NotAFleet {
        /// The path that was given.
        path: PathBuf,
    },
    /// The directory could not be listed.
    #[error("failed to read the fleet directory `{path}`")]
    Directory {
        /// The directory.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// There are more files than a fleet may have.
    #[error("`{path}` holds more than {limit} files; is it a fleet directory?")]
    TooManyFiles {
        /// The directory.
        path: PathBuf,
        /// The limit.
        limit: usize,
    },
}

/// Reads a fleet directory, or the one that a given `fleet.yaml` is in.
///
/// Files that cannot be taken in (too large, unreadable, behind a link that
/// leads out) become findings of the set, so that all are reported at once.
pub fn read_directory(path: &Path, limits: Limits) -> Result<SourceSet, ReadError> {
    Context::default().run(|| read(path, limits))
}

/// The same, in the pool of the caller.
pub(crate) fn read(path: &Path, limits: Limits) -> Result<SourceSet, ReadError> {
    let metadata = fs::metadata(path).map_err(|source| match source.kind() {
        io::ErrorKind::NotFound => ReadError::Missing { path: path.into() },
        _ => ReadError::Directory {
            path: path.into(),
            source,
        },
    })?;
    let root = if metadata.is_dir() {
        path.to_owned()
    } else if path.file_name().is_some_and(|name| name == "fleet.yaml") {
        match path.parent() {
            Some(parent) if !parent.as_os_str().is_empty() => parent.to_owned(),
            _ => PathBuf::from("."),
        }
    } else {
        return Err(ReadError::NotAFleet { path: path.into() });
    };
    let canonical = fs::canonicalize(&root).map_err(|source| ReadError::Directory {
        path: root.clone(),
        source,
    })?;
    let mut reader = Reader {
        canonical,
        root,
        limits,
        set: SourceSet::new(),
        entered: BTreeSet::new(),
        files: Vec::new(),
    };
    reader.directory(Utf8Path::new(""), 0)?;
    reader.read();
    Ok(reader.set)
}

/// A file that belongs to the fleet.
struct Listed {
    relative: Utf8PathBuf,
    /// The most bytes it may have.
    limit: u64,
}

/// Why a file was not taken in.
enum Refusal {
    TooLarge(u64),
    Unreadable(io::Error),
}

impl Listed {
    fn read(&self, root: &Path) -> Result<Arc<[u8]>, Refusal> {
        let read = || -> io::Result<Result<Arc<[u8]>, Refusal>> {
            let file = fs::File::open(root.join(&self.relative))?;
            let size = file.metadata()?.len();
            if size > self.limit {
                return Ok(Err(Refusal::TooLarge(size)));
            }
            // One more than is said, so that the end is seen without growing.
            let mut bytes =
                Vec::with_capacity(usize::try_from(size).unwrap_or_default().saturating_add(1));
            file.take(self.limit.saturating_add(1))
                .read_to_end(&mut bytes)?;
            let read = bytes.len() as u64;
            Ok(if read > self.limit {
                Err(Refusal::TooLarge(read))
            } else {
                Ok(bytes.into())
            })
        };
        read().unwrap_or_else(|error| Err(Refusal::Unreadable(error)))
    }
}

struct Reader {
    root: PathBuf,
    canonical: PathBuf,
    limits: Limits,
    set: SourceSet,
    entered: BTreeSet<PathBuf>,
    /// Files to read, in the order of their paths.
    files: Vec<Listed>,
}

impl Reader {
    fn directory(&mut self, relative: &Utf8Path, depth: usize) -> Result<(), ReadError> {
        let path = self.root.join(relative);
        let listing = fs::read_dir(&path).and_then(Iterator::collect::<io::Result<Vec<_>>>);
        let entries = match listing {
            Ok(entries) => entries,
            Err(source) if depth == 0 => return Err(ReadError::Directory { path, source }),
            Err(source) => {
                self.problem(FILE_UNREADABLE, relative, &format!("the directory `{relative}` cannot be read: {}", plain(&source)), "give yourself the permission to read it, or move it out of the fleet directory");
                return Ok(());
            }
        };
        let mut names = Vec::with_capacity(entries.len());
        for entry in entries {
            // What is no link stays where its directory is: only links can lead out.
            let is_file = entry.file_type().is_ok_and(|kind| kind.is_file());
            match entry.file_name().into_string() {
                Ok(name) => names.push((name, is_file)),
                Err(name) => self.problem(
                    FILE_UNEXPECTED,
                    relative,
                    &format!("the file name `{}` is not UTF-8", name.display()),
                    "rename it: paths become names of the model, and names are UTF-8",
                ),
            }
        }
        names.sort_unstable();
        for (name, is_file) in names {
            if name.starts_with('.') && depth == 0 {
                continue;
            }
            self.entry(&relative.join(name), is_file, depth)?;
        }
        Ok(())
    }

    fn entry(&mut self, relative: &Utf8Path, is_file: bool, depth: usize) -> Result<(), ReadError> {
        if is_file {
            return self.file(relative);
        }
        let path = self.root.join(relative);
        let metadata = match fs::metadata(&path) {
            Ok(metadata) => metadata,
            Err(source) => {
                self.problem(
                    FILE_UNREADABLE,
                    relative,
                    &format!("`{relative}` cannot be read: {}", plain(&source)),
                    "remove the broken link, or give yourself the permission to read it",
                );
                return Ok(());
            }
        };
        let real = match fs::canonicalize(&path) {
            Ok(real) => real,
            Err(source) => {
                self.problem(
                    FILE_UNREADABLE,
                    relative,
                    &format!("`{relative}` cannot be read: {}", plain(&source)),
                    "remove the broken link, or give yourself the permission to read it",
                );
                return Ok(());
            }
        };
        if !real.starts_with(&self.canonical) {
            self.problem(LINK_LEAVES_FLEET, relative, &format!("the link `{relative}` leads out of the fleet directory"), "copy what it points at into the fleet directory: a fleet must be whole wherever it is checked out");
            return Ok(());
        }
        if metadata.is_dir() {
            if depth >= self.limits.depth {
                self.problem(
                    FILE_UNEXPECTED,
                    relative,
                    &format!(
                        "`{relative}` lies deeper than {} directories",
                        self.limits.depth
                    ),
                    "move it up",
                );
            } else if self.entered.insert(real.clone()) {
                self.directory(relative, depth.saturating_add(1))?;
                self.entered.remove(&real);
            }
            return Ok(());
        }
        if !metadata.is_file() {
            self.problem(
                FILE_UNEXPECTED,
                relative,
                &format!("`{relative}` is neither a file nor a directory"),
                "remove it, or move it out of the fleet directory",
            );
            return Ok(());
        }
        self.file(relative)
    }

    fn file(&mut self, relative: &Utf8Path) -> Result<(), ReadError> {
        let role = Role::of(relative);
        let limit = match role {
            Role::Ignored => return Ok(()),
            Role::Unexpected => {
                let help = if relative.extension() == Some("yml") {
                    format!("rename it to `{}`", relative.with_extension("yaml"))
                } else {
                    "move it below `content/`, or out of the fleet directory; README files and dot files may stay".to_owned()
                };
                self.warning(
                    FILE_UNEXPECTED,
                    relative,
                    &format!("`{relative}` is no part of the model and is not read"),
                    &help,
                );
                return Ok(());
            }
            Role::Content | Role::Catalog => self.limits.content_bytes,
            _ => self.limits.model_bytes,
        };
        if self.files.len() >= self.limits.files {
            return Err(ReadError::TooManyFiles {
                path: self.root.clone(),
                limit: self.limits.files,
            });
        }
        self.files.push(Listed {
            relative: relative.to_owned(),
            limit,
        });
        Ok(())
    }

    /// Reads what was listed.
    fn read(&mut self) {
        let files = std::mem::take(&mut self.files);
        let root = &self.root;
        let read: Vec<_> = files.par_iter().map(|file| file.read(root)).collect();
        for (Listed { relative, limit }, read) in files.into_iter().zip(read) {
            match read {
                Ok(bytes) => self.set.insert(relative, bytes),
                Err(Refusal::TooLarge(size)) => self.problem(
                    FILE_TOO_LARGE,
                    &relative,
                    &format!("`{relative}` has {size} bytes; at most {limit} are read"),
                    "split it, or move application content below `content/`",
                ),
                Err(Refusal::Unreadable(source)) => self.problem(
                    FILE_UNREADABLE,
                    &relative,
                    &format!("`{relative}` cannot be read: {}", plain(&source)),
                    "give yourself the permission to read it",
                ),
            }
        }
    }

    fn problem(&mut self, code: Code, path: &Utf8Path, message: &str, help: &str) {
        self.report(code, Severity::Error, path, message, help);
    }

    fn warning(&mut self, code: Code, path: &Utf8Path, message: &str, help: &str) {
        self.report(code, Severity::Warning, path, message, help);
    }

    fn report(
        &mut self,
        code: Code,
        severity: Severity,
        path: &Utf8Path,
        message: &str,
        help: &str,
    ) {
        self.set.problem(Diagnostic {
            code,
            severity,
            message: message.to_owned(),
            help: Some(help.to_owned()),
            labels: vec![Label {
                file: path.to_string(),
                line: 1,
                column: 1,
                end_line: 1,
                end_column: 1,
                root: Root::Fleet,
                message: String::new(),
                excerpt: String::new(),
            }],
            object: None,
            path: Some(path.to_string()),
            status: Status::New,
        });
    }
}

/// The reason alone, without the path that the error may repeat.
fn plain(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::PermissionDenied => "permission denied".to_owned(),
        io::ErrorKind::NotFound => "nothing is there".to_owned(),
        _ => error.to_string(),
    }
}

/// The nearest fleet at or above a directory: the first that holds a `fleet.yaml`.
pub(crate) fn nearest(start: &Path) -> Option<PathBuf> {
    start
        .ancestors()
        .find(|directory| directory.join("fleet.yaml").is_file())
        .map(Path::to_owned)
}

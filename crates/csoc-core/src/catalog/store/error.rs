//! Why a catalog was not read, found or added.

use std::io;

use camino::Utf8PathBuf;

use crate::diagnostic::Code;

/// Why a call about catalogs came to nothing. Nothing was written in that case.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CatalogError {
    /// A file could not be read.
    #[error("failed to read `{path}`")]
    Read {
        /// The file.
        path: Utf8PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// A file could not be written.
    #[error("failed to write `{path}`")]
    Write {
        /// The file.
        path: Utf8PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// The directory is no fleet's.
    #[error("there is no `fleet.yaml` in `{path}`")]
    NoFleet {
        /// The directory.
        path: Utf8PathBuf,
    },
    /// A catalog's bytes are not right.
    #[error("`{path}` cannot be used: {reason}")]
    Damaged {
        /// The file.
        path: Utf8PathBuf,
        /// What is wrong.
        reason: String,
    },
    /// A catalog in `catalogs/` is another than `csoc.lock` pins.
    #[error("`{path}` is not the catalog that `csoc.lock` pins")]
    NotPinned {
        /// The file.
        path: Utf8PathBuf,
    },
    /// The lock is none.
    #[error("`{path}` cannot be read: {reason}")]
    Lock {
        /// The file.
        path: Utf8PathBuf,
        /// Why not.
        reason: String,
    },
    /// A later version wrote the lock.
    #[error(
        "`{path}` has format {found}, which csoc {version} reads; this is csoc {}, which reads format {}",
        env!("CARGO_PKG_VERSION"),
        super::lock::FORMAT
    )]
    LockNewer {
        /// The file.
        path: Utf8PathBuf,
        /// Its format.
        found: u64,
        /// The version that wrote it.
        version: String,
    },
    /// The lock pins a catalog of a kind that there is not.
    #[error(
        "`csoc.lock` pins `{name}` of the kind `{kind}`, which this version of csoc does not know"
    )]
    PinKind {
        /// The word.
        kind: String,
        /// The name of the catalog.
        name: String,
    },
    /// This version carries no such catalog, so nothing can be moved to it.
    #[error("this version of csoc carries no {kind} catalog `{name}`")]
    NotCarried {
        /// Its kind.
        kind: String,
        /// Its name.
        name: String,
    },
    /// A file is not what facts of that kind are read from.
    #[error("`{path}` is not {wanted}: {reason}")]
    NotUpstream {
        /// The file.
        path: Utf8PathBuf,
        /// What it must be.
        wanted: &'static str,
        /// What is wrong with it.
        reason: String,
    },
    /// What is to be added must be named.
    #[error("{missing} is not said in `{path}`, and was not given")]
    Unnamed {
        /// The file.
        path: Utf8PathBuf,
        /// `a name` or `a version`.
        missing: &'static str,
        /// The names that there are.
        available: Vec<String>,
    },
    /// A name or a version that could be no file's.
    #[error(
        "`{text}` cannot be the name or version of a catalog: it is made of letters, digits, `-`, `_`, `.` and `+`, names also of `/`"
    )]
    Name {
        /// The text.
        text: String,
    },
    /// There is no such kind of catalog to add.
    #[error("`{kind}` is no kind of catalog that can be added")]
    Kind {
        /// The word.
        kind: String,
    },
    /// There is no such catalog.
    #[error("there is no {kind} catalog `{name}`{}", version.as_ref().map(|version| format!(" {version}")).unwrap_or_default())]
    Unknown {
        /// Its kind.
        kind: String,
        /// Its name.
        name: String,
        /// Its version, where one was asked for.
        version: Option<String>,
        /// The versions that there are.
        available: Vec<String>,
    },
    /// The catalog has nothing at a path.
    #[error("the catalog has nothing at `{path}`")]
    NothingThere {
        /// The path.
        path: String,
    },
}

/// What is written in `csoc.lock` is no lock, or no entry of one.
pub(crate) const LOCK_INVALID: Code = Code::new("lock-invalid");
/// A catalog that the lock pins is not there.
pub(crate) const CATALOG_MISSING: Code = Code::new("catalog-missing");
/// A catalog that the lock pins is damaged, or another one.
pub(crate) const CATALOG_DAMAGED: Code = Code::new("catalog-damaged");

impl CatalogError {
    /// The code of a finding that says it about a fleet.
    pub(crate) fn code(&self) -> Code {
        match self {
            Self::Read { source, .. } if source.kind() == io::ErrorKind::NotFound => {
                CATALOG_MISSING
            }
            Self::Read { .. } | Self::Damaged { .. } | Self::NotPinned { .. } => CATALOG_DAMAGED,
            _ => LOCK_INVALID,
        }
    }

    /// The way to mend it.
    pub fn help(&self) -> Option<String> {
        match self {
            Self::Damaged { .. } | Self::NotPinned { .. } => Some(
                "restore the file from version control, or write it again: `csoc catalog update`, or `csoc catalog add` for what you added".to_owned(),
            ),
            Self::Read { path, .. } if path.extension() == Some("catalog") => Some(
                "restore the file from version control, or write it again: `csoc catalog update`, or `csoc catalog add` for what you added".to_owned(),
            ),
            Self::Lock { .. } | Self::Name { .. } => Some(
                "restore `csoc.lock` from version control, or remove it and make it anew with `csoc catalog update`".to_owned(),
            ),
            Self::PinKind { .. } => Some(
                "use the version of csoc that wrote the lock, or take the entry out".to_owned(),
            ),
            Self::NotCarried { kind, .. } => Some(format!(
                "`csoc catalog list` shows what there is; `csoc catalog add {kind} FILE` adds others"
            )),
            Self::LockNewer { version, .. } => Some(format!("use csoc {version}, or a later one")),
            Self::Unnamed { missing, available, .. } => {
                let option = if missing.ends_with("name") { "--name" } else { "--version" };
                let names = if available.is_empty() {
                    String::new()
                } else {
                    format!("; there are {}", available.join(", "))
                };
                Some(format!("give it with `{option}`{names}"))
            }
            Self::Unknown { kind, name, available, .. } if available.is_empty() => Some(format!(
                "`csoc catalog list` shows what there is; `csoc catalog add {kind} FILE` adds facts about `{name}`"
            )),
            Self::Unknown { kind, available, .. } => Some(format!(
                "there are {}; `csoc catalog add {kind} FILE` adds another version",
                available.join(", ")
            )),
            Self::NothingThere { .. } => Some(
                "without `--path` the catalog's parts are listed".to_owned(),
            ),
            _ => None,
        }
    }
}

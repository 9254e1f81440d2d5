//! Why a catalog was not read, found or added.

use std::io;

use camino::Utf8PathBuf;

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
        "`{path}` has format {found}, this version of csoc reads format {}",
        super::lock::FORMAT
    )]
    LockNewer {
        /// The file.
        path: Utf8PathBuf,
        /// Its format.
        found: u64,
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

impl CatalogError {
    /// The way to mend it.
    pub fn help(&self) -> Option<String> {
        match self {
            Self::Damaged { .. } | Self::NotPinned { .. } => Some(
                "restore the file from version control, or add the catalog again with `csoc catalog add`".to_owned(),
            ),
            Self::LockNewer { .. } => Some("use a newer version of csoc".to_owned()),
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

//! Why there is no import.

use std::io;

use camino::Utf8PathBuf;

use super::fix::FIXABLE;
use super::kind::ImportKind;
use crate::context::Stopped;
use crate::diagnostic::Report;
use crate::fleet::FleetError;
use crate::write::FreshError;

/// Why there is no import.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ImportError {
    /// There is nothing at that path.
    #[error("there is no directory at `{path}`")]
    Missing {
        /// The path.
        path: Utf8PathBuf,
    },
    /// The directory is not of the kind.
    #[error("`{path}` is not laid out as {kind}")]
    OtherLayout {
        /// The path.
        path: Utf8PathBuf,
        /// The kind that was asked for.
        kind: ImportKind,
    },
    /// Reading failed.
    #[error("failed to read `{path}`")]
    Read {
        /// What was read.
        path: Utf8PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// The mapping file cannot be used.
    #[error("the mapping file cannot be used")]
    Mapping(Report),
    /// The list of running Applications cannot be used.
    #[error("the list of running Applications cannot be used")]
    Live(Report),
    /// A code whose findings nobody can mend but a person.
    #[error("`{code}` cannot be fixed by an import")]
    Unfixable {
        /// The code.
        code: String,
    },
    /// What was drafted is no fleet: a defect of the importer.
    #[error("the imported fleet does not load")]
    Draft(#[source] Box<FleetError>),
    /// The target directory holds something.
    #[error("`{path}` is not empty")]
    NotEmpty {
        /// The path.
        path: Utf8PathBuf,
    },
    /// Writing failed; nothing is left of it.
    #[error("failed to write `{path}`")]
    Write {
        /// What was written.
        path: Utf8PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// The call was told to stop.
    #[error(transparent)]
    Stopped(#[from] Stopped),
}

impl ImportError {
    /// How to mend it, where that is known.
    pub fn help(&self) -> Option<String> {
        match self {
            Self::Missing { .. } => Some("name the directory that holds the repository".to_owned()),
            Self::OtherLayout { kind, .. } => Some(match kind {
                ImportKind::Gen3Gitops => "name the root of the repository: below it lie `CLUSTER/cluster-values/` and `CLUSTER/HOSTNAME/values/`".to_owned(),
                ImportKind::CdisManifest => "name the root of the repository: below it lies `HOSTNAME/manifest.json`, one a commons".to_owned(),
                ImportKind::Gen3Kro => "name the root of the repository: below it lies `argocd/spokes/SPOKE/infrastructure-values.yaml`, one a spoke".to_owned(),
                ImportKind::Gen3Terraform => "name a directory that holds `*.tfvars` of the root `commons`, or one of such directories".to_owned(),
            }),
            Self::Unfixable { .. } => {
                let codes: Vec<&str> = FIXABLE.iter().map(|code| code.as_str()).collect();
                Some(format!("use one of {}", codes.join(", ")))
            }
            Self::NotEmpty { .. } => {
                Some("name a directory that is not there yet; an import never writes over anything".to_owned())
            }
            _ => None,
        }
    }
}

impl From<FreshError> for ImportError {
    fn from(error: FreshError) -> Self {
        match error {
            FreshError::NotEmpty { path } => Self::NotEmpty { path },
            FreshError::Io { path, source } => Self::Write { path, source },
        }
    }
}

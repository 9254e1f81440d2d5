//! Why a directory was not verified.

use camino::Utf8PathBuf;

use crate::context::Stopped;
use crate::listing::Unlistable;

/// Why a directory could not be verified at all.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum VerifyError {
    /// There is nothing at that path.
    #[error("there is no directory at `{path}`")]
    Missing {
        /// The path.
        path: Utf8PathBuf,
    },
    /// Nothing was rendered there.
    #[error(
        "`{path}` holds no tree that csoc rendered: there is no `manifest.json` in it, nor in `terraform` or `gitops` below it; nor is it a GitOps repository, nor Terraform"
    )]
    NotATree {
        /// The path.
        path: Utf8PathBuf,
    },
    /// What is there cannot be read yet.
    #[error("`{path}` holds {kind}, which csoc cannot read yet")]
    KindUnread {
        /// The path.
        path: Utf8PathBuf,
        /// What is there.
        kind: &'static str,
    },
    /// A manifest that cannot be read as one.
    #[error("failed to read the manifest")]
    Manifest {
        /// Why.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// Reading failed.
    #[error("failed to read `{path}`")]
    Read {
        /// What was read.
        path: Utf8PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// The call was told to stop.
    #[error(transparent)]
    Stopped(#[from] Stopped),
}

impl From<Unlistable> for VerifyError {
    fn from(Unlistable { path, source }: Unlistable) -> Self {
        Self::Read { path, source }
    }
}

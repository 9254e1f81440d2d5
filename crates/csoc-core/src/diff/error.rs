//! Why two sides could not be compared.

use camino::Utf8PathBuf;

use crate::context::Stopped;
use crate::fleet::FleetError;

/// Why there is no comparison.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DiffError {
    /// There is nothing at that path.
    #[error("there is no directory at `{path}`")]
    Missing {
        /// The path.
        path: Utf8PathBuf,
    },
    /// What is there is nothing that can be compared.
    #[error(
        "`{path}` is neither a fleet nor a rendered tree: it holds no `fleet.yaml`, no `manifest.json`, no GitOps repository and no Terraform"
    )]
    Neither {
        /// The path.
        path: Utf8PathBuf,
    },
    /// A side is a fleet that does not load.
    #[error("the fleet at `{path}` does not load")]
    Fleet {
        /// Where it is.
        path: String,
        /// Why.
        #[source]
        source: Box<FleetError>,
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
    /// A file is larger than any that csoc writes.
    #[error("`{path}` is too large to compare: {size} bytes")]
    TooLarge {
        /// The file.
        path: Utf8PathBuf,
        /// Its size.
        size: u64,
    },
    /// An environment that is not there.
    #[error("there is no environment `{environment}`")]
    NoEnvironment {
        /// What was named.
        environment: String,
        /// The one that was probably meant.
        suggestion: Option<String>,
    },
    /// The call was told to stop.
    #[error(transparent)]
    Stopped(#[from] Stopped),
}

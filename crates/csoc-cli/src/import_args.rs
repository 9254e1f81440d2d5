//! Arguments of `csoc import`.

use std::path::PathBuf;

use camino::Utf8PathBuf;
use clap::Args;
use csoc_core::ImportKind;
use csoc_core::model::name::ObjectName;

use crate::args::FormatOption;

/// `csoc import`.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  csoc import gen3-gitops ../gen3-gitops --out fleet
  csoc import gen3-gitops ../gen3-gitops --out fleet --mapping mapping.yaml
  csoc render fleet --out build --include observed")]
pub(crate) struct Import {
    /// The layout: gen3-gitops, cdis-manifest, gen3-kro or gen3-terraform
    #[arg(value_name = "KIND")]
    pub(crate) kind: ImportKind,
    /// The directory to import; it is only read
    #[arg(value_name = "SOURCE")]
    pub(crate) source: Utf8PathBuf,
    /// The directory of the fleet, empty or not there yet; all of it is written or nothing
    #[arg(long, short, value_name = "DIR")]
    pub(crate) out: Utf8PathBuf,
    /// The fleet's name; made of the source's where it is not said
    #[arg(long, value_name = "NAME")]
    pub(crate) name: Option<ObjectName>,
    /// YAML that says which environment is of which commons: `CLUSTER/DIRECTORY: { commons: …, environment: …, tier: … }`
    #[arg(long, value_name = "FILE")]
    pub(crate) mapping: Option<PathBuf>,
    /// What `kubectl get applications -A -o json` printed: where it is not what git says, the report says so
    #[arg(long, value_name = "FILE")]
    pub(crate) live: Option<PathBuf>,
    /// Mend findings of this code on the way: values-key-unknown, values-key-unread, values-number-text,
    /// image-tag-unquoted or account-id-unquoted; each change is shown as a diff
    #[arg(long, value_name = "CODE")]
    pub(crate) fix: Vec<String>,
    #[command(flatten)]
    pub(crate) format: FormatOption,
}

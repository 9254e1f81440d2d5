//! Arguments of `csoc adopt`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use csoc_core::Aspect;
use csoc_core::model::Mode;

use crate::args::{FleetArgument, FormatOption};

/// `csoc adopt`.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  csoc adopt commons.midrc.environments.prod fleet --aspect values --dry-run
  terraform show -json > state.json
  csoc adopt clusters.midrc fleet --aspect terraform --resources state.json")]
pub(crate) struct Adopt {
    /// The object, by its model path: `clusters.midrc`, `commons.midrc.environments.prod`
    #[arg(value_name = "PATH")]
    pub(crate) object: String,
    #[command(flatten)]
    pub(crate) fleet: FleetArgument,
    /// What to take over: terraform, values or applications
    #[arg(long, value_name = "ASPECT")]
    pub(crate) aspect: Aspect,
    /// Whom it belongs to then; `adopt` for Terraform and `managed` for the others where it is not said
    #[arg(long, value_name = "MODE")]
    pub(crate) to: Option<To>,
    /// What exists: a state file, what `terraform show -json` prints, or a JSON list of resources. What of it the
    /// object's roots make is recorded below `imports/`, and imported by what is rendered
    #[arg(long, value_name = "FILE")]
    pub(crate) resources: Option<PathBuf>,
    /// Show everything and write nothing
    #[arg(long)]
    pub(crate) dry_run: bool,
    #[command(flatten)]
    pub(crate) format: FormatOption,
}

/// Whom something belongs to then.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum To {
    /// It is being taken over: applying creates, replaces and destroys nothing
    Adopt,
    /// It is generated here
    Managed,
}

impl From<To> for Mode {
    fn from(to: To) -> Self {
        match to {
            To::Adopt => Self::Adopt,
            To::Managed => Self::Managed,
        }
    }
}

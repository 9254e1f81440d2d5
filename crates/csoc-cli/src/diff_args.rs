//! The command line of `csoc diff` and `csoc promote`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use csoc_core::model::name::ObjectName;

use crate::args::{FleetArgument, FormatOption, Include};

/// What to print differences as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum DiffFormat {
    /// For people
    Text,
    /// For programs
    Json,
    /// For a pull request
    Markdown,
    /// A static page
    Html,
}

/// `csoc diff`.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  csoc diff                                    what changed since the last commit
  csoc diff fleet --against main               since the branch main
  csoc diff fleet --against v1 --at v2         between two revisions
  csoc diff fleet --against build              what a render would change in build
  csoc diff build-new --against build-old      between two trees
  csoc diff fleet --from midrc/staging --to midrc/prod")]
pub(crate) struct Diff {
    /// The new side: a fleet, a rendered tree, a GitOps repository or Terraform roots; the nearest fleet where it is not said
    #[arg(value_name = "FLEET")]
    pub(crate) new: Option<PathBuf>,
    /// The old side: a directory, or a git revision of FLEET; HEAD where it is not said. `git:NAME` is a revision,
    /// whatever directories there are
    #[arg(long, value_name = "DIR or REVISION")]
    pub(crate) against: Option<String>,
    /// Take FLEET as it is in this git revision
    #[arg(long, value_name = "REVISION")]
    pub(crate) at: Option<String>,
    /// Compare this environment with that of `--to`
    #[arg(long, value_name = "COMMONS/NAME", requires = "to", conflicts_with_all = ["against", "at"])]
    pub(crate) from: Option<String>,
    /// The environment that `--from` is compared with
    #[arg(long, value_name = "COMMONS/NAME", requires = "from")]
    pub(crate) to: Option<String>,
    /// Only objects whose path matches: commons.midrc.*
    #[arg(long, value_name = "GLOB")]
    pub(crate) only: Vec<String>,
    /// Beside a tree, count what the fleet only observes, too
    #[arg(long, value_name = "WHAT")]
    pub(crate) include: Option<Include>,
    /// Exit with 3 if anything is different
    #[arg(long)]
    pub(crate) exit_code: bool,
    /// Git
    #[arg(long, value_name = "PROGRAM", default_value = "git")]
    pub(crate) git: PathBuf,
    /// What to print
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub(crate) format: DiffFormat,
}

/// `csoc promote`.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  csoc promote midrc --from staging --to prod
  csoc promote midrc --from staging --to prod --field services.portal.image.tag --dry-run")]
pub(crate) struct Promote {
    /// The commons
    #[arg(value_name = "COMMONS")]
    pub(crate) commons: ObjectName,
    #[command(flatten)]
    pub(crate) fleet: FleetArgument,
    /// The environment to take settings from
    #[arg(long, value_name = "NAME")]
    pub(crate) from: ObjectName,
    /// The environment to change
    #[arg(long, value_name = "NAME")]
    pub(crate) to: ObjectName,
    /// Carry the release; what is done where no field is named
    #[arg(long)]
    pub(crate) release: bool,
    /// Carry this field: `services.portal.image.tag`; may be given several times
    #[arg(long, value_name = "PATH")]
    pub(crate) field: Vec<String>,
    /// Where a layer sets the field that other environments share, override it in the environment
    #[arg(long = "override")]
    pub(crate) override_shared: bool,
    /// Only say what would be done
    #[arg(long)]
    pub(crate) dry_run: bool,
    #[command(flatten)]
    pub(crate) format: FormatOption,
}

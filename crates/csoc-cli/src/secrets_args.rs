//! Arguments of `csoc secrets`.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use jiff::SignedDuration;

use crate::args::{FleetArgument, FormatOption};
use crate::operate_args::Who;

/// `csoc secrets`.
#[derive(Debug, Args)]
pub(crate) struct Secrets {
    #[command(subcommand)]
    pub(crate) command: SecretsCommand,
}

/// A command about secrets.
#[derive(Debug, Subcommand)]
pub(crate) enum SecretsCommand {
    /// List every secret with its shape, its seeder, its readers and when it must exist
    List(SecretsList),
    /// Make those that are missing, once; what has a value keeps it
    Seed(SecretsSeed),
    /// Say which are there with the keys that they must have, how old they are, and what is missing
    Check(SecretsCheck),
    /// Put a new value in place of one that is there, with an overlap; run again, it goes on where it stopped
    Rotate(SecretsRotate),
}

/// `csoc secrets list`.
#[derive(Debug, Args)]
pub(crate) struct SecretsList {
    #[command(flatten)]
    pub(crate) fleet: FleetArgument,
    #[command(flatten)]
    pub(crate) format: FormatOption,
}

/// As whom secrets are looked at, and where what is done is recorded.
#[derive(Debug, Args)]
pub(crate) struct Keeping {
    /// Whose: COMMONS/NAME of an environment, `clusters.NAME` or `hub`
    #[arg(value_name = "ENV")]
    pub(crate) object: String,
    /// As whom: whoever the surroundings say, or the role `gen3/csoc-secrets` of the account, taken by them
    #[arg(
        long,
        value_name = "WHO",
        default_value = "surroundings",
        env = "CSOC_AS",
        hide_env_values = true
    )]
    pub(crate) r#as: Who,
    /// Where the journal is kept; `.csoc/runs` in the fleet where it is not said
    #[arg(long, value_name = "DIR", env = "CSOC_HOME", hide_env_values = true)]
    pub(crate) home: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) format: FormatOption,
}

/// Where a value comes from that a person gives. On a terminal it is asked for, and not shown.
#[derive(Debug, Args)]
pub(crate) struct Given {
    /// The value of the one secret that is named, from a file; `-` is standard input
    #[arg(long, value_name = "FILE", conflicts_with = "from_fd")]
    pub(crate) from_file: Option<PathBuf>,
    /// The same from an open file descriptor
    #[arg(long, value_name = "N")]
    pub(crate) from_fd: Option<u16>,
}

/// `csoc secrets seed`.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  csoc secrets seed atlas/dev --dry-run
  csoc secrets seed atlas/dev --as roles
  csoc secrets seed atlas/dev --only atlas-google-client --from-file -")]
pub(crate) struct SecretsSeed {
    #[command(flatten)]
    pub(crate) keeping: Keeping,
    #[command(flatten)]
    pub(crate) fleet: FleetArgument,
    /// Only this one, by its name or by what it is for
    #[arg(long, value_name = "NAME")]
    pub(crate) only: Vec<String>,
    /// Only say what would be made
    #[arg(long)]
    pub(crate) dry_run: bool,
    #[command(flatten)]
    pub(crate) given: Given,
}

/// `csoc secrets check`.
#[derive(Debug, Args)]
pub(crate) struct SecretsCheck {
    #[command(flatten)]
    pub(crate) keeping: Keeping,
    #[command(flatten)]
    pub(crate) fleet: FleetArgument,
    /// Only this one, by its name or by what it is for
    #[arg(long, value_name = "NAME")]
    pub(crate) only: Vec<String>,
}

/// `csoc secrets rotate`.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  csoc secrets rotate atlas/dev indexd-service-creds
  csoc secrets rotate atlas/dev fence-creds              # stages a new one, and says whom to tell
  csoc secrets rotate atlas/dev fence-creds --promote    # they were told: readers get it
  csoc secrets rotate atlas/dev fence-creds --finish     # a day later: the one before goes away")]
pub(crate) struct SecretsRotate {
    #[command(flatten)]
    pub(crate) keeping: Keeping,
    /// Which, by its name or by what it is for
    #[arg(value_name = "NAME")]
    pub(crate) name: String,
    #[command(flatten)]
    pub(crate) fleet: FleetArgument,
    /// Whoever must be told of the new value before its readers have it was told
    #[arg(long)]
    pub(crate) promote: bool,
    /// The overlap is over, and no reader has the value before: it goes away
    #[arg(long, conflicts_with_all = ["promote", "from_file", "from_fd"])]
    pub(crate) finish: bool,
    /// How long readers may have the value before: 24h, 90m
    #[arg(long, value_name = "TIME", default_value = "24h")]
    pub(crate) overlap: SignedDuration,
    #[command(flatten)]
    pub(crate) given: Given,
}

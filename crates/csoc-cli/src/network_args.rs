//! The arguments of `csoc network`.

use clap::{Args, Subcommand};

use crate::args::{FleetArgument, FormatOption};

/// `csoc network`.
#[derive(Debug, Args)]
pub(crate) struct Network {
    #[command(subcommand)]
    pub(crate) command: NetworkCommand,
}

/// A command about networks.
#[derive(Debug, Subcommand)]
pub(crate) enum NetworkCommand {
    /// Give every cluster without a network one of the fleet's pool, in the fleet's files
    Allocate(NetworkAllocate),
    /// Show how the networks of clusters are cut, how much fits into them, and what the pool has left
    Show(NetworkShow),
}

/// `csoc network allocate`.
#[derive(Debug, Args)]
pub(crate) struct NetworkAllocate {
    #[command(flatten)]
    pub(crate) fleet: FleetArgument,
    /// Only say what would be written
    #[arg(long)]
    pub(crate) dry_run: bool,
    #[command(flatten)]
    pub(crate) format: FormatOption,
}

/// `csoc network show`.
#[derive(Debug, Args)]
pub(crate) struct NetworkShow {
    #[command(flatten)]
    pub(crate) fleet: FleetArgument,
    #[command(flatten)]
    pub(crate) format: FormatOption,
}

//! Arguments of `csoc status`.

use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::str::FromStr;

use clap::Args;
use csoc_operate::{Commit, Selection};

use crate::args::{FleetArgument, FormatOption};

/// `csoc status`.
#[derive(Debug, Args)]
#[command(after_help = "\
It reads the Applications of Argo CD in each cluster that has one, and changes nothing.

Exit status: 0 everything was read; 3 something is not as it is rendered, with --exit-code; 4 a cluster could not be
read; 130 stopped.

Examples:
  csoc status --select 'commons = atlas and tier = prod'
  csoc status --context research=arn:aws:eks:us-east-1:444455556666:cluster/research --timeout 5
  csoc status --watch
  csoc status --exit-code --commit \"$(git -C fleet-gitops rev-parse HEAD)\"")]
pub(crate) struct Status {
    #[command(flatten)]
    pub(crate) fleet: FleetArgument,
    /// Compare with this rendered tree or GitOps repository, in place of the fleet
    #[arg(long, value_name = "DIR", conflicts_with = "fleet")]
    pub(crate) rendered: Option<PathBuf>,
    /// Which environments and clusters: `commons = atlas and tier != dev`; all where it is not said, any of several
    #[arg(long, value_name = "EXPR")]
    pub(crate) select: Vec<Selection>,
    /// The commit that the GitOps repository is to be deployed at; its first seven digits or more
    #[arg(long, value_name = "COMMIT")]
    pub(crate) commit: Option<Commit>,
    /// Exit with 3 where anything is not as it is rendered, or not well
    #[arg(long)]
    pub(crate) exit_code: bool,
    /// Look again and again until Ctrl-C, and show what changes
    #[arg(long, conflicts_with = "exit_code")]
    pub(crate) watch: bool,
    /// How many seconds lie between two looks; a cluster that cannot be read is asked less and less often
    #[arg(long, value_name = "SECONDS", default_value = "15", requires = "watch", value_parser = seconds())]
    pub(crate) every: u64,
    #[command(flatten)]
    pub(crate) format: FormatOption,
    #[command(flatten)]
    pub(crate) reach: Reaching,
}

/// How clusters are reached.
#[derive(Debug, Args)]
#[command(next_help_heading = "How clusters are reached")]
pub(crate) struct Reaching {
    /// The context of a cluster; where it is not said, that of the cluster's address, ARN or name
    #[arg(long, value_name = "CLUSTER=CONTEXT")]
    pub(crate) context: Vec<NamedContext>,
    /// The context of a hub whose Argo CD knows clusters: those that no context leads to are asked as it would ask them
    #[arg(long, value_name = "CONTEXT")]
    pub(crate) hub: Option<String>,
    /// The kubeconfig; `KUBECONFIG` or `~/.kube/config` where it is not said
    #[arg(long, value_name = "FILE")]
    pub(crate) kubeconfig: Option<PathBuf>,
    /// How many seconds a cluster may take to answer
    #[arg(long, value_name = "SECONDS", default_value = "10", value_parser = seconds())]
    pub(crate) timeout: u64,
    /// How many clusters are asked at once
    #[arg(long, value_name = "N", default_value = "32")]
    pub(crate) parallel: NonZeroUsize,
}

/// A context that somebody names for a cluster.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct NamedContext {
    pub(crate) cluster: String,
    pub(crate) context: String,
}

impl FromStr for NamedContext {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        // A context may hold `=`, and a cluster does not.
        match text.split_once('=') {
            Some((cluster, context)) if !cluster.is_empty() && !context.is_empty() => Ok(Self {
                cluster: cluster.to_owned(),
                context: context.to_owned(),
            }),
            _ => Err("it must be CLUSTER=CONTEXT"),
        }
    }
}

/// A day at most: what is longer is a mistake.
fn seconds() -> clap::builder::RangedU64ValueParser {
    clap::value_parser!(u64).range(1..=86_400)
}

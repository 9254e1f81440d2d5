//! Arguments of `csoc destroy`.

use std::path::PathBuf;

use clap::Args;
use csoc_operate::{Destruction, PlanName};

use crate::operate_args::Over;

/// `csoc destroy`.
#[derive(Debug, Args)]
#[command(after_help = "\
Nothing is destroyed that somebody did not name: which stacks says `--select`, or the run of an earlier `csoc destroy`;
what cannot be made again says `--allow-destroy`, address by address. On a terminal csoc plans, shows what would go away
and asks for it by name; elsewhere it plans, and says how to go on.

Examples:
  csoc destroy --select 'commons = atlas and environment = dev'
  csoc destroy --run 20261126T134207Z-1a2b3c --allow-destroy aws_sqs_queue.ssjdispatcher
  csoc destroy --select 'commons = atlas and environment = dev' --out plans.tar
  csoc destroy --bundle plans.tar --allow-destroy aws_sqs_queue.ssjdispatcher")]
pub(crate) struct Destroy {
    /// Destroy what this run of `csoc destroy` planned, each once
    #[arg(long, value_name = "RUN")]
    pub(crate) run: Option<String>,
    /// Apply this plan of a destruction: its digest, or twelve or more of its first digits; or all of a file
    #[arg(long, value_name = "DIGEST|FILE")]
    pub(crate) bundle: Vec<PlanName>,
    /// Let this be destroyed although it cannot be made again: ADDRESS, or STACK:ADDRESS
    #[arg(long = "allow-destroy", value_name = "ADDRESS")]
    pub(crate) allowed: Vec<Destruction>,
    /// Write the page of all plans as Markdown
    #[arg(long, value_name = "FILE", conflicts_with_all = ["run", "bundle"])]
    pub(crate) markdown: Option<PathBuf>,
    /// Write the page of all plans as HTML
    #[arg(long, value_name = "FILE", conflicts_with_all = ["run", "bundle"])]
    pub(crate) html: Option<PathBuf>,
    /// Write all plans into this file, which is secret, for `csoc show` and `csoc destroy --bundle`; nothing is destroyed now
    #[arg(long, value_name = "FILE", conflicts_with_all = ["run", "bundle"])]
    pub(crate) out: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) over: Over,
}

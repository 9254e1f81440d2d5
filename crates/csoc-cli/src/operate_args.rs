//! Arguments of `csoc plan`, `csoc apply`, `csoc show` and `csoc runs`.

use std::num::NonZeroUsize;
use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};
use csoc_operate::{Destruction, LOCK_TIMEOUT, Limits, OnFailure, PlanName, Selection};

use crate::args::{FleetArgument, FormatOption};
use crate::runner_args::RunnerOption;

/// Where runs keep what they need, and which rendered tree they are of.
#[derive(Debug, Args)]
pub(crate) struct Place {
    #[command(flatten)]
    pub(crate) fleet: FleetArgument,
    /// Take the stacks of this rendered tree as they are, in place of rendering the fleet
    #[arg(long, value_name = "DIR", conflicts_with = "fleet")]
    pub(crate) rendered: Option<PathBuf>,
    /// Where plans, the journal and working copies are kept; `.csoc/runs` in the fleet or the tree where it is not said
    #[arg(long, value_name = "DIR", env = "CSOC_HOME", hide_env_values = true)]
    pub(crate) home: Option<PathBuf>,
}

/// How many at once.
fn at_least_one(text: &str) -> Result<NonZeroUsize, String> {
    text.parse()
        .map_err(|_| "it must be a number of stacks, 1 or more".to_owned())
}

/// How a stack is run.
#[derive(Debug, Args)]
#[command(next_help_heading = "How stacks are run")]
pub(crate) struct Running {
    /// Terraform or OpenTofu, by name or path
    #[arg(
        long,
        value_name = "PROGRAM",
        default_value = "terraform",
        env = "CSOC_TERRAFORM",
        hide_env_values = true
    )]
    pub(crate) terraform: PathBuf,
    #[command(flatten)]
    pub(crate) runner: RunnerOption,
    /// As whom: whoever the surroundings say, or the roles of each account that `access` makes, taken by them
    #[arg(
        long,
        value_name = "WHO",
        default_value = "surroundings",
        env = "CSOC_AS",
        hide_env_values = true
    )]
    pub(crate) r#as: Who,
    /// How many stacks may run at once
    #[arg(long, value_name = "N", default_value = "8", value_parser = at_least_one)]
    pub(crate) parallel: NonZeroUsize,
    /// How many of them in one account
    #[arg(long, value_name = "N", default_value = "4", value_parser = at_least_one)]
    pub(crate) per_account: NonZeroUsize,
    /// For how many seconds Terraform waits for the lock of a state that somebody else holds
    #[arg(long, value_name = "SECONDS", default_value_t = LOCK_TIMEOUT)]
    pub(crate) lock_timeout: u32,
}

impl Running {
    /// How many stacks may run at once.
    pub(crate) fn limits(&self) -> Limits {
        Limits {
            total: self.parallel,
            per_account: self.per_account,
        }
    }
}

/// How several stacks are run, one after the other and side by side.
#[derive(Debug, Args)]
pub(crate) struct Together {
    #[command(flatten)]
    pub(crate) running: Running,
    /// Begin no other stack once one failed
    #[arg(long, help_heading = "How stacks are run")]
    fail_fast: bool,
}

impl Together {
    /// What becomes of the other stacks when one fails.
    pub(crate) fn on_failure(&self) -> OnFailure {
        if self.fail_fast {
            OnFailure::Stop
        } else {
            OnFailure::Continue
        }
    }
}

/// Which stacks of which fleet, how they are run, and what is printed.
#[derive(Debug, Args)]
pub(crate) struct Over {
    #[command(flatten)]
    pub(crate) place: Place,
    /// Which stacks: `account = research and layer in (waf, dns) and tier != prod`; all where it is not said, any of several
    #[arg(long, value_name = "EXPR")]
    pub(crate) select: Vec<Selection>,
    #[command(flatten)]
    pub(crate) format: FormatOption,
    #[command(flatten)]
    pub(crate) together: Together,
}

/// Which stacks of which fleet are looked at, how, and what is printed. What looks at one keeps no other from it.
#[derive(Debug, Args)]
pub(crate) struct Looking {
    #[command(flatten)]
    pub(crate) place: Place,
    /// Which stacks: `account = research and layer in (waf, dns) and tier != prod`; all where it is not said, any of several
    #[arg(long, value_name = "EXPR")]
    pub(crate) select: Vec<Selection>,
    #[command(flatten)]
    pub(crate) format: FormatOption,
    #[command(flatten)]
    pub(crate) running: Running,
}

/// As whom stacks are run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Who {
    /// A profile, a single sign-on, the role of a machine or a pipeline, as it is
    Surroundings,
    /// `csoc-plan` to plan and `csoc-deploy` to apply, in the account of each stack
    Roles,
}

/// `csoc accounts`.
#[derive(Debug, Args)]
pub(crate) struct Accounts {
    #[command(flatten)]
    pub(crate) place: Place,
    #[command(flatten)]
    pub(crate) format: FormatOption,
}

/// `csoc plan`.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  csoc plan --select 'account = research and layer in (waf, dns)'
  csoc plan --select 'commons = atlas and tier != prod' --markdown plan.md
  csoc plan --format json > events.jsonl
  csoc plan --out plans.tar")]
pub(crate) struct Plan {
    /// Write the page of all plans as Markdown, for a pull request
    #[arg(long, value_name = "FILE")]
    pub(crate) markdown: Option<PathBuf>,
    /// Write the page of all plans as HTML
    #[arg(long, value_name = "FILE")]
    pub(crate) html: Option<PathBuf>,
    /// Write all plans into this file, which is secret, for `csoc show` and `csoc apply --bundle` on another machine
    #[arg(long, value_name = "FILE")]
    pub(crate) out: Option<PathBuf>,
    /// Exit with 3 where anything would change
    #[arg(long)]
    pub(crate) exit_code: bool,
    #[command(flatten)]
    pub(crate) over: Over,
}

/// `csoc apply`.
#[derive(Debug, Args)]
#[command(after_help = "\
What was reviewed is what runs: name the run of `csoc plan`, or single plans by the digests that it printed. Without
either, on a terminal, csoc plans, shows what would be done and asks.

Examples:
  csoc apply --run 20261126T134207Z-1a2b3c
  csoc apply --bundle 4f2a9c01b2d3 --allow-destroy aws_rds_cluster.main
  csoc apply --bundle plans.tar
  csoc apply --advance --select 'commons = atlas and environment = dev' --approve creates")]
pub(crate) struct Apply {
    /// Apply the plans of this run, each once
    #[arg(long, value_name = "RUN")]
    pub(crate) run: Option<String>,
    /// Apply this plan: its digest, or twelve or more of its first digits; or all plans of a file of `csoc plan --out`
    #[arg(long, value_name = "DIGEST|FILE")]
    pub(crate) bundle: Vec<PlanName>,
    /// Go on wave by wave: plan, apply, pull outputs, render, until nothing is left that could be done
    #[arg(long, conflicts_with_all = ["run", "bundle", "rendered", "allow_destroy"])]
    pub(crate) advance: bool,
    /// What needs nobody's yes with `--advance`; everything else is asked for, or stops where nobody can be asked
    #[arg(long, value_name = "WHAT", requires = "advance")]
    pub(crate) approve: Option<Approve>,
    /// Let this be destroyed although it cannot be made again: ADDRESS, or STACK:ADDRESS
    #[arg(long, value_name = "ADDRESS")]
    pub(crate) allow_destroy: Vec<Destruction>,
    #[command(flatten)]
    pub(crate) over: Over,
}

/// What needs nobody's yes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Approve {
    /// Plans that make something, or take it over, and do nothing else
    Creates,
    /// Plans by which nothing goes away
    Changes,
}

/// `csoc drift`.
#[derive(Debug, Args)]
pub(crate) struct Drift {
    /// Exit with 3 where anything differs
    #[arg(long)]
    pub(crate) exit_code: bool,
    #[command(flatten)]
    pub(crate) over: Looking,
}

/// `csoc show`.
#[derive(Debug, Args)]
pub(crate) struct Show {
    /// A plan: its digest, or twelve or more of its first digits; or a file of `csoc plan --out`
    #[arg(value_name = "DIGEST|FILE")]
    pub(crate) plan: PlanName,
    #[command(flatten)]
    pub(crate) place: Place,
    #[command(flatten)]
    pub(crate) format: FormatOption,
}

/// `csoc runs`.
#[derive(Debug, Args)]
pub(crate) struct Runs {
    #[command(subcommand)]
    pub(crate) command: RunsCommand,
}

/// A command about runs.
#[derive(Debug, Subcommand)]
pub(crate) enum RunsCommand {
    /// List runs, the last one first
    List(RunsList),
    /// Say what a run did, stack by stack
    Show(RunsShow),
    /// Wait for what a run left to itself, say how it goes, and record how it ended
    Attach(RunsShow),
    /// Check that nobody changed or took out a line of the journal
    Verify(RunsList),
}

/// `csoc runs list` and `verify`.
#[derive(Debug, Args)]
pub(crate) struct RunsList {
    #[command(flatten)]
    pub(crate) place: Place,
    #[command(flatten)]
    pub(crate) format: FormatOption,
}

/// `csoc runs show` and `attach`.
#[derive(Debug, Args)]
pub(crate) struct RunsShow {
    /// The run, as `csoc plan` and `csoc runs list` name it
    #[arg(value_name = "RUN")]
    pub(crate) run: String,
    #[command(flatten)]
    pub(crate) place: Place,
    #[command(flatten)]
    pub(crate) format: FormatOption,
}

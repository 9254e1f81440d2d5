//! The command line as types: what clap parses, with the text of the help.

use std::num::NonZeroUsize;
use std::path::PathBuf;

use camino::Utf8PathBuf;
use clap::{Args, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;
use csoc_core::BackendName;
use csoc_core::model::Object;
use csoc_core::model::version::Date;

use crate::adopt_args::Adopt;
use crate::catalog_args::Catalog;
use crate::destroy_args::Destroy;
use crate::diff_args::{Diff, Promote};
use crate::import_args::Import;
use crate::network_args::Network;
use crate::new_args::{Add, Init};
use crate::operate_args::{Accounts, Apply, Drift, Looking, Plan, Runs, Show};
use crate::runner_args::RunnerCommands;
use crate::secrets_args::Secrets;
use crate::serve_args::Serve;
use crate::status_args::Status;
use crate::unlock_args::Unlock;

/// Operate a fleet of Gen3 data commons: one typed description, compiled to Terraform, Helm values and
/// Argo CD applications, and checked as a whole.
#[derive(Debug, Parser)]
#[command(
    name = "csoc",
    version,
    propagate_version = true,
    disable_help_subcommand = true,
    after_help = EXIT_STATUS
)]
pub(crate) struct Cli {
    #[command(flatten)]
    pub(crate) common: Common,
    #[command(subcommand)]
    pub(crate) command: Command,
}

const EXIT_STATUS: &str = "\
Exit status:
  0    done and clean
  1    the content is wrong, or files were kept because someone edited them
  2    wrong usage, unreadable input, unwritable output, or another process holds the lock
  3    differences found, where asked for
  4    an operation failed part-way; the journal says where
  130  interrupted";

/// What every command takes.
#[derive(Debug, Args)]
#[command(next_help_heading = "Common options")]
pub(crate) struct Common {
    /// How many threads to use; one a core where it is not said
    #[arg(long, global = true, value_name = "N")]
    pub(crate) threads: Option<NonZeroUsize>,
    /// The day that expiry dates are compared with; today (UTC) where it is not said
    #[arg(long, global = true, value_name = "DATE")]
    pub(crate) as_of: Option<Date>,
    /// Fail where the fleet has no csoc.lock, or where that does not pin all that the fleet uses
    #[arg(long, global = true)]
    pub(crate) locked: bool,
    /// When to use colour; `NO_COLOR` is honoured
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto")]
    pub(crate) color: When,
}

/// When to use colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum When {
    /// On a terminal
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

/// What to print a result as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// For people
    Text,
    /// For programs
    Json,
}

/// What to print a report as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum ReportFormat {
    /// For people, with the lines concerned
    Text,
    /// For programs
    Json,
    /// SARIF 2.1.0, for code scanning
    Sarif,
    /// Annotations of GitHub Actions
    Github,
}

impl From<ReportFormat> for csoc_core::ReportFormat {
    fn from(format: ReportFormat) -> Self {
        match format {
            ReportFormat::Text => Self::Text,
            ReportFormat::Json => Self::Json,
            ReportFormat::Sarif => Self::Sarif,
            ReportFormat::Github => Self::Github,
        }
    }
}

/// `--format` of most commands.
#[derive(Debug, Clone, Copy, Args)]
pub(crate) struct FormatOption {
    /// What to print
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub(crate) format: Format,
}

/// What `check`, `verify` and `render` share.
#[derive(Debug, Clone, Copy, Args)]
pub(crate) struct DenyOption {
    /// Let warnings fail, too
    #[arg(long, value_name = "WHAT")]
    pub(crate) deny: Option<Deny>,
}

/// What fails beside errors.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Deny {
    /// New warnings
    Warnings,
}

/// The fleet that a command is about.
#[derive(Debug, Clone, Args)]
pub(crate) struct FleetArgument {
    /// A fleet directory or its fleet.yaml; the nearest one at or above the current directory where it is not said
    #[arg(value_name = "FLEET")]
    pub(crate) fleet: Option<PathBuf>,
}

/// A command.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Make a new fleet from the few answers that cannot be derived
    Init(Box<Init>),
    /// Add an account, a cluster, a commons or an environment to a fleet
    Add(Add),
    /// Take an aspect of an object into management, and show what that changes
    Adopt(Adopt),
    /// Make a fleet of what exists: a GitOps repository, manifests of cloud-automation, spokes of gen3-kro, variables of gen3-terraform
    Import(Import),
    /// Check a fleet: everything that render does up to writing files
    Check(Check),
    /// Check, compile, verify and write a fleet's files
    Render(Render),
    /// Check a tree that was rendered, or a GitOps repository or Terraform that anyone wrote
    Verify(Verify),
    /// Say what is different between two fleets, trees or revisions, and how dangerous that is
    Diff(Box<Diff>),
    /// Carry settings of one environment of a commons to another, in the fleet's files
    Promote(Promote),
    /// Say where a value comes from
    Explain(Explain),
    /// Networks of clusters: take them from the pool, and show how they are cut
    Network(Network),
    /// Show the contract graph: what needs what, and what breaks if something goes
    Graph(Graph),
    /// Print the JSON Schema of fleet files, for editors
    Schema(Schema),
    /// Outputs of stacks: what is recorded, and what the fleet waits for
    Outputs(Outputs),
    /// Secrets: what there must be; seeded once, looked at, rotated. No value is ever shown
    Secrets(Secrets),
    /// Plan stacks with Terraform, each into a bundle that can be applied once
    Plan(Box<Plan>),
    /// Apply plans that somebody looked at: exactly those, and once
    Apply(Box<Apply>),
    /// Destroy all that stacks have, as planned, what others need last
    Destroy(Box<Destroy>),
    /// Show what a plan would do, without a value of anything
    Show(Show),
    /// Say which stacks are not as their roots and states say; nothing is changed
    Drift(Box<Drift>),
    /// Say what runs in the clusters, against what is rendered: the oldest problem first
    Status(Box<Status>),
    /// Say who we are in each account of the fleet, by the roles that plan and apply, and what fails
    Accounts(Accounts),
    /// Runs: what was planned and applied, by whom and when
    Runs(Runs),
    /// Runner: what a cluster must hold so that stacks are run in it
    Runner(Box<RunnerCommands>),
    /// Let a portal drive runs: plans that are looked at, and applied once, behind a token
    Serve(Box<Serve>),
    /// Say who holds the lock of a stack's state, and take it away once they are known to be gone
    Unlock(Box<Unlock>),
    /// Catalogs: the facts about the outside world that checks use, and where they come from
    Catalog(Catalog),
    /// Reports: what findings say to auditors, how a fleet comes to be
    Report(Report),
    /// Print completions for a shell
    Completions(Completions),
}

/// `csoc check`.
#[derive(Debug, Args)]
pub(crate) struct Check {
    #[command(flatten)]
    pub(crate) fleet: FleetArgument,
    /// Record today's findings in baseline.yaml: counted from then on, and not failing
    #[arg(long)]
    pub(crate) write_baseline: bool,
    #[command(flatten)]
    pub(crate) deny: DenyOption,
    /// What to print
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub(crate) format: ReportFormat,
}

/// `csoc render`.
#[derive(Debug, Args)]
pub(crate) struct Render {
    #[command(flatten)]
    pub(crate) fleet: FleetArgument,
    /// The directory for terraform/ and gitops/
    #[arg(long, short, value_name = "DIR")]
    pub(crate) out: Utf8PathBuf,
    /// Only objects whose path matches: commons.midrc.*; such a render removes nothing
    #[arg(long, value_name = "GLOB")]
    pub(crate) only: Vec<String>,
    /// Only this backend: terraform, helm or argocd; such a render removes nothing
    #[arg(long, value_name = "NAME")]
    pub(crate) backend: Vec<BackendName>,
    /// Write files that wait for outputs, with a marker in place of each value
    #[arg(long)]
    pub(crate) allow_pending: bool,
    /// Render also what is only observed
    #[arg(long, value_name = "WHAT")]
    pub(crate) include: Option<Include>,
    /// Overwrite this file or directory, whoever edited or made it
    #[arg(long, value_name = "PATH")]
    pub(crate) force: Vec<Utf8PathBuf>,
    /// A repository of its own for the Argo CD tree
    #[arg(long, value_name = "DIR")]
    pub(crate) gitops: Option<Utf8PathBuf>,
    /// A repository of its own for the Terraform roots
    #[arg(long, value_name = "DIR")]
    pub(crate) terraform: Option<Utf8PathBuf>,
    /// Make sure that the result survives a power loss
    #[arg(long)]
    pub(crate) durable: bool,
    /// Only say what would be done
    #[arg(long)]
    pub(crate) dry_run: bool,
    #[command(flatten)]
    pub(crate) deny: DenyOption,
    #[command(flatten)]
    pub(crate) format: FormatOption,
}

/// What is rendered beside what is managed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Include {
    /// Objects that are only observed
    Observed,
}

/// `csoc verify`.
#[derive(Debug, Args)]
pub(crate) struct Verify {
    /// The directory that was given to render, one root of it, or a GitOps repository or Terraform of somebody else
    #[arg(value_name = "DIR")]
    pub(crate) directory: Utf8PathBuf,
    /// The fleet whose csoc.lock says which catalogs to use; the nearest one at or above the current directory where it is not said
    #[arg(long, value_name = "FLEET")]
    pub(crate) fleet: Option<PathBuf>,
    /// The branches and tags that git repositories have: JSON of address → names, or a line for each; revisions of
    /// Applications are looked up in it
    #[arg(long, value_name = "FILE")]
    pub(crate) git_refs: Option<PathBuf>,
    /// Findings that are known, as `--write-baseline` wrote them: counted, and not failing
    #[arg(long, value_name = "FILE")]
    pub(crate) baseline: Option<PathBuf>,
    /// Record today's findings in the file that `--baseline` names
    #[arg(long, requires = "baseline")]
    pub(crate) write_baseline: bool,
    /// Render each deployment with Helm, twice, and check what comes out
    #[arg(long)]
    pub(crate) render: bool,
    /// The chart gen3, a directory; what it depends on may lie beside it
    #[arg(long, value_name = "DIR", requires = "render")]
    pub(crate) chart: Option<PathBuf>,
    /// Helm
    #[arg(
        long,
        value_name = "PROGRAM",
        default_value = "helm",
        requires = "render"
    )]
    pub(crate) helm: PathBuf,
    #[command(flatten)]
    pub(crate) deny: DenyOption,
    /// What to print
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub(crate) format: ReportFormat,
}

/// `csoc explain`.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  csoc explain commons.midrc.environments.prod.hostname
  csoc explain commons.midrc.environments.prod.names.secret.fence-config
  csoc explain 'gitops/midrcprod/data.midrc.org/values/values.yaml#/global/hostname'")]
pub(crate) struct Explain {
    /// A path of the model, or `OUTPUT_FILE#/pointer`
    #[arg(value_name = "PATH")]
    pub(crate) path: String,
    #[command(flatten)]
    pub(crate) fleet: FleetArgument,
    /// Where the fleet is rendered: PATH may then be a file below it
    #[arg(long, value_name = "DIR")]
    pub(crate) out: Option<Utf8PathBuf>,
    #[command(flatten)]
    pub(crate) format: FormatOption,
}

/// `csoc graph`.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  csoc graph --focus commons.midrc.environments.prod --format svg > prod.svg
  csoc graph --focus key:111122223333/us-east-1/gen3/secrets
  csoc graph --stacks --focus v1/111122223333/us-east-1/cluster/cluster/demo
  csoc graph --format json")]
pub(crate) struct Graph {
    #[command(flatten)]
    pub(crate) fleet: FleetArgument,
    /// A node by its id, an environment by its path, or anything by a name that nothing else has
    #[arg(long, value_name = "NODE")]
    pub(crate) focus: Option<String>,
    /// The Terraform stacks and which must be there before which, in place of what they make
    #[arg(long)]
    pub(crate) stacks: bool,
    /// What to print
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub(crate) format: GraphFormat,
}

/// What to print a graph as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum GraphFormat {
    /// For people: what the focus needs and what breaks without it, or how much there is of each kind
    Text,
    /// For programs
    Json,
    /// For GitHub, notebooks and wikis
    Mermaid,
    /// For Graphviz
    Dot,
    /// A picture of a focus, or of a graph of up to 60 nodes
    Svg,
}

/// `csoc schema`.
#[derive(Debug, Args)]
pub(crate) struct Schema {
    /// The kind of object: fleet, account, cluster, commons or environment
    #[arg(value_name = "OBJECT", default_value = "fleet")]
    pub(crate) object: Object,
    #[command(flatten)]
    pub(crate) format: FormatOption,
}

/// `csoc outputs`.
#[derive(Debug, Args)]
pub(crate) struct Outputs {
    #[command(subcommand)]
    pub(crate) command: OutputsCommand,
}

/// A command about outputs.
#[derive(Debug, Subcommand)]
pub(crate) enum OutputsCommand {
    /// List every output by the stack that gives it
    List(OutputsList),
    /// The same for what is not recorded only; fails if anything is not
    Check(OutputsList),
    /// Ask the states of stacks what they gave, and record it
    Pull(Box<Looking>),
    /// Record what a stack gave, so that files which wait for it can be written
    Record(OutputsRecord),
}

/// `csoc outputs record`.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  terraform output -json | csoc outputs record v1/111122223333/us-east-1/dns/environment/demo/dev fleet --from -
  csoc outputs record v1/111122223333/us-east-1/network/cluster/demo fleet \\
    --set vpc_id=vpc-0a1b2c3d --set nat_addresses=203.0.113.4,203.0.113.5 --source 'network team'")]
pub(crate) struct OutputsRecord {
    /// The stack, as `csoc outputs list` and `stacks.json` name it
    #[arg(value_name = "STACK")]
    pub(crate) stack: String,
    #[command(flatten)]
    pub(crate) fleet: FleetArgument,
    /// What `terraform output -json` printed: a file, or `-` for standard input. Takes the place of what is recorded
    #[arg(
        long,
        value_name = "FILE",
        conflicts_with = "set",
        required_unless_present = "set"
    )]
    pub(crate) from: Option<PathBuf>,
    /// One value, `vpc_id=vpc-1` or `database_endpoints.main=HOST`; those of a list with commas between
    #[arg(long, value_name = "OUTPUT=VALUE")]
    pub(crate) set: Vec<String>,
    /// Who or what says so, where no stack of ours gave it; kept in the file with the day
    #[arg(long, value_name = "TEXT")]
    pub(crate) source: Option<String>,
    /// Show the file and write nothing
    #[arg(long)]
    pub(crate) dry_run: bool,
    #[command(flatten)]
    pub(crate) format: FormatOption,
}

/// `csoc outputs list` and `check`.
#[derive(Debug, Args)]
pub(crate) struct OutputsList {
    #[command(flatten)]
    pub(crate) fleet: FleetArgument,
    #[command(flatten)]
    pub(crate) format: FormatOption,
}

/// `csoc report`.
#[derive(Debug, Args)]
pub(crate) struct Report {
    #[command(subcommand)]
    pub(crate) command: ReportCommand,
}

/// A report.
#[derive(Debug, Subcommand)]
pub(crate) enum ReportCommand {
    /// List the controls of NIST SP 800-53 with the findings that speak about each
    Controls(ReportControls),
    /// List the ordered steps from nothing to a running operations center, and from there to a first commons
    Bootstrap(ReportBootstrap),
}

/// `csoc report bootstrap`.
#[derive(Debug, Args)]
pub(crate) struct ReportBootstrap {
    #[command(flatten)]
    pub(crate) fleet: FleetArgument,
    /// The first environment, as COMMONS/NAME; by default that of the lowest tier of the first commons
    #[arg(long, value_name = "ENVIRONMENT")]
    pub(crate) environment: Option<String>,
    /// What to print
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub(crate) format: PageFormat,
}

/// What to print a report for people as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum PageFormat {
    /// For a terminal
    Text,
    /// For programs
    Json,
    /// For a page
    Markdown,
}

/// `csoc report controls`.
#[derive(Debug, Args)]
pub(crate) struct ReportControls {
    /// A fleet directory or its fleet.yaml, whose open findings are counted
    #[arg(value_name = "FLEET")]
    pub(crate) fleet: Option<PathBuf>,
    /// A rendered tree or a GitOps repository, whose open findings are counted
    #[arg(long, value_name = "DIR")]
    pub(crate) tree: Option<Utf8PathBuf>,
    #[command(flatten)]
    pub(crate) format: FormatOption,
}

/// `csoc completions`.
#[derive(Debug, Args)]
pub(crate) struct Completions {
    /// The shell
    #[arg(value_name = "SHELL")]
    pub(crate) shell: Shell,
    #[command(flatten)]
    pub(crate) format: FormatOption,
}

//! The command line of `csoc catalog`.

use std::path::PathBuf;

use camino::Utf8PathBuf;
use clap::{Args, Subcommand, ValueEnum};

use crate::args::{FleetArgument, FormatOption};

/// `csoc catalog`.
#[derive(Debug, Args)]
pub(crate) struct Catalog {
    #[command(subcommand)]
    pub(crate) command: CatalogCommand,
}

/// A command about catalogs.
#[derive(Debug, Subcommand)]
pub(crate) enum CatalogCommand {
    /// List every catalog with its version and its source
    List(CatalogList),
    /// Say what a catalog holds
    Show(CatalogShow),
    /// Make a catalog of a file, put it into the fleet's catalogs/ and pin it in csoc.lock
    Add(CatalogAdd),
    /// Move what csoc.lock pins to what this csoc carries, and pin what the fleet uses; makes csoc.lock where there is none
    Update(CatalogUpdate),
}

/// `csoc catalog list`.
#[derive(Debug, Args)]
pub(crate) struct CatalogList {
    #[command(flatten)]
    pub(crate) fleet: FleetArgument,
    #[command(flatten)]
    pub(crate) format: FormatOption,
}

/// What a catalog is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum CatalogKind {
    /// A Helm chart: FILE is its directory, or what `helm package` or `helm pull` makes
    Chart,
    /// A Terraform provider: FILE is what `terraform providers schema -json` prints
    Provider,
    /// A Terraform module: FILE is a directory that holds it or several
    Module,
    /// A custom resource of Kubernetes: FILE is its definition
    Crd,
    /// The references of a git repository: FILE is what `git ls-remote` prints
    GitRefs,
    /// A platform: FILE lists, in YAML, until when its versions get fixes
    Support,
}

impl CatalogKind {
    /// The word for it.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Chart => "chart",
            Self::Provider => "provider",
            Self::Module => "module",
            Self::Crd => "crd",
            Self::GitRefs => "git-refs",
            Self::Support => "support",
        }
    }
}

/// `csoc catalog show`.
#[derive(Debug, Args)]
#[command(
    disable_version_flag = true,
    after_help = "\
Examples:
  csoc catalog show provider hashicorp/aws
  csoc catalog show provider hashicorp/aws --version 5.100.0 --path resources.aws_sqs_queue"
)]
pub(crate) struct CatalogShow {
    /// What it is about
    #[arg(value_name = "KIND")]
    pub(crate) kind: CatalogKind,
    /// Its name: hashicorp/aws
    #[arg(value_name = "NAME")]
    pub(crate) name: String,
    /// Its version; the newest where it is not said
    #[arg(long, value_name = "VERSION")]
    pub(crate) version: Option<String>,
    /// The part to print, as a dotted path
    #[arg(long, value_name = "PATH")]
    pub(crate) path: Option<String>,
    /// A fleet directory or its fleet.yaml; the nearest one at or above the current directory where it is not said
    #[arg(long, value_name = "FLEET")]
    pub(crate) fleet: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) format: FormatOption,
}

/// `csoc catalog add`.
#[derive(Debug, Args)]
#[command(
    disable_version_flag = true,
    after_help = "\
Examples:
  terraform providers schema -json > aws.json
  csoc catalog add provider aws.json --version 6.26.0
  csoc catalog add chart gen3-helm/helm/gen3 --version 0.0.0+42cc46bc
  csoc catalog add module terraform-modules --name github.com/example/terraform-modules --version 1.4.0
  csoc catalog add crd applications.yaml --version 3.6.0
  csoc catalog add git-refs refs.txt --name github.com/uc-cdis/gen3-helm --version 2026-11-24"
)]
pub(crate) struct CatalogAdd {
    /// What it is about
    #[arg(value_name = "KIND")]
    pub(crate) kind: CatalogKind,
    /// The file, compressed with gzip or not; a directory for charts and modules
    #[arg(value_name = "FILE")]
    pub(crate) file: Utf8PathBuf,
    /// The name, where FILE does not say it or is about several
    #[arg(long, value_name = "NAME")]
    pub(crate) name: Option<String>,
    /// The version, where FILE does not say it
    #[arg(long, value_name = "VERSION")]
    pub(crate) version: Option<String>,
    /// Where the facts come from, for people; the file's name where it is not said
    #[arg(long, value_name = "TEXT")]
    pub(crate) source: Option<String>,
    /// A fleet directory or its fleet.yaml; the nearest one at or above the current directory where it is not said
    #[arg(long, value_name = "FLEET")]
    pub(crate) fleet: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) format: FormatOption,
}

/// `csoc catalog update`.
#[derive(Debug, Args)]
#[command(
    disable_version_flag = true,
    after_help = "\
Examples:
  csoc catalog update
  csoc catalog update provider hashicorp/aws
  csoc catalog update provider hashicorp/google chart gen3

What `csoc catalog add` added moves only where it is named."
)]
pub(crate) struct CatalogUpdate {
    /// Only these: a kind and a name each; all that the fleet uses where nothing is said
    #[arg(value_name = "KIND NAME")]
    pub(crate) names: Vec<String>,
    /// A fleet directory or its fleet.yaml; the nearest one at or above the current directory where it is not said
    #[arg(long, value_name = "FLEET")]
    pub(crate) fleet: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) format: FormatOption,
}

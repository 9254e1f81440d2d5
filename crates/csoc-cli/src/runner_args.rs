//! Arguments that say where Terraform works, and of `csoc runner`.

use std::path::{Path, PathBuf};

use clap::{Args, Subcommand, ValueEnum};
use csoc_operate::{Container, Image, Interrupt, NAMESPACE, Program, ProgramError};

use crate::args::FormatOption;
use crate::operate_args::Place;

use crate::failure::Failure;

/// Where Terraform works.
#[derive(Debug, Args)]
pub(crate) struct RunnerOption {
    /// Where Terraform works: on this machine as it is, or in a container or a Job for each of its steps
    #[arg(
        long,
        value_name = "RUNNER",
        default_value = "local",
        env = "CSOC_RUNNER",
        hide_env_values = true
    )]
    pub(crate) runner: Runner,
    /// The image of containers and Jobs, by digest: `hashicorp/terraform@sha256:…`
    #[arg(
        long,
        value_name = "IMAGE",
        required_if_eq_any([("runner", "docker"), ("runner", "kubernetes")]),
        env = "CSOC_IMAGE",
        hide_env_values = true
    )]
    pub(crate) image: Option<Image>,
    /// Docker, or what is called as it is, by name or path
    #[arg(long, value_name = "PROGRAM", default_value = "docker")]
    pub(crate) docker: PathBuf,
    /// The namespace of Jobs, which `csoc runner manifest` describes
    #[arg(long, value_name = "NAMESPACE", default_value = NAMESPACE, value_parser = namespace)]
    pub(crate) runner_namespace: String,
    /// The context of the cluster of Jobs; the current one, or the cluster that csoc is in, where it is not said
    #[arg(long, value_name = "CONTEXT")]
    pub(crate) runner_context: Option<String>,
    /// The kubeconfig that it is in; `KUBECONFIG` or `~/.kube/config` where it is not said
    #[arg(long, value_name = "FILE")]
    pub(crate) runner_kubeconfig: Option<PathBuf>,
    /// How many seconds a Job may take until it begins: a machine may have to be made for it
    #[arg(long, value_name = "SECONDS", default_value = "900", value_parser = clap::value_parser!(u64).range(1..=86_400))]
    pub(crate) runner_begin: u64,
}

/// `csoc runner`.
#[derive(Debug, Args)]
pub(crate) struct RunnerCommands {
    #[command(subcommand)]
    pub(crate) command: RunnerCommand,
}

/// A command about where stacks are run.
#[derive(Debug, Subcommand)]
pub(crate) enum RunnerCommand {
    /// Print what a cluster must hold so that stacks are run in it: a namespace, service accounts, a role
    Manifest(RunnerManifest),
}

/// `csoc runner manifest`.
#[derive(Debug, Args)]
#[command(after_help = "\
The service accounts of the pods are given the roles of an account where the fleet, or what is selected of it, is in one
account. Of several, take sessions with `--as roles`: a service account has one role.

Examples:
  csoc runner manifest | kubectl apply -f -
  csoc runner manifest --account 111122223333 --namespace runner")]
pub(crate) struct RunnerManifest {
    #[command(flatten)]
    pub(crate) place: Place,
    /// The account whose roles pods have; that of the fleet where it has one
    #[arg(long, value_name = "ACCOUNT", value_parser = account, conflicts_with_all = ["fleet", "rendered"])]
    pub(crate) account: Option<String>,
    /// The namespace
    #[arg(long, value_name = "NAMESPACE", default_value = NAMESPACE, value_parser = namespace)]
    pub(crate) namespace: String,
    #[command(flatten)]
    pub(crate) format: FormatOption,
}

fn namespace(text: &str) -> Result<String, &'static str> {
    let is_plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    let is_name = (1..=63).contains(&text.len())
        && text.bytes().all(is_plain)
        && !text.starts_with('-')
        && !text.ends_with('-');
    if is_name {
        Ok(text.to_owned())
    } else {
        Err("it must be a name of Kubernetes: lower-case letters, digits and dashes, 63 at most")
    }
}

fn account(text: &str) -> Result<String, &'static str> {
    if text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit()) {
        Ok(text.to_owned())
    } else {
        Err("it must be twelve digits")
    }
}

/// Where Terraform works.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Runner {
    /// On this machine, as it is
    Local,
    /// In containers, which see their working copy and nothing else of this machine
    Docker,
    /// In Jobs of a cluster, which see nothing of this machine
    Kubernetes,
}

impl RunnerOption {
    /// The program, wherever it works. `terraform` is the one on this machine; `is_anybody` says that nobody makes
    /// sessions, so that the surroundings must say who it works as.
    pub(crate) fn program(
        &self,
        terraform: &Path,
        is_anybody: bool,
        stop: &Interrupt,
    ) -> Result<Result<Program, ProgramError>, Failure> {
        match (self.runner, &self.image) {
            (Runner::Docker, Some(image)) => {
                if is_anybody && std::env::var_os("AWS_ACCESS_KEY_ID").is_none() {
                    return Err(Failure::unusable(
                        "a container sees no profile and no sign-in of this machine, and so nobody",
                    )
                    .help(
                        "take roles with `--as roles`, or give AWS_ACCESS_KEY_ID and its like in the surroundings"
                            .to_owned(),
                    ));
                }
                let container = Container::new(&self.docker, image.clone());
                Ok(Program::in_container(container, stop))
            }
            (Runner::Kubernetes, Some(image)) => self.in_jobs(image.clone(), stop),
            _ => Ok(Program::find(terraform, stop)),
        }
    }

    #[cfg(feature = "kubernetes")]
    fn in_jobs(
        &self,
        image: Image,
        stop: &Interrupt,
    ) -> Result<Result<Program, ProgramError>, Failure> {
        use csoc_operate::{JobPlace, Jobs};

        use crate::exit::Exit;

        let mut place = JobPlace::new(&*self.runner_namespace);
        place.context.clone_from(&self.runner_context);
        // Whoever comes back to a Job may be elsewhere.
        let kubeconfig = self.runner_kubeconfig.as_deref().map(std::path::absolute);
        place.kubeconfig = kubeconfig.transpose()?;
        place.begin = std::time::Duration::from_secs(self.runner_begin);
        let jobs = Jobs::open(place, image).map_err(|error| {
            Failure::new(Exit::Unusable, &error).help(
                "name its context with `--runner-context`; `aws eks update-kubeconfig` makes one"
                    .to_owned(),
            )
        })?;
        Ok(Program::in_jobs(jobs, stop))
    }

    #[cfg(not(feature = "kubernetes"))]
    fn in_jobs(&self, _: Image, _: &Interrupt) -> Result<Result<Program, ProgramError>, Failure> {
        let _ = (
            &self.runner_namespace,
            &self.runner_context,
            &self.runner_kubeconfig,
            self.runner_begin,
        );
        Err(
            Failure::unusable("this csoc was built without Kubernetes, and makes no Jobs").help(
                "take one that was built with the feature `kubernetes`, as the wheel is".to_owned(),
            ),
        )
    }
}

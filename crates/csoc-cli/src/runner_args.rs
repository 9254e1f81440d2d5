//! Arguments that say where Terraform works.

use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use csoc_operate::{Container, Image, Program, ProgramError};

use crate::failure::Failure;

/// Where Terraform works.
#[derive(Debug, Args)]
pub(crate) struct RunnerOption {
    /// Where Terraform works: on this machine as it is, or in a container for each of its steps
    #[arg(
        long,
        value_name = "RUNNER",
        default_value = "local",
        env = "CSOC_RUNNER",
        hide_env_values = true
    )]
    pub(crate) runner: Runner,
    /// The image of the containers, by digest: `hashicorp/terraform@sha256:…`
    #[arg(
        long,
        value_name = "IMAGE",
        required_if_eq("runner", "docker"),
        env = "CSOC_IMAGE",
        hide_env_values = true
    )]
    pub(crate) image: Option<Image>,
    /// Docker, or what is called as it is, by name or path
    #[arg(long, value_name = "PROGRAM", default_value = "docker")]
    pub(crate) docker: PathBuf,
}

/// Where Terraform works.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Runner {
    /// On this machine, as it is
    Local,
    /// In containers, which see their working copy and nothing else of this machine
    Docker,
}

impl RunnerOption {
    /// The program, wherever it works. `terraform` is the one on this machine; `is_anybody` says that nobody makes
    /// sessions, so that the surroundings must say who it works as.
    pub(crate) fn program(
        &self,
        terraform: &Path,
        is_anybody: bool,
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
                Ok(Program::in_container(container))
            }
            _ => Ok(Program::find(terraform)),
        }
    }
}

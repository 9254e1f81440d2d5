//! Where Terraform works, as Python says it.

use std::path::{Path, PathBuf};

use csoc_operate::{Container, Image, Interrupt, Program, Who, with_causes};
use pyo3::prelude::*;

use super::options::named;
use crate::error::value_error;

/// Where Terraform works: on this machine, or in containers of an image. What was not said is as the surroundings say.
#[derive(Debug, Clone)]
pub(super) struct Works {
    runner: Option<Runner>,
    image: Option<Image>,
    docker: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Runner {
    Local,
    Docker,
}

/// Why there is no program, and how to mend it.
type Refusal = (String, Option<String>);

impl Works {
    /// What was said.
    pub(super) fn new(
        runner: Option<&str>,
        image: Option<&str>,
        docker: Option<PathBuf>,
    ) -> PyResult<Self> {
        Ok(Self {
            runner: runner.map(Runner::read).transpose().map_err(value_error)?,
            image: image.map(str::parse).transpose().map_err(value_error)?,
            docker,
        })
    }

    /// The same, where what was not said is as another run has it.
    pub(super) fn or(mut self, other: &Self) -> Self {
        self.runner = self.runner.or(other.runner);
        self.image = self.image.or_else(|| other.image.clone());
        self.docker = self.docker.or_else(|| other.docker.clone());
        self
    }

    /// The program, wherever it works; `terraform` is the one on this machine.
    pub(super) fn program(&self, terraform: &Path, who: Who) -> Result<Program, Refusal> {
        let runner = match (self.runner, text("CSOC_RUNNER")) {
            (Some(runner), _) => runner,
            (None, Some(word)) => {
                Runner::read(&word).map_err(|error| (format!("`CSOC_RUNNER`: {error}"), None))?
            }
            (None, None) => Runner::Local,
        };
        if runner == Runner::Local {
            let help = "name Terraform or OpenTofu with `terraform=`, or put it on the PATH";
            return Program::find(terraform, &Interrupt::default())
                .map_err(|error| (with_causes(&error), Some(help.to_owned())));
        }
        let image = match (&self.image, text("CSOC_IMAGE")) {
            (Some(image), _) => image.clone(),
            (None, Some(image)) => image
                .parse()
                .map_err(|error| (format!("`CSOC_IMAGE`: {error}"), None))?,
            (None, None) => {
                let help = "name it by digest: `image=\"hashicorp/terraform@sha256:…\"`";
                let message = "nothing says which image the containers are of";
                return Err((message.to_owned(), Some(help.to_owned())));
            }
        };
        if who == Who::Surroundings && named("AWS_ACCESS_KEY_ID").is_none() {
            let help = "take roles with `as_=\"roles\"`, or give AWS_ACCESS_KEY_ID and its like in the surroundings";
            let message =
                "a container sees no profile and no sign-in of this machine, and so nobody";
            return Err((message.to_owned(), Some(help.to_owned())));
        }
        let docker = self.docker.as_deref().unwrap_or(Path::new("docker"));
        Program::in_container(Container::new(docker, image), &Interrupt::default()).map_err(|error| {
            let help = "name Docker with `docker=`; the image is one whose entry point is Terraform or OpenTofu";
            (with_causes(&error), Some(help.to_owned()))
        })
    }
}

impl Runner {
    fn read(word: &str) -> Result<Self, String> {
        match word {
            "local" => Ok(Self::Local),
            "docker" => Ok(Self::Docker),
            _ => Err(format!("`{word}` must be `local` or `docker`")),
        }
    }
}

/// What a variable of the surroundings says.
fn text(variable: &str) -> Option<String> {
    named(variable)?.into_os_string().into_string().ok()
}

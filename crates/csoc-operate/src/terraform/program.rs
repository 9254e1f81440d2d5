//! Which program runs: Terraform or OpenTofu, where it is, which version it has.

use std::fmt;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde::{Deserialize, Serialize};

use super::interrupt::{Interrupt, Until};
use super::logged::{Log, run};
use super::process::{Finished, ProcessError, run_whole};
use super::workspace::Workspace;
use crate::event::Event;
use crate::run::Renewal;
use crate::runner::Container;
#[cfg(feature = "kubernetes")]
use crate::runner::{Call, Jobs, Within};
#[cfg(feature = "kubernetes")]
use crate::stack::StackId;

/// A Terraform or an OpenTofu that answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Program {
    path: PathBuf,
    version: Version,
    place: Place,
}

/// Where a program works.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Place {
    /// On this machine, as it is.
    Here,
    /// In a container for each step.
    Container(Container),
    /// In a Job for each step that takes a while.
    #[cfg(feature = "kubernetes")]
    Jobs(Jobs),
}

/// What a program is, and which version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Version {
    /// Terraform or OpenTofu.
    pub flavor: Flavor,
    /// As it says it itself: `1.11.4`.
    pub number: Box<str>,
}

/// Terraform or OpenTofu.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Flavor {
    /// Terraform.
    Terraform,
    /// OpenTofu.
    Tofu,
}

/// Why a program cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ProgramError {
    /// It cannot be run.
    #[error(transparent)]
    Process(#[from] ProcessError),
    /// It does not answer as Terraform does.
    #[error("`{program} version -json` does not answer as Terraform and OpenTofu do")]
    Foreign {
        /// The program.
        program: String,
    },
}

/// What of its own surroundings a program does not see: settings that would change what it does.
const HIDDEN: [&str; 9] = [
    "TF_CLI_ARGS",
    "TF_DATA_DIR",
    "TF_INPUT",
    "TF_LOG",
    "TF_LOG_CORE",
    "TF_LOG_PATH",
    "TF_LOG_PROVIDER",
    "TF_VAR",
    "TF_WORKSPACE",
];

/// The one variable of roots that comes from the surroundings.
const EXTERNAL_ID: &str = "TF_VAR_external_id";

impl Program {
    /// The program of that name or path, if it is Terraform or OpenTofu. Its answer is waited for until `interrupt` asks
    /// to stop.
    pub fn find(path: &Path, interrupt: &Interrupt) -> Result<Self, ProgramError> {
        // A name is looked for on the PATH; a path is of here, and not of where the program will work.
        let path = match path.components().count() {
            1 => path.to_owned(),
            _ => std::path::absolute(path).unwrap_or_else(|_| path.to_owned()),
        };
        let mut command = Command::new(&path);
        command.args(VERSION);
        let name = path.file_stem().map(std::ffi::OsStr::to_string_lossy);
        let flavor = flavor(&name.unwrap_or_default());
        Ok(Self {
            version: ask(command, flavor, &path.display().to_string(), interrupt)?,
            path,
            place: Place::Here,
        })
    }

    /// The program of an image, if it is Terraform or OpenTofu: each of its steps is a container of its own.
    pub fn in_container(container: Container, interrupt: &Interrupt) -> Result<Self, ProgramError> {
        let flavor = flavor(container.name());
        let image = container.image().as_str();
        let version = ask(container.bare(&VERSION), flavor, image, interrupt)?;
        Ok(Self {
            path: PathBuf::from(container.image().as_str()),
            version,
            place: Place::Container(container),
        })
    }

    /// The program of an image, if it is Terraform or OpenTofu: each of its steps is a Job of a cluster.
    #[cfg(feature = "kubernetes")]
    pub fn in_jobs(jobs: Jobs, interrupt: &Interrupt) -> Result<Self, ProgramError> {
        let image = jobs.image().clone();
        let flavor = flavor(image.name());
        let text = jobs.bare(flavor.command(), &VERSION, interrupt)?;
        Ok(Self {
            version: answered(&text, flavor, image.as_str())?,
            path: PathBuf::from(image.as_str()),
            place: Place::Jobs(jobs),
        })
    }

    /// What it is, and which version.
    pub fn version(&self) -> &Version {
        &self.version
    }

    /// Whether it works on this machine, as it is.
    pub(crate) const fn is_here(&self) -> bool {
        matches!(self.place, Place::Here)
    }

    /// Whether it can ask us for more while it works: where it works on this machine, as we do.
    pub(crate) const fn renewal(&self) -> Renewal {
        match self.place {
            Place::Here => Renewal::WhileItWorks,
            Place::Container(_) => Renewal::Never,
            #[cfg(feature = "kubernetes")]
            Place::Jobs(_) => Renewal::Never,
        }
    }

    /// Runs it in a directory; each line that it prints is an event. It writes into a log, and outlives who reads that.
    pub(crate) fn run(
        &self,
        workspace: &Workspace,
        arguments: &[&str],
        variables: &[(&str, Option<&str>)],
        log: &Log<'_>,
        interrupt: &Interrupt,
        event: &mut (dyn FnMut(Event) + Send),
    ) -> Result<Finished, ProcessError> {
        #[cfg(feature = "kubernetes")]
        if let Place::Jobs(jobs) = &self.place {
            let call = self.call(workspace, arguments, variables);
            return jobs.run(&call, log, interrupt, &mut |line| event(Event::read(line)));
        }
        let directory = workspace.directory();
        self.is_alone(directory, interrupt)?;
        let mut command = self.command(directory, arguments, variables)?;
        run(&mut command, log, interrupt, &mut |line| {
            event(Event::read(line));
        })
    }

    /// Runs it in a directory, and gives what it prints, which is one document.
    pub(crate) fn read(
        &self,
        workspace: &Workspace,
        arguments: &[&str],
        variables: &[(&str, Option<&str>)],
        interrupt: &Interrupt,
    ) -> Result<(Finished, String), ProcessError> {
        #[cfg(feature = "kubernetes")]
        if let Place::Jobs(jobs) = &self.place {
            return jobs.read(&self.call(workspace, arguments, variables), interrupt);
        }
        let mut command = self.command(workspace.directory(), arguments, variables)?;
        let mut text = String::new();
        let finished = run_whole(&mut command, interrupt, Until::Detached, &mut text)?;
        Ok((finished, text))
    }

    /// What is asked of a Job.
    #[cfg(feature = "kubernetes")]
    fn call<'c>(
        &'c self,
        workspace: &'c Workspace,
        arguments: &'c [&'c str],
        variables: &'c [(&'c str, Option<&'c str>)],
    ) -> Call<'c> {
        Call {
            program: self.version.flavor.command(),
            workspace,
            arguments,
            variables,
        }
    }

    /// Says that somebody works on a stack until what is given back goes; nothing where nothing of it would be left.
    #[cfg(feature = "kubernetes")]
    pub(crate) fn enter(&self, stack: &StackId) -> Option<Within> {
        match &self.place {
            Place::Jobs(jobs) => Some(jobs.enter(stack.as_str())),
            _ => None,
        }
    }

    fn command(
        &self,
        directory: &Path,
        arguments: &[&str],
        variables: &[(&str, Option<&str>)],
    ) -> Result<Command, ProcessError> {
        let mut command = if let Place::Container(container) = &self.place {
            container.command(directory, arguments, variables)?
        } else {
            let mut command = Command::new(&self.path);
            command.args(arguments).current_dir(directory);
            command
        };
        surround(&mut command);
        give(&mut command, variables);
        Ok(command)
    }

    /// Makes sure that nothing works in a working copy: a container outlives whoever made it, and holds no lock of ours.
    pub(crate) fn is_alone(
        &self,
        directory: &Path,
        interrupt: &Interrupt,
    ) -> Result<(), ProcessError> {
        let Place::Container(container) = &self.place else {
            return Ok(());
        };
        let mut text = String::new();
        let mut command = container.still(directory)?;
        surround(&mut command);
        let finished = run_whole(&mut command, interrupt, Until::Stopped, &mut text)?;
        match text.split_whitespace().next() {
            Some(other) if finished.status.success() => Err(ProcessError::Occupied {
                container: other.chars().take(12).collect(),
            }),
            _ if finished.status.success() => Ok(()),
            _ => Err(ProcessError::Unasked),
        }
    }
}

/// How a program is asked what it is.
const VERSION: [&str; 2] = ["version", "-json"];

/// Asks a program which version it is.
fn ask(
    mut command: Command,
    flavor: Flavor,
    program: &str,
    interrupt: &Interrupt,
) -> Result<Version, ProgramError> {
    let mut text = String::new();
    surround(&mut command);
    let finished = run_whole(&mut command, interrupt, Until::Stopped, &mut text)?;
    if !finished.status.success() {
        text.clear();
    }
    answered(&text, flavor, program)
}

/// Which version a program says that it is.
fn answered(text: &str, flavor: Flavor, program: &str) -> Result<Version, ProgramError> {
    match serde_json::from_str::<Answer>(text).ok() {
        Some(answer) => Ok(Version {
            flavor,
            number: answer.terraform_version,
        }),
        None => Err(ProgramError::Foreign {
            program: program.to_owned(),
        }),
    }
}

/// Sets variables for a program, and takes away others.
fn give(command: &mut Command, variables: &[(&str, Option<&str>)]) {
    for (name, value) in variables {
        match value {
            Some(value) => command.env(name, value),
            None => command.env_remove(name),
        };
    }
}

/// Gives a program what it may see.
fn surround(command: &mut Command) {
    for (name, _) in std::env::vars_os() {
        let hidden = name.to_str().is_none_or(|name| {
            let longer = |hidden: &str| {
                name.strip_prefix(hidden)
                    .is_some_and(|rest| rest.is_empty() || rest.starts_with('_'))
            };
            HIDDEN.into_iter().any(longer)
        });
        if hidden {
            command.env_remove(name);
        }
    }
    // What the hub presents to roles of other accounts is in no file: roots that make such roles are given it.
    for name in ["CSOC_EXTERNAL_ID", EXTERNAL_ID] {
        if let Some(value) = std::env::var_os(name) {
            command.env(EXTERNAL_ID, value);
        }
    }
    command.envs([
        ("TF_IN_AUTOMATION", "1"),
        ("CHECKPOINT_DISABLE", "1"),
        ("TF_INPUT", "0"),
    ]);
}

#[derive(Deserialize)]
struct Answer {
    terraform_version: Box<str>,
}

/// Both answer alike: what tells them apart is the name.
fn flavor(name: &str) -> Flavor {
    if name.to_ascii_lowercase().contains("tofu") {
        Flavor::Tofu
    } else {
        Flavor::Terraform
    }
}

#[cfg(feature = "kubernetes")]
impl Flavor {
    /// The name of the program.
    const fn command(self) -> &'static str {
        match self {
            Self::Terraform => "terraform",
            Self::Tofu => "tofu",
        }
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = match self.flavor {
            Flavor::Terraform => "Terraform",
            Flavor::Tofu => "OpenTofu",
        };
        write!(f, "{name} {}", self.number)
    }
}

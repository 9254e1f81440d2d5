//! A container for each step of each stack, made by `docker run`, or by what is called as that is.
//!
//! It sees its working copy, the plan that it applies, and the variables that name its session; of this machine
//! nothing else, and no directory with credentials. Values of variables are in no argument: `docker` takes them from its
//! own surroundings. Paths are the same inside and outside, so that what the program says of them is true here.

use std::collections::BTreeSet;
use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::process::Command;

use super::image::Image;

/// The label by which a container says which working copy it works in.
const LABEL: &str = "org.gen3.csoc.directory";

/// Variables of our surroundings that a container may see: who we are by keys or a token, and how the cloud is reached.
const SEEN: [&str; 16] = [
    "AWS_ACCESS_KEY_ID",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
    "AWS_REGION",
    "AWS_DEFAULT_REGION",
    "AWS_ENDPOINT_URL",
    "AWS_USE_FIPS_ENDPOINT",
    "AWS_MAX_ATTEMPTS",
    "AWS_EC2_METADATA_DISABLED",
    "HTTP_PROXY",
    "HTTPS_PROXY",
    "NO_PROXY",
    "TF_IN_AUTOMATION",
    "TF_INPUT",
    "CHECKPOINT_DISABLE",
    "TF_REGISTRY_CLIENT_TIMEOUT",
];

/// Where the external id of an account is said.
const OUTSIDE: [&str; 2] = ["CSOC_EXTERNAL_ID", "TF_VAR_external_id"];

/// Variables that name something on this machine which a container may look at, or fill.
const PLACES: [(&str, Access); 2] = [
    ("TF_PLUGIN_CACHE_DIR", Access::Writes),
    ("TF_CLI_CONFIG_FILE", Access::Reads),
];

/// What a container may do with a place of this machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Access {
    Reads,
    Writes,
}

/// Containers of an image.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Container {
    docker: PathBuf,
    image: Image,
}

/// Why nothing is run in a container.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ContainerError {
    /// A path cannot be given to it.
    #[error(
        "`{0}` cannot be seen in a container: its name holds a comma or a quote, or is no text"
    )]
    Path(PathBuf),
}

impl Container {
    /// Containers of an image, made by `docker` or by what is called as that is: a name, or a path.
    pub fn new(docker: &Path, image: Image) -> Self {
        // A name is looked for on the PATH; a path is of here, and not of where the program will work.
        let docker = match docker.components().count() {
            1 => docker.to_owned(),
            _ => std::path::absolute(docker).unwrap_or_else(|_| docker.to_owned()),
        };
        Self { docker, image }
    }

    /// The image.
    pub const fn image(&self) -> &Image {
        &self.image
    }

    /// The name of what is in it.
    pub(crate) fn name(&self) -> &str {
        self.image.name()
    }

    /// Asks which version is in it: nothing of this machine is seen.
    pub(crate) fn bare(&self, arguments: &[&str]) -> Command {
        let mut command = self.begin();
        command.arg(self.image.as_str()).args(arguments);
        command
    }

    /// Runs the program in a working copy. `variables` are those of its session, and are set in the command's own
    /// surroundings by whoever starts it.
    pub(crate) fn command(
        &self,
        directory: &Path,
        arguments: &[&str],
        variables: &[(&str, Option<&str>)],
    ) -> Result<Command, ContainerError> {
        let mut command = self.begin();
        command.arg("--label").arg(label(directory)?);
        command.arg("--workdir").arg(directory);
        mount(&mut command, directory, Access::Writes)?;
        for plan in arguments
            .iter()
            .map(Path::new)
            .filter(|it| it.is_absolute())
        {
            mount(&mut command, plan, Access::Reads)?;
        }
        let mut names: BTreeSet<&str> = SEEN.into_iter().collect();
        for (name, access) in PLACES {
            if let Some(place) = std::env::var_os(name).filter(|place| !place.is_empty()) {
                mount(&mut command, Path::new(&place), access)?;
                names.insert(name);
            }
        }
        for (name, value) in variables {
            match value {
                Some(_) => names.insert(name),
                None => names.remove(name),
            };
        }
        // What `access` is given, which is in no file: put into the surroundings of the command from either of these.
        if OUTSIDE.iter().any(|name| std::env::var_os(name).is_some()) {
            command.args(["--env", "TF_VAR_external_id"]);
        }
        for name in names {
            // By name alone, and only what is there: the value is in the surroundings of the command.
            let is_set = variables
                .iter()
                .any(|(set, value)| *set == name && value.is_some());
            if is_set || OURS.contains(&name) || std::env::var_os(name).is_some() {
                command.args(["--env", name]);
            }
        }
        command
            .arg(self.image.as_str())
            .args(arguments)
            .current_dir(directory);
        Ok(command)
    }

    /// Asks for the containers that still work in a working copy: one may have outlived who made it.
    pub(crate) fn still(&self, directory: &Path) -> Result<Command, ContainerError> {
        let mut filter = OsString::from("label=");
        filter.push(label(directory)?);
        let mut command = Command::new(&self.docker);
        command
            .args(["ps", "--quiet", "--no-trunc", "--filter"])
            .arg(filter);
        Ok(command)
    }

    fn begin(&self) -> Command {
        let mut command = Command::new(&self.docker);
        command.args([
            "run",
            "--rm",
            "--read-only",
            "--tmpfs",
            "/tmp",
            "--cap-drop",
            "ALL",
            "--security-opt",
            "no-new-privileges",
            // Whoever stops it by hand asks, as we do.
            "--stop-signal",
            "SIGINT",
            "--env",
            "HOME=/tmp",
        ]);
        // What it writes into the working copy is ours.
        #[cfg(unix)]
        command.arg("--user").arg(format!(
            "{}:{}",
            rustix::process::getuid().as_raw(),
            rustix::process::getgid().as_raw()
        ));
        command
    }
}

/// Variables that are set for every program.
const OURS: [&str; 3] = ["TF_IN_AUTOMATION", "TF_INPUT", "CHECKPOINT_DISABLE"];

fn label(directory: &Path) -> Result<OsString, ContainerError> {
    let mut label = OsString::from(LABEL);
    label.push("=");
    label.push(plain(directory)?);
    Ok(label)
}

/// Lets a container see a place of this machine, at the same path.
fn mount(command: &mut Command, place: &Path, access: Access) -> Result<(), ContainerError> {
    let place = plain(place)?;
    let mut mount = OsString::from("type=bind,source=");
    mount.push(place);
    mount.push(",target=");
    mount.push(place);
    if access == Access::Reads {
        mount.push(",readonly");
    }
    command.arg("--mount").arg(mount);
    Ok(())
}

/// A path that an option of `docker` can hold.
fn plain(path: &Path) -> Result<&OsStr, ContainerError> {
    let is_plain = path
        .to_str()
        .is_some_and(|text| !text.contains(|char: char| ",\"\n".contains(char)));
    if is_plain {
        Ok(path.as_os_str())
    } else {
        Err(ContainerError::Path(path.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::{Container, ContainerError};

    fn container() -> Container {
        let image = format!("hashicorp/terraform@sha256:{}", "0".repeat(64));
        Container::new(Path::new("docker"), image.parse().expect("it is one"))
    }

    fn arguments(command: &std::process::Command) -> Vec<String> {
        let arguments = command.get_args();
        arguments
            .map(|it| it.to_string_lossy().into_owned())
            .collect()
    }

    #[test]
    fn a_container_sees_its_working_copy_its_plan_and_its_session_by_name() {
        let variables = [
            ("AWS_SECRET_ACCESS_KEY", Some("planted")),
            ("AWS_REGION", None),
        ];
        let plan = ["apply", "-input=false", "/home/bundles/b/plan.tfplan"];
        let command = container().command(Path::new("/home/work/a"), &plan, &variables);
        let command = command.expect("it can be run");
        let said = arguments(&command);
        let text = said.join(" ");
        for part in [
            "run --rm --read-only --tmpfs /tmp --cap-drop ALL",
            "--workdir /home/work/a",
            "--mount type=bind,source=/home/work/a,target=/home/work/a --mount",
            "--mount type=bind,source=/home/bundles/b/plan.tfplan,target=/home/bundles/b/plan.tfplan,readonly",
            "--env AWS_SECRET_ACCESS_KEY",
            "--env TF_IN_AUTOMATION",
        ] {
            assert!(text.contains(part), "{part}\n{text}");
        }
        assert!(
            text.ends_with("apply -input=false /home/bundles/b/plan.tfplan"),
            "{text}"
        );
        assert!(
            !text.contains("planted") && !text.contains("AWS_REGION"),
            "{text}"
        );
        assert!(
            !text.contains(".aws") && !text.contains("AWS_PROFILE"),
            "{text}"
        );
    }

    #[test]
    fn a_path_that_would_be_another_option_is_refused() {
        let path = Path::new("/home/a,readonly=false");
        let refused = container().command(path, &["plan"], &[]);
        assert_eq!(refused.err(), Some(ContainerError::Path(path.to_owned())));
        assert!(container().still(path).is_err());
        let still = container()
            .still(Path::new("/home/a"))
            .expect("it can be asked");
        assert!(arguments(&still).contains(&"label=org.gen3.csoc.directory=/home/a".to_owned()));
    }
}

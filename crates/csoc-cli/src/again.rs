//! The arguments of a command that goes on where another ended: what was said of it is said again.

use std::path::Path;

use clap::ValueEnum;
use csoc_operate::NAMESPACE;

use crate::operate_args::{Over, Place, Running, Who};
use crate::runner_args::{Runner, RunnerOption};

impl Place {
    /// The same fleet or tree and the same home: ` --home DIR`.
    pub(crate) fn again(&self) -> String {
        let mut again = Again::default();
        if let Some(fleet) = &self.fleet.fleet {
            again.word(&fleet.to_string_lossy());
        }
        for (option, path) in [("--rendered", &self.rendered), ("--home", &self.home)] {
            if let Some(path) = path {
                again.path(option, path);
            }
        }
        again.0
    }
}

impl Over {
    /// The same fleet or tree, by the same program and as the same person.
    pub(crate) fn again(&self) -> String {
        self.place.again() + &self.together.running.again()
    }
}

impl Running {
    /// The same program, wherever it works, as the same person: what is neither usual nor said by the surroundings.
    pub(crate) fn again(&self) -> String {
        let mut again = Again::default();
        if self.terraform != Path::new("terraform") {
            again.path("--terraform", &self.terraform);
        }
        if self.r#as != Who::Surroundings {
            again.chosen("--as", &self.r#as);
        }
        self.runner.repeat(&mut again);
        again.0
    }
}

impl RunnerOption {
    fn repeat(&self, again: &mut Again) {
        if self.runner == Runner::Local {
            return;
        }
        again.chosen("--runner", &self.runner);
        if let Some(image) = &self.image {
            again.option("--image", image.as_str());
        }
        if self.runner == Runner::Docker {
            if self.docker != Path::new("docker") {
                again.path("--docker", &self.docker);
            }
            return;
        }
        if self.runner_namespace != NAMESPACE {
            again.option("--runner-namespace", &self.runner_namespace);
        }
        if let Some(context) = &self.runner_context {
            again.option("--runner-context", context);
        }
        if let Some(kubeconfig) = &self.runner_kubeconfig {
            again.path("--runner-kubeconfig", kubeconfig);
        }
    }
}

/// Words of a command, each behind a space.
#[derive(Default)]
struct Again(String);

impl Again {
    fn word(&mut self, word: &str) {
        self.0.push(' ');
        self.0.push_str(&quoted(word));
    }

    fn path(&mut self, option: &str, path: &Path) {
        self.option(option, &path.to_string_lossy());
    }

    fn chosen(&mut self, option: &str, choice: &impl ValueEnum) {
        if let Some(choice) = choice.to_possible_value() {
            self.option(option, choice.get_name());
        }
    }

    /// An option, unless the surroundings say the same, as they will again.
    fn option(&mut self, option: &str, value: &str) {
        let said = variable(option).and_then(std::env::var_os);
        if said.is_some_and(|said| said == value) {
            return;
        }
        self.word(option);
        self.word(value);
    }
}

/// The variable by which the surroundings say an option, where there is one.
fn variable(option: &str) -> Option<&'static str> {
    match option {
        "--terraform" => Some("CSOC_TERRAFORM"),
        "--as" => Some("CSOC_AS"),
        "--runner" => Some("CSOC_RUNNER"),
        "--image" => Some("CSOC_IMAGE"),
        "--home" => Some("CSOC_HOME"),
        _ => None,
    }
}

/// A word as a shell takes it.
pub(crate) fn quoted(text: &str) -> String {
    let is_plain = |character: char| {
        character.is_ascii_alphanumeric()
            || matches!(character, '/' | '.' | '_' | '-' | '+' | ':' | '@')
    };
    if !text.is_empty() && text.chars().all(is_plain) {
        return text.to_owned();
    }
    format!("'{}'", text.replace('\'', r"'\''"))
}

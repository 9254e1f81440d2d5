//! How a run is asked for from Python, and the workshop that comes of it.

use std::ffi::CString;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};

use camino::Utf8PathBuf;
use csoc_core::{BackendName, Context, RenderOptions, Report, TextStyle, Tidy};
use csoc_operate::{
    Home, Interrupt, LOCK_TIMEOUT, Limits, OnFailure, OwnDirectory, RunId, Selection, Stacks, Who,
    Workshop, with_causes,
};
use pyo3::exceptions::PyRuntimeWarning;
use pyo3::prelude::*;

use super::works::Works;
use crate::call;
use crate::error::{self, value_error};
use crate::fleet::PyFleet;

/// One text, or several.
#[derive(FromPyObject)]
pub(crate) enum Several {
    One(String),
    All(Vec<String>),
}

/// One selection, or several of which any is enough.
pub(crate) type Select = Several;

impl Several {
    /// The texts that were said.
    pub(crate) fn texts(said: Option<Self>) -> Vec<String> {
        match said {
            None => Vec::new(),
            Some(Self::One(text)) => vec![text],
            Some(Self::All(texts)) => texts,
        }
    }

    /// The selections that were said.
    pub(crate) fn read(said: Option<Self>) -> PyResult<Vec<Selection>> {
        let texts = Self::texts(said);
        let selections: Result<_, _> = texts.iter().map(|text| text.parse()).collect();
        selections.map_err(value_error)
    }
}

/// Where runs keep what they need, and which tree they are of.
#[derive(Debug, Clone, Default)]
pub(crate) struct Place {
    pub(crate) home: Option<PathBuf>,
    pub(crate) rendered: Option<PathBuf>,
}

/// What the methods that begin runs take, as it was said.
#[derive(Default)]
pub(crate) struct Keywords {
    pub(crate) select: Option<Select>,
    pub(crate) as_: Option<String>,
    pub(crate) parallel: Option<NonZeroUsize>,
    pub(crate) per_account: Option<NonZeroUsize>,
    pub(crate) lock_timeout: Option<u32>,
    pub(crate) fail_fast: bool,
    pub(crate) terraform: Option<PathBuf>,
    pub(crate) runner: Option<String>,
    pub(crate) image: Option<String>,
    pub(crate) docker: Option<PathBuf>,
    pub(crate) home: Option<PathBuf>,
}

/// How a run is asked for.
#[derive(Debug, Clone)]
pub(crate) struct Options {
    pub(crate) select: Vec<Selection>,
    pub(crate) place: Place,
    who: Option<Who>,
    terraform: Option<PathBuf>,
    works: Works,
    limits: Limits,
    on_failure: OnFailure,
    lock_timeout: u32,
}

/// Why there is no run, or why it came to nothing.
#[derive(Debug)]
pub(crate) enum Refused {
    /// The fleet has errors.
    Findings(Report),
    /// It cannot be rendered.
    Render(csoc_core::RenderError),
    /// This, and how to mend it.
    Said(String, Option<String>),
}

impl From<String> for Refused {
    fn from(message: String) -> Self {
        Self::Said(message, None)
    }
}

impl Refused {
    /// What is raised, with every finding where there are some.
    pub(crate) fn raised(&self, py: Python<'_>) -> PyErr {
        match self {
            Self::Findings(report) => {
                let errors = report.summary().errors;
                let plural = if errors == 1 { "" } else { "s" };
                let message = format!("nothing is run: {errors} error{plural}");
                error::with_report(py, message, report.clone())
            }
            Self::Render(failed) => error::from_render(py, failed),
            Self::Said(message, help) => error::operate(py, message.clone(), help.clone()),
        }
    }
}

const TOTAL: usize = 8;
const PER_ACCOUNT: usize = 4;

impl Options {
    /// Those of a call; what it does not say is as the surroundings say, and else as the command has it.
    pub(crate) fn new(said: Keywords) -> PyResult<Self> {
        let or = |number: Option<NonZeroUsize>, usual: usize| {
            number
                .or(NonZeroUsize::new(usual))
                .unwrap_or(NonZeroUsize::MIN)
        };
        let who = said.as_.map(|who| who.parse());
        Ok(Self {
            select: Select::read(said.select)?,
            place: Place {
                home: said.home,
                rendered: None,
            },
            who: who.transpose().map_err(value_error)?,
            terraform: said.terraform,
            works: Works::new(said.runner.as_deref(), said.image.as_deref(), said.docker)?,
            limits: Limits {
                total: or(said.parallel, TOTAL),
                per_account: or(said.per_account, PER_ACCOUNT),
            },
            on_failure: if said.fail_fast {
                OnFailure::Stop
            } else {
                OnFailure::Continue
            },
            lock_timeout: said.lock_timeout.unwrap_or(LOCK_TIMEOUT),
        })
    }

    /// The same of a rendered tree, where one is named.
    pub(crate) fn of_tree(mut self, rendered: Option<PathBuf>) -> Self {
        self.place.rendered = rendered;
        self
    }

    /// The same, where what was not said is as another run has it.
    pub(crate) fn or(mut self, other: &Self) -> Self {
        self.place.home = self.place.home.or_else(|| other.place.home.clone());
        self.place.rendered = self.place.rendered.or_else(|| other.place.rendered.clone());
        self.terraform = self.terraform.or_else(|| other.terraform.clone());
        self.works = self.works.or(&other.works);
        self.who = self.who.or(other.who);
        self
    }

    /// Everything that a run needs: the fleet is rendered, unless a tree was named.
    pub(crate) fn open(&self, py: Python<'_>, fleet: &PyFleet) -> PyResult<Workshop> {
        let opened = call::long(py, call::context(None, None)?, |context| {
            self.workshop(fleet, context, Interrupt::default())
        })?;
        opened.map_err(|refused| refused.raised(py))
    }

    /// The same for a run that is asked to stop by this.
    pub(crate) fn workshop(
        &self,
        fleet: &PyFleet,
        context: &Context,
        interrupt: Interrupt,
    ) -> Result<Workshop, Refused> {
        let say = |help: Option<&str>| {
            let help = help.map(ToOwned::to_owned);
            move |message: String| Refused::Said(message, help)
        };
        let terraform = self.terraform.clone().or_else(|| named("CSOC_TERRAFORM"));
        let terraform = terraform.unwrap_or_else(|| "terraform".into());
        let who = self.who()?;
        let program = self
            .works
            .program(&terraform, who)
            .map_err(|(message, help)| Refused::Said(message, help))?;
        let home = self
            .place
            .home(fleet.directory())
            .map_err(|(message, help)| Refused::Said(message, help))?;
        let tree = self.tree(fleet, context)?;
        let stacks = Stacks::load(&tree)
            .map_err(|error| with_causes(&error))
            .map_err(say(None))?;
        let run = RunId::now();
        let sessions = who
            .sessions(run.as_str(), &interrupt)
            .map_err(|error| Refused::Said(error.to_string(), error.help().map(Into::into)))?;
        Ok(Workshop {
            stacks,
            program,
            home,
            interrupt,
            sessions,
            run,
            limits: self.limits,
            on_failure: self.on_failure,
            lock_timeout: self.lock_timeout,
        })
    }

    pub(super) fn who(&self) -> Result<Who, Refused> {
        let said = match self.who {
            Some(who) => return Ok(who),
            None => std::env::var("CSOC_AS").unwrap_or_default(),
        };
        if said.is_empty() {
            return Ok(Who::default());
        }
        let who = said.parse();
        who.map_err(|error: csoc_operate::WhoError| {
            Refused::Said(format!("`CSOC_AS`: {error}"), None)
        })
    }

    /// The tree that was named, or the Terraform of the fleet, rendered to where only runs look.
    pub(super) fn tree(&self, fleet: &PyFleet, context: &Context) -> Result<PathBuf, Refused> {
        if let Some(tree) = &self.place.rendered {
            return Ok(tree.clone());
        }
        let directory = match (fleet.directory(), &self.place.home) {
            (Some(directory), _) => OwnDirectory::of(directory)
                .map_err(|error| Refused::Said(error.to_string(), None))?
                .tree(),
            (None, Some(home)) => home.join("tree"),
            (None, None) => {
                let (message, help) = nowhere();
                return Err(Refused::Said(message, help));
            }
        };
        let out = Utf8PathBuf::from_path_buf(directory.clone()).map_err(|path| {
            Refused::Said(format!("`{}` is no text in UTF-8", path.display()), None)
        })?;
        let mut options = RenderOptions::into_directory(out);
        options.compile.backends.insert(BackendName::Terraform);
        options.tidy = Tidy::WholeBackends;
        let rendering = fleet.0.render(&options, context).map_err(Refused::Render)?;
        if !rendering.written {
            return Err(Refused::Findings(rendering.report));
        }
        if rendering.report.has_failures() {
            let warned = Python::attach(|py| warn(py, &rendering.report));
            // Where warnings are errors, this one is.
            warned.map_err(|_| Refused::Findings(rendering.report))?;
        }
        if rendering.kept.is_empty() {
            return Ok(directory);
        }
        Err(Refused::Said(
            format!("`{}` was changed by somebody", directory.display()),
            Some("take that directory away: it is csoc's own".to_owned()),
        ))
    }
}

impl Place {
    /// Where runs of a fleet or of a tree keep what they need.
    pub(crate) fn home(&self, fleet: Option<&Path>) -> Result<Home, (String, Option<String>)> {
        let path = match (&self.home, &self.rendered, fleet) {
            (Some(home), _, _) => home.clone(),
            (None, rendered, fleet) => match (named("CSOC_HOME"), rendered.as_deref().or(fleet)) {
                (Some(home), _) => home,
                (None, Some(directory)) => OwnDirectory::of(directory)
                    .map_err(|error| (error.to_string(), None))?
                    .runs(),
                (None, None) => return Err(nowhere()),
            },
        };
        Home::open(&path).map_err(|error| (with_causes(&error), None))
    }
}

/// What is wrong with part of the fleet keeps nobody from the rest, and is said.
fn warn(py: Python<'_>, report: &Report) -> PyResult<()> {
    let failures = Report::new(report.failures().cloned().collect());
    let text = failures.to_text(TextStyle::plain());
    let message = format!("part of the fleet is wrong, and its stacks stay as they are:\n{text}");
    let message = CString::new(message).map_err(value_error)?;
    PyErr::warn(py, py.get_type::<PyRuntimeWarning>().as_any(), &message, 1)
}

fn nowhere() -> (String, Option<String>) {
    (
        "this fleet was not loaded from a directory, so that nothing says where its runs are kept"
            .to_owned(),
        Some("say `home=`, or load it with `Fleet.load`".to_owned()),
    )
}

/// What a variable of the surroundings names.
pub(super) fn named(variable: &str) -> Option<PathBuf> {
    let value = std::env::var_os(variable)?;
    (!value.is_empty()).then(|| value.into())
}

//! What `plan`, `apply`, `show` and `runs` share: the tree, the program, and where runs keep what they need.

use std::collections::BTreeSet;
use std::ops::Deref;
use std::path::{Path, PathBuf};

use camino::Utf8PathBuf;
use csoc_core::{BackendName, Diagnostic, Fleet, RenderOptions, Report, Tidy};
use csoc_operate::{
    Applied, Ending, Home, Interrupt, OnFailure, Operator, OwnDirectory, Program, RunId, Selection,
    Sessions, Stack, StackError, Stacks,
};
use jiff::Timestamp;

use crate::exit::Exit;
use crate::failure::Failure;
use crate::operate_args::{Place, Running, Together, Who};
use crate::runner_args::Runner;
use crate::session::Session;
use crate::terminal::interrupt;

/// Everything that a run needs, which Ctrl-C stops.
pub(crate) struct Workshop(csoc_operate::Workshop);

impl Deref for Workshop {
    type Target = csoc_operate::Workshop;

    fn deref(&self) -> &Self::Target {
        &self.0
    }
}

impl Workshop {
    /// Renders the fleet, or takes a tree as it is, and finds the program.
    pub(crate) fn open(
        place: &Place,
        together: &Together,
        session: &Session,
    ) -> Result<Self, Failure> {
        Self::with(place, &together.running, together.on_failure(), session)
    }

    /// The same for a command in which no stack keeps another from being run.
    pub(crate) fn of_one(
        place: &Place,
        running: &Running,
        session: &Session,
    ) -> Result<Self, Failure> {
        Self::with(place, running, OnFailure::default(), session)
    }

    fn with(
        place: &Place,
        running: &Running,
        on_failure: OnFailure,
        session: &Session,
    ) -> Result<Self, Failure> {
        let stop = Interrupt::default();
        interrupt::stops(&stop);
        let program = program(running, &stop)?;
        let home = home(place)?;
        let stacks = stacks(place, session)?;
        let run = RunId::new(Timestamp::now());
        session.ended.run(run.as_str());
        Ok(Self(csoc_operate::Workshop {
            stacks,
            program,
            home,
            sessions: sessions(running.r#as, run.as_str(), &stop)?,
            interrupt: stop,
            run,
            limits: running.limits(),
            on_failure,
            lock_timeout: running.lock_timeout,
        }))
    }

    /// Who runs the stacks.
    pub(crate) fn operator(&self) -> Result<Operator<'_>, Failure> {
        let operator = self.0.operator();
        operator.map_err(|error| Failure::new(Exit::Unusable, &error))
    }

    /// The command that comes back to what it leaves to itself.
    pub(crate) fn attach(&self, place: &Place) -> String {
        format!("csoc runs attach {}{}", self.run.as_str(), place.again())
    }

    /// The stacks that any of the selections means; all where there is none.
    pub(crate) fn select(&self, selections: &[Selection]) -> Result<Vec<&Stack>, Failure> {
        let stacks = self.0.select(selections)?;
        let leaving = self.0.select_to_destroy(selections)?.len();
        if stacks.is_empty() && leaving > 0 {
            return Err(Failure::unusable(
                "the stacks that are selected are not rendered any more",
            )
            .help("`csoc destroy` takes away what is left of them".to_owned()));
        }
        Self::some(stacks)
    }

    /// The same with those that are not rendered any more.
    pub(crate) fn select_to_destroy(
        &self,
        selections: &[Selection],
    ) -> Result<Vec<&Stack>, Failure> {
        Self::some(self.0.select_to_destroy(selections)?)
    }

    fn some(stacks: Vec<&Stack>) -> Result<Vec<&Stack>, Failure> {
        if stacks.is_empty() {
            return Err(Failure::unusable("no stack is selected").help(
                "`csoc graph --stacks` lists them; fields are account, region, layer, cluster, commons, environment, tier, object, status and id".to_owned(),
            ));
        }
        Ok(stacks)
    }

    /// What is said where what was done cannot be printed.
    pub(crate) fn unprinted(&self, failure: Failure, place: &Place, session: &Session) -> Failure {
        let shows = format!("`{}` says how it ended", self.shows(place));
        if failure.exit == Exit::Pipe {
            session.say(&format!("nobody reads what is printed; {shows}\n"));
            return failure;
        }
        failure.help(format!("what was asked for was done all the same; {shows}"))
    }

    /// How applying ended; what was begun and is not done names the command that says how to go on.
    pub(crate) fn exit_of_what_was_done(
        &self,
        endings: &[(&Stack, Ending<Applied, StackError>)],
        place: &Place,
        session: &Session,
    ) -> Exit {
        let exit = self.exit_of_applied(endings);
        if matches!(exit, Exit::Partial | Exit::Interrupted) {
            session.say(&format!(
                "next: `{}` says what is left, and how to go on\n",
                self.shows(place)
            ));
        }
        exit
    }

    /// The command that says what this run did.
    fn shows(&self, place: &Place) -> String {
        format!("csoc runs show {}{}", self.run.as_str(), place.again())
    }

    /// How applying ended: wrong where nothing was begun, since it is what was asked for that is wrong. A plan that was named
    /// and not applied is no success, whatever kept it.
    fn exit_of_applied(&self, endings: &[(&Stack, Ending<Applied, StackError>)]) -> Exit {
        let is_begun = |(_, ending): &(_, Ending<Applied, StackError>)| {
            !matches!(
                ending,
                Ending::Needs(_)
                    | Ending::Stopped
                    | Ending::Failed(
                        StackError::Blocked(_)
                            | StackError::Refused(_)
                            | StackError::Dangerous(_)
                            | StackError::Kept(_)
                    )
            )
        };
        let is_done =
            |(_, ending): &(_, Ending<Applied, StackError>)| matches!(ending, Ending::Done(_));
        if self.interrupt.is_stopped() {
            Exit::Interrupted
        } else if endings.iter().all(is_done) {
            Exit::Done
        } else if endings.iter().any(is_begun) {
            Exit::Partial
        } else {
            Exit::Wrong
        }
    }

    /// How a run ended, as scripts see it.
    pub(crate) fn exit<T>(&self, endings: &[(&Stack, Ending<T, StackError>)]) -> Exit {
        let is_bad = |ending: &Ending<T, StackError>| match ending {
            // It was not tried: what it needs is not recorded yet.
            Ending::Failed(StackError::Blocked(_)) | Ending::Done(_) => false,
            _ => true,
        };
        if self.interrupt.is_stopped() {
            Exit::Interrupted
        } else if endings.iter().any(|(_, ending)| is_bad(ending)) {
            Exit::Partial
        } else {
            Exit::Done
        }
    }
}

/// Terraform or OpenTofu, whose answer is waited for until somebody asks to stop.
pub(crate) fn program(running: &Running, stop: &Interrupt) -> Result<Program, Failure> {
    let is_anybody = running.r#as == Who::Surroundings;
    let found = running
        .runner
        .program(&running.terraform, is_anybody, stop)?;
    found.map_err(|error| {
        if stop.is_stopped() {
            return Failure::silent(Exit::Interrupted);
        }
        let help = match running.runner.runner {
            Runner::Local => {
                "name Terraform or OpenTofu with `--terraform PROGRAM`, or put it on the PATH"
            }
            Runner::Docker => {
                "name Docker with `--docker PROGRAM`; the image is one whose entry point is Terraform or OpenTofu"
            }
            Runner::Kubernetes => {
                "the image is one in which `terraform` or `tofu` is, with `cat`, `kill`, `sleep` and `test`; `csoc runner manifest` prints what the cluster must hold"
            }
        };
        Failure::new(Exit::Unusable, &error).help(help.to_owned())
    })
}

/// The stacks of a fleet, rendered now, or of a tree as it is.
pub(crate) fn stacks(place: &Place, session: &Session) -> Result<Stacks, Failure> {
    Stacks::load(&tree(place, session)?).map_err(|error| Failure::new(Exit::Unusable, &error))
}

/// A fleet, rendered now, or a tree as it is.
pub(crate) fn tree(place: &Place, session: &Session) -> Result<PathBuf, Failure> {
    match &place.rendered {
        Some(tree) => Ok(tree.clone()),
        None => render(place, BTreeSet::new(), session),
    }
}

/// As whom stacks are run.
pub(crate) fn sessions(
    who: Who,
    run: &str,
    stop: &Interrupt,
) -> Result<Box<dyn Sessions + Send>, Failure> {
    let who = match who {
        Who::Surroundings => csoc_operate::Who::Surroundings,
        Who::Roles => csoc_operate::Who::Roles,
    };
    who.sessions(run, stop).map_err(|error| {
        if stop.is_stopped() {
            return Failure::silent(Exit::Interrupted);
        }
        Failure::unusable(error.to_string()).help(error.help().map(ToOwned::to_owned))
    })
}

/// Whoever the surroundings say, who takes roles.
#[cfg(feature = "aws")]
pub(crate) fn roles(run: &str, stop: &Interrupt) -> Result<csoc_operate::AssumedRoles, Failure> {
    let external_id = std::env::var("CSOC_EXTERNAL_ID").ok();
    let external_id = external_id.as_deref();
    csoc_operate::AssumedRoles::new(run, external_id, stop.clone()).map_err(|error| {
        if stop.is_stopped() {
            return Failure::silent(Exit::Interrupted);
        }
        Failure::new(Exit::Unusable, &error).help(error.help().map(ToOwned::to_owned))
    })
}

/// Roles are not taken by this csoc.
#[cfg(not(feature = "aws"))]
pub(crate) fn roles(_run: &str, _stop: &Interrupt) -> Result<csoc_operate::Ambient, Failure> {
    Err(
        Failure::unusable("this csoc was built without AWS, and takes no roles")
            .help("take one that was built with the feature `aws`, as the wheel is".to_owned()),
    )
}

/// Where runs keep what they need.
pub(crate) fn home(place: &Place) -> Result<Home, Failure> {
    let path = match &place.home {
        Some(home) => home.clone(),
        None => OwnDirectory::of(&whose(place)?)?.runs(),
    };
    Home::open(&path).map_err(|error| Failure::new(Exit::Unusable, &error))
}

/// The same for those who only look: nothing is made, and a directory that was named must be there.
pub(crate) fn past_home(place: &Place) -> Result<Home, Failure> {
    let path = match &place.home {
        Some(home) if !home.is_dir() => {
            let home = home.display();
            return Err(
                Failure::unusable(format!("there is no directory of runs `{home}`")).help(
                    "name the one that was named when stacks were planned: `--home`, or `CSOC_HOME`"
                        .to_owned(),
                ),
            );
        }
        Some(home) => home.clone(),
        None => OwnDirectory::at(&whose(place)?).runs(),
    };
    Home::at(&path).map_err(|error| Failure::new(Exit::Unusable, &error))
}

/// The tree or the fleet that runs are of.
fn whose(place: &Place) -> Result<PathBuf, Failure> {
    match &place.rendered {
        Some(tree) => Ok(tree.clone()),
        None => fleet_directory(place),
    }
}

/// The directory of the fleet.
pub(crate) fn fleet_directory(place: &Place) -> Result<PathBuf, Failure> {
    let path = Session::fleet_path(&place.fleet)?;
    if path.is_dir() {
        return Ok(path);
    }
    let parent = path
        .parent()
        .filter(|parent| !parent.as_os_str().is_empty());
    Ok(parent.unwrap_or(Path::new(".")).to_owned())
}

/// Lets the roots of stacks go that were not rendered any more and are destroyed, where only runs look.
pub(crate) fn let_go(place: &Place, stacks: &[&Stack], session: &Session) -> Result<(), Failure> {
    let roots = stacks.iter();
    let roots = roots.map(|stack| Utf8PathBuf::from(format!("terraform/{}", stack.path)));
    render(place, roots.collect(), session).map(|_| ())
}

/// Renders the Terraform of a fleet to where only runs look, without the roots that are let go.
fn render(
    place: &Place,
    let_go: BTreeSet<Utf8PathBuf>,
    session: &Session,
) -> Result<PathBuf, Failure> {
    let fleet: Fleet = session.fleet(&place.fleet)?;
    let directory = OwnDirectory::of(&fleet_directory(place)?)?.tree();
    let out = Utf8PathBuf::from_path_buf(directory.clone())
        .map_err(|path| Failure::unusable(format!("`{}` is no text in UTF-8", path.display())))?;
    let mut options = RenderOptions::into_directory(out);
    options.compile.backends.insert(BackendName::Terraform);
    options.tidy = Tidy::WholeBackends;
    options.force = let_go;
    let rendering = fleet.render(&options, &session.context)?;
    let said: Vec<Diagnostic> = rendering
        .report
        .failures()
        .chain(
            rendering
                .report
                .diagnostics()
                .iter()
                .filter(|found| found.code.as_str() == "stack-leaving"),
        )
        .cloned()
        .collect();
    if !said.is_empty() {
        let said = if rendering.written {
            Report::new(said)
        } else {
            rendering.report.clone()
        };
        session.part_is_wrong(&said);
    }
    if !rendering.written {
        session.say("nothing was planned or applied\n");
        return Err(Failure::silent(Exit::Wrong));
    }
    if let Some(kept) = rendering.kept.first() {
        let message = format!("`{}` was changed by somebody", directory.display());
        return Err(Failure {
            exit: Exit::Wrong,
            message: Some(message),
            help: Some(format!(
                "take that directory away: it is csoc's own ({kept:?})"
            )),
        });
    }
    Ok(directory)
}

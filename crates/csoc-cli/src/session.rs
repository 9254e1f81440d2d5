//! What all commands share: the streams, colour, the context of calls and the fleet.

use std::io::{self, IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use clap::builder::styling::AnsiColor;
use csoc_core::model::version::Date;
use csoc_core::{Context, Fleet, FleetError, LockMode, Report};
use serde::Serialize;

use crate::args::{Common, FleetArgument, When};
use crate::date;
use crate::ended::Ended;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::report;
use crate::terminal::{Terminal, interrupt, plain};

/// One run of the command.
pub(crate) struct Session {
    /// What calls of the core are made in.
    pub(crate) context: Context,
    terminal: Arc<Terminal>,
    color: When,
    day: Date,
    /// What became of the stacks of a run.
    pub(crate) ended: Ended,
    /// Whether part of the fleet is wrong, which kept nothing of the rest.
    is_part_wrong: AtomicBool,
}

impl Session {
    pub(crate) fn new(common: &Common) -> Self {
        interrupt::listen();
        let terminal = Arc::new(Terminal::new());
        let day = common.as_of.clone().unwrap_or_else(date::today);
        let mut context = Context::default()
            .as_of(day.clone())
            .watch(terminal.clone());
        if let Some(threads) = common.threads {
            context = context.threads(threads);
        }
        if common.locked {
            context = context.lock(LockMode::Required);
        }
        Self {
            context,
            terminal,
            color: common.color,
            day,
            ended: Ended::default(),
            is_part_wrong: AtomicBool::new(false),
        }
    }

    /// The day that it is, or that `--as-of` says.
    pub(crate) fn day(&self) -> &str {
        self.day.as_str()
    }

    /// Loads the fleet that was named, or the nearest one.
    pub(crate) fn fleet(&self, argument: &FleetArgument) -> Result<Fleet, Failure> {
        let path = Self::fleet_path(argument)?;
        match Fleet::load(path, &self.context) {
            Ok(fleet) => {
                if fleet.load_report().has_failures() {
                    self.say(&format!(
                        "{} parts of the fleet are left out, since they have errors: see `csoc check`\n",
                        label("warning:", Level::Warning, self.colors_err())
                    ));
                }
                self.locked(&fleet)?;
                Ok(fleet)
            }
            Err(FleetError::Invalid(report)) => {
                self.say(&report.to_text(report::style(self.colors_err())));
                Err(Failure::silent(Exit::Wrong))
            }
            Err(error) => Err(error.into()),
        }
    }

    /// Whether `--locked` was given.
    pub(crate) fn is_locked(&self) -> bool {
        self.context.lock == LockMode::Required
    }

    /// With `--locked`, gives up on a fleet whose lock is missing or does not pin what the fleet uses.
    fn locked(&self, fleet: &Fleet) -> Result<(), Failure> {
        if !self.is_locked() {
            return Ok(());
        }
        let report = fleet.lock_report(self.context.lock);
        if !report.has_failures() {
            return Ok(());
        }
        self.say(&report.to_text(report::style(self.colors_err())));
        Err(Failure::silent(Exit::Wrong))
    }

    /// The directory of the fleet that was named, or of the nearest one.
    pub(crate) fn fleet_path(argument: &FleetArgument) -> Result<PathBuf, Failure> {
        if let Some(path) = &argument.fleet {
            return Ok(path.clone());
        }
        let here = std::env::current_dir()?;
        let found = Fleet::find(&here).ok_or_else(|| {
            Failure::unusable("there is no `fleet.yaml` here or in a directory above")
                .help("name the fleet directory, or make one with `csoc init DIR`".to_owned())
        })?;
        // The shortest name for it, since messages show it.
        Ok(if found == here {
            Path::new(".").to_owned()
        } else {
            found
        })
    }

    /// Whether what goes to standard output is coloured.
    pub(crate) fn colors_out(&self) -> bool {
        self.colors(io::stdout().is_terminal())
    }

    /// Whether what goes to standard error is coloured.
    pub(crate) fn colors_err(&self) -> bool {
        self.colors(io::stderr().is_terminal())
    }

    fn colors(&self, is_terminal: bool) -> bool {
        let unwanted = || std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
        match self.color {
            When::Always => true,
            When::Never => false,
            When::Auto => is_terminal && !unwanted(),
        }
    }

    /// Prints data.
    pub(crate) fn print(&self, text: &str) -> Result<(), Failure> {
        self.finish();
        let mut out = io::stdout().lock();
        let written = out.write_all(text.as_bytes()).and_then(|()| out.flush());
        written.map_err(|error| Failure::unwritten(&error))
    }

    /// Prints data as JSON.
    pub(crate) fn print_json(&self, value: &impl Serialize) -> Result<(), Failure> {
        let mut text = serde_json::to_string_pretty(value)
            .map_err(|error| Failure::unusable(error.to_string()))?;
        text.push('\n');
        self.print(&text)
    }

    /// Prints data as one line of JSON.
    pub(crate) fn print_line(&self, value: &impl Serialize) -> Result<(), Failure> {
        let mut text =
            serde_json::to_string(value).map_err(|error| Failure::unusable(error.to_string()))?;
        text.push('\n');
        self.print(&text)
    }

    /// Says what is wrong with part of a fleet whose rest goes on: what is done then is not all that was asked for.
    pub(crate) fn part_is_wrong(&self, said: &Report) {
        if said.has_failures() {
            self.is_part_wrong.store(true, Ordering::Relaxed);
        }
        self.say(&said.to_text(report::style(self.colors_err())));
    }

    /// How the command ended: no success where an error was said on the way.
    pub(crate) fn outcome(&self, result: Result<Exit, Failure>) -> Result<Exit, Failure> {
        match result {
            Ok(Exit::Done | Exit::Different) if self.is_part_wrong.load(Ordering::Relaxed) => {
                Ok(Exit::Wrong)
            }
            result => result,
        }
    }

    /// Prints the last line of a run, or says why it cannot. Nobody reading it changes nothing of how the run ended.
    pub(crate) fn end(
        &self,
        of: &'static str,
        result: Result<Exit, Failure>,
    ) -> Result<Exit, Failure> {
        let line = self.ended.line(of, &result);
        let printed = line.map_or(Ok(()), |line| self.print(&line));
        match (printed, result) {
            (Err(failure), Ok(Exit::Done | Exit::Different)) if failure.exit != Exit::Pipe => {
                Err(failure)
            }
            (_, result) => result,
        }
    }

    /// Says something beside the data. Nobody reading it is no reason to stop.
    pub(crate) fn say(&self, text: &str) {
        self.finish();
        let mut err = io::stderr().lock();
        let _ = err.write_all(text.as_bytes());
        let _ = err.flush();
    }

    /// Says why a command gave up.
    pub(crate) fn explain(&self, failure: &Failure) {
        let color = self.colors_err();
        if let Some(message) = &failure.message {
            self.say(&format!(
                "{} {}\n",
                label("error:", Level::Error, color),
                lines(message)
            ));
        }
        if let Some(help) = &failure.help {
            let label = label("help:", Level::Help, color);
            self.say(&format!("{label} {}\n", lines(help)));
        }
    }

    /// Takes progress off the screen.
    pub(crate) fn finish(&self) {
        self.terminal.finish();
    }
}

/// Text that may have several lines, none of which moves a terminal.
fn lines(text: &str) -> String {
    let lines: Vec<_> = text.lines().map(plain).collect();
    lines.join("\n")
}

/// What a word stands before.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Level {
    Error,
    Warning,
    Help,
}

/// A word that stands out.
pub(crate) fn label(word: &str, level: Level, color: bool) -> String {
    let style = match level {
        Level::Error => AnsiColor::Red.on_default().bold(),
        Level::Warning => AnsiColor::Yellow.on_default().bold(),
        Level::Help => AnsiColor::Cyan.on_default().bold(),
    };
    if color {
        format!("{style}{word}{style:#}")
    } else {
        word.to_owned()
    }
}

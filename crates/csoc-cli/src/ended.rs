//! How a run ended, for programs: the last line of `--format json`, whatever became of it.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use csoc_operate::{Ending, StackError, StackId};
use serde::Serialize;

use crate::args::{Command, Format, OutputsCommand};
use crate::exit::Exit;
use crate::failure::Failure;

/// What is known of the stacks of a run, until it ends. What is said of a stack last counts.
#[derive(Default)]
pub(crate) struct Ended(Mutex<State>);

#[derive(Default)]
struct State {
    run: Option<Box<str>>,
    stacks: BTreeMap<StackId, End>,
}

/// What became of a stack.
#[derive(Debug, Clone, Serialize)]
struct End {
    outcome: Box<str>,
    remark: Box<str>,
    /// The outputs or the stacks that it waits for.
    waits_for: Vec<Box<str>>,
}

/// The last line.
#[derive(Serialize)]
struct Line<'l> {
    kind: &'static str,
    /// Of which command.
    of: &'static str,
    run: Option<&'l str>,
    exit: u8,
    /// How many stacks came out how.
    totals: BTreeMap<&'l str, usize>,
    stacks: Vec<OfStack<'l>>,
    /// Those that wait for something.
    waits: Vec<Waits<'l>>,
    /// Why the command gave up, where it did.
    error: Option<&'l str>,
    help: Option<&'l str>,
}

#[derive(Serialize)]
struct OfStack<'l> {
    stack: &'l StackId,
    outcome: &'l str,
    remark: &'l str,
}

#[derive(Serialize)]
struct Waits<'l> {
    stack: &'l StackId,
    r#for: &'l [Box<str>],
}

impl Ended {
    /// The name of the run, as the journal has it.
    pub(crate) fn run(&self, run: &str) {
        self.state().run = Some(run.into());
    }

    /// What became of a stack.
    pub(crate) fn stack(&self, stack: &StackId, outcome: &str, remark: &str, waits_for: &[&str]) {
        let end = End {
            outcome: outcome.into(),
            remark: remark.into(),
            waits_for: waits_for.iter().map(|one| (*one).into()).collect(),
        };
        self.state().stacks.insert(stack.clone(), end);
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The last line of a command; nothing where it is none.
    pub(crate) fn line(&self, of: &'static str, result: &Result<Exit, Failure>) -> Option<String> {
        let state = self.state();
        let mut totals = BTreeMap::new();
        for one in state.stacks.values() {
            *totals.entry(&*one.outcome).or_default() += 1;
        }
        let failure = result.as_ref().err();
        let exit = failure.map_or_else(|| result.as_ref().ok().copied(), |it| Some(it.exit));
        let line = Line {
            kind: "end",
            of,
            run: state.run.as_deref(),
            exit: exit.unwrap_or(Exit::Unusable).code(),
            totals,
            stacks: state
                .stacks
                .iter()
                .map(|(stack, one)| OfStack {
                    stack,
                    outcome: &one.outcome,
                    remark: &one.remark,
                })
                .collect(),
            waits: state
                .stacks
                .iter()
                .filter(|(_, one)| !one.waits_for.is_empty())
                .map(|(stack, one)| Waits {
                    stack,
                    r#for: &one.waits_for,
                })
                .collect(),
            error: failure.and_then(|it| it.message.as_deref()),
            help: failure.and_then(|it| it.help.as_deref()),
        };
        let mut text = serde_json::to_string(&line).ok()?;
        text.push('\n');
        Some(text)
    }
}

/// What a stack waits for that was not run.
pub(crate) fn waits_for<T>(ending: &Ending<T, StackError>) -> Vec<&str> {
    match ending {
        Ending::Needs(id) => vec![id.as_str()],
        Ending::Failed(StackError::Blocked(needs)) => needs.iter().map(|need| &**need).collect(),
        _ => Vec::new(),
    }
}

/// The name of a command over stacks that tells programs how it goes.
pub(crate) fn tells(command: &Command) -> Option<&'static str> {
    let (name, format) = match command {
        Command::Plan(arguments) => ("plan", arguments.over.format.format),
        Command::Apply(arguments) => ("apply", arguments.over.format.format),
        Command::Destroy(arguments) => ("destroy", arguments.over.format.format),
        Command::Drift(arguments) => ("drift", arguments.over.format.format),
        Command::Outputs(arguments) => match &arguments.command {
            OutputsCommand::Pull(arguments) => ("outputs pull", arguments.format.format),
            _ => return None,
        },
        _ => return None,
    };
    (format == Format::Json).then_some(name)
}

//! Coming back to a Terraform that was left to itself: what it says is followed, and its end recorded.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::Path;
use std::time::Duration;

use jiff::Timestamp;

use super::error::{StackError, Step};
use super::home::Home;
use crate::event::{Event, Totals};
use crate::journal::{Journal, OpenApply, Outcome, Phase, Record};
use crate::stack::StackId;
use crate::terraform::Lines;

/// How often the log is looked at, and whether it still runs.
const GLANCE: Duration = Duration::from_millis(100);

/// How an apply ended that nobody waited for, as its log says it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Attached {
    /// How: done only where Terraform said so as its last word, since nobody saw its exit status.
    pub outcome: Outcome,
    /// As Terraform counted it.
    pub totals: Totals,
}

/// Follows an apply that did not come to its end, until it does, and records that; none where `is_stopped` said so before.
///
/// What was said before is said again. It needs nothing but the home in which the apply was begun: no session, no program.
pub fn attach(
    home: &Home,
    stack: &StackId,
    open: &OpenApply,
    actor: &str,
    clock: &dyn Fn() -> Timestamp,
    is_stopped: &dyn Fn() -> bool,
    event: &mut dyn FnMut(Event),
) -> Result<Option<Attached>, StackError> {
    let path = home.logs().join(stack.as_str()).join(Step::Apply.log());
    let error = |source| StackError::Home(home.error(source));
    let mut told = Told::default();
    let mut log = Followed::default();
    let held = loop {
        if is_stopped() {
            return Ok(None);
        }
        // Asked before the log is read: what holds the stack may write until it lets go.
        let held = home.hold(stack)?;
        log.read(&path, &mut |said| told.take(said, event))
            .map_err(error)?;
        match held {
            Some(held) => break held,
            None => std::thread::sleep(GLANCE),
        }
    };
    log.finish(&mut |said| told.take(said, event));
    let mut journal = Journal::open(&home.journal())?;
    // Another process may have come to the stack in between, and recorded that nobody saw the end.
    if journal.open_apply(stack)?.as_ref() == Some(open) {
        journal.append(Record {
            at: clock(),
            run: open.run.clone(),
            actor: actor.into(),
            stack: stack.clone(),
            phase: Phase::ApplyEnded {
                bundle: open.bundle,
                outcome: told.outcome(),
            },
        })?;
    }
    drop(held);
    Ok(Some(Attached {
        outcome: told.outcome(),
        totals: told.totals.unwrap_or_default(),
    }))
}

/// What an apply that nobody saw the end of may have left, as its log says it. The log is of the last apply of a stack.
pub fn unfinished(home: &Home, stack: &StackId) -> Result<Unfinished, StackError> {
    let path = home.logs().join(stack.as_str()).join(Step::Apply.log());
    let mut unfinished = Unfinished::default();
    let mut hear = |event| match event {
        Event::Started(change) => unfinished.begun.push(change.address),
        Event::Completed(change) => {
            unfinished.begun.retain(|begun| *begun != change.address);
            unfinished.done.push(change.address);
        }
        _ => {}
    };
    let mut log = Followed::default();
    log.read(&path, &mut hear)
        .map_err(|source| StackError::Home(home.error(source)))?;
    log.finish(&mut hear);
    Ok(unfinished)
}

/// What an apply that nobody saw the end of may have left.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Unfinished {
    /// Resources on which work began and did not end, or failed.
    pub begun: Vec<Box<str>>,
    /// Resources on which it ended.
    pub done: Vec<Box<str>>,
}

/// What a program said so far of how it goes.
#[derive(Default)]
struct Told {
    failed: bool,
    totals: Option<Totals>,
}

impl Told {
    fn take(&mut self, said: Event, event: &mut dyn FnMut(Event)) {
        match &said {
            Event::Diagnostic(diagnostic) if &*diagnostic.severity == "error" => self.failed = true,
            Event::Failed(_) => self.failed = true,
            Event::Summary(totals) => self.totals = Some(*totals),
            _ => {}
        }
        event(said);
    }

    const fn outcome(&self) -> Outcome {
        match (self.failed, self.totals) {
            (true, _) => Outcome::Failed,
            (false, Some(_)) => Outcome::Done,
            (false, None) => Outcome::Interrupted,
        }
    }
}

/// A log that grows while it is read.
#[derive(Default)]
struct Followed {
    file: Option<File>,
    lines: Lines,
}

impl Followed {
    /// Hands over what was written since; nothing of a log that is not there yet.
    fn read(&mut self, path: &Path, event: &mut dyn FnMut(Event)) -> io::Result<()> {
        if self.file.is_none() {
            self.file = match fs::File::open(path) {
                Ok(file) => Some(file),
                Err(error) if error.kind() == io::ErrorKind::NotFound => None,
                Err(error) => return Err(error),
            };
        }
        let Some(file) = &mut self.file else {
            return Ok(());
        };
        let mut buffer = vec![0; 64 * 1024];
        loop {
            let count = match file.read(&mut buffer) {
                Ok(0) => return Ok(()),
                Ok(count) => count,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(error),
            };
            let bytes = buffer.get(..count).unwrap_or_default();
            self.lines.take(bytes, &mut |line| event(Event::read(line)));
        }
    }

    fn finish(self, event: &mut dyn FnMut(Event)) {
        self.lines.finish(&mut |line| event(Event::read(line)));
    }
}

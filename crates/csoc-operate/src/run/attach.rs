//! Coming back to a Terraform that was left to itself: what it says is followed, and its end recorded.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::Path;
use std::thread::JoinHandle;
use std::time::Duration;

use jiff::Timestamp;

use super::error::StackError;
use super::home::Home;
use super::session::Variables;
use crate::beside::{Backend, Head, LedgerError, Places};
use crate::bundle::Bundle;
use crate::event::{Event, Totals};
use crate::journal::{Journal, OpenApply, Outcome, Phase, Record};
#[cfg(not(feature = "kubernetes"))]
use crate::runner::Left;
#[cfg(feature = "kubernetes")]
use crate::runner::mirror;
use crate::stack::StackId;
use crate::terraform::{Interrupt, Lines, ProcessError, Workspace};

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
    let path = home.log_of_apply(stack);
    let error = |source| StackError::Home(home.error(source));
    let interrupt = Interrupt::default();
    let mirror = mirror_left(home, stack, &interrupt)?;
    let mut told = Told::default();
    let mut log = Followed::default();
    let held = loop {
        if is_stopped() {
            interrupt.detach();
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
    if let Some(mirror) = mirror {
        let end = mirror.join().unwrap_or(Ok(false));
        if !end.map_err(StackError::Process)? {
            // Nobody knows yet how it ends.
            return Ok(None);
        }
    }
    let mut journal = Journal::open(&home.journal())?;
    // Another process may have come to the stack in between, and recorded that nobody saw the end.
    if journal.open_apply(stack)?.as_ref() == Some(open) {
        let record = Record {
            at: clock(),
            run: open.run.clone(),
            actor: actor.into(),
            stack: stack.clone(),
            phase: Phase::ApplyEnded {
                bundle: open.bundle,
                outcome: told.outcome(),
            },
        };
        let line = journal.append(record.clone())?;
        let end = Head::new(line, record, home);
        if let Err(error) = tell_others(home, open, &end) {
            let message = format!(
                "how it ended is not recorded beside the state: {error}; the next run of the stack from here does that"
            );
            event(Event::Note {
                message: message.into(),
            });
        }
    }
    if let Err(error) = Bundle::spend(&home.bundles(), open.bundle) {
        let message = format!("its plan, which is secret, cannot be taken away: {error}");
        event(Event::Note {
            message: message.into(),
        });
    }
    drop(held);
    Ok(Some(Attached {
        outcome: told.outcome(),
        totals: told.totals.unwrap_or_default(),
    }))
}

/// Copies what a Job says that was left to itself into the log, and holds its stack until its end; none where there is no
/// such Job, or somebody else is at it.
fn mirror_left(
    home: &Home,
    stack: &StackId,
    interrupt: &Interrupt,
) -> Result<Option<JoinHandle<Result<bool, ProcessError>>>, StackError> {
    let Some(left) = home.left(stack)? else {
        return Ok(None);
    };
    let Some(held) = home.hold(stack)? else {
        return Ok(None);
    };
    let log = home.log_of_apply(stack);
    let directory = Workspace::place(&home.workspaces(), stack);
    let interrupt = interrupt.clone();
    Ok(Some(std::thread::spawn(move || {
        let _held = held;
        mirror(&left, &log, &directory, &interrupt)
    })))
}

/// Nothing is known of clusters here.
#[cfg(not(feature = "kubernetes"))]
fn mirror(left: &Left, _: &Path, _: &Path, _: &Interrupt) -> Result<bool, ProcessError> {
    let job = left.job.clone();
    Err(ProcessError::NoClusters { job })
}

/// Puts an end beside the state, where the beginning is what lies there: reached as whoever the surroundings say we are.
fn tell_others(home: &Home, open: &OpenApply, end: &Head) -> Result<(), LedgerError> {
    let copy = Workspace::place(&home.workspaces(), &end.record.stack);
    let backend = Backend::read(&copy)?;
    let Ok(ledger) = Places::default().beside(&backend, &Variables::default())? else {
        return Ok(());
    };
    match ledger.head()? {
        // Where another machine comes in between, it is what was done last.
        Some((head, version)) if head.entry == open.line => {
            ledger.advance(Some(&version), end).map(|_| ())
        }
        _ => Ok(()),
    }
}

/// What an apply that nobody saw the end of may have left, as its log says it. The log is of the last apply of a stack.
pub fn unfinished(home: &Home, stack: &StackId) -> Result<Unfinished, StackError> {
    let path = home.log_of_apply(stack);
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

#[cfg(test)]
mod tests {
    use super::{Home, Journal, Outcome, Phase, Record, StackId, attach, unfinished};
    use crate::digest::Digest;

    const STARTED: &str = r#"{"@level": "info", "@message": "x", "type": "apply_start", "hook": {"resource": {"addr": "terraform_data.a"}, "action": "create"}}"#;
    const COMPLETED: &str = r#"{"@level": "info", "@message": "x", "type": "apply_complete", "hook": {"resource": {"addr": "terraform_data.a"}, "action": "create", "elapsed_seconds": 1}}"#;
    const FAILED: &str = r#"{"@level": "error", "@message": "x", "type": "diagnostic", "diagnostic": {"severity": "error", "summary": "no"}}"#;
    const SUMMARY: &str = r#"{"@level": "info", "@message": "x", "type": "change_summary", "changes": {"add": 1, "change": 0, "import": 0, "remove": 0, "operation": "apply"}}"#;

    /// A home in which an apply has no end, and what its Terraform said.
    fn left(log: &[&str]) -> (tempfile::TempDir, Home, StackId) {
        let directory = tempfile::tempdir().expect("there is room");
        let home = Home::open(directory.path()).expect("it opens");
        let stack: StackId = "v1/111122223333/us-east-1/waf/cluster/main"
            .parse()
            .expect("it is one");
        let mut journal = Journal::open(&home.journal()).expect("it opens");
        let record = Record {
            at: "2026-11-26T10:00:00Z".parse().expect("it is a time"),
            run: "r1".into(),
            actor: "ada".into(),
            stack: stack.clone(),
            phase: Phase::ApplyStarted {
                bundle: Digest::of(b"a"),
            },
        };
        journal.append(record).expect("it is written");
        if !log.is_empty() {
            let logs = home.logs().join(stack.as_str());
            fs_err::create_dir_all(&logs).expect("it is made");
            fs_err::write(logs.join("apply.jsonl"), log.join("\n")).expect("it is written");
        }
        (directory, home, stack)
    }

    fn ended(log: &[&str]) -> Outcome {
        let (_directory, home, stack) = left(log);
        let mut journal = Journal::open(&home.journal()).expect("it opens");
        let open = journal
            .open_apply(&stack)
            .expect("it is read")
            .expect("it is open");
        let now = "2026-11-26T11:00:00Z".parse().expect("it is a time");
        let clock = || now;
        let end = attach(&home, &stack, &open, "ada", &clock, &|| false, &mut |_| {});
        let end = end.expect("it is followed").expect("nobody stopped it");
        let entries = Journal::verify(&home.journal()).expect("it is whole");
        let last = &entries.last().expect("there is one").record;
        assert_eq!(
            (&*last.run, &last.phase),
            (
                "r1",
                &Phase::ApplyEnded {
                    bundle: open.bundle,
                    outcome: end.outcome
                }
            )
        );
        assert_eq!(journal.open_apply(&stack).expect("it is read"), None);
        end.outcome
    }

    #[test]
    fn done_is_what_the_last_word_says_and_nothing_else() {
        assert_eq!(ended(&[STARTED, COMPLETED, SUMMARY]), Outcome::Done);
        assert_eq!(ended(&[STARTED, FAILED]), Outcome::Failed);
        assert_eq!(ended(&[STARTED, FAILED, SUMMARY]), Outcome::Failed);
        assert_eq!(ended(&[STARTED, COMPLETED]), Outcome::Interrupted);
        assert_eq!(ended(&[]), Outcome::Interrupted);
    }

    #[test]
    fn what_was_begun_and_not_ended_may_be_half_built() {
        let (_directory, home, stack) = left(&[STARTED]);
        let left_over = unfinished(&home, &stack).expect("it is read");
        assert_eq!(left_over.begun, [Box::from("terraform_data.a")]);
        let (_directory, home, stack) = left(&[STARTED, COMPLETED]);
        let left_over = unfinished(&home, &stack).expect("it is read");
        assert_eq!((left_over.begun.len(), left_over.done.len()), (0, 1));
    }

    #[test]
    fn who_waits_may_go() {
        let (_directory, home, stack) = left(&[STARTED]);
        let _held = home.hold(&stack).expect("it can be asked");
        let mut journal = Journal::open(&home.journal()).expect("it opens");
        let open = journal
            .open_apply(&stack)
            .expect("it is read")
            .expect("it is open");
        let clock = || panic!("nothing is recorded");
        let end = attach(&home, &stack, &open, "ada", &clock, &|| true, &mut |_| {});
        assert_eq!(end.expect("it is left"), None);
    }
}

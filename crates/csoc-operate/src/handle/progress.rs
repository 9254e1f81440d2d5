//! How a run goes, at a glance: each stack with what it does now.

use std::time::{Duration, Instant};

use crate::event::Event;
use crate::run::StackError;
use crate::stack::StackId;

/// How a run goes.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct RunProgress {
    /// What is done: `plan`, `apply`.
    pub what: &'static str,
    /// For how long it runs, or ran.
    pub elapsed: Duration,
    /// The stacks, in order.
    pub stacks: Vec<StackProgress>,
}

/// How a stack of a run goes.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct StackProgress {
    /// The stack.
    pub stack: StackId,
    /// Where it is.
    pub standing: Standing,
    /// For how long it runs, or ran; none before it began.
    pub elapsed: Option<Duration>,
    /// What it does now, or why it failed.
    pub remark: String,
}

/// Where a stack of a run is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Standing {
    /// It has not begun.
    Waiting,
    /// It runs.
    Running,
    /// It came to its end.
    Done,
    /// What it needs is not recorded, so that it was not tried.
    Blocked,
    /// It failed.
    Failed,
}

impl Standing {
    /// That of a stack on which work ended.
    pub(super) const fn of(error: Option<&StackError>) -> Self {
        match error {
            None => Self::Done,
            Some(StackError::Blocked(_)) => Self::Blocked,
            Some(_) => Self::Failed,
        }
    }

    /// In a word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Running => "running",
            Self::Done => "done",
            Self::Blocked => "blocked",
            Self::Failed => "failed",
        }
    }
}

impl RunProgress {
    /// How many stacks are there.
    pub fn count(&self, standing: Standing) -> usize {
        let stacks = self.stacks.iter();
        stacks.filter(|stack| stack.standing == standing).count()
    }

    /// All of it in a line: `plan: 1 of 2 done, 0 failed, 1 running`.
    pub fn headline(&self) -> String {
        format!(
            "{}: {} of {} done, {} failed, {} running",
            self.what,
            self.count(Standing::Done) + self.count(Standing::Blocked),
            self.stacks.len(),
            self.count(Standing::Failed),
            self.count(Standing::Running)
        )
    }
}

/// A stack as it is kept while the run goes on.
#[derive(Debug)]
pub(super) struct Line {
    stack: StackId,
    standing: Standing,
    began: Option<Instant>,
    took: Option<Duration>,
    remark: String,
}

impl Line {
    pub(super) const fn new(stack: StackId) -> Self {
        Self {
            stack,
            standing: Standing::Waiting,
            began: None,
            took: None,
            remark: String::new(),
        }
    }

    pub(super) fn begin(&mut self) {
        self.standing = Standing::Running;
        self.began = Some(Instant::now());
    }

    /// Notes what the program does now, where it says that.
    pub(super) fn hear(&mut self, event: &Event) {
        self.remark = match event {
            Event::Started(change) => format!("{} {}", change.action, change.address),
            Event::Reading { address } => format!("reads {address}"),
            Event::Progress { address, seconds } => format!("{address}, {seconds} s"),
            _ => return,
        };
    }

    /// Notes how it ended, and gives how long it took.
    pub(super) fn end(&mut self, standing: Standing, remark: &str) -> Duration {
        let took = self.began.map(|began| began.elapsed()).unwrap_or_default();
        self.took = Some(took);
        self.standing = standing;
        remark.clone_into(&mut self.remark);
        took
    }

    pub(super) fn progress(&self) -> StackProgress {
        StackProgress {
            stack: self.stack.clone(),
            standing: self.standing,
            elapsed: self.took.or_else(|| Some(self.began?.elapsed())),
            remark: self.remark.clone(),
        }
    }
}

//! One thing that was asked for, and how far it is.

use std::collections::VecDeque;

use jiff::Timestamp;

use super::operation::Operation;
use crate::digest::Digest;
use crate::stack::{Stack, StackId};
use crate::terraform::Interrupt;

/// How many lines are kept of one; older ones are in the owner's logs.
pub(super) const KEPT: usize = 2000;

/// How many bytes of a line are kept.
const LONGEST: usize = 4096;

/// How far it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum State {
    /// It runs.
    Running,
    /// It did what was asked.
    Complete,
    /// It did not.
    Error,
}

/// One thing that was asked for.
#[derive(Debug)]
pub(super) struct Execution {
    pub(super) id: Box<str>,
    pub(super) operation: Operation,
    pub(super) stack: StackId,
    pub(super) account: Box<str>,
    /// As the request said it.
    pub(super) work_dir: Box<str>,
    pub(super) state: State,
    pub(super) start: Timestamp,
    pub(super) end: Option<Timestamp>,
    /// The plan that it made, or applied.
    pub(super) bundle: Option<Digest>,
    /// Why it did not do what was asked.
    pub(super) error: Option<Box<str>>,
    pub(super) interrupt: Interrupt,
    lines: VecDeque<Box<str>>,
    /// How many lines came before those that are kept.
    gone: usize,
}

impl Execution {
    /// One that begins now.
    pub(super) fn new(
        id: &str,
        operation: Operation,
        stack: &Stack,
        work_dir: &str,
        now: Timestamp,
    ) -> Self {
        Self {
            id: id.into(),
            operation,
            stack: stack.id.clone(),
            account: stack.account.as_str().into(),
            work_dir: work_dir.into(),
            state: State::Running,
            start: now,
            end: None,
            bundle: None,
            error: None,
            interrupt: Interrupt::default(),
            lines: VecDeque::new(),
            gone: 0,
        }
    }

    /// It did what was asked.
    pub(super) fn complete(&mut self, text: &str) {
        self.say(text);
        self.end = Some(Timestamp::now());
        self.state = State::Complete;
    }

    /// It did not, and why.
    pub(super) fn fail(&mut self, error: &str) {
        self.say(error);
        self.end = Some(Timestamp::now());
        self.error = Some(error.into());
        self.state = State::Error;
    }

    /// Keeps a line; carriage returns and what else moves a terminal are left out.
    pub(super) fn say(&mut self, text: &str) {
        for line in text.lines() {
            let mut line: String = line.chars().filter(|one| !one.is_control()).collect();
            if line.len() > LONGEST {
                let end = line.floor_char_boundary(LONGEST);
                line.truncate(end);
                line.push('…');
            }
            if self.lines.len() == KEPT {
                self.lines.pop_front();
                self.gone += 1;
            }
            self.lines.push_back(line.into());
        }
    }

    /// The lines from a place on, and the next place.
    pub(super) fn lines(&self, from: usize) -> (Vec<Box<str>>, usize) {
        let skip = from.saturating_sub(self.gone);
        let lines = self.lines.iter().skip(skip).cloned().collect();
        (lines, self.gone + self.lines.len())
    }

    /// All that is kept, as one text.
    pub(super) fn output(&self) -> String {
        let mut text = String::new();
        for line in &self.lines {
            text.push_str(line);
            text.push('\n');
        }
        text
    }
}

//! How a run over many stacks goes: a line for each that runs on a terminal, plain lines in a pipeline, JSON for programs.

use std::collections::BTreeMap;
use std::io::{self, IsTerminal, Write};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use csoc_operate::{Event, Stack, StackError, Watch};
use indicatif::{MultiProgress, ProgressBar, ProgressStyle};

use crate::args::Format;
use crate::terminal::plain;

/// Tells how a run goes.
pub(crate) struct Progress {
    what: &'static str,
    look: Look,
    start: Instant,
    state: Mutex<State>,
}

/// How it is told.
enum Look {
    /// Lines that change, on a terminal.
    Live(MultiProgress, ProgressBar),
    /// A line when a stack begins and when it ends.
    Plain,
    /// A line of JSON for each thing that happens, as data.
    Json,
}

struct State {
    total: usize,
    done: usize,
    failed: usize,
    /// The lines of those that run.
    running: BTreeMap<String, (Instant, Option<ProgressBar>)>,
}

impl Progress {
    /// Of so many stacks, of which something is done.
    pub(crate) fn new(what: &'static str, format: Format, total: usize) -> Self {
        let look = match format {
            Format::Json => Look::Json,
            Format::Text if moves() => {
                let all = MultiProgress::new();
                let sum = all.add(ProgressBar::new_spinner().with_style(style("{msg}  {elapsed}")));
                sum.enable_steady_tick(Duration::from_millis(250));
                Look::Live(all, sum)
            }
            Format::Text => Look::Plain,
        };
        let progress = Self {
            what,
            look,
            start: Instant::now(),
            state: Mutex::new(State {
                total,
                done: 0,
                failed: 0,
                running: BTreeMap::new(),
            }),
        };
        progress.sum(&progress.state());
        progress
    }

    /// Takes it off the screen.
    pub(crate) fn finish(&self) {
        if let Look::Live(all, sum) = &self.look {
            sum.finish_and_clear();
            let _ = all.clear();
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn sum(&self, state: &State) {
        if let Look::Live(_, sum) = &self.look {
            sum.set_message(format!(
                "{}: {} of {} done, {} failed, {} running",
                self.what,
                state.done,
                state.total,
                state.failed,
                state.running.len()
            ));
        }
    }

    fn line(&self, text: &str) {
        let text = plain(text);
        match &self.look {
            Look::Live(all, _) => {
                let _ = all.println(&*text);
            }
            Look::Plain => {
                let mut err = io::stderr().lock();
                let _ = writeln!(err, "{text}");
            }
            Look::Json => {}
        }
    }

    fn data(&self, stack: &Stack, kind: &str, more: &serde_json::Value) {
        if matches!(self.look, Look::Json) {
            let line = serde_json::json!({ "kind": kind, "stack": stack.id, "of": more });
            let mut out = io::stdout().lock();
            // Nobody reading it is no reason to stop what is being applied.
            let _ = writeln!(out, "{line}");
        }
    }
}

impl Watch for Progress {
    fn begun(&self, stack: &Stack) {
        let mut state = self.state();
        let bar = match &self.look {
            Look::Live(all, sum) => {
                let bar = all.insert_before(sum, ProgressBar::new_spinner());
                bar.set_style(style("  {prefix}  {elapsed}  {wide_msg}"));
                bar.set_prefix(stack.id.to_string());
                bar.enable_steady_tick(Duration::from_millis(250));
                Some(bar)
            }
            _ => None,
        };
        state
            .running
            .insert(stack.id.to_string(), (Instant::now(), bar));
        self.sum(&state);
        drop(state);
        if matches!(self.look, Look::Plain) {
            self.line(&format!("{} begins: {}", self.what, stack.id));
        }
        self.data(stack, "begun", &serde_json::Value::Null);
    }

    fn said(&self, stack: &Stack, event: Event) {
        let doing = match &event {
            Event::Started(change) => Some(format!("{} {}", change.action, change.address)),
            Event::Reading { address } => Some(format!("reads {address}")),
            Event::Progress { address, seconds } => Some(format!("{address}, {seconds} s")),
            _ => None,
        };
        if let (Some(doing), Some((_, Some(bar)))) =
            (doing, self.state().running.get(stack.id.as_str()))
        {
            bar.set_message(plain(&doing).into_owned());
        }
        if let Event::Note { message } = &event {
            self.line(&format!("{}: {}: {message}", self.what, stack.id));
        }
        // What a provider prints as it likes may hold anything; it stays in the log, which is the owner's alone.
        let is_known = !matches!(
            event,
            Event::Text { .. } | Event::Log { .. } | Event::Unknown { .. }
        );
        if is_known && let Ok(event) = serde_json::to_value(&event) {
            self.data(stack, "said", &event);
        }
    }

    fn ended(&self, stack: &Stack, error: Option<&StackError>) {
        let mut state = self.state();
        let began = state.running.remove(stack.id.as_str());
        let took = began
            .as_ref()
            .map_or(self.start, |(began, _)| *began)
            .elapsed();
        if let Some((_, Some(bar))) = began {
            bar.finish_and_clear();
        }
        match error {
            Some(StackError::Blocked(_)) | None => state.done += 1,
            Some(_) => state.failed += 1,
        }
        self.sum(&state);
        drop(state);
        let seconds = took.as_secs_f64();
        match error {
            None => self.line(&format!("{} ends: {}, {seconds:.1} s", self.what, stack.id)),
            Some(error) => self.line(&format!(
                "{} ends: {}, {seconds:.1} s: {}",
                self.what,
                stack.id,
                csoc_operate::with_causes(error)
            )),
        }
        let error = error.map(|error| csoc_operate::with_causes(error));
        self.data(
            stack,
            "ended",
            &serde_json::json!({ "seconds": seconds, "error": error }),
        );
    }
}

/// Whether lines of what is looked at may change: not on a terminal that only goes forward.
fn moves() -> bool {
    let is_dumb = std::env::var_os("TERM").is_none_or(|term| term.is_empty() || term == "dumb");
    io::stderr().is_terminal() && !(cfg!(unix) && is_dumb)
}

fn style(template: &str) -> ProgressStyle {
    ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_spinner())
}

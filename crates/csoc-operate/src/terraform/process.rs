//! A child process: its lines as they come, its end, and how it is asked to stop.

use std::collections::VecDeque;
use std::io::{self, BufRead, BufReader, Read};
use std::process::{Child, ChildStdout, Command, ExitStatus, Stdio};
use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

/// How long a line may be before the rest of it is left out: a provider may print a whole response.
const LINE: usize = 1 << 20;

/// How many of the last lines of what it complained are kept.
const COMPLAINTS: usize = 200;

/// How a process ended.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Finished {
    /// How it ended.
    pub status: ExitStatus,
    /// The last lines that it wrote where errors go.
    pub complaints: Vec<Box<str>>,
    /// Whether it was asked to stop.
    pub was_interrupted: bool,
}

/// Why a process cannot be run.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ProcessError {
    /// It cannot be started.
    #[error("`{program}` cannot be started")]
    Start {
        /// The program.
        program: String,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// What it prints cannot be read, or its end not be seen.
    #[error("`{program}` was lost")]
    Lost {
        /// The program.
        program: String,
        /// Why.
        #[source]
        source: io::Error,
    },
}

/// Asks the processes that share it to stop.
///
/// Each is asked once, as Ctrl-C asks: Terraform then ends what it began and writes its state. It is never killed.
#[derive(Debug, Clone, Default)]
pub struct Interrupt(Arc<Shared>);

#[derive(Debug, Default)]
struct Shared {
    /// 0: go on; 1: stop.
    state: AtomicU8,
    /// The processes that run.
    running: Mutex<Vec<u32>>,
}

impl Interrupt {
    /// Asks all that run to stop, and all that would begin not to.
    pub fn stop(&self) {
        if self.0.state.swap(1, Ordering::SeqCst) == 1 {
            return;
        }
        let running = self
            .0
            .running
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        running.iter().copied().for_each(ask_to_stop);
    }

    /// Whether somebody asked.
    pub fn is_stopped(&self) -> bool {
        self.0.state.load(Ordering::SeqCst) == 1
    }

    fn enter(&self, process: u32) {
        let mut running = self
            .0
            .running
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        running.push(process);
        // Asked between its start and now: whoever asked did not see it.
        if self.is_stopped() {
            ask_to_stop(process);
        }
    }

    fn leave(&self, process: u32) {
        let mut running = self
            .0
            .running
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        running.retain(|other| *other != process);
    }
}

#[cfg(unix)]
fn ask_to_stop(process: u32) {
    let process = i32::try_from(process)
        .ok()
        .and_then(rustix::process::Pid::from_raw);
    if let Some(process) = process {
        // It may have ended by itself just now.
        let _ = rustix::process::kill_process(process, rustix::process::Signal::INT);
    }
}

#[cfg(not(unix))]
fn ask_to_stop(_process: u32) {}

/// Runs a process to its end, and gathers what it prints, however long its lines are.
pub(super) fn run_whole(
    command: &mut Command,
    interrupt: &Interrupt,
    text: &mut String,
) -> Result<Finished, ProcessError> {
    run_with(command, interrupt, |mut output| {
        let mut bytes = Vec::new();
        output.read_to_end(&mut bytes)?;
        text.push_str(&String::from_utf8_lossy(&bytes));
        Ok(())
    })
}

/// Runs a process to its end, and hands over each line that it prints.
pub(super) fn run(
    command: &mut Command,
    interrupt: &Interrupt,
    line: &mut (dyn FnMut(&str) + Send),
) -> Result<Finished, ProcessError> {
    run_with(command, interrupt, |output| lines(output, line))
}

fn run_with(
    command: &mut Command,
    interrupt: &Interrupt,
    read: impl FnOnce(ChildStdout) -> io::Result<()>,
) -> Result<Finished, ProcessError> {
    let program = command.get_program().to_string_lossy().into_owned();
    command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    // Ctrl-C on a terminal reaches all of its group; who is asked to stop, and how often, is decided here alone.
    #[cfg(unix)]
    std::os::unix::process::CommandExt::process_group(command, 0);
    let mut child = match command.spawn() {
        Ok(child) => child,
        Err(source) => return Err(ProcessError::Start { program, source }),
    };
    interrupt.enter(child.id());
    let ended = follow(&mut child, read);
    interrupt.leave(child.id());
    match ended {
        Ok((status, complaints)) => Ok(Finished {
            status,
            complaints,
            was_interrupted: interrupt.is_stopped(),
        }),
        Err(source) => Err(ProcessError::Lost { program, source }),
    }
}

fn follow(
    child: &mut Child,
    read: impl FnOnce(ChildStdout) -> io::Result<()>,
) -> io::Result<(ExitStatus, Vec<Box<str>>)> {
    let missing = || io::Error::other("nothing can be read from it");
    let output = child.stdout.take().ok_or_else(missing)?;
    let errors = child.stderr.take().ok_or_else(missing)?;
    let (read, complaints) = std::thread::scope(|scope| {
        let complaints = scope.spawn(|| {
            let mut last = VecDeque::new();
            // What cannot be read of it is lost; how the process ended says enough.
            let _ = lines(errors, &mut |line| {
                if last.len() == COMPLAINTS {
                    last.pop_front();
                }
                last.push_back(Box::from(line));
            });
            last
        });
        let read = read(output);
        (read, complaints.join().unwrap_or_default())
    });
    // It is waited for in any case: nothing that runs is left alone.
    let status = child.wait();
    read?;
    Ok((status?, complaints.into()))
}

/// Hands over each line of a text that may be without end: what is too long of one is left out.
fn lines(text: impl Read, line: &mut dyn FnMut(&str)) -> io::Result<()> {
    let mut reader = BufReader::with_capacity(64 * 1024, text);
    let mut buffer = Vec::new();
    loop {
        let available = match reader.fill_buf() {
            Ok(available) => available,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        };
        if available.is_empty() {
            if !buffer.is_empty() {
                hand_over(&buffer, line);
            }
            return Ok(());
        }
        let end = available.iter().position(|byte| *byte == b'\n');
        let part = available
            .get(..end.unwrap_or(available.len()))
            .unwrap_or_default();
        let room = LINE.saturating_sub(buffer.len()).min(part.len());
        buffer.extend_from_slice(part.get(..room).unwrap_or_default());
        let used = part.len() + usize::from(end.is_some());
        reader.consume(used);
        if end.is_some() {
            hand_over(&buffer, line);
            buffer.clear();
        }
    }
}

fn hand_over(bytes: &[u8], line: &mut dyn FnMut(&str)) {
    let text = String::from_utf8_lossy(bytes);
    line(text.trim_end_matches('\r'));
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use super::{Finished, Interrupt, LINE, ProcessError, lines, run};

    fn of(bytes: &[u8]) -> Vec<String> {
        let mut found = Vec::new();
        lines(bytes, &mut |line| found.push(line.to_owned())).expect("it is in memory");
        found
    }

    #[test]
    fn lines_of_any_kind_are_handed_over() {
        assert_eq!(of(b"a\r\n\nb\xff\nlast"), ["a", "", "b\u{fffd}", "last"]);
        assert_eq!(of(b""), [""; 0]);
    }

    #[test]
    fn a_line_without_end_takes_no_memory() {
        let mut text = vec![b'x'; 3 * LINE];
        text.extend(b"\nnext\n");
        let found = of(&text);
        assert_eq!((found.len(), found[0].len(), &*found[1]), (2, LINE, "next"));
    }

    fn sh(
        script: &str,
        interrupt: &Interrupt,
        line: &mut (dyn FnMut(&str) + Send),
    ) -> Result<Finished, ProcessError> {
        run(Command::new("sh").args(["-c", script]), interrupt, line)
    }

    #[cfg(unix)]
    #[test]
    fn what_it_prints_and_complains_of_and_how_it_ends() {
        let mut printed = Vec::new();
        let script =
            "i=0; while [ $i -lt 300 ]; do echo out$i; echo err$i >&2; i=$((i+1)); done; exit 3";
        let finished = sh(script, &Interrupt::default(), &mut |line| {
            printed.push(line.to_owned());
        })
        .expect("it runs");
        assert_eq!((printed.len(), &*printed[299]), (300, "out299"));
        assert_eq!(
            (finished.complaints.len(), &*finished.complaints[199]),
            (200, "err299")
        );
        assert_eq!(
            (finished.status.code(), finished.was_interrupted),
            (Some(3), false)
        );
    }

    #[cfg(unix)]
    #[test]
    fn it_is_asked_to_stop_once_and_ends_by_itself() {
        let interrupt = Interrupt::default();
        let script = "trap 'echo asked; exit 7' INT; echo ready; while :; do sleep 0.05; done";
        let mut printed = Vec::new();
        let finished = sh(script, &interrupt.clone(), &mut |line| {
            if line == "ready" {
                interrupt.stop();
                interrupt.stop();
            }
            printed.push(line.to_owned());
        })
        .expect("it runs");
        assert_eq!(printed, ["ready", "asked"]);
        assert_eq!(
            (finished.status.code(), finished.was_interrupted),
            (Some(7), true)
        );
    }

    #[cfg(unix)]
    #[test]
    fn what_begins_too_late_is_asked_at_once() {
        let interrupt = Interrupt::default();
        interrupt.stop();
        let finished = sh("exec sleep 60", &interrupt, &mut |_| {}).expect("it runs");
        assert!(!finished.status.success());
    }

    #[test]
    fn a_program_that_is_not_there_is_said() {
        let error = run(
            &mut Command::new("/nowhere/terraform"),
            &Interrupt::default(),
            &mut |_| {},
        );
        assert!(
            matches!(error, Err(ProcessError::Start { program, .. }) if program == "/nowhere/terraform")
        );
    }
}

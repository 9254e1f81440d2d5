//! A process that answers: all that it prints at once, and how it ended.

use std::collections::VecDeque;
use std::io::{self, Read};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};

use super::complaints::Complaints;
use super::interrupt::{GLANCE, Interrupt, Until, ask_to_stop};
use super::lines::Lines;
use crate::runner::ContainerError;
#[cfg(feature = "kubernetes")]
use crate::runner::JobError;

/// How many of the last lines of what it complained are kept.
pub(crate) const COMPLAINTS: usize = 200;

/// How a process ended.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Finished {
    /// How it ended.
    pub status: ExitStatus,
    /// The last lines that it wrote where errors go.
    pub complaints: Complaints,
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
    /// Nobody waits for it any more: it goes on to its end.
    #[error("`{program}` goes on by itself, as {place}")]
    Detached {
        /// The program.
        program: String,
        /// The process or the Job that it is.
        place: Box<str>,
    },
    /// Somebody asked to stop while it was asked something, which was not waited for.
    #[error("what `{program}` says was not waited for: somebody asked to stop")]
    Stopped {
        /// The program.
        program: String,
    },
    /// It cannot be run in a container.
    #[error(transparent)]
    Container(#[from] ContainerError),
    /// A container of an earlier run works where it would.
    #[error("the container `{container}` of an earlier run still works on it: wait for its end")]
    Occupied {
        /// Its id.
        container: String,
    },
    /// A Job of an earlier run applies the stack, or did, and nobody saw its end.
    #[error(
        "the Job `{job}` of an earlier run works on it, or did: `csoc runs attach RUN` waits for its end, and `csoc runs list` names the run"
    )]
    Left {
        /// Its name.
        job: String,
    },
    /// It cannot be run in a cluster.
    #[cfg(feature = "kubernetes")]
    #[error(transparent)]
    Job(#[from] JobError),
    /// What is noted beside a log cannot be read or written.
    #[error("what is noted of a Job cannot be used: {0}")]
    Note(#[from] io::Error),
    /// A Job was left, and nothing is known of clusters here.
    #[error("this csoc was built without Kubernetes, and cannot ask for the Job `{job}`")]
    NoClusters {
        /// The Job.
        job: String,
    },
    /// Nobody says whether a container of an earlier run works where it would.
    #[error("what makes containers does not say whether one of an earlier run still works on it")]
    Unasked,
}

/// Runs a process to its end, or for as long as it is waited for, and gathers what it prints, however much that is.
pub(super) fn run_whole(
    command: &mut Command,
    interrupt: &Interrupt,
    until: Until,
    text: &mut String,
) -> Result<Finished, ProcessError> {
    let program = command.get_program().to_string_lossy().into_owned();
    command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    // Ctrl-C on a terminal reaches all of its group; who is asked to stop, and how often, is decided elsewhere.
    #[cfg(unix)]
    std::os::unix::process::CommandExt::process_group(command, 0);
    let mut child = match command.spawn() {
        Ok(child) => child,
        Err(source) => return Err(ProcessError::Start { program, source }),
    };
    let process = child.id();
    // What is waited for until somebody asks to stop is no work that is ended in order: nothing is said of it.
    let is_work = until == Until::Detached;
    if is_work {
        interrupt.enter(process);
    }
    let (sender, ended) = channel();
    // Not scoped: when nobody waits any more, this one may.
    std::thread::spawn(move || sender.send(gather(&mut child)));
    let gathered = wait(&ended, interrupt, until);
    if is_work {
        interrupt.leave(process);
    }
    match gathered {
        Ok(Some(gathered)) => {
            text.push_str(&gathered.text);
            Ok(Finished {
                status: gathered.status,
                complaints: gathered.complaints.into(),
                was_interrupted: interrupt.is_stopped(),
            })
        }
        Ok(None) if !is_work => {
            ask_to_stop(process);
            Err(ProcessError::Stopped { program })
        }
        Ok(None) => Err(ProcessError::Detached {
            program,
            place: format!("process {process}").into(),
        }),
        Err(source) => Err(ProcessError::Lost { program, source }),
    }
}

/// What a process printed, and how it ended.
struct Gathered {
    text: String,
    status: ExitStatus,
    complaints: Vec<Box<str>>,
}

/// Waits for the end of a process; nothing where nobody does any more.
fn wait(
    ended: &Receiver<io::Result<Gathered>>,
    interrupt: &Interrupt,
    until: Until,
) -> io::Result<Option<Gathered>> {
    loop {
        match ended.recv_timeout(GLANCE) {
            Ok(gathered) => return gathered.map(Some),
            Err(RecvTimeoutError::Timeout) if interrupt.ends(until) => return Ok(None),
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => {
                return Err(io::Error::other("its end was not seen"));
            }
        }
    }
}

fn gather(child: &mut Child) -> io::Result<Gathered> {
    let missing = || io::Error::other("nothing can be read from it");
    let mut output = child.stdout.take().ok_or_else(missing)?;
    let errors = child.stderr.take().ok_or_else(missing)?;
    let (bytes, complaints) = std::thread::scope(|scope| {
        // What cannot be read of it is lost; how the process ended says enough.
        let complaints = scope.spawn(|| last_lines(errors));
        let mut bytes = Vec::new();
        let read = output.read_to_end(&mut bytes);
        (read.map(|_| bytes), complaints.join().unwrap_or_default())
    });
    // It is waited for in any case: nothing that runs is left alone.
    let status = child.wait();
    Ok(Gathered {
        text: String::from_utf8_lossy(&bytes?).into_owned(),
        status: status?,
        complaints,
    })
}

/// The last lines of a text that may be without end.
fn last_lines(mut text: impl Read) -> Vec<Box<str>> {
    let mut last: VecDeque<Box<str>> = VecDeque::new();
    let mut keep = |line: &str| {
        if last.len() == COMPLAINTS {
            last.pop_front();
        }
        last.push_back(line.into());
    };
    let mut lines = Lines::default();
    let mut buffer = vec![0; 16 * 1024];
    while let Ok(count @ 1..) = text.read(&mut buffer) {
        lines.take(buffer.get(..count).unwrap_or_default(), &mut keep);
    }
    lines.finish(&mut keep);
    last.into()
}

#[cfg(all(test, unix))]
mod tests {
    use std::process::Command;
    use std::time::{Duration, Instant};

    use super::{Interrupt, ProcessError, Until, run_whole};

    #[test]
    fn all_that_it_prints_and_the_end_of_what_it_complains_of() {
        let mut text = String::new();
        let script =
            "i=0; while [ $i -lt 300 ]; do echo err$i >&2; i=$((i+1)); done; printf answer; exit 3";
        let mut command = Command::new("sh");
        let finished = run_whole(
            command.args(["-c", script]),
            &Interrupt::default(),
            Until::Stopped,
            &mut text,
        )
        .expect("it runs");
        assert_eq!(text, "answer");
        assert_eq!(
            (
                finished.complaints.lines().len(),
                &*finished.complaints.lines()[199]
            ),
            (200, "err299")
        );
        assert_eq!(finished.status.code(), Some(3));
    }

    #[rstest::rstest]
    // Nothing is lost with it: the first Ctrl-C is enough.
    #[case(Until::Stopped)]
    #[case(Until::Detached)]
    fn who_does_not_wait_does_not_wait_for_an_answer(#[case] until: Until) {
        let interrupt = Interrupt::default();
        let impatient = interrupt.clone();
        let begun = Instant::now();
        let somebody = std::thread::spawn(move || {
            std::thread::sleep(Duration::from_millis(300));
            impatient.stop();
            if until == Until::Detached {
                impatient.detach();
            }
        });
        let mut command = Command::new("sh");
        // As Terraform does while it asks for a state.
        command.args(["-c", "trap '' INT; sleep 5; echo late"]);
        let left = run_whole(&mut command, &interrupt, until, &mut String::new());
        match until {
            Until::Stopped => assert!(matches!(left, Err(ProcessError::Stopped { .. }))),
            Until::Detached => assert!(matches!(left, Err(ProcessError::Detached { .. }))),
        }
        assert!(begun.elapsed() < Duration::from_secs(4));
        assert!(interrupt.is_idle());
        somebody.join().expect("it ends");
    }
}

//! A process that writes into files, which are read while it works.
//!
//! It depends on nobody who reads: if what started it goes away, by a second Ctrl-C, a kill or a crash, it goes on to
//! its own end, writes its state and lets go of its locks. A pipe would end it in the middle.

use std::fs::{File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};

use super::interrupt::{GLANCE, Interrupt};
use super::lines::Lines;
use super::process::{COMPLAINTS, Finished, ProcessError};

/// How much of the end of what it complained of is read.
const TAIL: u64 = 1 << 18;

/// Where a process writes, and what it holds while it runs.
#[derive(Debug)]
pub(crate) struct Log<'l> {
    /// The file of what it prints; what it complains of is beside it, as `.err`. Only its owner may read them.
    pub(crate) path: &'l Path,
    /// A locked file that it holds, too: the lock lasts as long as the process does, whoever started it.
    pub(crate) held: &'l File,
}

impl Log<'_> {
    fn complaints(&self) -> PathBuf {
        self.path.with_extension("err")
    }
}

/// Runs a process to its end, or until nobody waits any more, and hands over each line that it prints.
pub(super) fn run(
    command: &mut Command,
    log: &Log<'_>,
    interrupt: &Interrupt,
    line: &mut (dyn FnMut(&str) + Send),
) -> Result<Finished, ProcessError> {
    let program = command.get_program().to_string_lossy().into_owned();
    let start = |source| ProcessError::Start {
        program: program.clone(),
        source,
    };
    let mut printed = attach(command, log).map_err(start)?;
    let mut child = command.spawn().map_err(start)?;
    let process = child.id();
    // The command holds copies of the files and of the lock: they are the child's alone.
    command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    interrupt.enter(process);
    let (sender, ended) = channel();
    // Not scoped: when nobody waits any more, this one may.
    std::thread::spawn(move || sender.send(child.wait()));
    let status = follow(&mut printed, &ended, interrupt, line);
    interrupt.leave(process);
    let lost = |source| ProcessError::Lost {
        program: program.clone(),
        source,
    };
    let Some(status) = status.map_err(lost)? else {
        let place = format!("process {process}").into();
        return Err(ProcessError::Detached { program, place });
    };
    Ok(Finished {
        status,
        complaints: tail(&log.complaints()).map_err(lost)?.into(),
        was_interrupted: interrupt.is_stopped(),
    })
}

/// Lets a command write into the files of a log, and gives the first of them to be read.
fn attach(command: &mut Command, log: &Log<'_>) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    command
        .stdin(log.held.try_clone()?)
        .stdout(options.open(log.path)?)
        .stderr(options.open(log.complaints())?);
    // Ctrl-C on a terminal reaches all of its group; who is asked to stop, and how often, is decided elsewhere.
    #[cfg(unix)]
    std::os::unix::process::CommandExt::process_group(command, 0);
    File::open(log.path)
}

/// Hands over what is written until the process ends; nothing where nobody waits any more.
fn follow(
    printed: &mut File,
    ended: &Receiver<io::Result<ExitStatus>>,
    interrupt: &Interrupt,
    line: &mut (dyn FnMut(&str) + Send),
) -> io::Result<Option<ExitStatus>> {
    let mut lines = Lines::default();
    let mut buffer = vec![0; 64 * 1024];
    let mut drain = |lines: &mut Lines| -> io::Result<()> {
        loop {
            let count = match printed.read(&mut buffer) {
                Ok(0) => return Ok(()),
                Ok(count) => count,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(error),
            };
            lines.take(buffer.get(..count).unwrap_or_default(), &mut *line);
        }
    };
    loop {
        let status = match ended.recv_timeout(GLANCE) {
            Ok(status) => Some(status?),
            Err(RecvTimeoutError::Timeout) => None,
            Err(RecvTimeoutError::Disconnected) => {
                return Err(io::Error::other("its end was not seen"));
            }
        };
        drain(&mut lines)?;
        if status.is_some() {
            lines.finish(line);
            return Ok(status);
        }
        if interrupt.is_detached() {
            return Ok(None);
        }
    }
}

/// The last lines of a file that may be of any size.
fn tail(path: &Path) -> io::Result<Vec<Box<str>>> {
    let mut file = File::open(path)?;
    let length = file.metadata()?.len();
    file.seek(SeekFrom::Start(length.saturating_sub(TAIL)))?;
    let mut bytes = Vec::new();
    file.take(TAIL).read_to_end(&mut bytes)?;
    let mut found: Vec<Box<str>> = Vec::new();
    let mut lines = Lines::default();
    lines.take(&bytes, &mut |line| found.push(line.into()));
    lines.finish(&mut |line| found.push(line.into()));
    Ok(found.split_off(found.len().saturating_sub(COMPLAINTS)))
}

#[cfg(all(test, unix))]
mod tests {
    use std::process::Command;
    use std::time::{Duration, Instant};

    use super::{Finished, Interrupt, Log, ProcessError, run};

    fn sh(
        script: &str,
        interrupt: &Interrupt,
        line: &mut (dyn FnMut(&str) + Send),
    ) -> (tempfile::TempDir, Result<Finished, ProcessError>) {
        let directory = tempfile::tempdir().expect("there is room");
        let held = std::fs::File::create_new(directory.path().join("lock")).expect("it is made");
        let path = directory.path().join("log.jsonl");
        let log = Log {
            path: &path,
            held: &held,
        };
        let finished = run(
            Command::new("sh").args(["-c", script]),
            &log,
            interrupt,
            line,
        );
        (directory, finished)
    }

    #[test]
    fn what_it_prints_and_complains_of_and_how_it_ends() {
        let mut printed = Vec::new();
        let script =
            "i=0; while [ $i -lt 300 ]; do echo out$i; echo err$i >&2; i=$((i+1)); done; exit 3";
        let (_directory, finished) = sh(script, &Interrupt::default(), &mut |line| {
            printed.push(line.to_owned());
        });
        let finished = finished.expect("it runs");
        assert_eq!((printed.len(), &*printed[299]), (300, "out299"));
        assert_eq!(
            (
                finished.complaints.lines().len(),
                &*finished.complaints.lines()[199]
            ),
            (200, "err299")
        );
        assert_eq!(
            (finished.status.code(), finished.was_interrupted),
            (Some(3), false)
        );
    }

    #[test]
    fn it_is_asked_to_stop_once_and_ends_by_itself() {
        let interrupt = Interrupt::default();
        let script = "trap 'echo asked; exit 7' INT; echo ready; while :; do sleep 0.05; done";
        let mut printed = Vec::new();
        let (_directory, finished) = sh(script, &interrupt.clone(), &mut |line| {
            if line == "ready" {
                interrupt.stop();
                interrupt.stop();
            }
            printed.push(line.to_owned());
        });
        let finished = finished.expect("it runs");
        assert_eq!(printed, ["ready", "asked"]);
        assert_eq!(
            (finished.status.code(), finished.was_interrupted),
            (Some(7), true)
        );
    }

    #[test]
    fn what_begins_too_late_is_asked_at_once() {
        let interrupt = Interrupt::default();
        interrupt.stop();
        let (_directory, finished) = sh("exec sleep 60", &interrupt, &mut |_| {});
        assert!(!finished.expect("it runs").status.success());
    }

    #[test]
    fn who_does_not_wait_leaves_it_running_with_its_lock() {
        let interrupt = Interrupt::default();
        let script = "echo ready; sleep 1; echo late; echo end > ended";
        let directory = tempfile::tempdir().expect("there is room");
        let held = std::fs::File::create_new(directory.path().join("lock")).expect("it is made");
        held.lock().expect("nobody holds it");
        let path = directory.path().join("log.jsonl");
        let log = Log {
            path: &path,
            held: &held,
        };
        let mut command = Command::new("sh");
        command.args(["-c", script]).current_dir(directory.path());
        let left = run(&mut command, &log, &interrupt, &mut |_| interrupt.detach());
        assert!(
            matches!(left, Err(ProcessError::Detached { .. })),
            "{left:?}"
        );
        drop(held);
        let lock = std::fs::File::open(directory.path().join("lock")).expect("it is there");
        assert!(lock.try_lock().is_err(), "the process holds it");
        let start = Instant::now();
        lock.lock().expect("the process ends");
        assert!(start.elapsed() < Duration::from_secs(20));
        assert!(directory.path().join("ended").is_file());
        assert_eq!(
            std::fs::read_to_string(&path).expect("it is there"),
            "ready\nlate\n"
        );
    }

    #[test]
    fn a_program_that_is_not_there_is_said() {
        let directory = tempfile::tempdir().expect("there is room");
        let held = std::fs::File::create_new(directory.path().join("lock")).expect("it is made");
        let log = Log {
            path: &directory.path().join("log"),
            held: &held,
        };
        let mut command = Command::new("/nowhere/terraform");
        let error = run(&mut command, &log, &Interrupt::default(), &mut |_| {});
        assert!(
            matches!(error, Err(ProcessError::Start { program, .. }) if program == "/nowhere/terraform")
        );
    }
}

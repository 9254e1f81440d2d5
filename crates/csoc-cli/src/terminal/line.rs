//! A line from a terminal, waited for until somebody presses Ctrl-C, which does not end a read.

use std::io::{self, BufRead};

use super::interrupt::{self, Asking};
use crate::session::Session;

/// What somebody answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Answer {
    /// What was wanted, to the letter.
    Yes,
    /// Something else, or nothing.
    No,
    /// Ctrl-C.
    Interrupted,
}

/// Asks on a terminal, and takes one answer for a yes.
pub(crate) fn ask(question: &str, wanted: &str, session: &Session) -> io::Result<Answer> {
    let asking = Asking::begins();
    session.say(question);
    let is_typed = !interrupt::happened() && typed()?;
    if !is_typed {
        // What comes next is no part of the question.
        session.say("\n");
        return Ok(Answer::Interrupted);
    }
    drop(asking);
    let mut answer = String::new();
    io::stdin().lock().read_line(&mut answer)?;
    Ok(if interrupt::happened() {
        Answer::Interrupted
    } else if answer.trim() == wanted {
        Answer::Yes
    } else {
        Answer::No
    })
}

#[cfg(unix)]
fn typed() -> io::Result<bool> {
    use std::os::fd::AsFd;
    is_typed(rustix::stdio::stdin().as_fd())
}

/// Elsewhere the read waits.
#[cfg(not(unix))]
fn typed() -> io::Result<bool> {
    Ok(true)
}

/// Waits until there is something to read; not where Ctrl-C came first.
#[cfg(unix)]
pub(crate) fn is_typed(terminal: std::os::fd::BorrowedFd<'_>) -> io::Result<bool> {
    use rustix::event::{PollFd, PollFlags, Timespec, poll};

    const LOOK: Timespec = Timespec {
        tv_sec: 0,
        tv_nsec: 100_000_000,
    };
    loop {
        if interrupt::happened() {
            return Ok(false);
        }
        let mut polled = [PollFd::from_borrowed_fd(terminal, PollFlags::IN)];
        match poll(&mut polled, Some(&LOOK)) {
            Ok(0) | Err(rustix::io::Errno::INTR) => {}
            Ok(_) => return Ok(true),
            Err(error) => return Err(error.into()),
        }
    }
}

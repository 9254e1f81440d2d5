//! A line from a terminal, which does not show it: one, or none.

use std::io::{self, Write};

use csoc_operate::secret::Value;

#[cfg(unix)]
use crate::terminal::interrupt::Asking;

/// A line from the terminal, which does not show it.
#[cfg(unix)]
pub(super) fn hidden(prompt: &str) -> io::Result<Value> {
    use std::os::fd::AsFd;

    let asking = Asking::begins();
    // Not held while somebody types: who presses Ctrl-C is told so there.
    io::stderr().lock().write_all(prompt.as_bytes())?;
    let mut stdin = io::stdin().lock();
    let line = unix::line(rustix::stdio::stdin().as_fd(), &mut stdin);
    let _ = io::stderr().lock().write_all(b"\n");
    drop(asking);
    line
}

/// Other systems show what is typed: they are not asked.
#[cfg(not(unix))]
pub(super) fn hidden(_prompt: &str) -> io::Result<Value> {
    Err(io::Error::other(
        "this terminal would show it: give it with `--from-file`",
    ))
}

#[cfg(unix)]
mod unix {
    use std::io::{self, BufRead};
    use std::os::fd::BorrowedFd;
    use std::time::Duration;

    use csoc_operate::secret::Value;
    use rustix::termios::{LocalModes, OptionalActions, Termios, tcgetattr, tcsetattr};

    use crate::terminal::interrupt;
    use crate::terminal::line::is_typed;

    /// How long the rest of what is pasted may take to come.
    const REST: Duration = Duration::from_millis(50);

    /// The one line that is typed. What else is there is dropped with it: a shell would take it for commands.
    pub(super) fn line(terminal: BorrowedFd<'_>, reader: &mut dyn BufRead) -> io::Result<Value> {
        let quiet = Quiet::new(terminal)?;
        quiet.wait()?;
        let mut line = String::with_capacity(4096);
        let read = reader.read_line(&mut line);
        let value = Value::new(line);
        read?;
        if interrupt::happened() {
            return Err(io::Error::other("interrupted"));
        }
        if quiet.has_more()? {
            return Err(io::Error::other(
                "it has more than one line: give it with `--from-file`",
            ));
        }
        Ok(value.trimmed())
    }

    /// A terminal that shows nothing, until it is dropped.
    struct Quiet<'fd> {
        terminal: BorrowedFd<'fd>,
        before: Termios,
    }

    impl<'fd> Quiet<'fd> {
        fn new(terminal: BorrowedFd<'fd>) -> io::Result<Self> {
            let before = tcgetattr(terminal)?;
            let mut quiet = before.clone();
            quiet.local_modes.remove(LocalModes::ECHO);
            tcsetattr(terminal, OptionalActions::Flush, &quiet)?;
            Ok(Self { terminal, before })
        }

        /// Waits for a line, or for Ctrl-C, which does not end a read.
        fn wait(&self) -> io::Result<()> {
            if is_typed(self.terminal)? {
                Ok(())
            } else {
                Err(io::Error::other("interrupted"))
            }
        }

        /// Whether there is more than the line that was read: what is pasted comes at once, and stays in the terminal.
        fn has_more(&self) -> io::Result<bool> {
            std::thread::sleep(REST);
            // A last line without an end is counted only where the terminal does not wait for ends.
            let mut raw = self.before.clone();
            raw.local_modes
                .remove(LocalModes::ECHO | LocalModes::ICANON);
            tcsetattr(self.terminal, OptionalActions::Now, &raw)?;
            Ok(rustix::io::ioctl_fionread(self.terminal)? > 0)
        }
    }

    impl Drop for Quiet<'_> {
        fn drop(&mut self) {
            let _ = tcsetattr(self.terminal, OptionalActions::Flush, &self.before);
        }
    }

    #[cfg(all(test, target_os = "linux"))]
    mod tests {
        use std::fs::File;
        use std::io::{BufReader, Write};
        use std::os::fd::AsFd;

        use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};

        use super::*;

        #[test]
        fn a_line_is_taken_and_several_are_refused_and_dropped() {
            for (typed, is_taken) in [
                ("one line\n", true),
                ("first\nsecond\nthird\n", false),
                ("first\nsecond", false),
            ] {
                let person = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).expect("a terminal");
                grantpt(&person).expect("granted");
                unlockpt(&person).expect("unlocked");
                let name = ptsname(&person, Vec::new()).expect("a name");
                let name = name.into_string().expect("text");
                let terminal = File::options();
                let terminal = terminal.clone().read(true).write(true).open(name);
                let terminal = terminal.expect("it opens");
                let mut person = File::from(person);
                let typing = std::thread::spawn(move || {
                    // What is typed before it is asked for is dropped.
                    std::thread::sleep(Duration::from_millis(200));
                    person.write_all(typed.as_bytes()).expect("typed");
                    person
                });
                let line = line(terminal.as_fd(), &mut BufReader::new(&terminal));
                let _person = typing.join().expect("it ends");
                match line {
                    Ok(value) => assert!(is_taken && value.is_line().is_ok(), "{typed}"),
                    Err(error) => {
                        assert!(!is_taken, "{typed}: {error}");
                        assert!(error.to_string().starts_with("it has more than one line"));
                    }
                }
                assert_eq!(rustix::io::ioctl_fionread(&terminal).ok(), Some(0));
            }
        }
    }
}

//! Which machine this is, and whether a process still runs on it.

/// What this machine calls itself.
pub(crate) fn machine() -> Box<str> {
    #[cfg(unix)]
    let name = rustix::system::uname()
        .nodename()
        .to_string_lossy()
        .into_owned();
    #[cfg(not(unix))]
    let name = std::env::var("COMPUTERNAME").unwrap_or_default();
    if name.is_empty() {
        "a machine without a name".into()
    } else {
        name.into()
    }
}

/// Whether a process of that number runs on this machine. It may be another one by now: then too much is refused.
#[cfg(unix)]
pub(crate) fn is_alive(process: u32) -> bool {
    let process = i32::try_from(process)
        .ok()
        .and_then(rustix::process::Pid::from_raw);
    // Of somebody else's process, too, it is told that it is there.
    process.is_some_and(|process| {
        rustix::process::test_kill_process(process) != Err(rustix::io::Errno::SRCH)
    })
}

/// Nobody knows here.
#[cfg(not(unix))]
pub(crate) fn is_alive(_process: u32) -> bool {
    false
}

#[cfg(all(test, unix))]
mod tests {
    use super::{is_alive, machine};

    #[test]
    fn this_process_is_alive_and_one_that_ended_is_not() {
        assert!(!machine().is_empty());
        assert!(is_alive(std::process::id()));
        let mut child = std::process::Command::new("true")
            .spawn()
            .expect("it starts");
        child.wait().expect("it ends");
        assert!(!is_alive(child.id()));
        assert!(!is_alive(0));
    }
}

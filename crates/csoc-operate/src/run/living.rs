//! Whether what began to apply a stack still works on it, from whichever home of this machine.

use std::path::Path;

use super::error::StackError;
use super::home::Home;
use crate::beside::{Head, is_alive, machine};
use crate::journal::Phase;
use crate::stack::StackId;

/// Refuses where what lies beside a state says who began to apply the stack, and that one still works on it.
///
/// A Terraform holds its stack in the home that it was started from for as long as it runs, whether its csoc does or not:
/// that home is asked, and not the number of a process, which may be another one's by now. Of another machine nothing is
/// known here. `home` is the one that holds the stack now, and whose own doings are over.
pub(super) fn refuse_living(head: &Head, home: &Home, stack: &StackId) -> Result<(), StackError> {
    if !matches!(head.record.phase, Phase::ApplyStarted { .. }) {
        return Ok(());
    }
    let run = head.record.run.clone();
    let is_here = head.machine == machine();
    let works = match &head.home {
        Some(path) if Path::new(&**path) == home.directory() => return Ok(()),
        // The path may be there on a machine that calls itself something else by now, too.
        Some(path) => Home::at(Path::new(&**path))?.works(stack),
        None => Ok(None),
    };
    match (works, &head.home) {
        (Ok(Some(true)), Some(home)) => Err(StackError::Busy {
            home: home.clone(),
            run,
        }),
        (Err(source), Some(home)) if is_here => Err(StackError::Hidden {
            home: home.clone(),
            run,
            actor: head.record.actor.clone(),
            source,
        }),
        // Nobody says which home it was, or that is gone: what is left is the number of its csoc.
        (Ok(None), _)
            if is_here && head.process != std::process::id() && is_alive(head.process) =>
        {
            Err(StackError::Alive {
                process: head.process,
                run,
            })
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::{Head, Home, Phase, StackError, StackId, refuse_living};
    use crate::digest::Digest;
    use crate::journal::{Outcome, Record};

    fn stack() -> StackId {
        "v1/111122223333/us-east-1/waf/cluster/main"
            .parse()
            .expect("it is one")
    }

    /// What an apply that was begun from a home leaves beside the state.
    fn begun(home: &Home) -> Head {
        let bundle = Digest::of(b"a");
        let record = Record {
            at: "2026-11-26T10:00:00Z".parse().expect("it is a time"),
            run: "r1".into(),
            actor: "ada".into(),
            stack: stack(),
            phase: Phase::ApplyStarted { bundle },
        };
        Head::new(bundle, record, home)
    }

    #[test]
    fn a_terraform_of_another_home_is_seen_and_a_number_of_a_process_is_not_believed() {
        let directory = tempfile::tempdir().expect("there is room");
        let open = |name: &str| Home::open(&directory.path().join(name)).expect("it opens");
        let (theirs, ours) = (open("theirs"), open("ours"));
        let works = theirs.hold(&stack()).expect("it can be asked");
        assert!(works.is_some());
        let mut head = begun(&theirs);
        // Its csoc is gone; the lock is what the Terraform has that it left.
        head.process = u32::MAX - 1;
        let refused = refuse_living(&head, &ours, &stack());
        assert!(
            matches!(&refused, Err(StackError::Busy { run, .. }) if **run == *"r1"),
            "{refused:?}"
        );
        // Its own home would not hold the stack now.
        assert!(refuse_living(&head, &theirs, &stack()).is_ok());
        drop(works);
        assert!(refuse_living(&head, &ours, &stack()).is_ok());
        // A process of that number runs, and is another one.
        #[cfg(unix)]
        {
            head.process = std::os::unix::process::parent_id();
            assert!(refuse_living(&head, &ours, &stack()).is_ok());
            head.home = Some("/nowhere".into());
            let refused = refuse_living(&head, &ours, &stack());
            assert!(
                matches!(refused, Err(StackError::Alive { .. })),
                "{refused:?}"
            );
        }
        head.home = None;
        head.machine = "another".into();
        assert!(refuse_living(&head, &ours, &stack()).is_ok());
    }

    #[test]
    fn a_job_that_another_home_left_to_itself_is_seen() {
        let directory = tempfile::tempdir().expect("there is room");
        let open = |name: &str| Home::open(&directory.path().join(name)).expect("it opens");
        let (theirs, ours) = (open("theirs"), open("ours"));
        let head = begun(&theirs);
        drop(theirs.hold(&stack()).expect("it can be asked"));
        let log = theirs.log_of_apply(&stack());
        fs_err::create_dir_all(log.parent().expect("it has one")).expect("it is made");
        let left = r#"{"namespace": "csoc", "job": "csoc-a"}"#;
        fs_err::write(log.with_extension("job"), left).expect("it is written");
        let refused = refuse_living(&head, &ours, &stack());
        assert!(
            matches!(refused, Err(StackError::Busy { .. })),
            "{refused:?}"
        );
    }

    #[test]
    fn what_came_to_its_end_keeps_nobody() {
        let directory = tempfile::tempdir().expect("there is room");
        let open = |name: &str| Home::open(&directory.path().join(name)).expect("it opens");
        let (theirs, ours) = (open("theirs"), open("ours"));
        let mut head = begun(&theirs);
        head.record.phase = Phase::ApplyEnded {
            bundle: Digest::of(b"a"),
            outcome: Outcome::Failed,
        };
        let _held = theirs.hold(&stack()).expect("it can be asked");
        assert!(refuse_living(&head, &ours, &stack()).is_ok());
    }
}

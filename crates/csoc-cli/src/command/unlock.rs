//! `csoc unlock`: who holds the lock of a state, and taking it away once that is known to be gone.

use csoc_operate::{Event, Head, Holder, Stack, StackError, Unlocked};

use super::operate::Workshop;
use crate::args::Format;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::session::Session;
use crate::unlock_args::Unlock;

pub(crate) fn run(arguments: &Unlock, session: &Session) -> Result<Exit, Failure> {
    let shop = Workshop::of_one(&arguments.place, &arguments.running, session)?;
    let mut stacks = shop.stacks.iter();
    let Some(stack) = stacks.find(|stack| stack.id == arguments.stack) else {
        return Err(
            Failure::unusable(format!("there is no stack `{}`", arguments.stack))
                .help("`csoc graph --stacks` lists them".to_owned()),
        );
    };
    let operator = shop.operator()?;
    let unlocked = operator
        .unlock(stack, arguments.lock_id.as_deref(), &mut |_: Event| {})
        .map_err(|error| refused(&error))?;
    let began = match &unlocked {
        Unlocked::Held { began, .. } => began.as_deref(),
        _ => None,
    };
    let (outcome, holder) = match &unlocked {
        Unlocked::Free => ("free", None),
        Unlocked::Done(holder) => ("unlocked", Some(holder)),
        Unlocked::Held { holder, .. } => ("held", Some(holder)),
        _ => ("something newer", None),
    };
    if arguments.format.format == Format::Json {
        session.print_json(&serde_json::json!({
            "stack": stack.id, "outcome": outcome, "holder": holder, "began": began,
        }))?;
    } else {
        session.print(&text(stack, outcome, holder, began))?;
    }
    let Unlocked::Held { holder, began } = unlocked else {
        return Ok(Exit::Done);
    };
    let why = match &arguments.lock_id {
        Some(_) => "the lock that is held is another one; nothing was done",
        None => "the lock is held; nothing was done",
    };
    Err(Failure {
        exit: Exit::Wrong,
        message: Some(why.to_owned()),
        help: Some(format!(
            "ask {}, or {}; what another machine does is not to be seen from here: once you know that it is gone, `csoc unlock {} --lock-id {}{}{}`",
            holder.who,
            look(began.as_deref()),
            stack.id,
            holder.id,
            arguments.place.again(),
            arguments.running.again()
        )),
    })
}

/// How it is found out on the machine itself whether it is gone.
fn look(began: Option<&Head>) -> String {
    match began {
        Some(head) => format!(
            "on the machine {} `csoc runs show {}` says whether it still goes on",
            head.machine, head.record.run
        ),
        None => "look on that machine".to_owned(),
    }
}

/// Why it is not looked at, or not taken away.
fn refused(error: &StackError) -> Failure {
    let (exit, help) = match error {
        StackError::Held => (
            Exit::Wrong,
            Some(
                "a csoc or a Terraform of this machine works on it: wait for that, or see `csoc runs list`",
            ),
        ),
        StackError::Running(_)
        | StackError::Alive { .. }
        | StackError::Busy { .. }
        | StackError::Hidden { .. }
        | StackError::Unknown { .. } => (Exit::Wrong, None),
        _ => (Exit::Partial, None),
    };
    Failure::new(exit, error).help(help.map(ToOwned::to_owned))
}

fn text(stack: &Stack, outcome: &str, holder: Option<&Holder>, began: Option<&Head>) -> String {
    let Some(holder) = holder else {
        return format!("nobody holds the lock of {}\n", stack.id);
    };
    let began = began.map(ToString::to_string);
    let rows = [
        ("stack", stack.id.as_str()),
        ("lock", &holder.id),
        ("holder", &holder.who),
        ("since", &holder.created),
        ("for", &holder.doing()),
        ("with", &holder.version),
        ("state", &holder.path),
        ("began", began.as_deref().unwrap_or_default()),
        ("outcome", outcome),
    ];
    let line = |(name, value): (&str, &str)| format!("{name:<8} {value}\n");
    let rows = rows.into_iter();
    rows.filter(|(name, value)| *name != "began" || !value.is_empty())
        .map(line)
        .collect()
}

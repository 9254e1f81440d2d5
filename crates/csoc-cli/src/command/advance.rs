//! `csoc apply --advance`: plan, approve, apply, pull outputs and render, wave by wave, until nothing is left to do.

use std::collections::BTreeSet;

use csoc_operate::{Action, Approval, Choice, InputState, PlanPage, Stack, StackId};

use super::operate::Workshop;
use super::outputs::pull;
use super::{apply, plan};
use crate::args::Format;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::operate_args::{Apply, Approve};
use crate::session::Session;
use crate::terminal::line::Answer;
use crate::terminal::progress::Progress;

pub(super) fn run(arguments: &Apply, session: &Session) -> Result<Exit, Failure> {
    // Stacks that are as they should be, by what was planned or applied since it began.
    let mut settled: BTreeSet<StackId> = BTreeSet::new();
    let mut wave = 0;
    loop {
        // Outputs of the wave before may have made other roots, and unblocked stacks.
        let shop = Workshop::open(&arguments.over.place, &arguments.over.together, session)?;
        let chosen = shop.select(&arguments.over.select)?;
        let needs = shop.stacks.needs(&chosen);
        let stacks: Vec<&Stack> = chosen
            .iter()
            .copied()
            .filter(|stack| !settled.contains(&stack.id) && !is_blocked(stack))
            .filter(|stack| {
                let needs = needs.get(&stack.id).into_iter().flatten();
                needs.into_iter().all(|id| settled.contains(*id))
            })
            .collect();
        if stacks.is_empty() {
            return Ok(end(&chosen, &settled, session));
        }
        wave += 1;
        session.say(&format!(
            "\nwave {wave}: {} of {} stacks\n",
            stacks.len(),
            chosen.len()
        ));
        match one(arguments, &shop, &stacks, session)? {
            Exit::Done => settled.extend(stacks.iter().map(|stack| stack.id.clone())),
            exit => return Ok(exit),
        }
    }
}

/// One wave: whether all of it is as it should be now.
fn one(
    arguments: &Apply,
    shop: &Workshop,
    stacks: &[&Stack],
    session: &Session,
) -> Result<Exit, Failure> {
    let format = arguments.over.format.format;
    let operator = shop.operator()?;
    let wanted: BTreeSet<&StackId> = stacks.iter().map(|stack| &stack.id).collect();
    let stacks: Vec<&Stack> = shop
        .stacks
        .iter()
        .filter(|stack| wanted.contains(&stack.id))
        .collect();
    let progress = Progress::new("plan", format, stacks.len());
    let planned = operator.plan_all(&stacks, shop.limits, shop.on_failure, &progress);
    progress.finish();
    let page = PlanPage::new(shop.run.as_str(), &planned).at(&arguments.over.place.again());
    plan::print(&page, format, session)?;
    let exit = shop.exit(&planned);
    if exit != Exit::Done {
        return Ok(exit);
    }
    let bundles = plan::bundles(planned);
    if !bundles.is_empty() {
        let approval = match arguments
            .approve
            .filter(|_| is_approved(&page, arguments.approve))
        {
            Some(Approve::Creates) => Approval::Creates,
            Some(Approve::Changes) => Approval::Changes,
            None => Approval::Prompt,
        };
        if approval == Approval::Prompt {
            if format == Format::Json || !apply::asks() {
                session.say(&format!(
                    "stopped: somebody must approve this: `csoc apply --run {}`, then `csoc outputs pull`, then again with `--advance`\n",
                    page.run
                ));
                return Ok(Exit::Wrong);
            }
            let answer = apply::confirmed(session)?;
            if answer != Answer::Yes {
                session.say("stopped: nothing of this wave was applied\n");
                return Ok(match answer {
                    Answer::Interrupted => Exit::Interrupted,
                    _ => Exit::Wrong,
                });
            }
        }
        let choice = Choice::new(bundles, approval);
        let exit = apply::these(&choice, arguments, shop, &operator, session)?;
        if exit != Exit::Done {
            return Ok(exit);
        }
    }
    let pulled = pull::pull(
        shop,
        &operator,
        &stacks,
        &arguments.over.place,
        format,
        session,
    )?;
    if pulled.changed > 0 {
        session.say(&format!("outputs of {} stacks recorded\n", pulled.changed));
    }
    Ok(pulled.exit)
}

fn is_blocked(stack: &Stack) -> bool {
    stack
        .inputs
        .iter()
        .any(|input| input.state == InputState::Missing)
}

/// Whether what a wave would do needs nobody's yes.
fn is_approved(page: &PlanPage, approve: Option<Approve>) -> bool {
    let free: &[Action] = match approve {
        None => &[],
        Some(Approve::Creates) => &[Action::Import, Action::Create],
        Some(Approve::Changes) => &[Action::Import, Action::Create, Action::Update],
    };
    let all = page.rows.iter().flat_map(csoc_operate::Row::changes);
    approve.is_some() && all.into_iter().all(|change| free.contains(&change.action))
}

fn end(chosen: &[&Stack], settled: &BTreeSet<StackId>, session: &Session) -> Exit {
    let left: Vec<&&Stack> = chosen
        .iter()
        .filter(|stack| !settled.contains(&stack.id))
        .collect();
    session.say(&format!(
        "{} of {} stacks are as they should be\n",
        chosen.len() - left.len(),
        chosen.len()
    ));
    for stack in &left {
        let missing = stack
            .inputs
            .iter()
            .filter(|input| input.state == InputState::Missing);
        let missing: Vec<&str> = missing
            .map(|input| input.from.as_deref().unwrap_or(&input.name))
            .collect();
        let why = if missing.is_empty() {
            "one that it needs".to_owned()
        } else {
            missing.join(", ")
        };
        session.say(&format!("  {} waits for {why}\n", stack.id));
        let outcome = if missing.is_empty() {
            "not begun"
        } else {
            "blocked"
        };
        session.ended.stack(&stack.id, outcome, "", &missing);
    }
    if left.is_empty() {
        Exit::Done
    } else {
        Exit::Wrong
    }
}

//! `csoc apply`: plans that somebody looked at, exactly those, and once.

use std::io::IsTerminal;

use csoc_operate::{
    Aim, Applied, Approval, Choice, ChoiceError, Endings, Named, NamedError, Operator, PlanPage,
    Selection, Told, bundles,
};

use super::advance;
use super::operate::Workshop;
use super::plan;
use crate::args::Format;
use crate::ended::waits_for;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::operate_args::Apply;
use crate::session::Session;
use crate::table::Table;
use crate::terminal::interrupt::Attachable;
use crate::terminal::line::{Answer, ask};
use crate::terminal::progress::Progress;

pub(crate) fn run(arguments: &Apply, session: &Session) -> Result<Exit, Failure> {
    if arguments.advance {
        return advance::run(arguments, session);
    }
    let format = arguments.over.format.format;
    let named = arguments.run.is_some() || !arguments.bundle.is_empty();
    if !named && (!asks() || format == Format::Json) {
        return Err(Failure::unusable("nothing says which plans to apply").help(
            "plan first, look at it, and name it: `csoc apply --run RUN`, as `csoc plan` prints it"
                .to_owned(),
        ));
    }
    let shop = Workshop::open(&arguments.over.place, &arguments.over.together, session)?;
    let operator = shop.operator()?;
    let choice = if named {
        let named = Named {
            run: arguments.run.as_deref(),
            plans: &arguments.bundle,
        };
        choose(&named, &arguments.over.select, &shop, session)?
    } else {
        match asked(arguments, &shop, &operator, session)? {
            Ok(choice) => choice,
            Err(exit) => return Ok(exit),
        }
    };
    if choice.bundles.is_empty() {
        session.say("nothing is to be applied\n");
        return Ok(Exit::Done);
    }
    let choice = choice.allow(&arguments.allow_destroy);
    these(&choice, arguments, &shop, &operator, session)
}

/// Applies plans, and prints how that ended.
pub(super) fn these(
    choice: &Choice,
    arguments: &Apply,
    shop: &Workshop,
    operator: &Operator<'_>,
    session: &Session,
) -> Result<Exit, Failure> {
    let format = arguments.over.format.format;
    let progress = Progress::new("apply", format, choice.bundles.len());
    let attachable = Attachable::by(shop.attach(&arguments.over.place));
    let applied = operator.apply_all(choice, shop.limits, shop.on_failure, &progress);
    progress.finish();
    drop(attachable);
    let endings = applied.map_err(|error| nothing_of(&error))?;
    let place = &arguments.over.place;
    let printed = print(&endings, Aim::Change, format, session);
    printed.map_err(|failure| shop.unprinted(failure, place, session))?;
    Ok(shop.exit_of_what_was_done(&endings, place, session))
}

/// Nothing of what was chosen is applied.
pub(super) fn nothing_of(error: &ChoiceError) -> Failure {
    let exit = match error {
        ChoiceError::Journal(_) => Exit::Unusable,
        _ => Exit::Wrong,
    };
    Failure::new(exit, error)
}

/// The plans that are named, of the stacks that are selected.
pub(super) fn choose(
    named: &Named<'_>,
    select: &[Selection],
    shop: &Workshop,
    session: &Session,
) -> Result<Choice, Failure> {
    let approval = match named.run {
        Some(_) => Approval::Run,
        None => Approval::Bundle,
    };
    let choice = shop
        .choose(named, select, approval)
        .map_err(|error| Failure {
            exit: match error {
                NamedError::NotRendered(_) => Exit::Wrong,
                _ => Exit::Unusable,
            },
            help: error.help(),
            ..Failure::new(Exit::Unusable, &error)
        })?;
    let done = choice.applied.len();
    if done > 0 {
        let all = done + choice.bundles.len() + choice.left_out.len();
        session.say(&format!(
            "{done} of {all} plans were applied before, or others of their stacks since, and are not applied again\n"
        ));
    }
    for bundle in &choice.applied {
        let stack = &bundle.facts().stack;
        session.ended.stack(stack, "applied before", "", &[]);
    }
    Ok(choice)
}

/// Plans, shows, and asks; the exit status where nothing is to be applied.
fn asked<'o>(
    arguments: &Apply,
    shop: &'o Workshop,
    operator: &Operator<'o>,
    session: &Session,
) -> Result<Result<Choice, Exit>, Failure> {
    let stacks = shop.select(&arguments.over.select)?;
    let progress = Progress::new("plan", Format::Text, stacks.len());
    let endings = operator.plan_all(&stacks, shop.limits, shop.on_failure, &progress);
    progress.finish();
    let page = PlanPage::new(shop.run.as_str(), &endings).at(&arguments.over.again());
    plan::print(&page, Format::Text, session)?;
    let exit = shop.exit(&endings);
    if exit != Exit::Done {
        return Ok(Err(exit));
    }
    let choice = Choice::new(bundles(endings), Approval::Prompt);
    if choice.bundles.is_empty() {
        return Ok(Ok(choice));
    }
    let answer = confirmed(session)?;
    if answer == Answer::Yes {
        return Ok(Ok(choice));
    }
    session.say("nothing was applied\n");
    Ok(Err(match answer {
        Answer::Interrupted => Exit::Interrupted,
        _ => Exit::Done,
    }))
}

/// Asks whether what was shown is to be applied.
pub(super) fn confirmed(session: &Session) -> Result<Answer, Failure> {
    let question = "\nApply exactly this? Only `yes` does: ";
    Ok(ask(question, "yes", session)?)
}

/// Whether somebody can be asked.
pub(super) fn asks() -> bool {
    std::io::stdin().is_terminal() && std::io::stderr().is_terminal()
}

pub(super) fn print(
    endings: &Endings<'_, Applied>,
    aim: Aim,
    format: Format,
    session: &Session,
) -> Result<(), Failure> {
    let mut table = Table::new(["stack", "outcome", ""]);
    let mut rows = Vec::new();
    for (stack, ending) in endings {
        let Told {
            outcome, remark, ..
        } = ending.told(aim);
        session
            .ended
            .stack(&stack.id, outcome, &remark, &waits_for(ending));
        rows.push(serde_json::json!({ "stack": stack.id, "outcome": outcome, "remark": remark }));
        table.row([stack.id.to_string(), outcome.to_owned(), remark]);
    }
    if format == Format::Json {
        return session.print_line(&serde_json::json!({ "kind": "applied", "stacks": rows }));
    }
    session.print(&table.text(""))
}

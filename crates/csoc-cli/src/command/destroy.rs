//! `csoc destroy`: all that stacks have, what is needed by others last, planned first and exactly as planned.

use std::collections::BTreeSet;

use csoc_operate::{
    Aim, Applied, Approval, Bundle, Choice, Ending, Endings, Named, Operator, PlanPage, Planned,
    Stack, StackError, bundles,
};

use super::apply;
use super::operate::Workshop;
use super::plan;
use super::plan_files::PlanFiles;
use crate::args::Format;
use crate::destroy_args::Destroy;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::session::Session;
use crate::terminal::interrupt::Attachable;
use crate::terminal::line::{Answer, ask};
use crate::terminal::progress::Progress;

pub(crate) fn run(arguments: &Destroy, session: &Session) -> Result<Exit, Failure> {
    let named = Named {
        run: arguments.run.as_deref(),
        plans: &arguments.bundle,
    };
    if named.is_none() && arguments.over.select.is_empty() {
        return Err(
            Failure::unusable("nothing says which stacks are to be destroyed").help(
                "`--select EXPR` does, such as `commons = atlas and environment = dev`; all of a fleet are `id = *`"
                    .to_owned(),
            ),
        );
    }
    files(arguments).can_be_written()?;
    let shop = Workshop::open(&arguments.over.place, &arguments.over.together, session)?;
    let operator = shop.operator()?;
    let choice = if named.is_none() {
        match planned(arguments, &shop, &operator, session)? {
            Ok(bundles) => Choice::new(bundles, Approval::Prompt),
            Err(exit) => return Ok(exit),
        }
    } else {
        apply::choose(&named, &arguments.over.select, &shop, session)?
    };
    if choice.bundles.is_empty() {
        session.say("nothing is to be destroyed\n");
        return Ok(Exit::Done);
    }
    if !all_allowed(&choice.bundles, arguments, session) {
        return Ok(Exit::Wrong);
    }
    let choice = choice.allow(&arguments.allowed);
    these(&choice, arguments, &shop, &operator, session)
}

/// The files that were asked for.
fn files(arguments: &Destroy) -> PlanFiles<'_> {
    PlanFiles {
        markdown: arguments.markdown.as_deref(),
        html: arguments.html.as_deref(),
        plans: arguments.out.as_deref(),
    }
}

/// Destroys what plans say, and prints how that ended.
fn these(
    choice: &Choice,
    arguments: &Destroy,
    shop: &Workshop,
    operator: &Operator<'_>,
    session: &Session,
) -> Result<Exit, Failure> {
    let format = arguments.over.format.format;
    let progress = Progress::new("destroy", format, choice.bundles.len());
    let attachable = Attachable::by(shop.attach(&arguments.over.place));
    let done = operator.destroy_all(choice, shop.limits, shop.on_failure, &progress);
    progress.finish();
    drop(attachable);
    let endings = done.map_err(|error| apply::nothing_of(&error))?;
    let printed = apply::print(&endings, Aim::Destroy, format, session);
    if arguments.over.place.rendered.is_none() {
        recorded(&endings, arguments, session)?;
        let is_gone =
            |(stack, ending): &(&Stack, _)| stack.is_leaving() && matches!(ending, Ending::Done(_));
        let gone = endings.iter().filter(|ending| is_gone(ending));
        let gone: Vec<&Stack> = gone.map(|(stack, _)| *stack).collect();
        if !gone.is_empty() {
            super::operate::let_go(&arguments.over.place, &gone, session)?;
        }
    }
    printed.map_err(|failure| shop.unprinted(failure, &arguments.over.place, session))?;
    Ok(shop.exit_of_what_was_done(&endings, &arguments.over.place, session))
}

/// Plans, shows, and asks for it by name; the exit status where nothing is to be destroyed now.
fn planned<'o>(
    arguments: &Destroy,
    shop: &'o Workshop,
    operator: &Operator<'o>,
    session: &Session,
) -> Result<Result<Vec<Bundle>, Exit>, Failure> {
    let format = arguments.over.format.format;
    let stacks = shop.select_to_destroy(&arguments.over.select)?;
    let progress = Progress::new("plan", format, stacks.len());
    let endings = operator.plan_destroy_all(&stacks, shop.limits, shop.on_failure, &progress);
    progress.finish();
    let again = arguments.over.again();
    let page = PlanPage::new(shop.run.as_str(), &endings).at(&again);
    // What was planned is told first, whatever becomes of files.
    plan::print(&page, format, session)?;
    files(arguments).write_pages(&page)?;
    let exit = match shop.exit(&endings) {
        Exit::Partial if endings.iter().all(|(_, ending)| is_kept_or_done(ending)) => Exit::Wrong,
        exit => exit,
    };
    let bundles = bundles(endings);
    if files(arguments).write_plans(&bundles, Aim::Destroy, &again, session)? {
        // What it takes to apply them is worth to be known already.
        all_allowed(&bundles, arguments, session);
        return Ok(Err(exit));
    }
    if exit != Exit::Done {
        return Ok(Err(exit));
    }
    if bundles.is_empty() {
        return Ok(Ok(bundles));
    }
    if !all_allowed(&bundles, arguments, session) {
        return Ok(Err(Exit::Done));
    }
    if format == Format::Json || !apply::asks() {
        return Ok(Err(Exit::Done));
    }
    let stacks: Vec<&Stack> = shop
        .stacks
        .iter()
        .filter(|stack| {
            bundles
                .iter()
                .any(|bundle| bundle.facts().stack == stack.id)
        })
        .collect();
    let name = name(&stacks);
    let question = format!("\nAll of this goes away. Only its name, `{name}`, destroys it: ");
    let answer = ask(&question, &name, session)?;
    if answer == Answer::Yes {
        return Ok(Ok(bundles));
    }
    session.say("nothing was destroyed\n");
    Ok(Err(match answer {
        Answer::Interrupted => Exit::Interrupted,
        _ => Exit::Done,
    }))
}

/// Whether nothing went wrong but that something is kept.
fn is_kept_or_done(ending: &Ending<Planned, StackError>) -> bool {
    matches!(
        ending,
        Ending::Done(_) | Ending::Failed(StackError::Kept(_) | StackError::Blocked(_))
    )
}

/// Whether all that cannot be made again is allowed; what is not is said, as `--allow-destroy` takes it.
///
/// It is looked at before anything begins: half of a fleet is no better than all of it.
fn all_allowed(bundles: &[Bundle], arguments: &Destroy, session: &Session) -> bool {
    let allowed: BTreeSet<String> = arguments.allowed.iter().map(ToString::to_string).collect();
    let mut missing = Vec::new();
    for bundle in bundles {
        let facts = bundle.facts();
        let stateful = facts
            .summary
            .changes
            .iter()
            .filter(|change| change.action.destroys() && change.is_stateful())
            .filter(|change| !allowed.contains(&*change.address));
        missing.extend(
            stateful
                .map(|change| format!("{}:{}", facts.stack, change.address))
                .filter(|named| !allowed.contains(named)),
        );
    }
    if !missing.is_empty() {
        session.say("nothing was destroyed: what cannot be made again needs\n");
    }
    for address in &missing {
        session.say(&format!("  --allow-destroy '{address}'\n"));
    }
    missing.is_empty()
}

/// What somebody types to destroy stacks: the one, the object that all are of, or how many they are.
fn name(stacks: &[&Stack]) -> String {
    let objects: BTreeSet<&str> = stacks.iter().map(|stack| &*stack.object).collect();
    match (stacks, objects.first()) {
        ([one], _) => one.id.to_string(),
        (_, Some(object)) if objects.len() == 1 => (*object).to_owned(),
        _ => format!("{} stacks", stacks.len()),
    }
}

/// Says which outputs are still recorded of what is gone.
fn recorded(
    endings: &Endings<'_, Applied>,
    arguments: &Destroy,
    session: &Session,
) -> Result<(), Failure> {
    let fleet = super::operate::fleet_directory(&arguments.over.place)?;
    for (stack, ending) in endings {
        let file = fleet.join("outputs").join(format!("{}.json", stack.id));
        if matches!(ending, Ending::Done(_)) && file.is_file() {
            session.say(&format!(
                "note: `{}` still says what {} gave: take it away, so that what needs it waits again\n",
                file.display(),
                stack.id
            ));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use csoc_operate::Stack;

    use super::name;

    fn stack(layer: &str, object: &str) -> Stack {
        serde_json::from_value(serde_json::json!({
            "id": format!("v1/111122223333/us-east-1/{layer}/cluster/main"), "path": "a", "object": object,
            "kind": layer, "account": "111122223333", "region": "us-east-1", "depends_on": [], "inputs": [],
            "status": "ready",
        }))
        .expect("it is one")
    }

    #[test]
    fn what_goes_has_a_name() {
        let (waf, data) = (
            stack("waf", "clusters.main"),
            stack("data", "clusters.main"),
        );
        let other = stack("storage", "commons.atlas.environments.dev");
        assert_eq!(name(&[&waf]), waf.id.to_string());
        assert_eq!(name(&[&waf, &data]), "clusters.main");
        assert_eq!(name(&[&waf, &data, &other]), "3 stacks");
    }
}

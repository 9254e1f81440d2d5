//! `csoc apply`: plans that somebody looked at, exactly those, and once.

use std::collections::BTreeSet;
use std::io::IsTerminal;

use csoc_operate::{
    Aim, Applied, Bundle, Digest, Ending, Endings, Journal, Operator, PlanPage, Planned, Selection,
    Told, applied_of, planned_by,
};

use super::advance;
use super::operate::{Workshop, is_selected};
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
    let bundles = if named {
        let named = Named {
            run: arguments.run.as_deref(),
            bundles: &arguments.bundle,
        };
        bundles(&named, &arguments.over.select, &shop, session)?
    } else {
        match asked(arguments, &shop, &operator, session)? {
            Ok(bundles) => bundles,
            Err(exit) => return Ok(exit),
        }
    };
    if bundles.is_empty() {
        session.say("nothing is to be applied\n");
        return Ok(Exit::Done);
    }
    these(&bundles, arguments, &shop, &operator, session)
}

/// Applies bundles, and prints how that ended.
pub(super) fn these(
    bundles: &[Bundle],
    arguments: &Apply,
    shop: &Workshop,
    operator: &Operator<'_>,
    session: &Session,
) -> Result<Exit, Failure> {
    let format = arguments.over.format.format;
    let progress = Progress::new("apply", format, bundles.len());
    let attachable = Attachable::by(shop.attach(&arguments.over.place));
    let applied = operator.apply_all(
        bundles,
        &arguments.allow_destroy,
        shop.limits,
        shop.on_failure,
        &progress,
    );
    progress.finish();
    drop(attachable);
    let endings = applied.map_err(|error| Failure::new(Exit::Wrong, &error))?;
    print(&endings, Aim::Change, format, session).inspect_err(|failure| {
        if failure.exit == Exit::Pipe {
            session.say(&format!(
                "nobody reads what is printed; `csoc runs show {}{}` says how it ended\n",
                shop.run.as_str(),
                arguments.over.place.again()
            ));
        }
    })?;
    Ok(shop.exit_of_applied(&endings))
}

/// Plans by their names.
pub(super) struct Named<'n> {
    /// All of this run.
    pub(super) run: Option<&'n str>,
    /// These, by their first digits.
    pub(super) bundles: &'n [String],
}

impl Named<'_> {
    /// Whether none is named.
    pub(super) const fn is_none(&self) -> bool {
        self.run.is_none() && self.bundles.is_empty()
    }
}

/// The bundles that were named, of the stacks that were selected.
pub(super) fn bundles(
    named: &Named<'_>,
    select: &[Selection],
    shop: &Workshop,
    session: &Session,
) -> Result<Vec<Bundle>, Failure> {
    let all = shop.home.bundles();
    let unusable = |error: csoc_operate::BundleError| Failure::new(Exit::Unusable, &error);
    let mut bundles = Vec::new();
    for name in named.bundles {
        bundles.push(Bundle::find(&all, name).map_err(unusable)?);
    }
    if let Some(run) = named.run {
        let planned = planned(run, shop)?;
        if planned.is_empty() {
            return Err(
                Failure::unusable(format!("no plan of a run `{run}` is in the journal"))
                    .help("`csoc runs list` lists runs".to_owned()),
            );
        }
        let done = applied(&planned, shop)?;
        if !done.is_empty() {
            session.say(&format!(
                "{} of {} plans were applied before, and are not applied again\n",
                done.len(),
                planned.len()
            ));
        }
        for digest in &done {
            // One that is not there any more is in the journal all the same.
            if let Ok(bundle) = Bundle::find(&all, &digest.to_string()) {
                let stack = &bundle.facts().stack;
                session.ended.stack(stack, "applied before", "", &[]);
            }
        }
        for digest in planned.into_iter().filter(|digest| !done.contains(digest)) {
            bundles.push(Bundle::find(&all, &digest.to_string()).map_err(unusable)?);
        }
    }
    bundles.retain(|bundle| {
        let stack = shop.stack_of(bundle);
        stack.is_none_or(|stack| is_selected(select, stack))
    });
    for bundle in &bundles {
        if shop.stack_of(bundle).is_none() {
            return Err(Failure {
                exit: Exit::Wrong,
                message: Some(format!(
                    "the stack `{}` is not rendered any more",
                    bundle.facts().stack
                )),
                help: Some("plan again, with the fleet as it is now".to_owned()),
            });
        }
    }
    Ok(bundles)
}

/// Those of the plans that were applied to their end: what is left of a run goes on without them.
fn applied(planned: &[Digest], shop: &Workshop) -> Result<BTreeSet<Digest>, Failure> {
    let entries = Journal::verify(&shop.home.journal())
        .map_err(|error| Failure::new(Exit::Unusable, &error))?;
    Ok(applied_of(&entries, planned))
}

/// The plans that a run made.
fn planned(run: &str, shop: &Workshop) -> Result<Vec<Digest>, Failure> {
    let entries = Journal::verify(&shop.home.journal())
        .map_err(|error| Failure::new(Exit::Unusable, &error))?;
    Ok(planned_by(&entries, run))
}

/// Plans, shows, and asks; the exit status where nothing is to be applied.
fn asked<'o>(
    arguments: &Apply,
    shop: &'o Workshop,
    operator: &Operator<'o>,
    session: &Session,
) -> Result<Result<Vec<Bundle>, Exit>, Failure> {
    let stacks = shop.select(&arguments.over.select)?;
    let progress = Progress::new("plan", Format::Text, stacks.len());
    let endings = operator.plan_all(&stacks, shop.limits, shop.on_failure, &progress);
    progress.finish();
    let page = PlanPage::new(shop.run.as_str(), &endings).at(&arguments.over.place.again());
    plan::print(&page, Format::Text, session)?;
    let exit = shop.exit(&endings);
    if exit != Exit::Done {
        return Ok(Err(exit));
    }
    let bundles: Vec<Bundle> = endings
        .into_iter()
        .filter_map(|(_, ending)| match ending {
            Ending::Done(Planned::Changes(bundle)) => Some(*bundle),
            _ => None,
        })
        .collect();
    if bundles.is_empty() {
        return Ok(Ok(bundles));
    }
    let answer = confirmed(session)?;
    if answer == Answer::Yes {
        return Ok(Ok(bundles));
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

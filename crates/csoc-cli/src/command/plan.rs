//! `csoc plan`: what stacks would do, each as a bundle, and one page about all of them.

use std::path::Path;

use csoc_operate::{Aim, Bundle, BundleError, PlanPage, RowState, bundles};

use super::operate::Workshop;
use crate::args::Format;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::operate_args::Plan;
use crate::session::{Level, Session, label};
use crate::table::Table;
use crate::terminal::progress::Progress;

pub(crate) fn run(arguments: &Plan, session: &Session) -> Result<Exit, Failure> {
    let format = arguments.over.format.format;
    is_new(arguments.out.as_deref())?;
    let shop = Workshop::open(&arguments.over.place, &arguments.over.together, session)?;
    let stacks = shop.select(&arguments.over.select)?;
    let operator = shop.operator()?;
    let progress = Progress::new("plan", format, stacks.len());
    let endings = operator.plan_all(&stacks, shop.limits, shop.on_failure, &progress);
    progress.finish();
    let page = PlanPage::new(shop.run.as_str(), &endings).at(&arguments.over.again());
    if let Some(path) = &arguments.markdown {
        fs_err::write(path, page.to_markdown())?;
    }
    if let Some(path) = &arguments.html {
        fs_err::write(path, page.to_html())?;
    }
    print(&page, format, session)?;
    let exit = match shop.exit(&endings) {
        Exit::Done if arguments.exit_code && page.tally().changed > 0 => Exit::Different,
        exit => exit,
    };
    if let Some(path) = &arguments.out {
        keep(path, &bundles(endings), Aim::Change, session)?;
    }
    Ok(exit)
}

/// Gives up on a file of plans that is there, before anything is planned: that may take long.
pub(super) fn is_new(out: Option<&Path>) -> Result<(), Failure> {
    match out.filter(|path| path.exists()) {
        Some(path) => Err(BundleError::Exists {
            path: path.to_owned(),
        }
        .into()),
        None => Ok(()),
    }
}

/// Writes plans into one file, and says which command applies them.
pub(super) fn keep(
    path: &Path,
    bundles: &[Bundle],
    aim: Aim,
    session: &Session,
) -> Result<(), Failure> {
    let all: Vec<&Bundle> = bundles.iter().collect();
    Bundle::pack(path, &all)?;
    session.say(&format!(
        "`{}` holds the plans, and is secret: `{} --bundle {0}` applies them\n",
        path.display(),
        aim.command()
    ));
    Ok(())
}

/// Prints the page: the table as data, what to do next beside it.
pub(super) fn print(page: &PlanPage, format: Format, session: &Session) -> Result<(), Failure> {
    for row in &page.rows {
        let (outcome, waits_for): (_, &[String]) = match &row.state {
            RowState::Changes { .. } => ("changes", &[]),
            RowState::Blocked { needs } => ("blocked", needs),
            RowState::Skipped => ("not begun", &[]),
            RowState::Failed { .. } => ("failed", &[]),
            _ => ("clean", &[]),
        };
        let waits_for: Vec<&str> = waits_for.iter().map(|need| &**need).collect();
        session
            .ended
            .stack(&row.stack, outcome, &row.remark(), &waits_for);
    }
    if format == Format::Json {
        return session.print_line(&serde_json::json!({ "kind": "page", "page": page }));
    }
    let mut table = Table::new(["stack", "plan", ""]);
    for row in &page.rows {
        table.row([row.stack.to_string(), row.outcome(), row.remark()]);
    }
    session.print(&table.text(""))?;
    session.say(&format!("\n{}\n", page.headline()));
    for danger in page.dangers() {
        let word = if danger.is_stateful {
            "danger:"
        } else {
            "note:"
        };
        let level = if danger.is_stateful {
            Level::Error
        } else {
            Level::Warning
        };
        let kind = if danger.is_stateful {
            ", which cannot be made again"
        } else {
            ""
        };
        session.say(&format!(
            "{} {} `{}`{kind}, in {}\n",
            label(word, level, session.colors_err()),
            danger.change.action,
            danger.change.address,
            danger.stack
        ));
    }
    if let Some(expires) = page.expires {
        session.say(&format!(
            "next: `{}` applies exactly this, until {}\n",
            page.command(),
            expires.strftime("%Y-%m-%d %H:%M UTC")
        ));
    }
    Ok(())
}

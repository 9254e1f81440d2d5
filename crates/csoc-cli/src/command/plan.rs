//! `csoc plan`: what stacks would do, each as a bundle, and one page about all of them.

use csoc_operate::{Aim, PlanPage, RowState, bundles};

use super::operate::Workshop;
use super::plan_files::PlanFiles;
use crate::args::Format;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::operate_args::Plan;
use crate::session::{Level, Session, label};
use crate::table::Table;
use crate::terminal::progress::Progress;

pub(crate) fn run(arguments: &Plan, session: &Session) -> Result<Exit, Failure> {
    let format = arguments.over.format.format;
    let files = PlanFiles {
        markdown: arguments.markdown.as_deref(),
        html: arguments.html.as_deref(),
        plans: arguments.out.as_deref(),
    };
    files.can_be_written()?;
    let shop = Workshop::open(&arguments.over.place, &arguments.over.together, session)?;
    let stacks = shop.select(&arguments.over.select)?;
    let operator = shop.operator()?;
    let progress = Progress::new("plan", format, stacks.len());
    let endings = operator.plan_all(&stacks, shop.limits, shop.on_failure, &progress);
    progress.finish();
    let again = arguments.over.again();
    let page = PlanPage::new(shop.run.as_str(), &endings).at(&again);
    // What was planned is told first, whatever becomes of files.
    print(&page, format, session)?;
    files.write_pages(&page)?;
    let exit = match shop.exit(&endings) {
        Exit::Done if arguments.exit_code && page.tally().changed > 0 => Exit::Different,
        exit => exit,
    };
    files.write_plans(&bundles(endings), Aim::Change, &again, session)?;
    Ok(exit)
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

//! How a page is printed.

use csoc_operate::{ObjectRow, Problem, StatusPage};
use jiff::Timestamp;

use crate::args::Format;
use crate::failure::Failure;
use crate::session::{Level, Session, label};
use crate::table::Table;

/// Prints a page: tables as data, what they come to beside them.
pub(super) fn print(page: &StatusPage, format: Format, session: &Session) -> Result<(), Failure> {
    if format == Format::Json {
        return session.print_json(page);
    }
    session.print(&tables(page))?;
    session.say(&format!("\n{}\n", page.headline()));
    let mut helps: Vec<&str> = Vec::new();
    for help in page
        .clusters
        .iter()
        .filter_map(|row| row.unread.as_ref()?.help())
    {
        if !helps.contains(&help) {
            helps.push(help);
        }
    }
    for help in helps {
        let word = label("help:", Level::Help, session.colors_err());
        session.say(&format!("{word} {help}\n"));
    }
    Ok(())
}

/// The tables of a page: objects, then clusters that were not read, then problems.
pub(super) fn tables(page: &StatusPage) -> String {
    let now = Timestamp::now();
    let mut table = Table::new(ObjectRow::COLUMNS);
    for row in &page.objects {
        table.row(row.cells(now));
    }
    let mut text = table.text("");
    let unread = page
        .clusters
        .iter()
        .filter_map(|row| Some((row, row.message.as_ref()?)));
    let mut table = Table::new(["not read", "why"]);
    for (row, why) in unread.clone() {
        table.row([row.cluster.clone(), why.clone()]);
    }
    if unread.count() > 0 {
        text.push('\n');
        text.push_str(&table.text(""));
    }
    if !page.problems.is_empty() {
        let mut table = Table::new(Problem::COLUMNS);
        for problem in &page.problems {
            table.row(problem.cells(now));
        }
        text.push('\n');
        text.push_str(&table.text(""));
    }
    text
}

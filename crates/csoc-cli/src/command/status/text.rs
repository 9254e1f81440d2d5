//! How a page is printed.

use csoc_operate::{ObjectRow, Problem, StatusPage};

use crate::args::Format;
use crate::command::drift::age;
use crate::failure::Failure;
use crate::session::{Level, Session, label};
use crate::table::{Table, count};

/// Prints a page: tables as data, what they come to beside them.
pub(super) fn print(page: &StatusPage, format: Format, session: &Session) -> Result<(), Failure> {
    if format == Format::Json {
        return session.print_json(page);
    }
    session.print(&tables(page))?;
    session.say(&format!("\n{}\n", headline(page)));
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
    let mut table = Table::new([
        "object", "cluster", "sync", "health", "chart", "images", "problems",
    ]);
    for row in &page.objects {
        table.row([
            row.object.clone(),
            row.cluster.clone(),
            row.sync.map_or("-", |it| it.as_str()).to_owned(),
            row.health.map_or("-", |it| it.as_str()).to_owned(),
            chart(row),
            images(row),
            problems(row),
        ]);
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
        let mut table = Table::new(["since", "cluster", "application", "problem"]);
        for problem in &page.problems {
            table.row([
                since(problem),
                problem.cluster.clone(),
                problem.application.clone(),
                problem.message.clone(),
            ]);
        }
        text.push('\n');
        text.push_str(&table.text(""));
    }
    text
}

/// What a page comes to.
pub(super) fn headline(page: &StatusPage) -> String {
    let tally = &page.tally;
    let mut text = count(tally.clusters, "cluster");
    if tally.unread > 0 {
        text = format!("{text}, {} of them not read", tally.unread);
    }
    text = format!(
        "{text}; {}, {} as rendered and well",
        count(tally.applications, "application"),
        tally.well
    );
    if tally.missing > 0 {
        text = format!("{text}, {} not there", tally.missing);
    }
    if tally.foreign > 0 {
        text = format!("{text}; {} that nobody rendered", tally.foreign);
    }
    let partly = page
        .clusters
        .iter()
        .filter(|row| row.is_partly_seen)
        .count();
    if partly > 0 {
        text = format!(
            "{text}; {} seen in part, since we may not list all namespaces",
            count(partly, "cluster")
        );
    }
    text
}

/// How long a problem has been there at least.
pub(super) fn since(problem: &Problem) -> String {
    problem.since.map_or_else(|| "-".to_owned(), age)
}

fn chart(row: &ObjectRow) -> String {
    match &row.chart {
        None => String::new(),
        Some(chart) if chart.found.as_ref() == Some(&chart.wanted) => chart.wanted.clone(),
        Some(chart) => {
            let found = chart.found.as_deref().unwrap_or("none");
            format!("{found}, not {}", chart.wanted)
        }
    }
}

fn images(row: &ObjectRow) -> String {
    match &row.images {
        None => String::new(),
        Some(images) if images.other == 0 => images.wanted.clone().unwrap_or_default(),
        Some(images) => format!("{} of {} other", images.other, images.running),
    }
}

fn problems(row: &ObjectRow) -> String {
    match (row.problems, row.since) {
        (0, _) => String::new(),
        (number, None) => number.to_string(),
        (number, Some(since)) => format!("{number}, since {}", age(since).trim_end_matches(" ago")),
    }
}

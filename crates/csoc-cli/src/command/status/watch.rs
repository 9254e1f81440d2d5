//! `csoc status --watch`: looks again and again, redraws on a terminal, and elsewhere says what changed.

use std::io::{self, IsTerminal};
use std::time::Duration;

use csoc_operate::{Clusters, Expectation, Problem, Rounds, StatusPage};

use super::text;
use crate::args::Format;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::session::Session;
use crate::status_args::Status;
use crate::terminal::interrupt;

/// How often it is looked whether somebody pressed Ctrl-C.
const GLANCE: Duration = Duration::from_millis(50);

/// Goes to the top of the screen, and clears it.
const CLEAR: &str = "\x1b[H\x1b[2J";

pub(super) fn run(
    arguments: &Status,
    expectation: &Expectation,
    clusters: &Clusters,
    session: &Session,
) -> Result<Exit, Failure> {
    let format = arguments.format.format;
    let redraws = format == Format::Text && io::stdout().is_terminal();
    let mut rounds = Rounds::new(Duration::from_secs(arguments.every));
    let mut told = Told::default();
    loop {
        let due = rounds.due(expectation);
        let Some(snapshot) = clusters.ask(expectation, &due, &interrupt::happened) else {
            return Ok(Exit::Interrupted);
        };
        let page = StatusPage::new(expectation, &rounds.take(snapshot));
        if redraws {
            let shown = format!("{CLEAR}{}\n{}\n", text::tables(&page), page.headline());
            session.print(&shown)?;
        } else if told.page.as_ref().is_none_or(|last| last.differs(&page)) {
            match format {
                Format::Json => {
                    session.print_line(&serde_json::json!({ "kind": "status", "page": page }))?;
                }
                Format::Text => told.say(&page, session)?,
            }
        }
        told.keep(page);
        while let pause = rounds.pause(expectation)
            && !pause.is_zero()
        {
            if interrupt::happened() {
                return Ok(Exit::Interrupted);
            }
            std::thread::sleep(pause.min(GLANCE));
        }
    }
}

/// What was told last.
#[derive(Default)]
struct Told {
    page: Option<StatusPage>,
    /// The problems of all clusters; of one that is not read any more those that it had.
    problems: Vec<Problem>,
}

impl Told {
    /// Takes a page as told.
    fn keep(&mut self, page: StatusPage) {
        self.problems
            .retain(|problem| !is_read(&page, &problem.cluster));
        self.problems.extend(page.problems.iter().cloned());
        self.page = Some(page);
    }

    /// The whole page at first, then what changed.
    fn say(&self, page: &StatusPage, session: &Session) -> Result<(), Failure> {
        let Some(last) = &self.page else {
            session.print(&text::tables(page))?;
            session.say(&format!("\n{}\n", page.headline()));
            return Ok(());
        };
        let at = page.at.strftime("%Y-%m-%d %H:%M:%S UTC");
        let mut lines = Vec::new();
        for row in &page.clusters {
            let before = last.clusters.iter().find(|it| it.cluster == row.cluster);
            let before = before.and_then(|it| it.message.as_deref());
            match (before, row.message.as_deref()) {
                (before, Some(why)) if before != Some(why) => {
                    lines.push(format!("{at}  + {}  not read: {why}\n", row.cluster));
                }
                (Some(_), None) => lines.push(format!("{at}  - {}  is read again\n", row.cluster)),
                _ => {}
            }
        }
        let is_gone = |it: &&Problem| is_read(page, &it.cluster) && !has(&page.problems, it);
        let gone = self.problems.iter().filter(is_gone);
        let new = page.problems.iter().filter(|it| !has(&self.problems, it));
        for (sign, problem) in gone.map(|it| ('-', it)).chain(new.map(|it| ('+', it))) {
            lines.push(format!(
                "{at}  {sign} {}  {}  {}\n",
                problem.cluster, problem.application, problem.message
            ));
        }
        session.print(&lines.concat())
    }
}

fn is_read(page: &StatusPage, cluster: &str) -> bool {
    let mut clusters = page.clusters.iter();
    clusters.any(|it| it.cluster == cluster && it.unread.is_none())
}

fn has(problems: &[Problem], problem: &Problem) -> bool {
    problems.iter().any(|it| is_same(it, problem))
}

fn is_same(one: &Problem, other: &Problem) -> bool {
    let key = |it: &Problem| {
        (
            it.cluster.clone(),
            it.namespace.clone(),
            it.application.clone(),
        )
    };
    key(one) == key(other) && one.message == other.message
}

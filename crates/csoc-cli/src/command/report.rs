//! `csoc report`: what findings say to somebody who audits, and the steps from nothing to a running fleet.

use std::collections::BTreeMap;

use csoc_core::{BootstrapOptions, Control, Report, Status, controls, verify_directory};

use super::catalog;
use crate::args::{
    FleetArgument, Format, PageFormat, Report as Arguments, ReportBootstrap, ReportCommand,
    ReportControls,
};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::session::Session;
use crate::table::Table;

pub(crate) fn run(arguments: &Arguments, session: &Session) -> Result<Exit, Failure> {
    match &arguments.command {
        ReportCommand::Controls(arguments) => list(arguments, session),
        ReportCommand::Bootstrap(arguments) => bootstrap(arguments, session),
    }
}

fn bootstrap(arguments: &ReportBootstrap, session: &Session) -> Result<Exit, Failure> {
    let fleet = session.fleet(&arguments.fleet)?;
    let mut options = BootstrapOptions::default();
    options.environment.clone_from(&arguments.environment);
    let report = fleet.bootstrap_report(&options, &session.context)?;
    match arguments.format {
        PageFormat::Text => session.print(&report.to_text())?,
        PageFormat::Json => session.print_json(&report)?,
        PageFormat::Markdown => session.print(&report.to_markdown())?,
    }
    Ok(Exit::Done)
}

/// How many findings of each code count.
fn open(
    arguments: &ReportControls,
    session: &Session,
) -> Result<Option<BTreeMap<&'static str, usize>>, Failure> {
    if arguments.fleet.is_none() && arguments.tree.is_none() {
        return Ok(None);
    }
    let context = catalog::context(arguments.fleet.as_ref(), session)?;
    let mut report: Option<Report> = None;
    let mut add = |more: Report| {
        let before = report.take().unwrap_or_default();
        report = Some(before.and(more));
    };
    if let Some(fleet) = &arguments.fleet {
        let fleet = FleetArgument {
            fleet: Some(fleet.clone()),
        };
        add(match crate::report::load(&fleet, session)? {
            Ok(fleet) => fleet.check(&context)?,
            Err(report) => report,
        });
    }
    if let Some(tree) = &arguments.tree {
        add(verify_directory(tree, &context)?);
    }
    Ok(report.map(|report| {
        let mut open = BTreeMap::new();
        for found in report.iter().filter(|found| found.status == Status::New) {
            *open.entry(found.code.as_str()).or_default() += 1;
        }
        open
    }))
}

fn list(arguments: &ReportControls, session: &Session) -> Result<Exit, Failure> {
    let open = open(arguments, session)?;
    let count = |code: &str| {
        open.as_ref()
            .map(|open| open.get(code).copied().unwrap_or_default())
    };
    let controls = controls();
    match arguments.format.format {
        Format::Json => {
            let controls: Vec<_> = controls
                .iter()
                .map(|facts| {
                    let codes: Vec<_> = facts
                        .codes
                        .iter()
                        .map(|known| {
                            serde_json::json!({
                                "code": known.code, "severity": known.severity, "summary": known.summary,
                                "docs": known.docs(), "open": count(known.code.as_str()),
                            })
                        })
                        .collect();
                    serde_json::json!({
                        "catalog": Control::CATALOG, "control": facts.control.number(), "title": facts.title, "codes": codes,
                    })
                })
                .collect();
            session.print_json(&serde_json::json!({ "controls": controls }))?;
        }
        Format::Text => {
            let mut table = Table::new(["control", "title", "finding", "severity", "open"]);
            for facts in &controls {
                for known in &facts.codes {
                    let open = count(known.code.as_str());
                    table.row([
                        facts.control.number().to_owned(),
                        facts.title.to_owned(),
                        known.code.to_string(),
                        known.severity.to_string(),
                        open.map_or_else(String::new, |open| open.to_string()),
                    ]);
                }
            }
            session.print(&table.text(""))?;
        }
    }
    Ok(Exit::Done)
}

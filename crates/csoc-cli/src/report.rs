//! Reports as text and in the formats of other tools.

use csoc_core::{FleetError, Fleet, Report};

use crate::args::{DenyOption, FleetArgument, ReportFormat};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::session::Session;

/// Loads a fleet, or gives the report of why its files are none.
pub(crate) fn load(
    argument: &FleetArgument,
    session: &Session,
) -> Result<Result<Fleet, Report>, Failure> {
    let path = Session::fleet_path(argument)?;
    match Fleet::load(path, &session.context) {
        Ok(fleet) => Ok(Ok(fleet)),
        Err(FleetError::Invalid(report)) => Ok(Err(report)),
        Err(error) => Err(error.into()),
    }
}

/// A report in a format, as data.
pub(crate) fn print(report: &Report, format: ReportFormat, session: &Session) -> Result<(), Failure> {
    let text = match format {
        ReportFormat::Text => text(report, session.colors_out()),
        ReportFormat::Json => json(report)?,
        ReportFormat::Sarif | ReportFormat::Github => json(report)?,
    };
    session.print(&text)
}

/// A report for people.
pub(crate) fn text(report: &Report, _color: bool) -> String {
    let mut text = String::new();
    for diagnostic in report {
        text.push_str(&format!("{}[{}]: {}\n", diagnostic.severity, diagnostic.code, diagnostic.message));
        for label in &diagnostic.labels {
            text.push_str(&format!("  --> {}:{}:{} {}\n", label.file, label.line, label.column, label.message));
        }
        if let Some(help) = &diagnostic.help {
            text.push_str(&format!("  = help: {help}\n"));
        }
        text.push('\n');
    }
    text
}

fn json(report: &Report) -> Result<String, Failure> {
    serde_json::to_string_pretty(report)
        .map(|text| text + "\n")
        .map_err(|error| Failure::unusable(error.to_string()))
}

/// The exit status that a report asks for.
pub(crate) fn exit(report: &Report, deny: DenyOption) -> Exit {
    let denied = deny.deny.is_some() && report.summary().warnings > 0;
    if report.has_failures() || denied {
        Exit::Wrong
    } else {
        Exit::Done
    }
}

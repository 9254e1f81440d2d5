//! Reports: loading a fleet for one, printing it, and what it says of the exit status.

use csoc_core::{Fleet, FleetError, Report, TextStyle};

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

/// Prints a report as data. For people, a report without findings is a line that says so beside the data.
pub(crate) fn print(
    report: &Report,
    format: ReportFormat,
    session: &Session,
) -> Result<(), Failure> {
    session.print(&report.render(format.into(), style(session.colors_out())))?;
    if format == ReportFormat::Text && report.diagnostics().is_empty() {
        session.say("nothing found\n");
    }
    Ok(())
}

/// How text is printed.
pub(crate) fn style(color: bool) -> TextStyle {
    if color {
        TextStyle::coloured()
    } else {
        TextStyle::plain()
    }
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

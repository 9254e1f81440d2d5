//! `csoc check`: everything that is wrong with a fleet.

use crate::args::Check;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::report;
use crate::session::Session;

pub(crate) fn run(arguments: &Check, session: &Session) -> Result<Exit, Failure> {
    let report = match report::load(&arguments.fleet, session)? {
        Ok(fleet) => fleet.check(&session.context)?,
        Err(report) => report,
    };
    report::print(&report, arguments.format, session)?;
    Ok(report::exit(&report, arguments.deny))
}

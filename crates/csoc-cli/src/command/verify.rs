//! `csoc verify`: a rendered tree against its manifest and against itself.

use csoc_core::verify_directory;

use crate::args::Verify;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::report;
use crate::session::Session;

pub(crate) fn run(arguments: &Verify, session: &Session) -> Result<Exit, Failure> {
    let report = verify_directory(&arguments.directory, &session.context)?;
    report::print(&report, arguments.format, session)?;
    Ok(report::exit(&report, arguments.deny))
}

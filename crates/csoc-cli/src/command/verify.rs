//! `csoc verify`: a rendered tree against its manifest and against itself, or Terraform of anyone's.

use std::sync::Arc;

use csoc_core::verify_directory;

use super::catalog;
use crate::args::Verify;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::report;
use crate::session::Session;

pub(crate) fn run(arguments: &Verify, session: &Session) -> Result<Exit, Failure> {
    let catalogs = catalog::catalogs(arguments.fleet.clone())?;
    let context = session.context.clone().catalogs(Arc::new(catalogs));
    let report = verify_directory(&arguments.directory, &context)?;
    report::print(&report, arguments.format, session)?;
    Ok(report::exit(&report, arguments.deny))
}

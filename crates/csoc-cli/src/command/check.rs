//! `csoc check`: everything that is wrong with a fleet.

use std::path::Path;

use csoc_core::{Fleet, Report};

use crate::args::Check;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::report;
use crate::session::Session;
use crate::table::count;

pub(crate) fn run(arguments: &Check, session: &Session) -> Result<Exit, Failure> {
    let report = match report::load(&arguments.fleet, session)? {
        Ok(fleet) => {
            let report = fleet.check(&session.context)?;
            if arguments.write_baseline {
                return write_baseline(arguments, &report, session);
            }
            report
        }
        Err(report) => report,
    };
    report::print(&report, arguments.format, session)?;
    Ok(report::exit(&report, arguments.deny))
}

/// Writes the findings down as known, and reports what is left.
fn write_baseline(arguments: &Check, report: &Report, session: &Session) -> Result<Exit, Failure> {
    let given = Session::fleet_path(&arguments.fleet)?;
    let directory = if given.is_dir() {
        given.as_path()
    } else {
        given.parent().unwrap_or(Path::new("."))
    };
    let path = directory.join("baseline.yaml");
    replace(&path, &report.baseline())?;
    let fleet = Fleet::load(directory, &session.context)?;
    let report = fleet.check(&session.context)?;
    report::print(&report, arguments.format, session)?;
    session.say(&format!(
        "{} in `{}`\n",
        count(report.summary().baselined, "known finding"),
        path.display()
    ));
    Ok(report::exit(&report, arguments.deny))
}

/// Replaces a file as a whole: whoever reads it sees the old text or the new one.
pub(super) fn replace(path: &Path, text: &str) -> Result<(), Failure> {
    let staged = path.with_extension(format!("yaml.{}", std::process::id()));
    let written = fs_err::write(&staged, text).and_then(|()| fs_err::rename(&staged, path));
    if written.is_err() {
        let _ = fs_err::remove_file(&staged);
    }
    Ok(written?)
}

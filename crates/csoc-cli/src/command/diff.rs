//! `csoc diff`: what is different, and how dangerous that is.

use std::path::Path;

use camino::{Utf8Path, Utf8PathBuf};
use csoc_core::{
    Context, Diff, DiffError, DiffOptions, DiffSide, Fleet, FleetError, SourceSet, diff,
};

use super::catalog;
use crate::args::FleetArgument;
use crate::diff_args::{Diff as Arguments, DiffFormat};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::git::Git;
use crate::report;
use crate::session::Session;

/// What marks a revision that is also the name of a directory.
const REVISION: &str = "git:";

pub(crate) fn run(arguments: &Arguments, session: &Session) -> Result<Exit, Failure> {
    let new = utf8(Session::fleet_path(&FleetArgument {
        fleet: arguments.new.clone(),
    })?)?;
    let context = catalog::context(
        arguments.new.as_ref().filter(|path| is_fleet(path)),
        session,
    )?;
    let found = if let (Some(from), Some(to)) = (&arguments.from, &arguments.to) {
        let fleet = session.fleet(&FleetArgument {
            fleet: Some(new.into()),
        })?;
        fleet.diff_environments(from, to, &context)?
    } else {
        sides(arguments, &new, &context, session)?
    };
    print(&found, arguments.format, session)?;
    let is_asked = arguments.exit_code && !found.is_empty();
    Ok(if is_asked {
        Exit::Different
    } else {
        Exit::Done
    })
}

fn sides(
    arguments: &Arguments,
    new: &Utf8Path,
    context: &Context,
    session: &Session,
) -> Result<Diff, Failure> {
    let git = Git::new(&arguments.git);
    let revision = |name: &str| revision(&git, new, name, context, session);
    let against = arguments.against.as_deref().unwrap_or("HEAD");
    let (old, old_name) = match against.strip_prefix(REVISION) {
        Some(name) => (revision(name)?, name.to_owned()),
        None if Path::new(against).exists() => (
            open(Utf8Path::new(against), context, session)?,
            against.to_owned(),
        ),
        None => (revision(against)?, against.to_owned()),
    };
    let (new, new_name) = match &arguments.at {
        Some(name) => (
            revision(name.strip_prefix(REVISION).unwrap_or(name))?,
            name.clone(),
        ),
        None => (open(new, context, session)?, new.to_string()),
    };
    let options = DiffOptions::default()
        .only(arguments.only.clone())
        .include_observed(arguments.include.is_some());
    Ok(diff(&old, &new, &options, context)?.named(old_name, new_name))
}

fn open(path: &Utf8Path, context: &Context, session: &Session) -> Result<DiffSide, Failure> {
    DiffSide::open(path, context).map_err(|error| {
        if let DiffError::Fleet { source, .. } = &error
            && let FleetError::Invalid(report) = &**source
        {
            session.say(&report.to_text(report::style(session.colors_err())));
        }
        error.into()
    })
}

/// The fleet as it was in a revision.
fn revision(
    git: &Git<'_>,
    path: &Utf8Path,
    name: &str,
    context: &Context,
    session: &Session,
) -> Result<DiffSide, Failure> {
    let directory = match path.file_name() {
        Some("fleet.yaml") => path
            .parent()
            .filter(|parent| !parent.as_str().is_empty())
            .unwrap_or(Utf8Path::new(".")),
        _ => path,
    };
    let set: SourceSet = git.fleet(directory, name)?;
    match Fleet::from_sources(set, context) {
        Ok(fleet) => Ok(DiffSide::Fleet(fleet)),
        Err(FleetError::Invalid(report)) => {
            session.say(&report.to_text(report::style(session.colors_err())));
            Err(Failure {
                exit: Exit::Wrong,
                message: Some(format!("the fleet does not load as it is in `{name}`")),
                help: None,
            })
        }
        Err(error) => Err(error.into()),
    }
}

/// Prints differences as data.
pub(super) fn print(found: &Diff, format: DiffFormat, session: &Session) -> Result<(), Failure> {
    session.print(&match format {
        DiffFormat::Text => found.to_text(report::style(session.colors_out())),
        DiffFormat::Json => found.to_json(),
        DiffFormat::Markdown => found.to_markdown(),
        DiffFormat::Html => found.to_page(),
    })
}

fn is_fleet(path: &Path) -> bool {
    path.is_file() || path.join("fleet.yaml").is_file()
}

fn utf8(path: std::path::PathBuf) -> Result<Utf8PathBuf, Failure> {
    Utf8PathBuf::from_path_buf(path)
        .map_err(|path| Failure::unusable(format!("`{}` is no UTF-8", path.display())))
}

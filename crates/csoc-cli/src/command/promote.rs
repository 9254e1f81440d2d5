//! `csoc promote`: settings of one environment carried to another, in the fleet's own files.

use csoc_core::{PromoteError, PromoteOptions};

use super::catalog;
use crate::args::Format;
use crate::diff_args::Promote;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::report;
use crate::session::Session;

pub(crate) fn run(arguments: &Promote, session: &Session) -> Result<Exit, Failure> {
    let fleet = session.fleet(&arguments.fleet)?;
    let context = catalog::context(arguments.fleet.fleet.as_ref(), session)?;
    let mut fields = arguments.field.clone();
    if arguments.release {
        fields.insert(0, "release".to_owned());
    }
    let options = PromoteOptions::new(fields).override_shared(arguments.override_shared);
    let promotion = fleet.promote(
        arguments.commons.as_str(),
        arguments.from.as_str(),
        arguments.to.as_str(),
        &options,
        &context,
    )?;
    if !arguments.dry_run {
        let mut root = Session::fleet_path(&arguments.fleet)?;
        if root.is_file() {
            root.pop();
        }
        promotion.write(&root)?;
    }
    let diff = promotion.diff.named("before", "after");
    match arguments.format.format {
        Format::Json => {
            let files: Vec<&str> = promotion
                .files
                .iter()
                .map(|(path, _)| path.as_str())
                .collect();
            let changes: serde_json::Value =
                serde_json::from_str(&diff.to_json()).unwrap_or_default();
            session.print_json(&serde_json::json!({ "files": files, "patch": promotion.patch, "written": !arguments.dry_run, "diff": changes }))?;
        }
        Format::Text => {
            session.print(&format!(
                "{}\n{}",
                promotion.patch,
                diff.to_text(report::style(session.colors_out()))
            ))?;
            if promotion.files.is_empty() {
                session.say("nothing to promote: it is the same already\n");
            } else if arguments.dry_run {
                session.say("nothing was written: --dry-run\n");
            }
        }
    }
    Ok(Exit::Done)
}

impl From<PromoteError> for Failure {
    fn from(error: PromoteError) -> Self {
        let help = error.help();
        match error {
            PromoteError::Stopped(stopped) => stopped.into(),
            error @ (PromoteError::Shared { .. }
            | PromoteError::Text { .. }
            | PromoteError::More { .. }
            | PromoteError::Fleet(_)) => Self::new(Exit::Wrong, &error).help(help),
            error => Self::new(Exit::Unusable, &error).help(help),
        }
    }
}

//! `csoc promote`: settings of one environment carried to another, in the fleet's own files.

use std::path::{Path, PathBuf};

use csoc_core::{Fleet, PromoteError, PromoteOptions};

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
    let diff = promotion.diff.named("before", "after");
    if !arguments.dry_run {
        let mut root = Session::fleet_path(&arguments.fleet)?;
        if root.is_file() {
            root.pop();
        }
        write(&root, &fleet, &promotion.files)?;
    }
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

/// Writes all files or none: each beside the old one first, and only where nobody changed that one meanwhile.
pub(super) fn write(
    root: &Path,
    fleet: &Fleet,
    files: &[(camino::Utf8PathBuf, String)],
) -> Result<(), Failure> {
    let mut staged: Vec<(PathBuf, PathBuf)> = Vec::new();
    let result = files
        .iter()
        .try_for_each(|(path, text)| stage(root, fleet, path, text).map(|pair| staged.push(pair)));
    let result = result.and_then(|()| {
        // Once more, since staging took a while.
        files
            .iter()
            .try_for_each(|(path, _)| unchanged(&root.join(path), fleet, path))
    });
    let result = result.and_then(|()| {
        staged
            .iter()
            .try_for_each(|(from, to)| Ok(fs_err::rename(from, to)?))
    });
    if result.is_err() {
        for (from, _) in &staged {
            let _ = fs_err::remove_file(from);
        }
    }
    result
}

/// Writes a file's new text beside it: where that is, and where it goes.
fn stage(
    root: &Path,
    fleet: &Fleet,
    path: &camino::Utf8Path,
    text: &str,
) -> Result<(PathBuf, PathBuf), Failure> {
    let place = root.join(path);
    unchanged(&place, fleet, path)?;
    // A link inside of the fleet stays a link.
    let target = fs_err::canonicalize(&place)?;
    let name = target
        .file_name()
        .map(|name| name.to_string_lossy().into_owned())
        .unwrap_or_default();
    let beside = target.with_file_name(format!(".{name}.{}", std::process::id()));
    let written = fs_err::write(&beside, text).and_then(|()| {
        let permissions = fs_err::metadata(&target)?.permissions();
        fs_err::set_permissions(&beside, permissions)
    });
    if let Err(error) = written {
        let _ = fs_err::remove_file(&beside);
        return Err(error.into());
    }
    Ok((beside, target))
}

fn unchanged(place: &Path, fleet: &Fleet, path: &camino::Utf8Path) -> Result<(), Failure> {
    let now = fs_err::read(place)?;
    if fleet.sources().get(path).is_some_and(|read| **read == *now) {
        return Ok(());
    }
    Err(Failure {
        exit: Exit::Wrong,
        message: Some(format!(
            "`{path}` was changed by somebody else meanwhile; nothing was written"
        )),
        help: Some("run it again".to_owned()),
    })
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

#[cfg(test)]
mod tests {
    use csoc_core::Context;

    use super::*;

    #[test]
    fn a_file_that_somebody_changed_meanwhile_is_left_alone() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("fleet.yaml");
        let example =
            Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/quickstart/fleet.yaml");
        let text = fs_err::read_to_string(example).unwrap();
        fs_err::write(&path, &text).unwrap();
        let fleet = Fleet::load(directory.path(), &Context::default()).unwrap();
        let changed = text.replace("name: demo", "name: other");
        fs_err::write(&path, &changed).unwrap();
        let files = [("fleet.yaml".into(), "mine".to_owned())];
        let failure = write(directory.path(), &fleet, &files).unwrap_err();
        assert!(
            failure
                .message
                .unwrap()
                .contains("changed by somebody else")
        );
        assert_eq!(fs_err::read_to_string(&path).unwrap(), changed);
        assert_eq!(fs_err::read_dir(directory.path()).unwrap().count(), 1);
        fs_err::write(&path, &text).unwrap();
        write(directory.path(), &fleet, &files).unwrap();
        assert_eq!(fs_err::read_to_string(&path).unwrap(), "mine");
        assert_eq!(fs_err::read_dir(directory.path()).unwrap().count(), 1);
    }
}

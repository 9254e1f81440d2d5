//! `csoc adopt`: an aspect of an object comes into management.

use std::fmt::Write as _;
use std::fs;

use camino::Utf8Path;
use csoc_core::{Adoption, Resources};

use super::init::cannot_write;
use crate::adopt_args::Adopt;
use crate::args::Format;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::session::Session;

pub(crate) fn run(arguments: &Adopt, session: &Session) -> Result<Exit, Failure> {
    let fleet = session.fleet(&arguments.fleet)?;
    let resources = match &arguments.resources {
        Some(path) => Some(Resources {
            name: path.display().to_string(),
            text: fs_err::read_to_string(path)?,
        }),
        None => None,
    };
    let to = arguments.to.map(Into::into);
    let adoption = fleet.adopt(
        &arguments.object,
        arguments.aspect,
        to,
        resources.as_ref(),
        &session.context,
    )?;
    if !arguments.dry_run {
        write(&adoption, arguments)?;
    }
    match arguments.format.format {
        Format::Json => session.print_json(&adoption)?,
        Format::Text => session.print(&text(&adoption, arguments))?,
    }
    Ok(Exit::Done)
}

/// Writes the import blocks first: they do nothing by themselves, so that a failure leaves nothing half done.
fn write(adoption: &Adoption, arguments: &Adopt) -> Result<(), Failure> {
    if let Some(out) = &arguments.out {
        for imports in &adoption.imports {
            let path = out.join(&imports.file);
            let there = fs::read_to_string(&path).ok();
            if there.as_ref().is_some_and(|there| *there != imports.text) {
                return Err(Failure::unusable(format!("`{path}` is there already"))
                    .help("remove it, or give another directory".to_owned()));
            }
            put(&path, &imports.text)?;
        }
    }
    let mut root = Session::fleet_path(&arguments.fleet)?;
    if root.is_file() {
        root.pop();
    }
    let root = Utf8Path::from_path(&root)
        .ok_or_else(|| Failure::unusable("the fleet's path is no UTF-8".to_owned()))?;
    put(&root.join(&adoption.file), &adoption.text)
}

/// Writes a file beside its place first, so that a full disk leaves the old one whole.
pub(super) fn put(path: &Utf8Path, text: &str) -> Result<(), Failure> {
    if let Some(parent) = path.parent() {
        fs::create_dir_all(parent).map_err(|error| cannot_write(parent.as_std_path(), &error))?;
    }
    let beside = path.with_extension("new");
    fs::write(&beside, text)
        .and_then(|()| fs::rename(&beside, path))
        .map_err(|error| {
            let _ = fs::remove_file(&beside);
            cannot_write(path.as_std_path(), &error)
        })
}

fn text(adoption: &Adoption, arguments: &Adopt) -> String {
    let mut text = adoption.diff.clone();
    // Writing into a string does not fail.
    let _ = writeln!(
        text,
        "\nA render then writes {} more files, and {} otherwise.",
        adoption.added.len(),
        adoption.changed.len()
    );
    for path in adoption.added.iter().chain(&adoption.changed).take(20) {
        let _ = writeln!(text, "  {path}");
    }
    for imports in &adoption.imports {
        let _ = writeln!(
            text,
            "\n{}: {} resources imported, {} not found",
            imports.file,
            imports.imported,
            imports.created.len()
        );
        for address in &imports.created {
            let _ = writeln!(text, "  not found: {address}");
        }
        if arguments.out.is_none() {
            text.push_str(&imports.text);
        }
    }
    text
}

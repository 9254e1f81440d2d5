//! `csoc adopt`: an aspect of an object comes into management.

use std::fmt::Write as _;

use csoc_core::{Adoption, Resources};

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
        let mut root = Session::fleet_path(&arguments.fleet)?;
        if root.is_file() {
            root.pop();
        }
        adoption.write(&root)?;
    }
    match arguments.format.format {
        Format::Json => session.print_json(&adoption)?,
        Format::Text => session.print(&text(&adoption))?,
    }
    Ok(Exit::Done)
}

fn text(adoption: &Adoption) -> String {
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
            "\n{}: {} resources imported, {} not found; recorded in {}",
            imports.file,
            imports.imported,
            imports.created.len(),
            imports.record
        );
        for address in &imports.created {
            let _ = writeln!(text, "  not found: {address}");
        }
    }
    text
}

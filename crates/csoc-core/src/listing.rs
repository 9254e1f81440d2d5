//! The files below a directory, in a fixed order.

use std::io;

use camino::{Utf8Path, Utf8PathBuf};
use fs_err as fs;

/// A directory that cannot be listed.
#[derive(Debug)]
pub(crate) struct Unlistable {
    /// The directory.
    pub(crate) path: Utf8PathBuf,
    /// Why.
    pub(crate) source: io::Error,
}

/// The paths of all files below a directory, sorted; those whose names are no text are left out.
///
/// Directories inside each other are entered to that depth, where `enters`
/// holds for their names. Links to directories are not followed.
pub(crate) fn files(
    root: &Utf8Path,
    depth: usize,
    enters: &dyn Fn(&str) -> bool,
) -> Result<Vec<Utf8PathBuf>, Unlistable> {
    let mut found = Vec::new();
    add(root, Utf8Path::new(""), depth, enters, &mut found)?;
    Ok(found)
}

fn add(
    root: &Utf8Path,
    below: &Utf8Path,
    depth: usize,
    enters: &dyn Fn(&str) -> bool,
    found: &mut Vec<Utf8PathBuf>,
) -> Result<(), Unlistable> {
    let directory = root.join(below);
    let failed = |source| Unlistable {
        path: directory.clone(),
        source,
    };
    let mut names = Vec::new();
    for entry in fs::read_dir(&directory).map_err(failed)? {
        let entry = entry.map_err(failed)?;
        let is_directory = entry.file_type().map_err(failed)?.is_dir();
        if let Ok(name) = entry.file_name().into_string() {
            names.push((name, is_directory));
        }
    }
    names.sort();
    for (name, is_directory) in names {
        let path = below.join(&name);
        if !is_directory {
            found.push(path);
        } else if depth > 0 && enters(&name) {
            add(root, &path, depth - 1, enters, found)?;
        }
    }
    Ok(())
}

//! Imports of real and of made-up repositories.

mod cutover;
mod fixture;
mod odd;
mod refused;
mod round_trip;

use camino::Utf8Path;

use crate::{Context, Import, ImportError, ImportKind, ImportOptions, import_directory};

/// An import of files that are written to a directory first.
fn import_files(files: &[(&str, &str)], options: &ImportOptions) -> Result<Import, ImportError> {
    let directory = tempfile::tempdir().unwrap();
    for (path, text) in files {
        let place = directory.path().join(path);
        std::fs::create_dir_all(place.parent().unwrap()).unwrap();
        std::fs::write(place, text).unwrap();
    }
    import(Utf8Path::from_path(directory.path()).unwrap(), options)
}

fn import(place: &Utf8Path, options: &ImportOptions) -> Result<Import, ImportError> {
    import_directory(
        ImportKind::Gen3Gitops,
        place,
        options,
        &Context::default().as_of("2026-11-26".parse().unwrap()),
    )
}

/// The text of a file of an imported fleet.
fn text(import: &Import, path: &str) -> String {
    let bytes = import.sources().get(Utf8Path::new(path));
    let bytes = bytes.unwrap_or_else(|| {
        let all: Vec<_> = import.sources().iter().map(|(path, _)| path).collect();
        panic!("no {path} among {all:?}")
    });
    String::from_utf8(bytes.to_vec()).unwrap()
}

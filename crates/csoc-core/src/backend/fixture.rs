//! Fleets for tests of backends.

use std::path::{Path, PathBuf};

use crate::tree::{Document, File};
use crate::value::Node;
use crate::{CompileOptions, Context, Fleet, Limits, Report, SourceSet, Tree, read_directory};

/// The repository's root.
pub(crate) fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// Recorded real input beside the repository, where it is there.
pub(crate) fn shared(path: &str) -> Option<PathBuf> {
    let place = repository().join("../shared").join(path);
    place.exists().then_some(place)
}

/// The files of a fleet below `tests/fleets`.
pub(crate) fn sources(name: &str) -> SourceSet {
    let place = repository().join("tests/fleets").join(name);
    read_directory(&place, Limits::default()).unwrap()
}

/// A fleet of these files, which must be one.
pub(crate) fn load(set: SourceSet) -> Fleet {
    match Fleet::from_sources(set, &Context::default()) {
        Ok(fleet) => fleet,
        Err(crate::FleetError::Invalid(report)) => {
            panic!("{}", report.to_text(crate::TextStyle::plain()))
        }
        Err(error) => panic!("{error}"),
    }
}

/// What a fleet compiles to.
pub(crate) fn compile(set: SourceSet) -> (Tree, Report) {
    let context = Context::default();
    load(set)
        .compile(&CompileOptions::default(), &context)
        .unwrap()
}

/// The tree of a YAML file.
pub(crate) fn yaml<'a>(tree: &'a Tree, path: &str) -> &'a Node {
    match tree.get(path).map(File::document) {
        Some(Document::Yaml(node)) => node,
        _ => panic!(
            "no YAML at {path}; there are {:?}",
            tree.iter().map(File::path).collect::<Vec<_>>()
        ),
    }
}

/// Writes a tree below `target/tmp`, for tools that read directories.
pub(crate) fn write(tree: &Tree, name: &str) {
    let root = std::env::var_os("CARGO_TARGET_TMPDIR")
        .map_or_else(|| repository().join("target/tmp"), PathBuf::from)
        .join("rendered")
        .join(name);
    let _ = std::fs::remove_dir_all(&root);
    for file in tree.iter() {
        let place = root.join(file.path());
        std::fs::create_dir_all(place.parent().unwrap()).unwrap();
        std::fs::write(place, file.bytes()).unwrap();
    }
}

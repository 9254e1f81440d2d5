//! What a file of a fleet directory is for, by its path alone.

use camino::Utf8Path;

use crate::value::Key;

/// What a file is for.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Role {
    /// Model: its content stands at this path of keys.
    Model(Vec<Key>),
    /// A file that environments refer to, by its path below `content/`.
    Content,
    /// Recorded outputs of a stack.
    Outputs,
    /// Recorded imports of a stack.
    Imports,
    /// A provider lock file.
    Lock,
    /// The list of findings that are known.
    Baseline,
    /// `csoc.lock`: which catalogs the fleet uses.
    Pins,
    /// A catalog that the lock may pin, at this path.
    Catalog,
    /// Ours to write, or none of our business.
    Ignored,
    /// Nothing that belongs here.
    Unexpected,
}

impl Role {
    /// The role of the file at that path below the fleet directory.
    pub(crate) fn of(path: &Utf8Path) -> Self {
        let parts: Vec<&str> = path.as_str().split('/').collect();
        if parts.iter().any(|part| part.starts_with('.'))
            && !matches!(parts[..], ["content" | "locks", ..])
        {
            return Self::Ignored;
        }
        match parts[..] {
            ["content", ..] => Self::Content,
            ["outputs", ..] if path.extension() == Some("json") => Self::Outputs,
            ["imports", ..] if path.extension() == Some("json") => Self::Imports,
            ["locks", ..] => Self::Lock,
            ["baseline.yaml"] => Self::Baseline,
            ["csoc.lock"] => Self::Pins,
            ["catalogs", ..] if path.extension() == Some("catalog") => Self::Catalog,
            ["catalogs", ..] | ["import-report.json" | "import-report.md"] => Self::Ignored,
            _ if path
                .file_name()
                .is_some_and(|name| name.starts_with("README")) =>
            {
                Self::Ignored
            }
            ["fleet.yaml"] => Self::Model(Vec::new()),
            [ref above @ .., name] => match name.strip_suffix(".yaml") {
                Some(stem) => {
                    Self::Model(above.iter().copied().chain([stem]).map(Key::from).collect())
                }
                None => Self::Unexpected,
            },
            [] => Self::Unexpected,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_path_of_a_file_is_the_path_of_its_content() {
        let keys = |path: &str| match Role::of(path.into()) {
            Role::Model(keys) => keys
                .iter()
                .map(Key::to_string)
                .collect::<Vec<_>>()
                .join("."),
            other => format!("{other:?}"),
        };
        assert_eq!(keys("fleet.yaml"), "");
        assert_eq!(
            keys("commons/midrc/environments/prod.yaml"),
            "commons.midrc.environments.prod"
        );
        assert_eq!(keys("content/midrc/etl.yaml"), "Content");
        assert_eq!(keys("outputs/v1/1/a.json"), "Outputs");
        assert_eq!(keys("imports/v1/1/a.json"), "Imports");
        assert_eq!(keys("csoc.lock"), "Pins");
        assert_eq!(keys("catalogs/crd/a/1.catalog"), "Catalog");
        assert_eq!(keys("catalogs/notes.txt"), "Ignored");
        assert_eq!(keys("clusters/README.md"), "Ignored");
        assert_eq!(keys(".git/config.yaml"), "Ignored");
        assert_eq!(keys("notes.txt"), "Unexpected");
        assert_eq!(keys("clusters/a.yml"), "Unexpected");
    }
}

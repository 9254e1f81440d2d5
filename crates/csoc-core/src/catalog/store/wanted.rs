//! What a fleet wants facts about, and which catalog gives them.

use std::fmt;

use crate::catalog::flat::{CatalogKind, Header};
use crate::catalog::provider::Constraint;

/// How the version of a chart starts that was read from a commit of its repository, not from a release.
///
/// Such a catalog stands for every version that the repository released around it.
const COMMIT: &str = "0.0.0+";

/// A catalog that a fleet uses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Wanted {
    /// What it holds facts about.
    pub(crate) kind: CatalogKind,
    /// Its name.
    pub(crate) name: String,
    /// Which versions will do.
    pub(crate) version: WantedVersion,
    /// The path of the fleet's field that says so, where one does.
    pub(crate) path: Option<&'static str>,
}

/// Which versions of a catalog will do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum WantedVersion {
    /// Whichever there is.
    Any,
    /// That one, or what was read from a commit.
    Exact(String),
    /// Those that a constraint allows, with its text.
    Range(Constraint, String),
}

impl Wanted {
    /// Any version of a catalog.
    pub(crate) fn any(kind: CatalogKind, name: impl Into<String>) -> Self {
        Self {
            kind,
            name: name.into(),
            version: WantedVersion::Any,
            path: None,
        }
    }

    /// A version that a field of the fleet names.
    pub(crate) fn named(
        kind: CatalogKind,
        name: impl Into<String>,
        version: WantedVersion,
        path: Option<&'static str>,
    ) -> Self {
        Self {
            version,
            path,
            ..Self::any(kind, name)
        }
    }

    /// Whether a catalog is what is wanted.
    pub(crate) fn is_covered_by(&self, header: &Header) -> bool {
        let version = &header.version;
        let will_do = match &self.version {
            WantedVersion::Any => true,
            WantedVersion::Exact(wanted) => version == wanted || version.starts_with(COMMIT),
            WantedVersion::Range(range, _) => {
                version.parse().is_ok_and(|version| range.allows(&version))
            }
        };
        will_do && header.kind == self.kind && header.name == self.name
    }
}

impl Wanted {
    /// The same for a message: the name in backticks.
    pub(crate) fn quoted(&self) -> String {
        let Self { kind, name, .. } = self;
        match &self.version {
            WantedVersion::Any => format!("the {kind} `{name}`"),
            WantedVersion::Exact(text) | WantedVersion::Range(_, text) => {
                format!("the {kind} `{name}` in version `{text}`")
            }
        }
    }
}

impl fmt::Display for Wanted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { kind, name, .. } = self;
        match &self.version {
            WantedVersion::Any => write!(f, "{kind} {name}"),
            WantedVersion::Exact(text) | WantedVersion::Range(_, text) => {
                write!(f, "{kind} {name} {text}")
            }
        }
    }
}

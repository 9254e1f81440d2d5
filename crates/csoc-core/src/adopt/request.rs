//! What is asked for, and what comes of it.

use std::fmt;
use std::str::FromStr;

use std::path::Path;

use camino::{Utf8Path, Utf8PathBuf};
use serde::Serialize;

use crate::diagnostic::Report;
use crate::model::text::TextError;
use crate::model::{Management, Mode};
use crate::source::SourceSet;
use crate::write::{EditError, write_over};

/// An aspect of an object's output.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Aspect {
    /// Terraform roots.
    Terraform,
    /// Helm values.
    Values,
    /// Argo CD applications.
    Applications,
}

impl Aspect {
    /// All aspects.
    pub const ALL: [Self; 3] = [Self::Terraform, Self::Values, Self::Applications];

    /// Its name in fleet files.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Terraform => "terraform",
            Self::Values => "values",
            Self::Applications => "applications",
        }
    }

    /// Who owns it.
    pub(super) const fn of(self, management: Management) -> Mode {
        match self {
            Self::Terraform => management.terraform,
            Self::Values => management.values,
            Self::Applications => management.applications,
        }
    }
}

impl fmt::Display for Aspect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Aspect {
    type Err = TextError;

    fn from_str(text: &str) -> Result<Self, TextError> {
        Self::ALL
            .into_iter()
            .find(|aspect| aspect.as_str() == text)
            .ok_or_else(|| TextError::new("one of terraform, values, applications"))
    }
}

/// The text of a state, of what `terraform show -json` prints, or of a list of resources.
#[derive(Debug, Clone)]
pub struct Resources {
    /// What messages call it.
    pub name: String,
    /// The text. States hold secrets: it is read and never shown.
    pub text: String,
}

/// What an adoption comes to. Nothing of it is written yet.
#[derive(Debug, Clone, Serialize)]
#[non_exhaustive]
pub struct Adoption {
    /// The object.
    pub object: String,
    /// The aspect.
    pub aspect: Aspect,
    /// Who owned it.
    pub from: Mode,
    /// Who owns it then.
    pub to: Mode,
    /// The file of the fleet that changes, below its directory.
    pub file: Utf8PathBuf,
    /// The whole text of that file after the change.
    #[serde(skip)]
    pub text: String,
    /// The change, as a text diff.
    pub diff: String,
    /// Files that a render then writes and did not write before.
    pub added: Vec<Utf8PathBuf>,
    /// Files that a render then writes otherwise.
    pub changed: Vec<Utf8PathBuf>,
    /// What is imported, by root.
    pub imports: Vec<AdoptionImports>,
    /// What compiling the changed fleet found.
    #[serde(skip)]
    pub report: Report,
    /// The files of the fleet as they are.
    #[serde(skip)]
    pub(super) before: SourceSet,
    /// The files of the fleet as they then are.
    #[serde(skip)]
    pub(super) after: SourceSet,
}

impl Adoption {
    /// The files of the fleet that change or come, below its directory, with their whole new texts.
    pub fn files(&self) -> impl Iterator<Item = (&Utf8Path, &[u8])> {
        self.after
            .iter()
            .filter(|(path, bytes)| self.before.get(path) != Some(bytes))
            .map(|(path, bytes)| (path, &**bytes))
    }

    /// Writes them below the fleet's directory: all of them or none, and only where nobody changed one meanwhile.
    pub fn write(&self, root: impl AsRef<Path>) -> Result<(), EditError> {
        write_over(root.as_ref(), self.files(), |path| {
            self.before.get(path).map(AsRef::as_ref)
        })
    }
}

/// What one root imports.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct AdoptionImports {
    /// The file that a render writes its import blocks into, below the output directory.
    pub file: Utf8PathBuf,
    /// The file below the fleet that it is recorded in.
    pub record: Utf8PathBuf,
    /// The text of that file: identifiers by address.
    pub recorded: String,
    /// How many resources it takes over.
    pub imported: usize,
    /// Resources of the root that nothing was found for: applying would create them.
    pub created: Vec<String>,
}

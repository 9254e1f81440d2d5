//! Settings of one environment carried to another: small edits of the fleet's files, and what follows from them.

mod carry;
mod error;
mod patch;

pub use error::PromoteError;

use std::path::Path;

use camino::Utf8PathBuf;

use super::change::Diff;
use super::error::DiffError;
use super::fleets;
use crate::context::Context;
use crate::fleet::Fleet;
use crate::source::SourceSet;
use crate::value::path::ModelPath;
use crate::write::{EditError, write_over};
use carry::carry;
use patch::unified;

/// What is carried, and how.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct PromoteOptions {
    /// The fields, as paths below an environment: `release`, `services.portal.image.tag`.
    pub fields: Vec<String>,
    /// Write the field into the environment where a layer sets it that others share.
    pub override_shared: bool,
}

impl PromoteOptions {
    /// Those fields.
    pub fn new(fields: Vec<String>) -> Self {
        Self {
            fields,
            override_shared: false,
        }
    }

    /// The same, and fields of shared layers are overridden in the environment.
    #[must_use]
    pub fn override_shared(mut self, wanted: bool) -> Self {
        self.override_shared = wanted;
        self
    }
}

/// What a promotion comes to: the files as they would be, and what is different then.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Promotion {
    /// Changed files with their whole new text, by their path below the fleet.
    pub files: Vec<(Utf8PathBuf, String)>,
    /// The changed lines of these files, as a unified diff.
    pub patch: String,
    /// What is different then.
    pub diff: Diff,
    /// The fleet as it is, for whether its files still are what was read.
    before: SourceSet,
}

impl Promotion {
    /// Writes the files below the fleet's directory: all of them or none, and only where nobody changed one meanwhile.
    pub fn write(&self, root: impl AsRef<Path>) -> Result<(), EditError> {
        let files = self.files.iter();
        let files = files.map(|(path, text)| (path.as_path(), text.as_bytes()));
        write_over(root.as_ref(), files, |path| {
            self.before.get(path).map(AsRef::as_ref)
        })
    }
}

impl Fleet {
    /// The edits that carry fields of one environment of a commons to another. Nothing is written.
    pub fn promote(
        &self,
        commons: &str,
        from: &str,
        to: &str,
        options: &PromoteOptions,
        context: &Context,
    ) -> Result<Promotion, PromoteError> {
        let named = |name: &str| {
            self.environment_named(&format!("{commons}/{name}"))
                .map_err(PromoteError::Environment)
        };
        let (from, to) = (named(from)?, named(to)?);
        if from == to {
            return Err(PromoteError::Same {
                environment: to.to_string(),
            });
        }
        let release = vec!["release".to_owned()];
        let fields = if options.fields.is_empty() {
            &release
        } else {
            &options.fields
        };
        let mut fleet = self.clone();
        for field in fields {
            let path: ModelPath = field
                .parse()
                .map_err(|error| PromoteError::Path(format!("{error}")))?;
            fleet = carry(&fleet, &from, &to, &path, options, context)?;
        }
        let diff = context
            .run(|| fleets(self, &fleet, context))
            .map_err(|error| match error {
                DiffError::Stopped(stopped) => PromoteError::Stopped(stopped),
                other => PromoteError::Environment(other),
            })?;
        let mut files = Vec::new();
        let mut patch = String::new();
        for (path, bytes) in fleet.sources().iter() {
            let before = self.sources().get(path);
            if before != Some(bytes) {
                let text = String::from_utf8_lossy(bytes).into_owned();
                let old = before
                    .map(|bytes| String::from_utf8_lossy(bytes).into_owned())
                    .unwrap_or_default();
                patch.push_str(&unified(path.as_str(), &old, &text));
                files.push((path.to_owned(), text));
            }
        }
        Ok(Promotion {
            files,
            patch,
            diff,
            before: self.sources().clone(),
        })
    }
}

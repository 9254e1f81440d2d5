//! What an import may be told.

use crate::model::name::ObjectName;

/// What an import may be told.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct ImportOptions {
    /// The fleet's name. Default: made of the directory's.
    pub name: Option<ObjectName>,
    /// The name and text of a mapping file: which environment is of which commons.
    pub mapping: Option<(String, String)>,
    /// The name and text of a list of the Applications that run: `kubectl get applications -A -o json`.
    pub live: Option<(String, String)>,
    /// Codes of findings that are mended on the way.
    pub fix: Vec<String>,
}

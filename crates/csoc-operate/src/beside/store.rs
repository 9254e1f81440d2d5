//! A place that keeps small things and takes a write only on a condition.

use super::error::LedgerError;

/// Which version of a thing was read: what a write that replaces it must name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Version(pub(super) Box<str>);

/// A place that keeps small things and takes a write only on a condition.
pub(crate) trait Store: Send + Sync {
    /// Where it is, for messages.
    fn place(&self) -> String;

    /// A thing and its version; nothing where it is not there.
    fn read(&self, name: &str) -> Result<Option<(Vec<u8>, Version)>, LedgerError>;

    /// Writes a thing, whole or not at all, and gives its version: where `from` is none, only if it is not there, else only
    /// in place of that version. Nothing is given, and nothing written, where that is not so.
    fn put(
        &self,
        name: &str,
        bytes: &[u8],
        from: Option<&Version>,
    ) -> Result<Option<Version>, LedgerError>;

    /// What Terraform wrote about who holds the lock of the state; nothing where nobody does.
    fn lock(&self) -> Result<Option<Vec<u8>>, LedgerError>;
}

//! What a verification may be told beside the tree.

use crate::catalog::GitRefs;

/// What is known of the outside while a tree is verified. The core asks nobody itself.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct VerifyOptions {
    /// The branches and tags that repositories have. Without them nobody says that a revision is gone.
    pub git_refs: Option<GitRefs>,
}

impl VerifyOptions {
    /// The same with a list of branches and tags.
    #[must_use]
    pub fn git_refs(mut self, refs: GitRefs) -> Self {
        self.git_refs = Some(refs);
        self
    }
}

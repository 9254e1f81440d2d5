//! Why an ApplicationSet, or a part of it, gives no Applications here.

/// What ends the reading of a generator or of a template.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Stop {
    /// Only the cluster, another repository or a service can tell.
    Undecidable(Box<str>),
    /// Argo CD refuses it, too.
    Refused(Box<str>),
    /// It makes more than anybody wants to look at.
    TooMany,
}

impl Stop {
    /// Something that this text does not decide.
    pub(super) fn undecidable(why: impl Into<Box<str>>) -> Self {
        Self::Undecidable(why.into())
    }

    /// Something that Argo CD does not take.
    pub(super) fn refused(why: impl Into<Box<str>>) -> Self {
        Self::Refused(why.into())
    }
}

//! What a portal may ask for.

use serde::Serialize;

/// What a portal may ask for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Operation {
    /// To get ready: every plan does, so that it has nothing to do.
    Init,
    /// To look whether a root is well made: the fleet was checked when it was rendered.
    Validate,
    /// To plan into a bundle.
    Plan,
    /// To apply the last bundle that was shown.
    Apply,
    /// To name outputs.
    Output,
}

/// Why it is none of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum NoOperation {
    /// It destroys.
    Destroys,
    /// It is something else.
    Unknown,
}

impl Operation {
    /// What a request names.
    pub(super) fn of(text: &str) -> Result<Self, NoOperation> {
        Ok(match text {
            "init" => Self::Init,
            "validate" => Self::Validate,
            "plan" => Self::Plan,
            "apply" => Self::Apply,
            "output" => Self::Output,
            "destroy" => return Err(NoOperation::Destroys),
            _ => return Err(NoOperation::Unknown),
        })
    }

    /// As a portal names it.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Init => "init",
            Self::Validate => "validate",
            Self::Plan => "plan",
            Self::Apply => "apply",
            Self::Output => "output",
        }
    }
}

impl NoOperation {
    /// What to do instead.
    pub(super) const fn said(&self) -> &'static str {
        match self {
            Self::Destroys => {
                "nothing is destroyed through a portal: `csoc destroy` does it, for people at a terminal"
            }
            Self::Unknown => "`operation` must be init, validate, plan, apply or output",
        }
    }
}

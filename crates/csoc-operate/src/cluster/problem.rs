//! What is not as it is rendered.

use std::fmt;

use jiff::Timestamp;
use serde::Serialize;

/// Something that is not as it is rendered, or not well.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Problem {
    /// The cluster whose Argo CD says so.
    pub cluster: String,
    /// The Application.
    pub application: String,
    /// The namespace that it is in.
    pub namespace: String,
    /// The object of the fleet that it is of; nothing where nobody rendered it.
    pub object: Option<String>,
    /// Since when at least, where that is known.
    pub since: Option<Timestamp>,
    /// What it is.
    #[serde(flatten)]
    pub trouble: Trouble,
    /// The same in a line.
    pub message: String,
}

/// What is not as it is rendered, or not well; what stands first matters most.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Trouble {
    /// It should be there, and is not.
    Missing,
    /// What runs is not well.
    Degraded {
        /// What Argo CD says of it.
        said: String,
    },
    /// The last sync failed.
    SyncFailed {
        /// What Argo CD says of it.
        said: String,
    },
    /// Argo CD complains.
    Condition {
        /// Of what: `ComparisonError`.
        condition: String,
        /// What it says.
        said: String,
    },
    /// It is no Application as Argo CD writes them.
    Malformed {
        /// What of it.
        part: String,
    },
    /// What it says is not there.
    NothingRuns,
    /// What runs is not what it says.
    OutOfSync,
    /// It does not take from where it should.
    Source {
        /// The repository or the chart that is wanted.
        source: String,
    },
    /// It asks for another revision than the rendered one.
    Revision {
        /// Of which repository or chart.
        source: String,
        /// What it asks for.
        found: String,
        /// What is rendered.
        wanted: String,
    },
    /// Another revision was deployed than the one that is wanted.
    Deployed {
        /// Of which repository or chart.
        source: String,
        /// What was deployed.
        found: String,
        /// What is wanted.
        wanted: String,
    },
    /// Images run that no value names.
    Images {
        /// Each with what is wanted.
        images: Vec<ImageDifference>,
    },
    /// Argo CD cannot tell how it is.
    Unknown {
        /// Of what it cannot tell: `sync`, `health`.
        of: String,
    },
    /// It is on its way.
    Progressing {
        /// What Argo CD says of it.
        said: String,
    },
    /// It is there, and nobody rendered it.
    Foreign,
}

/// An image that runs with a tag that no value names.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[non_exhaustive]
pub struct ImageDifference {
    /// The repository.
    pub image: String,
    /// The tag that runs.
    pub found: String,
    /// The tags that values name.
    pub wanted: Vec<String>,
}

impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let with = |f: &mut fmt::Formatter<'_>, what: &str, said: &str| match said {
            "" => f.write_str(what),
            said => write!(f, "{what}: {said}"),
        };
        match self {
            Self::Missing => f.write_str("it is not there"),
            Self::Degraded { said } => with(f, "degraded", said),
            Self::SyncFailed { said } => with(f, "its last sync failed", said),
            Self::Condition { condition, said } => with(f, condition, said),
            Self::Malformed { part } => write!(f, "its `{part}` is not what Argo CD writes"),
            Self::NothingRuns => f.write_str("nothing of it runs"),
            Self::OutOfSync => f.write_str("out of sync"),
            Self::Source { source } => write!(f, "it does not take from `{source}`"),
            Self::Revision {
                source,
                found,
                wanted,
            } => write!(
                f,
                "it asks for `{found}` of `{source}`, and `{wanted}` is rendered"
            ),
            Self::Deployed {
                source,
                found,
                wanted,
            } => write!(
                f,
                "`{found}` of `{source}` is deployed, and `{wanted}` is wanted"
            ),
            Self::Images { images } => {
                let shown = images.iter().take(3).map(|image| {
                    let name = image.image.rsplit('/').next().unwrap_or_default();
                    format!("{name}:{}, not {}", image.found, image.wanted.join(" or "))
                });
                let shown: Vec<String> = shown.collect();
                write!(f, "other images: {}", shown.join("; "))?;
                match images.len().saturating_sub(3) {
                    0 => Ok(()),
                    more => write!(f, "; {more} more"),
                }
            }
            Self::Unknown { of } => write!(f, "Argo CD cannot tell its {of}"),
            Self::Progressing { said } => with(f, "on its way", said),
            Self::Foreign => f.write_str("nobody rendered it"),
        }
    }
}

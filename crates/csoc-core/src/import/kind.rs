//! The layouts that fleets are imported from.

use crate::model::text::TextError;

/// A foreign layout.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum ImportKind {
    /// An Argo CD repository as uc-cdis/gen3-gitops lays it out.
    Gen3Gitops,
    /// Manifests of cloud-automation: a directory a commons with its `manifest.json`.
    CdisManifest,
    /// A gen3-kro repository: a directory a spoke below `argocd/spokes/`.
    Gen3Kro,
    /// Variables and outputs of gen3-terraform's root `commons`: a directory a commons.
    Gen3Terraform,
}

impl ImportKind {
    /// All kinds.
    pub const ALL: [Self; 4] = [
        Self::Gen3Gitops,
        Self::CdisManifest,
        Self::Gen3Kro,
        Self::Gen3Terraform,
    ];

    /// Its name on the command line.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Gen3Gitops => "gen3-gitops",
            Self::CdisManifest => "cdis-manifest",
            Self::Gen3Kro => "gen3-kro",
            Self::Gen3Terraform => "gen3-terraform",
        }
    }
}

impl std::fmt::Display for ImportKind {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

impl std::str::FromStr for ImportKind {
    type Err = TextError;

    fn from_str(text: &str) -> Result<Self, TextError> {
        Self::ALL
            .into_iter()
            .find(|kind| kind.as_str() == text)
            .ok_or_else(|| {
                let known: Vec<&str> = Self::ALL.iter().map(|kind| kind.as_str()).collect();
                TextError::new(format!("one of {}", known.join(", ")))
            })
    }
}

//! What a file of a GitOps repository is, by its path alone.

use camino::Utf8Path;

/// The values of the chart cluster-level-resources.
const CLUSTER_VALUES: &str = "cluster-values.yaml";

/// What a file of a repository is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Role {
    /// `CLUSTER/cluster-values/cluster-values.yaml`.
    ClusterValues,
    /// `CLUSTER/cluster-values/ADDON.yaml`.
    Addon,
    /// `CLUSTER/DEPLOYMENT/templates/*.yaml`, or `app.yaml` beside the values.
    Application,
    /// `hub/CLUSTER/*.yaml`: Applications that a hub pushes to its clusters.
    Hub,
    /// `CLUSTER/DEPLOYMENT/values/*.yaml`.
    Values,
    /// Anything else; only that it is there matters.
    Other,
}

impl Role {
    /// The role of a file by its path below the repository.
    pub(crate) fn of(path: &Utf8Path) -> Self {
        let mut parts = path.as_str().split('/');
        let parts = [(); 5].map(|()| parts.next().unwrap_or_default());
        if !matches!(path.extension(), Some("yaml" | "yml")) || parts[0].starts_with('.') {
            return Self::Other;
        }
        match parts {
            [
                _,
                "cluster-values" | "cluster-level-resources",
                CLUSTER_VALUES,
                "",
                "",
            ] => Self::ClusterValues,
            [_, "cluster-values", _, "", ""] => Self::Addon,
            ["hub", _, _, "", ""] => Self::Hub,
            [_, _, "templates", _, ""] | [_, _, "app.yaml", "", ""] => Self::Application,
            [_, _, "values", _, ""] => Self::Values,
            _ => Self::Other,
        }
    }
}

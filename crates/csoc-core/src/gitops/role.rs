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
    /// `hub/**.yaml` and `CLUSTER/argocd/**.yaml`: objects of an Argo CD itself.
    Delivery,
    /// `CLUSTER/DEPLOYMENT/values/*.yaml`.
    Values,
    /// `CLUSTER/platform/NAME/values.yaml`: values of a chart beside the commons.
    Component,
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
            ["hub", name, ..] | [_, "argocd", name, ..] if !name.is_empty() => Self::Delivery,
            [
                _,
                "cluster-values" | "cluster-level-resources",
                CLUSTER_VALUES,
                "",
                "",
            ] => Self::ClusterValues,
            [_, "cluster-values", _, "", ""] => Self::Addon,
            [_, _, "templates", _, ""] | [_, _, "app.yaml", "", ""] => Self::Application,
            [_, "platform", _, "values.yaml", ""] => Self::Component,
            [_, _, "values", _, ""] => Self::Values,
            _ => Self::Other,
        }
    }

    /// Whether a file of another role may be what an ApplicationSet looks into, or an ApplicationSet itself.
    pub(crate) fn may_matter(path: &Utf8Path) -> bool {
        let is_hidden = path.as_str().split('/').any(|part| part.starts_with('.'));
        matches!(path.extension(), Some("yaml" | "yml" | "json")) && !is_hidden
    }
}

//! The colours of kinds, the same in every form that has colours.

/// The fill and the border of a node of that kind, as `#rrggbb`; text on it is dark.
pub(super) fn colours(kind: &str) -> (&'static str, &'static str) {
    match kind {
        "environment" | "network" => ("#dbeafe", "#1d4ed8"),
        "application" | "namespace" | "hub" | "attach" | "logging" | "foundation" => {
            ("#e0e7ff", "#4338ca")
        }
        "service-account" | "role" | "cluster" | "delivery" => ("#fef3c7", "#b45309"),
        "secret" | "kubernetes-secret" => ("#fce7f3", "#be185d"),
        "key" => ("#ffe4e6", "#be123c"),
        "organization" | "bootstrap" | "access" => ("#fee2e2", "#b91c1c"),
        "bucket" | "queue" | "storage" | "secrets" | "identity" | "dns" | "waf"
        | "observability" => ("#dcfce7", "#15803d"),
        "data" | "database" | "search-domain" => ("#ccfbf1", "#0f766e"),
        _ => ("#f3f4f6", "#4b5563"),
    }
}

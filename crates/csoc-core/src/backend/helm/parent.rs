//! Sign-in: with oneself, or with a parent commons; and what both must say so that cookies pass.

use super::Subject;
use super::values::Values;
use crate::model::shared_domain;
use crate::value::Node;

pub(super) fn project(subject: &Subject<'_>, values: &mut Values) {
    let contract = &subject.input.contract;
    let spec = &contract.spec;
    let own = spec.hostname.as_str();
    let signs_in = contract
        .parent
        .as_ref()
        .map_or(own, |parent| parent.hostname.as_str());
    values.set(
        &["global", "fenceURL"],
        format!("https://{signs_in}/user"),
        "host name of the sign-in",
        &["parent", "hostname"],
    );
    let parent = contract
        .parent
        .iter()
        .map(|parent| format!("https://{}", parent.hostname));
    let children = contract
        .children
        .iter()
        .map(|child| format!("https://{child}"));
    let others = spec.exposure.origins.iter().map(ToString::to_string);
    let mut origins: Vec<String> = parent.chain(children).chain(others).collect();
    origins.dedup();
    if !origins.is_empty() {
        values.set(
            &["global", "origins_allow_credentials"],
            Node::list(origins.into_iter().map(Node::from)),
            "sites that call it with the user's cookies",
            &["parent", "exposure.origins"],
        );
    }
    let mut manifest = |key: &str, value: String| {
        values.set(
            &["global", "manifestGlobalExtraValues", key],
            value,
            "services of the parent",
            &["parent"],
        );
    };
    if let Some(parent) = &contract.parent {
        // `fence_url` follows from `global.fenceURL`; both together would give the chart's ConfigMap a key twice.
        let host = &parent.hostname;
        manifest("indexd_url", format!("https://{host}/index/"));
        manifest("workspace_url", format!("https://{host}/lw-workspace"));
        manifest("manifest_service_url", format!("https://{host}/manifests"));
        manifest("wts_url", format!("https://{host}/wts/oauth2/"));
        if let Some(domain) = &parent.cookie_domain {
            manifest("cookie_domain", domain.clone());
        }
        if parent.cluster == contract.cluster {
            let namespace = &parent.namespace;
            manifest(
                "arborist_url",
                format!("http://arborist-service.{namespace}.svc.cluster.local"),
            );
            manifest("des_namespace", namespace.clone());
        }
    } else if !contract.children.is_empty() {
        let children = contract.children.iter().map(AsRef::as_ref);
        if let Some(domain) = shared_domain(children.chain([own])) {
            manifest("cookie_domain", domain);
        }
    }
}

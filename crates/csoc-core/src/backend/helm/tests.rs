//! Values of the fleets in `tests/fleets`.

mod midrcprod;

use crate::backend::fixture::{compile, sources, write, yaml};
use crate::tree::File;
use crate::value::Node;

#[test]
fn every_profile_renders_and_nothing_is_pending() {
    let (tree, report) = compile(sources("profiles"));
    let errors: Vec<_> = report
        .diagnostics()
        .iter()
        .filter(|found| found.severity == crate::Severity::Error)
        .map(|found| format!("{} {}", found.code, found.message))
        .collect();
    assert!(errors.is_empty(), "{errors:#?}");
    let pending: Vec<_> = tree
        .pending()
        .filter(|file| file.path().starts_with("gitops"))
        .map(File::path)
        .collect();
    assert!(pending.is_empty(), "{pending:?}");
    write(&tree, "profiles");
}

#[test]
fn a_child_signs_in_to_its_hub() {
    let (tree, _) = compile(sources("profiles"));
    let child = yaml(&tree, "gitops/demo/child.hub.example.org/values/values.yaml");
    let text = |path: &[&str]| child.path(path).and_then(Node::text);
    assert_eq!(text(&["global", "fenceURL"]), Some("https://hub.example.org/user"));
    let manifest = |key| text(&["global", "manifestGlobalExtraValues", key]);
    assert_eq!(manifest("cookie_domain"), Some("hub.example.org"));
    assert_eq!(
        manifest("arborist_url"),
        Some("http://arborist-service.hubdev-helm.svc.cluster.local")
    );
    let hub = yaml(&tree, "gitops/demo/hub.example.org/values/values.yaml");
    let origins = hub.path(&["global", "origins_allow_credentials"]).unwrap();
    assert_eq!(
        origins,
        &Node::list(["https://child.hub.example.org".into()])
    );
}

#[test]
fn indices_follow_the_mapping() {
    let (tree, _) = compile(sources("profiles"));
    let values = yaml(&tree, "gitops/demo/explorer.example.org/values/values.yaml");
    let indices = values.path(&["guppy", "indices"]).unwrap().items();
    assert_eq!(indices.len(), 2);
    assert_eq!(indices[0].get("index").and_then(Node::text), Some("explorerdev_case"));
    let config = values.path(&["guppy", "configIndex"]);
    assert_eq!(config.and_then(Node::text), Some("explorerdev_array-config"));
}

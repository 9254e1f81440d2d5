//! What cluster-level-resources is told of its add-ons: the fleet `tests/fleets/add-ons`.

use std::sync::Arc;

use crate::backend::fixture::{compile, sources, yaml};
use crate::value::Node;
use crate::{Report, Tree};

/// The fleet, with another text in it.
fn with(from: &str, to: &str) -> (Tree, Report) {
    let files = sources("add-ons");
    let files = files.iter().map(|(path, bytes)| {
        let text = String::from_utf8_lossy(bytes);
        assert!(text.contains(from), "{from}");
        let bytes: Arc<[u8]> = text.replace(from, to).into_bytes().into();
        (path.to_owned(), bytes)
    });
    compile(files.collect())
}

fn text(tree: &Tree, path: &str) -> Option<String> {
    let bytes = tree.get(path)?.bytes();
    Some(String::from_utf8_lossy(&bytes).into_owned())
}

/// What the values of a cluster say of an add-on.
fn said(tree: &Tree, cluster: &str, path: &[&str]) -> Option<String> {
    let values = yaml(
        tree,
        &format!("gitops/{cluster}/cluster-values/cluster-values.yaml"),
    );
    values.path(path).and_then(Node::text).map(str::to_owned)
}

fn codes(report: &Report) -> Vec<&str> {
    report.iter().map(|one| one.code.as_str()).collect()
}

#[test]
fn where_the_values_of_the_chart_do_not_fit_ours_stand_in_a_file() {
    let (tree, report) = compile(sources("add-ons"));
    assert!(codes(&report).is_empty(), "{:?}", codes(&report));
    let files = [
        "calico/cluster-values/argo-workflows.yaml",
        "calico/cluster-values/calico.yaml",
        "calico/cluster-values/external-secrets.yaml",
        "calico/cluster-values/nvidia-device-plugin.yaml",
        "cilium/cluster-values/cilium.yaml",
    ];
    let texts = files.map(|file| {
        let text = text(&tree, &format!("gitops/{file}"));
        format!("--- {file}\n{}", text.unwrap_or_default())
    });
    insta::assert_snapshot!("values_of_ours", texts.concat());
    for (cluster, addon) in [
        ("calico", "argo-workflows"),
        ("calico", "calico"),
        ("calico", "nvidia-device-plugin"),
        ("cilium", "cilium"),
    ] {
        let is_read = said(&tree, cluster, &[addon, "configuration", "enabled"]);
        assert_eq!(is_read.as_deref(), Some("true"), "{addon}");
    }
}

/// The chart has no value for the revision that it looks for these files at.
#[test]
fn files_are_looked_for_at_the_revision_of_the_fleet() {
    let (tree, _) = compile(sources("add-ons"));
    let revision = |cluster| said(&tree, cluster, &["configurationRevision"]);
    assert_eq!(revision("calico").as_deref(), Some("main"));
    assert_eq!(revision("cilium").as_deref(), Some("main"));
    // Nobody looks for it where there is no such file.
    assert_eq!(revision("auto"), None);
}

#[test]
fn whoever_says_raw_values_of_an_add_on_has_those_of_the_chart() {
    let raw = "    values: { argo-workflows: { GEN3_ARGO_DB_HOST: workflows.example.org } }\n    addons:\n      argo-workflows: {}\n";
    let (tree, _) = with("    addons:\n      argo-workflows: {}\n", raw);
    let path = "gitops/calico/cluster-values/argo-workflows.yaml";
    assert!(tree.get(path).is_none());
    let host = said(&tree, "calico", &["argo-workflows", "GEN3_ARGO_DB_HOST"]);
    assert_eq!(host.as_deref(), Some("workflows.example.org"));
}

/// Nothing is known of the machines of a cluster that somebody else makes.
#[test]
fn a_cluster_of_somebody_else_has_what_the_chart_says() {
    let (tree, _) = with(
        "  calico:\n    account: demo\n",
        "  calico:\n    account: demo\n    management: { terraform: external }\n",
    );
    assert!(
        tree.get("gitops/calico/cluster-values/calico.yaml")
            .is_none()
    );
    let is_on = said(&tree, "calico", &["calico", "enabled"]);
    assert_eq!(is_on.as_deref(), Some("true"));
}

#[test]
fn in_auto_mode_the_network_itself_is_told_to_keep_to_policies() {
    let path = "gitops/auto/cluster-values/custom-objects/amazon-vpc-cni.yaml";
    let (tree, _) = compile(sources("add-ons"));
    let told = yaml(&tree, path);
    let name = told.path(&["metadata", "namespace"]).and_then(Node::text);
    assert_eq!(name, Some("kube-system"));
    let switch = told.path(&["data", "enable-network-policy-controller"]);
    assert_eq!(switch.and_then(Node::text), Some("true"));
    let calico = said(&tree, "auto", &["calico", "enabled"]);
    assert_eq!(calico.as_deref(), Some("false"));
    // It does so where somebody asks for it.
    let (tree, _) = with("  networkPolicies: true\n", "");
    assert!(tree.get(path).is_none());
    // Another program cannot.
    let (_, report) = with(
        "nodes: { provisioner: auto }",
        "nodes: { provisioner: auto }\n    addons: { calico: {} }",
    );
    assert_eq!(codes(&report), ["network-policy-doubled"]);
}

/// A file of ours is looked for at the root of the repository, as one of people is.
#[test]
fn a_file_that_nothing_would_read_is_said() {
    let (_, report) = with("revision: main }", "revision: main, path: fleet }");
    let found = report
        .iter()
        .filter(|one| one.code.as_str() == "addon-values-unreachable");
    let mut objects: Vec<&str> = found.filter_map(|one| one.object.as_deref()).collect();
    objects.sort_unstable();
    assert_eq!(
        objects,
        ["clusters.auto", "clusters.calico", "clusters.cilium"]
    );
}

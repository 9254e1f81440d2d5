//! Repositories in memory.

use super::*;
use crate::diagnostic::Diagnostics;
use crate::source::SourceSet;
use crate::span::Sources;

fn repository(files: &[(&str, &str)]) -> (Repository, Diagnostics) {
    let set: SourceSet = files
        .iter()
        .map(|(path, text)| (*path, text.as_bytes()))
        .collect();
    let (mut sources, mut found) = (Sources::default(), Diagnostics::default());
    let repository = read(&set, &mut sources, &mut found);
    (repository, found)
}

const APPLICATION: &str = "kind: Application
metadata: {name: gen3-a}
spec:
  destination: {namespace: a-helm}
  sources:
  - {path: helm/gen3, targetRevision: master, helm: {valueFiles: [$values/deep/main/a/values/z.yaml, $values/deep/main/a/values/b.yaml]}}
";

#[test]
fn values_are_merged_in_the_order_of_the_application() {
    let (repository, found) = repository(&[
        ("main/a/templates/app.yaml", APPLICATION),
        (
            "main/a/values/b.yaml",
            "fence: {replicaCount: 2, enabled: false}\n",
        ),
        (
            "main/a/values/z.yaml",
            "fence: {replicaCount: 4, image: {tag: x}}\n",
        ),
        (
            "main/cluster-values/cluster-values.yaml",
            "accountNumber: \"111122223333\"\n",
        ),
    ]);
    assert!(found.is_empty());
    let deployment = repository.deployments().next().unwrap();
    assert_eq!(deployment.text(&["fence", "replicaCount"]), Some("2"));
    assert_eq!(deployment.text(&["fence", "image", "tag"]), Some("x"));
    assert!(!deployment.runs("fence") && deployment.runs("arborist") && !deployment.runs("guppy"));
    assert_eq!(deployment.namespace(), Some("a-helm"));
    assert_eq!(repository.account(deployment), Some("111122223333"));
    assert!(repository.referenced("deep/main/a/values/b.yaml").is_some());
    assert!(repository.referenced("deep/main/a/values/c.yaml").is_none());
}

#[test]
fn bad_files_are_findings_and_nothing_panics() {
    let (repository, found) = repository(&[
        (
            "main/a/templates/app.yaml",
            "{{ if }}\nkind: Application\nspec: {{ x",
        ),
        ("main/a/values/values.yaml", "a: [\n"),
        ("main/b/values/values.yaml", "- 1\n"),
        (
            "main/b/templates/app.yaml",
            "kind: Application\nspec: {sources: {a: 1}, source: [1]}\n",
        ),
        ("main/cluster-values/cluster-values.yaml", "\"\n"),
        ("main/cluster-values/x.yaml", ""),
    ]);
    assert!(found.iter().count() >= 2);
    assert_eq!(repository.all().count(), 2);
}

#[test]
fn values_of_the_application_itself_win() {
    let application = APPLICATION.replace(
        "helm: {",
        "helm: {valuesObject: {fence: {replicaCount: 9}}, ",
    );
    let (repository, _) = repository(&[
        ("main/a/templates/app.yaml", &application),
        ("main/a/values/b.yaml", "fence: {replicaCount: 2}\n"),
    ]);
    let deployment = repository.deployments().next().unwrap();
    assert_eq!(deployment.text(&["fence", "replicaCount"]), Some("9"));
}

#[test]
fn applications_of_a_hub_are_of_the_deployment_whose_values_they_read() {
    let (repository, _) = repository(&[
        ("hub/main/gen3-a.yaml", APPLICATION),
        ("main/a/values/b.yaml", "fence: {enabled: true}\n"),
    ]);
    assert_eq!(repository.all().count(), 1);
    let deployment = repository.deployments().next().unwrap();
    assert_eq!(deployment.namespace(), Some("a-helm"));
}

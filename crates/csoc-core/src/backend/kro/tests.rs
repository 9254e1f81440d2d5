//! Spokes: what is derived, and what raw values replace.

use crate::backend::fixture::{compile, yaml};
use crate::source::SourceSet;
use crate::tree::BackendName;
use crate::value::Node;

const FLEET: &str = r#"
apiVersion: csoc.gen3.org/v1beta1
kind: Fleet
edition: "2026.11"
name: demo
gitops: { repository: https://github.com/example/gen3-kro, revision: main }
charts:
  gen3: { repository: https://helm.gen3.org, revision: 0.3.90 }
accounts:
  demo: { provider: aws, id: "111122223333", region: us-east-2, domain: example.org }
clusters:
  demo:
    account: demo
    version: "1.35"
    network: { cidr: 10.42.0.0/16 }
    search: { main: { version: "2.11" } }
    kro:
      name: gen3-demo
      alias: demo-prod
      values: { data: { compute: { kubernetesVersion: "1.34" } } }
      omit: [data.network]
  other: { account: demo }
commons:
  demo:
    dictionary: https://example.org/dictionary/v1/schema.json
    environments:
      prod: { cluster: demo, hostname: demo.example.org, tier: prod, release: "2026.07" }
"#;

fn text<'n>(node: &'n Node, path: &[&str]) -> Option<&'n str> {
    node.path(path).and_then(Node::text)
}

#[test]
fn a_spoke_has_what_the_model_says_and_raw_values_on_top() {
    let set = SourceSet::from_iter([("fleet.yaml", FLEET.as_bytes())]);
    let (tree, _) = compile(set);
    let path = "kro/argocd/spokes/demo-prod/infrastructure-values.yaml";
    let values = yaml(&tree, path);
    assert_eq!(text(values, &["global", "name"]), Some("gen3-demo"));
    assert_eq!(text(values, &["global", "namespace"]), Some("demo-prod"));
    let security = ["data", "domainSecurity"];
    assert_eq!(
        text(values, &[security[0], security[1], "hostname"]),
        Some("demo.example.org")
    );
    let compute = ["data", "compute"];
    assert_eq!(
        text(values, &[compute[0], compute[1], "kubernetesVersion"]),
        Some("1.34")
    );
    assert_eq!(
        text(
            values,
            &[compute[0], compute[1], "openSearchDomain", "engineVersion"]
        ),
        Some("OpenSearch_2.11")
    );
    assert!(values.path(&["data", "network"]).is_none());
}

#[test]
fn a_commons_of_a_spoke_has_the_values_that_helm_has() {
    let set = SourceSet::from_iter([("fleet.yaml", FLEET.as_bytes())]);
    let (tree, _) = compile(set);
    let ours = yaml(
        &tree,
        "kro/argocd/spokes/demo-prod/demo.example.org/gen3-values.yaml",
    );
    let helm = yaml(&tree, "gitops/demo/demo.example.org/values/values.yaml");
    assert_eq!(ours, helm);
}

#[test]
fn a_fleet_without_spokes_has_nothing_of_it() {
    let (tree, _) = compile(crate::backend::fixture::sources("profiles"));
    assert!(tree.iter().all(|file| file.backend() != BackendName::Kro));
}

//! Add-ons of a cluster that the hub pushes to.

use crate::backend::fixture::{compile, yaml};
use crate::source::SourceSet;
use crate::value::Node;
use crate::{Report, Tree};

/// A hub and the cluster `spoke`, with these fields.
fn fleet(spoke: &str) -> (Tree, Report) {
    let text = format!(
        r#"
apiVersion: csoc.gen3.org/v1beta1
kind: Fleet
edition: "2026.11"
name: demo
gitops: {{ repository: https://github.com/example/demo-gitops, revision: main }}
hub: {{ account: demo, cluster: csoc }}
charts:
  gen3: {{ repository: https://helm.gen3.org, revision: 0.3.90 }}
  clusterLevelResources: {{ repository: https://helm.gen3.org, revision: 0.6.49 }}
accounts:
  demo: {{ provider: aws, id: "111122223333", region: us-east-1, domain: example.org }}
clusters:
  csoc: {{ account: demo, network: {{ cidr: 10.1.0.0/16 }} }}
  spoke:
    account: demo
    network: {{ cidr: 10.2.0.0/16 }}
    delivery: hub-push
{spoke}
commons:
  demo:
    dictionary: https://example.org/dictionary/v1/schema.json
    environments:
      prod: {{ cluster: spoke, hostname: demo.example.org, tier: prod, release: "2026.07", networkPolicies: true }}
"#
    );
    compile(SourceSet::from_iter([("fleet.yaml", text.as_bytes())]))
}

/// The values of every component of the cluster, one after another.
fn values(tree: &Tree) -> String {
    let files = tree.iter().filter(|file| {
        let path = file.path().as_str();
        path.starts_with("gitops/spoke/platform/") && path.ends_with("/values.yaml")
    });
    let texts = files.map(|file| {
        let bytes = file.bytes();
        format!("--- {}\n{}", file.path(), String::from_utf8_lossy(&bytes))
    });
    texts.collect()
}

#[test]
fn every_add_on_is_told_what_its_contract_knows() {
    let (tree, _) = fleet(
        r"
    nodes:
      provisioner: karpenter
      pools:
        default: { size: large }
        gpu: { instanceTypes: [g6.xlarge], taints: [{ key: gpu, effect: no-schedule }] }
    addons:
      aws-s3-mountpoint: {}
      cert-manager: {}
      ebs-csi-driver: {}
      efs-csi-driver: { version: 4.4.0 }
      external-dns: {}
      kube-state-metrics: {}
      metrics-server: { values: { replicas: 2 } }
",
    );
    insta::assert_snapshot!("values_of_every_add_on", values(&tree));
    let version = |name: &str| {
        let path = format!("gitops/hub/spoke/{name}.yaml");
        let sources = yaml(&tree, &path).path(&["spec", "sources"]).cloned();
        let first = sources.and_then(|sources| sources.items().first().cloned());
        first?
            .get("targetRevision")
            .and_then(Node::text)
            .map(str::to_owned)
    };
    assert_eq!(version("efs-csi-driver").as_deref(), Some("4.4.0"));
    assert_eq!(version("karpenter").as_deref(), Some("1.14.1"));
    for name in ["node-class-100", "node-pool-default", "node-pool-gpu"] {
        let path = format!("gitops/spoke/platform/karpenter/objects/{name}.yaml");
        assert!(tree.get(&path).is_some(), "{path}");
    }
    let class = yaml(
        &tree,
        "gitops/spoke/platform/karpenter/objects/node-class-100.yaml",
    );
    let tokens = class.path(&["spec", "metadataOptions", "httpTokens"]);
    assert_eq!(tokens.and_then(Node::text), Some("required"));
}

#[test]
fn what_a_cluster_needs_is_there_without_being_named() {
    let (tree, report) = fleet("    nodes: { provisioner: auto, pools: { default: {} } }");
    let applications: Vec<&str> = tree
        .iter()
        .filter_map(|file| file.path().as_str().strip_prefix("gitops/hub/spoke/"))
        .collect();
    let has = |name: &str| applications.contains(&name);
    assert!(has("aws-load-balancer-controller.yaml"));
    assert!(has("external-secrets.yaml"));
    // In Auto Mode the network of EKS keeps to policies, once it is told, and makes nodes.
    assert!(!has("calico.yaml"));
    let told = "gitops/spoke/platform/custom-objects/amazon-vpc-cni.yaml";
    assert!(tree.get(told).is_some());
    assert!(!has("karpenter.yaml"));
    // Where EKS makes nodes itself, the pools that the model names are plain objects.
    assert!(has("custom-objects.yaml"));
    let pool = "gitops/spoke/platform/custom-objects/node-pool-default.yaml";
    assert!(tree.get(pool).is_some());
    // Nobody would read values of cluster-level-resources.
    assert!(
        tree.get("gitops/spoke/cluster-values/cluster-values.yaml")
            .is_none()
    );
    let (tree, _) = fleet("    nodes: { pools: { default: {} } }");
    assert!(tree.get("gitops/hub/spoke/calico.yaml").is_some());
    let codes: Vec<String> = report.iter().map(|it| it.code.to_string()).collect();
    assert!(!codes.contains(&"addon-unknown".to_owned()), "{codes:?}");
}

#[test]
fn an_add_on_that_nobody_pushes_is_said() {
    let (_, report) = fleet("    addons: { kube-proxy: {}, crossplane: { enabled: false } }");
    let unknown: Vec<String> = report
        .iter()
        .filter(|it| it.code.as_str() == "addon-unknown")
        .map(|it| it.message.clone())
        .collect();
    assert_eq!(unknown.len(), 1);
    assert!(unknown[0].contains("`kube-proxy`"), "{unknown:?}");
}

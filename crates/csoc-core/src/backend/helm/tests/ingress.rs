//! What leads requests to an environment, by the platform of its cluster.

use crate::Tree;
use crate::backend::fixture::{compile, yaml};
use crate::source::SourceSet;
use crate::value::Node;

/// Environments on EKS with external-dns, and on k3s.
const FLEET: &str = r#"
apiVersion: csoc.gen3.org/v1beta1
kind: Fleet
edition: "2026.11"
name: demo
gitops: { repository: https://github.com/example/demo-gitops, revision: main }
charts:
  gen3: { repository: https://helm.gen3.org, revision: 0.3.90 }
  clusterLevelResources: { repository: https://helm.gen3.org, revision: 0.6.49 }
accounts:
  demo: { provider: aws, id: "111122223333", region: us-east-1, domain: example.org, contacts: [ops@example.org] }
clusters:
  eks: { account: demo, network: { cidr: 10.1.0.0/16 }, eksAddons: { externalDns: {} } }
  lab: { account: demo, platform: k3s, management: { terraform: external } }
commons:
  demo:
    dictionary: https://example.org/dictionary/v1/schema.json
    environments:
      prod: { cluster: eks, hostname: demo.example.org, tier: prod, release: "2026.07", records: terraform }
      staging: { cluster: eks, hostname: staging.example.org, tier: staging, release: "2026.07" }
      test: { cluster: lab, hostname: test.example.net, tier: test, release: "2026.07", certificate: byo }
      dev: { cluster: lab, hostname: dev.example.net, tier: dev, release: "2026.07", certificate: le-http01 }
"#;

fn tree() -> Tree {
    compile(SourceSet::from_iter([("fleet.yaml", FLEET.as_bytes())])).0
}

fn ingress(tree: &Tree, cluster: &str, host: &str) -> Node {
    let path = format!("gitops/{cluster}/{host}/values/values.yaml");
    let values = yaml(tree, &path);
    values.path(&["revproxy", "ingress"]).cloned().unwrap()
}

#[test]
fn on_eks_it_is_the_charts_load_balancer() {
    let tree = tree();
    let owner = "external-dns.alpha.kubernetes.io/controller";
    let ours = ingress(&tree, "eks", "demo.example.org");
    assert!(ours.get("enabled").is_none());
    // The layer `dns` keeps the record: external-dns must not.
    let left = ours.path(&["annotations", owner]).and_then(Node::text);
    assert_eq!(left, Some("none"));
    let kept = ingress(&tree, "eks", "staging.example.org");
    assert!(kept.path(&["annotations", owner]).is_none());
}

#[test]
fn elsewhere_it_is_a_controller_with_a_secret() {
    let tree = tree();
    let text = |node: &Node, path: &[&str]| node.path(path).and_then(Node::text).map(str::to_owned);
    let dev = ingress(&tree, "lab", "dev.example.net");
    assert_eq!(text(&dev, &["className"]).as_deref(), Some("traefik"));
    let issuer = ["annotations", "cert-manager.io/cluster-issuer"];
    assert_eq!(text(&dev, &issuer).as_deref(), Some("letsencrypt-staging"));
    let tried = ingress(&tree, "lab", "test.example.net");
    assert_eq!(text(&tried, &issuer), None);
    let secret = tried
        .get("tls")
        .and_then(|tls| tls.items().first().cloned());
    assert_eq!(
        text(&secret.unwrap(), &["secretName"]).as_deref(),
        Some("revproxy-tls")
    );
    let values = yaml(&tree, "gitops/lab/dev.example.net/values/values.yaml");
    let aws = values.path(&["global", "aws"]).unwrap();
    assert_eq!(text(aws, &["enabled"]).as_deref(), Some("false"));
    assert_eq!(text(aws, &["wafv2", "enabled"]).as_deref(), Some("false"));
    let directory = "gitops/lab/cluster-values/custom-objects";
    let issuer = yaml(
        &tree,
        &format!("{directory}/issuer-letsencrypt-staging.yaml"),
    );
    assert_eq!(
        text(issuer, &["spec", "acme", "email"]).as_deref(),
        Some("ops@example.org")
    );
    assert!(
        tree.get(format!("{directory}/issuer-letsencrypt.yaml"))
            .is_none()
    );
    let cluster = yaml(&tree, "gitops/lab/cluster-values/cluster-values.yaml");
    assert_eq!(
        text(cluster, &["custom-objects", "enabled"]).as_deref(),
        Some("true")
    );
    assert_eq!(
        text(cluster, &["alb-controller", "enabled"]).as_deref(),
        Some("false")
    );
}

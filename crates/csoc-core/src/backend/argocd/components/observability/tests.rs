//! What observes, in a small fleet: the hub keeps what another account's cluster says.

use crate::backend::fixture::{compile, yaml};
use crate::source::SourceSet;
use crate::tree::Tree;
use crate::value::Node;

const FLEET: &str = r#"
apiVersion: csoc.gen3.org/v1beta1
kind: Fleet
edition: "2026.11"
name: demo
hub: { account: hub, cluster: csoc }
gitops: { repository: https://github.com/example/demo-gitops, revision: main }
charts:
  gen3: { repository: https://helm.gen3.org, revision: 0.3.90 }
  clusterLevelResources: { repository: https://helm.gen3.org, revision: 0.6.49 }
accounts:
  hub: { provider: aws, id: "111122223333", region: eu-west-1, domain: hub.example.org, contacts: [hub@example.org] }
  work: { provider: aws, id: "444455556666", region: us-west-2, domain: work.example.org, contacts: [hub@example.org, work@example.org] }
clusters:
  csoc: { account: hub, network: { cidr: 10.1.0.0/16 } }
  work: { account: work, network: { cidr: 10.2.0.0/16 } }
commons:
  demo:
    dictionary: https://example.org/dictionary/v1/schema.json
    environments:
      prod: { cluster: work, hostname: demo.work.example.org, tier: prod, release: "2026.07" }
      dev: { cluster: csoc, hostname: dev.hub.example.org, tier: dev, release: "2026.07" }
"#;

fn tree(fleet: &str) -> Tree {
    compile(SourceSet::from_iter([("fleet.yaml", fleet.as_bytes())])).0
}

fn text(tree: &Tree, path: &str) -> String {
    let file = tree.get(path);
    let file = file.unwrap_or_else(|| panic!("there is no {path}"));
    String::from_utf8(file.bytes().to_vec()).unwrap()
}

#[test]
fn a_hub_keeps_and_another_cluster_sends() {
    let tree = tree(FLEET);
    for (name, path) in [
        ("loki", "csoc/platform/loki/values.yaml"),
        ("mimir", "csoc/platform/mimir/values.yaml"),
        ("tempo", "csoc/platform/tempo/values.yaml"),
        ("grafana", "csoc/platform/grafana/values.yaml"),
        ("rules", "csoc/platform/mimir/objects/rules-demo.yaml"),
        ("passwords", "csoc/platform/loki/objects/passwords.yaml"),
        ("collects", "work/platform/alloy/objects/configuration.yaml"),
        ("alloy", "work/platform/alloy/values.yaml"),
    ] {
        insta::assert_snapshot!(name, text(&tree, &format!("gitops/{path}")));
    }
    // It does not keep anything itself.
    for name in ["grafana", "loki", "mimir", "tempo"] {
        assert!(
            tree.get(format!("gitops/work/argocd/{name}.yaml"))
                .is_none()
        );
    }
}

/// The chart calls a volume after each, and the API server takes none that is no DNS label.
#[test]
fn directories_of_dashboards_may_be_names_of_volumes() {
    let tree = tree(FLEET);
    let values = yaml(&tree, "gitops/csoc/platform/grafana/values.yaml");
    let maps = values.get("dashboardsConfigMaps").unwrap().entries();
    let names: Vec<&str> = maps.iter().map(|entry| entry.key.as_str()).collect();
    assert_eq!(names, ["demo", "0-platform"]);
    let providers = values.path(&["dashboardProviders", "dashboardproviders.yaml", "providers"]);
    let text = |provider: &Node, path: &[&str]| {
        provider.path(path).and_then(Node::text).unwrap().to_owned()
    };
    for (provider, name) in providers.unwrap().items().iter().zip(names) {
        assert_eq!(text(provider, &["name"]), name);
        assert_eq!(
            text(provider, &["options", "path"]),
            format!("/var/lib/grafana/dashboards/{name}")
        );
        let is_label =
            |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        assert!(format!("dashboards-{name}").bytes().all(is_label));
    }
}

/// External Secrets is where whoever brings it puts it; both tell of secrets that are not there.
#[test]
fn programs_are_asked_wherever_they_are() {
    let tree = tree(FLEET);
    for cluster in ["csoc", "work"] {
        let alloy = text(
            &tree,
            &format!("gitops/{cluster}/platform/alloy/objects/configuration.yaml"),
        );
        let (_, programs) = alloy
            .split_once("discovery.kubernetes \"programs\"")
            .unwrap();
        let (programs, _) = programs.split_once("discovery.relabel").unwrap();
        for namespace in ["\"external-secrets\"", "\"kube-system\""] {
            assert!(programs.contains(namespace), "{cluster}: {programs}");
        }
    }
}

#[test]
fn nothing_is_sent_to_anybody_else() {
    let tree = tree(FLEET);
    let files = tree.iter().filter(|file| {
        let path = file.path().as_str();
        path.contains("/platform/") && !path.contains("/rules-") && !path.contains("platform-rules")
    });
    let mut seen = 0;
    for file in files {
        let text = String::from_utf8(file.bytes().to_vec()).unwrap();
        for (at, _) in text.match_indices("://") {
            let rest = &text[at + 3..];
            let host = rest.split(['/', ':', '"', ';', '\n', ' ']).next().unwrap();
            let is_ours = host.ends_with(".example.org") || host.ends_with(".svc.cluster.local");
            assert!(is_ours, "{}: {host}", file.path());
            seen += 1;
        }
    }
    assert!(seen > 10, "{seen}");
}

#[test]
fn stores_are_those_of_the_layer_and_nothing_names_a_zone() {
    let tree = tree(FLEET);
    let loki = yaml(&tree, "gitops/csoc/platform/loki/values.yaml");
    let at = |path: &[&str]| loki.path(path).and_then(Node::text).map(str::to_owned);
    assert_eq!(
        at(&["loki", "storage", "bucketNames", "chunks"]).as_deref(),
        Some("gen3-111122223333-loki-eu-west-1")
    );
    assert_eq!(
        at(&["loki", "storage", "s3", "region"]).as_deref(),
        Some("eu-west-1")
    );
    for file in tree
        .iter()
        .filter(|file| file.path().as_str().contains("/platform/"))
    {
        let text = String::from_utf8(file.bytes().to_vec()).unwrap();
        assert!(!text.contains("us-east-1"), "{}", file.path());
    }
}

#[test]
fn where_nobody_asks_nothing_observes() {
    let tree = tree(&FLEET.replace(
        "release: \"2026.07\" }",
        "release: \"2026.07\", observability: { profile: none } }",
    ));
    let platform = tree
        .iter()
        .filter(|file| file.path().as_str().contains("/platform/"));
    assert_eq!(platform.count(), 0);
}

#[test]
fn an_account_of_its_own_needs_no_door() {
    let tree = tree(&FLEET.replace(
        "release: \"2026.07\" }",
        "release: \"2026.07\", observability: { profile: per-account } }",
    ));
    for cluster in ["csoc", "work"] {
        assert!(
            tree.get(format!("gitops/{cluster}/argocd/loki.yaml"))
                .is_some()
        );
        let door = format!("gitops/{cluster}/platform/loki/objects/ingress.yaml");
        assert!(tree.get(door).is_none());
        let alloy = text(
            &tree,
            &format!("gitops/{cluster}/platform/alloy/objects/configuration.yaml"),
        );
        assert!(!alloy.contains("https://telemetry"));
    }
}

#[test]
fn what_raw_values_switch_on_comes_as_an_add_on() {
    let tree = tree(&FLEET.replace(
        "work: { account: work, network: { cidr: 10.2.0.0/16 } }",
        "work: { account: work, network: { cidr: 10.2.0.0/16 }, values: { kube-state-metrics: { enabled: true } } }",
    ));
    for (cluster, is_ours) in [("csoc", true), ("work", false)] {
        let application = format!("gitops/{cluster}/argocd/kube-state-metrics.yaml");
        assert_eq!(tree.get(application).is_some(), is_ours, "{cluster}");
    }
    let values = yaml(&tree, "gitops/work/cluster-values/cluster-values.yaml");
    let is_on = values.path(&["kube-state-metrics", "enabled"]);
    assert_eq!(is_on.and_then(Node::text), Some("true"));
}

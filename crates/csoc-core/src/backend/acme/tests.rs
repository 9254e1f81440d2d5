//! Certificates of Let's Encrypt: proved by a file or by a record, and refused where neither can work.

use crate::backend::fixture::{compile, load, yaml};
use crate::source::SourceSet;
use crate::value::Node;
use crate::{Context, Tree};

/// A cluster with these fields and, on it, an environment at that host, with these fields.
fn fleet(cluster: &str, host: &str, environment: &str) -> SourceSet {
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
  demo: {{ provider: aws, id: "111122223333", region: us-east-1, domain: example.org, contacts: [ops@example.org] }}
clusters:
  csoc: {{ account: demo, network: {{ cidr: 10.1.0.0/16 }} }}
  work: {{ account: demo, network: {{ cidr: 10.2.0.0/16 }}, {cluster} }}
commons:
  demo:
    dictionary: https://example.org/dictionary/v1/schema.json
    environments:
      prod: {{ cluster: work, hostname: {host}, tier: prod, release: "2026.07", {environment} }}
"#
    );
    SourceSet::from_iter([("fleet.yaml", text.as_bytes())])
}

/// A cluster that a controller leads into.
const CONTROLLER: &str = "loadBalancers: { inner: { scheme: internal, ingressClass: nginx } }";
const BY_RECORD: &str = "certificate: le-dns01";

fn text<'a>(node: &'a Node, path: &[&str]) -> &'a str {
    node.path(path).and_then(Node::text).unwrap_or_default()
}

fn file(tree: &Tree, path: &str) -> String {
    let file = tree
        .get(path)
        .unwrap_or_else(|| panic!("there is no {path}"));
    String::from_utf8(file.bytes().to_vec()).unwrap()
}

/// What is found of certificates.
fn refused(cluster: &str, host: &str, environment: &str) -> Vec<String> {
    let report = load(fleet(cluster, host, environment))
        .check(&Context::default())
        .unwrap();
    let all = report.diagnostics().iter();
    let found = all.filter(|one| one.code.as_str() == "certificate-unfitting");
    found.map(|one| one.message.clone()).collect()
}

#[test]
fn names_are_proved_by_records_of_their_own_and_no_other() {
    for (delivery, directory) in [
        ("spoke-pull", "gitops/work/cluster-values/custom-objects"),
        ("hub-push", "gitops/work/platform/cert-manager/objects"),
    ] {
        let cluster = format!("delivery: {delivery}, {CONTROLLER}");
        let (tree, _) = compile(fleet(&cluster, "data.example.org", BY_RECORD));
        let issuer = yaml(&tree, &format!("{directory}/issuer-letsencrypt.yaml"));
        let solvers = issuer.path(&["spec", "acme", "solvers"]).unwrap();
        let [solver] = solvers.items() else {
            panic!("{delivery}: {solvers:?}");
        };
        let names = solver.path(&["selector", "dnsNames"]).unwrap();
        assert_eq!(names.items()[0].text(), Some("data.example.org"));
        let route53 = solver.path(&["dns01", "route53"]).unwrap();
        assert_eq!(
            text(route53, &["role"]),
            "arn:aws:iam::111122223333:role/gen3/work/work--cert-manager"
        );
        let account = ["auth", "kubernetes", "serviceAccountRef", "name"];
        assert_eq!(text(route53, &account), "acme-dns01");
        let role = yaml(&tree, &format!("{directory}/acme-dns01-role.yaml"));
        let granted = &role.path(&["rules"]).unwrap().items()[0];
        let names = granted.path(&["resourceNames"]).unwrap();
        assert_eq!(names.items()[0].text(), Some("acme-dns01"));
        assert!(
            tree.get(format!("{directory}/acme-dns01-binding.yaml"))
                .is_some()
        );

        let values = file(&tree, "gitops/work/data.example.org/values/values.yaml");
        assert!(
            values.contains("cert-manager.io/cluster-issuer: letsencrypt"),
            "{values}"
        );
        let main = file(&tree, "terraform/demo/us-east-1/cluster/work/main.tf");
        for line in [
            r#"values   = ["_acme-challenge.data.example.org"]"#,
            r#"values   = ["system:serviceaccount:cert-manager:acme-dns01"]"#,
            r#"variable = "route53:ChangeResourceRecordSetsNormalizedRecordNames""#,
        ] {
            assert!(main.contains(line), "{line}\n{main}");
        }
        assert!(refused(&cluster, "data.example.org", BY_RECORD).is_empty());
    }
}

#[test]
fn nothing_is_made_where_nobody_asks() {
    let (tree, _) = compile(fleet(
        CONTROLLER,
        "data.example.org",
        "certificate: le-http01",
    ));
    let main = file(&tree, "terraform/demo/us-east-1/cluster/work/main.tf");
    assert!(!main.contains("cert_manager"), "{main}");
    let objects = "gitops/work/cluster-values/custom-objects";
    let issuer = yaml(&tree, &format!("{objects}/issuer-letsencrypt.yaml"));
    let solvers = issuer.path(&["spec", "acme", "solvers"]).unwrap();
    assert!(solvers.items()[0].path(&["http01", "ingress"]).is_some());
    assert!(
        tree.get(format!("{objects}/acme-dns01-role.yaml"))
            .is_none()
    );
}

#[test]
fn what_cannot_work_is_refused() {
    for (cluster, host, says) in [
        (
            "delivery: spoke-pull",
            "data.example.org",
            "a load balancer of AWS takes certificates of ACM only",
        ),
        (
            CONTROLLER,
            "data.example.net",
            "to prove a name by a record takes a zone that the cluster's account holds",
        ),
        (
            "platform: k3s, management: { terraform: external }",
            "data.example.org",
            "which only pods on EKS can be",
        ),
    ] {
        let found = refused(cluster, host, BY_RECORD);
        assert!(
            found.len() == 1 && found[0].contains(says),
            "{cluster} {host}: {found:?}"
        );
    }
}

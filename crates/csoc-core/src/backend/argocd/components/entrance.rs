//! The host of a cluster's own Argo CD: an ingress that its root applies.

use super::super::input::delivered;
use super::Component;
use super::hub::ingress::Entrance;
use crate::backend::FleetView;
use crate::contract::{ARGO_CD, ClusterContract, argocd_entrance};
use crate::model::fleet::Gitops;

/// Its name among a cluster's components, and that of its file.
const NAME: &str = "ingress-argocd";

/// The entrances of all clusters whose Argo CD has one.
pub(super) fn components(view: &FleetView<'_>, gitops: &Gitops) -> Vec<Component> {
    let clusters = view.contracts.clusters.values();
    clusters
        .filter_map(|contract| component(view, contract, gitops))
        .collect()
}

fn component(
    view: &FleetView<'_>,
    contract: &ClusterContract,
    gitops: &Gitops,
) -> Option<Component> {
    delivered(view, contract)?.host.as_ref()?;
    let spec = &view.fleet.cluster(contract.name.as_str())?.spec;
    let entrance = argocd_entrance(view.fleet, &contract.name, spec)?;
    let mut balancers = contract.load_balancers.iter();
    let balancer = balancers.find(|it| entrance.balancer.is_none_or(|name| *name == it.name))?;
    let entrance = Entrance {
        host: entrance.host.as_str(),
        certificate: None,
        balancer,
    };
    let ingress = entrance.ingress("argocd-server", ARGO_CD, "/healthz");
    let objects = vec![(NAME.to_owned(), ingress)];
    Some(Component::objects(
        NAME,
        contract.name.as_str(),
        gitops,
        objects,
    ))
}

#[cfg(test)]
mod tests {
    use crate::Tree;
    use crate::backend::fixture::{compile, yaml};
    use crate::source::SourceSet;
    use crate::value::Node;

    /// A cluster that pulls, with these settings of its Argo CD.
    fn tree(argocd: &str) -> Tree {
        let fleet = format!(
            r#"
apiVersion: csoc.gen3.org/v1beta1
kind: Fleet
edition: "2026.11"
name: demo
gitops: {{ repository: https://github.com/example/demo-gitops, revision: main }}
charts:
  gen3: {{ repository: https://helm.gen3.org, revision: 0.3.90 }}
  clusterLevelResources: {{ repository: https://helm.gen3.org, revision: 0.6.49 }}
accounts:
  demo: {{ provider: aws, id: "111122223333", region: us-east-1, domain: example.org }}
clusters:
  work: {{ account: demo, network: {{ cidr: 10.2.0.0/16 }}, argocd: {argocd} }}
commons:
  demo:
    dictionary: https://example.org/dictionary/v1/schema.json
    environments:
      prod: {{ cluster: work, hostname: demo.example.org, tier: prod, release: "2026.07" }}
"#
        );
        compile(SourceSet::from_iter([("fleet.yaml", fleet.as_bytes())])).0
    }

    fn text(tree: &Tree, path: &str) -> String {
        let file = tree
            .get(path)
            .unwrap_or_else(|| panic!("there is no {path}"));
        String::from_utf8(file.bytes().to_vec()).unwrap()
    }

    const INGRESS: &str = "gitops/work/argocd/ingress-argocd.yaml";
    const DELIVERY: &str = "terraform/demo/us-east-1/delivery/work/main.tf";

    #[test]
    fn a_host_has_a_certificate_an_ingress_and_a_list() {
        let tree = tree(
            "{ host: argocd.example.org, allowList: [{ cidr: 198.51.100.0/24, owner: ops@example.org, expires: 2029-12-31 }] }",
        );
        let ingress = yaml(&tree, INGRESS);
        let rule = &ingress.path(&["spec", "rules"]).unwrap().items()[0];
        assert_eq!(
            rule.get("host").and_then(Node::text),
            Some("argocd.example.org")
        );
        let annotations = ingress.path(&["metadata", "annotations"]).unwrap();
        assert!(
            annotations
                .get("alb.ingress.kubernetes.io/wafv2-acl-arn")
                .is_some()
        );
        assert!(
            annotations
                .get("alb.ingress.kubernetes.io/certificate-arn")
                .is_none()
        );
        // The environment behind the same load balancer says which TLS it speaks, by its chart.
        let tls = "alb.ingress.kubernetes.io/ssl-policy";
        assert!(annotations.get(tls).is_none());
        let main = text(&tree, DELIVERY);
        for part in [
            r#"resource "aws_acm_certificate" "argocd""#,
            r#""argocd.example.org""#,
            r#""https://argocd.example.org""#,
            r#""controller.sync.timeout.seconds" = 7200"#,
            r#""server.insecure"                 = true"#,
        ] {
            assert!(main.contains(part), "{part}\n{main}");
        }
        let guard = text(&tree, "terraform/demo/us-east-1/waf/work/main.tf");
        for part in [
            "gen3-work-argocd-v4",
            "198.51.100.0/24",
            "argocd.example.org",
        ] {
            assert!(guard.contains(part), "{part}\n{guard}");
        }
    }

    #[test]
    fn without_a_host_that_fits_nothing_is_made() {
        for argocd in ["{}", "{ host: argocd.example.net }"] {
            let tree = tree(argocd);
            assert!(tree.get(INGRESS).is_none());
            let main = text(&tree, DELIVERY);
            assert!(!main.contains("aws_acm_certificate"), "{main}");
            assert!(main.contains("https://localhost:8080"), "{main}");
        }
    }
}

//! Clusters that gen3-terraform makes.

use std::collections::BTreeSet;

use super::{bodies, compile, fleet, text};
use crate::catalog::Catalogs;
use crate::catalog::module::ModuleFacts;
use crate::diagnostic::Severity;
use crate::{Context, Fleet};

const FLEET: &str = include_str!("gen3_terraform.yaml");
/// What the one stack of the cluster gave.
const RECORDED: (&str, &str) = (
    "outputs/v1/111122223333/us-east-1/cluster/cluster/classic.json",
    r#"{ "search_endpoints": { "value": { "main": "vpc-classic.us-east-1.es.amazonaws.com" } }, "oidc_issuer": { "value": "oidc.eks.us-east-1.amazonaws.com/id/AB" }, "cluster_version": { "value": "1.35" } }"#,
);

fn call(fleet: &Fleet) -> crate::hcl::Block {
    let files = compile(fleet, false).files;
    let mut blocks = bodies(&files).flat_map(|(_, body)| body.blocks_of("module"));
    blocks.next().unwrap().clone()
}

#[test]
fn one_root_stands_for_three() {
    let files = compile(&fleet(FLEET, &[]), false).files;
    let root = |kind: &str| {
        let path = format!("terraform/demo/us-east-1/{kind}/classic/main.tf");
        files.iter().any(|file| file.path() == path.as_str())
    };
    assert!(root("cluster") && root("waf"));
    assert!(!root("network") && !root("data"));
    for name in ["main.tf", "outputs.tf"] {
        insta::assert_snapshot!(
            format!("gen3_terraform__{name}"),
            text(
                &files,
                &format!("terraform/demo/us-east-1/cluster/classic/{name}")
            )
        );
    }
    // People apply it: no pipeline has a role for what the module makes.
    assert!(!text(&files, "terraform/atlantis.yaml").contains("cluster/classic"));
}

#[test]
fn what_is_passed_is_what_the_module_takes() {
    for text in [FLEET.to_owned(), FLEET.replace("managed", "karpenter")] {
        let fleet = fleet(&text, &[]);
        let call = call(&fleet);
        let source = call.body.get("source").and_then(|source| source.as_str());
        let facts = ModuleFacts::find(Catalogs::embedded(), source.unwrap(), None).unwrap();
        let known: BTreeSet<&str> = facts.variables().map(|(name, _)| name).collect();
        for attribute in call.body.attributes() {
            let name = &*attribute.name;
            if matches!(name, "source" | "providers") {
                continue;
            }
            assert!(known.contains(name), "{name}");
            assert!(!facts.is_dead(name) || name == "users_policy", "{name}");
            assert!(!facts.is_sensitive(name), "{name}");
        }
        for (name, required) in facts.variables() {
            assert!(!required || call.body.get(name).is_some(), "{name}");
        }
        let report = fleet.check(&Context::default()).unwrap();
        let mut errors = report
            .iter()
            .filter(|found| found.severity == Severity::Error);
        assert!(errors.next().is_none(), "{report:#?}");
    }
}

#[test]
fn secrets_and_dead_variables_are_passed_by_nobody() {
    let text = FLEET.replace(
        "variables:",
        "variables:\n        slack_webhook: https://example.org/not-a-real-one\n        deploy_alarms: true\n        eks_version: \"1.20\"",
    );
    let call = call(&fleet(&text, &[]));
    assert!(call.body.get("slack_webhook").is_none());
    assert!(call.body.get("deploy_alarms").is_none());
    assert_eq!(
        call.body.get("eks_version").and_then(|it| it.as_str()),
        Some("1.35")
    );
}

#[test]
fn outputs_of_the_one_stack_reach_the_others() {
    let files = compile(&fleet(FLEET, &[RECORDED]), false).files;
    let identity = "terraform/demo/us-east-1/identity/demo/dev/terraform.tfvars.json";
    assert!(text(&files, identity).contains("oidc.eks.us-east-1.amazonaws.com/id/AB"));
    let fleet = fleet(FLEET, &[RECORDED]);
    let cluster = fleet.contracts().clusters.values().next().unwrap();
    let search = &cluster.search[0];
    assert!(search.endpoint.value().is_some());
    assert_eq!(
        cluster.databases[0].master_secret,
        "classic-aurora-master-password"
    );
}

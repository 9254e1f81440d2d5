//! What is made of services that a partition has, and what the hub's Argo CD is trusted as.

use super::{CONSORTIUM, QUICKSTART, bodies, compile, fleet, text};
use crate::catalog::PartitionFacts;

const PUSHED: &str = include_str!("../../../../../../tests/fleets/pushed/fleet.yaml");

/// Every kind of resource that these fleets have.
fn resources(fleets: &[&str]) -> std::collections::BTreeSet<String> {
    let mut all = std::collections::BTreeSet::new();
    for one in fleets {
        for (_, body) in bodies(&compile(&fleet(one, &[]), true).files) {
            for kind in ["resource", "data"] {
                let labels = body.blocks_of(kind).filter_map(|block| block.label(0));
                all.extend(labels.map(str::to_owned));
            }
        }
    }
    all
}

#[test]
fn every_service_is_one_that_the_partition_has() {
    let facts = PartitionFacts::embedded();
    let of_aws = |kind: &String| kind.starts_with("aws_");
    let all = resources(&[CONSORTIUM, QUICKSTART, PUSHED]);
    assert!(all.contains("aws_budgets_budget"), "{all:?}");
    for kind in all.into_iter().filter(of_aws) {
        assert!(
            facts.service(&kind).is_some(),
            "no service is known of {kind}"
        );
    }
    for (partition, region) in [("aws-us-gov", "us-gov-west-1"), ("aws-cn", "cn-north-1")] {
        let moved = [CONSORTIUM, QUICKSTART, PUSHED].map(|text| {
            text.replace("us-east-1", region)
                .replace("us-west-2", region)
                .replace("arn:aws:", &format!("arn:{partition}:"))
        });
        let all = resources(&moved.each_ref().map(String::as_str));
        assert!(all.contains("aws_eks_cluster"), "{all:?}");
        for kind in all.into_iter().filter(of_aws) {
            let service = facts.service(&kind).unwrap_or_default();
            assert!(!facts.lacks(partition, service), "{partition}: {kind}");
        }
    }
}

#[test]
fn issuers_are_of_the_partition() {
    let chinese = QUICKSTART.replace("us-east-1", "cn-north-1");
    let files = compile(&fleet(&chinese, &[]), false).files;
    let access = text(&files, "terraform/demo/global/access/main.tf");
    let issuer = "oidc-provider/oidc.eks.cn-north-1.amazonaws.com.cn/*";
    assert!(access.contains(issuer), "{access}");
}

#[test]
fn a_role_trusts_who_pushes_and_is_made_where_somebody_does() {
    const HUB: &str = "  csoc:\n    account: hub\n";
    const MEMBER: &str = "terraform/member/us-east-1/cluster/member/main.tf";
    let made = "arn:aws:iam::111122223333:role/gen3/csoc/csoc--argocd-hub";
    let member = |text_of: &str| text(&compile(&fleet(text_of, &[]), false).files, MEMBER);
    let ours = member(PUSHED);
    assert!(ours.contains(made), "{ours}");
    // Its API is private, and the hub's network is let in.
    assert!(
        ours.contains("\"aws_vpc_security_group_ingress_rule\" \"hub\""),
        "{ours}"
    );
    assert!(ours.contains("\"10.16.0.0/16\""), "{ours}");
    let external = PUSHED.replace(
        HUB,
        &format!("{HUB}    management: {{ terraform: external }}\n"),
    );
    assert_ne!(external, PUSHED);
    let nobody = member(&external);
    assert!(!nobody.contains("argocd"), "{nobody}");
    assert!(!nobody.contains("\"hub\""), "{nobody}");
    let named = "arn:aws:iam::111122223333:role/argocd";
    let named_hub = external.replace(
        "cluster: csoc, domain",
        &format!("argocdRole: {named}, cluster: csoc, domain"),
    );
    let trusted = member(&named_hub);
    assert!(trusted.contains(named), "{trusted}");
    assert!(
        trusted.contains("\"aws_eks_access_entry\" \"argocd\""),
        "{trusted}"
    );
    assert!(!trusted.contains(made), "{trusted}");
    // Where the hub's cluster is ours, a role that is named is what its Argo CD is, and no other is made.
    let both = PUSHED.replace(
        "cluster: csoc, domain",
        &format!("argocdRole: {named}, cluster: csoc, domain"),
    );
    let files = compile(&fleet(&both, &[]), false).files;
    let delivery = text(&files, "terraform/hub/us-east-1/delivery/csoc/main.tf");
    assert_eq!(delivery.matches(named).count(), 3, "{delivery}");
    let hub = text(&files, "terraform/hub/us-east-1/cluster/csoc/main.tf");
    assert!(!hub.contains("argocd_hub"), "{hub}");
}

//! Policies fit into what IAM takes.

use std::collections::BTreeMap;

use super::{bodies, compile, fleet, recorded};
use crate::Fleet;
use crate::hcl::{Expression, Scope, policy};
use crate::value::{Node, json_write};

/// The characters that IAM counts: all but white space.
fn size(expression: &Expression, scope: &Scope<'_>) -> usize {
    let node = policy(expression, scope).node;
    assert!(!node.is_pending(), "{expression:?}");
    let mut text = String::new();
    json_write::write_json(&node, &mut text);
    text.chars()
        .filter(|character| !character.is_whitespace())
        .count()
}

fn assert_fit(fleet: &Fleet) {
    for (file, body) in bodies(&compile(fleet, true).files) {
        let mut scope = Scope::new();
        scope.read(body);
        for name in [
            "var.external_id",
            "var.oidc_issuer",
            "var.oidc_provider_arn",
            "var.data_key_arn",
            "var.secrets_key_arn",
            "var.cluster_key_arn",
            "var.zone_id",
            "local.oidc_issuer",
            "aws_iam_openid_connect_provider.cluster.arn",
        ] {
            // As long as an issuer, the longest of them.
            scope.define(name, Node::string("x".repeat(100)));
        }
        // What AWS calls resources, as long as it does.
        for block in body.blocks_of("resource") {
            if let (Some(of), Some(name)) = (block.label(0), block.label(1)) {
                scope.define(format!("{of}.{name}.arn"), Node::string("x".repeat(100)));
            }
        }
        let mut inline: BTreeMap<String, usize> = BTreeMap::new();
        for block in body.blocks_of("resource") {
            let sized = |attribute: &str| {
                block
                    .body
                    .get(attribute)
                    .map_or(0, |policy| size(policy, &scope))
            };
            match block.label(0) {
                Some("aws_iam_policy") => assert!(
                    sized("policy") <= 6144,
                    "{}: {:?}",
                    file.path(),
                    block.label(1)
                ),
                Some("aws_organizations_policy") => {
                    assert!(
                        sized("content") <= 5120,
                        "{}: {:?}",
                        file.path(),
                        block.label(1)
                    );
                }
                // A bucket's policy may be longer than that of a role, and names each account.
                Some("aws_s3_bucket_policy") => {
                    assert!(
                        sized("policy") <= 20_480,
                        "{}: {:?}",
                        file.path(),
                        block.label(1)
                    );
                }
                Some("aws_iam_role") => {
                    assert!(sized("assume_role_policy") <= 2048, "{}", file.path());
                }
                Some("aws_iam_role_policy") => {
                    let role = format!("{:?}", block.body.get("role"));
                    *inline.entry(role).or_default() += sized("policy");
                }
                _ => {}
            }
        }
        for (role, size) in inline {
            assert!(size <= 10_240, "{}: {role}: {size}", file.path());
        }
    }
}

#[test]
fn policies_fit_also_with_many_regions() {
    assert_fit(&recorded());
    let third = super::CONSORTIUM.replace(
        "commons:\n",
        "  west: { account: alpha, region: us-west-1, network: { cidr: 10.23.0.0/16 } }\n  north: { account: alpha, region: us-west-2, network: { cidr: 10.24.0.0/16 } }\ncommons:\n",
    );
    assert_fit(&fleet(&third, &[]));
}

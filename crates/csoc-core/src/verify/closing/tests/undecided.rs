//! What text does not decide is counted, by reason, and is no finding.

use super::{finds, report};

#[test]
fn roles_of_foreign_clusters_are_stale_if_nobody_is_there() {
    // The service account runs as another role: the values have it no more.
    let other = ("role/demo-fence", "role/theirs");
    finds(&[other], &[]);
    let without = (
        "  serviceAccount:\n    annotations:\n      eks.amazonaws.com/role-arn: arn:aws:iam::111122223333:role/demo-fence\n",
        "",
    );
    finds(&[without], &["role-trust-stale main.tf main.tf"]);
    // Whoever is not the chart's, or of a namespace whose values are not here, may well be there.
    for to in [":operator\"", ":*\"", ":${var.unknown}\""] {
        finds(&[without, (":fence-sa\"", to)], &[]);
    }
    finds(
        &[
            without,
            (
                "system:serviceaccount:${local.namespace}:fence-sa",
                "system:serviceaccount:elsewhere:fence-sa",
            ),
        ],
        &[],
    );
    // A namespace of the same name, of another account.
    finds(
        &[
            without,
            ("role/demo-reader", "role/reader"),
            (
                "allowed_account_ids = [\"111122223333\"]",
                "allowed_account_ids = [\"444455556666\"]",
            ),
            (
                "us-east-1:111122223333:secret:demo-*",
                "us-east-1:444455556666:secret:*",
            ),
        ],
        &[],
    );
}

#[test]
fn what_is_not_decided_is_counted() {
    let count = |changes: &[(&str, &str)], reason: &str| {
        let report = report(changes, &[]);
        report.undecided().get(reason).copied().unwrap_or_default()
    };
    let trust = "whether a role trusts a service account is not known from text";
    // The issuer is not known, so that each trust may be of any cluster.
    assert_eq!(count(&[], trust), 2);
    assert_eq!(
        count(
            &[("secret:demo-*", "secret:${var.unknown}")],
            "a part of a policy is not known from text"
        ),
        1
    );
    assert_eq!(
        count(
            &[("allowed_account_ids = [\"111122223333\"]", "")],
            "the account or region of a provider is not known"
        ),
        6
    );
    assert_eq!(
        count(
            &[("role/demo-fence", "role/theirs")],
            "the role of a service account is not made by the tree"
        ),
        1
    );
    let json = report(&[], &[]).to_json();
    assert!(json.contains("\"undecided\": {"), "{json}");
    assert!(json.contains(trust), "{json}");
}

#[test]
fn secrets_are_synced_only_where_the_chart_is_told_to() {
    let other = ("secret:demo-*", "secret:other-*");
    for to in ["", "  externalSecrets:\n    deploy: false\n"] {
        finds(
            &[other, ("  externalSecrets:\n    deploy: true\n", to)],
            &[],
        );
    }
}

//! Rules about cloud accounts: numbers, and ARNs of other accounts.

use super::context::{GitopsContext, dotted};
use crate::catalog::SharedAccounts;
use crate::diagnostic::{Diagnostics, Finding};
use crate::gitops::{arns, leaves};
use crate::model::cloud::AccountId;
use crate::span::Span;
use crate::value::Node;

/// Texts longer than this are documents of their own, in which ARNs are data.
const DOCUMENT: usize = 4000;

/// The number of the account stands where roles are made from it.
const ACCOUNT: [&str; 3] = ["global", "aws", "account"];

/// What needs the account's number for the ARN of its role.
pub(super) fn account_missing(context: &GitopsContext<'_>, found: &mut Diagnostics) {
    for deployment in context.deployments() {
        if !deployment.is_on(&["global", "aws", "enabled"]) || deployment.get(&ACCOUNT).is_some() {
            continue;
        }
        let has_arn = deployment
            .get(&["global", "aws", "awsEsProxyRoleArn"])
            .is_some();
        let mut needs: Vec<&str> = ["hatchery", "sower"]
            .into_iter()
            .filter(|service| deployment.runs(service))
            .collect();
        if !has_arn {
            needs.extend(
                ["aws-es-proxy", "aws-sigv4-proxy"]
                    .into_iter()
                    .filter(|service| deployment.runs(service)),
            );
        }
        if needs.is_empty() {
            continue;
        }
        found.push(
            context
                .value(
                    deployment,
                    &ACCOUNT,
                    format!(
                        "`global.aws.account` is not set, and the roles of {} are named with it",
                        list(&needs)
                    ),
                    "`account` is missing here",
                )
                .help("write the account's number in quotes: account: \"012345678901\""),
        );
    }
}

/// Words as they stand in a sentence.
pub(super) fn list<T: AsRef<str>>(words: &[T]) -> String {
    let words: Vec<String> = words
        .iter()
        .map(|word| format!("`{}`", word.as_ref()))
        .collect();
    words.join(", ")
}

/// The deployment and its cluster are in one account.
pub(super) fn account_cluster_differs(context: &GitopsContext<'_>, found: &mut Diagnostics) {
    for deployment in context.deployments() {
        let Some(cluster) = context.repository.values_of(deployment) else {
            continue;
        };
        let (Some(own), Some(theirs)) = (deployment.text(&ACCOUNT), cluster.account()) else {
            continue;
        };
        if own != theirs {
            found.push(
                context
                    .value(
                        deployment,
                        &ACCOUNT,
                        format!("the account is `{own}`, and the cluster is in `{theirs}`"),
                        "another account",
                    )
                    .help("name the account of the cluster: roles of another one cannot be assumed")
                    .label(cluster.place(&["accountNumber"]), "the cluster's account"),
            );
        }
    }
}

/// The number of an account has twelve digits.
pub(super) fn account_id_invalid(context: &GitopsContext<'_>, found: &mut Diagnostics) {
    let message = |text: &str| format!("`{text}` is not the number of an account: twelve digits");
    let help = "write all twelve digits in quotes: \"012345678901\"";
    for deployment in context.deployments() {
        if let Some(text) = deployment
            .text(&ACCOUNT)
            .filter(|text| AccountId::check(text).is_err())
        {
            found.push(
                context
                    .value(deployment, &ACCOUNT, message(text), "no account")
                    .help(help),
            );
        }
    }
    for cluster in context.repository.clusters() {
        if let Some(text) = cluster
            .account()
            .filter(|text| AccountId::check(text).is_err())
        {
            found.push(
                context
                    .cluster_value(cluster, &["accountNumber"], message(text), "no account")
                    .help(help),
            );
        }
    }
}

/// Whether an ARN below a key names what belongs to others by design: data, and what is granted to them.
fn is_data(path: &[&str]) -> bool {
    let has = |part: &str| path.iter().any(|key| key.contains(part));
    has("S3_BUCKETS")
        || has("FENCE_CONFIG")
        || has("ecr-access")
        || path.starts_with(&["hatchery", "hatchery"])
        || path.starts_with(&["sower", "sowerConfig"])
        || path.starts_with(&["datareplicate"])
}

/// Calls back for each ARN of another account in the values of deployments.
fn foreign(context: &GitopsContext<'_>, visit: &mut impl FnMut(&[&str], &Node, &str, Finding)) {
    for deployment in context.deployments() {
        let Some(account) = context.repository.account(deployment) else {
            continue;
        };
        for node in deployment.nodes() {
            leaves(node, &mut |path, leaf| {
                let Some(text) = leaf.text().filter(|text| text.len() < DOCUMENT) else {
                    return;
                };
                for arn in arns(text) {
                    let other = arn.account;
                    if other.is_empty()
                        || other == account
                        || SharedAccounts::embedded().contains(other)
                    {
                        continue;
                    }
                    let finding = context
                        .finding(deployment.directory(), format!("`{}` is of the account `{other}`, and the deployment of `{account}`", arn.text))
                        .path(dotted(path));
                    visit(path, leaf, other, finding);
                }
            });
        }
    }
}

/// A role or resource that a deployment uses is of its own account.
pub(crate) fn arn_account_mismatch(context: &GitopsContext<'_>, found: &mut Diagnostics) {
    foreign(context, &mut |path, leaf, _, finding| {
        if !is_data(path) {
            found.push(
                finding
                    .help("name the one of the deployment's own account: a service account cannot assume a role of another")
                    .label(line(leaf), "of another account"),
            );
        }
    });
    for cluster in context.repository.clusters() {
        let (Some(account), Some(values)) = (cluster.account(), &cluster.values) else {
            continue;
        };
        leaves(&values.node, &mut |path, leaf| {
            for arn in leaf.text().into_iter().flat_map(arns) {
                let other = arn.account;
                if other.is_empty()
                    || other == account
                    || SharedAccounts::embedded().contains(other)
                {
                    continue;
                }
                found.push(
                    context
                        .finding(
                            &cluster.directory,
                            format!(
                                "`{}` is of the account `{other}`, and the cluster of `{account}`",
                                arn.text
                            ),
                        )
                        .path(dotted(path))
                        .help("name the one of the cluster's own account")
                        .label(line(leaf), "of another account"),
                );
            }
        });
    }
}

/// Which resources of other accounts are used as data.
pub(super) fn arn_account_foreign(context: &GitopsContext<'_>, found: &mut Diagnostics) {
    foreign(context, &mut |path, leaf, _, finding| {
        // Whole lists of buckets are data of others by design.
        let is_bucket = path.iter().any(|key| key.contains("S3_BUCKETS"));
        if is_data(path) && !is_bucket {
            found.push(
                finding
                    .help("nothing is to be done where the other account grants this on purpose")
                    .label(line(leaf), "of another account"),
            );
        }
    });
}

/// Where a leaf stands; the start of a block of text.
pub(super) fn line(leaf: &Node) -> Option<Span> {
    let span = leaf.span()?;
    let is_line = leaf.text().is_some_and(|text| !text.contains('\n'));
    Some(if is_line {
        span
    } else {
        Span {
            end: span.start + 1,
            ..span
        }
    })
}

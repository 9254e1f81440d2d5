//! Rules about the cloud roles of services.

use super::accounts::line;
use super::context::{GitopsContext, dotted};
use crate::diagnostic::{Diagnostics, Severity};
use crate::gitops::{Deployment, arns, leaves};

/// Services whose role is named in `global.aws`, with the key, and the one that may stand instead.
const NAMED: [(&str, &str, Option<&str>); 4] = [
    ("sower", "sower_role", None),
    ("hatchery", "hatchery_role", None),
    (
        "aws-sigv4-proxy",
        "awsEsProxyRole",
        Some("awsEsProxyRoleArn"),
    ),
    ("aws-es-proxy", "awsEsProxyRole", Some("awsEsProxyRoleArn")),
];

/// Namespaces that roles may name without being of a deployment.
const COMMON: [&str; 3] = ["argo", "default", "kube-system"];

/// A service with a role says which.
pub(super) fn role_name_missing(context: &GitopsContext<'_>, found: &mut Diagnostics) {
    for deployment in context
        .deployments()
        .filter(|deployment| deployment.is_on(&["global", "aws", "enabled"]))
    {
        for (service, key, other) in NAMED {
            let is_set = |key: &str| deployment.has(&["global", "aws", key]);
            if !deployment.runs(service) || is_set(key) || other.is_some_and(is_set) {
                continue;
            }
            found.push(
                context
                    .value(deployment, &[service, "enabled"], format!("`{service}` runs, and `global.aws.{key}` is not set: the ARN of its role ends behind `role/`"), "needs a role")
                    .help(format!("name its role: global.aws.{key}: NAME; or switch `{service}` off")),
            );
        }
    }
}

/// Where a role's name is asked for, its name stands.
pub(super) fn role_name_is_arn(context: &GitopsContext<'_>, found: &mut Diagnostics) {
    for deployment in context.deployments() {
        for key in ["hatchery_role", "sower_role", "awsEsProxyRole"] {
            let path = ["global", "aws", key];
            let Some(text) = deployment
                .text(&path)
                .filter(|text| text.starts_with("arn:"))
            else {
                continue;
            };
            let mut finding = context
                .value(deployment, &path, format!("`{key}` holds an ARN, and must be a role's name: the chart writes the rest before it"), "an ARN")
                .help(format!("write `{}`", text.split_once(":role/").map_or("the name alone", |(_, name)| name)));
            let is_used = NAMED
                .iter()
                .any(|(service, named, _)| *named == key && deployment.runs(service));
            if !is_used {
                finding.severity = Severity::Warning;
            }
            found.push(finding);
        }
    }
}

/// The annotation by which a service account runs as a role.
const ANNOTATION: &str = "eks.amazonaws.com/role-arn";

/// Where a role's ARN is asked for, its ARN stands.
pub(super) fn role_arn_is_name(context: &GitopsContext<'_>, found: &mut Diagnostics) {
    for deployment in context.deployments() {
        leaves(&deployment.values, &mut |path, leaf| {
            let is_asked = path.last() == Some(&ANNOTATION)
                || path == ["global", "aws", "secretStoreServiceAccount", "roleArn"]
                || path == ["global", "aws", "awsEsProxyRoleArn"];
            let Some(text) = leaf.text().filter(|text| {
                is_asked && !text.is_empty() && !text.starts_with("arn:") && !text.contains("{{")
            }) else {
                return;
            };
            let account = context.repository.account(deployment);
            let key = path.last().copied().unwrap_or_default();
            found.push(
                context
                    .finding(deployment.directory(), format!("`{key}` holds `{text}`, and must be a role's ARN: nothing is written before it"))
                    .path(dotted(path))
                    .help(format!("write `arn:aws:iam::{}:role/{text}`", account.unwrap_or("ACCOUNT")))
                    .label(line(leaf), "no ARN"),
            );
        });
    }
}

/// A role that names a namespace names the deployment's.
pub(super) fn role_namespace_differs(context: &GitopsContext<'_>, found: &mut Diagnostics) {
    for deployment in context.deployments() {
        let (Some(namespace), Some(account)) = (
            deployment.namespace(),
            context.repository.account(deployment),
        ) else {
            continue;
        };
        for node in deployment.nodes() {
            leaves(node, &mut |path, leaf| {
                for arn in leaf.text().into_iter().flat_map(arns) {
                    if arn.account != account || arn.service != "iam" {
                        continue;
                    }
                    let name = arn.resource.rsplit('/').next().unwrap_or_default();
                    let Some(other) = namespace_in(name)
                        .filter(|other| *other != namespace && !COMMON.contains(other))
                    else {
                        continue;
                    };
                    found.push(
                        context
                            .finding(deployment.directory(), format!("the role `{name}` is made for the namespace `{other}`, and the Application deploys to `{namespace}`"))
                            .path(dotted(path))
                            .help("name the role of this namespace, or deploy to the other one: a role trusts service accounts of one namespace")
                            .label(line(leaf), "another namespace")
                            .label(place(deployment), "deployed here"),
                    );
                }
            });
        }
    }
}

fn place(deployment: &Deployment) -> Option<crate::span::Span> {
    deployment.application()?.namespace.as_ref()?.span
}

/// The namespace in a role's name: `CLUSTER--NAMESPACE--PURPOSE`.
fn namespace_in(name: &str) -> Option<&str> {
    let mut parts = name.split("--").skip(1);
    let namespace = parts.next()?;
    parts.next().map(|_| namespace)
}

//! What ARNs and subjects name.

use super::output::{key_of, output_of};
use crate::graph::{Target, ThingId, ThingKind};
use crate::model::stack::StackScope;

/// The service account of a subject, in the cluster whose output the issuer is.
pub(super) fn service_account(issuer: &str, subject: &str) -> Target {
    let cluster = output_of(issuer).and_then(|output| match output.stack.scope {
        StackScope::Cluster(cluster) => Some(cluster),
        StackScope::Account | StackScope::Member(_) | StackScope::Environment(..) => None,
    });
    let account = subject
        .strip_prefix("system:serviceaccount:")
        .and_then(|account| account.split_once(':'));
    match (cluster, account) {
        (Some(cluster), Some((namespace, name))) => Target::Exact(ThingId::new(
            ThingKind::ServiceAccount,
            format!("{cluster}/{namespace}"),
            name,
        )),
        // Of which cluster is not known, but of which namespace.
        (None, _) | (_, None) => Target::Pattern(subject.into()),
    }
}

/// The thing that an ARN is of; a pattern where it is of several.
pub(super) fn resource_of(resource: &str) -> Target {
    if let Some(key) = key_of(resource) {
        return Target::Exact(key);
    }
    let pattern = || Target::Pattern(resource.into());
    let parts: Vec<&str> = resource.splitn(6, ':').collect();
    let ["arn", _, service, region, account, rest] = parts[..] else {
        return pattern();
    };
    let (kind, name) = match service {
        "s3" => (
            ThingKind::Bucket,
            Some(rest.split_once('/').map_or(rest, |(bucket, _)| bucket)),
        ),
        "sqs" => (ThingKind::Queue, Some(rest)),
        "sns" => (ThingKind::Topic, Some(rest)),
        // The cloud appends a dash and six characters of its own.
        "secretsmanager" => (
            ThingKind::Secret,
            rest.strip_prefix("secret:")
                .map(|name| name.strip_suffix("-??????").unwrap_or(name)),
        ),
        "es" => (
            ThingKind::SearchDomain,
            rest.strip_prefix("domain/")
                .map(|name| name.strip_suffix("/*").unwrap_or(name)),
        ),
        _ => return pattern(),
    };
    let scope = match kind {
        ThingKind::Bucket => "world".to_owned(),
        _ => format!("{account}/{region}"),
    };
    match name {
        Some(name) if !name.contains(['*', '?']) && !scope.contains(['*', '?']) => {
            Target::Exact(ThingId::new(kind, scope, name))
        }
        _ => pattern(),
    }
}

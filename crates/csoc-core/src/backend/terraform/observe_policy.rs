//! What the policies of a role say: who may be it, and what it may use.

use super::observe::{Observer, key_of, output_of};
use crate::contract::role_of;
use crate::graph::{Relation, Target, ThingId, ThingKind};
use crate::hcl::{Expression, Scope, policy};
use crate::model::stack::StackScope;
use crate::value::Node;

/// The statements of a policy that allow something.
pub(super) struct Grants(Vec<Node>);

impl Grants {
    /// The statements of the policy that an expression is.
    pub(super) fn of(expression: &Expression, scope: &Scope<'_>) -> Self {
        let node = policy(expression, scope).node;
        let statements = match node.get("Statement") {
            Some(statement) if statement.is_map() => vec![statement.clone()],
            Some(statements) => statements.items().to_vec(),
            None => Vec::new(),
        };
        let allows =
            |statement: &Node| statement.get("Effect").and_then(Node::text) == Some("Allow");
        Self(statements.into_iter().filter(allows).collect())
    }

    /// Adds whom a trust policy lets in.
    pub(super) fn trusts(&self, role: &ThingId, root: &mut Observer<'_, '_>) {
        for statement in &self.0 {
            for principal in texts(statement.path(&["Principal", "AWS"])) {
                if let Some(principal) = role_of(principal) {
                    root.edge(
                        role,
                        Relation::Trusts,
                        Target::Exact(principal),
                        statement.origin,
                    );
                }
            }
            if statement.path(&["Principal", "Federated"]).is_none() {
                continue;
            }
            let subjects = statement
                .path(&["Condition", "StringEquals"])
                .map_or(&[][..], Node::entries)
                .iter()
                .filter_map(|entry| Some((entry.key.as_str().strip_suffix(":sub")?, &entry.node)));
            for (issuer, subjects) in subjects {
                for subject in texts(Some(subjects)) {
                    let target = service_account(issuer, subject);
                    root.edge(role, Relation::Trusts, target, statement.origin);
                }
            }
        }
    }

    /// Adds what a role's policy lets it use.
    pub(super) fn allows(&self, role: &ThingId, root: &mut Observer<'_, '_>) {
        for statement in &self.0 {
            for resource in texts(statement.get("Resource")) {
                root.edge(
                    role,
                    Relation::Allows,
                    resource_of(resource),
                    statement.origin,
                );
            }
            if statement.get("NotResource").is_some() {
                let target = Target::Undecidable("everything but some resources".into());
                root.edge(role, Relation::Allows, target, statement.origin);
            }
        }
    }
}

/// The texts of a value that is one or several.
fn texts(node: Option<&Node>) -> Vec<&str> {
    match node {
        Some(node) if node.text().is_some() => node.text().into_iter().collect(),
        Some(node) => node.items().iter().filter_map(Node::text).collect(),
        None => Vec::new(),
    }
}

/// The service account of a subject, in the cluster whose output the issuer is.
fn service_account(issuer: &str, subject: &str) -> Target {
    let cluster = output_of(issuer).and_then(|output| match output.stack.scope {
        StackScope::Cluster(cluster) => Some(cluster),
        StackScope::Account | StackScope::Environment(..) => None,
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
        (None, _) => Target::Undecidable("the issuer is no known cluster's".into()),
        (_, None) => Target::Pattern(subject.into()),
    }
}

/// The thing that an ARN is of; a pattern where it is of several.
fn resource_of(resource: &str) -> Target {
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

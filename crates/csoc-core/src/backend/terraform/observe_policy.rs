//! What the policies of a role say: who may be it, and what it may use.

use super::observe::{Observer, key_of, output_of};
use crate::contract::role_of;
use crate::graph::{Relation, Target, ThingId, ThingKind};
use crate::hcl::{Expression, Scope, policy};
use crate::model::stack::StackScope;
use crate::pattern::Wildcard;
use crate::value::{Kind, Node, Origin};

/// Actions that need the key of what they are about, by the kind of that.
const KEYED: [(ThingKind, [&str; 2]); 3] = [
    (ThingKind::Bucket, ["s3:getobject", "s3:putobject"]),
    (ThingKind::Queue, ["sqs:sendmessage", "sqs:receivemessage"]),
    (
        ThingKind::Secret,
        [
            "secretsmanager:getsecretvalue",
            "secretsmanager:putsecretvalue",
        ],
    ),
];

/// The statements of a policy that allow something.
pub(super) struct Grants {
    pub(super) statements: Vec<Node>,
    /// Whether a statement may be missing, because text does not decide it.
    pub(super) unknown: Option<Origin>,
}

impl Grants {
    /// The statements of the policy that an expression is.
    pub(super) fn of(expression: &Expression, scope: &Scope<'_>) -> Self {
        let node = policy(expression, scope).node;
        let statements = match node.get("Statement") {
            Some(statement) if statement.is_map() => vec![statement.clone()],
            Some(statements) => statements.items().to_vec(),
            None => Vec::new(),
        };
        let is_whole = node.get("Statement").is_some()
            && !matches!(
                node.get("Statement").map(|node| &node.kind),
                Some(Kind::Pending(_))
            )
            && statements.iter().all(Node::is_map);
        let allows = |statement: &Node| !matches!(statement.get("Effect").map(Node::text), Some(Some(effect)) if effect != "Allow");
        Self {
            statements: statements.into_iter().filter(allows).collect(),
            unknown: (!is_whole).then_some(expression.origin),
        }
    }

    /// Adds whom a trust policy lets in.
    pub(super) fn trusts(&self, role: &ThingId, root: &mut Observer<'_, '_>) {
        if let Some(origin) = self.unknown {
            let target = Target::Undecidable(UNKNOWN.into());
            root.edge(role, Relation::Trusts, target, origin);
        }
        for statement in self.statements.iter().filter(|node| node.is_map()) {
            let mut trust = |target| root.edge(role, Relation::Trusts, target, statement.origin);
            let principals = Texts::of(statement.path(&["Principal", "AWS"]));
            for principal in principals.known {
                if let Some(principal) = role_of(principal) {
                    trust(Target::Exact(principal));
                }
            }
            // Service accounts that are tied to a role outside of its policy come this way.
            let services = Texts::of(statement.path(&["Principal", "Service"]));
            if services.known.contains(&"pods.eks.amazonaws.com") {
                trust(Target::Undecidable("the cluster ties pods to it".into()));
            }
            if statement.path(&["Principal", "Federated"]).is_some() {
                federated(statement, &mut trust);
            }
        }
    }

    /// Adds what a role's policy lets it use.
    pub(super) fn allows(&self, role: &ThingId, root: &mut Observer<'_, '_>) {
        if let Some(origin) = self.unknown {
            let target = Target::Undecidable(UNKNOWN.into());
            root.edge(role, Relation::Allows, target, origin);
        }
        for statement in self.statements.iter().filter(|node| node.is_map()) {
            let resources = Texts::of(statement.get("Resource"));
            for resource in resources.known {
                let target = resource_of(resource);
                if let Target::Exact(thing) = &target
                    && handles(statement, resource, thing)
                {
                    root.edge(role, Relation::Handles, target.clone(), statement.origin);
                }
                root.edge(role, Relation::Allows, target, statement.origin);
            }
            if resources.unknown {
                let target = Target::Undecidable(UNKNOWN.into());
                root.edge(role, Relation::Allows, target, statement.origin);
            }
            if statement.get("NotResource").is_some() {
                let target = Target::Undecidable("everything but some resources".into());
                root.edge(role, Relation::Allows, target, statement.origin);
            }
        }
    }
}

/// Why something is not decided.
const UNKNOWN: &str = "a part of the policy is not known from text";

/// Adds the subjects of a statement that lets an identity provider's users in.
fn federated(statement: &Node, trust: &mut impl FnMut(Target)) {
    let conditions = statement
        .get("Condition")
        .map_or(&[][..], Node::entries)
        .iter()
        .flat_map(|operator| {
            let entries = operator.node.entries().iter();
            entries.map(move |entry| (&operator.key, entry))
        });
    let mut is_any = true;
    for (operator, entry) in conditions {
        let Some(issuer) = entry.key.as_str().strip_suffix(":sub") else {
            continue;
        };
        is_any = false;
        let subjects = Texts::of(Some(&entry.node));
        for subject in subjects.known {
            trust(match operator.as_str() {
                "StringEquals" => service_account(issuer, subject),
                "StringLike" if !subject.contains(['*', '?']) => service_account(issuer, subject),
                "StringLike" => Target::Pattern(subject.into()),
                _ => Target::Undecidable("a condition of another kind".into()),
            });
        }
        if subjects.unknown {
            trust(Target::Undecidable("a subject is not known".into()));
        }
    }
    if is_any {
        trust(Target::Undecidable("no subject is asked for".into()));
    }
}

/// Whether what a statement allows needs the key of the resource.
fn handles(statement: &Node, resource: &str, thing: &ThingId) -> bool {
    // A bucket without its objects is only listed.
    if thing.kind == ThingKind::Bucket && !resource.contains('/') {
        return false;
    }
    let actions = Texts::of(statement.get("Action"));
    KEYED
        .iter()
        .filter(|(kind, _)| *kind == thing.kind)
        .flat_map(|(_, keyed)| keyed)
        .any(|keyed| allowed(&actions, keyed))
}

/// Whether one of the actions is, or stands for, that one.
pub(super) fn allowed(actions: &Texts<'_>, action: &str) -> bool {
    let mut known = actions.known.iter();
    known.any(|known| Wildcard::new(&known.to_ascii_lowercase()).matches(action))
}

/// The texts of a value that is one or several.
pub(super) struct Texts<'a> {
    pub(super) known: Vec<&'a str>,
    /// Whether there are more that text does not decide.
    pub(super) unknown: bool,
}

impl<'a> Texts<'a> {
    pub(super) fn of(node: Option<&'a Node>) -> Self {
        let nodes = match node {
            Some(Node {
                kind: Kind::List(items),
                ..
            }) => items.as_slice(),
            Some(node) => std::slice::from_ref(node),
            None => &[],
        };
        let known: Vec<&str> = nodes.iter().filter_map(Node::text).collect();
        let unknown = known.len() < nodes.len();
        Self { known, unknown }
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

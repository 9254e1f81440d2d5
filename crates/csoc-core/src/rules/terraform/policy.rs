//! What policies say, whoever they are of: who is trusted, what is allowed, where.

use super::module::{Resource, TerraformModule};
use super::values::{reference_name, texts};
use crate::hcl::Expression;
use crate::value::{Kind, Node};

/// Whose a policy is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum PolicyKind {
    /// Who may be a role.
    Trust,
    /// What a role, user or group may do.
    Identity,
    /// Who may use a key.
    Key,
    /// Who may use something else.
    Resource,
}

/// A policy of a resource.
#[derive(Debug)]
pub(crate) struct Policy<'a> {
    /// Whose it is.
    pub(super) kind: PolicyKind,
    /// The type and name of the resource that has it.
    of: &'a str,
    name: &'a str,
    /// The statements that allow something.
    pub(super) allows: Vec<Statement>,
    /// The statements that deny something.
    pub(super) denies: Vec<Statement>,
    /// Whether text decides all of it.
    pub(super) is_whole: bool,
}

/// One statement. What text does not decide is not in it.
#[derive(Debug)]
pub(super) struct Statement(pub(super) Node);

/// What makes policies: types, the argument that holds it, whose it is.
const SOURCES: [(&str, &str, PolicyKind); 19] = [
    ("aws_iam_role", "assume_role_policy", PolicyKind::Trust),
    ("aws_iam_role_policy", "policy", PolicyKind::Identity),
    ("aws_iam_policy", "policy", PolicyKind::Identity),
    ("aws_iam_user_policy", "policy", PolicyKind::Identity),
    ("aws_iam_group_policy", "policy", PolicyKind::Identity),
    ("aws_kms_key", "policy", PolicyKind::Key),
    ("aws_kms_key_policy", "policy", PolicyKind::Key),
    ("aws_s3_bucket", "policy", PolicyKind::Resource),
    ("aws_s3_bucket_policy", "policy", PolicyKind::Resource),
    ("aws_sqs_queue", "policy", PolicyKind::Resource),
    ("aws_sqs_queue_policy", "policy", PolicyKind::Resource),
    ("aws_sns_topic", "policy", PolicyKind::Resource),
    ("aws_sns_topic_policy", "policy", PolicyKind::Resource),
    ("aws_secretsmanager_secret", "policy", PolicyKind::Resource),
    (
        "aws_secretsmanager_secret_policy",
        "policy",
        PolicyKind::Resource,
    ),
    ("aws_backup_vault_policy", "policy", PolicyKind::Resource),
    ("aws_ecr_repository_policy", "policy", PolicyKind::Resource),
    (
        "aws_opensearch_domain",
        "access_policies",
        PolicyKind::Resource,
    ),
    (
        "aws_cloudwatch_log_resource_policy",
        "policy_document",
        PolicyKind::Resource,
    ),
];

/// The policies of a module's resources. The limits of roles are none: they grant nothing.
pub(super) fn policies<'a>(module: &TerraformModule<'a>) -> Vec<Policy<'a>> {
    let mut policies = Vec::new();
    for (of, argument, kind) in SOURCES {
        for resource in module.of(of) {
            let Some(expression) = resource.block.body.get(argument) else {
                continue;
            };
            if of == "aws_iam_policy" && is_boundary(module, resource) {
                continue;
            }
            policies.push(Policy::of(module, resource, kind, expression));
        }
    }
    policies
}

/// Whether a policy is a limit of roles.
fn is_boundary(module: &TerraformModule<'_>, policy: &Resource<'_>) -> bool {
    let named = policy.name.contains("boundary")
        || policy
            .text("name")
            .is_some_and(|name| name.contains("boundary"));
    named
        || module
            .of_any(&["aws_iam_role", "aws_iam_user"])
            .filter_map(|role| role.block.body.get("permissions_boundary"))
            .any(|boundary| reference_name(policy.of, boundary) == Some(policy.name))
}

impl<'a> Policy<'a> {
    fn of(
        module: &TerraformModule<'a>,
        resource: &Resource<'a>,
        kind: PolicyKind,
        expression: &Expression,
    ) -> Self {
        let mut node = module.policy(expression);
        let statements = match node.remove("Statement") {
            Some(Node {
                kind: Kind::List(statements),
                ..
            }) => statements,
            Some(statement) if statement.is_map() => vec![statement],
            _ => Vec::new(),
        };
        let mut policy = Self {
            kind,
            of: resource.of,
            name: resource.name,
            allows: Vec::new(),
            denies: Vec::new(),
            is_whole: !statements.is_empty(),
        };
        for mut statement in statements {
            if statement.span().is_none() {
                statement = statement.at(expression.origin);
            }
            match statement.get("Effect").and_then(Node::text) {
                Some("Allow") => policy.allows.push(Statement(statement)),
                Some("Deny") => policy.denies.push(Statement(statement)),
                _ => policy.is_whole = false,
            }
        }
        policy
    }

    /// The resource that has it.
    pub(super) fn owner<'m>(&self, module: &'m TerraformModule<'a>) -> Option<&'m Resource<'a>> {
        let mut resources = module.of(self.of).iter();
        resources.find(|resource| resource.name == self.name)
    }

    /// The roles of the module that have it.
    pub(super) fn roles<'m>(&self, module: &'m TerraformModule<'a>) -> Vec<&'m Resource<'a>> {
        let Some(owner) = self.owner(module) else {
            return Vec::new();
        };
        let role = |resource: &Resource<'a>| {
            module.referred("aws_iam_role", resource.block.body.get("role"))
        };
        match self.of {
            "aws_iam_role" => vec![owner],
            "aws_iam_role_policy" => role(owner).into_iter().collect(),
            "aws_iam_policy" => module
                .of("aws_iam_role_policy_attachment")
                .iter()
                .filter(|attachment| {
                    let policy = attachment.block.body.get("policy_arn");
                    policy.and_then(|policy| reference_name(self.of, policy)) == Some(self.name)
                })
                .filter_map(role)
                .collect(),
            _ => Vec::new(),
        }
    }
}

/// The policy that says who may be a role.
pub(super) fn trust<'m, 'a>(
    module: &'m TerraformModule<'a>,
    role: &Resource<'a>,
) -> Option<&'m Policy<'a>> {
    let mut policies = module.policies.iter();
    policies.find(|policy| policy.kind == PolicyKind::Trust && policy.name == role.name)
}

/// Whether a role is one that pods run as.
pub(super) fn is_workload(module: &TerraformModule<'_>, role: &Resource<'_>) -> bool {
    trust(module, role).is_some_and(|trust| {
        trust.allows.iter().any(|statement| {
            (statement.covers("sts:AssumeRoleWithWebIdentity") && !statement.is_of_pipelines())
                || statement
                    .principals("Service")
                    .any(|(name, _)| name == "pods.eks.amazonaws.com")
        })
    })
}

impl Statement {
    /// The actions that it names.
    pub(super) fn actions(&self) -> impl Iterator<Item = (&str, &Node)> {
        texts(self.0.get("Action"))
    }

    /// The resources that it names.
    pub(super) fn resources(&self) -> impl Iterator<Item = (&str, &Node)> {
        texts(self.0.get("Resource"))
    }

    /// Whether it covers an action such as `s3:PutObject`.
    pub(super) fn covers(&self, action: &str) -> bool {
        self.actions().any(|(pattern, _)| matches(pattern, action))
    }

    /// The principals of a kind; `*` is of every kind.
    pub(super) fn principals(&self, kind: &str) -> impl Iterator<Item = (&str, &Node)> {
        let principal = self.0.get("Principal");
        let any = principal.filter(|node| node.text() == Some("*"));
        texts(any.or_else(|| principal.and_then(|node| node.get(kind))))
    }

    /// Whether whoever it lets in are pipelines of GitHub or GitLab, named exactly: those deploy, and are no pods.
    fn is_of_pipelines(&self) -> bool {
        let mut subjects = self
            .conditions()
            .filter(|(_, key, _)| key.ends_with(":sub"))
            .peekable();
        subjects.peek().is_some()
            && subjects.all(|(operator, _, values)| {
                let mut values = texts(Some(values)).peekable();
                operator == "StringEquals"
                    && values.peek().is_some()
                    && values.all(|(subject, _)| {
                        ["repo:", "project_path:"]
                            .iter()
                            .any(|prefix| subject.starts_with(prefix))
                    })
            })
    }

    /// Whether it lets everyone in.
    pub(super) fn is_public(&self) -> bool {
        self.principals("AWS").any(|(name, _)| name == "*")
    }

    /// Whether it has no condition at all.
    pub(super) fn is_unconditional(&self) -> bool {
        self.0.get("Condition").is_none()
    }

    /// Whether its conditions are not decided.
    pub(super) fn is_undecided(&self) -> bool {
        matches!(
            self.0.get("Condition").map(|node| &node.kind),
            Some(Kind::Pending(_))
        )
    }

    /// The operators, keys and values of its conditions.
    pub(super) fn conditions(&self) -> impl Iterator<Item = (&str, &str, &Node)> {
        let operators = self.0.get("Condition").map_or(&[][..], Node::entries);
        operators.iter().flat_map(|operator| {
            let keys = operator.node.entries().iter();
            keys.map(|key| (operator.key.as_str(), key.key.as_str(), &key.node))
        })
    }

    /// Whether a condition tests one of those keys, in any spelling of upper and lower case.
    pub(super) fn tests(&self, keys: &[&str]) -> bool {
        self.conditions()
            .any(|(_, key, _)| keys.iter().any(|wanted| key.eq_ignore_ascii_case(wanted)))
    }
}

/// Whether a pattern of an action covers an action.
fn matches(pattern: &str, action: &str) -> bool {
    match pattern.split_once('*') {
        Some((start, rest)) => {
            let is_start = |action: &str| {
                action
                    .get(..start.len())
                    .is_some_and(|begin| begin.eq_ignore_ascii_case(start))
            };
            // A second star is rare; its middle is not looked at.
            let end = rest.rsplit('*').next().unwrap_or_default();
            is_start(action)
                && action.len() >= start.len() + end.len()
                && action
                    .to_ascii_lowercase()
                    .ends_with(&end.to_ascii_lowercase())
        }
        None => pattern.eq_ignore_ascii_case(action),
    }
}

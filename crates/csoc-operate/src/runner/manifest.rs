//! What a cluster must hold so that stacks are run in it: who the pods are, and who may make them.

use std::fmt::Write as _;

/// Who the pods are that look.
pub(super) const PLANS: &str = "csoc-plan";
/// Who the pods are that apply.
pub(super) const DEPLOYS: &str = "csoc-deploy";
/// Who may make them.
const RUNNER: &str = "csoc-runner";

/// The namespace where none is named.
pub const NAMESPACE: &str = "csoc-runner";

/// The roles that pods take without being given a session.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct PodRoles {
    /// The ARN of the role that looks.
    pub plan: String,
    /// The ARN of the role that applies.
    pub deploy: String,
}

impl PodRoles {
    /// The roles that the layer `access` makes in an account.
    pub fn of_account(partition: &str, account: &str) -> Self {
        let role = |name: &str| format!("arn:{partition}:iam::{account}:role/gen3/{name}");
        Self {
            plan: role("csoc-plan"),
            deploy: role("csoc-deploy"),
        }
    }
}

/// The objects of a cluster in which stacks are run, as YAML: a namespace that takes nothing privileged, the two service
/// accounts of the pods, and one for whoever makes them, with what that may do and nothing else.
pub fn manifest(namespace: &str, roles: Option<&PodRoles>) -> String {
    let mut text = format!(
        "apiVersion: v1\nkind: Namespace\nmetadata:\n  name: {namespace}\n  labels:\n    pod-security.kubernetes.io/enforce: restricted\n    pod-security.kubernetes.io/warn: restricted\n"
    );
    let accounts = [
        (PLANS, roles.map(|roles| &roles.plan)),
        (DEPLOYS, roles.map(|roles| &roles.deploy)),
        (RUNNER, None),
    ];
    for (name, role) in accounts {
        let _ = write!(
            text,
            "---\napiVersion: v1\nkind: ServiceAccount\nmetadata:\n  name: {name}\n  namespace: {namespace}\n"
        );
        if let Some(role) = role {
            let _ = write!(
                text,
                "  annotations:\n    # The role must trust this service account: by the cluster's OIDC provider, or by Pod Identity, which\n    # needs no annotation.\n    eks.amazonaws.com/role-arn: \"{role}\"\n"
            );
        }
        // Who makes Jobs from within the cluster needs a token of it; the pods of Jobs need none.
        let mounts = name == RUNNER;
        let _ = writeln!(text, "automountServiceAccountToken: {mounts}");
    }
    let _ = write!(
        text,
        "---\napiVersion: rbac.authorization.k8s.io/v1\nkind: Role\nmetadata:\n  name: {RUNNER}\n  namespace: {namespace}\nrules:\n"
    );
    for (group, resource, verbs) in [
        ("batch", "jobs", "create, delete, get"),
        // It gives what is secret, and never reads it.
        ("", "secrets", "create"),
        ("", "pods", "delete, list"),
        ("", "pods/log", "get"),
        ("", "pods/exec", "create, get"),
    ] {
        let _ = write!(
            text,
            "  - apiGroups: [\"{group}\"]\n    resources: [{resource}]\n    verbs: [{verbs}]\n"
        );
    }
    let _ = write!(
        text,
        "---\napiVersion: rbac.authorization.k8s.io/v1\nkind: RoleBinding\nmetadata:\n  name: {RUNNER}\n  namespace: {namespace}\nroleRef:\n  apiGroup: rbac.authorization.k8s.io\n  kind: Role\n  name: {RUNNER}\nsubjects:\n  - kind: ServiceAccount\n    name: {RUNNER}\n    namespace: {namespace}\n  # Whoever runs csoc from outside: bind a group of yours here.\n"
    );
    text
}

#[cfg(test)]
mod tests {
    use super::{PodRoles, manifest};

    #[test]
    fn who_makes_jobs_reads_no_secret_and_pods_have_roles_where_they_are_known() {
        let text = manifest("here", None);
        assert!(
            text.contains("resources: [secrets]\n    verbs: [create]\n"),
            "{text}"
        );
        assert!(!text.contains("role-arn") && !text.contains('*'), "{text}");
        assert_eq!(text.matches("namespace: here").count(), 6, "{text}");
        let roles = PodRoles::of_account("aws", "111122223333");
        let text = manifest("here", Some(&roles));
        assert!(
            text.contains("role-arn: \"arn:aws:iam::111122223333:role/gen3/csoc-deploy\""),
            "{text}"
        );
    }
}

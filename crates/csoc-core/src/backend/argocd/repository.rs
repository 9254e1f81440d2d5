//! How Argo CD comes by the credential of its repository: External Secrets copies it out of the secret manager.

use super::input::ClusterInput;
use super::{Files, map};
use crate::contract::{ARGO_CD, CredentialContract};
use crate::value::Node;

/// What the objects are called.
const NAME: &str = CredentialContract::NAME;
/// The API of the oldest External Secrets that the add-ons of a cluster may be.
const EXTERNAL_SECRETS: &str = "external-secrets.io/v1";

pub(super) fn compile(
    input: &ClusterInput,
    credential: &CredentialContract,
    role: &str,
    files: &mut Files<'_>,
) {
    let directory = format!("gitops/{}/argocd", input.name);
    for (name, node) in [
        ("repository-account", account(role)),
        ("repository-store", store(input)),
        ("repository", secret(input, credential)),
    ] {
        files.yaml(format!("{directory}/{name}.yaml"), node);
    }
}

fn metadata(annotation: (&'static str, Node)) -> Node {
    map([
        ("name", NAME.into()),
        ("namespace", ARGO_CD.into()),
        ("annotations", map([annotation])),
    ])
}

/// What tells Argo CD to try although the cluster does not know the kind yet: its own applications bring External Secrets.
fn later() -> (&'static str, Node) {
    (
        "argocd.argoproj.io/sync-options",
        "SkipDryRunOnMissingResource=true".into(),
    )
}

fn account(role: &str) -> Node {
    map([
        ("apiVersion", "v1".into()),
        ("kind", "ServiceAccount".into()),
        (
            "metadata",
            metadata(("eks.amazonaws.com/role-arn", role.into())),
        ),
        ("automountServiceAccountToken", false.into()),
    ])
}

fn store(input: &ClusterInput) -> Node {
    let account = map([("serviceAccountRef", map([("name", NAME.into())]))]);
    let aws = map([
        ("service", "SecretsManager".into()),
        ("region", input.region.as_str().into()),
        ("auth", map([("jwt", account)])),
    ]);
    map([
        ("apiVersion", EXTERNAL_SECRETS.into()),
        ("kind", "SecretStore".into()),
        ("metadata", metadata(later())),
        ("spec", map([("provider", map([("aws", aws)]))])),
    ])
}

/// The secret as Argo CD looks for it. It stays when this object goes: Argo CD could read nothing then, this object included.
fn secret(input: &ClusterInput, credential: &CredentialContract) -> Node {
    let template = map([
        ("mergePolicy", "Merge".into()),
        (
            "metadata",
            map([(
                "labels",
                map([("argocd.argoproj.io/secret-type", "repository".into())]),
            )]),
        ),
        (
            "data",
            map([
                ("type", "git".into()),
                ("url", input.gitops.repository.as_str().into()),
            ]),
        ),
    ]);
    let keys = credential.kind.keys().iter().map(|key| {
        let remote = map([
            ("key", credential.secret.as_str().into()),
            ("property", (*key).into()),
        ]);
        map([("secretKey", (*key).into()), ("remoteRef", remote)])
    });
    let spec = map([
        ("refreshInterval", "1h".into()),
        (
            "secretStoreRef",
            map([("kind", "SecretStore".into()), ("name", NAME.into())]),
        ),
        (
            "target",
            map([
                ("name", NAME.into()),
                ("creationPolicy", "Orphan".into()),
                ("deletionPolicy", "Retain".into()),
                ("template", template),
            ]),
        ),
        ("data", Node::list(keys)),
    ]);
    map([
        ("apiVersion", EXTERNAL_SECRETS.into()),
        ("kind", "ExternalSecret".into()),
        ("metadata", metadata(later())),
        ("spec", spec),
    ])
}

//! The hub's own secrets in its cluster: who reads them, and each as a Kubernetes Secret.

use super::super::super::map;
use super::super::super::sync::Wave;
use super::Center;
use crate::catalog::ComponentCatalog;
use crate::contract::{
    ARGO_CD, HubContract, HubSecret, HubServiceKind, NOTIFICATIONS, SignInContract,
};
use crate::value::{Key, Node};

/// The API of External Secrets.
const EXTERNAL_SECRETS: &str = "external-secrets.io/v1";
/// The store that services of the hub read from.
const STORE: &str = "hub";
/// The names of the components that read from it.
const READERS: [(HubServiceKind, &str); 3] = [
    (HubServiceKind::Grafana, "grafana"),
    (HubServiceKind::Keycloak, "keycloak"),
    (HubServiceKind::Portal, "portal"),
];

/// What tells Argo CD to try although the cluster does not know the kind yet: its own applications bring External Secrets.
fn later() -> Node {
    map([(
        "argocd.argoproj.io/sync-options",
        "SkipDryRunOnMissingResource=true".into(),
    )])
}

/// The service account that the role of the hub's External Secrets trusts.
pub(super) fn account(contract: &HubContract) -> Node {
    let annotations = map([
        Wave::Objects.annotation(),
        ("eks.amazonaws.com/role-arn", contract.secrets_role().into()),
    ]);
    map([
        ("apiVersion", "v1".into()),
        ("kind", "ServiceAccount".into()),
        (
            "metadata",
            map([
                ("name", HubContract::SECRETS_ACCOUNT.into()),
                ("namespace", ARGO_CD.into()),
                ("annotations", annotations),
            ]),
        ),
        ("automountServiceAccountToken", false.into()),
    ])
}

/// The store, for the namespaces of the hub's services and no other. It comes before them: none of them is healthy without.
pub(super) fn store(center: &Center<'_>) -> Node {
    let catalog = ComponentCatalog::embedded();
    let readers = READERS
        .into_iter()
        .filter(|(kind, _)| center.services.runs(*kind));
    let mut namespaces: Vec<&str> = readers
        .filter_map(|(_, component)| Some(catalog.get(component)?.namespace.as_str()))
        .chain([ARGO_CD])
        .collect();
    namespaces.sort_unstable();
    namespaces.dedup();
    let account = map([
        ("name", HubContract::SECRETS_ACCOUNT.into()),
        ("namespace", ARGO_CD.into()),
    ]);
    let aws = map([
        ("service", "SecretsManager".into()),
        ("region", center.services.region.as_str().into()),
        (
            "auth",
            map([("jwt", map([("serviceAccountRef", account)]))]),
        ),
    ]);
    let mut annotations = map([Wave::Objects.annotation()]);
    for entry in later().entries() {
        annotations.insert(entry.key.clone(), entry.node.clone());
    }
    let condition = map([(
        "namespaces",
        Node::list(namespaces.into_iter().map(Node::from)),
    )]);
    map([
        ("apiVersion", EXTERNAL_SECRETS.into()),
        ("kind", "ClusterSecretStore".into()),
        (
            "metadata",
            map([("name", STORE.into()), ("annotations", annotations)]),
        ),
        (
            "spec",
            map([
                ("conditions", Node::list([condition])),
                ("provider", map([("aws", aws)])),
            ]),
        ),
    ])
}

/// What a secret is called in the cluster.
pub(super) fn kubernetes_name(secret: &HubSecret) -> String {
    secret.kubernetes()
}

/// A secret of the hub as a Kubernetes Secret in a namespace.
pub(super) fn external_secret(secret: &HubSecret, namespace: &str) -> Node {
    let name = kubernetes_name(secret);
    // Argo CD's notifications look for one name only.
    let target = match secret.purpose.as_str() {
        NOTIFICATIONS => "argocd-notifications-secret",
        _ => name.as_str(),
    };
    let data = secret.keys.iter().map(|key| {
        let remote = map([("key", secret.name().into()), ("property", (*key).into())]);
        map([("secretKey", (*key).into()), ("remoteRef", remote)])
    });
    let mut labels = Node::map();
    // Argo CD reads no Secret without it.
    if namespace == ARGO_CD {
        labels.insert("app.kubernetes.io/part-of", ARGO_CD.into());
    }
    let mut wanted = map([("name", target.into())]);
    if !labels.entries().is_empty() {
        let template = map([("metadata", map([("labels", labels)]))]);
        wanted.insert("template", template);
    }
    map([
        ("apiVersion", EXTERNAL_SECRETS.into()),
        ("kind", "ExternalSecret".into()),
        (
            "metadata",
            map([
                ("name", name.as_str().into()),
                ("namespace", namespace.into()),
                ("annotations", later()),
            ]),
        ),
        (
            "spec",
            map([
                ("refreshInterval", "1h".into()),
                (
                    "secretStoreRef",
                    map([
                        ("kind", "ClusterSecretStore".into()),
                        ("name", STORE.into()),
                    ]),
                ),
                ("target", wanted),
                ("data", Node::list(data)),
            ]),
        ),
    ])
}

/// A variable of a container from one of the hub's secrets.
pub(super) fn variable(name: &str, secret: &str, key: &str) -> Node {
    let reference = map([("name", secret.into()), ("key", key.into())]);
    map([
        ("name", name.into()),
        ("valueFrom", map([("secretKeyRef", reference)])),
    ])
}

/// A variable of a container as it is.
pub(super) fn plain(name: &str, value: &str) -> Node {
    map([("name", name.into()), ("value", value.into())])
}

/// Texts by name.
pub(super) fn texts<'a>(entries: impl IntoIterator<Item = (&'a str, &'a str)>) -> Node {
    let mut node = Node::map();
    for (name, text) in entries {
        node.insert(Key::from(name), text.into());
    }
    node
}

/// The Kubernetes Secret of a service's client.
pub(super) fn client_secret(kind: HubServiceKind) -> String {
    SignInContract::kubernetes_secret(kind)
}

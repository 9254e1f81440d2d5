//! A cluster as the hub's Argo CD knows it: where its API is, and as whom Argo CD speaks to it. No secret value is in git.

use super::super::input::{Destination, destination};
use super::super::sync::Wave;
use super::super::{Files, map};
use crate::backend::{FleetView, Unit};
use crate::contract::{ARGO_CD, ClusterContract, HubContract, Login};
use crate::model::Tier;
use crate::model::deferred::Deferred;
use crate::model::name::ObjectName;
use crate::model::stack::{OutputKind, StackKind};
use crate::resolve::ResolvedFleet;
use crate::value::Node;

use super::super::input::Input;

/// The API of the oldest External Secrets that the hub may have.
const EXTERNAL_SECRETS: &str = "external-secrets.io/v1";
/// What reads the hub's secrets for Argo CD.
const STORE: &str = "argocd-clusters";

/// A cluster that the hub pushes to.
#[derive(Debug, serde::Serialize)]
pub(crate) struct Registration {
    pub(crate) cluster: String,
    pub(crate) account: String,
    pub(crate) region: String,
    pub(crate) tier: Option<Tier>,
    pub(crate) identity: Identity,
}

/// As whom Argo CD speaks to a cluster.
#[derive(Debug, serde::Serialize)]
pub(crate) enum Identity {
    /// A role of the cluster's account, which Argo CD becomes.
    Role {
        /// Its ARN.
        role: String,
        /// The cluster's API.
        server: Deferred<String>,
        /// What signs the API's certificate, in base64.
        authority: Deferred<String>,
    },
    /// What the hub's secret manager holds under this name: address, authority and token.
    Secret(String),
}

/// How the hub's Argo CD reads what its secret manager holds of clusters.
#[derive(Debug, serde::Serialize)]
pub(crate) struct Store {
    /// The hub's cluster, whose root applies it: a hub reads other secrets as the same account.
    pub(crate) cluster: String,
    /// The region of the secrets.
    pub(crate) region: String,
    /// The role that reads them.
    pub(crate) reader: String,
}

/// A unit for each cluster that the hub pushes to and whose applications are ours, and one for what reads secrets of some.
pub(crate) fn registrations(view: &FleetView<'_>) -> Vec<Unit<Input>> {
    let clusters = view.contracts.clusters.iter();
    let all: Vec<Registration> = clusters
        .filter_map(|(name, contract)| registration(view, name, contract))
        .collect();
    let reads = |it: &Registration| matches!(it.identity, Identity::Secret(_));
    let store = view
        .contracts
        .hub
        .as_ref()
        .filter(|_| all.iter().any(reads));
    let hub = view.fleet.spec.hub.as_ref();
    let cluster = hub.and_then(|hub| hub.cluster.as_ref());
    let store = store.zip(cluster).map(|(hub, cluster)| Unit {
        id: "fleet/cluster-store".to_owned(),
        object: "fleet".to_owned(),
        input: Input::Store(Store {
            cluster: cluster.to_string(),
            region: hub.region.to_string(),
            reader: hub.secrets_role(),
        }),
    });
    let unit = |registration: Registration| {
        let object = format!("clusters.{}", registration.cluster);
        Unit {
            id: format!("{object}/registration"),
            object,
            input: Input::Registration(Box::new(registration)),
        }
    };
    all.into_iter().map(unit).chain(store).collect()
}

fn registration(
    view: &FleetView<'_>,
    name: &ObjectName,
    contract: &ClusterContract,
) -> Option<Registration> {
    let cluster = view.fleet.cluster(name.as_str())?;
    view.fleet.spec.hub.as_ref()?.cluster.as_ref()?;
    let is_pushed = destination(view, name.as_str()) != Destination::Here;
    if !is_pushed || !view.renders(cluster.spec.management.applications) {
        return None;
    }
    // One that has neither is a finding.
    let identity = match view.contracts.login(name)? {
        Login::Role(role) => {
            let stack = view.fleet.cluster_stack(name, StackKind::Cluster)?;
            let output = |kind| {
                let output = ResolvedFleet::output(stack.clone(), kind, None);
                view.fleet.outputs.text(&output)
            };
            Identity::Role {
                role: role.arn.clone(),
                server: output(OutputKind::ClusterEndpoint),
                authority: output(OutputKind::ClusterCertificateAuthority),
            }
        }
        Login::Secret(secret) => Identity::Secret(secret),
    };
    Some(Registration {
        cluster: name.to_string(),
        account: contract.account.to_string(),
        region: contract.region.to_string(),
        tier: view.fleet.cluster_tier(name),
        identity,
    })
}

/// The registration of a cluster.
pub(crate) fn compile(input: &Registration, files: &mut Files<'_>) {
    let node = match &input.identity {
        Identity::Role {
            role,
            server,
            authority,
        } => secret(input, role, server, authority),
        Identity::Secret(secret) => external(input, secret),
    };
    files.yaml(format!("gitops/hub/clusters/{}.yaml", input.cluster), node);
}

/// The service account that reads the hub's secrets, and the store that it reads.
pub(crate) fn compile_store(input: &Store, files: &mut Files<'_>) {
    for (name, node) in [
        ("account", account(&input.reader)),
        ("store", store(&input.region)),
    ] {
        let path = format!("gitops/{}/argocd/clusters-{name}.yaml", input.cluster);
        files.yaml(path, node);
    }
}

/// The labels that make a Secret a cluster, and those that generators and people find it by.
fn labels(input: &Registration) -> Node {
    let mut labels = map([
        ("argocd.argoproj.io/secret-type", "cluster".into()),
        ("gen3-account", input.account.as_str().into()),
        ("gen3-cluster", input.cluster.as_str().into()),
        ("gen3-region", input.region.as_str().into()),
    ]);
    if let Some(tier) = input.tier {
        labels.insert("gen3-tier", tier.as_str().into());
    }
    labels
}

fn name(input: &Registration) -> String {
    format!("cluster-{}", input.cluster)
}

/// A Secret by its kind only: the token that it speaks with is made anew each time, of the role.
fn secret(
    input: &Registration,
    role: &str,
    server: &Deferred<String>,
    authority: &Deferred<String>,
) -> Node {
    let config = authority.clone().map(|authority| {
        let mut text = String::new();
        let config = map([
            (
                "awsAuthConfig",
                map([
                    ("clusterName", input.cluster.as_str().into()),
                    ("roleARN", role.into()),
                ]),
            ),
            (
                "tlsClientConfig",
                map([("insecure", false.into()), ("caData", authority.into())]),
            ),
        ]);
        crate::value::json_write::write_json(&config, &mut text);
        text.push('\n');
        text
    });
    map([
        ("apiVersion", "v1".into()),
        ("kind", "Secret".into()),
        (
            "metadata",
            map([
                ("name", name(input).into()),
                ("namespace", ARGO_CD.into()),
                ("labels", labels(input)),
                ("annotations", map([Wave::Clusters.annotation()])),
            ]),
        ),
        ("type", "Opaque".into()),
        (
            "stringData",
            map([
                ("name", input.cluster.as_str().into()),
                ("server", server.clone().into()),
                ("config", config.into()),
            ]),
        ),
    ])
}

/// The same out of the hub's secret manager, for a cluster whose API takes no role of AWS.
fn external(input: &Registration, secret: &str) -> Node {
    let keys = ["bearerToken", "caData", "server"];
    let data = keys.map(|key| {
        let remote = map([("key", secret.into()), ("property", key.into())]);
        map([("secretKey", key.into()), ("remoteRef", remote)])
    });
    let config = "{\"bearerToken\": {{ .bearerToken | toJson }}, \"tlsClientConfig\": {\"insecure\": false, \"caData\": {{ .caData | toJson }}}}\n";
    let template = map([
        ("metadata", map([("labels", labels(input))])),
        (
            "data",
            map([
                ("name", input.cluster.as_str().into()),
                ("server", "{{ .server }}".into()),
                ("config", config.into()),
            ]),
        ),
    ]);
    let spec = map([
        ("refreshInterval", "1h".into()),
        (
            "secretStoreRef",
            map([("kind", "SecretStore".into()), ("name", STORE.into())]),
        ),
        (
            "target",
            map([
                ("name", name(input).into()),
                ("creationPolicy", "Orphan".into()),
                ("deletionPolicy", "Retain".into()),
                ("template", template),
            ]),
        ),
        ("data", Node::list(data)),
    ]);
    later(Wave::Clusters, "ExternalSecret", &name(input), spec)
}

fn account(reader: &str) -> Node {
    let metadata = map([
        ("name", HubContract::SECRETS_ACCOUNT.into()),
        ("namespace", ARGO_CD.into()),
        (
            "annotations",
            map([
                Wave::Objects.annotation(),
                ("eks.amazonaws.com/role-arn", reader.into()),
            ]),
        ),
    ]);
    map([
        ("apiVersion", "v1".into()),
        ("kind", "ServiceAccount".into()),
        ("metadata", metadata),
        ("automountServiceAccountToken", false.into()),
    ])
}

fn store(region: &str) -> Node {
    let reference = map([("name", HubContract::SECRETS_ACCOUNT.into())]);
    let aws = map([
        ("service", "SecretsManager".into()),
        ("region", region.into()),
        (
            "auth",
            map([("jwt", map([("serviceAccountRef", reference)]))]),
        ),
    ]);
    let spec = map([("provider", map([("aws", aws)]))]);
    later(Wave::Objects, "SecretStore", STORE, spec)
}

/// An object of External Secrets, which Argo CD may meet before the cluster knows the kind.
fn later(wave: Wave, kind: &'static str, name: &str, spec: Node) -> Node {
    let annotations = map([
        wave.annotation(),
        (
            "argocd.argoproj.io/sync-options",
            "SkipDryRunOnMissingResource=true".into(),
        ),
    ]);
    map([
        ("apiVersion", EXTERNAL_SECRETS.into()),
        ("kind", kind.into()),
        (
            "metadata",
            map([
                ("name", name.into()),
                ("namespace", ARGO_CD.into()),
                ("annotations", annotations),
            ]),
        ),
        ("spec", spec),
    ])
}

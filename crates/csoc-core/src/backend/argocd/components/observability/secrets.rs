//! How a cluster reads the secret that it shows to others, or asks others for: a service account with a role, and a store.
//!
//! They stand beside whatever reads from them first: nothing that Argo CD applies is healthy while its store is yet to come,
//! and what comes later waits for what is not healthy.

use super::{later, map, object, role};
use crate::contract::{ClusterContract, ClusterRolePurpose};
use crate::value::Node;

/// The name of both.
pub(super) const NAME: &str = "telemetry";

/// Both, each with the name of its file; none where the cluster has no role for it.
pub(super) fn objects(cluster: &ClusterContract) -> Vec<(String, Node)> {
    let eks = cluster.eks.as_ref();
    let Some(role) = eks.and_then(|eks| eks.role(ClusterRolePurpose::Telemetry)) else {
        return Vec::new();
    };
    vec![
        ("account".to_owned(), account(&role.arn)),
        ("store".to_owned(), store(cluster.region.as_str())),
    ]
}

/// The account that may read the cluster's secret.
fn account(arn: &str) -> Node {
    let mut made = object("v1", "ServiceAccount", NAME);
    if let Some(metadata) = made.get_mut("metadata") {
        metadata.insert("annotations", role(arn));
    }
    made.insert("automountServiceAccountToken", false.into());
    made
}

fn store(region: &str) -> Node {
    let account = map([("serviceAccountRef", map([("name", NAME.into())]))]);
    let aws = map([
        ("service", "SecretsManager".into()),
        ("region", region.into()),
        ("auth", map([("jwt", account)])),
    ]);
    let mut made = object("external-secrets.io/v1", "SecretStore", NAME);
    later(&mut made);
    made.insert("spec", map([("provider", map([("aws", aws)]))]));
    made
}

//! What writes the records that prove names: an account of its own in the cluster, and the role that it is.
//!
//! cert-manager asks the cluster for a token of that account and becomes the role with it. So the role is nobody's but for
//! that moment, and cert-manager itself needs none, whoever installs it.

use std::collections::BTreeSet;

use super::map;
use crate::backend::FleetView;
use crate::contract::{ClusterRolePurpose, EksContract};
use crate::model::deferred::Deferred;
use crate::model::stack::{OutputKind, StackKind};
use crate::resolve::ResolvedFleet;
use crate::value::Node;

/// The service account that cert-manager's chart makes for it.
const CERT_MANAGER: &str = "cert-manager";

/// Records of the account's zone, and who may write them.
pub(super) struct Records<'a> {
    eks: &'a EksContract,
    role: &'a str,
    region: &'a str,
    zone: Deferred<String>,
}

impl<'a> Records<'a> {
    /// Those of a cluster; none where nothing in it may write records.
    pub(super) fn of(view: &'a FleetView<'_>, cluster: &str) -> Option<Self> {
        let clusters = view.contracts.clusters.iter();
        let (_, contract) = clusters
            .into_iter()
            .find(|(name, _)| name.as_str() == cluster)?;
        let eks = contract.eks.as_ref()?;
        let role = eks.role(ClusterRolePurpose::CertManager)?;
        let account = view.fleet.account(eks.spec.account.as_str())?;
        let stack = ResolvedFleet::account_stack(account, None, StackKind::Foundation);
        let zone = ResolvedFleet::output(stack, OutputKind::ZoneId, None);
        Some(Self {
            eks,
            role: role.arn.as_str(),
            region: contract.region.as_str(),
            zone: view.fleet.outputs.text(&zone),
        })
    }

    /// Whether the role may prove a host.
    pub(super) fn proves(&self, host: &str) -> bool {
        let mut hosts = self.eks.challenges.iter();
        hosts.any(|known| known.as_str() == host)
    }

    /// How an issuer proves these hosts.
    pub(super) fn solver(&self, hosts: &BTreeSet<&str>) -> Node {
        let (_, account) = account();
        let reference = map([("name", account.into())]);
        let kubernetes = map([("serviceAccountRef", reference)]);
        let route53 = map([
            ("region", self.region.into()),
            ("hostedZoneID", self.zone.clone().into()),
            ("role", self.role.into()),
            ("auth", map([("kubernetes", kubernetes)])),
        ]);
        let names = Node::list(hosts.iter().map(|host| (*host).into()));
        map([
            ("selector", map([("dnsNames", names)])),
            ("dns01", map([("route53", route53)])),
        ])
    }
}

/// The account, and that cert-manager may ask for its tokens; each with the name of its file.
pub(super) fn objects() -> Vec<(String, Node)> {
    let (namespace, account) = account();
    let metadata = || map([("name", account.into()), ("namespace", namespace.into())]);
    let granted = map([
        ("apiGroups", Node::list(["".into()])),
        ("resources", Node::list(["serviceaccounts/token".into()])),
        ("resourceNames", Node::list([account.into()])),
        ("verbs", Node::list(["create".into()])),
    ]);
    let subject = map([
        ("kind", "ServiceAccount".into()),
        ("name", CERT_MANAGER.into()),
        ("namespace", namespace.into()),
    ]);
    let role = map([
        ("apiGroup", "rbac.authorization.k8s.io".into()),
        ("kind", "Role".into()),
        ("name", account.into()),
    ]);
    let of_access = "rbac.authorization.k8s.io/v1";
    vec![
        (
            format!("{account}-account"),
            map([
                ("apiVersion", "v1".into()),
                ("kind", "ServiceAccount".into()),
                ("metadata", metadata()),
                ("automountServiceAccountToken", false.into()),
            ]),
        ),
        (
            format!("{account}-role"),
            map([
                ("apiVersion", of_access.into()),
                ("kind", "Role".into()),
                ("metadata", metadata()),
                ("rules", Node::list([granted])),
            ]),
        ),
        (
            format!("{account}-binding"),
            map([
                ("apiVersion", of_access.into()),
                ("kind", "RoleBinding".into()),
                ("metadata", metadata()),
                ("roleRef", role),
                ("subjects", Node::list([subject])),
            ]),
        ),
    ]
}

/// The namespace and the name of the account that the role trusts.
fn account() -> (&'static str, &'static str) {
    let (namespace, names) = ClusterRolePurpose::CertManager.service_accounts();
    (namespace, names.first().copied().unwrap_or_default())
}

//! The realm that Keycloak starts with: groups, roles and clients. Secrets are names of variables, which Keycloak fills in.

use super::super::super::map;
use super::{Center, objects};
use crate::contract::{HubServiceKind, argocd_clients};
use crate::model::hub::IssuerName;
use crate::model::name::ObjectName;
use crate::value::{Key, Node};

/// The role that the portal takes for one who may do everything.
const SUPERADMIN: &str = "superadmin";

/// The services that sign in at the realm: all that run, where the hub has no other issuer.
pub(super) fn clients(center: &Center<'_>) -> Vec<HubServiceKind> {
    let is_own = center
        .services
        .sign_in
        .as_ref()
        .is_some_and(|sign_in| sign_in.spec.issuer.is_none());
    let services = center.services.services.iter().map(|service| service.kind);
    services.filter(|kind| is_own && kind.signs_in()).collect()
}

/// The variable with a client's secret.
pub(super) const fn variable(kind: HubServiceKind) -> &'static str {
    match kind {
        HubServiceKind::ArgoCd => "SIGN_IN_ARGOCD",
        HubServiceKind::Grafana => "SIGN_IN_GRAFANA",
        HubServiceKind::Keycloak => "SIGN_IN_KEYCLOAK",
        HubServiceKind::Portal => "SIGN_IN_PORTAL",
    }
}

/// The realm as a file of a `ConfigMap`.
pub(super) fn config_map(center: &Center<'_>, realm: &str, name: &str, namespace: &str) -> Node {
    let json = serde_json::to_string_pretty(&node(center, realm)).unwrap_or_default();
    let mut data = Node::map();
    data.insert(
        Key::from(format!("{realm}-realm.json").as_str()),
        Node::string(json + "\n"),
    );
    map([
        ("apiVersion", "v1".into()),
        ("kind", "ConfigMap".into()),
        (
            "metadata",
            map([("name", name.into()), ("namespace", namespace.into())]),
        ),
        ("data", data),
    ])
}

fn node(center: &Center<'_>, realm: &str) -> Node {
    let fleet = &center.view.fleet;
    let clusters: Vec<&str> = fleet.clusters.keys().map(ObjectName::as_str).collect();
    let roles = |suffix: &str| -> Vec<String> {
        let all = clusters.iter();
        all.map(|cluster| format!("{cluster}-{suffix}")).collect()
    };
    let (read, write) = (roles("read"), roles("write"));
    let role = |name: &String, what: &str| {
        map([("name", name.as_str().into()), ("description", what.into())])
    };
    let mut all = vec![role(
        &SUPERADMIN.to_owned(),
        "may do everything in the portal",
    )];
    for (names, what) in [
        (&read, "sees a cluster in the portal"),
        (&write, "changes a cluster in the portal"),
    ] {
        all.extend(names.iter().map(|name| role(name, what)));
    }
    let mut groups = Vec::new();
    if let Some(sign_in) = &center.services.sign_in {
        let said = &sign_in.spec.groups;
        let both: Vec<String> = read.iter().chain(&write).cloned().collect();
        for (members, roles) in [
            (&said.admins, vec![SUPERADMIN.to_owned()]),
            (&said.operators, both),
            (&said.readers, read.clone()),
        ] {
            groups.extend(members.iter().map(|name| group(name, &roles)));
        }
    }
    map([
        ("realm", realm.into()),
        ("enabled", true.into()),
        ("displayName", fleet.spec.name.as_str().into()),
        ("sslRequired", "external".into()),
        ("registrationAllowed", false.into()),
        ("resetPasswordAllowed", true.into()),
        ("loginWithEmailAllowed", true.into()),
        ("duplicateEmailsAllowed", false.into()),
        ("bruteForceProtected", true.into()),
        ("accessTokenLifespan", Node::integer(300)),
        ("ssoSessionIdleTimeout", Node::integer(1800)),
        ("ssoSessionMaxLifespan", Node::integer(28800)),
        ("eventsEnabled", true.into()),
        ("adminEventsEnabled", true.into()),
        ("roles", map([("realm", Node::list(all))])),
        ("groups", Node::list(groups)),
        (
            "clients",
            Node::list(
                clients(center)
                    .into_iter()
                    .filter_map(|kind| client(center, kind))
                    .chain(public_clients(center)),
            ),
        ),
    ])
}

/// A group as the issuer shows it in tokens, without the path.
fn group(name: &IssuerName, roles: &[String]) -> Node {
    map([
        ("name", name.as_str().into()),
        (
            "realmRoles",
            Node::list(roles.iter().map(|role| Node::string(role.as_str()))),
        ),
    ])
}

/// A client: a service that signs people in by the authorization code, and no other way.
fn client(center: &Center<'_>, kind: HubServiceKind) -> Option<Node> {
    let host = center.services.host(kind)?;
    let spec = &center.services.sign_in.as_ref()?.spec;
    let address = format!("https://{host}");
    Some(map([
        ("clientId", kind.client(&spec.clients)?.into()),
        ("name", kind.title().into()),
        ("protocol", "openid-connect".into()),
        ("publicClient", false.into()),
        ("secret", format!("${{{}}}", variable(kind)).into()),
        ("standardFlowEnabled", true.into()),
        ("implicitFlowEnabled", false.into()),
        ("directAccessGrantsEnabled", false.into()),
        ("serviceAccountsEnabled", false.into()),
        (
            "redirectUris",
            Node::list([Node::string(format!("{address}{}", kind.callback()))]),
        ),
        ("webOrigins", Node::list([Node::string(address)])),
        ("protocolMappers", Node::list([mapper()])),
    ]))
}

/// Clusters' own Argo CDs, where people sign in at this realm: clients that show no secret, and prove each sign-in instead.
fn public_clients(center: &Center<'_>) -> Vec<Node> {
    let sign_in = center.services.sign_in.as_ref();
    if sign_in.is_none_or(|sign_in| sign_in.spec.issuer.is_some()) {
        return Vec::new();
    }
    let all = argocd_clients(center.view.fleet).into_iter();
    all.map(|own| {
        let address = format!("https://{}", own.host);
        let back = own.callbacks();
        map([
            ("clientId", own.client.into()),
            ("name", format!("Argo CD of {}", own.cluster).into()),
            ("protocol", "openid-connect".into()),
            ("publicClient", true.into()),
            ("standardFlowEnabled", true.into()),
            ("implicitFlowEnabled", false.into()),
            ("directAccessGrantsEnabled", false.into()),
            ("serviceAccountsEnabled", false.into()),
            (
                "attributes",
                objects::texts([("pkce.code.challenge.method", "S256")]),
            ),
            ("redirectUris", Node::list(back.map(Node::string))),
            ("webOrigins", Node::list([Node::string(address)])),
            ("protocolMappers", Node::list([mapper()])),
        ])
    })
    .collect()
}

/// Puts groups into tokens, without the path above them.
fn mapper() -> Node {
    map([
        ("name", "groups".into()),
        ("protocol", "openid-connect".into()),
        ("protocolMapper", "oidc-group-membership-mapper".into()),
        (
            "config",
            objects::texts([
                ("claim.name", "groups"),
                ("full.path", "false"),
                ("id.token.claim", "true"),
                ("access.token.claim", "true"),
                ("userinfo.token.claim", "true"),
            ]),
        ),
    ])
}

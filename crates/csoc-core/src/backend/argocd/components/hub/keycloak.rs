//! Keycloak, for organizations without an issuer of their own.

use super::super::super::map;
use super::super::Component;
use super::ingress::Entrance;
use super::{Center, objects, realm};
use crate::catalog::ComponentCatalog;
use crate::contract::HubServiceKind;
use crate::model::deferred::Deferred;
use crate::model::hub::Keycloak;
use crate::model::name::ObjectName;
use crate::model::stack::{OutputKind, StackKind};
use crate::resolve::ResolvedFleet;
use crate::value::{Exact, Node, yaml_write};

/// The component's name in the catalog.
const NAME: &str = "keycloak";
/// The `ConfigMap` with the realm.
const REALM: &str = "keycloak-realm";
/// What starts it: a realm that is there already stays as it is.
const COMMAND: [&str; 3] = ["/opt/keycloak/bin/kc.sh", "start", "--import-realm"];

/// The component, where the hub runs Keycloak.
pub(super) fn component(center: &Center<'_>) -> Option<Component> {
    let keycloak = center.hub.keycloak.as_ref()?;
    let entrance = center.entrance(HubServiceKind::Keycloak)?;
    let namespace = ComponentCatalog::embedded().get(NAME)?.namespace.as_str();
    let secrets = center.services.secrets(center.hub);
    let own = secrets
        .iter()
        .find(|secret| secret.service == HubServiceKind::Keycloak)?;
    let own_name = objects::kubernetes_name(own);
    let clients = realm::clients(center);
    let values = values(center, keycloak, &entrance, &own_name, &clients)?;
    let mut component = center.component(NAME, values)?;
    if let Some(version) = &keycloak.chart {
        component.facts.version = version.to_string();
    }
    let readers = secrets.iter().filter(|secret| {
        secret.service == HubServiceKind::Keycloak || clients.contains(&secret.service)
    });
    let readers = readers.filter(|secret| secret.keys.contains(&"clientSecret") || *secret == own);
    component.objects = readers
        .map(|secret| {
            let node = objects::external_secret(secret, namespace);
            (objects::kubernetes_name(secret), Exact(node))
        })
        .collect();
    let realm = realm::config_map(center, keycloak.realm(), REALM, namespace);
    component.objects.push((REALM.to_owned(), Exact(realm)));
    Some(component)
}

/// Values of the chart.
fn values(
    center: &Center<'_>,
    keycloak: &Keycloak,
    entrance: &Entrance<'_>,
    secret: &str,
    clients: &[HubServiceKind],
) -> Option<Node> {
    let mut database = map([("vendor", "postgres".into())]);
    database.insert("hostname", host(center)?.into());
    for (key, value) in [
        ("port", Node::integer(5432)),
        (
            "database",
            keycloak
                .database
                .name
                .as_ref()
                .map_or("keycloak", ObjectName::as_str)
                .into(),
        ),
        ("existingSecret", secret.into()),
        ("existingSecretKey", "password".into()),
    ] {
        database.insert(key, value);
    }
    let address = format!("https://{}", entrance.host);
    let mut variables = vec![
        objects::plain("KC_HOSTNAME", &address),
        objects::plain("KC_DB_URL_PROPERTIES", "?sslmode=require"),
        objects::variable("KC_DB_USERNAME", secret, "username"),
        objects::plain("KC_BOOTSTRAP_ADMIN_USERNAME", "admin"),
        objects::variable("KC_BOOTSTRAP_ADMIN_PASSWORD", secret, "admin-password"),
    ];
    for kind in clients {
        let secret = objects::client_secret(*kind);
        variables.push(objects::variable(
            realm::variable(*kind),
            &secret,
            "clientSecret",
        ));
    }
    let volume = map([
        ("name", "realm".into()),
        ("configMap", map([("name", REALM.into())])),
    ]);
    let mount = map([
        ("name", "realm".into()),
        ("mountPath", "/opt/keycloak/data/import".into()),
        ("readOnly", true.into()),
    ]);
    // The chart reads these as texts, which are templates.
    let text = |items: Vec<Node>| {
        let mut text = String::new();
        yaml_write::write(&Node::list(items), &mut text);
        Node::string(text)
    };
    let path = map([("path", "/".into()), ("pathType", "Prefix".into())]);
    let rule = map([
        ("host", entrance.host.into()),
        ("paths", Node::list([path])),
    ]);
    let health = [
        ("healthcheck-path", "/health/ready"),
        ("healthcheck-port", "9000"),
    ];
    let values = map([
        ("command", Node::list(COMMAND.map(Node::from))),
        ("database", database),
        ("extraEnv", text(variables)),
        ("extraVolumeMounts", text(vec![mount])),
        ("extraVolumes", text(vec![volume])),
        ("http", map([("relativePath", "/".into())])),
        (
            "ingress",
            map([
                ("enabled", true.into()),
                ("ingressClassName", "alb".into()),
                ("annotations", entrance.annotations(&health)),
                ("rules", Node::list([rule])),
            ]),
        ),
        (
            "podDisruptionBudget",
            map([("minAvailable", Node::integer(1))]),
        ),
        // A load balancer of AWS sets these headers, and passes on whatever a client says in `Forwarded`.
        ("proxy", map([("mode", "xforwarded".into())])),
        ("replicas", Node::integer(2)),
        (
            "resources",
            map([
                ("limits", objects::texts([("memory", "2Gi")])),
                (
                    "requests",
                    objects::texts([("cpu", "500m"), ("memory", "1Gi")]),
                ),
            ]),
        ),
        (
            "serviceAccount",
            map([("automountServiceAccountToken", false.into())]),
        ),
    ]);
    Some(values)
}

/// Where its database is.
fn host(center: &Center<'_>) -> Option<Deferred<String>> {
    let keycloak = center.hub.keycloak.as_ref()?;
    if let Some(host) = &keycloak.database.host {
        return Some(Deferred::known(host.to_string()));
    }
    let cluster = &center.services.cluster;
    let databases = &center.view.contracts.clusters.get(cluster)?.databases;
    let stack = center.view.fleet.cluster_stack(cluster, StackKind::Data)?;
    let name = databases.first()?.name.as_str();
    let output = ResolvedFleet::output(stack, OutputKind::DatabaseEndpoints, Some(name));
    Some(center.view.fleet.outputs.text(&output))
}

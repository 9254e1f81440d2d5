//! The door that other clusters send through: one host, three paths, who sends is asked, and whose it is allowed to send.
//!
//! It is the gateway of Loki's chart, which asks for a name and a password. Nothing can be read through it, and a
//! cluster writes only for the commons that it runs: whoever takes its password over learns nothing of others.

use super::keeper::Keeper;
use super::{MONITORING, PLATFORM, Part, later, map, object, policies, secrets};
use crate::contract::{StoreKind, telemetry_group};
use crate::model::deferred::Deferred;
use crate::value::{Key, Kind, Node};

/// What holds the names and passwords, as nginx reads them.
const PASSWORDS: &str = "telemetry-passwords";
/// The paths, below the host.
pub(super) const METRICS: &str = "/push/metrics";
pub(super) const LOGS: &str = "/push/logs";
pub(super) const TRACES: &str = "/push/traces";

/// The host and the secret of the door, where another cluster sends something.
fn door<'a>(keeper: &Keeper<'a>) -> Option<(&'a str, &'a str)> {
    let door = keeper.host.zip(secret(keeper.cluster));
    door.filter(|_| !keeper.senders.is_empty())
}

/// Whether a cluster has such a door, and with it what secrets are read by.
pub(super) fn is_open(keeper: &Keeper<'_>) -> bool {
    door(keeper).is_some()
}

/// Opens it, where another cluster sends something.
pub(super) fn open(keeper: &Keeper<'_>, part: &mut Part) {
    let Some((host, secret)) = door(keeper) else {
        return;
    };
    let several = part.values.path(&["singleBinary", "replicas"]);
    let copies: u32 = if several.and_then(Node::text) == Some("1") {
        1
    } else {
        2
    };
    part.set(&["gateway", "enabled"], true);
    part.set(&["gateway", "replicas"], copies);
    part.set(
        &["gateway", "basicAuth"],
        map([
            ("enabled", true.into()),
            ("existingSecret", PASSWORDS.into()),
        ]),
    );
    part.set(
        &["gateway", "nginxConfig"],
        map([
            ("clientMaxBodySize", "16M".into()),
            ("httpSnippet", allowed(keeper).into()),
            ("serverSnippet", locations(keeper).into()),
        ]),
    );
    part.objects.push(policies::gateway());
    part.objects.extend(secrets::objects(keeper.cluster));
    part.objects
        .push(("passwords".to_owned(), passwords(keeper, secret)));
    part.objects
        .push(("ingress".to_owned(), ingress(keeper, host)));
}

/// The name of the secret that a cluster shows, or asks for.
pub(super) fn secret(cluster: &crate::contract::ClusterContract) -> Option<&str> {
    cluster.eks.as_ref()?.telemetry.as_deref()
}

/// Whose what each cluster may send.
fn allowed(keeper: &Keeper<'_>) -> String {
    let lines = keeper.senders.iter().flat_map(|sender| {
        let tenants = sender.tenants.iter().copied().chain([PLATFORM]);
        tenants.map(move |tenant| format!("  \"{}:{tenant}\" 1;\n", sender.cluster))
    });
    let lines: String = lines.collect();
    format!("map \"$remote_user:$http_x_scope_orgid\" $sends_its_own {{\n  default 0;\n{lines}}}")
}

/// Where each path leads. A name that is looked up when somebody asks lets the gateway start before what is behind it.
fn locations(keeper: &Keeper<'_>) -> String {
    let paths = [
        (
            StoreKind::Mimir,
            METRICS,
            "mimir-distributor",
            8080,
            "/api/v1/push",
        ),
        (StoreKind::Loki, LOGS, "loki", 3100, "/loki/api/v1/push"),
        (StoreKind::Tempo, TRACES, "tempo", 4318, "/v1/traces"),
    ];
    let kept = paths
        .into_iter()
        .filter(|(kind, ..)| keeper.store(*kind).is_some());
    let blocks = kept.map(|(_, path, service, port, to)| {
        format!(
            "location = {path} {{\n  if ($sends_its_own = 0) {{ return 403; }}\n  set $behind http://{service}.{MONITORING}.svc.cluster.local:{port};\n  proxy_pass $behind{to};\n}}"
        )
    });
    blocks.collect::<Vec<_>>().join("\n")
}

/// The names and passwords of the clusters that send, out of one secret with a key for each.
fn passwords(keeper: &Keeper<'_>, secret: &str) -> Node {
    let names = keeper.senders.iter().map(|sender| sender.cluster.as_str());
    let lines: Vec<String> = names
        .clone()
        .map(|name| format!("{{{{ htpasswd \"{name}\" (index . \"{name}\") }}}}"))
        .collect();
    let data = names.map(|name| {
        let remote = map([("key", secret.into()), ("property", name.into())]);
        map([("secretKey", name.into()), ("remoteRef", remote)])
    });
    let template = map([
        ("engineVersion", "v2".into()),
        ("data", map([(".htpasswd", lines.join("\n").into())])),
    ]);
    let spec = map([
        ("refreshInterval", "1h".into()),
        (
            "secretStoreRef",
            map([
                ("kind", "SecretStore".into()),
                ("name", secrets::NAME.into()),
            ]),
        ),
        (
            "target",
            map([
                ("name", PASSWORDS.into()),
                ("creationPolicy", "Owner".into()),
                ("deletionPolicy", "Retain".into()),
                ("template", template),
            ]),
        ),
        ("data", Node::list(data)),
    ]);
    let mut made = object("external-secrets.io/v1", "ExternalSecret", PASSWORDS);
    later(&mut made);
    made.insert("spec", spec);
    made
}

/// A load balancer of its own: only the addresses of the clusters that send reach it.
fn ingress(keeper: &Keeper<'_>, host: &str) -> Node {
    let mut annotations = map([
        (
            "alb.ingress.kubernetes.io/group.name",
            telemetry_group(&keeper.cluster.name).into(),
        ),
        ("alb.ingress.kubernetes.io/healthcheck-path", "/".into()),
        (
            "alb.ingress.kubernetes.io/listen-ports",
            "[{\"HTTPS\": 443}]".into(),
        ),
        ("alb.ingress.kubernetes.io/scheme", "internet-facing".into()),
        (
            "alb.ingress.kubernetes.io/ssl-policy",
            "ELBSecurityPolicy-TLS13-1-2-2021-06".into(),
        ),
        ("alb.ingress.kubernetes.io/target-type", "ip".into()),
    ]);
    annotations.insert("alb.ingress.kubernetes.io/inbound-cidrs", addresses(keeper));
    let backend = map([(
        "service",
        map([
            ("name", "loki-gateway".into()),
            ("port", map([("number", 80_u32.into())])),
        ]),
    )]);
    let paths = [METRICS, LOGS, TRACES].map(|path| {
        map([
            ("path", path.into()),
            ("pathType", "Exact".into()),
            ("backend", backend.clone()),
        ])
    });
    let rule = map([
        ("host", host.into()),
        ("http", map([("paths", Node::list(paths))])),
    ]);
    let mut made = object("networking.k8s.io/v1", "Ingress", "telemetry");
    if let Some(metadata) = made.get_mut("metadata") {
        metadata.insert("annotations", annotations);
    }
    made.insert(
        "spec",
        map([
            ("ingressClassName", "alb".into()),
            ("rules", Node::list([rule])),
        ]),
    );
    made
}

/// The addresses of all that send; pending while one is.
fn addresses(keeper: &Keeper<'_>) -> Node {
    let mut known = Vec::new();
    let mut pending: Vec<Key> = Vec::new();
    for sender in &keeper.senders {
        match &sender.addresses {
            Deferred::Known(addresses, _) => known.extend(addresses.iter().cloned()),
            Deferred::Pending(outputs) => {
                pending.extend(outputs.iter().map(|output| Key::from(output.to_string())));
            }
        }
    }
    if pending.is_empty() {
        known.sort();
        known.dedup();
        return known.join(",").into();
    }
    pending.sort_by(|one, other| one.as_str().cmp(other.as_str()));
    pending.dedup();
    Node::new(Kind::Pending(pending.into()))
}

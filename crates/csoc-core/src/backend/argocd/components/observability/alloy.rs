//! Alloy: what collects in a cluster, and the secret with which it sends elsewhere.

use super::watched::Watched;
use super::{Part, later, map, object, pipeline, secrets, syntax};
use crate::catalog::StackSize;
use crate::contract::TELEMETRY_PASSWORD;
use crate::value::Node;

/// The variable that holds the password.
pub(super) const PASSWORD: &str = "TELEMETRY_PASSWORD";
/// The `ConfigMap` with what it does, and its file.
const CONFIGURATION: &str = "alloy-configuration";
const FILE: &str = "config.alloy";
/// The Secret that it comes from, and its key.
const SECRET: &str = "telemetry";
const KEY: &str = TELEMETRY_PASSWORD;

/// What collects.
pub(super) fn alloy(watched: &Watched<'_>) -> Part {
    let mut part = Part::new("alloy", StackSize::Small);
    let configuration = syntax::print(&pipeline::blocks(watched));
    // The chart would read the text as a template of its own, braces and all; as an object it stays as it is.
    part.set(
        &["alloy", "configMap"],
        map([
            ("create", false.into()),
            ("name", CONFIGURATION.into()),
            ("key", FILE.into()),
        ]),
    );
    let object = super::config_map(CONFIGURATION, FILE, configuration);
    part.objects.push(("configuration".to_owned(), object));
    let sends = watched.sinks.iter().any(|sink| sink.is_elsewhere);
    // What keeps comes before what collects, and has the store beside it where it is the first to read from it.
    if !watched.has_store {
        part.objects.extend(secrets::objects(watched.cluster));
    }
    if let Some(secret) = watched.secret.filter(|_| sends) {
        let from = map([(
            "secretKeyRef",
            map([("name", SECRET.into()), ("key", KEY.into())]),
        )]);
        let variable = map([("name", PASSWORD.into()), ("valueFrom", from)]);
        part.set(&["alloy", "extraEnv"], Node::list([variable]));
        part.objects.push(("password".to_owned(), password(secret)));
    }
    part
}

fn password(secret: &str) -> Node {
    let remote = map([("key", secret.into()), ("property", KEY.into())]);
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
                ("name", SECRET.into()),
                ("creationPolicy", "Owner".into()),
                ("deletionPolicy", "Retain".into()),
            ]),
        ),
        (
            "data",
            Node::list([map([("secretKey", KEY.into()), ("remoteRef", remote)])]),
        ),
    ]);
    let mut made = object("external-secrets.io/v1", "ExternalSecret", SECRET);
    later(&mut made);
    made.insert("spec", spec);
    made
}

//! Variables of the root `commons`, one by one.

use std::collections::BTreeSet;

use super::target::{On, Target};
use crate::catalog::ServiceCatalog;
use crate::catalog::module::{ModuleFacts, is_secret};
use crate::import::ledger::Outcome;
use crate::model::cloud::Zone;
use crate::model::name::KubernetesName;
use crate::model::network::{Cidr, HttpsUrl, S3Url};
use crate::model::version::Version;
use crate::value::{Kind, Node};

/// Switches of services that the charts call otherwise.
const RENAMED: [(&str, &str); 2] = [
    ("argo", "argo-wrapper"),
    ("aws-es-proxy", "aws-sigv4-proxy"),
];

/// Maps every variable that is set.
pub(super) fn map(target: &mut Target<'_>, facts: Option<ModuleFacts<'_>>) {
    let names: BTreeSet<String> = target
        .root
        .variables
        .iter()
        .flat_map(|part| part.node.entries())
        .map(|entry| entry.key.to_string())
        .collect();
    let known: BTreeSet<&str> = facts
        .into_iter()
        .flat_map(|facts| facts.variables().map(|(name, _)| name))
        .collect();
    for name in &names {
        // In whichever file it stands, also where another one overrides it.
        let secret = target
            .root
            .variables
            .iter()
            .filter_map(|part| part.node.get(name))
            .any(|node| is_secret(name, node));
        if secret {
            refuse(target, name);
        } else if !one(target, name) {
            let is_dead = facts.is_some_and(|facts| facts.is_dead(name));
            if is_dead {
                let reason = "the root declares it and reads it nowhere";
                target.claim(name, Outcome::Dropped, "", reason);
            } else if known.contains(name.as_str()) {
                engine(target, name);
            }
        }
    }
}

/// What has no field is the engine's own: it is read once Terraform is the fleet's.
fn engine(target: &mut Target<'_>, name: &str) {
    let value = target.root.variable(name).map(|(_, node)| unplaced(node));
    if let Some(value) = value {
        target.field(name, On::Cluster, &["terraform", "variables", name], value);
    }
}

/// The same data, of no file.
fn unplaced(node: &Node) -> Node {
    match &node.kind {
        Kind::List(items) => Node::list(items.iter().map(unplaced)),
        Kind::Map(entries) => {
            let mut map = Node::map();
            for entry in entries {
                map.insert(entry.key.clone(), unplaced(&entry.node));
            }
            map
        }
        kind @ (Kind::Scalar(_) | Kind::Pending(_)) => Node::new(kind.clone()),
    }
}

fn refuse(target: &mut Target<'_>, name: &str) {
    let reason = "secret material";
    target.claim(name, Outcome::Refused, "", reason);
    target.unit.steps.push(format!(
        "put the value of `{name}` into the secret manager, take it out of the variables, and change it: it was in a file"
    ));
}

/// One variable; whether the model has a place for it.
fn one(target: &mut Target<'_>, name: &str) -> bool {
    let is_on = target.root.text(name) == Some("true");
    match name {
        "vpc_name" => target.claim(name, Outcome::Mapped, "cluster: name, vpc", ""),
        "aws_region" => target.claim(name, Outcome::Mapped, "cluster: region", ""),
        "hostname" if target.environment.is_some() => {
            target.claim(name, Outcome::Mapped, "environment: hostname", "");
        }
        "vpc_cidr_block" => target.typed::<Cidr>(name, On::Cluster, &["network", "cidr"]),
        "availability_zones" => zones(target, name),
        "eks_version" => target.typed::<Version>(name, On::Cluster, &["version"]),
        "cluster_engine_version" => {
            target.typed::<Version>(name, On::Cluster, &["databases", "main", "version"]);
        }
        "es_version" => target.typed::<Version>(name, On::Cluster, &["search", "main", "version"]),
        "deploy_aurora" => shared(target, name, &["databases", "main"], is_on),
        "deploy_es" => shared(target, name, &["search", "main"], is_on),
        "deploy_waf" => {
            let mode = if is_on { "managed" } else { "none" };
            let to = ["loadBalancers", "public", "webAcl"];
            target.field(name, On::Cluster, &to, mode.into());
        }
        "dictionary_url" => target.typed::<HttpsUrl>(name, On::Environment, &["dictionary"]),
        "indexd_prefix" => match target.root.text(name).map(Node::string) {
            Some(prefix) => target.field(name, On::Environment, &["indexd", "prefix"], prefix),
            None => return false,
        },
        "public_datasets" => {
            target.field(
                name,
                On::Environment,
                &["exposure", "publicData"],
                is_on.into(),
            );
        }
        "tier_access_level" => match target.root.text(name) {
            Some(level @ ("libre" | "regular" | "private")) => {
                let to = ["exposure", "tierAccess", "level"];
                target.field(name, On::Environment, &to, Node::string(level));
            }
            _ => return false,
        },
        "tier_access_limit" => match target
            .root
            .text(name)
            .and_then(|text| text.parse::<u32>().ok())
        {
            Some(limit) => {
                let to = ["exposure", "tierAccess", "limit"];
                target.field(name, On::Environment, &to, limit.into());
            }
            None => return false,
        },
        "useryaml_s3_path" => target.typed::<S3Url>(name, On::Environment, &["users", "userYaml"]),
        "dbgap_enabled" => target.field(name, On::Environment, &["users", "dbgap"], is_on.into()),
        "netpolicy_enabled" => {
            target.field(name, On::Environment, &["networkPolicies"], is_on.into());
        }
        "namespace" => {
            target.typed::<KubernetesName>(name, On::Environment, &["identity", "namespace"]);
        }
        "revproxy_arn" => target.claim(name, Outcome::Mapped, "outputs: certificate_arn", ""),
        "dispatcher_job_number" => target.value(name, &["global", "dispatcherJobNum"]),
        "usersync_schedule" => target.value(name, &["fence", "usersync", "schedule"]),
        "upload_bucket" => target.value(name, &["global", "dataUploadBucket"]),
        "slack_webhook_secret_name" => {
            target.value(
                name,
                &["global", "externalSecrets", "slackWebhookSecretName"],
            );
        }
        _ => return service(target, name, is_on),
    }
    true
}

fn service(target: &mut Target<'_>, name: &str, is_on: bool) -> bool {
    let Some(service) = name.strip_suffix("_enabled") else {
        return false;
    };
    let renamed = RENAMED.iter().find(|(legacy, _)| *legacy == service);
    let service = renamed.map_or(service, |(_, chart)| chart);
    if service == "pidgin" {
        let reason = "the charts have no pidgin";
        target.claim(name, Outcome::Unmapped, "", reason);
        return true;
    }
    let is_known = ServiceCatalog::embedded().get(service).is_some();
    if is_known {
        let to = ["services", service, "enabled"];
        target.field(name, On::Environment, &to, is_on.into());
    }
    is_known
}

/// Something that environments share: there, or not.
fn shared(target: &mut Target<'_>, name: &str, to: &[&str], is_on: bool) {
    if is_on {
        if target.cluster.path(to).is_none() {
            target.cluster.set(to, Node::map());
        }
        let field = format!("cluster: {}", to.join("."));
        target.claim(name, Outcome::Mapped, &field, "");
    } else {
        let reason = "the cluster has none";
        target.claim(name, Outcome::Mapped, "", reason);
    }
}

fn zones(target: &mut Target<'_>, name: &str) {
    let zones: Vec<String> = target
        .root
        .variable(name)
        .map(|(_, node)| node.items())
        .unwrap_or_default()
        .iter()
        .filter_map(Node::text)
        .map(str::to_owned)
        .collect();
    let hold = !zones.is_empty() && zones.iter().all(|zone| Zone::check(zone).is_ok());
    if hold {
        let zones = Node::list(zones.into_iter().map(Node::from));
        target.field(name, On::Cluster, &["network", "zones"], zones);
    } else {
        let reason = "they are no availability zones";
        target.claim(name, Outcome::Unmapped, "", reason);
    }
}

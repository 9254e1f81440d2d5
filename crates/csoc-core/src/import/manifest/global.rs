//! `global`: what holds for the whole commons.

use super::migration::{Block, Migration, is_on};
use crate::import::ledger::Outcome;
use crate::model::network::{HttpsUrl, S3Url};
use crate::value::Node;

/// Keys that pods read from the map `manifest-global` and that no chart has a value for.
const EXTRA: [&str; 4] = [
    "kube_bucket",
    "logs_bucket",
    "cookie_domain",
    "document_url",
];

/// Keys that mean nothing to charts, and why.
const GONE: [(&str, &str); 4] = [
    ("argocd", "everything is deployed by Argo CD"),
    ("es7", "the charts speak to nothing older"),
    ("karpenter", "nodes are the cluster's, not a commons'"),
    (
        "arborist_url",
        "services find arborist by its name in the namespace",
    ),
];

pub(super) fn map(migration: &mut Migration<'_>) {
    let Some(block) = migration.block("global") else {
        return;
    };
    for entry in block.node.entries() {
        let key = entry.key.as_str();
        one(migration, &block, key, &entry.node);
    }
}

fn one(migration: &mut Migration<'_>, block: &Block, key: &str, node: &Node) {
    let at = &[key];
    let text = node.text().unwrap_or_default();
    match key {
        "hostname" if text == migration.commons.host => {
            migration.claim(block, at, Outcome::Mapped, "hostname", "");
        }
        "hostname" => {
            let host = migration.commons.host.clone();
            let reason = format!(
                "the manifest lies in `{host}`, and the old tools find it by its host name"
            );
            migration.claim(block, at, Outcome::Changed, "hostname", &reason);
            migration.step(format!(
                "say which host name is the right one: `{host}` was taken, and the manifest says `{text}`"
            ));
        }
        "environment" => migration.claim(
            block,
            at,
            Outcome::Mapped,
            "cluster",
            "names of its own keep it: `identity.environmentId`",
        ),
        "revproxy_arn" => certificate(migration, block, text),
        "dictionary_url" => {
            migration.typed::<HttpsUrl>(block, at, &["dictionary"], text);
        }
        "useryaml_s3path" => {
            migration.typed::<S3Url>(block, at, &["users", "userYaml"], text);
        }
        "sync_from_dbgap" => migration.field(block, at, &["users", "dbgap"], is_on(node).into()),
        "public_datasets" => {
            migration.field(block, at, &["exposure", "publicData"], is_on(node).into());
        }
        "tier_access_level" if matches!(text, "libre" | "regular" | "private") => {
            let to = ["exposure", "tierAccess", "level"];
            migration.field(block, at, &to, text.into());
        }
        "tier_access_limit" => {
            let to = ["exposure", "tierAccess", "limit"];
            match text.parse::<u32>() {
                Ok(limit) => migration.field(block, at, &to, limit.into()),
                Err(_) => migration.claim(block, at, Outcome::Unmapped, "", "it is no number"),
            }
        }
        "maintenance_mode" => migration.field(block, at, &["maintenance"], is_on(node).into()),
        "pdb" => migration.field(block, at, &["disruptionBudgets"], is_on(node).into()),
        "frontend_root" if text == "gen3ff" => {
            migration.field(block, at, &["frontend"], "gen3ff".into());
        }
        "frontend_root" => migration.claim(block, at, Outcome::Mapped, "frontend", ""),
        "portal_app" if text == "gitops" => {
            migration.claim(
                block,
                at,
                Outcome::Mapped,
                "content",
                "the portal's configuration is a file",
            );
        }
        "portal_app" => {
            let reason = "the chart shows what `content.portal-config` says, and no portal that is built into the image";
            migration.claim(block, at, Outcome::Changed, "content", reason);
            migration.step(format!(
                "write the portal's configuration: `portal_app` was `{text}`, which is built into the image"
            ));
        }
        "origins_allow_credentials" => origins(migration, block, node),
        "waf_enabled" => {
            let reason = "the web ACL belongs to the load balancer, which the commons of a cluster share; its ARN is an output";
            migration.claim(
                block,
                at,
                Outcome::Changed,
                "loadBalancers of its cluster",
                reason,
            );
        }
        _ => rare(migration, block, key, node),
    }
}

/// Keys that no field of the model takes.
fn rare(migration: &mut Migration<'_>, block: &Block, key: &str, node: &Node) {
    let at = &[key];
    let text = node.text().unwrap_or_default();
    match key {
        "netpolicy" => {
            let reason = "policies of the charts need the databases' subnets: set `networkPolicies: true` when the cluster's `network.databaseSubnets` are known";
            migration.claim(block, at, Outcome::Unmapped, "", reason);
            if is_on(node) {
                migration.step("switch network policies on again: `networkPolicies: true`, once the cluster names its `network.databaseSubnets`");
            }
        }
        "dispatcher_job_num" => {
            let to = ["global", "dispatcherJobNum"];
            migration.value(block, at, &to, Node::string(text));
        }
        "indexd_single_table" => {
            let to = ["indexd", "useSingleTable"];
            migration.value(block, at, &to, is_on(node).into());
        }
        _ if EXTRA.contains(&key) && !text.is_empty() => {
            let to = ["global", "manifestGlobalExtraValues", key];
            migration.value(block, at, &to, Node::string(text));
        }
        _ => {
            if let Some((_, reason)) = GONE.iter().find(|(gone, _)| *gone == key) {
                migration.claim(block, at, Outcome::Dropped, "", reason);
            }
        }
    }
}

/// The certificate's ARN is an output that someone recorded; which stack gives it is known later.
fn certificate(migration: &mut Migration<'_>, block: &Block, text: &str) {
    let at = &["revproxy_arn"];
    if text.starts_with("arn:") {
        let reason = "recorded as what the stack `dns` of the environment gives";
        migration.claim(
            block,
            at,
            Outcome::Changed,
            "outputs: certificate_arn",
            reason,
        );
    } else {
        migration.claim(block, at, Outcome::Unmapped, "", "it is no ARN");
    }
}

fn origins(migration: &mut Migration<'_>, block: &Block, node: &Node) {
    let at = &["origins_allow_credentials"];
    let texts: Vec<&str> = node.items().iter().filter_map(Node::text).collect();
    let is_model = texts.iter().all(|text| text.parse::<HttpsUrl>().is_ok());
    if is_model {
        let origins = Node::list(texts.into_iter().map(Node::from));
        migration.field(block, at, &["exposure", "origins"], origins);
    } else {
        let to = ["global", "origins_allow_credentials"];
        migration.value(block, at, &to, node.clone());
    }
}

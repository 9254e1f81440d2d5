//! Blocks of single services.

use super::image::Images;
use super::migration::{Block, Migration, is_on};
use crate::import::ledger::Outcome;
use crate::value::{Node, json_write};

/// Blocks and keys of blocks that say nothing to the charts, and why.
const GONE: [(&[&str], &str); 8] = [
    (&["notes"], "a remark"),
    (
        &["canary", "default"],
        "no share of the requests goes to another deployment",
    ),
    (
        &["arborist", "deployment_version"],
        "the charts know one deployment of arborist",
    ),
    (
        &["indexd", "arborist"],
        "indexd asks arborist in every chart",
    ),
    (
        &["peregrine", "sidecar"],
        "the chart runs peregrine without one",
    ),
    (
        &["jenkins"],
        "the old tools deployed by it; Argo CD does now",
    ),
    (&["jupyterhub"], "hatchery has taken its place"),
    (
        &["google", "enabled"],
        "fence signs for Google where its configuration names keys of Google",
    ),
];

/// Texts of a block that are values of a chart.
const VALUES: [(&[&str], &[&str]); 3] = [
    (
        &["metadata", "AGG_MDS_NAMESPACE"],
        &["metadata", "aggMdsNamespace"],
    ),
    (
        &["metadata", "AGG_MDS_DEFAULT_DATA_DICT_FIELD"],
        &["metadata", "aggMdsDefaultDataDictField"],
    ),
    (
        &["portal", "GEN3_BUNDLE"],
        &["portal", "gitops", "gen3Bundle"],
    ),
];

/// Texts of `argo` that are values of the wrapper's chart.
const ARGO: [(&str, &str); 5] = [
    ("downloadable-s3-bucket", "s3Bucket"),
    ("internal-s3-bucket", "internalS3Bucket"),
    ("indexd_admin_user", "indexdAdminUser"),
    ("environment", "environment"),
    ("pvc", "pvc"),
];

pub(super) fn map(migration: &mut Migration<'_>, images: &Images) {
    for (path, reason) in GONE {
        let [name, below @ ..] = path else { continue };
        if let Some(block) = migration.block(name)
            && block.node.path(below).is_some()
        {
            migration.claim(&block, below, Outcome::Dropped, "", reason);
        }
    }
    for (path, to) in VALUES {
        let [name, below @ ..] = path else { continue };
        if let Some(block) = migration.block(name)
            && let Some(text) = block.node.path(below).and_then(Node::text)
        {
            migration.value(&block, below, to, Node::string(text));
        }
    }
    if let Some(block) = migration.block("metadata")
        && let Some(node) = block.node.get("USE_AGG_MDS")
    {
        let to = ["metadata", "useAggMds"];
        migration.value(&block, &["USE_AGG_MDS"], &to, is_on(node).into());
    }
    guppy(migration);
    hatchery(migration, images);
    argo(migration, images);
    aliases(migration);
}

fn guppy(migration: &mut Migration<'_>) {
    let Some(block) = migration.block("guppy") else {
        return;
    };
    if let Some(indices) = block.node.get("indices") {
        let rows = indices.items().iter().map(|item| {
            let mut row = Node::map();
            for key in ["index", "type"] {
                if let Some(text) = item.get(key).and_then(Node::text) {
                    row.insert(key, Node::string(text));
                }
            }
            row
        });
        let rows = Node::list(rows);
        let is_whole = rows == *indices && rows.items().iter().all(|row| row.entries().len() == 2);
        if is_whole {
            migration.field(&block, &["indices"], &["explorer", "indices"], rows);
        } else {
            let to = ["guppy", "indices"];
            migration.value(&block, &["indices"], &to, indices.clone());
        }
    }
    for (key, field) in [
        ("config_index", "configIndex"),
        ("auth_filter_field", "authFilterField"),
    ] {
        if let Some(text) = block.node.get(key).and_then(Node::text) {
            let to = ["explorer", field];
            migration.field(&block, &[key], &to, Node::string(text));
        }
    }
    if let Some(node) = block.node.get("enable_encrypt_whitelist") {
        let to = ["guppy", "enableEncryptWhitelist"];
        let below = ["enable_encrypt_whitelist"];
        migration.value(&block, &below, &to, is_on(node).into());
    }
}

/// Hatchery reads its block as it stands.
fn hatchery(migration: &mut Migration<'_>, images: &Images) {
    let Some(block) = migration.block("hatchery") else {
        return;
    };
    if !images.services.contains("hatchery") {
        let reason = "hatchery does not run";
        migration.claim(&block, &[], Outcome::Dropped, "", reason);
        return;
    }
    let mut text = String::new();
    json_write::write_json(&block.node, &mut text);
    text.push('\n');
    let target = migration.content("hatchery", "hatchery.json", text.into_bytes());
    migration.claim(&block, &[], Outcome::Content, &target, "");
    if let Some(namespace) = block.node.get("user-namespace").and_then(Node::text) {
        let to = ["workspaces", "namespace"];
        let below = ["user-namespace"];
        migration.typed::<crate::model::name::KubernetesName>(&block, &below, &to, namespace);
    }
}

fn argo(migration: &mut Migration<'_>, images: &Images) {
    let Some(block) = migration.block("argo") else {
        return;
    };
    if block.node.get("argo_server_service_url").is_some() {
        let reason = "no chart has a value for the address of the workflow server: Argo is an add-on of the cluster";
        let below = ["argo_server_service_url"];
        migration.claim(&block, &below, Outcome::Unmapped, "", reason);
    }
    if !images.services.contains("argo-wrapper") {
        let reason = "argo-wrapper does not run, and nothing else reads it";
        migration.claim(&block, &[], Outcome::Dropped, "", reason);
        return;
    }
    for (key, value) in ARGO {
        if let Some(text) = block.node.get(key).and_then(Node::text) {
            let to = ["argo-wrapper", value];
            migration.value(&block, &[key], &to, Node::string(text));
        }
    }
    if let Some(groups) = block.node.get("scaling_groups") {
        let custom = groups.get("custom").map(Node::entries).unwrap_or_default();
        let all = groups
            .entries()
            .iter()
            .filter(|entry| entry.node.text().is_some());
        let rows = all.chain(custom).map(|entry| {
            let mut row = Node::map();
            row.insert(entry.key.clone(), entry.node.clone());
            row
        });
        let target = "values.argo-wrapper.scalingGroups";
        let reason = "the chart takes a list of one group each";
        let rows = Node::list(rows);
        migration.raw(&["argo-wrapper", "scalingGroups"], rows);
        let below = ["scaling_groups"];
        migration.claim(&block, &below, Outcome::Changed, target, reason);
    }
}

/// Hosts that indexd asks for identifiers of others.
fn aliases(migration: &mut Migration<'_>) {
    let Some(block) = migration.block("indexd") else {
        return;
    };
    if block.node.get("dist").is_some() {
        let reason =
            "the chart has no value for the indexes that it asks for identifiers of others";
        migration.claim(&block, &["dist"], Outcome::Unmapped, "", reason);
        migration.step(
            "give indexd its list of other indexes (`indexd.dist`): the chart has no value for it",
        );
    }
}

/// Steps of a service's own that the claims of the whole block do not say.
pub(super) fn jobs(migration: &mut Migration<'_>) {
    let Some(block) = migration.block("cronjobs") else {
        return;
    };
    for entry in block.node.entries() {
        let key = entry.key.as_str();
        let Some(schedule) = entry.node.text() else {
            continue;
        };
        job(migration, &block, key, schedule);
    }
}

fn job(migration: &mut Migration<'_>, block: &Block, key: &str, schedule: &str) {
    let at = &[key];
    let text = Node::string(schedule);
    match key {
        "metadata-aggregate-sync" => {
            migration.raw(&["metadata", "suspendCronjob"], false.into());
            migration.value(block, at, &["metadata", "schedule"], text);
        }
        "etl" | "etl-cronjob" => {
            migration.raw(&["etl", "suspendCronjob"], false.into());
            migration.value(block, at, &["etl", "schedule"], text);
        }
        "usersync" => migration.value(block, at, &["fence", "usersync", "schedule"], text),
        "workspace-launch-test-job" => {
            let to = ["hatchery", "workspaceLaunchTest"];
            migration.raw(&[to[0], to[1], "enabled"], true.into());
            migration.value(block, at, &[to[0], to[1], "schedule"], text);
        }
        "cedar-ingestion" => {
            let reason = "the chart has a schedule of its own for it";
            migration.raw(&["cedar", "cedarIngestion", "enabled"], true.into());
            let target = "values.cedar.cedarIngestion";
            migration.claim(block, at, Outcome::Changed, target, reason);
        }
        _ => {
            let reason = "no chart has this job";
            migration.claim(block, at, Outcome::Unmapped, "", reason);
            migration.step(format!(
                "the job `{key}` ran at `{schedule}`: no chart has it"
            ));
        }
    }
}

//! Fields that stand for one value each.

use super::subject::{boolean, count, string};
use crate::import::foreign::ForeignEnvironment;
use crate::import::skeleton::set_typed;
use crate::model::Tier;
use crate::model::cloud::BucketName;
use crate::model::manifest::ManifestKey;
use crate::model::name::{ContentPath, KubernetesName};
use crate::model::network::{HttpsUrl, RepositoryUrl, S3Url};
use crate::model::schedule::CronSchedule;
use crate::model::version::{ImagePattern, Revision};
use crate::value::Node;

/// Sets them where the product's own default of the tier is another one.
pub(super) fn read(environment: &ForeignEnvironment, tier: Tier, node: &mut Node) {
    let get = |path: &[&str]| environment.get(path);
    if environment.values.is_none() {
        return;
    }
    if let Some(url) = string(get(&["global", "dictionaryUrl"])) {
        set_typed::<HttpsUrl>(node, &["dictionary"], url);
    }
    if let Some(prefix) = string(get(&["indexd", "defaultPrefix"]))
        && let Some(prefix) = prefix
            .strip_suffix('/')
            .filter(|prefix| !prefix.ends_with('/'))
    {
        node.set(&["indexd", "prefix"], prefix.into());
    }
    exposure(environment, node);
    let guarded = matches!(tier, Tier::Staging | Tier::Prod);
    let budgets = boolean(get(&["global", "pdb"])).unwrap_or(guarded);
    if budgets != guarded {
        node.set(&["disruptionBudgets"], budgets.into());
    }
    let spread = boolean(get(&["global", "topologySpread", "enabled"])).unwrap_or(false);
    if spread != (tier == Tier::Prod) {
        node.set(&["topologySpread"], spread.into());
    }
    if boolean(get(&["global", "netPolicy", "enabled"])) == Some(true) {
        node.set(&["networkPolicies"], true.into());
    }
    if string(get(&["global", "maintenanceMode"])) == Some("on") {
        node.set(&["maintenance"], true.into());
    }
    if boolean(get(&["global", "postgres", "dbCreate"])) == Some(false) {
        node.set(&["databaseSetup"], "none".into());
    }
    if boolean(get(&[
        "global",
        "externalSecrets",
        "createSlackWebhookSecret",
    ])) == Some(true)
    {
        node.set(&["notifications", "slack"], true.into());
    }
    if let Some(place) = string(get(&["fence", "usersync", "userYamlS3Path"])) {
        set_typed::<S3Url>(node, &["users", "userYaml"], place);
    }
    if let Some(schedule) = string(get(&["fence", "usersync", "schedule"])) {
        set_typed::<CronSchedule>(node, &["users", "schedule"], schedule);
    }
    let images = get(&["gen3-workflow", "gen3WorkflowConfig", "taskImageWhitelist"]);
    let images = images.map(Node::items).unwrap_or_default();
    let is_image =
        |item: &Node| string(Some(item)).is_some_and(|text| ImagePattern::check(text).is_ok());
    if !images.is_empty() && images.iter().all(is_image) {
        node.set(
            &["workflows", "taskImages"],
            Node::list(images.iter().cloned()),
        );
    }
    let manifest = get(&["global", "manifestGlobalExtraValues"]);
    for entry in manifest.map(Node::entries).unwrap_or_default() {
        if let Some(text) = string(Some(&entry.node))
            && ManifestKey::check(entry.key.as_str()).is_ok()
        {
            node.set(&["manifestGlobal", entry.key.as_str()], text.into());
        }
    }
    if boolean(get(&["fence", "usersync", "syncFromDbgap"])) == Some(true) {
        node.set(&["users", "dbgap"], true.into());
    }
    if boolean(get(&["global", "aws", "useLocalSecret", "enabled"])) == Some(true)
        && let Some(name) = string(get(&["global", "aws", "useLocalSecret", "localSecretName"]))
    {
        set_typed::<KubernetesName>(node, &["secretStore", "localSecret"], name);
    }
    let namespace = string(get(&["hatchery", "jupyterNamespace"]))
        .or_else(|| string(get(&["ambassador", "jupyterNamespace"])));
    if let Some(namespace) = namespace {
        set_typed::<KubernetesName>(node, &["workspaces", "namespace"], namespace);
    }
    if boolean(get(&["hatchery", "hotNode", "enabled"])) == Some(true) {
        node.set(&["workspaces", "hotNode"], true.into());
    }
    search(environment, node);
    frontend(environment, node);
}

/// Search, and metadata that is gathered from several commons.
fn search(environment: &ForeignEnvironment, node: &mut Node) {
    let get = |path: &[&str]| environment.get(path);
    if let Some(index) = string(get(&["guppy", "configIndex"])) {
        node.set(&["explorer", "configIndex"], index.into());
    }
    if let Some(field) = string(get(&["guppy", "authFilterField"]))
        && field != "auth_resource_path"
    {
        node.set(&["explorer", "authFilterField"], field.into());
    }
    let bucket = string(get(&["global", "dbRestoreBucket"]));
    match (boolean(get(&["guppy", "dbRestore"])), bucket) {
        (Some(false), _) => node.set(&["explorer", "restore"], "none".into()),
        (Some(true), Some(bucket)) => {
            set_typed::<BucketName>(node, &["explorer", "restore", "bucket"], bucket);
        }
        _ => {}
    }
    let metadata = |key| get(&["metadata", key]);
    let has_content = node.path(&["content", "aggregate-metadata"]).is_some();
    if let Some(gathers) = boolean(metadata("useAggMds"))
        && gathers != has_content
    {
        node.set(&["discovery", "enabled"], gathers.into());
    }
    if let Some(namespace) = string(metadata("aggMdsNamespace")) {
        set_typed::<KubernetesName>(node, &["discovery", "namespace"], namespace);
    }
    if let Some(field) = string(metadata("aggMdsDefaultDataDictField")) {
        node.set(&["discovery", "dictionaryField"], field.into());
    }
    if boolean(metadata("suspendCronjob")) == Some(false)
        && let Some(schedule) = string(metadata("schedule"))
    {
        set_typed::<CronSchedule>(node, &["discovery", "schedule"], schedule);
    }
}

/// The repository that the front end's content is cloned from.
fn frontend(environment: &ForeignEnvironment, node: &mut Node) {
    let service = match node.get("frontend").and_then(Node::text) {
        None => "portal",
        Some("gen3ff") => "frontend-framework",
        Some(_) => return,
    };
    let get = |key| environment.get(&[service, "customConfig", key]);
    let (Some(true), Some(repository), Some(revision)) = (
        boolean(get("enabled")),
        string(get("repo")),
        string(get("branch")),
    ) else {
        return;
    };
    // What lies beside the values is content of the fleet.
    let directory = string(get("dir"));
    let beside = format!("{}/values/", environment.title());
    let own = directory.and_then(|directory| directory.strip_prefix(beside.as_str()));
    if own.is_some_and(|own| matches!(own.trim_end_matches('/'), "portal" | "gen3ff")) {
        return;
    }
    let mut source = Node::map();
    let holds = set_typed::<RepositoryUrl>(&mut source, &["repository"], repository)
        && set_typed::<Revision>(&mut source, &["revision"], revision);
    if let Some(directory) = directory {
        set_typed::<ContentPath>(&mut source, &["directory"], directory);
    }
    if holds {
        node.set(&["frontendSource"], source);
    }
}

/// Who reaches it, and how much those without access are shown.
fn exposure(environment: &ForeignEnvironment, node: &mut Node) {
    let get = |key: &str| environment.get(&["global", key]);
    if boolean(get("publicDataSets")) == Some(true) {
        node.set(&["exposure", "publicData"], true.into());
    }
    if let Some(level @ ("libre" | "regular")) = string(get("tierAccessLevel")) {
        node.set(&["exposure", "tierAccess", "level"], level.into());
    }
    let limit = get("tierAccessLimit");
    let limit = count(limit).or_else(|| string(limit).and_then(|text| text.parse().ok()));
    if let Some(limit) = limit {
        node.set(&["exposure", "tierAccess", "limit"], limit.into());
    }
    let origins = environment.get(&["global", "origins_allow_credentials"]);
    let origins = origins.map(Node::items).unwrap_or_default();
    let holds =
        |origin: &Node| string(Some(origin)).is_some_and(|url| HttpsUrl::check(url).is_ok());
    if !origins.is_empty() && origins.iter().all(holds) {
        node.set(
            &["exposure", "origins"],
            Node::list(origins.iter().cloned()),
        );
    }
}

//! Rules about services: what one needs of another.

use std::collections::BTreeSet;

use super::accounts::list;
use super::context::GitopsContext;
use super::databases::DEV;
use crate::diagnostic::{Diagnostics, Severity};
use crate::value::{Kind, Node, Reading};

/// The two proxies that answer for the search domain.
const PROXIES: [&str; 2] = ["aws-es-proxy", "aws-sigv4-proxy"];
/// The search domain of the chart's example.
const EXAMPLE_DOMAIN: &str = "test.us-east-1.es.amazonaws.com";
/// What the chart's example syncs users from.
const EXAMPLE_USERS: &str = "helm-test/user.yaml";

/// The explorer has something to search in.
pub(super) fn search_endpoint_missing(context: &GitopsContext<'_>, found: &mut Diagnostics) {
    for deployment in context
        .deployments()
        .filter(|deployment| deployment.runs("guppy"))
    {
        let has_proxy = PROXIES.iter().any(|proxy| deployment.runs(proxy));
        if has_proxy || deployment.is_on(&DEV) || deployment.get(&["guppy", "esEndpoint"]).is_some()
        {
            continue;
        }
        found.push(
            context
                .value(
                    deployment,
                    &["guppy", "enabled"],
                    "`guppy` runs, and nothing leads to a search domain",
                    "has nothing to search in",
                )
                .help("switch aws-sigv4-proxy on, or set guppy.esEndpoint"),
        );
    }
}

/// One proxy answers for the search domain.
pub(super) fn search_proxies_conflict(context: &GitopsContext<'_>, found: &mut Diagnostics) {
    for deployment in context
        .deployments()
        .filter(|deployment| PROXIES.iter().all(|proxy| deployment.runs(proxy)))
    {
        found.push(
            context
                .value(
                    deployment,
                    &["aws-es-proxy", "enabled"],
                    "`aws-es-proxy` and `aws-sigv4-proxy` run both, and make one Service",
                    "the older one",
                )
                .help("switch aws-es-proxy off")
                .label(
                    deployment.place(&["aws-sigv4-proxy", "enabled"]),
                    "the newer one",
                ),
        );
    }
}

/// A proxy leads to a domain of one's own.
pub(super) fn search_endpoint_default(context: &GitopsContext<'_>, found: &mut Diagnostics) {
    for deployment in context.deployments() {
        for proxy in PROXIES.into_iter().filter(|proxy| deployment.runs(proxy)) {
            let path = [proxy, "esEndpoint"];
            if !deployment.has(&path)
                || deployment
                    .text(&path)
                    .is_some_and(|text| text.contains(EXAMPLE_DOMAIN))
            {
                found.push(
                    context
                        .value(
                            deployment,
                            &path,
                            format!("`{proxy}` leads to the search domain of the chart's example"),
                            "which domain?",
                        )
                        .help(format!("name the domain: {proxy}.esEndpoint")),
                );
            }
        }
    }
}

/// The explorer shows what is indexed.
pub(super) fn guppy_index_unproduced(context: &GitopsContext<'_>, found: &mut Diagnostics) {
    for deployment in context
        .deployments()
        .filter(|deployment| deployment.runs("guppy"))
    {
        let names = |path: &[&str], key: &str| -> BTreeSet<String> {
            let items = deployment.get(path).map_or(&[][..], Node::items);
            items
                .iter()
                .filter_map(|item| item.get(key)?.text().map(str::to_owned))
                .collect()
        };
        let made = names(&["etl", "etlMapping", "mappings"], "name");
        let missing: Vec<String> = names(&["guppy", "indices"], "index")
            .difference(&made)
            .cloned()
            .collect();
        if made.is_empty() || missing.is_empty() {
            continue;
        }
        found.push(
            context
                .value(deployment, &["guppy", "indices"], format!("no mapping of `etl` makes {}", list(&missing)), "shown")
                .help("correct the names, or add mappings; where something else makes them, accept the finding in a baseline")
                .label(deployment.place(&["etl", "etlMapping", "mappings"]), "made"),
        );
    }
}

/// An index is made from a mapping of one's own.
pub(super) fn etl_mapping_missing(context: &GitopsContext<'_>, found: &mut Diagnostics) {
    for deployment in context
        .deployments()
        .filter(|deployment| deployment.runs("etl"))
    {
        let path = ["etl", "etlMapping", "mappings"];
        if deployment
            .get(&path)
            .is_some_and(|node| !node.items().is_empty())
        {
            continue;
        }
        let is_suspended = deployment.flag(&["etl", "suspendCronjob"]).unwrap_or(true);
        let mut finding = context
            .value(deployment, &path, "`etl` runs without a mapping of its own: it would index what the chart's example says", "no mapping")
            .help("write etl.etlMapping.mappings, or set etl.enabled: false");
        if is_suspended {
            finding.severity = Severity::Info;
        }
        found.push(finding);
    }
}

/// Users are synced from a list of one's own.
pub(super) fn users_path_missing(context: &GitopsContext<'_>, found: &mut Diagnostics) {
    for deployment in context
        .deployments()
        .filter(|deployment| deployment.is_on(&["fence", "usersync", "usersync"]))
    {
        let path = ["fence", "usersync", "userYamlS3Path"];
        let message = match deployment.text(&path) {
            None => "users are synced, and nothing says from where",
            Some(text) if text.ends_with(EXAMPLE_USERS) => {
                "users are synced from the list of the chart's example"
            }
            Some(_) => continue,
        };
        found.push(
            context
                .value(deployment, &path, message, "from where?")
                .help("name the list: fence.usersync.userYamlS3Path: s3://BUCKET/user.yaml"),
        );
    }
}

/// Access to data is one of three kinds.
pub(super) fn tier_access_level_invalid(context: &GitopsContext<'_>, found: &mut Diagnostics) {
    let path = ["global", "tierAccessLevel"];
    for deployment in context.deployments() {
        let Some(level) = deployment
            .text(&path)
            .filter(|level| !matches!(*level, "libre" | "regular" | "private"))
        else {
            continue;
        };
        found.push(
            context
                .value(
                    deployment,
                    &path,
                    format!("`{level}` is no level of access: libre, regular or private"),
                    "no such level",
                )
                .help("write one of the three"),
        );
    }
}

/// Counts are hidden below a number.
pub(crate) fn tier_access_limit_missing(context: &GitopsContext<'_>, found: &mut Diagnostics) {
    let path = ["global", "tierAccessLevel"];
    for deployment in context.deployments() {
        if deployment.text(&path) == Some("regular")
            && deployment.get(&["global", "tierAccessLimit"]).is_none()
        {
            found.push(
                context
                    .value(deployment, &path, "counts are hidden below a number, and `tierAccessLimit` does not say which", "needs a limit")
                    .help("set global.tierAccessLimit: \"50\""),
            );
        }
    }
}

/// Maintenance is `on` or `off`, as text.
pub(super) fn maintenance_mode_invalid(context: &GitopsContext<'_>, found: &mut Diagnostics) {
    let path = ["global", "maintenanceMode"];
    for deployment in context.deployments() {
        let Some(Kind::Scalar(scalar)) = deployment.get(&path).map(|node| &node.kind) else {
            continue;
        };
        if matches!(scalar.reading(), Reading::Text("on" | "off")) {
            continue;
        }
        found.push(
            context
                .value(deployment, &path, format!("`{}` is neither the text `on` nor `off`, and is never taken for maintenance", scalar.text), "must be a text")
                .help("write it in quotes: maintenanceMode: \"off\""),
        );
    }
}

/// Keys that the chart prints the wrong thing for.
pub(super) fn global_key_misprinted(context: &GitopsContext<'_>, found: &mut Diagnostics) {
    const KEYS: [&str; 9] = [
        "arboristURL",
        "cookieDomain",
        "desNamespace",
        "indexdURL",
        "manifestServiceURL",
        "mapboxToken",
        "privacyPolicyURL",
        "workspaceURL",
        "wtsURL",
    ];
    for deployment in context.deployments() {
        for key in KEYS
            .into_iter()
            .filter(|key| deployment.get(&["global", key]).is_some())
        {
            found.push(
                context
                    .value(
                        deployment,
                        &["global", key],
                        format!("the chart prints everything it knows in place of `{key}`"),
                        "is not what is printed",
                    )
                    .help("set it in global.manifestGlobalExtraValues instead"),
            );
        }
    }
}

/// A switch switches something.
pub(super) fn funnel_switch_ignored(context: &GitopsContext<'_>, found: &mut Diagnostics) {
    let path = ["funnel", "enabled"];
    for deployment in context.deployments() {
        let Some(own) = deployment.flag(&path) else {
            continue;
        };
        if own != deployment.is_on(&["gen3-workflow", "enabled"]) {
            found.push(
                context
                    .value(
                        deployment,
                        &path,
                        "`funnel` runs where `gen3-workflow` does, whatever is written here",
                        "has no effect",
                    )
                    .help("set gen3-workflow.enabled, and remove this"),
            );
        }
    }
}

/// Metadata of others are gathered from somewhere.
pub(super) fn aggregate_metadata_unconfigured(
    context: &GitopsContext<'_>,
    found: &mut Diagnostics,
) {
    let path = ["metadata", "useAggMds"];
    for deployment in context
        .deployments()
        .filter(|deployment| deployment.runs("metadata"))
    {
        if deployment.is_on(&path) && deployment.get(&["metadata", "aggMdsConfig"]).is_none() {
            found.push(
                context
                    .value(deployment, &path, "metadata of others are gathered, and `aggMdsConfig` does not say from where", "from where?")
                    .help("write metadata.aggMdsConfig, or set useAggMds: false"),
            );
        }
    }
}

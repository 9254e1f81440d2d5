//! Rules about databases and search domains: versions that get fixes, and settings that the cloud has.

use super::context::FleetContext;
use super::terraform::support::{ended, newer};
use crate::contract::{ClusterContract, EksContract};
use crate::diagnostic::Diagnostics;
use crate::model::data_store::{OPENSEARCH_VERSION, POSTGRESQL_VERSION, is_elasticsearch};
use crate::model::version::Version;

fn clusters<'a>(
    context: &FleetContext<'a>,
) -> impl Iterator<Item = (&'a ClusterContract, &'a EksContract)> {
    let clusters = context.contracts.clusters.values();
    clusters.filter_map(|cluster| Some((cluster, cluster.eks.as_ref()?)))
}

/// A version that the model names, with the path to it and the product it is of.
struct Named<'a> {
    path: Vec<&'a str>,
    owner: String,
    what: &'static str,
    product: &'static str,
    version: &'a Version,
}

/// The versions of Kubernetes and PostgreSQL that the model names.
fn named<'a>(cluster: &'a ClusterContract, eks: &'a EksContract) -> Vec<Named<'a>> {
    let name = cluster.name.as_str();
    let mut all: Vec<Named<'a>> = Vec::new();
    all.extend(eks.spec.version.as_ref().map(|version| Named {
        path: vec!["clusters", name, "version"],
        owner: format!("the cluster `{name}`"),
        what: "Kubernetes",
        product: "eks",
        version,
    }));
    for (database, spec) in &eks.spec.databases {
        all.extend(spec.version.as_ref().map(|version| Named {
            path: vec!["clusters", name, "databases", database.as_str(), "version"],
            owner: format!("the database cluster `{database}` of `{name}`"),
            what: "PostgreSQL",
            product: "postgresql",
            version,
        }));
    }
    all
}

/// A version gets fixes.
pub(crate) fn version_unsupported(context: &FleetContext<'_>, found: &mut Diagnostics) {
    let Some(day) = &context.call.as_of else {
        return;
    };
    for (cluster, eks) in clusters(context) {
        for Named {
            path,
            owner,
            what,
            product,
            version,
        } in named(cluster, eks)
        {
            let Some(known) = context.call.facts().product("aws", product) else {
                continue;
            };
            let parts: Vec<&str> = version.as_str().split('.').collect();
            let listed = if product == "eks" {
                parts.get(..2).map(|parts| parts.join("."))
            } else {
                parts.first().map(ToString::to_string)
            };
            let Some(listed) = listed else {
                continue;
            };
            let Some(what_of_it) = ended(known.support(&listed, day)) else {
                continue;
            };
            let wanted = newer(known.oldest(day));
            found.push(
                context
                    .tier_finding(
                        eks.tier,
                        &path,
                        format!("{owner} runs {what} {version}, {what_of_it}; it must be {wanted}"),
                    )
                    .help("go one version further at a time, and try the next in development first")
                    .label(context.place(&path), "too old"),
            );
        }
    }
}

/// A version has the form of one that the cloud offers.
pub(crate) fn version_invalid(context: &FleetContext<'_>, found: &mut Diagnostics) {
    let numbers = |version: &Version| -> Vec<u32> {
        let parts = version.as_str().split('.');
        parts.map_while(|part| part.parse().ok()).collect()
    };
    for (cluster, eks) in clusters(context) {
        let name = cluster.name.as_str();
        let mut push = |path: &[&str], message: String, help: String| {
            found.push(
                context
                    .finding(path, message)
                    .help(help)
                    .label(context.place(path), "no version that AWS has"),
            );
        };
        if let Some(version) = &eks.spec.version
            && !matches!(numbers(version)[..], [1, minor] if minor >= 18)
        {
            push(
                &["clusters", name, "version"],
                format!("`{version}` is no version of EKS"),
                "write the minor version only, in quotes: \"1.35\"".to_owned(),
            );
        }
        for (database, spec) in &eks.spec.databases {
            let Some(version) = &spec.version else {
                continue;
            };
            if !matches!(numbers(version)[..], [major, _] if (11..=30).contains(&major)) {
                push(
                    &["clusters", name, "databases", database.as_str(), "version"],
                    format!("`{version}` is no version of Aurora PostgreSQL"),
                    format!(
                        "write the major and the minor version, in quotes: \"{POSTGRESQL_VERSION}\""
                    ),
                );
            }
        }
        for (search, spec) in &eks.spec.search {
            let Some(version) = spec.version.as_ref().filter(|_| spec.endpoint.is_none()) else {
                continue;
            };
            let is_known =
                is_elasticsearch(version.as_str()) || matches!(numbers(version)[..], [1..=3, _]);
            if !is_known || numbers(version).len() != 2 {
                push(
                    &["clusters", name, "search", search.as_str(), "version"],
                    format!("`{version}` is no version of OpenSearch or Elasticsearch"),
                    format!(
                        "write the major and the minor version, in quotes: \"{OPENSEARCH_VERSION}\", or \"7.10\" for Elasticsearch"
                    ),
                );
            }
        }
    }
}

/// What a database or search domain asks for is what the cloud makes.
pub(crate) fn store_settings_invalid(context: &FleetContext<'_>, found: &mut Diagnostics) {
    for (cluster, eks) in clusters(context) {
        let name = cluster.name.as_str();
        let mut push = |path: &[&str], message: String, help: &str| {
            found.push(
                context
                    .finding(path, message)
                    .help(help)
                    .label(context.place(path), "asked for here"),
            );
        };
        for (database, spec) in &eks.spec.databases {
            let at = |field| ["clusters", name, "databases", database.as_str(), field];
            if spec
                .instances
                .is_some_and(|count| !(1..=16).contains(&count))
            {
                push(
                    &at("instances"),
                    format!("the database cluster `{database}` must have 1 to 16 instances"),
                    "say 2 in production: one takes over where the other is lost",
                );
            }
            if spec.capacity.is_some() && spec.instance_class.is_some() {
                push(
                    &at("capacity"),
                    format!(
                        "the database cluster `{database}` has both a capacity and a class of machines"
                    ),
                    "keep `capacity` for what grows, or `instanceClass` for what does not",
                );
            }
            if let Some(capacity) = &spec.capacity
                && (capacity.minimum > capacity.maximum
                    || capacity.minimum < 1
                    || capacity.maximum > 256)
            {
                push(
                    &at("capacity"),
                    format!(
                        "the capacity of the database cluster `{database}` must grow from 1 ACU at least to 256 at most; it is {} to {}",
                        capacity.minimum, capacity.maximum
                    ),
                    "set `minimum` to what an idle day needs, and `maximum` to what the worst may cost",
                );
            }
            if spec
                .backup_retention_days
                .is_some_and(|days| !(1..=35).contains(&days))
            {
                push(
                    &at("backupRetentionDays"),
                    format!(
                        "RDS keeps backups of the database cluster `{database}` for 1 to 35 days"
                    ),
                    "say 14 or more in production; for longer ones set `backup.retentionDays` of the cluster",
                );
            }
            if spec.password_version == Some(0) {
                push(
                    &at("passwordVersion"),
                    format!(
                        "the password of the database cluster `{database}` must have a number from 1 on"
                    ),
                    "count up from 1: each number makes a new password",
                );
            }
        }
        for (search, spec) in &eks.spec.search {
            let at = |field| ["clusters", name, "search", search.as_str(), field];
            let spreads =
                |count: u8| count == 1 || (count > 0 && (count % 2 == 0 || count % 3 == 0));
            if spec.nodes.is_some_and(|count| !spreads(count)) {
                push(
                    &at("nodes"),
                    format!(
                        "the nodes of the search domain `{search}` cannot be spread evenly over two or three zones"
                    ),
                    "say 1, or a multiple of 2 or 3",
                );
            }
            if spec.volume_gib.is_some_and(|size| size < 10) {
                push(
                    &at("volumeGib"),
                    format!("the volumes of the search domain `{search}` must be 10 GiB at least"),
                    "set `volumeGib` to 10 or more",
                );
            }
        }
        if eks.spec.backup.retention_days.is_some_and(|days| days < 7) {
            push(
                &["clusters", name, "backup", "retentionDays"],
                format!("the backups of the cluster `{name}` must be kept for 7 days at least"),
                "say 35, or set mode: none where backups of RDS are enough",
            );
        }
    }
}

//! Loki, Mimir and Tempo: each with its own bucket and role, tenant by tenant.

use super::keeper::Keeper;
use super::{PLATFORM, Part, alerting, alerts, gateway, map, policies, role};
use crate::contract::StoreKind;
use crate::value::Node;

/// Where Mimir looks for rules: a directory for each tenant.
const RULES: &str = "/etc/mimir/rules";

/// Logs.
pub(super) fn loki(keeper: &Keeper<'_>) -> Option<Part> {
    let store = keeper.store(StoreKind::Loki)?;
    let mut part = Part::new("loki", keeper.size());
    let region = keeper.cluster.region.as_str();
    let storage = map([
        ("type", "s3".into()),
        (
            "bucketNames",
            map([("chunks", store.bucket.as_str().into())]),
        ),
        (
            "s3",
            map([("endpoint", keeper.s3().into()), ("region", region.into())]),
        ),
    ]);
    part.set(&["loki", "storage"], storage);
    part.set(
        &["loki", "commonConfig", "replication_factor"],
        copies(&part.values, "singleBinary"),
    );
    let days = keeper.contract.settings.log_retention_days;
    part.set(
        &["loki", "limits_config", "retention_period"],
        format!("{}h", days.saturating_mul(24)),
    );
    part.set(&["serviceAccount", "annotations"], role(&store.role.arn));
    gateway::open(keeper, &mut part);
    part.objects.push(policies::from_here("loki"));
    Some(part)
}

/// Metrics, the rules about them, and who is told.
pub(super) fn mimir(keeper: &Keeper<'_>) -> Option<Part> {
    let store = keeper.store(StoreKind::Mimir)?;
    let mut part = Part::new("mimir", keeper.size());
    let storage = map([
        ("backend", "s3".into()),
        (
            "s3",
            map([
                ("bucket_name", store.bucket.as_str().into()),
                ("endpoint", keeper.s3().into()),
                ("region", keeper.cluster.region.as_str().into()),
            ]),
        ),
    ]);
    part.set(&["mimir", "structuredConfig", "common", "storage"], storage);
    let days = keeper.contract.settings.metric_retention_days;
    part.set(
        &[
            "mimir",
            "structuredConfig",
            "limits",
            "compactor_blocks_retention_period",
        ],
        format!("{days}d"),
    );
    part.set(&["serviceAccount", "annotations"], role(&store.role.arn));
    part.set(
        &["alertmanager", "fallbackConfig"],
        alerting::configuration(keeper),
    );
    // One volume for each tenant: a directory of several would show the links that Kubernetes makes as tenants.
    let mut volumes = Vec::new();
    let mut mounts = Vec::new();
    for (tenant, name, rules) in alerts::rules(keeper) {
        let path = format!("{RULES}/{tenant}");
        volumes.push(map([
            ("name", name.as_str().into()),
            ("configMap", map([("name", name.as_str().into())])),
        ]));
        mounts.push(map([
            ("name", name.as_str().into()),
            ("mountPath", path.into()),
            ("readOnly", true.into()),
        ]));
        let object = super::config_map(&name, "alerts.yaml", super::yaml(&rules));
        part.objects.push((name, object));
    }
    part.set(&["ruler", "extraVolumes"], Node::list(volumes));
    part.set(&["ruler", "extraVolumeMounts"], Node::list(mounts));
    part.objects.push(policies::from_here("mimir"));
    Some(part)
}

/// Traces.
pub(super) fn tempo(keeper: &Keeper<'_>) -> Option<Part> {
    let store = keeper.store(StoreKind::Tempo)?;
    let mut part = Part::new("tempo", keeper.size());
    let trace = map([
        ("backend", "s3".into()),
        (
            "s3",
            map([
                ("bucket", store.bucket.as_str().into()),
                ("endpoint", keeper.s3().into()),
                ("region", keeper.cluster.region.as_str().into()),
            ]),
        ),
    ]);
    part.set(&["tempo", "storage", "trace"], trace);
    let days = keeper.contract.settings.trace_retention_days;
    part.set(
        &["tempo", "retention"],
        format!("{}h", days.saturating_mul(24)),
    );
    part.set(&["serviceAccount", "annotations"], role(&store.role.arn));
    part.objects.push(policies::from_here("tempo"));
    Some(part)
}

/// How many copies of a part the values ask for.
fn copies(values: &Node, part: &str) -> Node {
    let copies = values.path(&[part, "replicas"]);
    copies.cloned().unwrap_or_else(|| 1_u32.into())
}

/// The tenants of a keeper: its commons, and what is nobody's.
pub(super) fn tenants<'k>(keeper: &'k Keeper<'_>) -> impl Iterator<Item = &'k str> {
    keeper.tenants.keys().copied().chain([PLATFORM])
}

//! Workspaces: hatchery, its proxy, and where notebooks run; workflows.

use super::Subject;
use super::global::CHART_REGION;
use super::values::Values;
use crate::value::Node;

pub(super) fn project(subject: &Subject<'_>, values: &mut Values) {
    let contract = &subject.input.contract;
    let namespace = contract.jupyter_namespace.as_str();
    // The chart's defaults differ between the two wherever release and namespace do.
    for service in ["ambassador", "hatchery"] {
        if contract.runs(service) {
            values.set(
                &[service, "jupyterNamespace"],
                namespace,
                "jupyter-namespace name",
                &["workspaces.namespace"],
            );
        }
    }
    let images = &contract.spec.workflows.task_images;
    if !images.is_empty() {
        values.set(
            &["gen3-workflow", "gen3WorkflowConfig", "taskImageWhitelist"],
            Node::list(images.iter().map(|image| image.as_str().into())),
            "images that tasks may run",
            &["workflows.taskImages"],
        );
    }
    if !contract.runs("hatchery") {
        return;
    }
    let as_text = subject
        .contents
        .get("hatchery")
        .is_some_and(|content| !content.is_map());
    if !as_text {
        values.set(
            &["hatchery", "hatchery", "sidecarContainer", "image"],
            subject.image("ecs-ws-sidecar"),
            "pinned default image",
            &["images.ecs-ws-sidecar", "release", "registry"],
        );
    }
    if contract.spec.workspaces.hot_node {
        values.set(
            &["hatchery", "hotNode", "enabled"],
            true,
            "a node is kept ready",
            &["workspaces.hotNode"],
        );
        if contract.region.as_str() != CHART_REGION {
            let zones = &subject.input.zones;
            let cluster = format!("/clusters.{}.network.zones", contract.cluster);
            values.set(
                &["hatchery", "hotNode", "availabilityZones"],
                Node::list(zones.iter().map(|zone| zone.as_str().into())),
                "zones of the cluster",
                &[&cluster],
            );
        }
    }
}

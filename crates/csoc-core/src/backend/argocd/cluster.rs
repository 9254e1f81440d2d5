//! What a cluster's environments share: values of cluster-level-resources, and the Application that installs it.

mod pushed;

use super::application::destination;
use super::input::{ClusterInput, Destination};
use super::nodes;
use super::project::PLATFORM;
use super::sync::{self, Wave};
use super::{Files, map, object, repository, source};
use crate::backend::helm::content::{CONTENT_MISSING, CONTENT_UNKNOWN, is_below};
use crate::backend::helm::finish::{omit_invalid, omitted_keys};
use crate::backend::helm::values::remove;
use crate::catalog::{AddonCatalog, AddonFacts};
use crate::contract::ARGO_CD;
use crate::diagnostic::{Code, Diagnostics, Finding};
use crate::tree::Document;
use crate::value::Node;
use crate::value::overlay::{Nulls, merge};

/// An add-on that the chart does not have.
const ADDON_UNKNOWN: Code = Code::new("addon-unknown");
/// Values of an add-on that Argo CD would look for elsewhere.
const ADDON_VALUES_UNREACHABLE: Code = Code::new("addon-values-unreachable");

/// The add-on that makes nodes.
const KARPENTER: &str = "karpenter";
/// The chart's node pools.
const NODE_POOLS: &str = "karpenter-crds";
/// The add-on that applies what lies in a directory beside the values.
const CUSTOM_OBJECTS: &str = "custom-objects";
/// The add-on that makes load balancers.
const BALANCERS: &str = "alb-controller";

pub(super) fn compile(input: &ClusterInput, files: &mut Files<'_>, found: &mut Diagnostics) {
    match input.destination {
        Destination::Here => pulled(input, files, found),
        Destination::Named(_) => pushed::compile(input, files, found),
    }
    if let Some((credential, role)) = &input.credential {
        repository::compile(input, credential, role, files);
    }
}

/// A cluster whose own Argo CD has the chart make its Applications.
fn pulled(input: &ClusterInput, files: &mut Files<'_>, found: &mut Diagnostics) {
    let directory = format!("gitops/{}/cluster-values", input.name);
    check(input, found);
    if input.values {
        let mut values = values(input);
        for omitted in &input.omit {
            if let Some(keys) = omitted_keys(omitted.as_str()) {
                remove(&mut values, &keys);
            }
        }
        if let Some(overlay) = &input.overlay {
            values = merge(values, overlay, Nulls::Data);
        }
        files.yaml(format!("{directory}/cluster-values.yaml"), values);
        for (addon, values) in &input.addon_values {
            if has_file(input, addon) {
                files.yaml(format!("{directory}/{addon}.yaml"), values.0.clone());
            }
        }
        beside(input, &directory, files);
        node_pools(input, &directory, files);
        for (name, node) in &input.objects {
            let path = format!("{directory}/{CUSTOM_OBJECTS}/{name}.yaml");
            files.yaml(path, node.0.clone());
        }
    }
    if input.applications && input.chart.is_some() {
        application(input, files);
    }
}

/// Files that stand beside the values as they are.
fn beside(input: &ClusterInput, directory: &str, files: &mut Files<'_>) {
    for content in &input.content {
        if let Some(bytes) = content.bytes.as_ref().filter(|_| is_below(&content.name)) {
            let path = format!("{directory}/{}", content.name);
            files.add(path, Document::Bytes(bytes.clone()));
        }
    }
}

fn check(input: &ClusterInput, found: &mut Diagnostics) {
    let object = format!("clusters.{}", input.name);
    for omitted in &input.omit {
        if omitted_keys(omitted.as_str()).is_none() {
            found.push(omit_invalid(omitted.as_str(), &object, "omit"));
        }
    }
    check_content(input, found);
    let catalog = AddonCatalog::embedded();
    for addon in input.addons.keys() {
        if catalog.get(addon).is_none() {
            let known: Vec<&str> = catalog.iter().map(|(name, _)| name).collect();
            let message = format!("cluster-level-resources has no add-on `{addon}`");
            found.push(unknown(input, addon, message, &known));
        }
    }
    let prefixed = input
        .gitops
        .path
        .as_deref()
        .is_some_and(|path| !path.trim_matches('/').is_empty());
    let reads_files = is_on(input, CUSTOM_OBJECTS)
        || input
            .addon_values
            .keys()
            .any(|addon| has_file(input, addon));
    if prefixed && reads_files {
        found.push(
            Finding::error(
                ADDON_VALUES_UNREACHABLE,
                format!(
                    "cluster-level-resources looks for files of add-ons at the root of the repository, not below `{}`",
                    input.gitops.path.as_deref().unwrap_or_default()
                ),
            )
            .help("render into the root of a repository of its own (no `gitops.path`), or leave out the add-ons that have values")
            .label(input.place, "add-ons are named here")
            .object(&object)
            .path(format!("{object}.addons")),
        );
    }
}

/// A finding about an add-on that nobody installs.
fn unknown(input: &ClusterInput, addon: &str, message: String, known: &[&str]) -> Finding {
    let object = format!("clusters.{}", input.name);
    Finding::error(ADDON_UNKNOWN, message)
        .help(format!("use one of {}", known.join(", ")))
        .label(input.place, "named here")
        .path(format!("{object}.addons.{addon}"))
        .object(object)
}

/// Files beside the values are there, and go where they may.
fn check_content(input: &ClusterInput, found: &mut Diagnostics) {
    let object = format!("clusters.{}", input.name);
    for content in &input.content {
        let finding = if content.bytes.is_none() {
            Finding::error(
                CONTENT_MISSING,
                format!("there is no file `content/{}`", content.path),
            )
            .help("add the file, or name one that is there")
        } else if !is_below(&content.name) {
            Finding::error(
                CONTENT_UNKNOWN,
                format!(
                    "content `{}` is no path beside the cluster's values",
                    content.name
                ),
            )
            .help("name it by the path that it must have there: `custom-objects/quota.yaml`")
        } else {
            continue;
        };
        found.push(
            finding
                .label(input.place, "a cluster's content")
                .object(&object)
                .path(format!("{object}.content.{}", content.name)),
        );
    }
}

/// Whether an add-on runs: as the model says, else where it is named or needed.
fn is_on(input: &ClusterInput, addon: &str) -> bool {
    if let Some(settings) = input.addons.get(addon) {
        return settings.enabled.unwrap_or(true);
    }
    input.needed.contains(&addon)
        || (matches!(addon, KARPENTER | NODE_POOLS) && input.nodes.is_some())
        || (addon == CUSTOM_OBJECTS && (has_pools(input) || !input.objects.is_empty()))
}

/// Whether node pools are objects that we write.
fn has_pools(input: &ClusterInput) -> bool {
    let scaling = input.scaling.as_ref();
    scaling.is_some_and(|scaling| !scaling.pools.is_empty())
}

fn node_pools(input: &ClusterInput, directory: &str, files: &mut Files<'_>) {
    let Some(scaling) = input.scaling.as_ref().filter(|_| has_pools(input)) else {
        return;
    };
    for (name, node) in nodes::objects(&input.name, &input.vpc, scaling) {
        files.yaml(format!("{directory}/{CUSTOM_OBJECTS}/{name}.yaml"), node);
    }
}

/// Whether an add-on's values stand in a file of their own.
fn has_file(input: &ClusterInput, addon: &str) -> bool {
    is_on(input, addon)
        && input.addon_values.contains_key(addon)
        && AddonCatalog::embedded()
            .get(addon)
            .is_some_and(|facts| facts.values)
}

fn values(input: &ClusterInput) -> Node {
    let mut values = map([
        ("cluster", input.name.as_str().into()),
        ("project", input.project.as_str().into()),
        ("accountNumber", input.account_id.as_str().into()),
    ]);
    if let Some(endpoint) = input.endpoint.as_ref().filter(|_| is_on(input, KARPENTER)) {
        values.insert("eksClusterEndpoint", endpoint.clone().into());
    }
    values.insert(
        "configuration",
        map([
            ("configurationRepo", input.gitops.repository.as_str().into()),
            (
                "configurationRevision",
                input.gitops.revision.as_str().into(),
            ),
        ]),
    );
    let mut addons = AddonCatalog::embedded().iter();
    if addons.any(|(addon, facts)| facts.revision_beside && has_file(input, addon)) {
        values.insert(
            "configurationRevision",
            input.gitops.revision.as_str().into(),
        );
    }
    for (addon, facts) in AddonCatalog::embedded().iter() {
        values.insert(addon, settings(input, addon, facts));
    }
    values
}

fn settings(input: &ClusterInput, addon: &str, facts: &AddonFacts) -> Node {
    let on = is_on(input, addon);
    let mut node = map([("enabled", on.into())]);
    if !on {
        return node;
    }
    let given = input
        .addons
        .get(addon)
        .and_then(|settings| settings.version.as_ref());
    let version = given
        .map(crate::model::version::Version::as_str)
        .or(facts.version.as_deref());
    if let Some(version) = version.filter(|_| facts.version.is_some()) {
        node.insert("targetRevision", version.into());
    }
    if facts.values {
        let file = has_file(input, addon);
        node.insert("configuration", map([("enabled", file.into())]));
    } else if let Some(values) = input.addon_values.get(addon) {
        // An add-on without a file of its own takes them beside its switch.
        node = merge(node, values, Nulls::Data);
    }
    match addon {
        KARPENTER => {
            if input.region != "us-east-1" {
                node.insert("awsRegion", input.region.as_str().into());
            }
            let queue = input.scaling.as_ref().and_then(|it| it.queue.as_ref());
            if let Some(queue) = queue {
                node.insert("interruptionQueue", queue.as_str().into());
            }
        }
        // It asks the machine for its region and network, and a machine answers only what is on its own network.
        BALANCERS if input.owns_machines => {
            node.insert("hostNetworkEnabled", true.into());
        }
        NODE_POOLS => {
            node.insert("selectorTag", input.vpc.as_str().into());
            if let Some(nodes) = &input.nodes {
                node = merge(node, nodes, Nulls::Data);
            }
        }
        _ => {}
    }
    node
}

fn application(input: &ClusterInput, files: &mut Files<'_>) {
    let Some(chart) = &input.chart else {
        return;
    };
    let name = "cluster-level-resources";
    let place = format!("{}/cluster-values/cluster-values.yaml", input.name);
    let helm = map([
        ("releaseName", name.into()),
        (
            "valueFiles",
            Node::list([source::values_file(&input.gitops, &place)]),
        ),
    ]);
    let spec = map([
        ("project", PLATFORM.into()),
        (
            "sources",
            Node::list([
                source::chart(chart, name, helm),
                source::values(&input.gitops),
            ]),
        ),
        ("destination", destination(&input.destination, ARGO_CD)),
        (
            "syncPolicy",
            map([
                ("automated", map([("selfHeal", true.into())])),
                ("retry", sync::tries()),
            ]),
        ),
    ]);
    let metadata = map([
        ("name", name.into()),
        ("namespace", ARGO_CD.into()),
        ("annotations", map([Wave::Platform.annotation()])),
    ]);
    let path = format!("gitops/{}/argocd/{name}.yaml", input.name);
    files.yaml(path, object("Application", metadata, spec));
}

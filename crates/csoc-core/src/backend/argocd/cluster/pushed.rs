//! A cluster that the hub pushes to: what stands beside its components, applied by an Application of its own.
//!
//! The add-ons themselves are components; nobody reads values of cluster-level-resources here.

use super::super::application::destination;
use super::super::input::{ClusterInput, Destination};
use super::super::project::PLATFORM;
use super::super::sync::{self, Wave};
use super::super::{Files, map, nodes, object};
use super::{CUSTOM_OBJECTS, check_content, unknown};
use crate::backend::helm::content::is_below;
use crate::backend::helm::layout;
use crate::catalog::ComponentCatalog;
use crate::contract::ARGO_CD;
use crate::diagnostic::Diagnostics;
use crate::model::nodes::Provisioner;
use crate::tree::Document;
use crate::value::Node;

pub(super) fn compile(input: &ClusterInput, files: &mut Files<'_>, found: &mut Diagnostics) {
    check_content(input, found);
    check_addons(input, found);
    let directory = format!("{}/platform", input.name);
    let mut applied = false;
    if input.values {
        for content in &input.content {
            if let Some(bytes) = content.bytes.as_ref().filter(|_| is_below(&content.name)) {
                let path = format!("gitops/{directory}/{}", content.name);
                files.add(path, Document::Bytes(bytes.clone()));
                applied |= content.name.starts_with(CUSTOM_OBJECTS);
            }
        }
        for (name, node) in &input.objects {
            let path = format!("gitops/{directory}/{CUSTOM_OBJECTS}/{name}.yaml");
            files.yaml(path, node.0.clone());
            applied = true;
        }
        // Karpenter's pools stand beside Karpenter; where EKS makes nodes itself there is no chart to stand beside.
        let scaling = input.scaling.as_ref();
        if let Some(scaling) = scaling.filter(|it| it.provisioner == Provisioner::Auto) {
            for (name, node) in nodes::objects(&input.name, &input.vpc, scaling) {
                let path = format!("gitops/{directory}/{CUSTOM_OBJECTS}/{name}.yaml");
                files.yaml(path, node);
                applied = true;
            }
        }
    }
    if input.applications && applied {
        application(input, &directory, files);
    }
}

fn check_addons(input: &ClusterInput, found: &mut Diagnostics) {
    let catalog = ComponentCatalog::embedded();
    for (addon, settings) in &input.addons {
        let is_known = addon == CUSTOM_OBJECTS || catalog.of_addon(addon).is_some();
        if is_known || settings.enabled == Some(false) {
            continue;
        }
        let mut known: Vec<&str> = catalog
            .iter()
            .filter_map(|(_, facts)| facts.addon.as_deref())
            .chain([CUSTOM_OBJECTS])
            .collect();
        known.sort_unstable();
        let message = format!(
            "the hub pushes no add-on `{addon}` to `{}`: cluster-level-resources, which would have it, reaches only the cluster of its own Argo CD",
            input.name
        );
        found.push(unknown(input, addon, message, &known));
    }
}

/// Applies a directory of plain objects.
fn application(input: &ClusterInput, directory: &str, files: &mut Files<'_>) {
    let Destination::Named(cluster) = &input.destination else {
        return;
    };
    let path = layout::in_repository(&input.gitops, &format!("{directory}/{CUSTOM_OBJECTS}"));
    let source = map([
        ("repoURL", input.gitops.repository.as_str().into()),
        ("targetRevision", input.gitops.revision.as_str().into()),
        ("path", path.into()),
    ]);
    let spec = map([
        ("project", PLATFORM.into()),
        ("source", source),
        ("destination", destination(&input.destination, "default")),
        (
            "syncPolicy",
            map([
                ("automated", map([("selfHeal", true.into())])),
                ("retry", sync::tries()),
                ("syncOptions", Node::list(["ServerSideApply=true".into()])),
            ]),
        ),
    ]);
    let name = format!("{cluster}-{CUSTOM_OBJECTS}");
    let metadata = map([
        ("name", name.into()),
        ("namespace", ARGO_CD.into()),
        ("annotations", map([Wave::Objects.annotation()])),
    ]);
    let path = format!("gitops/hub/{cluster}/{CUSTOM_OBJECTS}.yaml");
    files.yaml(path, object("Application", metadata, spec));
}

//! Raw values against the contracts: what is merged last must not undo what is derived.

use std::collections::BTreeSet;

use rayon::prelude::*;

use super::closing::{compare, observe};
use crate::backend::{FleetView, registry};
use crate::contract::facts;
use crate::diagnostic::Finding;
use crate::graph::close;
use crate::tree::{BackendName, File};

/// Where the raw values of environments say another thing than the contracts.
///
/// Only environments that have raw values are looked at, and nothing of
/// Terraform: what has no overlay is a projection of the contracts already.
pub(crate) fn overlays(view: &FleetView<'_>) -> Vec<Finding> {
    let overlaid: BTreeSet<String> = view
        .fleet
        .environments
        .iter()
        .filter(|(_, environment)| environment.layers.merged.get("values").is_some())
        .map(|(at, _)| at.to_string())
        .collect();
    if overlaid.is_empty() {
        return Vec::new();
    }
    let mut files: Vec<File> = Vec::new();
    for backend in registry() {
        if backend.name() != BackendName::Terraform {
            let tasks = backend.tasks(view);
            let of_overlaid = tasks
                .par_iter()
                .filter(|task| overlaid.contains(&task.object));
            files.par_extend(of_overlaid.flat_map_iter(|task| task.run().files));
        }
    }
    compare(&close(facts(view.contracts)), &observe(files.iter()))
}

//! Files beside the manifest: the portal's, the mapping of the search index, configuration of single services.

use super::migration::Migration;
use crate::import::ledger::Outcome;
use crate::model::name::ContentPath;

/// Files that are content of a name.
const NAMED: [(&str, &str); 3] = [
    ("etlMapping.yaml", "etl-mapping"),
    (
        "manifests/fence/fence-config-public.yaml",
        "fence-config-public",
    ),
    ("metadata/aggregate_config.json", "aggregate-metadata"),
];

/// The portal's configuration.
const PORTAL: &str = "portal/gitops.json";

pub(super) fn map(migration: &mut Migration<'_>) {
    let commons = migration.commons;
    let is_alone = commons
        .files
        .iter()
        .all(|file| !file.name.starts_with("portal") || file.name == PORTAL);
    for file in &commons.files {
        let name = file.name.as_str();
        let base = file.name.file_name().unwrap_or(name);
        if let Some((_, content)) = NAMED.iter().find(|(known, _)| *known == name) {
            let target = migration.content(content, base, file.bytes.clone());
            migration.file(&file.path, Outcome::Content, &target, "");
        } else if name == PORTAL && is_alone {
            let target = migration.content("portal-config", base, file.bytes.clone());
            migration.file(&file.path, Outcome::Content, &target, "");
        } else if name.starts_with("portal/") && ContentPath::check(name).is_ok() {
            let placed = placed(name);
            let target = migration.content(&placed, &placed, file.bytes.clone());
            migration.file(&file.path, Outcome::Content, &target, "");
        } else if base.starts_with("README") || base.starts_with('.') {
            migration.file(&file.path, Outcome::Dropped, "", "a remark");
        } else {
            let reason = "no chart reads such a file";
            migration.file(&file.path, Outcome::Unmapped, "", reason);
        }
    }
}

/// Where the portal looks for a file of its own: by kind, one directory each.
fn placed(name: &str) -> String {
    let base = name.strip_prefix("portal/").unwrap_or(name);
    let directory = match base {
        "gitops.css" => "css/",
        "gitops-logo.png" => "logo/",
        "gitops-favicon.ico" => "favicon/",
        _ => "",
    };
    match base.strip_prefix("gitops-sponsors/") {
        Some(sponsor) => format!("portal/sponsors/{sponsor}"),
        None => format!("portal/{directory}{base}"),
    }
}

//! What of a state belongs to which root of an object, as the fleet records it.

use std::collections::BTreeMap;

use camino::Utf8Path;

use super::matching::Module;
use super::request::AdoptionImports;
use super::resources::Known;
use crate::fleet::Fleet;
use crate::model::stack::StackId;
use crate::tree::{BackendName, Document, File, Tree, is_json};

/// The records of an object's roots, one a root, with what is recorded already.
pub(super) fn find(
    fleet: &Fleet,
    tree: &Tree,
    object: &str,
    known: &Known,
) -> Vec<AdoptionImports> {
    let mut roots: BTreeMap<&Utf8Path, Vec<&File>> = BTreeMap::new();
    let of_object = tree
        .iter()
        .filter(|file| file.backend() == BackendName::Terraform && file.object() == object);
    for file in of_object {
        if let Some(root) = file.path().parent() {
            roots.entry(root).or_default().push(file);
        }
    }
    let mut left = known.clone();
    let mut all = Vec::new();
    for (root, files) in roots {
        let Some(stack) = stack(fleet, root) else {
            continue;
        };
        let bodies = files.iter().filter_map(|file| match file.document() {
            Document::Hcl(body) => Some(body),
            _ => None,
        });
        let variables = files.iter().find_map(|file| match file.document() {
            Document::Json(node) => Some(node),
            _ => None,
        });
        let module = Module::new(bodies.collect(), variables);
        let matched = module.match_with(&mut left, fleet.resolved().imports.of(&stack));
        if matched.found.is_empty() && matched.missing.is_empty() {
            continue;
        }
        let mut recorded = serde_json::to_string_pretty(&matched.found).unwrap_or_default();
        recorded.push('\n');
        all.push(AdoptionImports {
            file: root.join(if files.iter().any(|file| is_json(file.path())) {
                "imports.tf.json"
            } else {
                "imports.tf"
            }),
            record: stack.imports_path().into(),
            recorded,
            imported: matched.found.len(),
            created: matched.missing,
        });
    }
    all
}

/// The stack of a root by its directory: `terraform/ACCOUNT/REGION/KIND`, and what it belongs to. What a hub does for
/// another account is of that account's number.
fn stack(fleet: &Fleet, root: &Utf8Path) -> Option<StackId> {
    let parts: Vec<&str> = root.as_str().split('/').collect();
    let ["terraform", account, region, kind, scope @ ..] = &parts[..] else {
        return None;
    };
    let id = &fleet.resolved().accounts.get(*account)?.id;
    let scope = match scope {
        [] => "account".to_owned(),
        [member] if *kind == "attach" => format!("account/{member}"),
        [cluster] => format!("cluster/{cluster}"),
        [commons, environment] => format!("environment/{commons}/{environment}"),
        _ => return None,
    };
    format!("v1/{id}/{region}/{kind}/{scope}").parse().ok()
}

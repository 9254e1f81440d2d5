//! Rules about what users see at `/`.

use std::collections::BTreeSet;

use super::accounts::list;
use super::context::GitopsContext;
use crate::diagnostic::Diagnostics;
use crate::gitops::Deployment;
use crate::value::{Node, json_read};

/// Who serves `/`.
const ROOT: [&str; 2] = ["global", "frontendRoot"];
/// The newer of the two frontends.
const FRAMEWORK: &str = "frontend-framework";
/// Where a portal's files are looked for.
const DIRECTORY: [&str; 3] = ["portal", "customConfig", "dir"];

/// Somebody serves `/`.
pub(super) fn frontend_root_unserved(context: &GitopsContext<'_>, found: &mut Diagnostics) {
    for deployment in context.deployments() {
        let root = deployment.text(&ROOT).unwrap_or("portal");
        let (portal, framework) = (deployment.runs("portal"), deployment.runs(FRAMEWORK));
        let message = match root {
            "gen3ff" if !framework => "`/` leads to the frontend framework, which is off",
            "portal" if !portal && framework => "`/` leads to the portal, which is off",
            "gen3ff" | "portal" => continue,
            _ => "`/` leads to neither frontend: `portal` or `gen3ff`",
        };
        found.push(
            context
                .value(deployment, &ROOT, message, "served by nobody")
                .help("set global.frontendRoot to the frontend that runs: portal or gen3ff"),
        );
    }
}

/// Which of two frontends users see.
pub(super) fn frontends_both_on(context: &GitopsContext<'_>, found: &mut Diagnostics) {
    for deployment in context
        .deployments()
        .filter(|deployment| deployment.runs("portal") && deployment.runs(FRAMEWORK))
    {
        let root = deployment.text(&ROOT).unwrap_or("portal");
        found.push(
            context
                .value(
                    deployment,
                    &[FRAMEWORK, "enabled"],
                    format!("both frontends run, and `/` leads to `{root}`"),
                    "the other one is below a path of its own",
                )
                .help("switch off the one that nobody uses"),
        );
    }
}

/// A deployment whose portal takes files of a repository, and the directory.
fn custom(deployment: &Deployment) -> Option<&str> {
    let is_custom =
        deployment.is_on(&["portal", "customConfig", "enabled"]) && deployment.runs("portal");
    deployment.text(&DIRECTORY).filter(|_| is_custom)
}

/// A portal shows its own files.
pub(super) fn portal_directory_foreign(context: &GitopsContext<'_>, found: &mut Diagnostics) {
    for deployment in context.deployments() {
        let Some(directory) = custom(deployment) else {
            continue;
        };
        let own = format!("{}/", deployment.directory());
        let is_of = |other: &Deployment| directory.contains(&format!("{}/", other.directory()));
        if directory.contains(&own) || !context.repository.all().any(is_of) {
            continue;
        }
        found.push(
            context
                .value(
                    deployment,
                    &DIRECTORY,
                    format!("the portal shows the files of another deployment, `{directory}`"),
                    "somebody else's",
                )
                .help(format!("name a directory below `{own}`")),
        );
    }
}

/// A portal's files are there.
pub(super) fn portal_directory_missing(context: &GitopsContext<'_>, found: &mut Diagnostics) {
    for deployment in context.deployments() {
        let Some(directory) = custom(deployment) else {
            continue;
        };
        let own = format!("{}/", deployment.directory());
        // Only what should be in this repository can be looked for.
        let Some(at) = directory.find(&own) else {
            continue;
        };
        if !context.repository.has_directory(&directory[at..]) {
            found.push(
                context
                    .value(deployment, &DIRECTORY, format!("there is no directory `{directory}`, which the portal's files are taken from"), "no such directory")
                    .help("add the files, or correct the directory"),
            );
        }
    }
}

/// A portal explores what the explorer has.
pub(super) fn portal_data_type_unknown(context: &GitopsContext<'_>, found: &mut Diagnostics) {
    let path = ["portal", "gitops", "json"];
    for deployment in context
        .deployments()
        .filter(|deployment| deployment.runs("portal") && deployment.runs("guppy"))
    {
        let types: BTreeSet<&str> = deployment
            .get(&["guppy", "indices"])
            .map_or(&[][..], Node::items)
            .iter()
            .filter_map(|index| index.get("type")?.text())
            .collect();
        let Some(node) = deployment.get(&path).filter(|_| !types.is_empty()) else {
            continue;
        };
        let (Some(text), Some(span)) = (node.text(), node.span()) else {
            continue;
        };
        let (Some(portal), _) = json_read::read_json(text, span.file) else {
            continue;
        };
        let mut asked = BTreeSet::new();
        data_types(&portal, &mut asked);
        let unknown: Vec<String> = asked
            .into_iter()
            .filter(|kind| !types.contains(kind.as_str()))
            .collect();
        if unknown.is_empty() {
            continue;
        }
        found.push(
            context
                .value(
                    deployment,
                    &path,
                    format!(
                        "the portal explores {}, which no index of `guppy` has",
                        list(&unknown)
                    ),
                    "explores",
                )
                .help("correct `guppyConfig.dataType`, or add the index")
                .label(deployment.place(&["guppy", "indices"]), "the indices"),
        );
    }
}

/// Every `dataType` of a `guppyConfig`.
fn data_types(node: &Node, types: &mut BTreeSet<String>) {
    for item in node.items() {
        data_types(item, types);
    }
    for entry in node.entries() {
        if entry.key == *"guppyConfig"
            && let Some(kind) = entry.node.get("dataType").and_then(Node::text)
        {
            types.insert(kind.to_owned());
        }
        data_types(&entry.node, types);
    }
}

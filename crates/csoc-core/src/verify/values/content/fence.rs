//! fence's public configuration: options by name.

use super::super::View;
use crate::catalog::ContentFacts;
use crate::catalog::chart::ChartKey;
use crate::diagnostic::{Code, Diagnostics, Finding};
use crate::value::Node;
use crate::value::suggestion::closest;

/// An option that fence does not read.
const FENCE_OPTION_UNKNOWN: Code = Code::new("fence-option-unknown");

/// Where options stand.
const PLACES: [&str; 2] = ["FENCE_CONFIG", "FENCE_CONFIG_PUBLIC"];

/// Checks the options of a file.
pub(super) fn check(view: &View<'_>, node: &Node, sink: &mut Diagnostics) {
    let Some(fence) = node.get("fence") else {
        return;
    };
    let listed = view.chart.at(["fence", "FENCE_CONFIG"]);
    let more = &ContentFacts::embedded().fence_options;
    for place in PLACES {
        for entry in fence.get(place).map_or(&[][..], Node::entries) {
            let key = entry.key.as_str();
            let known = || {
                let listed = listed.into_iter().flat_map(ChartKey::children);
                listed
                    .map(|(name, _)| name)
                    .chain(more.iter().map(String::as_str))
            };
            if known().any(|name| name == key) {
                continue;
            }
            let help = closest(key, known()).map_or_else(
                || "remove it, or report it if fence has it".to_owned(),
                |near| format!("did you mean `{near}`?"),
            );
            let path = format!("fence.{place}.{key}");
            sink.push(
                Finding::warning(
                    FENCE_OPTION_UNKNOWN,
                    format!("`{path}` is no option of fence, which ignores it"),
                )
                .help(help)
                .label(entry.key_origin.span(), "not known")
                .path(path),
            );
        }
    }
}

//! Flags that are switched off in vain.

use super::{VALUES_FLAG_OVERRULED, View};
use crate::diagnostic::{Diagnostics, Finding};
use crate::value::{Kind, Node, Reading};

/// Checks every flag below a chart's key that another flag overrules.
pub(super) fn check(view: &View<'_>, node: &Node, sink: &mut Diagnostics) {
    for top in node.entries() {
        if !view.chart.is_chart(top.key.as_str()) {
            continue;
        }
        for group in top.node.entries() {
            for flag in group.node.entries() {
                let Kind::Scalar(scalar) = &flag.node.kind else {
                    continue;
                };
                if scalar.reading() != Reading::Bool(false) {
                    continue;
                }
                let path = [top.key.as_str(), group.key.as_str(), flag.key.as_str()];
                let mut rules = view.notes.overruled.iter();
                let Some(rule) = rules.find(|rule| rule.is_on(path)) else {
                    continue;
                };
                let by: Vec<&str> = rule.by.split('.').collect();
                let truth = view.merged.truth(&by);
                if !truth.is_true {
                    continue;
                }
                let path = path.join(".");
                sink.push(
                    Finding::warning(
                        VALUES_FLAG_OVERRULED,
                        format!(
                            "`{path}` is false in vain: `{}` is true, and {}",
                            rule.by, rule.because
                        ),
                    )
                    .help(format!(
                        "set `{}` to false, and `{path}` to true where it is wanted",
                        rule.by
                    ))
                    .label(flag.key_origin.span(), "has no effect")
                    .label(truth.place, "overrules it")
                    .path(path),
                );
            }
        }
    }
}

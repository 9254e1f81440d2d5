//! Rules about what services tell strangers when something goes wrong.

use super::context::GitopsContext;
use crate::diagnostic::Diagnostics;

/// Where the configuration of fence stands.
const CONFIGURATIONS: [&str; 2] = ["FENCE_CONFIG", "FENCE_CONFIG_PUBLIC"];

/// Errors do not show what the service holds.
pub(super) fn debug_mode_on(context: &GitopsContext<'_>, found: &mut Diagnostics) {
    for deployment in context.deployments() {
        for configuration in CONFIGURATIONS {
            let path = ["fence", configuration, "DEBUG"];
            if deployment.is_on(&path) {
                found.push(
                    context
                        .value(
                            deployment,
                            &path,
                            "`fence` shows its settings with each error; it must not",
                            "for tests only",
                        )
                        .help(format!("set fence.{configuration}.DEBUG: false")),
                );
            }
        }
    }
}

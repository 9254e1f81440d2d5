//! Rules about when something happens.

use super::context::FleetContext;
use crate::catalog::time_zones;
use crate::diagnostic::Diagnostics;
use crate::value::Node;
use crate::value::suggestion::closest;

/// A window opens by a clock that there is.
pub(crate) fn time_zone_unknown(context: &FleetContext<'_>, found: &mut Diagnostics) {
    let field = ["sync", "windows"];
    for (at, environment) in context.environments() {
        let written = environment.layers.merged.path(&field).map(Node::items);
        for (index, window) in environment.spec.sync.windows.iter().enumerate() {
            let Some(zone) = &window.time_zone else {
                continue;
            };
            if time_zones().any(|name| name == zone.as_str()) {
                continue;
            }
            let place = written
                .and_then(|windows| windows.get(index)?.get("timeZone")?.span())
                .or_else(|| context.environment_place(at, &field));
            let help = closest(zone.as_str(), time_zones()).map_or_else(
                || "write an area and a city of it, such as `America/Chicago`, or `UTC`".to_owned(),
                |name| format!("did you mean `{name}`?"),
            );
            found.push(
                context
                    .environment_finding(
                        at,
                        &field,
                        format!("the tz database has no `{zone}`: Argo CD refuses the project of a window in such a time zone"),
                    )
                    .help(help)
                    .label(place, "no time zone"),
            );
        }
    }
}

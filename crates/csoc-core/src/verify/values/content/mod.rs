//! Configuration that the chart gen3 passes on to services as it is: one file a kind.

mod embedded;
mod etl;
mod fence;
mod json;
mod shape;
mod sower;
mod users;

use super::View;
use crate::diagnostic::Diagnostics;
use crate::value::Node;

/// The chart whose services are known.
const CHART: &str = "gen3";

/// Checks what one file holds for services.
pub(super) fn check(view: &View<'_>, node: &Node, sink: &mut Diagnostics) {
    if view.chart.name() != CHART {
        return;
    }
    fence::check(view, node, sink);
    users::check(node, sink);
    etl::check(node, sink);
    sower::check(node, sink);
    json::check(node, sink);
}

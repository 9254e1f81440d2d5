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

pub(crate) use embedded::EMBEDDED_TEXT_INVALID;
pub(crate) use etl::ETL_INDEX_TWICE;
pub(crate) use fence::FENCE_OPTION_UNKNOWN;
pub(crate) use sower::SOWER_ACTION_TWICE;
pub(crate) use users::USER_REFERENCE_UNKNOWN;

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

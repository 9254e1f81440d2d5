//! What the fleet's owners decided about findings: severities, baseline, waivers.

use crate::diagnostic::{Diagnostic, Report};
use crate::model::version::Date;
use crate::resolve::ResolvedFleet;

/// A report of findings after severities, baseline and waivers are applied.
pub(crate) fn apply_policy(
    _: Option<&ResolvedFleet>,
    _: Option<&Date>,
    diagnostics: Vec<Diagnostic>,
) -> Report {
    Report::new(diagnostics)
}

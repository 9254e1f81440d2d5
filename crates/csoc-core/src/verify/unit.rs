//! What a unit made, before it is written: against the facts that it is to fit.

use super::addons::AddonCheck;
use super::overlay::OverlayCheck;
use super::terraform;
use crate::backend::{FleetView, InputDigest};
use crate::context::Context;
use crate::diagnostic::{Diagnostics, Finding};
use crate::rules::DATE_RULES_SKIPPED;
use crate::tree::{BackendName, File};

/// Checks the files of one unit after the other, from any thread.
///
/// A root of Terraform is one unit, and so are the values of an environment:
/// what crosses units is decided by the contracts that both come from.
pub(crate) struct UnitCheck<'a> {
    overlays: OverlayCheck<'a>,
    addons: AddonCheck<'a>,
    context: &'a Context,
    /// Of all facts: those of providers, and of the charts of add-ons.
    all: InputDigest,
    chart: InputDigest,
}

impl<'a> UnitCheck<'a> {
    /// The check of a fleet's units, with what is known of the outside.
    pub(crate) fn new(view: &FleetView<'a>, context: &'a Context) -> Self {
        let catalogs = context.facts();
        let entries = catalogs.list();
        let digests: Vec<&str> = entries.iter().map(|entry| entry.digest.as_str()).collect();
        let overlays = OverlayCheck::new(view, catalogs);
        Self {
            chart: InputDigest::of(&overlays.chart()),
            overlays,
            addons: AddonCheck::new(view, catalogs),
            context,
            // Of the day only what ended before it: a unit is checked anew when something ends, not each day.
            all: InputDigest::of(&(digests, catalogs.days_past(context.as_of.as_ref()))),
        }
    }

    /// What the findings depend on beside the unit: facts that a fleet can pin.
    pub(crate) fn facts(&self, backend: BackendName) -> InputDigest {
        match backend {
            BackendName::Terraform | BackendName::Argocd => self.all,
            BackendName::Helm | BackendName::Kro => self.chart,
        }
    }

    /// Adds what is wrong with the files that a unit made of an object.
    pub(crate) fn check(
        &self,
        backend: BackendName,
        object: &str,
        files: &[File],
        found: &mut Diagnostics,
    ) {
        match backend {
            BackendName::Terraform => {
                let of_root = terraform::check_files(files.iter(), self.context);
                // That there is no day is said once for the fleet.
                let findings = of_root.into_vec().into_iter();
                let findings = findings.filter(|finding| finding.code != DATE_RULES_SKIPPED);
                found.extend(findings.map(|finding| about(finding, object)));
            }
            BackendName::Helm => self.overlays.check(object, files, found),
            BackendName::Argocd => self.addons.check(object, files, found),
            // The same values stand in the tree of the backend `helm`, and are checked there.
            BackendName::Kro => {}
        }
    }
}

/// The finding about a root, as one about the object that the root comes from.
fn about(mut finding: Finding, object: &str) -> Finding {
    let root = finding.object.replace(object.to_owned());
    let address = finding.path.replace(object.to_owned());
    let places: Vec<String> = [address, root]
        .into_iter()
        .flatten()
        .map(|place| format!("`{place}`"))
        .collect();
    if !places.is_empty() {
        finding.message = format!("{} ({})", finding.message, places.join(" in "));
    }
    finding
}

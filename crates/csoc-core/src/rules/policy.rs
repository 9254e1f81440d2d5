//! What the fleet's owners decided about findings: severities, waivers, baseline.

use super::baseline::Baseline;
use super::registry::RULES;
use super::rule::{Check, Rule};
use crate::diagnostic::{Diagnostic, Diagnostics, Finding, Report, Root, Status};
use crate::model::policy::{PolicySeverity, Waiver};
use crate::model::version::Date;
use crate::resolve::ResolvedFleet;
use crate::span::Span;
use crate::value::Node;
use crate::value::path::ModelPath;

/// What a rule about the policy itself sees: the fleet, and which waivers covered something.
pub(crate) struct PolicyContext<'a> {
    /// The rule that runs.
    pub(crate) rule: &'static Rule,
    /// The fleet.
    pub(crate) fleet: &'a ResolvedFleet,
    /// The day, where the caller gave one.
    pub(crate) as_of: Option<&'a Date>,
    /// For each waiver, in order, whether it covered a finding.
    pub(crate) used: &'a [bool],
}

impl PolicyContext<'_> {
    /// A finding about a waiver.
    pub(crate) fn waiver_finding(&self, at: usize, message: String) -> Finding {
        Finding::new(self.rule.code, self.rule.severity.of(None), message)
            .object("fleet")
            .path("policy.waivers[]")
            .label(waiver_place(self.fleet, at), "this waiver")
    }
}

/// Where a waiver stands.
pub(crate) fn waiver_place(fleet: &ResolvedFleet, at: usize) -> Option<Span> {
    let waiver = fleet.root.path(&["policy", "waivers"])?.items().get(at)?;
    let code = waiver.get("code").and_then(Node::span);
    code.or_else(|| waiver.span())
}

/// How much of a fleet findings are of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Extent {
    /// Everything was looked at: what is not among them is gone.
    Whole,
    /// Something was not looked at: nothing can be said of what is not among them.
    Part,
}

/// A report of findings after severities, waivers and baseline are applied, in this order.
///
/// A waived finding does not use up its place in the baseline. Where no fleet
/// came of the files there is no policy either, and every finding counts.
pub(crate) fn apply_policy(
    fleet: Option<&ResolvedFleet>,
    as_of: Option<&Date>,
    extent: Extent,
    mut diagnostics: Vec<Diagnostic>,
) -> Report {
    let Some(fleet) = fleet else {
        return Report::new(diagnostics);
    };
    let sources = &fleet.loaded.sources;
    let policy = &fleet.spec.policy;
    let mut used = waive(&policy.waivers, as_of, &mut diagnostics);
    if extent == Extent::Part {
        // What it covers may be where nobody looked.
        used.fill(true);
    }
    let mut found = Diagnostics::default();
    for rule in RULES {
        let view = PolicyContext {
            rule,
            fleet,
            as_of,
            used: &used,
        };
        if let Check::Policy(check) = rule.check {
            check(&view, &mut found);
        }
    }
    let baseline = fleet
        .loaded
        .baseline
        .as_ref()
        .map(|node| Baseline::read(node, &mut found));
    let resolve = |found: Diagnostics| {
        found
            .into_vec()
            .into_iter()
            .map(|finding| finding.resolve(sources, Root::Fleet))
    };
    diagnostics.extend(resolve(found));
    for diagnostic in &mut diagnostics {
        if let Some(severity) = policy.severities.get(diagnostic.code.as_str()) {
            diagnostic.severity = match severity {
                PolicySeverity::Error => crate::diagnostic::Severity::Error,
                PolicySeverity::Warning => crate::diagnostic::Severity::Warning,
                PolicySeverity::Info => crate::diagnostic::Severity::Info,
            };
        }
    }
    // Sorted and free of repetitions, so that counts mean the same in every run.
    let mut diagnostics: Vec<Diagnostic> = Report::new(diagnostics).into_iter().collect();
    if let Some(baseline) = baseline.flatten() {
        let mut found = Diagnostics::default();
        baseline.apply(extent, &mut diagnostics, &mut found);
        diagnostics.extend(resolve(found));
    }
    Report::new(diagnostics)
}

/// Marks what waivers cover, and says of each whether it covered anything.
fn waive(waivers: &[Waiver], as_of: Option<&Date>, diagnostics: &mut [Diagnostic]) -> Vec<bool> {
    waivers
        .iter()
        .map(|waiver| {
            let mut used = false;
            let holds = !is_expired(waiver, as_of);
            let object: Option<ModelPath> = waiver.object.parse().ok();
            for diagnostic in diagnostics.iter_mut() {
                if diagnostic.code.as_str() == waiver.code
                    && is_about(diagnostic, &waiver.object, object.as_ref())
                {
                    used = true;
                    if holds {
                        diagnostic.status = Status::Waived;
                    }
                }
            }
            used
        })
        .collect()
}

/// Whether a waiver's last day is past. Without a date it is not.
pub(crate) fn is_expired(waiver: &Waiver, as_of: Option<&Date>) -> bool {
    as_of.is_some_and(|day| *day > waiver.expires)
}

/// Whether a finding concerns an object or something below it.
fn is_about(diagnostic: &Diagnostic, text: &str, object: Option<&ModelPath>) -> bool {
    if diagnostic.object.as_deref() == Some(text) {
        return true;
    }
    let Some(object) = object else {
        return false;
    };
    [&diagnostic.object, &diagnostic.path]
        .into_iter()
        .flatten()
        .filter_map(|path| path.parse::<ModelPath>().ok())
        .any(|path| path.is_below(object))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::{Code, Severity};

    fn diagnostic(path: &str) -> Diagnostic {
        let finding = Finding::new(Code::new("cidr-overlap"), Severity::Error, "x").path(path);
        finding.resolve(&crate::span::Sources::default(), Root::Fleet)
    }

    #[test]
    fn a_waiver_covers_its_object_and_what_is_below_it() {
        let about = |path: &str, object: &str| {
            is_about(&diagnostic(path), object, object.parse().ok().as_ref())
        };
        assert!(about("clusters.a.network.cidr", "clusters.a"));
        assert!(about("clusters.a", "clusters.a"));
        assert!(!about("clusters.ab.network.cidr", "clusters.a"));
        assert!(!about("clusters", "clusters.a"));
    }
}

//! Rules about the fleet's policy: waivers and severities that say something.

use super::codes::codes;
use super::context::{FleetContext, is_rendered, place_of};
use super::horizon::{YEARS, horizon};
use super::policy::{PolicyContext, is_expired};
use crate::diagnostic::{Diagnostics, Finding};
use crate::model::cluster::Platform;
use crate::value::suggestion::closest;

/// A waiver holds only until its last day.
pub(crate) fn waiver_expired(context: &PolicyContext<'_>, found: &mut Diagnostics) {
    for (at, waiver) in waivers(context) {
        if is_expired(waiver, context.as_of) {
            found.push(
                context
                    .waiver_finding(
                        at,
                        format!(
                            "the waiver of `{}` for `{}` expired on {}",
                            waiver.code, waiver.object, waiver.expires
                        ),
                    )
                    .help(format!(
                        "mend what it covers, or ask `{}` to decide anew and set a later day",
                        waiver.owner
                    )),
            );
        }
    }
}

/// A waiver has a last day that comes.
pub(crate) fn waiver_endless(context: &PolicyContext<'_>, found: &mut Diagnostics) {
    let Some(latest) = context.as_of.and_then(horizon) else {
        return;
    };
    for (at, waiver) in waivers(context) {
        if waiver.expires.as_str() > latest.as_str() {
            found.push(
                context
                    .waiver_finding(
                        at,
                        format!(
                            "the waiver of `{}` for `{}` holds until {}, which must be {YEARS} years off at most",
                            waiver.code, waiver.object, waiver.expires
                        ),
                    )
                    .help(format!(
                        "name the day on which `{}` looks at it again, {latest} at the latest",
                        waiver.owner
                    )),
            );
        }
    }
}

/// A waiver covers something.
pub(crate) fn waiver_unused(context: &PolicyContext<'_>, found: &mut Diagnostics) {
    for (at, waiver) in waivers(context) {
        let used = context.used.get(at).copied().unwrap_or(false);
        if !used && is_code(&waiver.code) && !is_expired(waiver, context.as_of) {
            found.push(
                context
                    .waiver_finding(at, format!("the waiver of `{}` for `{}` covers nothing", waiver.code, waiver.object))
                    .help("remove it, or correct its `object`: the path of an object such as `clusters.demo`"),
            );
        }
    }
}

/// A waiver names a code that there is.
pub(crate) fn waiver_code_unknown(context: &PolicyContext<'_>, found: &mut Diagnostics) {
    for (at, waiver) in waivers(context) {
        if !is_code(&waiver.code) {
            let finding =
                context.waiver_finding(at, format!("there is no finding `{}`", waiver.code));
            found.push(suggest(finding, &waiver.code));
        }
    }
}

/// Without a day nothing can be said of expiry.
pub(crate) fn date_rules_skipped(context: &PolicyContext<'_>, found: &mut Diagnostics) {
    let count = context.fleet.spec.policy.waivers.len();
    if context.as_of.is_none() && count > 0 {
        found.push(
            context
                .waiver_finding(
                    0,
                    format!(
                        "no date was given: the expiry of {count} waiver{} was not looked at",
                        if count == 1 { "" } else { "s" }
                    ),
                )
                .help("give the day: `--as-of 2027-03-31`, or `Context::as_of`"),
        );
    }
    let count = super::allow_lists::count(context.fleet);
    if context.as_of.is_none() && count > 0 {
        let message = format!(
            "no date was given: the expiry of {count} network{} of allow-lists was not looked at",
            if count == 1 { "" } else { "s" }
        );
        found.push(
            Finding::new(context.rule.code, context.rule.severity.of(None), message)
                .help("give the day: `--as-of 2027-03-31`, or `Context::as_of`")
                .label(place_of(context.fleet, "hub"), "the hub")
                .object("fleet"),
        );
    }
    let mut clusters = context.fleet.clusters.iter().filter(|(_, cluster)| {
        let spec = &cluster.spec;
        let is_dated = spec.version.is_some() && spec.platform == Platform::Eks;
        is_dated && is_rendered(spec.management.terraform)
    });
    if context.as_of.is_none()
        && let Some((name, _)) = clusters.next()
    {
        let count = clusters.count().saturating_add(1);
        let path = format!("clusters.{name}.version");
        let message = format!(
            "no date was given: whether versions of {count} cluster{} still get fixes was not looked at",
            if count == 1 { "" } else { "s" }
        );
        found.push(
            Finding::new(context.rule.code, context.rule.severity.of(None), message)
                .help("give the day: `--as-of 2027-03-31`, or `Context::as_of`")
                .label(place_of(context.fleet, &path), "the first of them")
                .object("fleet"),
        );
    }
}

/// A severity is set of a code that there is.
pub(crate) fn severity_code_unknown(context: &FleetContext<'_>, found: &mut Diagnostics) {
    for code in context.fleet.spec.policy.severities.keys() {
        if !is_code(code) {
            let path = ["policy", "severities", code.as_str()];
            let finding = context
                .finding(&path, format!("there is no finding `{code}`"))
                .label(context.place(&path), "has no effect");
            found.push(suggest(finding, code));
        }
    }
}

fn waivers<'a>(
    context: &PolicyContext<'a>,
) -> impl Iterator<Item = (usize, &'a crate::model::policy::Waiver)> {
    context.fleet.spec.policy.waivers.iter().enumerate()
}

fn is_code(code: &str) -> bool {
    codes().iter().any(|known| known.code.as_str() == code)
}

fn suggest(finding: Finding, code: &str) -> Finding {
    match closest(code, codes().iter().map(|known| known.code.as_str())) {
        Some(meant) => finding.help(format!("did you mean `{meant}`?")),
        None => finding.help("`docs/rules/README.md` lists the codes there are"),
    }
}

//! Rules about ApplicationSets: what they make, what they may take away, and what only a cluster can tell.

use std::collections::BTreeMap;

use super::context::GitopsContext;
use crate::diagnostic::{Diagnostics, Finding};
use crate::gitops::{Application, ApplicationSet, Stop};
use crate::span::Span;

/// Reports what kept a set from making all its Applications.
fn stops(
    context: &GitopsContext<'_>,
    found: &mut Diagnostics,
    said: fn(&Stop) -> Option<String>,
    finish: fn(Finding) -> Finding,
) {
    for (set, expansion) in context.repository.sets() {
        for (stop, span) in &expansion.stops {
            let Some(message) = said(stop) else { continue };
            let finding = context
                .finding(object(set), message)
                .path("spec.generators")
                .label(span.unwrap_or(set.start()), "this one");
            found.push(finish(finding));
        }
    }
}

/// How findings name a set.
fn object(set: &ApplicationSet) -> String {
    set.named().to_owned()
}

/// What the files do not decide is said, and not guessed.
pub(super) fn applicationset_undecidable(context: &GitopsContext<'_>, found: &mut Diagnostics) {
    stops(
        context,
        found,
        |stop| match stop {
            Stop::Undecidable(why) => Some(format!(
                "which Applications there will be cannot be told from the files: {why}"
            )),
            Stop::Refused(_) | Stop::TooMany => None,
        },
        |finding| {
            finding
                .help("write the elements as a `list`: what is reviewed is then what there will be")
        },
    );
}

/// Argo CD makes Applications of it.
pub(super) fn applicationset_invalid(context: &GitopsContext<'_>, found: &mut Diagnostics) {
    stops(
        context,
        found,
        |stop| match stop {
            Stop::Refused(why) => Some(format!("Argo CD makes no Application of this: {why}")),
            Stop::Undecidable(_) | Stop::TooMany => None,
        },
        |finding| {
            finding.help(
                "while one generator fails, Argo CD changes none of the Applications of the set",
            )
        },
    );
}

/// A set makes as many Applications as a person can look at.
pub(super) fn applicationset_too_large(context: &GitopsContext<'_>, found: &mut Diagnostics) {
    stops(
        context,
        found,
        |stop| {
            (*stop == Stop::TooMany)
                .then(|| "it makes more than 10,000 Applications, and is not checked".to_owned())
        },
        |finding| finding.help("split it, or let its generators select less"),
    );
}

/// What goes by itself leaves what runs.
pub(super) fn applicationset_deletes(context: &GitopsContext<'_>, found: &mut Diagnostics) {
    for (set, _) in context.repository.sets() {
        if set.preserves() || !set.deletes() {
            continue;
        }
        for (kind, span) in set.moving() {
            found.push(
                context
                    .finding(object(set), format!("when an element of the generator `{kind}` goes, its Application goes with everything that it made"))
                    .path("spec.syncPolicy")
                    .help("set `preserveResourcesOnDeletion: true` and `applicationsSync: create-update`, or write the elements as a `list`")
                    .label(span.unwrap_or(set.start()), "elements come and go without a change of this file"),
            );
        }
    }
}

/// A parameter that is not there is an error.
pub(super) fn applicationset_keys_optional(context: &GitopsContext<'_>, found: &mut Diagnostics) {
    for (set, _) in context.repository.sets() {
        if set.refuses_missing() {
            continue;
        }
        found.push(
            context
                .finding(object(set), "a parameter that is not there is printed as it stands, into names, paths and destinations")
                .path("spec.goTemplateOptions")
                .help("set `goTemplate: true` and `goTemplateOptions: [missingkey=error]`")
                .label(set.start(), "in the template of this one"),
        );
    }
}

/// Each element of a set makes an Application of its own.
pub(super) fn applicationset_name_twice(context: &GitopsContext<'_>, found: &mut Diagnostics) {
    let mut first: BTreeMap<(&str, &str, &str), &Application> = BTreeMap::new();
    for (_, application) in context.repository.applications() {
        let (Some(set), Some(name)) = (application.set.as_deref(), application.name.as_deref())
        else {
            continue;
        };
        let key = (application.path.as_str(), set, name);
        let Some(other) = first.get(&key) else {
            first.insert(key, application);
            continue;
        };
        found.push(
            context
                .finding(set, format!("two elements make an Application named `{name}`: Argo CD then changes none of the set"))
                .path("spec.template.metadata.name")
                .help("let the name say what tells the elements apart")
                .label(cause(application), "and this one")
                .label(cause(other), "this one"),
        );
    }
}

/// What an Application is made of, else its file.
fn cause(application: &Application) -> Span {
    let first = application.causes.first().copied();
    first.unwrap_or(Span::file_start(application.file))
}

//! Rules about data: identifiers, dictionary, content files.

use std::collections::{BTreeMap, BTreeSet};

use super::context::FleetContext;
use crate::diagnostic::Diagnostics;
use crate::model::name::ContentPath;

/// The services that read the data dictionary.
const DICTIONARY_READERS: [&str; 2] = ["peregrine", "sheepdog"];

/// Two commons do not mint the same identifiers.
pub(crate) fn indexd_prefix_shared(context: &FleetContext<'_>, found: &mut Diagnostics) {
    let mut first = BTreeMap::new();
    let mut reported = BTreeSet::new();
    for (at, environment) in context.linked().filter(|(_, linked)| linked.runs("indexd")) {
        let Some(indexd) = &environment.spec.indexd else {
            continue;
        };
        let prefix = indexd.prefix.trim_end_matches('/');
        let other = *first.entry(prefix).or_insert(at);
        if other.commons == at.commons || !reported.insert((prefix, &at.commons)) {
            continue;
        }
        let field = ["indexd", "prefix"];
        found.push(
            context
                .environment_finding(
                    at,
                    &field,
                    format!("the commons `{}` and `{}` mint identifiers with the same prefix `{prefix}`", other.commons, at.commons),
                )
                .help("give each commons a prefix of its own before it mints the first identifier: they are for good")
                .label(context.environment_place(at, &field), format!("of `{}`", at.commons))
                .label(context.environment_place(other, &field), format!("and of `{}`", other.commons)),
        );
    }
}

/// An index has a prefix for what it mints.
pub(crate) fn indexd_prefix_missing(context: &FleetContext<'_>, found: &mut Diagnostics) {
    for (at, environment) in context.linked() {
        if environment.runs("indexd") && environment.spec.indexd.is_none() {
            let field = ["indexd", "prefix"];
            found.push(
                context
                    .environment_finding(at, &field, "the index has no prefix for new identifiers")
                    .help("add indexd: { prefix: dg.XXXX } to the commons; register it with dataguids.org: identifiers are for good")
                    .label(context.environment_place(at, &field), "`indexd` runs in this environment"),
            );
        }
    }
}

/// What reads the dictionary has one.
pub(crate) fn dictionary_missing(context: &FleetContext<'_>, found: &mut Diagnostics) {
    for (at, environment) in context.linked() {
        let reader = DICTIONARY_READERS
            .iter()
            .find(|name| environment.runs(name));
        if let (Some(reader), None) = (reader, &environment.spec.dictionary) {
            let field = ["dictionary"];
            found.push(
                context
                    .environment_finding(
                        at,
                        &field,
                        format!("there is no data dictionary, and `{reader}` runs"),
                    )
                    .help("add dictionary: https://…/schema.json to the commons")
                    .label(context.environment_place(at, &field), "of this environment"),
            );
        }
    }
}

/// Content that is there is named by some environment.
pub(crate) fn content_unreferenced(context: &FleetContext<'_>, found: &mut Diagnostics) {
    let named: BTreeSet<&str> = context
        .environments()
        .flat_map(|(_, environment)| environment.spec.content.values())
        .chain(
            context
                .fleet
                .clusters
                .values()
                .flat_map(|cluster| cluster.spec.content.values()),
        )
        .map(ContentPath::as_str)
        .collect();
    for (path, file) in &context.fleet.loaded.content {
        let name = path.file_name().unwrap_or_default();
        if named.contains(path.as_str()) || name.starts_with("README") || name.starts_with('.') {
            continue;
        }
        let place = file.file.map(crate::span::Span::file_start);
        found.push(
            context
                .finding(
                    &["content", path.as_str()],
                    format!("no environment uses `content/{path}`"),
                )
                .help("name it in some environment's `content`, or remove it")
                .label(place, "this file"),
        );
    }
}

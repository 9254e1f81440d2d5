//! Differences of one cause come together: a release that moves twenty images is one change.

mod group;
mod join;

use std::collections::{BTreeMap, BTreeSet};

use super::change::Change;
use super::kind::ChangeKind;
use super::raw::{Raw, Witness};
use group::{Group, group};
use join::{join, join_all, releases, same_values};

/// The changes that differences amount to.
pub(super) fn changes(raws: Vec<Raw>) -> Vec<Change> {
    let groups = group(raws);
    let mut objects: BTreeMap<String, Vec<Group>> = BTreeMap::new();
    for group in groups {
        objects.entry(group.object.clone()).or_default().push(group);
    }
    let mut groups: Vec<Group> = objects.into_values().flat_map(object).collect();
    together(&mut groups);
    across(&mut groups);
    groups.into_iter().map(Group::finish).collect()
}

/// What one object causes in documents of others: the chart of the fleet in all Applications, a host name in a web ACL.
fn across(groups: &mut Vec<Group>) {
    let is_shared = |group: &Group| !group.object.starts_with("commons.");
    let causes = |group: &Group| match group.kind {
        ChangeKind::Host | ChangeKind::Name => true,
        ChangeKind::Chart | ChangeKind::Image | ChangeKind::Placement => {
            is_shared(group) && group.witness == Witness::Model
        }
        _ => false,
    };
    join(groups, causes, |cause, group| {
        cause.object != group.object
            && (is_shared(cause) != is_shared(group))
            && cause.explains(group)
    });
    // The addresses that a web ACL lets in are those of an environment's list.
    let admits = |cause: &Group, group: &Group| {
        let label = cause
            .object
            .strip_prefix("commons.")
            .map(|rest| rest.replace(".environments.", "_").replace('-', "_"));
        group.kind == ChangeKind::AllowList
            && group.object.starts_with("clusters.")
            && label.is_some_and(|label| group.subject.contains(&format!(".{label}_v")))
    };
    join(
        groups,
        |cause| cause.kind == ChangeKind::AllowList && cause.witness == Witness::Model,
        admits,
    );
}

/// Resources of one root and type that a cause replaces are one change, so that it is seen among others.
fn together(groups: &mut Vec<Group>) {
    let mut causes: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for (at, group) in groups.iter().enumerate() {
        if matches!(
            group.kind,
            ChangeKind::Name | ChangeKind::Host | ChangeKind::Placement
        ) {
            causes.entry(group.object.clone()).or_default().push(at);
        }
    }
    let mut by: BTreeMap<(String, ChangeKind, String, usize), Vec<usize>> = BTreeMap::new();
    for (at, group) in groups.iter().enumerate() {
        let root = match group.kind {
            ChangeKind::Resource => group.subject.split_once(": ").and_then(|(root, address)| {
                Some(format!("{root}: {}", address.split_once('.')?.0))
            }),
            ChangeKind::DataBucket => Some(String::new()),
            _ => None,
        };
        let cause = causes
            .get(&group.object)
            .into_iter()
            .flatten()
            .find(|cause| groups[**cause].explains(group));
        if let (true, Some(root), Some(cause)) = (group.stands_alone, root, cause) {
            by.entry((group.object.clone(), group.kind, root, *cause))
                .or_default()
                .push(at);
        }
    }
    let mut taken: BTreeMap<usize, usize> = BTreeMap::new();
    // A bucket that Terraform makes is told with its resource.
    let buckets: Vec<usize> = by
        .iter()
        .filter(|((_, kind, ..), _)| *kind == ChangeKind::DataBucket)
        .flat_map(|(_, members)| members.clone())
        .collect();
    for at in buckets {
        let values = groups[at].values.clone();
        let resource = groups.iter().position(|group| {
            group.kind == ChangeKind::Resource
                && group
                    .places
                    .iter()
                    .any(|place| Some((place.old.clone(), place.new.clone())) == values)
        });
        if let Some(resource) = resource {
            taken.insert(at, resource);
        }
    }
    for ((_, kind, root, _), members) in by {
        let members: Vec<usize> = members
            .into_iter()
            .filter(|at| !taken.contains_key(at))
            .collect();
        let Some((first, rest)) = members.split_first().filter(|(_, rest)| !rest.is_empty()) else {
            continue;
        };
        for at in rest {
            taken.insert(*at, *first);
        }
        groups[*first].subject = match kind {
            ChangeKind::Resource => root.replacen(": ", &format!(": {} ", members.len()), 1),
            _ => format!("({})", members.len()),
        };
        groups[*first].values = None;
    }
    let target = |mut at: usize| {
        while let Some(next) = taken.get(&at) {
            at = *next;
        }
        at
    };
    let mut kept: Vec<Option<Group>> = std::mem::take(groups).into_iter().map(Some).collect();
    for at in taken.keys() {
        if let Some(group) = kept[*at].take()
            && let Some(cause) = &mut kept[target(*at)]
        {
            cause.places.extend(group.places);
            cause.consequences.extend(group.consequences);
            cause.verdict = cause.verdict.take().max(group.verdict);
        }
    }
    groups.extend(kept.into_iter().flatten());
}

/// What is said of one object, so that each cause stands once.
fn object(mut groups: Vec<Group>) -> Vec<Group> {
    groups.sort_by(|one, other| one.key().cmp(&other.key()));
    seen(&mut groups);
    same_values(&mut groups);
    releases(&mut groups);
    let by_inputs = |cause: &Group, group: &Group| {
        cause.witness == Witness::Model
            && cause.places.iter().any(|place| {
                group
                    .inputs
                    .iter()
                    .any(|input| is_within(&place.at, input) || is_within(input, &place.at))
            })
    };
    join(
        &mut groups,
        |cause| cause.witness == Witness::Model,
        by_inputs,
    );
    let by_service = |cause: &Group, group: &Group| {
        let root = format!("#/{}/", cause.subject);
        let field = format!(".services.{}.", cause.subject);
        cause.kind == ChangeKind::Service
            && cause.direction().is_some()
            && group.kind != ChangeKind::Service
            && group.places.iter().all(|place| {
                (place.at.contains(&root) || place.at.contains(&field))
                    && (place.old.is_none() || place.new.is_none())
            })
            && group.direction() == cause.direction()
    };
    let belongs = |group: &Group| !group.stands_alone && group.kind != ChangeKind::Service;
    join_all(
        &mut groups,
        belongs,
        |cause| cause.kind == ChangeKind::Service,
        by_service,
    );
    let by_lifecycle = |_: &Group, group: &Group| {
        group.kind == ChangeKind::Application
            && group
                .places
                .iter()
                .all(|place| place.at.contains("/finalizers"))
    };
    join(
        &mut groups,
        |cause| cause.kind == ChangeKind::Lifecycle,
        by_lifecycle,
    );
    let carries = |cause: &Group| {
        matches!(
            cause.kind,
            ChangeKind::Release
                | ChangeKind::Host
                | ChangeKind::Name
                | ChangeKind::Image
                | ChangeKind::Placement
                | ChangeKind::Input
                | ChangeKind::Dictionary
                | ChangeKind::Certificate
        )
    };
    join(&mut groups, carries, Group::explains);
    // What is left out of the values is told where they are different.
    let is_document = |group: &Group| group.places.iter().any(|place| place.at.contains('#'));
    if groups.iter().any(is_document) {
        let is_omit = |group: &Group| {
            (group.kind, &*group.subject) == (ChangeKind::Value, "omit") && group.joined.is_empty()
        };
        groups.retain(|group| !is_omit(group));
    }
    groups
}

/// Marks what documents are made otherwise for.
fn seen(groups: &mut [Group]) {
    let inputs: BTreeSet<String> = groups
        .iter()
        .flat_map(|group| group.inputs.iter().cloned())
        .collect();
    for group in groups.iter_mut() {
        group.is_seen = group.places.iter().any(|place| {
            let meets = |input: &String| is_within(&place.at, input) || is_within(input, &place.at);
            inputs.iter().any(meets)
        });
    }
}

/// Whether a model path is another or lies below it.
fn is_within(path: &str, other: &str) -> bool {
    path.strip_prefix(other)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
}

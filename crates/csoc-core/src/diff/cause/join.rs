//! Groups that join the one that caused them.

use super::super::change::Action;
use super::super::kind::ChangeKind;
use super::group::Group;
use crate::model::version::ReleaseTag;

/// Lets groups join the first cause that a test finds for them.
pub(super) fn join(
    groups: &mut Vec<Group>,
    is_cause: impl Fn(&Group) -> bool,
    is_of: impl Fn(&Group, &Group) -> bool,
) {
    join_all(groups, Group::joins, is_cause, is_of);
}

/// The same for groups of another choice.
pub(super) fn join_all(
    groups: &mut Vec<Group>,
    joins: impl Fn(&Group) -> bool,
    is_cause: impl Fn(&Group) -> bool,
    is_of: impl Fn(&Group, &Group) -> bool,
) {
    let causes: Vec<usize> = (0..groups.len())
        .filter(|at| is_cause(&groups[*at]))
        .collect();
    let mut into: Vec<Option<usize>> = vec![None; groups.len()];
    for (at, group) in groups.iter().enumerate() {
        if !joins(group) {
            continue;
        }
        into[at] = causes.iter().copied().find(|other| {
            *other != at && groups[*other].rank() < group.rank() && is_of(&groups[*other], group)
        });
    }
    // A cause that joins another takes along what joined it.
    let target = |mut at: usize| {
        while let Some(next) = into[at] {
            at = next;
        }
        at
    };
    let targets: Vec<usize> = (0..groups.len()).map(target).collect();
    let mut kept: Vec<Option<Group>> = std::mem::take(groups).into_iter().map(Some).collect();
    for at in 0..kept.len() {
        if targets[at] != at
            && let Some(group) = kept[at].take()
            && let Some(cause) = &mut kept[targets[at]]
        {
            cause.take(group);
        }
    }
    groups.extend(kept.into_iter().flatten());
}

/// The same values of names, secrets and roles are the same change, whatever they are called where.
pub(super) fn same_values(groups: &mut Vec<Group>) {
    let merges = |group: &Group| {
        matches!(
            group.kind,
            ChangeKind::Secret
                | ChangeKind::Role
                | ChangeKind::Replicas
                | ChangeKind::Name
                | ChangeKind::Chart
                | ChangeKind::Image
                | ChangeKind::Placement
                | ChangeKind::Database
        ) && group
            .values
            .as_ref()
            .is_some_and(|(old, new)| old.is_some() && new.is_some())
            && !group.stands_alone
    };
    let mut kept: Vec<Group> = Vec::new();
    for group in std::mem::take(groups) {
        let same = |known: &Group| {
            merges(known)
                && known.kind == group.kind
                && known.values == group.values
                && known.kind != ChangeKind::Placement
                && (known.kind != ChangeKind::Replicas || known.aspect() == group.aspect())
        };
        if merges(&group)
            && let Some(known) = kept.iter_mut().find(|known| same(known))
        {
            known.places.extend(group.places);
            known.inputs.extend(group.inputs);
            if group.kind == ChangeKind::Replicas {
                let aspect = known
                    .aspect()
                    .map(|aspect| format!(" {aspect}"))
                    .unwrap_or_default();
                let name =
                    |subject: &str| subject.strip_suffix(&*aspect).unwrap_or(subject).to_owned();
                known.subject =
                    format!("{}, {}{aspect}", name(&known.subject), name(&group.subject));
            } else if group.kind == ChangeKind::Image {
                known.subject = format!("{}, {}", known.subject, group.subject);
            } else if (group.subject.len(), &group.subject) < (known.subject.len(), &known.subject)
            {
                known.subject = group.subject;
            }
            known.verdict = known.verdict.take().max(group.verdict);
            known.witness = known.witness.max(group.witness);
        } else {
            kept.push(group);
        }
    }
    *groups = kept;
}

/// Where nobody names the release, the tags that most images move between are it.
pub(super) fn releases(groups: &mut [Group]) {
    if groups.iter().any(|group| group.kind == ChangeKind::Release) {
        return;
    }
    let is_release = |text: &Option<String>| {
        text.as_ref()
            .is_some_and(|text| text.parse::<ReleaseTag>().is_ok())
    };
    let best = groups
        .iter_mut()
        .filter(|group| group.kind == ChangeKind::Image && group.places.len() > 1)
        .filter(|group| {
            group
                .values
                .as_ref()
                .is_some_and(|(old, new)| is_release(old) && is_release(new))
        })
        .max_by(|one, other| {
            one.places
                .len()
                .cmp(&other.places.len())
                .then_with(|| other.key().cmp(&one.key()))
        });
    if let Some(group) = best {
        *group.joined.entry(ChangeKind::Image).or_default() += group.places.len();
        group.kind = ChangeKind::Release;
        group.subject = String::new();
        group.action = Action::Changed;
    }
}

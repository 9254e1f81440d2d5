//! Differences of one cause come together: a release that moves twenty images is one change.

use std::collections::{BTreeMap, BTreeSet};

use super::change::{Action, Change, ChangedPlace};
use super::danger::Danger;
use super::judge::{Case, judge};
use super::kind::{ChangeKind, Shape};
use super::raw::{Raw, Witness};
use crate::model::version::ReleaseTag;

/// A text shorter than this is found in others by chance.
const TELLING: usize = 4;

/// A change that grows while those of its cause join it.
#[derive(Debug)]
struct Group {
    object: String,
    kind: ChangeKind,
    subject: String,
    action: Action,
    places: BTreeSet<ChangedPlace>,
    witness: Witness,
    inputs: BTreeSet<String>,
    verdict: Option<(Danger, String)>,
    stands_alone: bool,
    consequences: BTreeSet<String>,
    /// How many changes of each kind joined it.
    joined: BTreeMap<ChangeKind, usize>,
    /// What those would have cost.
    more: Option<(Danger, String)>,
    /// The values of it, before others joined.
    values: Option<(Option<String>, Option<String>)>,
}

/// The changes that differences amount to.
pub(super) fn changes(raws: Vec<Raw>) -> Vec<Change> {
    let groups = group(raws);
    let mut objects: BTreeMap<String, Vec<Group>> = BTreeMap::new();
    for group in groups {
        objects.entry(group.object.clone()).or_default().push(group);
    }
    let mut groups: Vec<Group> = objects.into_values().flat_map(object).collect();
    across(&mut groups);
    together(&mut groups);
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
    let causes: Vec<(String, usize)> = groups
        .iter()
        .enumerate()
        .filter(|(_, group)| matches!(group.kind, ChangeKind::Name | ChangeKind::Host))
        .map(|(at, group)| (group.object.clone(), at))
        .collect();
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
            .iter()
            .find(|(object, cause)| *object == group.object && groups[*cause].explains(group));
        if let (true, Some(root), Some((_, cause))) = (group.stands_alone, root, cause) {
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
    join(&mut groups, carries, |cause, group| cause.explains(group));
    groups
}

/// Lets groups join the first cause that a test finds for them.
fn join(
    groups: &mut Vec<Group>,
    is_cause: impl Fn(&Group) -> bool,
    is_of: impl Fn(&Group, &Group) -> bool,
) {
    join_all(groups, Group::joins, is_cause, is_of);
}

/// The same for groups of another choice.
fn join_all(
    groups: &mut Vec<Group>,
    joins: impl Fn(&Group) -> bool,
    is_cause: impl Fn(&Group) -> bool,
    is_of: impl Fn(&Group, &Group) -> bool,
) {
    let mut into: Vec<Option<usize>> = vec![None; groups.len()];
    for (at, group) in groups.iter().enumerate() {
        if !joins(group) {
            continue;
        }
        into[at] = groups.iter().enumerate().position(|(other, cause)| {
            other != at && is_cause(cause) && cause.rank() < group.rank() && is_of(cause, group)
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
fn same_values(groups: &mut Vec<Group>) {
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
fn releases(groups: &mut [Group]) {
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

fn group(raws: Vec<Raw>) -> Vec<Group> {
    let mut subjects: BTreeMap<(String, ChangeKind, String), Vec<Raw>> = BTreeMap::new();
    for raw in raws {
        subjects
            .entry((raw.object.clone(), raw.kind, raw.subject.clone()))
            .or_default()
            .push(raw);
    }
    let mut groups = Vec::new();
    for raws in subjects.into_values() {
        let pair = |raw: &Raw| (raw.place.old.clone(), raw.place.new.clone());
        let shown: BTreeSet<_> = raws
            .iter()
            .filter(|raw| raw.witness == Witness::Document)
            .map(pair)
            .collect();
        let is_whole = raws.iter().any(|raw| raw.kind.shape() == Shape::Whole);
        let mut parts: BTreeMap<Option<(Option<String>, Option<String>)>, Vec<Raw>> =
            BTreeMap::new();
        for raw in raws {
            let key = match (is_whole, shown.len()) {
                (true, _) => None,
                // What the documents show is what happens; the model only says why.
                (false, 1) => shown.first().cloned(),
                (false, _) => Some(pair(&raw)),
            };
            parts.entry(key).or_default().push(raw);
        }
        groups.extend(
            parts
                .into_iter()
                .filter_map(|(values, raws)| Group::new(values, raws)),
        );
    }
    groups
}

impl Group {
    fn new(values: Option<(Option<String>, Option<String>)>, raws: Vec<Raw>) -> Option<Self> {
        let first = raws.first()?;
        let single: BTreeSet<_> = raws
            .iter()
            .map(|raw| (raw.place.old.clone(), raw.place.new.clone()))
            .collect();
        let values = values.or_else(|| {
            if single.len() == 1 {
                single.first().cloned()
            } else {
                None
            }
        });
        let actions: BTreeSet<Action> = raws.iter().map(|raw| raw.action).collect();
        let action = match (&values, actions.first()) {
            (Some((None, Some(_))), _) => Action::Added,
            (Some((Some(_), None)), _) => Action::Removed,
            (Some((Some(_), Some(_))), _) => Action::Changed,
            (_, Some(only)) if actions.len() == 1 => *only,
            _ => Action::Changed,
        };
        // A part of a thing that is on both sides is a change of it.
        let action = match first.kind.shape() {
            Shape::Whole if first.action == Action::Changed => Action::Changed,
            _ => action,
        };
        Some(Self {
            object: first.object.clone(),
            kind: first.kind,
            subject: first.subject.clone(),
            action,
            witness: raws.iter().map(|raw| raw.witness).max()?,
            stands_alone: raws.iter().any(|raw| raw.stands_alone),
            verdict: raws
                .iter()
                .filter_map(|raw| raw.verdict.clone())
                .max_by(|one, other| one.0.cmp(&other.0).then_with(|| other.1.cmp(&one.1))),
            inputs: raws
                .iter()
                .flat_map(|raw| raw.inputs.iter().cloned())
                .collect(),
            consequences: raws
                .iter()
                .flat_map(|raw| raw.consequences.iter().cloned())
                .collect(),
            places: raws.into_iter().map(|raw| raw.place).collect(),
            joined: BTreeMap::new(),
            more: None,
            values,
        })
    }

    fn key(&self) -> impl Ord + '_ {
        (
            self.rank(),
            self.kind,
            &self.subject,
            self.places.first().map(|place| &place.at),
        )
    }

    /// Which number of a service it is: `minReplicas`; none for its copies.
    fn aspect(&self) -> Option<String> {
        let (_, aspect) = self.subject.rsplit_once(' ')?;
        aspect.contains("eplicas").then(|| aspect.to_owned())
    }

    /// Causes come before what they cause. The same on both ways.
    fn rank(&self) -> (u8, bool) {
        let rank = match self.kind {
            ChangeKind::Release => 0,
            ChangeKind::Name => 1,
            ChangeKind::Host => 2,
            ChangeKind::Placement
            | ChangeKind::Dictionary
            | ChangeKind::Certificate
            | ChangeKind::Service => 3,
            ChangeKind::Input => 5,
            _ if self.witness == Witness::Model => 4,
            ChangeKind::Image => 6,
            _ => 7,
        };
        (rank, self.witness == Witness::Document)
    }

    /// Whether it may join its cause, and is then no change of its own.
    fn joins(&self) -> bool {
        !self.stands_alone
            && self.witness == Witness::Document
            && !matches!(
                self.kind,
                ChangeKind::Service | ChangeKind::Host | ChangeKind::Database | ChangeKind::State
            )
    }

    /// Whether it comes (`true`) or goes.
    fn direction(&self) -> Option<bool> {
        match (&self.values, self.kind) {
            (Some((old, new)), ChangeKind::Service) => {
                let on = |text: &Option<String>| text.as_deref() == Some("on");
                (on(old) != on(new)).then(|| on(new))
            }
            _ => {
                let comes = self.places.iter().all(|place| place.old.is_none());
                let goes = self.places.iter().all(|place| place.new.is_none());
                (comes != goes).then_some(comes)
            }
        }
    }

    /// Whether each place of another is this one's old value replaced by its new one.
    fn explains(&self, other: &Self) -> bool {
        let Some((Some(old), Some(new))) = &self.values else {
            return false;
        };
        if old.len() < TELLING || new.len() < TELLING {
            return false;
        }
        !other.places.is_empty()
            && other
                .places
                .iter()
                .all(|place| match (&place.old, &place.new) {
                    (Some(before), Some(after)) => {
                        before.contains(old.as_str())
                            && same(&before.replace(old.as_str(), new), after)
                            && same(&after.replace(new.as_str(), old), before)
                    }
                    _ => false,
                })
    }

    fn take(&mut self, other: Self) {
        let (danger, reason) = other.verdict.clone().unwrap_or_else(|| judge(other.case()));
        let is_worse = self.more.as_ref().is_none_or(|(known, text)| {
            (danger, std::cmp::Reverse(&reason)) > (*known, std::cmp::Reverse(text))
        });
        if is_worse {
            self.more = Some((danger, reason));
        }
        if let Some((danger, reason)) = other.more
            && self.more.as_ref().is_none_or(|(known, _)| danger > *known)
        {
            self.more = Some((danger, reason));
        }
        *self.joined.entry(other.kind).or_default() += if other.kind == ChangeKind::Image {
            other.places.len()
        } else {
            1
        };
        for (kind, count) in other.joined {
            *self.joined.entry(kind).or_default() += count;
        }
        self.places.extend(other.places);
        self.consequences.extend(other.consequences);
    }

    fn case(&self) -> Case<'_> {
        let (old, new) = self
            .values
            .as_ref()
            .map_or((None, None), |(old, new)| (old.as_deref(), new.as_deref()));
        Case {
            kind: self.kind,
            subject: &self.subject,
            action: self.action,
            old,
            new,
        }
    }

    fn finish(self) -> Change {
        let (mut danger, mut reason) = self.verdict.clone().unwrap_or_else(|| judge(self.case()));
        let mut consequences: Vec<String> = self.consequences.iter().cloned().collect();
        if !self.joined.is_empty() {
            let counts: Vec<String> = self
                .joined
                .iter()
                .map(|(kind, count)| plural(*count, kind.title()))
                .collect();
            consequences.insert(0, format!("{} with it", counts.join(", ")));
        }
        // A service that stops takes its parts along; that they go is said already.
        if let Some((more, why)) = &self.more
            && *more > danger
            && self.kind != ChangeKind::Service
        {
            consequences.push(reason);
            danger = *more;
            reason = why.clone();
        }
        let (old, new) = self.values.unwrap_or_default();
        Change {
            object: self.object,
            kind: self.kind,
            subject: self.subject,
            action: self.action,
            old,
            new,
            danger,
            reason,
            consequences,
            places: self.places.into_iter().collect(),
        }
    }
}

/// Whether two texts are the same, or two lists but for their order.
fn same(one: &str, other: &str) -> bool {
    let items = |text: &str| -> Option<BTreeSet<String>> {
        Some(
            text.strip_prefix('[')?
                .strip_suffix(']')?
                .split(", ")
                .map(str::to_owned)
                .collect(),
        )
    };
    one == other || matches!((items(one), items(other)), (Some(one), Some(other)) if one == other)
}

/// Whether a model path is another or lies below it.
fn is_within(path: &str, other: &str) -> bool {
    path.strip_prefix(other)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
}

fn plural(number: usize, one: &str) -> String {
    match (number, one) {
        (1, _) => format!("1 {one}"),
        (_, "identity") => format!("{number} identities"),
        (_, one) if one.ends_with('s') => format!("{number} {one}"),
        (_, one) => format!("{number} {one}s"),
    }
}

//! A change that grows: all that is said of one subject, and what joins it.

use std::collections::{BTreeMap, BTreeSet};

use super::super::change::{Action, Change, ChangedPlace};
use super::super::danger::Danger;
use super::super::judge::{Case, judge};
use super::super::kind::{ChangeKind, Shape};
use super::super::raw::{Raw, Witness};
use super::super::words::plural;

/// Why what no document shows is no danger.
const UNSEEN: &str = "nothing that is rendered changes by it";

/// A text shorter than this is found in others by chance.
const TELLING: usize = 4;

/// A value before and after.
pub(super) type Values = (Option<String>, Option<String>);

/// A change that grows while those of its cause join it.
#[derive(Debug)]
pub(super) struct Group {
    pub(super) object: String,
    pub(super) kind: ChangeKind,
    pub(super) subject: String,
    pub(super) action: Action,
    pub(super) places: BTreeSet<ChangedPlace>,
    pub(super) witness: Witness,
    pub(super) inputs: BTreeSet<String>,
    pub(super) verdict: Option<(Danger, String)>,
    pub(super) stands_alone: bool,
    pub(super) consequences: BTreeSet<String>,
    /// How many changes of each kind joined it.
    pub(super) joined: BTreeMap<ChangeKind, usize>,
    /// What those would have cost.
    pub(super) more: Option<(Danger, String)>,
    /// The values of it, before others joined.
    pub(super) values: Option<Values>,
    /// The objects of those that joined it.
    pub(super) shows_in: BTreeSet<String>,
    /// Whether a document is made otherwise for it, also one that shows another change first.
    pub(super) is_seen: bool,
}

/// Differences by what they are about. Where documents show one pair of values, that is the change.
pub(super) fn group(raws: Vec<Raw>) -> Vec<Group> {
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
        let mut parts: BTreeMap<Option<Values>, Vec<Raw>> = BTreeMap::new();
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
    fn new(values: Option<Values>, raws: Vec<Raw>) -> Option<Self> {
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
            shows_in: BTreeSet::new(),
            more: None,
            values,
            is_seen: false,
        })
    }

    pub(super) fn key(&self) -> impl Ord + '_ {
        (
            self.rank(),
            self.kind,
            &self.subject,
            self.places.first().map(|place| &place.at),
        )
    }

    /// Which number of a service it is: `minReplicas`; none for its copies.
    pub(super) fn aspect(&self) -> Option<String> {
        let (_, aspect) = self.subject.rsplit_once(' ')?;
        aspect.contains("eplicas").then(|| aspect.to_owned())
    }

    /// Causes come before what they cause. The same on both ways.
    pub(super) fn rank(&self) -> (u8, bool) {
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
    pub(super) fn joins(&self) -> bool {
        !self.stands_alone
            && self.witness == Witness::Document
            && !matches!(
                self.kind,
                ChangeKind::Service | ChangeKind::Host | ChangeKind::Database | ChangeKind::State
            )
    }

    /// Whether it comes (`true`) or goes.
    pub(super) fn direction(&self) -> Option<bool> {
        if let (Some((old, new)), ChangeKind::Service) = (&self.values, self.kind) {
            let on = |text: &Option<String>| text.as_deref() == Some("on");
            return (on(old) != on(new)).then(|| on(new));
        }
        let comes = self.places.iter().all(|place| place.old.is_none());
        let goes = self.places.iter().all(|place| place.new.is_none());
        (comes != goes).then_some(comes)
    }

    /// Whether each place of another is this one's old value replaced by its new one.
    pub(super) fn explains(&self, other: &Self) -> bool {
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

    pub(super) fn take(&mut self, other: Self) {
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
        self.shows_in.insert(other.object);
        self.shows_in.extend(other.shows_in);
        self.places.extend(other.places);
        self.consequences.extend(other.consequences);
    }

    /// Whether an environment's model says it and no document shows it: a raw value, or the chart by itself, says the
    /// same on both sides.
    fn is_unseen(&self) -> bool {
        !self.is_seen
            && self.object.contains(".environments.")
            && self.kind.shows_in_values()
            // Documents tell where an image comes from together with its tag.
            && !self.subject.ends_with("repository")
            && self.places.iter().all(|place| {
                let rest = place.at.strip_prefix(&*self.object);
                rest.is_some_and(|rest| rest.starts_with('.'))
            })
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

    pub(super) fn finish(self) -> Change {
        let known = self.verdict.clone();
        let (mut danger, mut reason) = known.unwrap_or_else(|| {
            if self.is_unseen() {
                (Danger::Harmless, UNSEEN.to_owned())
            } else {
                judge(self.case())
            }
        });
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
            consequences.push(std::mem::replace(&mut reason, why.clone()));
            danger = *more;
        }
        let (old, new) = self.values.unwrap_or_default();
        let mut shows_in = self.shows_in;
        shows_in.remove(&self.object);
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
            shows_in,
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

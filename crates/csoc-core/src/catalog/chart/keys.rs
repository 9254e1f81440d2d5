//! The keys of a chart while it is read: one tree of what is declared and what is read.

use std::collections::{BTreeMap, BTreeSet};

use super::types::Types;
use super::walk::{Gates, PathId, Paths, Place, Reading, Step, Use};
use crate::value::{Key, Kind, Node, Scalar};

/// Keys of one chart with those below it that are followed: twenty times what the largest known has.
pub(super) const LIMIT: usize = 100_000;

/// A key of a [`KeyTree`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct KeyId(u32);

/// One key, or the element of a list.
#[derive(Debug, Clone, Default)]
pub(super) struct KeyFacts {
    /// Keys below it.
    pub(super) children: BTreeMap<Key, KeyId>,
    /// What stands for each item of a list, or for the value of any key.
    pub(super) element: Option<KeyId>,
    /// What the values files have there.
    pub(super) types: Types,
    /// The default.
    pub(super) default: Option<DefaultValue>,
    /// Where a values file declares it.
    pub(super) declared: Option<Place>,
    /// What templates do with it.
    pub(super) uses: BTreeSet<Use>,
    /// Where a template reads it first.
    pub(super) read: Option<Place>,
    /// When it is read.
    pub(super) when: When,
    /// Whether everything below is accepted whatever templates do: a chart that is not there reads it.
    pub(super) is_foreign: bool,
}

/// A default value, as far as it says something about a key.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum DefaultValue {
    /// A single value.
    Scalar(Scalar),
    /// A list or map of so many.
    Count(usize),
}

/// Keys that are looked at together: some must be true, or none.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Flag {
    /// The keys, from the top of the values.
    pub(super) keys: BTreeSet<Vec<Key>>,
    /// Whether one of them must be true, or all must be false.
    pub(super) holds: bool,
}

/// When a key is read, in paths that stay what they are where the tree becomes part of another.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) enum When {
    /// Never.
    #[default]
    Never,
    /// Where all flags of one of the sets are so.
    Any(BTreeSet<BTreeSet<Flag>>),
    /// Whatever else is set.
    Always,
}

/// All keys of a chart.
#[derive(Debug, Clone)]
pub(super) struct KeyTree {
    rows: Vec<KeyFacts>,
}

impl KeyTree {
    /// No keys.
    pub(super) fn new() -> Self {
        Self {
            rows: vec![KeyFacts::default()],
        }
    }

    /// The values as a whole.
    pub(super) const ROOT: KeyId = KeyId(0);

    /// How many keys there are.
    pub(super) fn len(&self) -> usize {
        self.rows.len()
    }

    /// The facts about a key.
    #[cfg_attr(
        not(test),
        expect(
            clippy::indexing_slicing,
            reason = "an id is the place of a row of its tree, made by `add` behind that row; rows are never taken away"
        )
    )]
    pub(super) fn facts(&self, key: KeyId) -> &KeyFacts {
        &self.rows[key.0 as usize]
    }

    /// The same, for change.
    #[cfg_attr(
        not(test),
        expect(
            clippy::indexing_slicing,
            reason = "an id is the place of a row of its tree, made by `add` behind that row; rows are never taken away"
        )
    )]
    pub(super) fn facts_mut(&mut self, key: KeyId) -> &mut KeyFacts {
        &mut self.rows[key.0 as usize]
    }

    fn add(&mut self) -> KeyId {
        // Past the limit the caller gives up; until then new keys are the last one.
        if self.rows.len() < LIMIT {
            self.rows.push(KeyFacts::default());
        }
        KeyId(u32::try_from(self.rows.len().saturating_sub(1)).unwrap_or(u32::MAX))
    }

    /// A key below another.
    pub(super) fn child(&mut self, parent: KeyId, key: &Key) -> KeyId {
        if let Some(known) = self.facts(parent).children.get(key) {
            return *known;
        }
        let new = self.add();
        self.facts_mut(parent).children.insert(key.clone(), new);
        new
    }

    /// The element below a key.
    pub(super) fn element(&mut self, parent: KeyId) -> KeyId {
        if let Some(known) = self.facts(parent).element {
            return known;
        }
        let new = self.add();
        self.facts_mut(parent).element = Some(new);
        new
    }

    /// The key below a row of names.
    pub(super) fn at<'k>(&mut self, keys: impl IntoIterator<Item = &'k Key>) -> KeyId {
        let mut at = Self::ROOT;
        for key in keys {
            at = self.child(at, key);
        }
        at
    }

    /// Takes in a values file; `place` gives the line of a node.
    pub(super) fn declare(&mut self, key: KeyId, node: &Node, place: &impl Fn(&Node) -> Place) {
        self.facts_mut(key).types.insert(Types::of(node));
        let default = match &node.kind {
            Kind::Map(entries) => {
                for entry in entries {
                    let child = self.child(key, &entry.key);
                    let at = place(&Node::null().at(entry.key_origin));
                    self.facts_mut(child).declared.get_or_insert(at);
                    self.declare(child, &entry.node, place);
                }
                DefaultValue::Count(entries.len())
            }
            Kind::List(items) => {
                let element = self.element(key);
                for item in items {
                    if !matches!(item.kind, Kind::Scalar(_)) {
                        self.declare(element, item, place);
                    }
                }
                DefaultValue::Count(items.len())
            }
            Kind::Scalar(scalar) => DefaultValue::Scalar(scalar.clone()),
            Kind::Pending(_) => return,
        };
        self.facts_mut(key).default.get_or_insert(default);
    }

    /// Takes in what a walk found.
    pub(super) fn read(&mut self, paths: &Paths, readings: &BTreeMap<PathId, Reading>) {
        for (path, reading) in readings {
            let mut at = Self::ROOT;
            for step in paths.steps(*path) {
                at = match step {
                    Step::Key(key) => self.child(at, key),
                    Step::Element => self.element(at),
                };
            }
            let when = When::of(&reading.gates, paths);
            let facts = self.facts_mut(at);
            facts.uses.extend(&reading.uses);
            facts.read = facts.read.or(reading.place);
            facts.when.add(when);
        }
    }

    /// Takes in another tree at a key: what is there first, wins. `moved` gives its flags their new paths.
    pub(super) fn merge(
        &mut self,
        key: KeyId,
        other: &Self,
        from: KeyId,
        moved: &impl Fn(&[Key]) -> Vec<Key>,
    ) {
        if self.len() >= LIMIT {
            return;
        }
        let theirs = other.facts(from);
        let ours = self.facts_mut(key);
        ours.types.insert(theirs.types);
        ours.uses.extend(&theirs.uses);
        ours.is_foreign |= theirs.is_foreign;
        ours.read = ours.read.or(theirs.read);
        ours.declared = ours.declared.or(theirs.declared);
        if ours.default.is_none() {
            ours.default.clone_from(&theirs.default);
        }
        ours.when.add(theirs.when.moved(moved));
        for (name, child) in &theirs.children {
            let at = self.child(key, name);
            self.merge(at, other, *child, moved);
        }
        if let Some(element) = theirs.element {
            let at = self.element(key);
            self.merge(at, other, element, moved);
        }
    }
}

impl KeyFacts {
    /// Whether any key may stand below: it is read as a whole or key by key, or it is declared as a map or
    /// list of nothing and no template names a key of it.
    pub(super) fn is_open(&self) -> bool {
        let has_parts = self.types.is_map() || self.types.is_list() || !self.children.is_empty();
        self.is_foreign
            || self.element.is_some()
            || self.uses.contains(&Use::Pairs)
            || self.is_whole()
            || (has_parts && self.types.is_map() && self.children.is_empty())
    }

    /// Whether all that is below is used, whatever it is.
    pub(super) fn is_whole(&self) -> bool {
        let has_parts = self.types.is_map()
            || self.types.is_list()
            || !self.types.has_value()
            || !self.children.is_empty();
        self.is_foreign
            || self.uses.contains(&Use::Pairs)
            || (self.uses.contains(&Use::Whole) && has_parts)
    }
}

impl When {
    fn of(gates: &Gates, paths: &Paths) -> Self {
        let sets = match gates {
            Gates::Never => return Self::Never,
            Gates::Always => return Self::Always,
            Gates::Any(sets) => sets,
        };
        let mut all = BTreeSet::new();
        for set in sets {
            let flags: BTreeSet<Flag> = set
                .iter()
                .filter_map(|condition| {
                    let keys = condition.keys.iter().map(|key| {
                        let steps = paths.steps(*key).into_iter().map(|step| match step {
                            Step::Key(key) => Some(key.clone()),
                            Step::Element => None,
                        });
                        steps.collect::<Option<Vec<Key>>>()
                    });
                    // A flag of each item of a list is not one that can be looked up.
                    Some(Flag {
                        keys: keys.collect::<Option<_>>()?,
                        holds: condition.holds,
                    })
                })
                .collect();
            if flags.is_empty() {
                return Self::Always;
            }
            all.insert(flags);
        }
        Self::Any(all)
    }

    fn moved(&self, moved: &impl Fn(&[Key]) -> Vec<Key>) -> Self {
        let Self::Any(sets) = self else {
            return self.clone();
        };
        let flag = |flag: &Flag| Flag {
            keys: flag.keys.iter().map(|key| moved(key)).collect(),
            holds: flag.holds,
        };
        Self::Any(
            sets.iter()
                .map(|set| set.iter().map(flag).collect())
                .collect(),
        )
    }

    fn add(&mut self, other: Self) {
        match (&mut *self, other) {
            (_, Self::Never) | (Self::Always, _) => {}
            (_, Self::Always) => *self = Self::Always,
            (Self::Any(sets), Self::Any(more)) => {
                sets.extend(more);
                // What so many places read counts as read.
                if sets.len() > 8 {
                    *self = Self::Always;
                }
            }
            (Self::Never, any) => *self = any,
        }
    }
}

//! Naming rules that explain the names that were seen, at the layer where they hold.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use rayon::prelude::*;

use super::candidates::candidates;
use super::draft::Draft;
use super::observed::{Field, Seen};
use super::skeleton::set_typed;
use crate::model::cloud::{Arn, SecretName};
use crate::model::name::{KubernetesName, ObjectName};
use crate::naming::{NameKind, Pattern};
use crate::resolve::EnvironmentRef;
use crate::value::Node;

/// Rules that a fleet may get.
const MOST_RULES: usize = 60;
/// Names that a rule must explain beyond those that are explained without it.
const LEAST_GAIN: isize = 1;
/// Environments that must use a rule.
const LEAST_USERS: usize = 2;

/// Where a rule stands.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
struct Slot {
    /// The cluster whose rule it is; the fleet's where there is none.
    cluster: Option<ObjectName>,
    kind: &'static str,
    purpose: Option<String>,
}

impl Slot {
    /// Its name in `naming`.
    fn name(&self) -> String {
        match &self.purpose {
            Some(purpose) => format!("{}.{purpose}", self.kind),
            None => self.kind.to_owned(),
        }
    }
}

/// The names that were seen, and the rules that explain them so far. Slots and patterns go by their numbers.
struct Inference<'a> {
    seen: &'a [Seen<'a>],
    /// The environment that each name is of.
    users: Vec<usize>,
    /// The patterns that give each name.
    patterns: Vec<Vec<usize>>,
    /// The slots that could hold the rule of each name, the strongest first.
    slots_of: Vec<Vec<usize>>,
    /// Whether the edition's own rules give each name.
    given: Vec<bool>,
    texts: Vec<String>,
    slots: Vec<Slot>,
    /// The names that each slot could hold the rule of.
    names_of: Vec<Vec<usize>>,
    /// The pattern in each slot.
    rules: Vec<Option<usize>>,
}

/// Infers rules, puts them into the draft, and says each name that no rule explains where it belongs.
///
/// Gives back how many rules there are.
pub(super) fn infer(draft: &mut Draft, seen: &[Seen<'_>]) -> usize {
    let mut inference = Inference::new(seen);
    inference.run();
    inference.prune();
    let mut count = 0;
    for (slot, pattern) in inference.slots.iter().zip(&inference.rules) {
        let Some(pattern) = pattern.and_then(|pattern| inference.texts.get(pattern)) else {
            continue;
        };
        let name = slot.name();
        let node = match &slot.cluster {
            Some(cluster) => draft.clusters.get_mut(cluster),
            None => Some(&mut draft.fleet),
        };
        if let Some(node) = node {
            node.set(&["naming", name.as_str()], pattern.as_str().into());
            count += 1;
        }
    }
    for (at, seen) in seen.iter().enumerate() {
        say(draft, seen, inference.explains(at));
    }
    count
}

/// The best rule of a slot: how much more it explains than is explained without it.
type Best = Option<(isize, usize)>;

impl<'a> Inference<'a> {
    fn new(seen: &'a [Seen<'a>]) -> Self {
        let mut numbers: BTreeMap<&EnvironmentRef, usize> = BTreeMap::new();
        let mut texts: Numbers<String> = Numbers::default();
        let mut slots: Numbers<Slot> = Numbers::default();
        let found: Vec<BTreeSet<String>> = seen
            .par_iter()
            .map(|seen| candidates(&seen.text, seen.purpose.as_deref(), seen.names))
            .collect();
        let patterns = found
            .into_iter()
            .map(|found| found.into_iter().map(|text| texts.of(text)).collect())
            .collect();
        let slots_of: Vec<Vec<usize>> = seen
            .iter()
            .map(|seen| {
                slots_of(seen)
                    .into_iter()
                    .map(|slot| slots.of(slot))
                    .collect()
            })
            .collect();
        let mut names_of = vec![Vec::new(); slots.all.len()];
        for (at, own) in slots_of.iter().enumerate() {
            for slot in own {
                names_of[*slot].push(at);
            }
        }
        let given = seen
            .iter()
            .map(|seen| {
                let name = match &seen.purpose {
                    Some(purpose) => seen.names.name_for(seen.kind, purpose),
                    None => seen.names.name(seen.kind),
                };
                name.is_ok_and(|name| name.text == seen.text)
            })
            .collect();
        Self {
            users: seen
                .iter()
                .map(|seen| {
                    let next = numbers.len();
                    *numbers.entry(seen.at).or_insert(next)
                })
                .collect(),
            seen,
            patterns,
            slots_of,
            given,
            texts: texts.all,
            rules: vec![None; slots.all.len()],
            slots: slots.all,
            names_of,
        }
    }

    /// Adds the rule that explains most, as long as there is one that explains more than it breaks.
    fn run(&mut self) {
        let mut best: Vec<Best> = (0..self.slots.len()).map(|slot| self.best(slot)).collect();
        for _ in 0..MOST_RULES {
            let chosen = best
                .iter()
                .enumerate()
                .filter_map(|(slot, best)| Some(((*best)?, slot)))
                .max_by(|((gain, pattern), slot), ((gain2, pattern2), slot2)| {
                    let rank =
                        |slot: usize, pattern: usize| rank(&self.slots[slot], &self.texts[pattern]);
                    gain.cmp(gain2)
                        .then_with(|| rank(*slot, *pattern).cmp(&rank(*slot2, *pattern2)))
                        .then_with(|| self.slots[*slot2].cmp(&self.slots[*slot]))
                });
            let Some(((_, pattern), slot)) = chosen else {
                return;
            };
            self.rules[slot] = Some(pattern);
            let kind = self.slots[slot].kind;
            for (slot, best) in best.iter_mut().enumerate() {
                if self.slots[slot].kind == kind {
                    *best = self.best(slot);
                }
            }
        }
    }

    /// The slot that holds the rule of a name; none where it is the edition's.
    fn holding(&self, at: usize) -> Option<usize> {
        self.slots_of[at]
            .iter()
            .copied()
            .find(|slot| self.rules[*slot].is_some())
    }

    /// Whether the rules give a name.
    fn explains(&self, at: usize) -> bool {
        match self.holding(at).and_then(|slot| self.rules[slot]) {
            Some(pattern) => self.patterns[at].contains(&pattern),
            None => self.given[at],
        }
    }

    /// The pattern that would explain most in a slot that is free.
    fn best(&self, slot: usize) -> Best {
        if self.rules[slot].is_some() {
            return None;
        }
        let mut gains: HashMap<usize, (isize, usize, bool)> = HashMap::new();
        let mut losses = 0;
        for at in &self.names_of[slot] {
            // A stronger rule would hold all the same.
            let stronger = self.slots_of[*at]
                .iter()
                .take_while(|own| **own != slot)
                .any(|own| self.rules[*own].is_some());
            if stronger {
                continue;
            }
            losses += isize::from(self.explains(*at));
            let user = self.users[*at];
            for pattern in &self.patterns[*at] {
                let (gain, first, shared) = gains.entry(*pattern).or_insert((0, user, false));
                *gain += 1;
                *shared |= *first != user;
            }
        }
        gains
            .into_iter()
            .filter(|(_, (gain, _, shared))| *shared && *gain - losses >= LEAST_GAIN)
            .map(|(pattern, (gain, _, _))| (gain - losses, pattern))
            .max_by(|(gain, pattern), (gain2, pattern2)| {
                let rank = |pattern: usize| rank(&self.slots[slot], &self.texts[pattern]);
                gain.cmp(gain2)
                    .then_with(|| rank(*pattern).cmp(&rank(*pattern2)))
                    .then_with(|| self.texts[*pattern2].cmp(&self.texts[*pattern]))
            })
            .filter(|(_, pattern)| Pattern::parse(&self.texts[*pattern]).is_ok())
    }

    /// Takes out rules that fewer environments than two use, once all are there.
    fn prune(&mut self) {
        loop {
            let mut users: Vec<BTreeSet<usize>> = vec![BTreeSet::new(); self.slots.len()];
            for at in 0..self.seen.len() {
                if let Some(slot) = self.holding(at)
                    && self.explains(at)
                {
                    users[slot].insert(self.users[at]);
                }
            }
            let mut changed = false;
            for (slot, users) in users.iter().enumerate() {
                if self.rules[slot].is_some() && users.len() < LEAST_USERS {
                    self.rules[slot] = None;
                    changed = true;
                }
            }
            if !changed {
                return;
            }
        }
    }
}

/// The slots that could hold the rule of a name, the strongest first.
fn slots_of(seen: &Seen<'_>) -> Vec<Slot> {
    let slot = |cluster: Option<&ObjectName>, purpose: Option<&String>| Slot {
        cluster: cluster.cloned(),
        kind: seen.kind.as_str(),
        purpose: purpose.cloned(),
    };
    let mut slots = Vec::with_capacity(4);
    if let Some(purpose) = &seen.purpose {
        slots.push(slot(Some(seen.cluster), Some(purpose)));
        slots.push(slot(None, Some(purpose)));
    }
    slots.push(slot(Some(seen.cluster), None));
    slots.push(slot(None, None));
    slots
}

/// Things by number, in the order in which they were first seen.
struct Numbers<T> {
    all: Vec<T>,
    known: HashMap<T, usize>,
}

impl<T> Default for Numbers<T> {
    fn default() -> Self {
        Self {
            all: Vec::new(),
            known: HashMap::new(),
        }
    }
}

impl<T: Clone + Eq + std::hash::Hash> Numbers<T> {
    fn of(&mut self, thing: T) -> usize {
        if let Some(number) = self.known.get(&thing) {
            return *number;
        }
        let number = self.all.len();
        self.all.push(thing.clone());
        self.known.insert(thing, number);
        number
    }
}

/// Which of two rules of the same gain is the better one: wider, then with fewer letters of its own.
fn rank(slot: &Slot, pattern: &str) -> (bool, bool, isize, isize) {
    let mut own = 0;
    let mut inside = false;
    for char in pattern.chars() {
        match char {
            '{' => inside = true,
            '}' => inside = false,
            _ if !inside => own += 1,
            _ => {}
        }
    }
    let preferred = ["{environment_id}", "{vpc}", "{namespace}"]
        .iter()
        .filter(|variable| pattern.contains(**variable))
        .count();
    let signed = |count: usize| isize::try_from(count).unwrap_or(isize::MAX);
    (
        slot.cluster.is_none(),
        slot.purpose.is_none(),
        -signed(own),
        signed(preferred),
    )
}

/// Says one name that rules do not give, or takes back what says it though they do.
fn say(draft: &mut Draft, seen: &Seen<'_>, explained: bool) {
    let Some(node) = draft.environments.get_mut(seen.at) else {
        return;
    };
    let purpose = seen.purpose.as_deref().unwrap_or_default();
    if explained {
        if seen.field == Field::JupyterNamespace
            && let Some(workspaces) = node.get_mut("workspaces")
        {
            workspaces.remove("namespace");
            if workspaces.entries().is_empty() {
                node.remove("workspaces");
            }
        }
        return;
    }
    match &seen.field {
        Field::Secret => {
            set_typed::<SecretName>(node, &["secrets", purpose, "name"], &seen.text);
        }
        Field::RoleArn { service, arn } => {
            set_typed::<Arn>(node, &["services", service, "roleArn"], arn);
        }
        Field::JupyterNamespace => {
            set_typed::<KubernetesName>(node, &["workspaces", "namespace"], &seen.text);
        }
        Field::Rule => {
            let name = rule_name(seen.kind, seen.purpose.as_deref());
            if Pattern::parse(&seen.text).is_ok() {
                node.set(&["naming", name.as_str()], Node::string(seen.text.as_str()));
            }
        }
    }
}

fn rule_name(kind: NameKind, purpose: Option<&str>) -> String {
    match purpose {
        Some(purpose) => format!("{}.{purpose}", kind.as_str()),
        None => kind.as_str().to_owned(),
    }
}

//! Naming rules that explain the names that were seen, at the layer where they hold.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::candidates::candidates;
use super::draft::Draft;
use super::observed::{Field, Seen};
use super::skeleton::set_typed;
use crate::model::cloud::{Arn, SecretName};
use crate::model::name::{KubernetesName, ObjectName};
use crate::naming::{NameKind, Pattern};
use crate::value::Node;

/// Rules that a fleet may get.
const MOST_RULES: usize = 60;
/// Names that a rule must explain beyond those that are explained without it.
const LEAST_GAIN: isize = 2;
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

/// The names that were seen, and the rules that explain them so far.
struct Inference<'a> {
    seen: &'a [Seen<'a>],
    patterns: Vec<BTreeSet<String>>,
    rules: BTreeMap<Slot, String>,
}

/// Infers rules, puts them into the draft, and says each name that no rule explains where it belongs.
///
/// Gives back how many rules there are.
pub(super) fn infer(draft: &mut Draft, seen: &[Seen<'_>]) -> usize {
    let mut inference = Inference {
        seen,
        patterns: seen
            .iter()
            .map(|seen| candidates(&seen.text, seen.purpose.as_deref(), seen.names))
            .collect(),
        rules: BTreeMap::new(),
    };
    while inference.rules.len() < MOST_RULES {
        let Some((slot, pattern)) = inference.best() else {
            break;
        };
        inference.rules.insert(slot, pattern);
    }
    inference.prune();
    for (slot, pattern) in &inference.rules {
        let name = slot.name();
        let node = match &slot.cluster {
            Some(cluster) => draft.clusters.get_mut(cluster),
            None => Some(&mut draft.fleet),
        };
        if let Some(node) = node {
            node.set(&["naming", name.as_str()], pattern.as_str().into());
        }
    }
    for (at, seen) in seen.iter().enumerate() {
        let explained = inference.explains(at);
        say(draft, seen, explained);
    }
    inference.rules.len()
}

impl Inference<'_> {
    /// The slots that could hold the rule of a name, the strongest first.
    fn slots(&self, at: usize) -> Vec<Slot> {
        let seen = &self.seen[at];
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

    /// The rule that holds for a name; none where it is the edition's.
    fn rule(&self, at: usize) -> Option<(Slot, &String)> {
        self.slots(at).into_iter().find_map(|slot| {
            let pattern = self.rules.get(&slot)?;
            Some((slot, pattern))
        })
    }

    /// Whether the rules give a name.
    fn explains(&self, at: usize) -> bool {
        match self.rule(at) {
            Some((_, pattern)) => self.patterns[at].contains(pattern),
            None => {
                let seen = &self.seen[at];
                let name = match &seen.purpose {
                    Some(purpose) => seen.names.name_for(seen.kind, purpose),
                    None => seen.names.name(seen.kind),
                };
                name.is_ok_and(|name| name.text == seen.text)
            }
        }
    }

    /// The rule that explains most names that nothing explains yet.
    fn best(&self) -> Option<(Slot, String)> {
        let mut gains: HashMap<(Slot, &str), (isize, BTreeSet<usize>)> = HashMap::new();
        let mut losses: HashMap<Slot, isize> = HashMap::new();
        for at in 0..self.seen.len() {
            let explained = self.explains(at);
            let holding = self.rule(at).map(|(slot, _)| slot);
            for slot in self.slots(at) {
                if holding.as_ref() == Some(&slot) {
                    // What stands there already is not replaced, and what is weaker cannot hold.
                    break;
                }
                if explained {
                    *losses.entry(slot.clone()).or_default() += 1;
                }
                for pattern in &self.patterns[at] {
                    let gain = gains.entry((slot.clone(), pattern)).or_default();
                    gain.0 += 1;
                    gain.1.insert(at);
                }
            }
        }
        gains
            .into_iter()
            .filter(|((slot, _), _)| !self.rules.contains_key(slot))
            .filter(|(_, (_, names))| self.users(names) >= LEAST_USERS)
            .map(|((slot, pattern), (explained, _))| {
                let gain = explained - losses.get(&slot).copied().unwrap_or_default();
                (gain, rank(&slot, pattern), slot, pattern)
            })
            .filter(|(gain, ..)| *gain >= LEAST_GAIN)
            .max_by(|one, two| {
                (one.0, &one.1, &two.2, &two.3).cmp(&(two.0, &two.1, &one.2, &one.3))
            })
            .filter(|(_, _, _, pattern)| Pattern::parse(pattern).is_ok())
            .map(|(_, _, slot, pattern)| (slot, pattern.to_owned()))
    }

    /// How many environments the names are of.
    fn users(&self, names: &BTreeSet<usize>) -> usize {
        let environments: BTreeSet<_> = names.iter().map(|at| self.seen[*at].at).collect();
        environments.len()
    }

    /// Takes out rules that fewer environments than two use, once all are there.
    fn prune(&mut self) {
        loop {
            let mut users: BTreeMap<Slot, BTreeSet<usize>> = self
                .rules
                .keys()
                .map(|slot| (slot.clone(), BTreeSet::new()))
                .collect();
            for at in 0..self.seen.len() {
                if let Some((slot, pattern)) = self.rule(at)
                    && self.patterns[at].contains(pattern)
                {
                    users.entry(slot).or_default().insert(at);
                }
            }
            let unused: Vec<Slot> = users
                .into_iter()
                .filter(|(_, names)| self.users(names) < LEAST_USERS)
                .map(|(slot, _)| slot)
                .collect();
            if unused.is_empty() {
                return;
            }
            for slot in unused {
                self.rules.remove(&slot);
            }
        }
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

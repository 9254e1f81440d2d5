//! The order in which stacks can be applied.

use std::collections::{BTreeMap, BTreeSet};

use super::Stack;

/// Where a stack stands as far as others let it: by its layer, what an account has once before what it has once a region.
type Rank<'s> = (usize, bool, &'s str);

/// Sorts stacks so that each stands behind all that it depends on, otherwise by rank.
///
/// Contracts make no circles; were there one, its stacks would stand last, by rank.
pub(super) fn order(mut stacks: Vec<Stack>) -> Vec<Stack> {
    stacks.sort_by(|one, other| rank(one).cmp(&rank(other)));
    let places = stacks.iter().enumerate();
    let places: BTreeMap<&str, usize> = places.map(|(at, stack)| (&*stack.id, at)).collect();
    let mut waits = vec![0_usize; stacks.len()];
    let mut behind: Vec<Vec<usize>> = vec![Vec::new(); stacks.len()];
    for (at, stack) in stacks.iter().enumerate() {
        let needed = stack.depends_on.iter();
        let needed = needed.filter_map(|id| places.get(id.as_str()).copied());
        for needed in needed
            .filter(|needed| *needed != at)
            .collect::<BTreeSet<_>>()
        {
            waits[at] += 1;
            behind[needed].push(at);
        }
    }
    let free = waits.iter().enumerate().filter(|(_, count)| **count == 0);
    let mut free: BTreeSet<usize> = free.map(|(at, _)| at).collect();
    let mut left: Vec<Option<Stack>> = stacks.into_iter().map(Some).collect();
    let mut sorted = Vec::with_capacity(left.len());
    while let Some(next) = free.pop_first() {
        sorted.extend(left[next].take());
        for at in std::mem::take(&mut behind[next]) {
            waits[at] -= 1;
            if waits[at] == 0 {
                free.insert(at);
            }
        }
    }
    sorted.extend(left.into_iter().flatten());
    sorted
}

fn rank(stack: &Stack) -> Rank<'_> {
    (stack.rank, stack.region.is_some(), &stack.id)
}

//! The order in which stacks can be applied.

use std::collections::{BTreeMap, BTreeSet};

use super::Stack;

/// Where a stack stands as far as others let it: by its layer, what an account has once before what it has once a region.
type Rank = (usize, bool, String);

/// Sorts stacks so that each stands behind all that it depends on, otherwise by rank.
///
/// Contracts make no circles; were there one, its stacks would stand last, by rank.
pub(super) fn order(stacks: Vec<Stack>) -> Vec<Stack> {
    let mut left: BTreeMap<Rank, Stack> = stacks.into_iter().map(|it| (rank(&it), it)).collect();
    let ranks: BTreeMap<String, Rank> = left
        .iter()
        .map(|(rank, stack)| (stack.id.clone(), rank.clone()))
        .collect();
    let mut waits: BTreeMap<Rank, usize> = BTreeMap::new();
    let mut behind: BTreeMap<Rank, Vec<Rank>> = BTreeMap::new();
    for (rank, stack) in &left {
        let needed = stack.depends_on.iter().filter_map(|id| ranks.get(id));
        let needed: BTreeSet<&Rank> = needed.filter(|needed| *needed != rank).collect();
        waits.insert(rank.clone(), needed.len());
        for needed in needed {
            let all = behind.entry(needed.clone()).or_default();
            all.push(rank.clone());
        }
    }
    let free = waits.iter().filter(|(_, count)| **count == 0);
    let mut free: BTreeSet<Rank> = free.map(|(rank, _)| rank.clone()).collect();
    let mut sorted = Vec::with_capacity(left.len());
    while let Some(next) = free.pop_first() {
        sorted.extend(left.remove(&next));
        for rank in behind.remove(&next).unwrap_or_default() {
            let Some(count) = waits.get_mut(&rank) else {
                continue;
            };
            *count = count.saturating_sub(1);
            if *count == 0 {
                free.insert(rank);
            }
        }
    }
    sorted.extend(left.into_values());
    sorted
}

fn rank(stack: &Stack) -> Rank {
    (stack.rank, stack.region.is_some(), stack.id.clone())
}

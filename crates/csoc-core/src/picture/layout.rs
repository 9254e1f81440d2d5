//! Where nodes stand in a picture: columns by distance, rows so that few links cross.

use std::collections::{BTreeMap, VecDeque};

use super::graph::ContractGraph;

/// How often columns are put in the order of their neighbours.
const SWEEPS: usize = 8;

/// Columns from left to right, in each the nodes from top to bottom, by their positions in the graph.
pub(super) fn columns(graph: &ContractGraph) -> Vec<Vec<usize>> {
    let ranks = ranks(graph);
    let lowest = ranks.values().copied().min().unwrap_or(0);
    let highest = ranks.values().copied().max().unwrap_or(0);
    let mut columns: Vec<Vec<usize>> = (lowest..=highest)
        .map(|rank| {
            let of_rank = ranks.iter().filter(|(_, at)| **at == rank);
            of_rank.map(|(node, _)| *node).collect()
        })
        .collect();
    columns.retain(|column: &Vec<usize>| !column.is_empty());
    order(graph, &mut columns);
    columns
}

/// How far right each node stands: those that need the focus left of it, what it needs right.
fn ranks(graph: &ContractGraph) -> BTreeMap<usize, i64> {
    let Some(focus) = &graph.focus else {
        return by_depth(graph);
    };
    let mut ranks = BTreeMap::new();
    if let Some(at) = graph.position(&focus.node) {
        ranks.insert(at, 0);
    }
    let sides = focus
        .breaks
        .iter()
        .map(|reached| (reached, -1))
        .chain(focus.needs.iter().map(|reached| (reached, 1)));
    for (reached, side) in sides {
        let distance = i64::try_from(reached.distance).unwrap_or(i64::MAX);
        if let Some(at) = graph.position(&reached.node) {
            ranks.entry(at).or_insert(side * distance);
        }
    }
    ranks
}

/// Without a focus: how many links a node is at most away from one that nothing needs, so that what it needs is right of it.
fn by_depth(graph: &ContractGraph) -> BTreeMap<usize, i64> {
    let mut next: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    let mut left = vec![0_usize; graph.nodes.len()];
    for (from, to, _) in graph.pairs().filter(|(_, _, link)| link.is_need) {
        next.entry(from).or_default().push(to);
        left[to] += 1;
    }
    let first = (0..graph.nodes.len()).filter(|at| left[*at] == 0);
    let mut queue: VecDeque<usize> = first.collect();
    let mut ranks: BTreeMap<usize, i64> = queue.iter().map(|at| (*at, 0)).collect();
    while let Some(at) = queue.pop_front() {
        let right = ranks.get(&at).copied().unwrap_or(0) + 1;
        for to in next.get(&at).into_iter().flatten() {
            let rank = ranks.entry(*to).or_insert(right);
            *rank = right.max(*rank);
            left[*to] -= 1;
            if left[*to] == 0 {
                queue.push_back(*to);
            }
        }
    }
    // What needs itself in a circle stands where it was first met.
    for at in 0..graph.nodes.len() {
        ranks.entry(at).or_insert(0);
    }
    ranks
}

/// Puts each column in the order of the middle of its neighbours, from left to right and back.
fn order(graph: &ContractGraph, columns: &mut [Vec<usize>]) {
    let mut neighbours: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for (from, to, _) in graph.pairs() {
        neighbours.entry(from).or_default().push(to);
        neighbours.entry(to).or_default().push(from);
    }
    for sweep in 0..SWEEPS {
        let mut rows: BTreeMap<usize, f64> = BTreeMap::new();
        for column in columns.iter() {
            place(column, &mut rows);
        }
        let mut sort = |column: &mut Vec<usize>| {
            let middle = |at: &usize| {
                let of: Vec<f64> = neighbours
                    .get(at)
                    .into_iter()
                    .flatten()
                    .filter_map(|other| rows.get(other).copied())
                    .collect();
                match of.len() {
                    0 => rows.get(at).copied().unwrap_or(0.0),
                    count => {
                        of.iter().sum::<f64>() / f64::from(u32::try_from(count).unwrap_or(u32::MAX))
                    }
                }
            };
            let mut keyed: Vec<(f64, usize)> = column.iter().map(|at| (middle(at), *at)).collect();
            keyed.sort_by(|(one, first), (other, second)| {
                one.total_cmp(other).then(first.cmp(second))
            });
            *column = keyed.into_iter().map(|(_, at)| at).collect();
            place(column, &mut rows);
        };
        if sweep % 2 == 0 {
            columns.iter_mut().for_each(&mut sort);
        } else {
            columns.iter_mut().rev().for_each(&mut sort);
        }
    }
}

/// Notes the rows of a column around its middle, so that columns of different heights compare.
fn place(column: &[usize], rows: &mut BTreeMap<usize, f64>) {
    let half = f64::from(u32::try_from(column.len()).unwrap_or(u32::MAX)) / 2.0;
    for (row, at) in column.iter().enumerate() {
        rows.insert(
            *at,
            f64::from(u32::try_from(row).unwrap_or(u32::MAX)) - half,
        );
    }
}

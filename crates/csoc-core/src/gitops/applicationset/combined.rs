//! Generators of generators: every combination of two, or one with what others say of the same key.

use std::collections::BTreeMap;

use super::engine::Engine;
use super::generator::{Generating, LIMIT, WEIGHT};
use super::go::json;
use super::parameters::{Parameters, weight};
use super::stop::Stop;
use crate::value::Node;

fn children(body: &Node) -> &[Node] {
    body.get("generators").map(Node::items).unwrap_or_default()
}

/// `matrix`: each of the first with each of the second, which may name parameters of the first.
pub(super) fn matrix(body: &Node, generating: Generating<'_>) -> Result<Vec<Parameters>, Stop> {
    let [first, second] = children(body) else {
        return Err(Stop::refused("a matrix must have two generators"));
    };
    let mut all = Vec::new();
    let mut taken = 0;
    for one in generating.generate(first, None)? {
        let given = (!one.values.entries().is_empty()).then_some(&one);
        for two in generating.generate(second, given)? {
            if generating.engine == Engine::Fast {
                for entry in two.values.entries() {
                    let key = entry.key.as_str();
                    if one
                        .values
                        .get(key)
                        .is_some_and(|known| *known != entry.node)
                    {
                        return Err(Stop::refused(format!(
                            "both generators of a matrix give `{key}`, and not the same"
                        )));
                    }
                }
            }
            taken += weight(&one.values) + weight(&two.values);
            if taken > WEIGHT {
                return Err(Stop::TooMany);
            }
            // What the first says counts.
            all.push(Parameters::joined(&two, &one));
            if all.len() > LIMIT {
                return Err(Stop::TooMany);
            }
        }
    }
    Ok(all)
}

/// `merge`: what the first gives, with what later ones say of the same keys on top.
pub(super) fn merge(body: &Node, generating: Generating<'_>) -> Result<Vec<Parameters>, Stop> {
    let keys: Vec<&str> = body
        .get("mergeKeys")
        .map(Node::items)
        .unwrap_or_default()
        .iter()
        .filter_map(Node::text)
        .collect();
    if keys.is_empty() {
        return Err(Stop::refused("a merge must have `mergeKeys`"));
    }
    let [first, others @ ..] = children(body) else {
        return Err(Stop::refused("a merge must have two generators"));
    };
    if others.is_empty() {
        return Err(Stop::refused("a merge must have two generators"));
    }
    let mut base = generating.generate(first, None)?;
    by_key(&base, &keys)?;
    for other in others {
        let over = generating.generate(other, None)?;
        let over_by_key = by_key(&over, &keys)?;
        for one in &mut base {
            if let Some(more) = over_by_key.get(&key_of(one, &keys)?) {
                *one = Parameters::joined(one, more);
            }
        }
    }
    Ok(base)
}

/// What parameters say of the keys, as one text; a key that is not there counts as one that says nothing.
fn key_of(parameters: &Parameters, keys: &[&str]) -> Result<String, Stop> {
    let values: Result<Vec<String>, Stop> = keys
        .iter()
        .map(|key| {
            parameters
                .values
                .get(key)
                .map_or_else(|| Ok("null".to_owned()), json)
        })
        .collect();
    Ok(values?.join(","))
}

fn by_key<'p>(
    all: &'p [Parameters],
    keys: &[&str],
) -> Result<BTreeMap<String, &'p Parameters>, Stop> {
    let mut found = BTreeMap::new();
    for parameters in all {
        if found
            .insert(key_of(parameters, keys)?, parameters)
            .is_some()
        {
            return Err(Stop::refused(format!(
                "two of one generator have the same `{}`, by which a merge tells them apart",
                keys.join("` and `")
            )));
        }
    }
    Ok(found)
}

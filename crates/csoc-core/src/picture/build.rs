//! From contracts to a graph: their facts, and what each environment as a whole is made of.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::graph::{ContractGraph, GraphLink, GraphNode};
use crate::catalog::SecretShape;
use crate::contract::{Contracts, EnvironmentContract, facts_by_object};
use crate::graph::{Fact, Relation, Target, ThingId, ThingKind};
use crate::resolve::EnvironmentRef;

type Links = BTreeSet<(ThingId, Relation, ThingId)>;

/// The graph of everything that is linked.
pub(super) fn graph(contracts: &Contracts) -> ContractGraph {
    let mut made: BTreeMap<ThingId, Arc<str>> = BTreeMap::new();
    let mut links = Links::new();
    let mut loose: BTreeMap<Arc<str>, Vec<ThingId>> = BTreeMap::new();
    for (object, facts) in facts_by_object(contracts) {
        let object: Arc<str> = object.into();
        let mut things = BTreeSet::new();
        let mut needed = BTreeSet::new();
        for fact in facts {
            match fact {
                Fact::Thing(thing, _) => {
                    things.insert(thing);
                }
                Fact::Edge(edge) => {
                    if let Target::Exact(to) = edge.to {
                        if edge.relation.is_need() {
                            needed.insert(to.clone());
                        }
                        links.insert((edge.from, edge.relation, to));
                    }
                }
                Fact::Scope { .. } | Fact::Undecided(..) => {}
            }
        }
        loose.insert(
            object.clone(),
            things.difference(&needed).cloned().collect(),
        );
        for thing in things {
            made.entry(thing).or_insert_with(|| object.clone());
        }
    }
    for environment in contracts.environments.values() {
        environment_links(contracts, environment, &loose, &mut made, &mut links);
    }
    let named: BTreeSet<&ThingId> = made
        .keys()
        .chain(links.iter().flat_map(|(from, _, to)| [from, to]))
        .collect();
    let mut nodes: Vec<GraphNode> = named
        .into_iter()
        .map(|thing| GraphNode {
            id: thing.to_string().into(),
            kind: thing.kind.as_str(),
            scope: thing.scope.to_string(),
            name: thing.name.to_string(),
            object: made.get(thing).cloned(),
        })
        .collect();
    nodes.sort_by(|one, other| one.id.cmp(&other.id));
    let mut links: Vec<GraphLink> = links
        .iter()
        .map(|(from, relation, to)| GraphLink {
            from: from.to_string().into(),
            relation: relation.as_str(),
            to: to.to_string().into(),
            is_need: relation.is_need(),
        })
        .collect();
    links.sort();
    ContractGraph {
        focus: None,
        nodes,
        links,
    }
}

/// The node of an environment.
fn node_of(at: &EnvironmentRef) -> ThingId {
    ThingId::new(
        ThingKind::Environment,
        at.commons.as_str(),
        at.environment.as_str(),
    )
}

/// What an environment as a whole uses, beside what its own things need.
fn environment_links(
    contracts: &Contracts,
    environment: &EnvironmentContract,
    loose: &BTreeMap<Arc<str>, Vec<ThingId>>,
    made: &mut BTreeMap<ThingId, Arc<str>>,
    links: &mut Links,
) {
    let me = node_of(&environment.at);
    let object: Arc<str> = environment.at.to_string().into();
    made.insert(me.clone(), object.clone());
    let region = format!("{}/{}", environment.account_id, environment.region);
    // Those of its own things that no other of them needs; the rest is reached through them.
    for thing in loose.get(&object).into_iter().flatten() {
        links.insert((me.clone(), Relation::Uses, thing.clone()));
    }
    if let Some(database) = &environment.database {
        let thing = ThingId::new(
            ThingKind::Database,
            region.as_str(),
            database.identifier.as_str(),
        );
        let cluster = format!("clusters.{}", environment.cluster);
        made.entry(thing.clone()).or_insert_with(|| cluster.into());
        links.insert((me.clone(), Relation::Uses, thing.clone()));
        for secret in &environment.secrets {
            if secret.shape == SecretShape::DatabaseCredentials {
                let from = ThingId::new(ThingKind::Secret, region.as_str(), secret.name.as_str());
                links.insert((from, Relation::Opens, thing.clone()));
            }
        }
    }
    if let Some(search) = &environment.search {
        let thing = ThingId::new(
            ThingKind::SearchDomain,
            region.as_str(),
            search.domain.as_str(),
        );
        links.insert((me.clone(), Relation::Uses, thing));
    }
    let parent = environment
        .parent
        .as_ref()
        .filter(|parent| contracts.environments.contains_key(&parent.at));
    if let Some(parent) = parent {
        links.insert((me, Relation::SignsInAt, node_of(&parent.at)));
    }
}

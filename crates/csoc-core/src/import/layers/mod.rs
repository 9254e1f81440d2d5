//! What environments share moves up: to their commons, to their cluster, to the fleet.
//!
//! Layers merge by key and the higher one wins, so that a value may move up
//! where every environment below says something of the same key: those that
//! say something else go on saying it. What nobody says must not appear.

mod layer;
mod member;
mod omissions;
mod path;
mod raise;

use std::collections::{BTreeMap, BTreeSet};

use layer::Layer;
use member::Member;
use raise::Raise;

use super::compiled::Compiled;
use super::draft::Draft;
use super::foreign::Foreign;
use super::group::{Place, text};
use crate::model::name::ObjectName;

/// Fields that a tier profile of the product sets above the fleet's defaults.
const OF_TIERS: [&str; 5] = [
    "replicas",
    "disruptionBudgets",
    "topologySpread",
    "imagePolicy",
    "sync",
];

/// Moves up what is shared.
pub(super) fn raise(draft: &mut Draft, foreign: &Foreign, places: &[Place], base: &Compiled) {
    let members: Vec<Member> = foreign
        .environments
        .iter()
        .zip(places)
        .filter_map(|(environment, place)| {
            let node = draft.environments.get(&place.at)?;
            let directory = environment.title();
            Some(Member {
                at: place.at.clone(),
                cluster: text(node, &["cluster"])?.parse().ok()?,
                has_values: environment.values.is_some(),
                has_application: environment.application.is_some(),
                values: base.values(&directory),
                application: base.application(&directory).cloned(),
            })
        })
        .collect();
    let mut by_commons: BTreeMap<&ObjectName, Vec<&Member>> = BTreeMap::new();
    let mut by_cluster: BTreeMap<&ObjectName, Vec<&Member>> = BTreeMap::new();
    for member in &members {
        by_commons
            .entry(&member.at.commons)
            .or_default()
            .push(member);
        by_cluster.entry(&member.cluster).or_default().push(member);
    }
    for (commons, members) in &by_commons {
        if members.len() > 1 {
            Raise::new(Layer::Commons((*commons).clone()), members, &[]).run(draft);
        }
    }
    for (cluster, on) in &by_cluster {
        let commons: BTreeSet<&ObjectName> = on.iter().map(|member| &member.at.commons).collect();
        let whole = commons.iter().all(|commons| {
            by_commons
                .get(*commons)
                .is_some_and(|members| members.iter().all(|member| member.cluster == **cluster))
        });
        if commons.len() > 1 && whole {
            Raise::new(Layer::Cluster((*cluster).clone()), on, &[]).run(draft);
        }
    }
    let all: Vec<&Member> = members.iter().collect();
    if by_commons.len() > 1 {
        Raise::new(Layer::Fleet, &all, &OF_TIERS).run(draft);
    }
}

//! Which environments are of one commons, and how much each matters.

use std::collections::{BTreeMap, BTreeSet};

use super::foreign::{Foreign, ForeignEnvironment};
use super::mapping::Mapping;
use super::names::{free_name, object_name};
use crate::contract::{CUTOVER_STATE, RECORD_IDENTIFIER};
use crate::model::Tier;
use crate::model::name::ObjectName;
use crate::resolve::EnvironmentRef;
use crate::value::Node;

/// Words in names that say that an environment is no production, and what it is.
const TIER_WORDS: [(&str, Tier); 12] = [
    ("staging", Tier::Staging),
    ("stage", Tier::Staging),
    ("preprod", Tier::Staging),
    ("uat", Tier::Staging),
    ("qa", Tier::Test),
    ("test", Tier::Test),
    ("perf", Tier::Test),
    ("ci", Tier::Test),
    ("dev", Tier::Dev),
    ("sandbox", Tier::Dev),
    ("kfqa", Tier::Test),
    ("planx-pla", Tier::Dev),
];

/// What an environment becomes in the model.
#[derive(Debug, Clone)]
pub(super) struct Place {
    pub(super) at: EnvironmentRef,
    pub(super) tier: Tier,
}

/// The place of each environment, in their order.
pub(super) fn places(foreign: &Foreign, mapping: &Mapping) -> Vec<Place> {
    let projects: BTreeMap<&str, &str> = foreign
        .clusters
        .iter()
        .filter_map(|cluster| {
            let project = cluster.values.as_ref()?.get("project")?.text()?;
            Some((cluster.directory.as_str(), project))
        })
        .collect();
    let groups = groups(foreign, mapping);
    let mut on_cluster: BTreeMap<&str, usize> = BTreeMap::new();
    for members in &groups {
        for cluster in members
            .iter()
            .map(|at| foreign.environments[*at].cluster.as_str())
            .collect::<BTreeSet<_>>()
        {
            *on_cluster.entry(cluster).or_default() += 1;
        }
    }
    let mut taken: BTreeSet<ObjectName> = mapping
        .0
        .values()
        .filter_map(|mapped| mapped.commons.clone())
        .collect();
    let mut places: BTreeMap<usize, Place> = BTreeMap::new();
    for members in groups {
        let environments: Vec<&ForeignEnvironment> = members
            .iter()
            .map(|at| &foreign.environments[*at])
            .collect();
        let given = environments
            .iter()
            .find_map(|environment| mapping.get(&environment.title()).commons);
        let commons = given.unwrap_or_else(|| {
            let cluster = environments[0].cluster.as_str();
            let alone = on_cluster.get(cluster) == Some(&1);
            let wanted = match projects.get(cluster).filter(|_| alone) {
                Some(project) if !is_generic(project) => object_name(project),
                _ if alone && environments.len() > 1 => object_name(cluster),
                _ => object_name(&own_name(environments[0])),
            };
            let name = free_name(&wanted, |name| taken.contains(name));
            taken.insert(name.clone());
            name
        });
        let mut names: BTreeSet<ObjectName> = BTreeSet::new();
        for (at, environment) in members.iter().zip(&environments) {
            let mapped = mapping.get(&environment.title());
            let project = projects.get(environment.cluster.as_str()).copied();
            let tier = mapped.tier.unwrap_or_else(|| tier(environment, project));
            let wanted = mapped.environment.unwrap_or_else(|| {
                if members.len() == 1 {
                    object_name(tier.as_str())
                } else {
                    let label = environment.directory.split('.').next().unwrap_or_default();
                    object_name(label)
                }
            });
            let name = free_name(&wanted, |name| names.contains(name));
            names.insert(name.clone());
            places.insert(
                *at,
                Place {
                    at: EnvironmentRef {
                        commons: commons.clone(),
                        environment: name,
                    },
                    tier,
                },
            );
        }
    }
    places.into_values().collect()
}

/// The numbers of environments that are of one commons, in order of the first of each.
fn groups(foreign: &Foreign, mapping: &Mapping) -> Vec<Vec<usize>> {
    let mut groups: Vec<(Sign, Vec<usize>)> = Vec::new();
    for (at, environment) in foreign.environments.iter().enumerate() {
        let sign = match mapping.get(&environment.title()).commons {
            Some(commons) => Sign::Given(commons),
            None => Sign::of(environment),
        };
        match groups.iter_mut().find(|(known, _)| known.same(&sign)) {
            Some((_, members)) => members.push(at),
            None => groups.push((sign, vec![at])),
        }
    }
    groups.into_iter().map(|(_, members)| members).collect()
}

/// What tells which commons an environment is of.
#[derive(Debug, PartialEq, Eq)]
enum Sign {
    /// Somebody said so.
    Given(ObjectName),
    /// Its dictionary without the version, where it is, its domain; what it is called without what says its tier.
    Seen {
        cluster: String,
        dictionary: Option<String>,
        domain: String,
        stem: String,
        /// Its host, where it says that others have that, too.
        shared: Option<String>,
    },
}

impl Sign {
    fn of(environment: &ForeignEnvironment) -> Self {
        let dictionary = environment
            .text(&["global", "dictionaryUrl"])
            .map(dictionary_family);
        Self::Seen {
            cluster: environment.cluster.clone(),
            dictionary,
            domain: domain(&environment.directory),
            stem: stem(&environment.directory),
            shared: shared_host(environment).map(str::to_owned),
        }
    }

    fn same(&self, other: &Self) -> bool {
        match (self, other) {
            (
                Self::Seen {
                    cluster,
                    dictionary,
                    domain,
                    stem,
                    shared,
                },
                Self::Seen {
                    cluster: cluster2,
                    dictionary: dictionary2,
                    domain: domain2,
                    stem: stem2,
                    shared: shared2,
                },
            ) => {
                let is_near = cluster == cluster2 || domain == domain2;
                let shares_host = shared.is_some() && shared == shared2;
                shares_host
                    || match (dictionary, dictionary2) {
                        (Some(one), Some(two)) => one == two && is_near,
                        _ => cluster == cluster2 && domain == domain2 && stem == stem2,
                    }
            }
            (one, two) => one == two,
        }
    }
}

/// The host of an environment whose ingress says that others have it, too: as csoc says it, or by a record of its own.
fn shared_host(environment: &ForeignEnvironment) -> Option<&str> {
    let says = |key: &str| {
        let annotation = ["revproxy", "ingress", "annotations", key];
        environment.text(&annotation).is_some()
    };
    let shares = says(CUTOVER_STATE) || says(RECORD_IDENTIFIER);
    environment.text(&["global", "hostname"]).filter(|_| shares)
}

/// A dictionary's address without its version and file.
fn dictionary_family(url: &str) -> String {
    let kept: Vec<&str> = url
        .split('/')
        .filter(|part| camino::Utf8Path::new(part).extension() != Some("json"))
        .filter(|part| {
            !part
                .trim_start_matches('v')
                .starts_with(|c: char| c.is_ascii_digit())
        })
        .filter(|part| !matches!(*part, "develop" | "master" | "main" | "latest"))
        .collect();
    kept.join("/")
}

/// The last two labels of a host name.
fn domain(host: &str) -> String {
    let labels: Vec<&str> = host.rsplit('.').take(2).collect();
    labels.into_iter().rev().collect::<Vec<_>>().join(".")
}

/// The first label without what says its tier.
fn stem(host: &str) -> String {
    let mut label = host.split('.').next().unwrap_or_default().to_owned();
    for (word, _) in TIER_WORDS {
        if let Some(rest) = label.strip_suffix(word) {
            label = rest.trim_end_matches(['-', '_']).to_owned();
        }
    }
    label
}

/// What an environment calls itself: its Application, else its identifier, else its directory.
pub(super) fn own_name(environment: &ForeignEnvironment) -> String {
    let application = environment
        .of_application(&["metadata", "name"])
        .map(|name| name.trim_start_matches("gen3-").to_owned());
    application
        .or_else(|| {
            environment
                .text(&["global", "environment"])
                .map(str::to_owned)
        })
        .unwrap_or_else(|| {
            environment
                .directory
                .split('.')
                .next()
                .unwrap_or_default()
                .to_owned()
        })
}

/// Projects that name a purpose, not a commons.
fn is_generic(project: &str) -> bool {
    matches!(
        project,
        "dev" | "test" | "prod" | "production" | "default" | "gen3" | "unfunded"
    )
}

/// How much an environment matters, by the words in its names.
fn tier(environment: &ForeignEnvironment, project: Option<&str>) -> Tier {
    let names = [
        Some(environment.directory.as_str()),
        environment.text(&["global", "environment"]),
        environment.of_application(&["metadata", "name"]),
        Some(environment.cluster.as_str()),
        project,
    ];
    for name in names.into_iter().flatten() {
        for (word, tier) in TIER_WORDS {
            if says(name, word) {
                return tier;
            }
        }
    }
    Tier::Prod
}

/// Whether a name holds a word: longer ones anywhere, short ones only between other signs.
fn says(name: &str, word: &str) -> bool {
    if word.len() > 4 {
        return name.contains(word);
    }
    name.match_indices(word).any(|(at, _)| {
        let edge = |char: Option<char>| char.is_none_or(|char| !char.is_ascii_alphabetic());
        edge(name[..at].chars().next_back()) && edge(name[at + word.len()..].chars().next())
    })
}

/// A scalar's text that is not empty.
pub(super) fn text<'n>(node: &'n Node, path: &[&str]) -> Option<&'n str> {
    node.path(path)?.text().filter(|text| !text.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_say_what_they_say() {
        assert!(says("gen3-midrcstaging", "staging"));
        assert!(says("ci/default", "ci"));
        assert!(!says("nci-crdc", "ci"));
        assert!(!says("devplanet", "dev"));
    }

    #[test]
    fn dictionaries_of_any_version_are_one() {
        let family = |url| dictionary_family(url);
        assert_eq!(
            family(
                "https://s3.amazonaws.com/dictionary-artifacts/midrc_dictionary/1.4.2/schema.json"
            ),
            family(
                "https://s3.amazonaws.com/dictionary-artifacts/midrc_dictionary/v2.0/schema.json"
            )
        );
        assert_ne!(
            family("https://s3.amazonaws.com/dictionary-artifacts/a/1/schema.json"),
            family("https://s3.amazonaws.com/dictionary-artifacts/b/1/schema.json")
        );
    }
}

//! How the page of a fleet is put together.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use super::application::{Application, Malformed};
use super::compared;
use super::expected::{Commit, Expectation, ExpectedApplication};
use super::page::{ClusterRow, ObjectRow, StatusPage, StatusTally};
use super::problem::{Problem, Trouble};
use super::snapshot::{Scope, Seen};
use super::unread::Unread;

/// How deep Applications that make Applications may nest.
const DEPTH: usize = 8;

/// Puts the page of a fleet together, cluster by cluster.
pub(super) struct Builder<'e> {
    expectation: &'e Expectation,
    /// What is expected, by cluster.
    expected: BTreeMap<&'e str, Vec<&'e ExpectedApplication>>,
    tally: StatusTally,
    clusters: Vec<ClusterRow>,
    /// By object and cluster.
    objects: BTreeMap<(&'e str, &'e str), ObjectRow>,
    problems: Vec<Problem>,
}

/// What a cluster was seen to have, by namespace and name.
type There<'s> = BTreeMap<(&'s str, &'s str), &'s Result<Application, Malformed>>;

impl<'e> Builder<'e> {
    pub(super) fn new(expectation: &'e Expectation) -> Self {
        let mut expected: BTreeMap<&str, Vec<&ExpectedApplication>> = BTreeMap::new();
        for application in &expectation.applications {
            expected
                .entry(&application.cluster)
                .or_default()
                .push(application);
        }
        Self {
            expectation,
            expected,
            tally: StatusTally::default(),
            clusters: Vec::new(),
            objects: BTreeMap::new(),
            problems: Vec::new(),
        }
    }

    /// Adds a cluster that nothing is known of.
    pub(super) fn unread(&mut self, cluster: &'e str, unread: Unread) {
        self.tally.clusters += 1;
        self.tally.unread += 1;
        self.clusters.push(ClusterRow {
            cluster: cluster.to_owned(),
            applications: None,
            is_partly_seen: false,
            message: Some(unread.to_string()),
            unread: Some(unread),
        });
        for application in self.expected_in(cluster) {
            self.row(application).applications += 1;
        }
    }

    /// Adds a cluster that was read.
    pub(super) fn read(&mut self, cluster: &'e str, seen: &Seen) {
        let expected = self.expected_in(cluster);
        self.tally.clusters += 1;
        self.tally.applications += expected.len();
        self.clusters.push(ClusterRow {
            cluster: cluster.to_owned(),
            applications: Some(seen.applications.len()),
            is_partly_seen: seen.scope == Scope::Expected,
            unread: None,
            message: None,
        });
        let there: There<'_> = seen
            .applications
            .iter()
            .filter_map(|it| Some((identity(it)?, it)))
            .collect();
        for application in &expected {
            self.row(application).applications += 1;
            let before = self.problems.len();
            match there.get(&(&*application.namespace, &*application.name)) {
                Some(Ok(found)) => self.compare(application, found),
                Some(Err(malformed)) => {
                    let part = malformed.part.to_owned();
                    self.problem(application, Trouble::Malformed { part }, None);
                }
                None => {
                    self.tally.missing += 1;
                    self.problem(application, Trouble::Missing, None);
                }
            }
            if self.problems.len() == before {
                self.tally.well += 1;
            }
        }
        self.others(cluster, &expected, seen);
    }

    /// The page, of what was said at a time.
    pub(super) fn page(self, at: Timestamp) -> StatusPage {
        let mut problems = self.problems;
        let mut objects: BTreeMap<(&str, &str), ObjectRow> = self.objects;
        for problem in &problems {
            let key = problem.object.as_deref().map(|it| (it, &*problem.cluster));
            if let Some(row) = key.and_then(|key| objects.get_mut(&key)) {
                row.problems += 1;
                row.since = match (row.since, problem.since) {
                    (Some(one), Some(other)) => Some(one.min(other)),
                    (one, other) => one.or(other),
                };
            }
        }
        let objects = objects.into_values().collect();
        problems.sort_by_cached_key(|it| {
            let name = (it.cluster.clone(), it.application.clone());
            (it.since.is_none(), it.since, it.trouble.clone(), name)
        });
        StatusPage {
            at,
            tally: self.tally,
            clusters: self.clusters,
            objects,
            problems,
        }
    }

    fn expected_in(&self, cluster: &str) -> Vec<&'e ExpectedApplication> {
        self.expected.get(cluster).cloned().unwrap_or_default()
    }

    fn compare(&mut self, expected: &'e ExpectedApplication, found: &Application) {
        let chart = compared::chart(found, expected);
        let images = compared::count(found, expected);
        let row = self.row(expected);
        row.sync = row.sync.max(Some(found.sync));
        row.health = row.health.max(Some(found.health));
        row.chart = chart.filter(|_| row.applications == 1);
        if images.running > 0 {
            let all = row.images.get_or_insert_default();
            all.running += images.running;
            all.other += images.other;
            all.wanted = all.wanted.take().or(images.wanted);
        }
        for (trouble, since) in compared::troubles(found) {
            self.problem(expected, trouble, since);
        }
        let commit = self.expectation.commit.as_ref().map(Commit::as_str);
        for trouble in compared::differences(found, expected, commit) {
            self.problem(expected, trouble, None);
        }
    }

    /// What else a cluster has: what charts of expected Applications make, and what nobody rendered.
    fn others(&mut self, cluster: &str, expected: &[&'e ExpectedApplication], seen: &Seen) {
        let known: BTreeSet<(&str, &str)> = expected
            .iter()
            .map(|it| (&*it.namespace, &*it.name))
            .collect();
        let by_name: BTreeMap<&str, &ExpectedApplication> =
            expected.iter().map(|it| (&*it.name, *it)).collect();
        let parents: BTreeMap<&str, &str> = seen
            .applications
            .iter()
            .flatten()
            .filter_map(|it| Some((&*it.name, it.parent.as_deref()?)))
            .collect();
        for application in &seen.applications {
            let name = identity(application);
            if name.is_some_and(|name| known.contains(&name)) {
                continue;
            }
            let (namespace, name) = name.unwrap_or(("?", "?"));
            let maker = maker(name, &parents, &by_name);
            if maker.is_none() && self.expectation.is_part {
                continue;
            }
            let troubles = match (application, maker) {
                (Err(malformed), _) => {
                    let part = malformed.part.to_owned();
                    vec![(Trouble::Malformed { part }, None)]
                }
                (Ok(made), Some(_)) => compared::troubles(made),
                (Ok(_), None) => {
                    self.tally.foreign += 1;
                    vec![(Trouble::Foreign, None)]
                }
            };
            let troubles = troubles.into_iter().map(|(trouble, since)| Problem {
                cluster: cluster.to_owned(),
                application: name.to_owned(),
                namespace: namespace.to_owned(),
                object: maker.map(|it| it.object.clone()),
                since,
                message: trouble.to_string(),
                trouble,
            });
            self.problems.extend(troubles);
        }
    }

    fn problem(
        &mut self,
        expected: &ExpectedApplication,
        trouble: Trouble,
        since: Option<Timestamp>,
    ) {
        self.problems.push(Problem {
            cluster: expected.cluster.clone(),
            application: expected.name.clone(),
            namespace: expected.namespace.clone(),
            object: Some(expected.object.clone()),
            since,
            message: trouble.to_string(),
            trouble,
        });
    }

    /// The row of an Application.
    fn row(&mut self, expected: &'e ExpectedApplication) -> &mut ObjectRow {
        let key = (&*expected.object, &*expected.cluster);
        self.objects.entry(key).or_insert_with(|| ObjectRow {
            object: expected.object.clone(),
            tier: expected.tier.clone(),
            cluster: expected.cluster.clone(),
            deploys_to: expected.deploys_to.clone(),
            applications: 0,
            sync: None,
            health: None,
            chart: None,
            images: None,
            problems: 0,
            since: None,
        })
    }
}

/// The namespace and the name of what a cluster has, where it has both.
fn identity(application: &Result<Application, Malformed>) -> Option<(&str, &str)> {
    match application {
        Ok(it) => Some((&it.namespace, &it.name)),
        Err(it) => it.namespace.as_deref().zip(it.name.as_deref()),
    }
}

/// The expected Application whose chart made another one, through others too.
///
/// A root makes what is rendered, and nothing else: what it made once and is not rendered any more is nobody's.
fn maker<'e>(
    name: &str,
    parents: &BTreeMap<&str, &str>,
    expected: &BTreeMap<&str, &'e ExpectedApplication>,
) -> Option<&'e ExpectedApplication> {
    let mut at = name;
    for _ in 0..DEPTH {
        let parent = parents.get(at)?;
        if let Some(known) = expected.get(parent) {
            let is_chart = known.sources.iter().any(|source| source.chart.is_some());
            return is_chart.then_some(*known);
        }
        at = parent;
    }
    None
}

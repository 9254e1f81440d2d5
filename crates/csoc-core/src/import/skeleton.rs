//! The frame of an imported fleet: where charts and values come from, accounts, clusters, and what each environment is called.

use std::collections::BTreeMap;

use super::draft::Draft;
use super::foreign::{Foreign, ForeignEnvironment};
use super::group::{Place, own_name, text};
use super::names::{free_name, object_name};
use super::note::{NoteKind, Notes};
use crate::model::cloud::{AccountId, EnvironmentId, Region};
use crate::model::name::{DirectoryName, FileName, KubernetesName, ObjectName};
use crate::model::network::{Hostname, RepositoryUrl};
use crate::model::version::Revision;
use crate::value::{Kind, Node};

/// The region where nothing says another one.
const REGION: &str = "us-east-1";
/// The account where nothing says one.
const NO_ACCOUNT: &str = "000000000000";

/// Where the fleet's charts and values come from: what most Applications say.
#[derive(Debug, Default)]
pub(super) struct Origins {
    pub(super) chart: Option<ChartOrigin>,
    pub(super) repository: Option<String>,
    pub(super) revision: Option<String>,
}

/// Where a chart comes from.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct ChartOrigin {
    pub(super) repository: String,
    pub(super) path: Option<String>,
    pub(super) revision: String,
}

impl ChartOrigin {
    fn of(source: &Node) -> Option<Self> {
        let field = |key: &str| text(source, &[key]).map(str::to_owned);
        Some(Self {
            repository: field("repoURL")?,
            path: field("path"),
            revision: field("targetRevision")?,
        })
    }
}

/// The most frequent of some values; the least of them where several are.
pub(super) fn most<T: Ord>(values: impl IntoIterator<Item = T>) -> Option<T> {
    let mut counts: BTreeMap<T, usize> = BTreeMap::new();
    for value in values {
        *counts.entry(value).or_default() += 1;
    }
    let mut best: Option<(T, usize)> = None;
    for (value, count) in counts {
        if best.as_ref().is_none_or(|(_, most)| count > *most) {
            best = Some((value, count));
        }
    }
    best.map(|(value, _)| value)
}

impl Origins {
    pub(super) fn of(foreign: &Foreign) -> Self {
        let charts = || {
            let environments = foreign.environments.iter();
            environments.filter_map(|environment| ChartOrigin::of(environment.chart()?))
        };
        let usual = most(charts().map(|chart| (chart.repository, chart.path)));
        let revision = most(
            charts()
                .filter(|chart| {
                    usual.as_ref() == Some(&(chart.repository.clone(), chart.path.clone()))
                })
                .map(|chart| chart.revision),
        );
        let values = |key: &'static str| {
            let environments = foreign.environments.iter();
            most(environments.filter_map(move |environment| {
                text(environment.values_source()?, &[key]).map(str::to_owned)
            }))
        };
        Self {
            chart: usual
                .zip(revision)
                .map(|((repository, path), revision)| ChartOrigin {
                    repository,
                    path,
                    revision,
                }),
            repository: values("repoURL"),
            revision: values("targetRevision"),
        }
    }
}

/// A text as a field, where the model takes it.
pub(super) fn set_typed<T: std::str::FromStr>(node: &mut Node, path: &[&str], text: &str) -> bool {
    let holds = text.parse::<T>().is_ok();
    if holds {
        node.set(path, text.into());
    }
    holds
}

/// The frame, with an environment for each place.
pub(super) fn skeleton(
    foreign: &Foreign,
    places: &[Place],
    name: &ObjectName,
    notes: &mut Notes,
) -> Draft {
    let mut draft = Draft::new(name);
    let origins = Origins::of(foreign);
    if let Some(repository) = &origins.repository {
        set_typed::<RepositoryUrl>(&mut draft.fleet, &["gitops", "repository"], repository);
        let revision = origins.revision.as_deref().unwrap_or("main");
        if !set_typed::<Revision>(&mut draft.fleet, &["gitops", "revision"], revision) {
            draft.fleet.set(&["gitops", "revision"], "main".into());
        }
    }
    if let Some(chart) = &origins.chart {
        let path = ["charts", "gen3"];
        let [charts, gen3] = path;
        let fleet = &mut draft.fleet;
        set_typed::<RepositoryUrl>(fleet, &[charts, gen3, "repository"], &chart.repository);
        if let Some(directory) = &chart.path {
            fleet.set(&[charts, gen3, "path"], directory.as_str().into());
        }
        set_typed::<Revision>(fleet, &[charts, gen3, "revision"], &chart.revision);
    }
    clusters(foreign, &mut draft, notes);
    for (environment, place) in foreign.environments.iter().zip(places) {
        let node = environment_frame(environment, place, &origins, notes);
        draft.environments.insert(place.at.clone(), node);
        draft
            .commons
            .entry(place.at.commons.clone())
            .or_insert_with(Node::map);
    }
    draft
}

/// Accounts by number, and clusters by their directory.
fn clusters(foreign: &Foreign, draft: &mut Draft, notes: &mut Notes) {
    let mut accounts: BTreeMap<String, ObjectName> = BTreeMap::new();
    for cluster in &foreign.clusters {
        let on: Vec<&ForeignEnvironment> = foreign
            .environments
            .iter()
            .filter(|environment| environment.cluster == cluster.directory)
            .collect();
        let said = cluster
            .values
            .as_ref()
            .and_then(|values| text(values, &["accountNumber"]));
        let id = said
            .filter(|id| AccountId::check(id).is_ok())
            .map(str::to_owned)
            .or_else(|| most(on.iter().flat_map(|environment| account_ids(environment))));
        let id = id.unwrap_or_else(|| {
            notes.file(
                NoteKind::Guessed,
                &cluster.directory,
                format!(
                    "nothing says which account this cluster is in; `{NO_ACCOUNT}` stands for it"
                ),
            );
            NO_ACCOUNT.to_owned()
        });
        let region = most(on.iter().flat_map(|environment| regions(environment)))
            .unwrap_or_else(|| REGION.to_owned());
        let project = cluster
            .values
            .as_ref()
            .and_then(|values| text(values, &["project"]));
        let account = accounts.entry(id.clone()).or_insert_with(|| {
            let wanted = object_name(project.unwrap_or(&cluster.directory));
            let name = free_name(&wanted, |name| draft.accounts.contains_key(name));
            let mut node = Node::map();
            node.insert("provider", "aws".into());
            node.insert("id", id.as_str().into());
            node.insert("region", region.as_str().into());
            node.set(&["management", "terraform"], "external".into());
            draft.accounts.insert(name.clone(), node);
            name
        });
        let mut node = Node::map();
        node.insert("account", account.as_str().into());
        let of_account = draft.accounts.get(account);
        if of_account.and_then(|node| text(node, &["region"])) != Some(region.as_str()) {
            node.insert("region", region.as_str().into());
        }
        if let Some(project) = project {
            set_typed::<ObjectName>(&mut node, &["project"], project);
        }
        let tag = cluster
            .values
            .as_ref()
            .and_then(|values| text(values, &["karpenter-crds", "selectorTag"]));
        if let Some(tag) = tag.filter(|tag| *tag != cluster.directory) {
            set_typed::<ObjectName>(&mut node, &["vpc"], tag);
        }
        let values = if cluster.values.is_some() {
            "observed"
        } else {
            "external"
        };
        node.set(&["management", "terraform"], "external".into());
        node.set(&["management", "values"], values.into());
        node.set(&["management", "applications"], "external".into());
        if let Ok(name) = cluster.directory.parse::<ObjectName>() {
            draft.clusters.insert(name, node);
        }
    }
}

/// The account numbers in an environment's values.
fn account_ids(environment: &ForeignEnvironment) -> Vec<String> {
    let mut ids = Vec::new();
    if let Some(values) = &environment.values {
        if let Some(id) = text(values, &["global", "aws", "account"]) {
            ids.push(id.to_owned());
        }
        texts(values, &mut |text| {
            if let Some(id) = arn_part(text, 4) {
                ids.push(id.to_owned());
            }
        });
    }
    ids.retain(|id| AccountId::check(id).is_ok());
    ids
}

/// The regions in an environment's values.
fn regions(environment: &ForeignEnvironment) -> Vec<String> {
    let mut regions = Vec::new();
    if let Some(values) = &environment.values {
        texts(values, &mut |text| {
            if let Some(region) = arn_part(text, 3) {
                regions.push(region.to_owned());
            }
        });
    }
    regions.retain(|region| Region::check(region).is_ok());
    regions
}

fn arn_part(text: &str, part: usize) -> Option<&str> {
    text.starts_with("arn:")
        .then(|| text.split(':').nth(part))
        .flatten()
        .filter(|part| !part.is_empty())
}

/// Calls back for every scalar of one line.
fn texts<'n>(node: &'n Node, visit: &mut impl FnMut(&'n str)) {
    match &node.kind {
        Kind::Scalar(scalar) => visit(&scalar.text),
        Kind::List(items) => items.iter().for_each(|item| texts(item, visit)),
        Kind::Map(entries) => entries.iter().for_each(|entry| texts(&entry.node, visit)),
        Kind::Pending(_) => {}
    }
}

/// An environment as far as it is known without its values: names, and who owns what.
fn environment_frame(
    environment: &ForeignEnvironment,
    place: &Place,
    origins: &Origins,
    notes: &mut Notes,
) -> Node {
    let mut node = Node::map();
    node.insert("tier", place.tier.as_str().into());
    node.insert("cluster", environment.cluster.as_str().into());
    let hostname = [
        environment.text(&["global", "hostname"]),
        Some(environment.directory.as_str()),
    ]
    .into_iter()
    .flatten()
    .find(|host| host.contains('.') && Hostname::check(host).is_ok());
    let hostname = hostname.map_or_else(
        || {
            let host = format!(
                "{}.{}.invalid",
                object_name(&environment.directory),
                place.at.commons
            );
            notes.file(
                NoteKind::Guessed,
                environment.title(),
                format!("nothing says under which host name it is reached; `{host}` stands for it"),
            );
            host
        },
        str::to_owned,
    );
    node.insert("hostname", hostname.into());
    identity(environment, &mut node);
    let values = if environment.values.is_some() {
        "observed"
    } else {
        "external"
    };
    let applications = if environment.application.is_some() {
        "observed"
    } else {
        "external"
    };
    node.set(&["management", "terraform"], "external".into());
    node.set(&["management", "values"], values.into());
    node.set(&["management", "applications"], applications.into());
    application(environment, origins, &mut node);
    node
}

/// The names that it keeps, also where another environment has the same.
fn identity(environment: &ForeignEnvironment, node: &mut Node) {
    let release = environment
        .chart()
        .and_then(|source| text(source, &["helm", "releaseName"]));
    let id = environment
        .text(&["global", "environment"])
        .map_or_else(|| likely_id(environment, release), str::to_owned);
    set_typed::<EnvironmentId>(node, &["identity", "environmentId"], &id);
    for (field, name) in [
        (
            "namespace",
            environment.of_application(&["spec", "destination", "namespace"]),
        ),
        ("releaseName", release),
        (
            "application",
            environment.of_application(&["metadata", "name"]),
        ),
    ] {
        if let Some(name) = name {
            set_typed::<KubernetesName>(node, &["identity", field], name);
        }
    }
    set_typed::<DirectoryName>(node, &["identity", "directory"], &environment.directory);
}

/// The identifier that most of its secrets start with, where it says none.
fn likely_id(environment: &ForeignEnvironment, release: Option<&str>) -> String {
    let own = own_name(environment);
    let mut secrets: Vec<&str> = Vec::new();
    for entry in environment.values.iter().flat_map(Node::entries) {
        let of_service = entry.node.get("externalSecrets").map(Node::entries);
        for secret in of_service.unwrap_or_default() {
            secrets.extend(secret.node.text().filter(|text| text.contains('-')));
        }
    }
    let heads = secrets.iter().flat_map(|secret| {
        secret
            .match_indices('-')
            .take(2)
            .filter_map(|(at, _)| secret.get(..at))
    });
    let mut candidates: Vec<&str> = vec![own.as_str()];
    candidates.extend(release);
    candidates.extend(heads);
    candidates.retain(|id| EnvironmentId::check(id).is_ok());
    let score = |id: &str| {
        let starts = |secret: &&&str| {
            secret
                .strip_prefix(id)
                .is_some_and(|rest| rest.starts_with('-'))
        };
        secrets.iter().filter(starts).count()
    };
    let mut best = (own.as_str(), score(&own));
    for id in candidates {
        if score(id) > best.1 {
            best = (id, score(id));
        }
    }
    best.0.to_owned()
}

/// What of its Application is a field of its own.
fn application(environment: &ForeignEnvironment, origins: &Origins, node: &mut Node) {
    if let Some(chart) = environment.chart().and_then(ChartOrigin::of) {
        let usual = origins.chart.as_ref();
        if usual.is_none_or(|usual| usual.repository != chart.repository) {
            set_typed::<RepositoryUrl>(node, &["chart", "repository"], &chart.repository);
        }
        if let Some(path) = &chart.path
            && usual.is_none_or(|usual| usual.path.as_ref() != Some(path))
        {
            node.set(&["chart", "path"], path.as_str().into());
        }
        if usual.is_none_or(|usual| usual.revision != chart.revision) {
            set_typed::<Revision>(node, &["chart", "revision"], &chart.revision);
        }
    }
    if let Some(project) = environment.of_application(&["spec", "project"]) {
        set_typed::<KubernetesName>(node, &["application", "project"], project);
    }
    let revision = environment
        .values_source()
        .and_then(|source| text(source, &["targetRevision"]));
    if let Some(revision) = revision
        && origins.revision.as_deref() != Some(revision)
    {
        set_typed::<Revision>(node, &["application", "revision"], revision);
    }
    let files: Vec<Node> = environment
        .files
        .iter()
        .filter(|file| FileName::check(&file.name).is_ok())
        .map(|file| Node::string(file.name.as_str()))
        .collect();
    let files = if files.is_empty() {
        vec!["values.yaml".into()]
    } else {
        files
    };
    node.set(&["application", "valuesFiles"], Node::list(files));
}

//! One Application against what is rendered of it.

use jiff::Timestamp;
use serde::Serialize;

use super::application::{Application, Phase, Source};
use super::expected::{ExpectedApplication, ExpectedSource};
use super::health::{Health, Sync};
use super::problem::{ImageDifference, Trouble};

/// How many digits name a commit.
const COMMIT: usize = 40;

/// What is not well of an Application, and since when.
pub(super) type Troubles = Vec<(Trouble, Option<Timestamp>)>;

/// The revision of a chart: what is there, and what is rendered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct ChartRevision {
    /// What was deployed last, or what is asked for where that is not known.
    pub found: Option<String>,
    /// What is rendered.
    pub wanted: String,
}

/// The images that run, of those whose tags values name.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct ImageCount {
    /// How many run.
    pub running: usize,
    /// How many of them with another tag.
    pub other: usize,
    /// The tag that values name most.
    pub wanted: Option<String>,
}

/// How well it is, by itself.
pub(super) fn troubles(application: &Application) -> Troubles {
    let mut troubles = Troubles::new();
    let since = application.health_since;
    let said = || application.health_message.clone();
    match application.health {
        Health::Healthy | Health::Suspended => {}
        Health::Degraded => troubles.push((Trouble::Degraded { said: said() }, since)),
        Health::Missing => troubles.push((Trouble::NothingRuns, since)),
        Health::Progressing => troubles.push((Trouble::Progressing { said: said() }, since)),
        Health::Unknown => troubles.push((unknown("health"), since)),
    }
    match application.sync {
        Sync::Synced => {}
        Sync::OutOfSync => troubles.push((Trouble::OutOfSync, None)),
        Sync::Unknown => troubles.push((unknown("sync"), None)),
    }
    if let Some(operation) = &application.operation
        && operation.phase == Phase::Failed
        // What was in sync since then has mended itself.
        && application.sync != Sync::Synced
    {
        let said = operation.message.clone();
        troubles.push((Trouble::SyncFailed { said }, operation.at));
    }
    // What ends otherwise is a warning: of what is left behind, of what is there twice.
    let errors = application
        .conditions
        .iter()
        .filter(|it| it.kind.ends_with("Error"));
    troubles.extend(errors.map(|condition| {
        let trouble = Trouble::Condition {
            condition: condition.kind.clone(),
            said: condition.message.clone(),
        };
        (trouble, condition.since)
    }));
    troubles
}

fn unknown(of: &str) -> Trouble {
    Trouble::Unknown { of: of.to_owned() }
}

/// What of it is not as it is rendered.
pub(super) fn differences(
    application: &Application,
    expected: &ExpectedApplication,
    commit: Option<&str>,
) -> Vec<Trouble> {
    let mut differences = Vec::new();
    for source in &expected.sources {
        let Some(found) = application.sources.iter().find(|it| is_same(it, source)) else {
            let source = name(source);
            differences.push(Trouble::Source { source });
            continue;
        };
        if let Some(wanted) = &source.revision
            && found.revision.as_ref() != Some(wanted)
        {
            differences.push(Trouble::Revision {
                source: name(source),
                found: found.revision.clone().unwrap_or_else(|| "HEAD".to_owned()),
                wanted: wanted.clone(),
            });
            // That another one was deployed goes without saying.
            continue;
        }
        let wanted = match &source.revision {
            Some(revision) if is_exact(source, revision) => Some(&**revision),
            _ if source.chart.is_none() => commit,
            _ => None,
        };
        if let (Some(wanted), Some(found)) = (wanted, deployed(application, source))
            && !is_revision(found, wanted)
        {
            differences.push(Trouble::Deployed {
                source: name(source),
                found: short(found),
                wanted: short(wanted),
            });
        }
    }
    let images = images(application, expected);
    if !images.is_empty() {
        differences.push(Trouble::Images { images });
    }
    differences
}

/// The images that run with a tag that no value names.
fn images(application: &Application, expected: &ExpectedApplication) -> Vec<ImageDifference> {
    let known = known_images(application, expected);
    let mut other: Vec<ImageDifference> = known
        .filter(|(_, tag, wanted)| !wanted.iter().any(|wanted| wanted == tag))
        .map(|(image, found, wanted)| ImageDifference {
            image: image.to_owned(),
            found: found.to_owned(),
            wanted: wanted.iter().cloned().collect(),
        })
        .collect();
    other.sort();
    other
}

/// The images that run and whose tags values name: the repository, the tag, the tags that are wanted.
fn known_images<'a>(
    application: &'a Application,
    expected: &'a ExpectedApplication,
) -> impl Iterator<Item = (&'a str, &'a str, &'a std::collections::BTreeSet<String>)> {
    application.images.iter().filter_map(|image| {
        // A digest beside the tag says no more; one in its place cannot be compared.
        let plain = image.split('@').next().unwrap_or_default();
        let (repository, tag) = plain.rsplit_once(':')?;
        let wanted = expected.images.get(repository)?;
        (!tag.contains('/')).then_some((repository, tag, wanted))
    })
}

/// How many of the images that run are others than values name.
pub(super) fn count(application: &Application, expected: &ExpectedApplication) -> ImageCount {
    let mut tags: std::collections::BTreeMap<&str, usize> = std::collections::BTreeMap::new();
    for tag in expected.images.values().flatten() {
        *tags.entry(tag).or_default() += 1;
    }
    let most = tags.into_iter().max_by_key(|(_, count)| *count);
    ImageCount {
        running: known_images(application, expected).count(),
        other: images(application, expected).len(),
        wanted: most.map(|(tag, _)| tag.to_owned()),
    }
}

/// The revision of the chart that an Application is about.
pub(super) fn chart(
    application: &Application,
    expected: &ExpectedApplication,
) -> Option<ChartRevision> {
    let source = expected.sources.iter().find(|it| it.chart.is_some())?;
    let wanted = source.revision.clone()?;
    let asked = application.sources.iter().find(|it| is_same(it, source));
    let asked = asked.and_then(|it| it.revision.as_deref());
    let is_at = |found: &&str| is_exact(source, found);
    let found = deployed(application, source).filter(is_at).or(asked);
    Some(ChartRevision {
        found: found.map(short),
        wanted: short(&wanted),
    })
}

/// The revision of a source that was deployed last.
fn deployed<'a>(application: &'a Application, wanted: &ExpectedSource) -> Option<&'a str> {
    let deployed = application.deployed.as_ref()?;
    let found = deployed
        .revisions
        .iter()
        .find(|(it, _)| is_same(it, wanted))?;
    Some(&*found.1).filter(|revision| !revision.is_empty())
}

/// Whether a source is the one that is rendered, at whatever revision.
fn is_same(found: &Source, wanted: &ExpectedSource) -> bool {
    let is_chart = wanted.chart.is_none() || wanted.path.is_some() || found.chart == wanted.chart;
    is_chart
        && found.path.as_deref().map(trimmed) == wanted.path.as_deref().map(trimmed)
        && repository(&found.repository) == repository(&wanted.repository)
}

fn trimmed(path: &str) -> &str {
    path.trim_start_matches("./").trim_matches('/')
}

/// The address of a repository without what makes no difference.
fn repository(address: &str) -> String {
    let plain = match address.split_once("://") {
        Some((_, rest)) => rest.to_owned(),
        // As ssh writes it: `git@example.org:team/fleet`.
        None => address.replacen(':', "/", 1),
    };
    let plain = plain.rsplit('@').next().unwrap_or_default();
    let plain = plain.trim_end_matches('/');
    plain
        .strip_suffix(".git")
        .unwrap_or(plain)
        .to_ascii_lowercase()
}

/// The name of a source in messages.
fn name(source: &ExpectedSource) -> String {
    match &source.chart {
        Some(chart) => chart.clone(),
        None => source.repository.clone(),
    }
}

/// Whether a revision is what Argo CD says when it was deployed: the version of a chart, or a commit.
fn is_exact(source: &ExpectedSource, revision: &str) -> bool {
    let is_commit =
        revision.len() == COMMIT && revision.bytes().all(|byte| byte.is_ascii_hexdigit());
    let is_version = source.chart.is_some()
        && source.path.is_none()
        && revision.starts_with(|char: char| char.is_ascii_digit())
        && !revision.contains(|char: char| "*^~<>=|, xX".contains(char));
    is_commit || is_version
}

/// Whether a revision is the one that is wanted, or starts with the digits of a commit.
fn is_revision(found: &str, wanted: &str) -> bool {
    let is_commit = wanted.len() >= 7 && wanted.bytes().all(|byte| byte.is_ascii_hexdigit());
    let plain = |revision: &str| revision.trim_start_matches('v').to_ascii_lowercase();
    if is_commit && found.len() == COMMIT {
        return plain(found).starts_with(&wanted.to_ascii_lowercase());
    }
    plain(found) == plain(wanted)
}

/// A revision as it is shown: of a commit the first twelve digits.
fn short(revision: &str) -> String {
    let is_commit =
        revision.len() == COMMIT && revision.bytes().all(|byte| byte.is_ascii_hexdigit());
    let shown = if is_commit { 12 } else { revision.len() };
    revision.chars().take(shown).collect()
}

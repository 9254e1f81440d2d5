//! `versions`: which services run, the release, and the images that are not the release's.

use std::collections::{BTreeMap, BTreeSet};

use super::migration::{Block, Migration};
use crate::catalog::ServiceCatalog;
use crate::import::ledger::Outcome;
use crate::import::skeleton::most;
use crate::model::version::{ImageRepository, ImageTag};
use crate::value::Node;

/// Services that the charts call otherwise.
const RENAMED: [(&str, &str); 3] = [
    ("audit-service", "audit"),
    ("aws-es-proxy", "aws-sigv4-proxy"),
    ("cedar-wrapper", "cedar"),
];

/// Images that are jobs of a chart, by the name that the model's `images` has for them.
const JOBS: [(&str, &str); 3] = [
    ("awshelper", "awshelper"),
    ("tube", "tube"),
    ("spark", "gen3-spark"),
];

/// Services that no chart has, and what stands for them.
const GONE: [(&str, Outcome, &str); 6] = [
    (
        "fluentd",
        Outcome::Dropped,
        "logs are the cluster's: its add-ons collect them",
    ),
    (
        "jupyterhub",
        Outcome::Dropped,
        "hatchery has taken its place",
    ),
    (
        "pidgin",
        Outcome::Unmapped,
        "the charts have no pidgin; its addresses are gone after the move",
    ),
    (
        "ws-storage",
        Outcome::Unmapped,
        "the charts have no ws-storage: files of workspaces do not move with it",
    ),
    (
        "google-sa-validation",
        Outcome::Dropped,
        "it is a job of fence and runs fence's image",
    ),
    (
        "gen3-discovery-ai",
        Outcome::Unmapped,
        "the charts have no gen3-discovery-ai; its addresses are gone after the move",
    ),
];

/// Services of the umbrella chart that our catalog has no facts of.
const CHARTS: [&str; 6] = [
    "datareplicate",
    "ohdsi-atlas",
    "ohdsi-webapi",
    "gen3-analysis",
    "gen3-workflow",
    "workspace-proxy",
];

/// The ambassador that the chart runs unless told otherwise.
const AMBASSADOR: &str = "1.4.2";

/// What `versions` says.
#[derive(Debug, Default)]
pub(super) struct Images {
    /// The charts that run.
    pub(super) services: BTreeSet<String>,
    pub(super) release: Option<String>,
    pub(super) registry: Option<String>,
}

/// A service's name in the charts.
pub(super) fn chart(service: &str) -> &str {
    RENAMED
        .iter()
        .find(|(legacy, _)| *legacy == service)
        .map_or(service, |(_, chart)| chart)
}

/// An image in its parts.
struct Image<'t> {
    registry: &'t str,
    name: &'t str,
    tag: &'t str,
}

impl<'t> Image<'t> {
    fn of(text: &'t str) -> Option<Self> {
        let (repository, tag) = text.rsplit_once(':')?;
        let (registry, name) = repository.rsplit_once('/')?;
        let holds =
            repository.parse::<ImageRepository>().is_ok() && tag.parse::<ImageTag>().is_ok();
        holds.then_some(Self {
            registry,
            name,
            tag,
        })
    }

    fn repository(&self) -> String {
        format!("{}/{}", self.registry, self.name)
    }
}

/// A monthly release: `2026.07`.
pub(super) fn is_release(tag: &str) -> bool {
    let parts: Vec<&str> = tag.split('.').collect();
    let digits =
        |text: &str, count| text.len() == count && text.bytes().all(|byte| byte.is_ascii_digit());
    matches!(parts[..], [year, month] if digits(year, 4) && digits(month, 2))
}

/// The release and the registry that most of its services have.
pub(super) fn read(versions: Option<&Block>) -> Images {
    let Some(block) = versions else {
        return Images::default();
    };
    let images: BTreeMap<&str, Image<'_>> = block
        .node
        .entries()
        .iter()
        .filter_map(|entry| Some((entry.key.as_str(), Image::of(entry.node.text()?)?)))
        .collect();
    let of_release = images.iter().filter(|(_, image)| is_release(image.tag));
    Images {
        services: block
            .node
            .entries()
            .iter()
            .map(|entry| chart(entry.key.as_str()))
            // What fills the index is a job of the chart `etl`.
            .map(|name| if name == "tube" { "etl" } else { name })
            .filter(|name| ServiceCatalog::embedded().get(name).is_some() || CHARTS.contains(name))
            .map(str::to_owned)
            .collect(),
        release: most(of_release.map(|(_, image)| image.tag.to_owned())),
        registry: most(
            images
                .iter()
                .filter(|(key, _)| ServiceCatalog::embedded().get(chart(key)).is_some())
                .map(|(_, image)| image.registry.to_owned()),
        ),
    }
}

/// Writes what is not the release's.
pub(super) fn map(migration: &mut Migration<'_>, images: &Images, release: &str, registry: &str) {
    let Some(block) = migration.block("versions") else {
        return;
    };
    for entry in block.node.entries() {
        let key = entry.key.as_str();
        let at = &[key];
        if let Some((_, outcome, reason)) = GONE.iter().find(|(gone, _, _)| *gone == key) {
            migration.claim(&block, at, *outcome, "", reason);
            continue;
        }
        let Some(image) = entry.node.text().and_then(Image::of) else {
            let reason = "it is no image with a tag";
            migration.claim(&block, at, Outcome::Unmapped, "", reason);
            continue;
        };
        if let Some((_, job)) = JOBS.iter().find(|(legacy, _)| *legacy == key) {
            of_job(migration, &block, key, job, &image, release, registry);
        } else if images.services.contains(chart(key)) {
            of_service(migration, &block, key, &image, release, registry);
        }
    }
    of_uploads(migration, release, registry);
}

fn of_service(
    migration: &mut Migration<'_>,
    block: &Block,
    key: &str,
    image: &Image<'_>,
    release: &str,
    registry: &str,
) {
    let at = &[key];
    let name = chart(key);
    let target = format!("services.{name}");
    match key {
        "aws-es-proxy" => {
            let reason = "another program has taken its place; the image is the chart's";
            migration.claim(block, at, Outcome::Changed, &target, reason);
            return;
        }
        "ambassador" => {
            migration.claim(block, at, Outcome::Mapped, &target, "");
            if image.tag != AMBASSADOR {
                let to = ["ambassador", "image", "tag"];
                migration.value(block, at, &to, Node::string(image.tag));
            }
            return;
        }
        _ => {}
    }
    let Some(facts) = ServiceCatalog::embedded().get(name) else {
        migration.raw(&[name, "enabled"], true.into());
        migration.raw(&[name, "image", "tag"], Node::string(image.tag));
        let repository = Node::string(image.repository());
        migration.value(block, at, &[name, "image", "repository"], repository);
        return;
    };
    let Some(facts) = &facts.image else {
        migration.claim(block, at, Outcome::Mapped, &target, "");
        return;
    };
    let mut set = |field: &str, text: &str| {
        migration
            .node
            .set(&["services", name, "image", field], Node::string(text));
    };
    if image.repository() != format!("{registry}/{}", facts.name) {
        set("repository", &image.repository());
    }
    let usual = match facts.tag.as_str() {
        "release" => release,
        tag => tag,
    };
    if image.tag != usual {
        set("tag", image.tag);
    }
    migration.claim(block, at, Outcome::Mapped, &target, "");
}

fn of_job(
    migration: &mut Migration<'_>,
    block: &Block,
    key: &str,
    name: &str,
    image: &Image<'_>,
    release: &str,
    registry: &str,
) {
    let target = format!("images.{name}");
    if image.tag != release {
        migration
            .node
            .set(&["images", name], Node::string(image.tag));
    }
    if key == "awshelper" {
        if image.repository() != format!("{registry}/{name}") {
            migration
                .node
                .set(&["imageRepositories", name], image.repository().into());
        }
    } else {
        let to = ["etl", "image", key, "repository"];
        migration.raw(&to, image.repository().into());
    }
    migration.claim(block, &[key], Outcome::Mapped, &target, "");
}

/// The image of the jobs that index uploads.
fn of_uploads(migration: &mut Migration<'_>, release: &str, registry: &str) {
    let Some(block) = migration.block("ssjdispatcher") else {
        return;
    };
    let at = ["job_images", "indexing"];
    let Some(text) = block.node.path(&at).and_then(Node::text) else {
        return;
    };
    let Some(image) = Image::of(text) else {
        let reason = "it is no image with a tag";
        return migration.claim(&block, &at, Outcome::Unmapped, "", reason);
    };
    let name = "indexs3client";
    if image.tag != release {
        migration
            .node
            .set(&["images", name], Node::string(image.tag));
    }
    if image.repository() != format!("{registry}/{name}") {
        migration
            .node
            .set(&["imageRepositories", name], image.repository().into());
    }
    migration.claim(&block, &at, Outcome::Mapped, "images.indexs3client", "");
}

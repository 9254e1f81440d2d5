//! Images: the registry and the release of most, and what differs from them.

use std::collections::BTreeSet;

use super::subject::string;
use crate::backend::helm::input::PUBLIC_REGISTRY;
use crate::catalog::{RepositoryFacts, ServiceCatalog};
use crate::import::foreign::{Foreign, ForeignEnvironment};
use crate::import::skeleton::{most, set_typed};
use crate::model::network::Registry;
use crate::model::version::{ImageRepository, ImageTag, ReleaseTag};
use crate::value::Node;

/// Values that hold a whole image of another name than its service, with that name.
const IMAGES: [(&[&str], &str); 6] = [
    (&["global", "awshelper_container_image"], "awshelper"),
    (&["fence", "usersync", "custom_image"], "awshelper"),
    (&["etl", "esGarbageCollect", "custom_image"], "awshelper"),
    (&["ssjdispatcher", "indexing"], "indexs3client"),
    (&["wts", "image", "utilImage"], "utilities"),
    (&["global", "fence_container_image"], "fence"),
];

/// Values that hold a tag of an image of another name than its service, with that name.
const TAGS: [(&[&str], &str); 3] = [
    (&["etl", "image", "tube", "tag"], "tube"),
    (&["etl", "image", "spark", "tag"], "gen3-spark"),
    (&["tests", "image", "tag"], "gen3-integration-tests"),
];

/// Sets the image of a service of which the model says nothing by itself.
fn by_hand(environment: &ForeignEnvironment, name: &str, node: &mut Node) {
    let of = |key| string(environment.get(&[name, "image", key]));
    if let Some(tag) = of("tag") {
        set_typed::<ImageTag>(node, &["services", name, "image", "tag"], tag);
    }
    if let Some(repository) = of("repository") {
        let path = ["services", name, "image", "repository"];
        set_typed::<ImageRepository>(node, &path, repository);
    }
}

/// The registries that an environment's images of the release come from.
fn registries(environment: &ForeignEnvironment) -> Vec<String> {
    ServiceCatalog::embedded()
        .iter()
        .filter_map(|(name, facts)| {
            let image = facts.image.as_ref()?;
            let repository = string(environment.get(&[name, "image", "repository"]))?;
            let registry = repository
                .strip_suffix(image.name.as_str())?
                .strip_suffix('/')?;
            Registry::check(registry)
                .is_ok()
                .then(|| registry.to_owned())
        })
        .collect()
}

/// The releases that an environment's images are of.
fn releases(environment: &ForeignEnvironment) -> Vec<String> {
    ServiceCatalog::embedded()
        .iter()
        .filter(|(_, facts)| {
            facts
                .image
                .as_ref()
                .is_some_and(|image| image.tag == "release")
        })
        .filter_map(|(name, _)| string(environment.get(&[name, "image", "tag"])))
        .filter(|tag| ReleaseTag::check(tag).is_ok())
        .map(str::to_owned)
        .collect()
}

/// The registry that most environments take most images from.
pub(super) fn usual_registry(foreign: &Foreign) -> Option<String> {
    most(
        foreign
            .environments
            .iter()
            .filter_map(|environment| most(registries(environment))),
    )
}

/// The release that most environments are of.
pub(super) fn usual_release(foreign: &Foreign) -> Option<String> {
    most(
        foreign
            .environments
            .iter()
            .filter_map(|environment| most(releases(environment))),
    )
}

/// Sets release, registry and single images.
pub(super) fn read(
    environment: &ForeignEnvironment,
    runs: &BTreeSet<&'static str>,
    usual: Option<&str>,
    usual_release: Option<&str>,
    node: &mut Node,
) {
    let release = most(releases(environment))
        .or_else(|| usual_release.map(str::to_owned))
        .unwrap_or_else(|| crate::catalog::Versions::embedded().release.to_string());
    node.insert("release", release.as_str().into());
    let usual = usual.unwrap_or(PUBLIC_REGISTRY);
    let registry = most(registries(environment)).unwrap_or_else(|| usual.to_owned());
    if registry != usual {
        node.insert("registry", registry.as_str().into());
    }
    for (name, facts) in ServiceCatalog::embedded().iter() {
        let Some(image) = facts.image.as_ref().filter(|_| runs.contains(name)) else {
            by_hand(environment, name, node);
            continue;
        };
        if let Some(tag) = string(environment.get(&[name, "image", "tag"])) {
            let given = if image.tag == "release" {
                release.as_str()
            } else {
                image.tag.as_str()
            };
            if tag != given {
                set_typed::<ImageTag>(node, &["services", name, "image", "tag"], tag);
            }
        }
        if let Some(repository) = string(environment.get(&[name, "image", "repository"])) {
            let given = format!("{registry}/{}", image.name);
            if image.repository == RepositoryFacts::Default || repository != given {
                set_typed::<ImageRepository>(
                    node,
                    &["services", name, "image", "repository"],
                    repository,
                );
            }
        }
    }
    for (path, image) in IMAGES {
        let Some((repository, tag)) =
            string(environment.get(path)).and_then(|text| text.rsplit_once(':'))
        else {
            continue;
        };
        if node.path(&["images", image]).is_some()
            || node.path(&["imageRepositories", image]).is_some()
        {
            continue;
        }
        if tag != release {
            set_typed::<ImageTag>(node, &["images", image], tag);
        }
        if repository != format!("{registry}/{image}") {
            set_typed::<ImageRepository>(node, &["imageRepositories", image], repository);
        }
    }
    for (part, image) in [("tube", "tube"), ("spark", "gen3-spark")] {
        if let Some(repository) = string(environment.get(&["etl", "image", part, "repository"])) {
            let path = ["imageRepositories", image];
            set_typed::<ImageRepository>(node, &path, repository);
        }
    }
    for (path, image) in TAGS {
        if let Some(tag) = string(environment.get(path))
            && tag != release
        {
            set_typed::<ImageTag>(node, &["images", image], tag);
        }
    }
}

//! Rules about images.

use std::collections::BTreeMap;

use super::context::GitopsContext;
use super::databases::DEV;
use crate::catalog::{RepositoryFacts, ServiceCatalog};
use crate::diagnostic::Diagnostics;
use crate::gitops::Deployment;
use crate::value::Node;

/// Tags of branches that everybody knows.
const BRANCHES: [&str; 4] = ["develop", "latest", "main", "master"];

/// The image tags of a deployment's services that are not switched off.
fn tags(deployment: &Deployment) -> impl Iterator<Item = (&str, &str)> {
    deployment
        .blocks()
        .filter(|(service, _)| deployment.flag(&[service, "enabled"]) != Some(false))
        .filter_map(|(service, block)| {
            let tag = block.path(&["image", "tag"])?;
            Some((
                service,
                tag.text()
                    .filter(|text| !text.is_empty() && !tag.is_null())?,
            ))
        })
}

/// What runs is what was reviewed.
pub(crate) fn image_tag_mutable(context: &GitopsContext<'_>, found: &mut Diagnostics) {
    for deployment in context
        .deployments()
        .filter(|deployment| !deployment.is_on(&DEV))
    {
        for (service, tag) in tags(deployment) {
            let label = match tag {
                tag if BRANCHES.contains(&tag) => "a branch's tag",
                tag if !is_version(tag) => "looks like a branch's tag",
                _ => continue,
            };
            found.push(
                context
                    .value(
                        deployment,
                        &[service, "image", "tag"],
                        format!("the image of `{service}` has the tag `{tag}`, which moves"),
                        label,
                    )
                    .help("name a release or a version"),
            );
        }
    }
}

/// Whether a tag has a number with a dot in it, or is a commit.
fn is_version(tag: &str) -> bool {
    let has_version = tag
        .as_bytes()
        .windows(3)
        .any(|bytes| bytes[0].is_ascii_digit() && bytes[1] == b'.' && bytes[2].is_ascii_digit());
    let is_commit =
        (7..=40).contains(&tag.len()) && tag.bytes().all(|byte| byte.is_ascii_hexdigit());
    has_version || is_commit
}

/// Whether a tag is that of a monthly release: `2026.07` or `2026.07.1`.
fn is_release(tag: &str) -> bool {
    let mut parts = tag.split('.');
    let mut digits = |count: usize| {
        parts.next().is_some_and(|part| {
            part.len() == count && part.bytes().all(|byte| byte.is_ascii_digit())
        })
    };
    tag.starts_with("20")
        && digits(4)
        && digits(2)
        && parts
            .next()
            .is_none_or(|part| part.bytes().all(|byte| byte.is_ascii_digit()))
}

/// The services of a deployment are of one release.
pub(super) fn image_release_differs(context: &GitopsContext<'_>, found: &mut Diagnostics) {
    for deployment in context.deployments() {
        let mut releases: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for (service, tag) in tags(deployment).filter(|(_, tag)| is_release(tag)) {
            releases.entry(tag).or_default().push(service);
        }
        // The newest of those that most services have.
        let Some((release, most)) = releases.iter().max_by_key(|(_, services)| services.len())
        else {
            continue;
        };
        for (tag, services) in releases.iter().filter(|(tag, _)| *tag != release) {
            for service in services {
                found.push(
                    context
                        .value(deployment, &[service, "image", "tag"], format!("`{service}` is of the release `{tag}`, and most services of `{release}`"), "another release")
                        .help(format!("name `{release}`, or say beside it why not"))
                        .label(deployment.place(&[most[0], "image", "tag"]), "as most services"),
                );
            }
        }
    }
}

/// Who is switched on says what runs.
pub(super) fn image_tag_missing(context: &GitopsContext<'_>, found: &mut Diagnostics) {
    for deployment in context.deployments() {
        for (service, facts) in ServiceCatalog::embedded().iter() {
            let has_own = facts
                .image
                .as_ref()
                .is_some_and(|image| image.repository == RepositoryFacts::Registry);
            let path = [service, "enabled"];
            if has_own
                && deployment.is_on(&path)
                && deployment.get(&[service, "image", "tag"]).is_none()
            {
                found.push(
                    context
                        .value(
                            deployment,
                            &path,
                            format!("`{service}` runs whatever image the chart has by default"),
                            "without `image.tag`",
                        )
                        .help(format!("name the release: {service}.image.tag")),
                );
            }
        }
    }
}

/// Images beside those of services are pinned, too.
pub(super) fn image_default_moves(context: &GitopsContext<'_>, found: &mut Diagnostics) {
    const IMAGES: [(&str, &[&str]); 4] = [
        ("aws-sigv4-proxy", &["aws-sigv4-proxy", "image", "tag"]),
        ("etl", &["etl", "image", "tube", "tag"]),
        ("etl", &["etl", "image", "spark", "tag"]),
        ("fence", &["global", "awshelper_container_image"]),
    ];
    for deployment in context
        .deployments()
        .filter(|deployment| !deployment.is_on(&DEV))
    {
        for (service, path) in IMAGES {
            let pinned = deployment.get(path).and_then(Node::text);
            if deployment.runs(service) && pinned.is_none() {
                let key = path.join(".");
                found.push(
                    context
                        .value(
                            deployment,
                            path,
                            format!("`{key}` is not set, and the chart's default follows a branch"),
                            "moves",
                        )
                        .help("name a release"),
                );
            }
        }
    }
}

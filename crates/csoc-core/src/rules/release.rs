//! Rules about what runs: charts, releases, images.

use super::context::{FleetContext, is_rendered};
use crate::contract::{HubServiceKind, hub_services};
use crate::diagnostic::Diagnostics;
use crate::model::Tier;
use crate::model::environment::ImagePolicy;
use crate::model::version::ImageTag;

/// Charts stay what they were when they were reviewed.
pub(crate) fn chart_unpinned(context: &FleetContext<'_>, found: &mut Diagnostics) {
    let charts = &context.fleet.spec.charts;
    for (key, chart) in [
        ("gen3", &charts.gen3),
        ("clusterLevelResources", &charts.cluster_level_resources),
    ] {
        let Some(chart) = chart.as_ref().filter(|chart| !chart.revision.is_pinned()) else {
            continue;
        };
        let path = ["charts", key, "revision"];
        found.push(
            context
                .tier_finding(
                    context.highest_tier(),
                    &path,
                    format!("the chart `{key}` follows `{}`, which moves", chart.revision),
                )
                .help("name a version, a tag with a version number or a commit: what was reviewed is then what runs")
                .label(context.place(&path), "no version"),
        );
    }
    for (at, environment) in context.environments() {
        let spec = &environment.spec;
        if !is_rendered(spec.management.applications) {
            continue;
        }
        let own = spec
            .chart
            .as_ref()
            .and_then(|chart| chart.revision.as_ref());
        let follows = context.fleet.spec.gitops.as_ref();
        let values = spec.application.revision.as_ref();
        // All follow the branch that is reviewed; another one is what was not.
        let values = values.filter(|own| follows.is_none_or(|gitops| gitops.revision != **own));
        for (field, what, revision) in [
            (
                ["chart", "revision"],
                "chart of this environment follows",
                own,
            ),
            (
                ["application", "revision"],
                "values of this environment follow",
                values,
            ),
        ] {
            let Some(revision) = revision.filter(|revision| !revision.is_pinned()) else {
                continue;
            };
            found.push(
                context
                    .environment_finding(
                        at,
                        &field,
                        format!("the {what} `{revision}`, which moves"),
                    )
                    .help("name a version, a tag with a version number or a commit; or take it out, and follow what the fleet does")
                    .label(context.environment_place(at, &field), "no version"),
            );
        }
    }
}

/// Where only pinned images are allowed, no tag moves.
pub(crate) fn image_tag_mutable(context: &FleetContext<'_>, found: &mut Diagnostics) {
    for (at, environment) in context.environments() {
        let spec = &environment.spec;
        if spec.image_policy != ImagePolicy::Pinned {
            continue;
        }
        let services = spec.services.iter().filter_map(|(service, settings)| {
            let tag = settings.image.as_ref()?.tag.as_ref()?;
            Some((
                vec!["services", service.as_str(), "image", "tag"],
                service.as_str(),
                tag,
            ))
        });
        let images = spec
            .images
            .iter()
            .map(|(image, tag)| (vec!["images", image.as_str()], image.as_str(), tag));
        for (field, image, tag) in services.chain(images) {
            if moves(tag) {
                found.push(
                    context
                        .environment_finding(
                            at,
                            &field,
                            format!("the image of `{image}` has the tag `{tag}`, which moves"),
                        )
                        .help("name a release or a version: imagePolicy is `pinned` here")
                        .label(context.environment_place(at, &field), "a branch's tag"),
                );
            }
        }
    }
}

/// The portal runs what was reviewed.
pub(crate) fn portal_image_moves(context: &FleetContext<'_>, found: &mut Diagnostics) {
    let hub = context.fleet.spec.hub.as_ref();
    let Some(portal) = hub.and_then(|hub| hub.portal.as_ref()) else {
        return;
    };
    let runs = hub_services(context.fleet).is_some_and(|it| it.runs(HubServiceKind::Portal));
    let tag = portal.tag.as_ref();
    if !runs || tag.is_some_and(|tag| !moves(tag)) {
        return;
    }
    let digests = &portal.digests;
    let missing: Vec<&str> = [("api", &digests.api), ("frontend", &digests.frontend)]
        .into_iter()
        .filter(|(_, digest)| digest.is_none())
        .map(|(name, _)| name)
        .collect();
    if missing.is_empty() {
        return;
    }
    let path = match tag {
        Some(_) => &["hub", "portal", "tag"][..],
        None => &["hub", "portal"],
    };
    let (are, tag) = (
        missing.join("` and `"),
        tag.map_or("master", |tag| tag.as_str()),
    );
    found.push(
        context
            .finding(
                path,
                format!("the portal's images of `{are}` are those that `{tag}` means on the day they are pulled"),
            )
            .help("name what was reviewed: portal: { digests: { api: sha256:…, frontend: sha256:… } }, as `docker buildx imagetools inspect quay.io/cdis/csoc-api:master` and the same for csoc-frontend print them; gen3-admin publishes no releases")
            .label(context.place(path), "no digest"),
    );
}

/// Whether a tag is that of a branch: no digit at all, or a prefix that branches have.
fn moves(tag: &ImageTag) -> bool {
    const BRANCHES: [&str; 11] = [
        "feat", "feature", "fix", "hotfix", "bug", "chore", "test", "dev", "wip", "doc", "pxp",
    ];
    let text = tag.as_str().to_ascii_lowercase();
    let first = text.split(['_', '-']).next().unwrap_or_default();
    !text.bytes().any(|byte| byte.is_ascii_digit())
        || (first.len() < text.len() && BRANCHES.contains(&first))
        || matches!(first, "master" | "main" | "develop" | "latest")
}

/// What comes next is not older than what users have.
pub(crate) fn release_behind_production(context: &FleetContext<'_>, found: &mut Diagnostics) {
    for (at, environment) in context.environments() {
        if environment.spec.tier != Tier::Staging {
            continue;
        }
        let production = context.environments().filter(|(other, environment)| {
            other.commons == at.commons && environment.spec.tier == Tier::Prod
        });
        let Some((newest, production)) =
            production.max_by_key(|(_, environment)| &environment.spec.release)
        else {
            continue;
        };
        if environment.spec.release < production.spec.release
            && is_rendered(environment.spec.management.values)
        {
            found.push(
                context
                    .environment_finding(
                        at,
                        &["release"],
                        format!(
                            "staging runs the release `{}`, production already `{}`",
                            environment.spec.release, production.spec.release
                        ),
                    )
                    .help("raise staging first: it is where the next production release is tried")
                    .label(context.environment_place(at, &["release"]), "staging")
                    .label(
                        context.environment_place(newest, &["release"]),
                        "production",
                    ),
            );
        }
    }
}

/// Argo CD deletes nothing of production by itself.
pub(crate) fn production_sync_prunes(context: &FleetContext<'_>, found: &mut Diagnostics) {
    for (at, environment) in context.environments() {
        if environment.spec.tier == Tier::Prod && environment.spec.sync.prune {
            let field = ["sync", "prune"];
            found.push(
                context
                    .environment_finding(
                        at,
                        &field,
                        "Argo CD deletes what is no longer rendered, in production",
                    )
                    .help("remove it: in production a person prunes, after looking")
                    .label(context.environment_place(at, &field), "set here"),
            );
        }
    }
}

//! Rules about where Applications go: to clusters that are known, to those that are meant, and where their project lets them.

use super::context::GitopsContext;
use crate::diagnostic::{Diagnostics, Finding};
use crate::gitops::{Application, Deployment, Placed, Project};
use crate::span::Span;

/// The directory of what a hub delivers.
const HUB: &str = "hub";

/// How findings name an Application: by its deployment, else by its name.
fn object(deployment: Option<&Deployment>, application: &Application) -> String {
    match deployment {
        Some(deployment) => deployment.directory(),
        None => application.name.as_deref().unwrap_or_default().to_owned(),
    }
}

/// Adds the element that an Application is made of, where the finding is about its template.
fn with_element(finding: Finding, application: &Application) -> Finding {
    let is_shown = |cause: &Span| finding.labels.iter().any(|(span, _)| span == cause);
    match application.causes.first() {
        Some(cause) if !is_shown(cause) => finding.label(*cause, "for this element"),
        _ => finding,
    }
}

fn place(placed: Option<&Placed>, application: &Application) -> Span {
    placed
        .and_then(|placed| placed.span)
        .unwrap_or(Span::file_start(application.file))
}

/// The name of the cluster that an Application goes to, where it is written or a registration has the address.
fn target<'a>(context: &GitopsContext<'a>, application: &'a Application) -> Option<&'a Placed> {
    if let Some(name) = &application.cluster {
        return Some(name);
    }
    let server = application.server.as_deref()?;
    let registrations = context.repository.registrations();
    let known = registrations
        .iter()
        .find(|known| known.server.as_deref() == Some(server));
    known?.name.as_ref()
}

/// A cluster that an Application goes to is registered.
pub(crate) fn application_cluster_unknown(context: &GitopsContext<'_>, found: &mut Diagnostics) {
    let registrations = context.repository.registrations();
    if registrations.is_empty() || context.repository.is_partial() {
        return;
    }
    for (deployment, application) in context.repository.applications() {
        // Those that pull need no registration: they only know themselves.
        if application.is_here() {
            continue;
        }
        let (named, is_known, is_told) = match (&application.cluster, &application.server) {
            (Some(name), _) => (
                name,
                registrations
                    .iter()
                    .any(|known| known.name.as_deref() == Some(name)),
                registrations.iter().all(|known| known.name.is_some()),
            ),
            (None, Some(server)) => (
                server,
                registrations
                    .iter()
                    .any(|known| known.server.as_deref() == Some(server)),
                registrations.iter().all(|known| known.server.is_some()),
            ),
            (None, None) => continue,
        };
        if is_known || !is_told {
            continue;
        }
        found.push(with_element(
            context
                .finding(
                    object(deployment, application),
                    format!("no cluster is registered as `{}`", &**named),
                )
                .path("spec.destination")
                .help("register the cluster, or name one that is")
                .label(place(Some(named), application), "nobody knows it"),
            application,
        ));
    }
}

/// An Application goes to the cluster that its values, its place and its name are of.
pub(crate) fn application_cluster_differs(context: &GitopsContext<'_>, found: &mut Diagnostics) {
    for (deployment, application) in context.repository.applications() {
        let Some(target) = target(context, application) else {
            continue;
        };
        let is_cluster = |name: &str| {
            let registrations = context.repository.registrations();
            context.repository.is_cluster(name)
                || registrations
                    .iter()
                    .any(|known| known.name.as_deref() == Some(name))
        };
        if !is_cluster(target) {
            continue;
        }
        let of_values = application
            .values()
            .filter_map(|placed| placed.strip_prefix("$values/"))
            .find_map(|path| {
                path.split('/')
                    .find(|part| context.repository.is_cluster(part))
            });
        let mut parts = application.path.as_str().split('/');
        let of_place = match (parts.next(), parts.next()) {
            (Some(HUB), Some(second)) => Some(second),
            (first, _) => first,
        };
        let of_name = application.name.as_deref().and_then(|name| {
            let mut starts = name.match_indices('-').map(|(at, _)| &name[..at]);
            starts.rfind(|start| is_cluster(start))
        });
        let said = [
            (of_values, "its values are of"),
            (
                of_place.filter(|place| context.repository.is_cluster(place)),
                "it lies among those of",
            ),
            (of_name, "its name says"),
        ];
        let agrees = said.iter().any(|(cluster, _)| *cluster == Some(&**target));
        let other = said
            .iter()
            .find_map(|(cluster, why)| cluster.map(|cluster| (cluster, *why)));
        // The name alone only counts where nothing else tells.
        let differs = match (of_values, agrees) {
            (Some(cluster), _) => cluster != &**target,
            (None, agrees) => !agrees,
        };
        let Some((cluster, why)) = other.filter(|_| differs) else {
            continue;
        };
        found.push(with_element(
            context
                .finding(
                    object(deployment, application),
                    format!(
                        "the Application goes to `{}`, and {why} `{cluster}`",
                        &**target
                    ),
                )
                .path("spec.destination")
                .help("name the cluster that is meant in both places")
                .label(place(Some(target), application), "goes here"),
            application,
        ));
    }
}

/// A destination says the cluster once: by its name or by its address.
pub(crate) fn application_destination_twice(context: &GitopsContext<'_>, found: &mut Diagnostics) {
    for (deployment, application) in context.repository.applications() {
        let (Some(name), Some(server)) = (&application.cluster, &application.server) else {
            continue;
        };
        found.push(with_element(
            context
                .finding(
                    object(deployment, application),
                    format!("the Application goes to the cluster `{}` and to the address `{}`: Argo CD takes one of the two, and refuses both", &**name, &**server),
                )
                .path("spec.destination")
                .help("take out the one that is not meant")
                .label(place(Some(server), application), "beside the name"),
            application,
        ));
    }
}

/// The projects of an Application's name, where projects of its Argo CD are described in files.
///
/// Those of a hub may lie beside what the hub's own cluster pulls.
fn projects<'a>(
    context: &GitopsContext<'a>,
    application: &'a Application,
) -> Option<(&'a Placed, Vec<&'a Project>)> {
    let name = application.project.as_ref()?;
    let instance = application.instance();
    let is_near =
        |project: &&Project| instance == HUB || [instance, HUB].contains(&&*project.instance);
    let near: Vec<&Project> = context
        .repository
        .projects()
        .iter()
        .filter(is_near)
        .collect();
    if near.is_empty() {
        return None;
    }
    let named = near.into_iter().filter(|project| *project.name == **name);
    Some((name, named.collect()))
}

/// The project of an Application is there.
pub(super) fn application_project_unknown(context: &GitopsContext<'_>, found: &mut Diagnostics) {
    if context.repository.is_partial() {
        return;
    }
    for (deployment, application) in context.repository.applications() {
        // Every Argo CD has this one.
        let Some((name, projects)) = projects(context, application) else {
            continue;
        };
        if !projects.is_empty() || &**name == "default" {
            continue;
        }
        found.push(with_element(
            context
                .finding(
                    object(deployment, application),
                    format!("there is no project `{}` in its Argo CD", &**name),
                )
                .path("spec.project")
                .help("describe the project, or name one that is")
                .label(
                    place(Some(name), application),
                    "Argo CD syncs nothing of an unknown project",
                ),
            application,
        ));
    }
}

/// The project of an Application lets it take what it takes, and go where it goes.
pub(crate) fn application_project_refuses(context: &GitopsContext<'_>, found: &mut Diagnostics) {
    for (deployment, application) in context.repository.applications() {
        let Some((name, projects)) = projects(context, application) else {
            continue;
        };
        if projects.is_empty() {
            continue;
        }
        let takes = |from: &str| projects.iter().any(|project| project.takes_from(from));
        let repositories = application
            .sources
            .iter()
            .filter_map(|source| source.repository.as_ref());
        for repository in repositories.filter(|repository| !takes(repository)) {
            found.push(with_element(
                context
                    .finding(
                        object(deployment, application),
                        format!(
                            "the project `{}` lets nothing come from `{}`",
                            &**name, &**repository
                        ),
                    )
                    .path("spec.sources[].repoURL")
                    .help("add the repository to the project's `sourceRepos`")
                    .label(place(Some(repository), application), "not among them"),
                application,
            ));
        }
        let namespace = application.namespace.as_deref();
        let (cluster, server) = (
            application.cluster.as_deref(),
            application.server.as_deref(),
        );
        if cluster.is_none() && server.is_none() {
            continue;
        }
        let goes = |to: &str| {
            let mut projects = projects.iter();
            projects.any(|project| project.deploys_to(cluster, server, to))
        };
        if let Some(namespace) = namespace.filter(|to| !goes(to)) {
            let to = cluster.or(server).unwrap_or_default();
            found.push(with_element(
                context
                    .finding(
                        object(deployment, application),
                        format!("the project `{}` lets nothing go to the namespace `{namespace}` of `{to}`", &**name),
                    )
                    .path("spec.destination")
                    .help("add the destination to the project's `destinations`")
                    .label(place(application.namespace.as_ref(), application), "not among them"),
            application,
        ));
        }
    }
}

//! Rules about environments' Applications where a fleet writes over what we make of them: where each goes, and as what.
//!
//! What nobody writes over holds to these by construction. What is only observed is looked at as it is rendered.

mod subject;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use subject::{FIELDS, HERE, Subject, changed, own_repositories, subjects};

use super::context::FleetContext;
use crate::diagnostic::Diagnostics;
use crate::model::cluster::Delivery;

/// A destination says the cluster once: by its name or by its address.
pub(crate) fn application_destination_twice(context: &FleetContext<'_>, found: &mut Diagnostics) {
    for subject in changed(context) {
        let Some((name, server)) = subject.twice() else {
            continue;
        };
        let field = if subject.is_pushed() {
            "server"
        } else {
            "name"
        };
        let path = [&FIELDS[..], &["spec", "destination", field]].concat();
        let ours = if subject.is_pushed() {
            "name"
        } else {
            "server"
        };
        found.push(
            context
                .environment_finding(
                    subject.at,
                    &path,
                    format!("the Application goes to the cluster `{name}` and to the address `{server}`: Argo CD takes one of the two, and refuses both"),
                )
                .help(format!(
                    "take it out; where it is meant, take ours out: application: {{ omit: [spec.destination.{ours}] }}"
                ))
                .label(context.environment_place(subject.at, &path), "beside ours"),
        );
    }
}

/// An Application goes to the cluster that its environment is in.
pub(crate) fn application_cluster_differs(context: &FleetContext<'_>, found: &mut Diagnostics) {
    for subject in changed(context).filter(|subject| subject.twice().is_none()) {
        let Some(target) = subject.target().filter(|_| !subject.stays()) else {
            continue;
        };
        if context.fleet.cluster(target).is_none() {
            continue;
        }
        let path = [&FIELDS[..], &["spec", "destination"]].concat();
        let field = if subject.name().is_some() {
            "name"
        } else {
            "server"
        };
        let exact = [&path[..], &[field]].concat();
        found.push(
            context
                .environment_finding(
                    subject.at,
                    &path,
                    format!(
                        "the Application goes to `{target}`, and its values are of `{}`",
                        subject.contract.cluster
                    ),
                )
                .help(format!(
                    "say `cluster: {target}` where the environment is to be there: all that it is made of follows"
                ))
                .label(context.environment_place(subject.at, &exact), "goes here")
                .label(
                    context.environment_place(subject.at, &["cluster"]),
                    "its cluster",
                ),
        );
    }
}

/// A cluster that an Application goes to is one of the fleet.
pub(crate) fn application_cluster_unknown(context: &FleetContext<'_>, found: &mut Diagnostics) {
    for subject in changed(context).filter(|subject| subject.twice().is_none()) {
        let Some(target) = subject.target().filter(|_| !subject.stays()) else {
            continue;
        };
        if context.fleet.cluster(target).is_some() {
            continue;
        }
        let path = [&FIELDS[..], &["spec", "destination", "name"]].concat();
        found.push(
            context
                .environment_finding(
                    subject.at,
                    &path,
                    format!("no cluster is registered as `{target}`"),
                )
                .help("name a cluster of the fleet by `cluster`, and take the destination out")
                .label(
                    context.environment_place(subject.at, &path),
                    "nobody knows it",
                ),
        );
    }
}

/// What a project of ours lets in, as we render it.
#[derive(Default)]
struct Project<'a> {
    repositories: Vec<&'a str>,
    /// Clusters as the destination says them, and namespaces.
    destinations: Vec<(&'a str, &'a str)>,
}

/// The projects of commons, by the cluster of their Argo CD and their name.
fn projects<'a>(context: &FleetContext<'a>) -> BTreeMap<(&'a str, &'a str), Project<'a>> {
    let mut projects: BTreeMap<(&str, &str), Project<'_>> = BTreeMap::new();
    for subject in subjects(context) {
        let contract = subject.contract;
        if contract.spec.application.project.is_some() {
            continue;
        }
        let to = match subject.delivery {
            Delivery::HubPush => contract.cluster.as_str(),
            Delivery::SpokePull => HERE[0],
        };
        let key = (
            contract.application.instance.as_str(),
            subject.at.commons.as_str(),
        );
        let project = projects.entry(key).or_default();
        project
            .repositories
            .extend(own_repositories(context, contract));
        project.destinations.push((to, &contract.namespace));
        if contract.runs("hatchery") {
            project.destinations.push((to, &contract.jupyter_namespace));
        }
    }
    projects
}

/// A project of ours lets an Application take what it takes, and go where it goes.
pub(crate) fn application_project_refuses(context: &FleetContext<'_>, found: &mut Diagnostics) {
    if changed(context).next().is_none() {
        return;
    }
    let projects = projects(context);
    let whole = changed(context).filter(|subject| subject.twice().is_none() && subject.stays());
    for subject in whole {
        let instance = subject.contract.application.instance.as_str();
        let Some(name) = subject.project() else {
            continue;
        };
        // One that is none of ours is somebody else's, who says what it lets in.
        let Some(project) = projects.get(&(instance, name)) else {
            continue;
        };
        let is_project = name != subject.at.commons.as_str();
        let is_named = subject.contract.spec.application.project.is_some();
        let of_project = match subject.fields.and_then(|it| it.path(&["spec", "project"])) {
            Some(_) => [&FIELDS[..], &["spec", "project"]].concat(),
            None => vec!["application", "project"],
        };
        let mut say = |path: Vec<&str>, message: String| {
            // Who names another project than its own has left what its own lets in.
            let path = if is_project || is_named {
                of_project.clone()
            } else {
                path
            };
            found.push(
                context
                    .environment_finding(subject.at, &path, message)
                    .help("take it out: the project of a commons lets its environments go where they are, and take what they take")
                    .label(context.environment_place(subject.at, &path), "not let in"),
            );
        };
        let to = subject.name().or_else(|| subject.server());
        let to = to.map(|to| if to == HERE[1] { HERE[0] } else { to });
        if let (Some(to), Some(namespace)) = (to, subject.namespace())
            && !project.destinations.contains(&(to, namespace))
        {
            let path = [&FIELDS[..], &["spec", "destination"]].concat();
            say(
                path,
                format!(
                    "the project `{name}` lets nothing go to the namespace `{namespace}` of `{to}`"
                ),
            );
            continue;
        }
        let taken = subject.repositories(context);
        let refused = taken
            .into_iter()
            .find(|(address, _)| !project.repositories.contains(address));
        if let Some((address, field)) = refused {
            say(
                [&FIELDS[..], &["spec", field]].concat(),
                format!("the project `{name}` lets nothing come from `{address}`"),
            );
        }
    }
}

/// One Argo CD has one Application of a name, also where a fleet writes over it.
pub(crate) fn application_name_not_unique(context: &FleetContext<'_>, found: &mut Diagnostics) {
    unique(
        context,
        &["metadata", "name"],
        |subject| {
            Some((
                subject.contract.application.instance.as_str(),
                subject.application()?,
            ))
        },
        |instance, name| {
            format!(
                "two Applications of the cluster `{instance}` are named `{name}`: the one that is applied last replaces the other"
            )
        },
        "take it out, and say `identity.application` where another name is meant",
        found,
    );
}

/// One namespace has one release, also where a fleet writes over its Application.
pub(crate) fn application_release_not_unique(context: &FleetContext<'_>, found: &mut Diagnostics) {
    unique(
        context,
        &["spec", "destination", "namespace"],
        |subject| Some((subject.target()?, subject.namespace()?)),
        |cluster, namespace| {
            format!(
                "two releases of gen3 are deployed to the namespace `{namespace}` of `{cluster}`: their objects have the same names"
            )
        },
        "take it out, and say `identity.namespace` where another namespace is meant",
        found,
    );
}

/// Says of each Application that the fleet writes over, and that is like another one in something, that it is.
fn unique<'a>(
    context: &FleetContext<'a>,
    field: &[&str],
    key: impl Fn(&Subject<'a>) -> Option<(&'a str, &'a str)>,
    message: impl Fn(&str, &str) -> String,
    help: &str,
    found: &mut Diagnostics,
) {
    let is_written = |subject: &Subject<'_>| {
        let fields = subject.fields;
        fields.is_some_and(|fields| fields.path(field).is_some())
    };
    if !subjects(context).any(|subject| is_written(&subject)) {
        return;
    }
    let mut all: BTreeMap<(&str, &str), Vec<Subject<'_>>> = BTreeMap::new();
    for subject in subjects(context) {
        if let Some(key) = key(&subject) {
            all.entry(key).or_default().push(subject);
        }
    }
    for ((whose, what), same) in all.iter().filter(|(_, same)| same.len() > 1) {
        // What nobody wrote comes first: who wrote it took it from them.
        let (written, made): (Vec<_>, Vec<_>) = same.iter().partition(|it| is_written(it));
        let Some(first) = made.first().or_else(|| written.first()) else {
            continue;
        };
        let others = written.iter().filter(|subject| subject.at != first.at);
        for subject in others {
            let path = [&FIELDS[..], field].concat();
            let of_first = if is_written(first) { &path[..] } else { &[] };
            found.push(
                context
                    .environment_finding(subject.at, &path, message(whose, what))
                    .help(help)
                    .label(context.environment_place(subject.at, &path), "and here")
                    .label(
                        context.environment_place(first.at, of_first),
                        format!("`{}` is the first", first.at),
                    ),
            );
        }
    }
}

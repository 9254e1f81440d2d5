//! Rules about Applications: what they are called, what they install, which files they read.

use std::collections::{BTreeMap, BTreeSet};

use camino::Utf8Path;

use super::context::GitopsContext;
use crate::diagnostic::Diagnostics;
use crate::gitops::{Application, Deployment, Expansion, Placed, Source};
use crate::span::Span;

/// What a reference to a values file in another source starts with.
const VALUES: &str = "$values/";

/// An Application, and the deployment whose values it reads, where those lie as a deployment's do.
#[derive(Clone, Copy)]
struct Subject<'a> {
    deployment: Option<&'a Deployment>,
    application: &'a Application,
}

impl<'a> Subject<'a> {
    /// What findings are about: the directory of the deployment, else the Application.
    fn object(self) -> String {
        match (self.deployment, &self.application.name) {
            (Some(deployment), _) => deployment.directory(),
            (None, Some(name)) => name.text.to_string(),
            (None, None) => self.application.path.to_string(),
        }
    }

    /// The cluster that it deploys to, as far as two of one are told from two of another.
    fn cluster(self) -> &'a str {
        if let Some(deployment) = self.deployment {
            return &deployment.cluster;
        }
        let application = self.application;
        if application.is_here() {
            return application.instance();
        }
        let named = application.cluster.as_deref();
        named.or(application.server.as_deref()).unwrap_or_default()
    }
}

/// All Applications: those of deployments first, then those that read values which lie elsewhere, or none.
fn each<'a>(context: &GitopsContext<'a>) -> impl Iterator<Item = Subject<'a>> {
    let all = context.repository.applications();
    all.map(|(deployment, application)| Subject {
        deployment,
        application,
    })
}

/// Applications that install the umbrella chart: of a deployment the first.
fn installed<'a>(context: &GitopsContext<'a>) -> impl Iterator<Item = Subject<'a>> {
    each(context).filter(|subject| match subject.deployment {
        Some(deployment) => deployment
            .application()
            .is_some_and(|first| std::ptr::eq(first, subject.application)),
        None => subject.application.chart().is_some(),
    })
}

/// All sources, with the Application that has each.
fn sources<'a>(context: &GitopsContext<'a>) -> impl Iterator<Item = (Subject<'a>, &'a Source)> {
    each(context).flat_map(|subject| {
        let sources = subject.application.sources.iter();
        sources.map(move |source| (subject, source))
    })
}

fn start(application: &Application) -> Span {
    let name = application.name.as_ref().and_then(|name| name.span);
    name.unwrap_or(Span::file_start(application.file))
}

/// One Argo CD has one Application of a name.
pub(crate) fn application_name_not_unique(context: &GitopsContext<'_>, found: &mut Diagnostics) {
    let mut first: BTreeMap<(&str, &str), &Application> = BTreeMap::new();
    for (deployment, application) in context.repository.applications() {
        let Some(name) = application.name.as_deref() else {
            continue;
        };
        let instance = application.instance();
        let Some(other) = first.get(&(instance, name)) else {
            first.insert((instance, name), application);
            continue;
        };
        // Elements of one set are told apart by a rule of their own.
        if application.set.is_some()
            && (&application.set, &application.path) == (&other.set, &other.path)
        {
            continue;
        }
        let whose = if instance == "hub" {
            "the hub".to_owned()
        } else {
            format!("the cluster `{instance}`")
        };
        let object = deployment.map_or_else(|| name.to_owned(), Deployment::directory);
        found.push(
            context
                .finding(object, format!("two Applications of {whose} are named `{name}`: the one that is applied last replaces the other"))
                .path("metadata.name")
                .help("give each its own name, such as `gen3-` and its environment")
                .label(start(application), "and here")
                .label(start(other), "first named so here"),
        );
    }
}

/// One namespace has one release of a name.
pub(crate) fn application_release_not_unique(context: &GitopsContext<'_>, found: &mut Diagnostics) {
    let mut first: BTreeMap<(&str, &str), &Application> = BTreeMap::new();
    for subject in installed(context) {
        let application = subject.application;
        let Some(namespace) = application.namespace.as_ref() else {
            continue;
        };
        let cluster = subject.cluster();
        let key: (&str, &str) = (cluster, namespace);
        let Some(other) = first.get(&key) else {
            first.insert(key, application);
            continue;
        };
        found.push(
            context
                .finding(subject.object(), format!("two releases of gen3 are deployed to the namespace `{}` of `{cluster}`: their objects have the same names", &**namespace))
                .path("spec.destination.namespace")
                .help("deploy each to a namespace of its own")
                .label(namespace.span, "and this one")
                .label(other.namespace.as_ref().and_then(|placed| placed.span), "this one"),
        );
    }
}

/// What an Application follows is there.
pub(super) fn application_revision_gone(context: &GitopsContext<'_>, found: &mut Diagnostics) {
    let Some(refs) = context.refs else { return };
    for (subject, source) in sources(context) {
        let (Some(repository), Some(revision)) = (&source.repository, &source.revision) else {
            continue;
        };
        if source.chart.is_some() || refs.has(repository, revision) != Some(false) {
            continue;
        }
        found.push(
            context
                .finding(
                    subject.object(),
                    format!(
                        "`{}` is no branch or tag of `{}`",
                        &**revision, &**repository
                    ),
                )
                .path("spec.sources[].targetRevision")
                .help("name a revision that exists: Argo CD renders nothing from one that is gone")
                .label(revision.span, "gone"),
        );
    }
}

/// An Application says what it follows.
pub(super) fn application_revision_missing(context: &GitopsContext<'_>, found: &mut Diagnostics) {
    for (subject, source) in sources(context).filter(|(_, source)| !source.has_revision) {
        let repository = source.repository.as_deref().unwrap_or_default();
        found.push(
            context
                .finding(subject.object(), format!("the source `{repository}` has no `targetRevision`, and follows whatever is newest"))
                .path("spec.sources[].targetRevision")
                .help("name a version or a tag: what was reviewed is then what runs")
                .label(source.repository.as_ref().and_then(|placed| placed.span).or(source.span), "no revision"),
        );
    }
}

/// Charts stay what they were when they were reviewed.
pub(crate) fn chart_unpinned(context: &GitopsContext<'_>, found: &mut Diagnostics) {
    for (subject, source) in sources(context).filter(|(_, source)| source.is_gen3()) {
        let Some(revision) = source
            .revision
            .as_ref()
            .filter(|revision| !is_pinned(revision))
        else {
            continue;
        };
        found.push(
            context
                .finding(
                    subject.object(),
                    format!("the chart gen3 follows `{}`, which moves", &**revision),
                )
                .path("spec.sources[].targetRevision")
                .help("name a version of the chart, a tag with a version number or a commit")
                .label(revision.span, "no version"),
        );
    }
}

/// Whether a revision is a version, a tag with one, or a commit.
fn is_pinned(revision: &str) -> bool {
    let has_version = revision
        .as_bytes()
        .windows(3)
        .any(|bytes| bytes[0].is_ascii_digit() && bytes[1] == b'.' && bytes[2].is_ascii_digit());
    let is_commit =
        (7..=40).contains(&revision.len()) && revision.bytes().all(|byte| byte.is_ascii_hexdigit());
    let is_range = revision.contains(['*', '^', '~', '>', '<']);
    (has_version && !revision.contains('/') && !is_range) || is_commit
}

/// The values files that Applications read from the repository.
fn references<'a>(
    context: &GitopsContext<'a>,
) -> impl Iterator<Item = (Subject<'a>, &'a Placed, &'a str)> {
    each(context)
        .flat_map(|subject| {
            let values = subject.application.values();
            values.map(move |placed| (subject, placed))
        })
        .filter_map(|(subject, placed)| Some((subject, placed, placed.strip_prefix(VALUES)?)))
}

/// A values file that an Application lists is there.
pub(super) fn values_file_missing(context: &GitopsContext<'_>, found: &mut Diagnostics) {
    let ignored: BTreeSet<_> = sources(context)
        .filter(|(_, source)| source.ignores_missing)
        .flat_map(|(_, source)| source.values.iter().map(|placed| placed.span))
        .collect();
    for (subject, placed, path) in references(context) {
        // A pattern stands for the files that there are.
        if ignored.contains(&placed.span) || path.contains('*') {
            continue;
        }
        if context.repository.referenced(path).is_some() {
            continue;
        }
        // What lies where a deployment's values do is meant to be of this repository.
        if subject.deployment.is_none() && !context.repository.is_read_by(subject.application, path)
        {
            continue;
        }
        found.push(
            context
                .finding(
                    subject.object(),
                    format!("`{path}` is listed and not there: nothing is rendered"),
                )
                .path("spec.sources[].helm.valueFiles")
                .help("add the file, or take it off the list")
                .label(placed.span, "no such file"),
        );
    }
}

/// A deployment reads its own values.
pub(super) fn values_file_foreign(context: &GitopsContext<'_>, found: &mut Diagnostics) {
    for (subject, placed, path) in references(context) {
        let Some(deployment) = subject.deployment else {
            continue;
        };
        let own = format!("{}/", deployment.directory());
        let Some(file) = context.repository.referenced(path) else {
            continue;
        };
        if file.as_str().starts_with(&own) {
            continue;
        }
        found.push(
            context
                .finding(
                    deployment.directory(),
                    format!("`{file}` belongs to another deployment"),
                )
                .path("spec.sources[].helm.valueFiles")
                .help(format!("list files below `{own}values/`"))
                .label(placed.span, "somebody else's values"),
        );
    }
}

/// A values file is listed once.
pub(super) fn values_file_repeated(context: &GitopsContext<'_>, found: &mut Diagnostics) {
    for subject in each(context) {
        let application = subject.application;
        let mut seen = BTreeSet::new();
        for placed in application.values() {
            if !seen.insert(&placed.text) {
                found.push(
                    context
                        .finding(subject.object(), format!("`{}` is listed twice: the second time undoes what files between the two set", &placed.text))
                        .path("spec.sources[].helm.valueFiles")
                        .help("list each file once, in the order in which later ones shall win")
                        .label(placed.span, "listed again"),
                );
            }
        }
    }
}

/// A values file is found from the repository's root.
pub(super) fn values_file_relative(context: &GitopsContext<'_>, found: &mut Diagnostics) {
    for subject in each(context) {
        let application = subject.application;
        for placed in application
            .values()
            .filter(|placed| !placed.starts_with(['/', '$']))
        {
            if placed.contains("://") {
                continue;
            }
            found.push(
                context
                    .finding(subject.object(), format!("`{}` is looked for in the chart, not in this repository", &placed.text))
                    .path("spec.sources[].helm.valueFiles")
                    .help("start it with `$values/`, the reference of the source that holds the values")
                    .label(placed.span, "relative to the chart"),
            );
        }
    }
}

/// A values file of a deployment is read by its Application.
pub(super) fn values_file_unlisted(context: &GitopsContext<'_>, found: &mut Diagnostics) {
    undelivered(context, found);
    let listed: BTreeSet<_> = references(context)
        .filter_map(|(_, _, path)| context.repository.referenced(path))
        .collect();
    for deployment in context
        .repository
        .all()
        .filter(|deployment| !deployment.applications.is_empty())
    {
        for file in &deployment.files {
            let own: BTreeSet<&str> = deployment
                .applications
                .iter()
                .flat_map(Application::values)
                .filter_map(|placed| placed.strip_prefix(VALUES))
                .collect();
            let is_listed = listed.contains(&*file.path)
                && own
                    .iter()
                    .any(|path| context.repository.referenced(path) == Some(&file.path));
            if is_listed {
                continue;
            }
            found.push(
                context
                    .finding(
                        deployment.directory(),
                        format!("no Application reads `{}`", file.path),
                    )
                    .path(&file.path)
                    .help("list it in `valueFiles`, or remove it")
                    .label(Span::file_start(file.file), "has no effect"),
            );
        }
    }
}

/// Values of which nothing makes an Application, beside others of the same cluster of which something does.
///
/// Where no deployment of a cluster has one, somebody delivers by other means, and it is nobody's fault.
fn undelivered(context: &GitopsContext<'_>, found: &mut Diagnostics) {
    let repository = context.repository;
    // What cannot be told from the files may read them.
    let is_open = |expansion: &Expansion| !expansion.stops.is_empty();
    if repository.is_partial() || repository.sets().any(|(_, expansion)| is_open(expansion)) {
        return;
    }
    let listed: BTreeSet<_> = references(context)
        .filter_map(|(_, _, path)| repository.referenced(path))
        .collect();
    let delivered: BTreeSet<&str> = repository
        .all()
        .filter(|deployment| !deployment.applications.is_empty())
        .map(|deployment| &*deployment.cluster)
        .collect();
    for deployment in repository.all() {
        let is_read = |path: &Utf8Path| listed.contains(path);
        if !deployment.applications.is_empty()
            || !delivered.contains(&*deployment.cluster)
            || deployment.files.iter().any(|file| is_read(&file.path))
        {
            continue;
        }
        let Some(first) = deployment.files.first() else {
            continue;
        };
        found.push(
            context
                .finding(
                    deployment.directory(),
                    format!("no Application reads the values of `{}`: nothing deploys it", deployment.directory()),
                )
                .path(&first.path)
                .help("add an Application or an element that lists them, or remove the directory where it is meant to be gone")
                .label(Span::file_start(first.file), "has no effect"),
        );
    }
}

/// A values file says something.
pub(super) fn values_file_empty(context: &GitopsContext<'_>, found: &mut Diagnostics) {
    for deployment in context.repository.all() {
        for file in deployment.files.iter().filter(|file| file.is_empty) {
            found.push(
                context
                    .finding(deployment.directory(), format!("`{}` is empty: the chart's defaults are for a laptop, with databases that keep nothing", file.path))
                    .path(&file.path)
                    .help("write the values, or remove the deployment")
                    .label(Span::file_start(file.file), "nothing stands here"),
            );
        }
    }
}

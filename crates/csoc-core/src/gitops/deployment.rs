//! A deployment: one Application with its values, which is one environment of a commons.

use camino::{Utf8Path, Utf8PathBuf};

use super::application::Application;
use super::cluster::place;
use super::values::flag_of;
use crate::catalog::ServiceCatalog;
use crate::span::{FileId, Span};
use crate::value::Node;
use crate::value::overlay::{Nulls, merge};

/// A directory with `values/`, below a cluster's.
#[derive(Debug)]
pub(crate) struct Deployment {
    /// The cluster's directory.
    pub(crate) cluster: Box<str>,
    /// Its own directory, which is its host name.
    pub(crate) name: Box<str>,
    /// Its Applications, in order of path.
    pub(crate) applications: Vec<Application>,
    /// Its own values files, in order of path.
    pub(crate) files: Vec<ValuesFile>,
    /// The numbers of its own values files, in the order in which its Application lists them.
    order: Vec<usize>,
    /// Its own values, merged in that order.
    pub(crate) values: Node,
}

/// A values file.
#[derive(Debug)]
pub(crate) struct ValuesFile {
    /// The path below the repository.
    pub(crate) path: Utf8PathBuf,
    /// The file.
    pub(crate) file: FileId,
    /// What it says; nothing where it is empty or cannot be read.
    pub(crate) node: Option<Node>,
    /// Whether nothing stands in it.
    pub(crate) is_empty: bool,
}

impl Deployment {
    /// A deployment of these files.
    pub(super) fn new(
        cluster: &str,
        name: &str,
        applications: Vec<Application>,
        files: Vec<ValuesFile>,
    ) -> Self {
        let order = in_order(cluster, name, &applications, &files);
        let sources = applications
            .iter()
            .flat_map(|application| &application.sources);
        let inline = sources.filter_map(|source| source.inline.as_ref());
        let values = inline.fold(merged(&files, &order), |base, over| {
            merge(base, over, Nulls::Data)
        });
        Self {
            cluster: cluster.into(),
            name: name.into(),
            applications,
            files,
            order,
            values,
        }
    }

    /// Its directory below the repository, which names it in findings.
    pub(crate) fn directory(&self) -> String {
        format!("{}/{}", self.cluster, self.name)
    }

    /// The Application that installs the chart gen3, the first where there are several.
    pub(crate) fn application(&self) -> Option<&Application> {
        self.applications
            .iter()
            .find(|application| application.chart().is_some())
    }

    /// The namespace that it is deployed to.
    pub(crate) fn namespace(&self) -> Option<&str> {
        self.application()?.namespace.as_deref()
    }

    /// What its own values files say, those that say nothing left out.
    pub(crate) fn nodes(&self) -> impl Iterator<Item = &Node> {
        self.files.iter().filter_map(|file| file.node.as_ref())
    }

    /// Its own values files, in the order in which Helm merges them.
    pub(crate) fn ordered(&self) -> impl Iterator<Item = &ValuesFile> {
        self.order.iter().map(|at| &self.files[*at])
    }

    /// Whether it says anything.
    pub(crate) fn has_values(&self) -> bool {
        !self.values.entries().is_empty()
    }

    /// The value below a row of keys; nothing for `null`.
    pub(crate) fn get(&self, path: &[&str]) -> Option<&Node> {
        self.values.path(path).filter(|node| !node.is_null())
    }

    /// The text of a scalar that is not empty.
    pub(crate) fn text(&self, path: &[&str]) -> Option<&str> {
        self.get(path)?.text().filter(|text| !text.is_empty())
    }

    /// Whether a value is set, also where only the cloud can give it; an empty text is none.
    pub(crate) fn has(&self, path: &[&str]) -> bool {
        self.get(path).is_some_and(|node| node.text() != Some(""))
    }

    /// Whether a template takes a value for true; nothing where it is not set.
    pub(crate) fn flag(&self, path: &[&str]) -> Option<bool> {
        self.get(path).map(flag_of)
    }

    /// Whether a template takes a value for true.
    pub(crate) fn is_on(&self, path: &[&str]) -> bool {
        self.flag(path).unwrap_or(false)
    }

    /// Whether a service runs, as the chart decides.
    pub(crate) fn runs(&self, service: &str) -> bool {
        self.flag(&[service, "enabled"]).unwrap_or_else(|| {
            ServiceCatalog::embedded()
                .get(service)
                .is_some_and(|facts| facts.enabled)
        })
    }

    /// Where a value stands, else its nearest parent, else the first values file.
    pub(crate) fn place(&self, path: &[&str]) -> Option<Span> {
        place(&self.values, path)
            .or_else(|| self.files.first().map(|file| Span::file_start(file.file)))
    }

    /// The services that the values say something of, in order, `global` left out.
    pub(crate) fn blocks(&self) -> impl Iterator<Item = (&str, &Node)> {
        self.values
            .entries()
            .iter()
            .filter(|entry| entry.node.is_map() && entry.key != *"global")
            .map(|entry| (entry.key.as_str(), &entry.node))
    }
}

/// The files as Helm merges them: in the Application's order, else in that of their paths.
fn in_order(
    cluster: &str,
    name: &str,
    applications: &[Application],
    files: &[ValuesFile],
) -> Vec<usize> {
    let own = format!("{cluster}/{name}/values/");
    let listed: Vec<usize> = applications
        .iter()
        .flat_map(Application::values)
        .filter_map(|placed| placed.strip_prefix("$values/"))
        .filter_map(|path| Some(&path[path.find(&own)?..]))
        .filter_map(|path| {
            files
                .iter()
                .position(|file| file.path == Utf8Path::new(path))
        })
        .collect();
    if listed.is_empty() {
        (0..files.len()).collect()
    } else {
        listed
    }
}

/// What files say together; later ones win.
fn merged(files: &[ValuesFile], order: &[usize]) -> Node {
    let mut nodes = order.iter().filter_map(|at| files[*at].node.as_ref());
    let Some(first) = nodes.next() else {
        return Node::map();
    };
    nodes.fold(first.clone(), |base, over| merge(base, over, Nulls::Data))
}

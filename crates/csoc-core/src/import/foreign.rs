//! What a foreign layout says, in words that all layouts share: clusters, environments, their values.
//!
//! A layout only reads. What the model makes of it, which environments are of
//! one commons, and what remains as raw values is the same for every layout.

use std::sync::Arc;

use camino::Utf8PathBuf;

use super::note::Notes;
use crate::source::SourceSet;
use crate::span::Sources;
use crate::value::Node;

/// One layout that fleets are imported from.
pub(super) trait Layout {
    /// Reads what is there; what cannot be read is left out and noted.
    ///
    /// Nothing where the files are not of this layout at all.
    fn read(&self, files: &SourceSet, sources: &mut Sources, notes: &mut Notes) -> Option<Foreign>;
}

/// A foreign description of a fleet.
#[derive(Debug, Default)]
pub(super) struct Foreign {
    /// Clusters in order of their directory.
    pub(super) clusters: Vec<ForeignCluster>,
    /// Environments in order of cluster and directory.
    pub(super) environments: Vec<ForeignEnvironment>,
}

/// A cluster and what its environments share.
#[derive(Debug)]
pub(super) struct ForeignCluster {
    /// Its directory, which is its name.
    pub(super) directory: String,
    /// Values of cluster-level-resources; none where there are none here.
    pub(super) values: Option<Node>,
    /// Files beside the values, by their path there.
    pub(super) beside: Vec<Beside>,
}

/// A file that is taken as it is.
#[derive(Debug, Clone)]
pub(super) struct Beside {
    /// Its path beside the values.
    pub(super) name: Utf8PathBuf,
    /// Its path in the source.
    pub(super) path: Utf8PathBuf,
    /// What it holds.
    pub(super) bytes: Arc<[u8]>,
    /// What it says, where it is a YAML map.
    pub(super) node: Option<Node>,
}

/// An environment: values of the chart gen3, and the Application that deploys them.
#[derive(Debug)]
pub(super) struct ForeignEnvironment {
    /// The directory of its cluster.
    pub(super) cluster: String,
    /// Its own directory below that.
    pub(super) directory: String,
    /// Its values after all its files are merged; none where they are not here.
    pub(super) values: Option<Node>,
    /// Its values files, in the order in which they are merged.
    pub(super) files: Vec<ForeignFile>,
    /// Its Application; none where nothing deploys it.
    pub(super) application: Option<Node>,
    /// Files beside the values that belong to the application.
    pub(super) beside: Vec<Beside>,
}

/// A values file.
#[derive(Debug, Clone)]
pub(super) struct ForeignFile {
    /// Its name beside the others.
    pub(super) name: String,
    /// Its path in the source.
    pub(super) path: Utf8PathBuf,
    /// What it says, each key once; none where it is empty.
    pub(super) node: Option<Node>,
}

impl ForeignEnvironment {
    /// What it is called in reports.
    pub(super) fn title(&self) -> String {
        format!("{}/{}", self.cluster, self.directory)
    }

    /// The value below a row of keys; nothing for `null`.
    pub(super) fn get(&self, path: &[&str]) -> Option<&Node> {
        let values = self.values.as_ref()?;
        values.path(path).filter(|node| !node.is_null())
    }

    /// The text of a scalar that is not empty.
    pub(super) fn text(&self, path: &[&str]) -> Option<&str> {
        self.get(path)?.text().filter(|text| !text.is_empty())
    }

    /// A field of its Application, as text.
    pub(super) fn of_application(&self, path: &[&str]) -> Option<&str> {
        let application = self.application.as_ref()?;
        application
            .path(path)?
            .text()
            .filter(|text| !text.is_empty())
    }

    /// The sources of its Application.
    pub(super) fn sources(&self) -> &[Node] {
        let Some(application) = &self.application else {
            return &[];
        };
        match application.path(&["spec", "sources"]) {
            Some(sources) => sources.items(),
            None => application
                .path(&["spec", "source"])
                .map_or(&[][..], std::slice::from_ref),
        }
    }

    /// The source that is the chart gen3.
    pub(super) fn chart(&self) -> Option<&Node> {
        self.sources().iter().find(|source| {
            let text = |key: &str| source.get(key).and_then(Node::text);
            let ends = text("path")
                .is_some_and(|path| path.trim_end_matches('/').rsplit('/').next() == Some("gen3"));
            text("chart") == Some("gen3") || ends
        })
    }

    /// The source that its values files are read from.
    pub(super) fn values_source(&self) -> Option<&Node> {
        self.sources()
            .iter()
            .find(|source| source.get("ref").and_then(Node::text) == Some("values"))
    }
}

//! Projects of an Argo CD: where the Applications of one may come from and go to.

use super::placed::Placed;
use crate::pattern::Wildcard;
use crate::value::Node;

/// A project.
#[derive(Debug)]
pub(crate) struct Project {
    /// Its name.
    pub(crate) name: Placed,
    /// The directory that stands for the Argo CD that has it.
    pub(crate) instance: Box<str>,
    /// Repositories that its Applications may take charts and values from, as patterns.
    repositories: Vec<Box<str>>,
    /// Where they may deploy to.
    destinations: Vec<Destination>,
}

/// A cluster, by its name or address, and a namespace in it; each may be a pattern.
#[derive(Debug)]
struct Destination {
    name: Option<Box<str>>,
    server: Option<Box<str>>,
    namespace: Box<str>,
}

impl Project {
    /// The project that a document is.
    pub(super) fn read(node: &Node) -> Option<Self> {
        if node.get("kind").and_then(Node::text) != Some("AppProject") {
            return None;
        }
        let name = node.path(&["metadata", "name"])?;
        let list = |key: &str| {
            let list = node.path(&["spec", key]);
            list.map(Node::items).unwrap_or_default()
        };
        let destinations = list("destinations").iter().map(|destination| {
            let text = |key: &str| destination.get(key).and_then(Node::text).map(Into::into);
            Destination {
                name: text("name"),
                server: text("server"),
                namespace: text("namespace").unwrap_or_default(),
            }
        });
        Some(Self {
            name: Placed {
                text: name.text()?.into(),
                span: name.span(),
            },
            instance: Box::default(),
            repositories: list("sourceRepos")
                .iter()
                .filter_map(Node::text)
                .map(Into::into)
                .collect(),
            destinations: destinations.collect(),
        })
    }

    /// Whether its Applications may take anything from a repository.
    pub(crate) fn takes_from(&self, repository: &str) -> bool {
        any(&self.repositories, repository)
    }

    /// Whether its Applications may deploy there: a cluster by name or address, and a namespace.
    pub(crate) fn deploys_to(
        &self,
        cluster: Option<&str>,
        server: Option<&str>,
        namespace: &str,
    ) -> bool {
        self.destinations.iter().any(|allowed| {
            let fits = |pattern: Option<&str>, text: Option<&str>| match (pattern, text) {
                (Some(pattern), Some(text)) => Wildcard::new(pattern).matches(text),
                _ => false,
            };
            (fits(allowed.name.as_deref(), cluster) || fits(allowed.server.as_deref(), server))
                && Wildcard::new(&allowed.namespace).matches(namespace)
        })
    }
}

/// Whether one of the patterns fits, and none that starts with `!` takes it away.
fn any(patterns: &[Box<str>], text: &str) -> bool {
    let fits = |pattern: &str| Wildcard::new(pattern).matches(text);
    let is_taken_away = patterns
        .iter()
        .filter_map(|pattern| pattern.strip_prefix('!'))
        .any(fits);
    !is_taken_away && patterns.iter().any(|pattern| fits(pattern))
}

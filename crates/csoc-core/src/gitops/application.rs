//! Argo CD Applications, as far as they can be read without Helm.

use camino::Utf8PathBuf;

use super::placed::Placed;
use super::registration::HERE;
use super::template::Masked;
use super::values::flag_of;
use crate::diagnostic::{Code, Diagnostics, Finding, Severity};
use crate::span::{FileId, Span};
use crate::value::{Node, yaml_read};

/// A field of an Application that only Helm can tell.
pub(crate) const FIELD_TEMPLATED: Code = Code::new("application-field-templated");
/// A template that is no YAML, even without its actions.
pub(crate) const TEMPLATE_UNREADABLE: Code = Code::new("application-template-unreadable");

/// An Application: what is deployed where, from which sources.
#[derive(Debug)]
pub(crate) struct Application {
    /// The file.
    pub(crate) file: FileId,
    /// The path of that file below the repository.
    pub(crate) path: Utf8PathBuf,
    /// The ApplicationSet that makes it, where it is not written itself.
    pub(crate) set: Option<Box<str>>,
    /// Elements, registrations and files that it is made of, where it is made.
    pub(crate) causes: Vec<Span>,
    /// Its name.
    pub(crate) name: Option<Placed>,
    /// The project that bounds it.
    pub(crate) project: Option<Placed>,
    /// The cluster that it deploys to, by its name in Argo CD.
    pub(crate) cluster: Option<Placed>,
    /// The cluster that it deploys to, by its address.
    pub(crate) server: Option<Placed>,
    /// The namespace that it deploys to.
    pub(crate) namespace: Option<Placed>,
    /// Its sources, in order.
    pub(crate) sources: Vec<Source>,
    /// All of it.
    pub(crate) node: Node,
}

/// A source of an Application.
#[derive(Debug)]
pub(crate) struct Source {
    /// The directory of a chart in a git repository.
    pub(crate) path: Option<Placed>,
    /// The name of a chart in a chart repository.
    pub(crate) chart: Option<Placed>,
    /// The repository's address.
    pub(crate) repository: Option<Placed>,
    /// A branch, tag, commit or version.
    pub(crate) revision: Option<Placed>,
    /// Whether there is a revision, also where it cannot be read.
    pub(crate) has_revision: bool,
    /// The release's name.
    pub(crate) release: Option<Placed>,
    /// The values files, in order.
    pub(crate) values: Vec<Placed>,
    /// Whether values files need not be there.
    pub(crate) ignores_missing: bool,
    /// Values that stand in the Application itself, and win over those of files.
    pub(super) inline: Option<Node>,
    /// Where it starts.
    pub(crate) span: Option<Span>,
}

impl Application {
    /// The documents of a file whose templates are Helm's, and how to read Applications in them.
    pub(super) fn read(
        text: &str,
        file: FileId,
        found: &mut Diagnostics,
    ) -> (Vec<Node>, Vec<Self>) {
        let masked = Masked::new(text);
        let (nodes, problems) =
            yaml_read::documents(&masked.text, file, &yaml_read::Limits::default());
        if text.contains("{{") && problems.has_errors() {
            // Templates of other objects are Helm's alone.
            if !text.contains("kind: Application") {
                return (Vec::new(), Vec::new());
            }
            found.push(
                Finding::new(
                    TEMPLATE_UNREADABLE,
                    Severity::Warning,
                    "the template cannot be read without Helm, so that nothing is known of its Application",
                )
                .help("write the Application as plain YAML, with actions only inside of values")
                .label(Span::file_start(file), "this template"),
            );
            return (Vec::new(), Vec::new());
        }
        found.append(problems);
        let applications = nodes
            .iter()
            .filter(|node| is_application(node))
            .map(|node| Self::of(node.clone(), file, &masked, found))
            .collect();
        (nodes, applications)
    }

    /// The same of a document that was read already.
    pub(super) fn of_document(node: &Node, file: FileId) -> Option<Self> {
        is_application(node).then(|| {
            Self::of(
                node.clone(),
                file,
                &Masked::new(""),
                &mut Diagnostics::default(),
            )
        })
    }

    fn of(node: Node, file: FileId, masked: &Masked, found: &mut Diagnostics) -> Self {
        let mut reader = Reader { masked, found };
        let sources = match node.path(&["spec", "sources"]) {
            Some(sources) => sources.items(),
            None => node
                .path(&["spec", "source"])
                .map_or(&[][..], std::slice::from_ref),
        };
        let sources = sources.iter().map(|source| reader.source(source)).collect();
        Self {
            file,
            path: Utf8PathBuf::new(),
            set: None,
            causes: Vec::new(),
            name: reader.text(&node, &["metadata", "name"]),
            project: reader.text(&node, &["spec", "project"]),
            cluster: reader.text(&node, &["spec", "destination", "name"]),
            server: reader.text(&node, &["spec", "destination", "server"]),
            namespace: reader.text(&node, &["spec", "destination", "namespace"]),
            sources,
            node,
        }
    }

    /// The source that is the chart gen3.
    pub(crate) fn chart(&self) -> Option<&Source> {
        self.sources.iter().find(|source| source.is_gen3())
    }

    /// The cluster and the deployment whose values it reads, by their directories.
    pub(super) fn reads(&self) -> Option<(String, String)> {
        self.values().find_map(|placed| {
            let path = placed.strip_prefix("$values/")?;
            let parts: Vec<&str> = path.split('/').collect();
            let at = parts.iter().rposition(|part| *part == "values")?;
            let cluster = parts.get(at.checked_sub(2)?)?;
            Some(((*cluster).to_owned(), parts[at - 1].to_owned()))
        })
    }

    /// The directory that stands for the Argo CD that has it: `hub`, or that of a cluster.
    pub(crate) fn instance(&self) -> &str {
        self.path.as_str().split('/').next().unwrap_or_default()
    }

    /// Whether it deploys to the cluster that its Argo CD runs in.
    pub(crate) fn is_here(&self) -> bool {
        let is =
            |placed: Option<&Placed>, text: &str| placed.is_some_and(|placed| **placed == *text);
        is(self.server.as_ref(), HERE) || is(self.cluster.as_ref(), "in-cluster")
    }

    /// The address of the repository that its values come from, and the revision that they are of.
    pub(super) fn values_source(&self) -> Option<(&str, &str)> {
        let sources = self.node.path(&["spec", "sources"]).map(Node::items)?;
        let values = sources
            .iter()
            .find(|source| source.get("ref").and_then(Node::text) == Some("values"))?;
        let text = |key: &str| values.get(key).and_then(Node::text);
        Some((text("repoURL")?, text("targetRevision").unwrap_or_default()))
    }

    /// The values files that it takes from the source named `values`, by their paths there.
    pub(super) fn references(&self) -> impl Iterator<Item = &str> {
        let values = self.values();
        values.filter_map(|placed| placed.strip_prefix("$values/"))
    }

    /// The values files of all sources, in order.
    pub(crate) fn values(&self) -> impl Iterator<Item = &Placed> {
        self.sources.iter().flat_map(|source| &source.values)
    }
}

impl Source {
    /// Whether it is the umbrella chart of Gen3.
    pub(crate) fn is_gen3(&self) -> bool {
        self.chart.as_deref() == Some("gen3")
            || self
                .path
                .as_deref()
                .is_some_and(|path| path.trim_end_matches('/').rsplit('/').next() == Some("gen3"))
    }
}

fn is_application(node: &Node) -> bool {
    node.get("kind").and_then(Node::text) == Some("Application")
}

/// Reads fields, and says which ones an action makes.
struct Reader<'a> {
    masked: &'a Masked,
    found: &'a mut Diagnostics,
}

impl Reader<'_> {
    fn source(&mut self, source: &Node) -> Source {
        let values = source
            .path(&["helm", "valueFiles"])
            .map_or(&[][..], Node::items);
        Source {
            path: self.text(source, &["path"]),
            chart: self.text(source, &["chart"]),
            repository: self.text(source, &["repoURL"]),
            revision: self.text(source, &["targetRevision"]),
            has_revision: source.get("targetRevision").is_some(),
            release: self.text(source, &["helm", "releaseName"]),
            values: values
                .iter()
                .filter_map(|value| self.placed(value, "valueFiles"))
                .collect(),
            ignores_missing: source
                .path(&["helm", "ignoreMissingValueFiles"])
                .is_some_and(flag_of),
            inline: source.path(&["helm", "valuesObject"]).cloned(),
            span: source.span(),
        }
    }

    fn text(&mut self, node: &Node, path: &[&str]) -> Option<Placed> {
        let node = node.path(path)?;
        self.placed(node, path.last().copied().unwrap_or_default())
    }

    fn placed(&mut self, node: &Node, field: &str) -> Option<Placed> {
        let text = node.text()?;
        let span = node.span();
        if span.is_some_and(|span| self.masked.made(span)) {
            self.found.push(
                Finding::new(
                    FIELD_TEMPLATED,
                    Severity::Info,
                    format!("`{field}` is made by a template, and is not checked"),
                )
                .help("write the value itself where it is the same for every rendering")
                .label(span, "only Helm can tell"),
            );
            return None;
        }
        (!text.is_empty()).then(|| Placed {
            text: text.into(),
            span,
        })
    }
}

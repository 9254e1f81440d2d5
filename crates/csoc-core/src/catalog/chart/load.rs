//! Charts taken apart: metadata, defaults, templates, and the charts below each.

use std::collections::BTreeMap;
use std::rc::Rc;

use camino::{Utf8Path, Utf8PathBuf};

use super::files::{ChartFiles, normalized};
use super::metadata::{Dependency, Metadata};
use super::template::{Template, parse};
use super::walk::Place;
use crate::diagnostic::{Code, Diagnostics, Finding, Severity};
use crate::span::{FileId, SourceFile, Sources, Span};
use crate::value::{Node, yaml_read};

/// There is no chart, or what is there does not say its name.
pub(crate) const CHART_INVALID: Code = Code::new("chart-invalid");
/// A chart depends on itself.
pub(crate) const CHART_CYCLE: Code = Code::new("chart-cycle");
/// A chart below is not there.
pub(crate) const CHART_DEPENDENCY_MISSING: Code = Code::new("chart-dependency-missing");
/// A template is not a Go template.
pub(crate) const CHART_TEMPLATE_FAULTY: Code = Code::new("chart-template-faulty");
/// A file of a chart is not taken in: a link, or a path that leads elsewhere.
pub(crate) const CHART_FILE_REFUSED: Code = Code::new("chart-file-refused");
/// A chart is larger than charts may be.
pub(crate) const CHART_TOO_LARGE: Code = Code::new("chart-too-large");

/// Charts inside each other that are followed.
const DEPTH: usize = 16;
/// Faults of one file that are reported.
const FAULTS: usize = 5;

/// One chart.
#[derive(Debug)]
pub(super) struct Chart {
    /// Where it lies.
    pub(super) directory: Utf8PathBuf,
    /// What it says of itself.
    pub(super) metadata: Metadata,
    /// Its defaults, and the place of each.
    pub(super) values: Option<Values>,
    /// Its templates and other texts, each with the number of its file.
    pub(super) templates: Vec<(u32, Template)>,
    /// The charts below it, and where they lie; nowhere where they are not there.
    pub(super) below: Vec<(Dependency, Option<Utf8PathBuf>)>,
    /// The number of its `Chart.yaml`.
    pub(super) file: u32,
}

/// A chart's `values.yaml`.
#[derive(Debug)]
pub(super) struct Values {
    /// The document.
    pub(super) node: Node,
    /// Its number among the files.
    pub(super) file: u32,
    id: FileId,
}

impl Values {
    /// Where a node of the document stands.
    pub(super) fn place(&self, node: &Node, sources: &Sources) -> Place {
        let start = node.span().map_or(0, |span| span.start);
        Place {
            file: self.file,
            line: sources.file(self.id).position(start).line,
        }
    }
}

/// All charts of a set.
#[derive(Debug)]
pub(super) struct Loader<'f> {
    files: &'f ChartFiles,
    /// Files that places name, by number.
    pub(super) names: Vec<Utf8PathBuf>,
    /// Texts that findings name.
    pub(super) sources: Sources,
    /// What is wrong.
    pub(super) sink: Diagnostics,
    /// Charts by directory.
    pub(super) charts: BTreeMap<Utf8PathBuf, Rc<Chart>>,
    /// The same charts, each after those below it.
    pub(super) order: Vec<Rc<Chart>>,
}

impl<'f> Loader<'f> {
    /// Loads the chart of a set and all below it.
    pub(super) fn load(files: &'f ChartFiles) -> Self {
        let mut loader = Self {
            files,
            names: Vec::new(),
            sources: Sources::default(),
            sink: Diagnostics::default(),
            charts: BTreeMap::new(),
            order: Vec::new(),
        };
        let root = files.root.clone();
        loader.chart(&root, &mut Vec::new());
        loader
    }

    fn chart(&mut self, directory: &Utf8Path, above: &mut Vec<Utf8PathBuf>) {
        let Some((metadata, file)) = self.metadata(directory) else {
            return;
        };
        let mut chart = Chart {
            directory: directory.to_owned(),
            below: self.below(directory, &metadata),
            values: self.values(directory),
            templates: self.templates(directory),
            metadata,
            file,
        };
        above.push(directory.to_owned());
        for (dependency, place) in &mut chart.below {
            let Some(path) = place.clone() else {
                self.missing(dependency, directory);
                continue;
            };
            if above.contains(&path) || above.len() >= DEPTH {
                self.sink.push(
                    Finding::error(
                        CHART_CYCLE,
                        format!("chart `{directory}` depends on `{path}`, which depends on it"),
                    )
                    .help("take one of the two out of the other's `dependencies`")
                    .path(directory),
                );
                *place = None;
                continue;
            }
            if !self.charts.contains_key(&path) {
                self.chart(&path, above);
            }
            if !self.charts.contains_key(&path) {
                *place = None;
            }
        }
        above.pop();
        let chart = Rc::new(chart);
        self.order.push(Rc::clone(&chart));
        self.charts.insert(directory.to_owned(), chart);
    }

    fn missing(&mut self, dependency: &Dependency, directory: &Utf8Path) {
        self.sink.push(
            Finding::new(
                CHART_DEPENDENCY_MISSING,
                Severity::Info,
                format!("chart `{}` is not part of what was read", dependency.name),
            )
            .help("every key below it is accepted; run `helm dependency build` first, so that it is checked as well")
            .path(directory.join("Chart.yaml")),
        );
    }

    /// The number of a file in places.
    fn name(&mut self, path: &Utf8Path) -> u32 {
        let number = self.names.len();
        self.names.push(path.to_owned());
        u32::try_from(number).unwrap_or(u32::MAX)
    }

    fn metadata(&mut self, directory: &Utf8Path) -> Option<(Metadata, u32)> {
        let path = directory.join("Chart.yaml");
        let refuse = |loader: &mut Self, message: String| {
            loader.sink.push(
                Finding::error(CHART_INVALID, message)
                    .help("give the directory that holds `Chart.yaml`, or an archive made by `helm package`")
                    .path(&path),
            );
        };
        if self.files.get(&path).is_none() {
            refuse(
                self,
                format!("there is no chart at `{directory}`: it has no `Chart.yaml`"),
            );
            return None;
        }
        let said = self.sink.iter().count();
        let node = self.yaml(&path).map(|(node, _)| node);
        if node.is_none() && self.sink.iter().count() > said {
            return None;
        }
        // An empty file is nothing, too.
        let Some(metadata) = node.as_ref().and_then(Metadata::read) else {
            refuse(self, format!("`{path}` names no chart"));
            return None;
        };
        let file = self.name(&path);
        Some((metadata, file))
    }

    fn values(&mut self, directory: &Utf8Path) -> Option<Values> {
        let path = directory.join("values.yaml");
        self.files.get(&path)?;
        let (node, id) = self.yaml(&path)?;
        Some(Values {
            node,
            file: self.name(&path),
            id,
        })
    }

    /// A YAML file; what is wrong with it is a finding, an empty one is nothing.
    fn yaml(&mut self, path: &Utf8Path) -> Option<(Node, FileId)> {
        let text = self.text(path, true)?;
        let id = self.sources.add(SourceFile::new(path, &*text));
        let (node, found) = yaml_read::read(&text, id, &yaml_read::Limits::default());
        // Keys that are no strings, and the like, do not keep Helm from reading it.
        let is_lost = node.is_none();
        for finding in found.into_vec() {
            if is_lost {
                self.sink.push(finding);
            }
        }
        Some((node?, id))
    }

    /// The text of a file; a finding where it should be text and is not.
    fn text(&mut self, path: &Utf8Path, must: bool) -> Option<String> {
        let bytes = self.files.get(path)?;
        let text = std::str::from_utf8(bytes).ok().map(str::to_owned);
        if text.is_none() && must {
            self.sink.push(
                Finding::error(CHART_INVALID, format!("`{path}` is not UTF-8"))
                    .help("save it as UTF-8")
                    .path(path),
            );
        }
        text
    }

    fn templates(&mut self, directory: &Utf8Path) -> Vec<(u32, Template)> {
        let files = self.files;
        let mut found = Vec::new();
        for (path, relative, _) in files.below(directory) {
            let Some(role) = Role::of(relative) else {
                continue;
            };
            let Some(text) = self.text(path, role == Role::Template) else {
                continue;
            };
            if !text.contains("{{") {
                continue;
            }
            let template = parse(&text);
            if role == Role::Template {
                self.faults(path, &text, &template);
            }
            found.push((self.name(path), template));
        }
        found
    }

    /// Reports what Go would refuse; the rest of the file is read all the same.
    fn faults(&mut self, path: &Utf8Path, text: &str, template: &Template) {
        if template.faults.is_empty() {
            return;
        }
        let id = self.sources.add(SourceFile::new(path, text));
        let starts: Vec<usize> = std::iter::once(0)
            .chain(text.match_indices('\n').map(|(at, _)| at.saturating_add(1)))
            .collect();
        for fault in template.faults.iter().take(FAULTS) {
            let line = fault.line.saturating_sub(1) as usize;
            let start = starts.get(line).copied().unwrap_or_default();
            let rest = text.get(start..).unwrap_or_default();
            let length = rest.lines().next().map_or(0, str::len);
            self.sink.push(
                Finding::warning(
                    CHART_TEMPLATE_FAULTY,
                    format!("`{path}` is no Go template: {}", fault.reason),
                )
                .help("Helm refuses the chart; keys that the rest of the file reads are known all the same")
                .path(path)
                .label(Span::new(id, start, start.saturating_add(length)), "here"),
            );
        }
    }

    /// The charts below one: those that it names, and those that lie in its `charts`.
    fn below(
        &self,
        directory: &Utf8Path,
        metadata: &Metadata,
    ) -> Vec<(Dependency, Option<Utf8PathBuf>)> {
        let charts = directory.join("charts");
        let is_chart = |path: &Utf8Path| self.files.get(&path.join("Chart.yaml")).is_some();
        let mut below: Vec<(Dependency, Option<Utf8PathBuf>)> = Vec::new();
        for dependency in &metadata.dependencies {
            let beside = dependency
                .repository
                .strip_prefix("file://")
                .map(|path| normalized(&directory.join(path)));
            let inside = charts.join(&dependency.name);
            let place = beside
                .into_iter()
                .chain([inside])
                .find(|place| is_chart(place));
            below.push((dependency.clone(), place));
        }
        for (_, relative, _) in self.files.below(&charts) {
            let mut parts = relative.components();
            let (Some(name), Some(file), None) = (parts.next(), parts.next(), parts.next()) else {
                continue;
            };
            let name = name.as_str();
            let is_known = below.iter().any(|(known, _)| known.name == name);
            if file.as_str() == "Chart.yaml" && !is_known {
                below.push((Dependency::unnamed(name), Some(charts.join(name))));
            }
        }
        below
    }
}

/// What a file of a chart is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Role {
    /// Rendered, or used by what is rendered.
    Template,
    /// Perhaps evaluated by a template, as configuration files are.
    Text,
}

impl Role {
    /// The role of a file by its path below the chart; none where nothing of it is evaluated.
    fn of(path: &Utf8Path) -> Option<Self> {
        let first = path.components().next()?;
        let is_hidden = path.components().any(|part| part.as_str().starts_with('.'));
        if is_hidden || first.as_str() == "charts" {
            return None;
        }
        if first.as_str() == "templates" {
            return Some(Self::Template);
        }
        let is_about = matches!(
            path.as_str(),
            "values.yaml"
                | "Chart.yaml"
                | "Chart.lock"
                | "README.md"
                | "README.md.gotmpl"
                | "values.schema.json"
        );
        (!is_about).then_some(Self::Text)
    }
}

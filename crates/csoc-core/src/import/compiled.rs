//! What a drafted fleet compiles to, ours beside theirs.

use std::collections::BTreeMap;

use camino::Utf8Path;
use rayon::prelude::*;

use crate::backend::argocd::ArgoCd;
use crate::backend::helm::Helm;
use crate::backend::kro::Kro;
use crate::backend::{Backend, Compiled as Unit, FleetView};
use crate::context::Context;
use crate::fleet::{Fleet, FleetError};
use crate::source::SourceSet;
use crate::tree::{Document, File};
use crate::value::Node;
use crate::value::overlay::{Nulls, merge};

/// A compiled draft, observed objects included.
#[derive(Debug)]
pub(super) struct Compiled {
    pub(super) fleet: Fleet,
    /// Files by their path below `gitops/`.
    pub(super) files: BTreeMap<String, File>,
}

impl Compiled {
    /// Compiles the files of a draft.
    pub(super) fn of(set: SourceSet, context: &Context) -> Result<Self, FleetError> {
        let fleet = Fleet::from_sources(set, context)?;
        let view = FleetView::new(fleet.resolved(), fleet.contracts(), true);
        let mut files = BTreeMap::new();
        let helm: Vec<Unit> = Helm
            .units(&view)
            .par_iter()
            .map(|unit| Helm.compile(unit))
            .collect();
        let argocd: Vec<Unit> = ArgoCd
            .units(&view)
            .par_iter()
            .map(|unit| ArgoCd.compile(unit))
            .collect();
        let kro: Vec<Unit> = Kro
            .units(&view)
            .par_iter()
            .map(|unit| Kro.compile(unit))
            .collect();
        for unit in helm.into_iter().chain(argocd).chain(kro) {
            for file in unit.files {
                let path = file.path().as_str();
                let below = path.strip_prefix("gitops/").unwrap_or(path).to_owned();
                files.insert(below, file);
            }
        }
        Ok(Self { fleet, files })
    }

    /// The YAML of a file.
    pub(super) fn yaml(&self, path: &str) -> Option<&Node> {
        match self.files.get(path)?.document() {
            Document::Yaml(node) => Some(node),
            _ => None,
        }
    }

    /// The values files of an environment by its directory, the strongest last.
    pub(super) fn values_files(&self, directory: &str) -> impl Iterator<Item = &File> {
        let start = format!("{directory}/values/");
        let own = self
            .files
            .range(start.clone()..)
            .take_while(move |(path, _)| path.starts_with(&start))
            .map(|(_, file)| file)
            .filter(|file| {
                let parent = file.path().parent().and_then(Utf8Path::file_name);
                parent == Some("values") && matches!(file.document(), Document::Yaml(_))
            });
        let (last, first): (Vec<&File>, Vec<&File>) =
            own.partition(|file| file.path().file_name() == Some("values.yaml"));
        first.into_iter().chain(last)
    }

    /// The values of an environment by its directory, merged; nothing where none are rendered.
    pub(super) fn values(&self, directory: &str) -> Option<Node> {
        let mut merged: Option<Node> = None;
        for file in self.values_files(directory) {
            if let Document::Yaml(node) = file.document() {
                merged = Some(merge(merged.unwrap_or_else(Node::map), node, Nulls::Data));
            }
        }
        merged
    }

    /// The Application of an environment by its directory.
    pub(super) fn application(&self, directory: &str) -> Option<&Node> {
        self.yaml(&format!("{directory}/templates/app.yaml"))
    }
}

//! ApplicationSets, and the Applications that will exist because of them, found without a cluster.
//!
//! What a file decides is decided; where a cluster, another repository or a
//! service would have to be asked, that is said and nothing is guessed. The
//! semantics are those of Argo CD's controller: the order of generators, what
//! counts where two say the same, which texts are filled, and what it refuses.

mod clusters;
mod combined;
mod engine;
mod generator;
mod git;
mod glob;
mod go;
mod parameters;
mod patch;
mod selector;
mod stop;
#[cfg(test)]
mod tests;
mod text;
mod world;

use engine::Engine;
use generator::{Generating, LIMIT, WEIGHT};
use go::MissingKey;
pub(super) use go::decoded;
use parameters::{Parameters, weight};
pub(crate) use stop::Stop;
pub(crate) use world::{Seen, World, plain_address};

use super::placed::Placed;
use super::values::flag_of;
use crate::span::{FileId, SourceFile, Sources, Span};
use crate::value::{Kind, Node, Origin};

/// Deletes what an Application made when the Application goes.
const CASCADE: &str = "resources-finalizer.argocd.argoproj.io";
/// Generators whose elements come and go without anybody editing the ApplicationSet.
const MOVING: [&str; 6] = [
    "git",
    "clusters",
    "scmProvider",
    "pullRequest",
    "clusterDecisionResource",
    "plugin",
];

/// An ApplicationSet as it is written.
#[derive(Debug)]
pub(crate) struct ApplicationSet {
    /// The file.
    pub(crate) file: FileId,
    /// Its name.
    pub(crate) name: Option<Placed>,
    /// All of it.
    pub(crate) node: Node,
    /// Whether it stands in a template of Helm, which fills it first.
    pub(crate) in_template: bool,
}

/// An Application that an ApplicationSet makes.
#[derive(Debug)]
pub(crate) struct Made {
    /// All of it.
    pub(crate) node: Node,
    /// Elements, registrations and files that it comes from.
    pub(crate) causes: Vec<Span>,
}

/// What becomes of an ApplicationSet.
#[derive(Debug, Default)]
pub(crate) struct Expansion {
    /// The Applications, in order of generators and elements.
    pub(crate) made: Vec<Made>,
    /// Why there may be more, or none, each with its place.
    pub(crate) stops: Vec<(Stop, Option<Span>)>,
}

impl ApplicationSet {
    /// The ApplicationSet that a document is.
    pub(super) fn read(node: &Node, file: FileId, in_template: bool) -> Option<Self> {
        let text = |key: &str| node.get(key).and_then(Node::text);
        if text("kind") != Some("ApplicationSet") {
            return None;
        }
        let name = node.path(&["metadata", "name"]);
        Some(Self {
            file,
            name: name.and_then(|name| {
                Some(Placed {
                    text: name.text()?.into(),
                    span: name.span(),
                })
            }),
            node: node.clone(),
            in_template,
        })
    }

    /// Its name where it has one, for messages.
    pub(crate) fn named(&self) -> &str {
        self.name.as_deref().unwrap_or_default()
    }

    /// Where it starts.
    pub(crate) fn start(&self) -> Span {
        let name = self.name.as_ref().and_then(|name| name.span);
        name.unwrap_or(Span::file_start(self.file))
    }

    /// How its texts are filled.
    pub(crate) fn engine(&self) -> Engine {
        let spec = |key: &str| self.node.path(&["spec", key]);
        if !spec("goTemplate").is_some_and(flag_of) {
            return Engine::Fast;
        }
        let options = spec("goTemplateOptions")
            .map(Node::items)
            .unwrap_or_default();
        let refuses = options
            .iter()
            .any(|option| option.text() == Some("missingkey=error"));
        Engine::Go(if refuses {
            MissingKey::Refused
        } else {
            MissingKey::Printed
        })
    }

    /// Whether a parameter that is not there stops it.
    pub(crate) fn refuses_missing(&self) -> bool {
        self.engine() == Engine::Go(MissingKey::Refused)
    }

    /// Whether the resources of an Application stay when that goes.
    pub(crate) fn preserves(&self) -> bool {
        self.node
            .path(&["spec", "syncPolicy", "preserveResourcesOnDeletion"])
            .is_some_and(flag_of)
    }

    /// Whether it deletes Applications that its generators no longer give.
    pub(crate) fn deletes(&self) -> bool {
        let policy = self.node.path(&["spec", "syncPolicy", "applicationsSync"]);
        !matches!(
            policy.and_then(Node::text),
            Some("create-only" | "create-update")
        )
    }

    /// The generators whose elements come and go by themselves, by name and place.
    pub(crate) fn moving(&self) -> Vec<(&str, Option<Span>)> {
        let mut found = Vec::new();
        collect_moving(self.generators(), 0, &mut found);
        found
    }

    fn generators(&self) -> &[Node] {
        self.node
            .path(&["spec", "generators"])
            .map(Node::items)
            .unwrap_or_default()
    }

    /// The Applications that will exist, as far as they can be told.
    pub(crate) fn expand(&self, world: &World) -> Expansion {
        let mut expansion = Expansion::default();
        if self.in_template {
            let why = Stop::undecidable("it stands in a template, which Helm fills first");
            expansion
                .stops
                .push((why, Some(Span::file_start(self.file))));
            return expansion;
        }
        for generator in self.generators() {
            if let Err(stop) = self.add(generator, world, &mut expansion) {
                expansion.stops.push((stop, generator.span()));
            }
        }
        expansion
    }

    fn add(&self, generator: &Node, world: &World, expansion: &mut Expansion) -> Result<(), Stop> {
        let engine = self.engine();
        let generating = Generating {
            engine,
            world,
            depth: 0,
        };
        let all = generating.generate(generator, None)?;
        if expansion.made.len() + all.len() > LIMIT {
            return Err(Stop::TooMany);
        }
        let empty = Node::map();
        let template = self.node.path(&["spec", "template"]).unwrap_or(&empty);
        let own = generator
            .entries()
            .iter()
            .find_map(|entry| entry.node.get("template"));
        let template = match own {
            Some(own) => patch::overridden(template, own),
            None => template.clone(),
        };
        let mut taken = 0;
        for parameters in all {
            match self.application(&template, &parameters, engine) {
                Ok(node) => {
                    taken += weight(&node);
                    if taken > WEIGHT {
                        return Err(Stop::TooMany);
                    }
                    expansion.made.push(Made {
                        node,
                        causes: parameters.causes,
                    });
                }
                Err(stop) => {
                    let cause = parameters.causes.first().copied();
                    expansion.stops.push((stop, cause.or(generator.span())));
                }
            }
        }
        Ok(())
    }

    fn application(
        &self,
        template: &Node,
        parameters: &Parameters,
        engine: Engine,
    ) -> Result<Node, Stop> {
        let cause = parameters.causes.first().map(|span| Origin::Text(*span));
        // Without any parameter the template is taken as it stands.
        let is_filled = !parameters.values.entries().is_empty();
        let mut node = if is_filled {
            engine.tree(template, &parameters.values, cause)?
        } else {
            template.clone()
        };
        let has_finalizers = node
            .path(&["metadata", "finalizers"])
            .is_some_and(|finalizers| !finalizers.items().is_empty());
        if is_filled && !self.preserves() && !has_finalizers {
            node.set(
                &["metadata", "finalizers"],
                Node::list([Node::string(CASCADE)]),
            );
        }
        let text = self.node.path(&["spec", "templatePatch"]);
        if let Some(text) = text.filter(|text| !text.is_null()) {
            let text = text
                .text()
                .ok_or_else(|| Stop::refused("`templatePatch` must be a text"))?;
            node = match patch::whole_parameter(text, &parameters.values) {
                // It keeps its places, which a text would lose.
                Some(whole) if matches!(engine, Engine::Go(_)) => patch::merged_over(node, whole)?,
                _ => patch::patched(node, &engine.text(text, &parameters.values)?)?,
            };
        }
        let mut whole = Node::map();
        whole.insert("apiVersion", Node::string("argoproj.io/v1alpha1"));
        whole.insert("kind", Node::string("Application"));
        for key in ["metadata", "spec"] {
            if let Some(part) = node.remove(key) {
                whole.insert(key, part);
            }
        }
        // It stays in the namespace of its ApplicationSet, whatever the template says.
        if let Some(namespace) = self.node.path(&["metadata", "namespace"]) {
            whole.set(&["metadata", "namespace"], namespace.clone());
        }
        Ok(whole.at(cause.unwrap_or(self.node.origin)))
    }
}

/// The Applications that a set makes of what stands in itself: lists, and what is made of them.
pub(crate) fn applications_of(set: &Node) -> Vec<Node> {
    let mut sources = Sources::default();
    let nowhere = sources.add(SourceFile::new("", ""));
    let expansion =
        ApplicationSet::read(set, nowhere, false).map(|set| set.expand(&World::default()));
    let made = expansion.into_iter().flat_map(|expansion| expansion.made);
    made.map(|made| made.node).collect()
}

fn collect_moving<'n>(
    generators: &'n [Node],
    depth: usize,
    found: &mut Vec<(&'n str, Option<Span>)>,
) {
    // Argo CD refuses combinations that lie deeper.
    if depth > 3 {
        return;
    }
    for generator in generators {
        for entry in generator.entries() {
            let kind = entry.key.as_str();
            if MOVING.contains(&kind) {
                found.push((kind, entry.key_origin.span()));
            }
            if let Some(Kind::List(inner)) = entry.node.get("generators").map(|node| &node.kind) {
                collect_moving(inner, depth + 1, found);
            }
        }
    }
}

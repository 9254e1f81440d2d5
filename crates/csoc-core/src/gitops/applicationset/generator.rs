//! Generators: what each gives, and which of its parameters are kept.

use super::engine::Engine;
use super::parameters::{Parameters, flattened};
use super::selector::selects;
use super::stop::Stop;
use super::world::World;
use super::{clusters, combined, git};
use crate::span::{FileId, SourceFile, Sources};
use crate::value::{Kind, Node, Reading, yaml_read};

/// How many Applications one ApplicationSet may make before it is not looked at any more.
pub(super) const LIMIT: usize = 10_000;
/// Bytes that the parameters of one generator, and the Applications of one set, may take.
pub(super) const WEIGHT: usize = 256 << 20;
/// Fields of a generator beside the one that says what it is.
const BESIDE: [&str; 1] = ["selector"];

/// What generators share.
#[derive(Clone, Copy)]
pub(super) struct Generating<'w> {
    pub(super) engine: Engine,
    pub(super) world: &'w World,
    /// Combinations that this generator is inside of.
    pub(super) depth: usize,
}

impl Generating<'_> {
    /// The parameters of one generator, those that its selector keeps.
    ///
    /// `given` are those of the generator that comes before it in a matrix.
    pub(super) fn generate(
        self,
        generator: &Node,
        given: Option<&Parameters>,
    ) -> Result<Vec<Parameters>, Stop> {
        let mut kinds = generator
            .entries()
            .iter()
            .filter(|entry| !BESIDE.contains(&entry.key.as_str()) && !entry.node.is_null());
        let (Some(kind), None) = (kinds.next(), kinds.next()) else {
            return Err(Stop::refused("a generator must be exactly one"));
        };
        let filled;
        let body = match given {
            Some(given) => {
                filled = self.filled(&kind.node, given)?;
                &filled
            }
            None => &kind.node,
        };
        let all = match kind.key.as_str() {
            "list" => list(body, self.engine)?,
            "clusters" => clusters::generate(body, self)?,
            "git" => git::generate(body, self)?,
            "matrix" => combined::matrix(body, self.deeper()?)?,
            "merge" => combined::merge(body, self.deeper()?)?,
            other @ ("scmProvider" | "pullRequest" | "clusterDecisionResource" | "plugin") => {
                return Err(Stop::undecidable(format!(
                    "what the generator `{other}` gives, only its service knows"
                )));
            }
            other => return Err(Stop::refused(format!("there is no generator `{other}`"))),
        };
        if all.len() > LIMIT {
            return Err(Stop::TooMany);
        }
        let Some(selector) = generator.get("selector") else {
            return Ok(all);
        };
        let mut kept = Vec::new();
        for parameters in all {
            let flat = flattened(&parameters.values)?;
            let label = |key: &str| {
                flat.iter()
                    .find(|(name, _)| name == key)
                    .map(|(_, value)| value)
            };
            if selects(Some(selector), &label)? {
                kept.push(parameters);
            }
        }
        Ok(kept)
    }

    /// The generator with the parameters of the one before filled in; `values` may also name its own.
    fn filled(self, body: &Node, given: &Parameters) -> Result<Node, Stop> {
        let mut body = body.clone();
        let values = body.remove("values");
        let mut filled = self.engine.tree(&body, &given.values, None)?;
        if let Some(values) = values {
            let mut each = Node::map();
            for entry in values.entries() {
                let strict = match self.engine {
                    Engine::Go(_) => Engine::Go(super::go::MissingKey::Refused),
                    Engine::Fast => Engine::Fast,
                };
                let value = match strict.tree(&entry.node, &given.values, None) {
                    // It is filled again once the generator's own parameters are there.
                    Err(Stop::Refused(_)) => entry.node.clone(),
                    value => value?,
                };
                each.insert(entry.key.clone(), value);
            }
            filled.insert("values", each);
        }
        Ok(filled)
    }

    fn deeper(self) -> Result<Self, Stop> {
        if self.depth >= 2 {
            return Err(Stop::refused(
                "a matrix or merge may lie in one other, and no deeper",
            ));
        }
        Ok(Self {
            depth: self.depth + 1,
            ..self
        })
    }

    /// Adds what `values` says, with the parameters that are there already filled in.
    pub(super) fn with_values(self, body: &Node, parameters: &mut Node) -> Result<(), Stop> {
        let entries = body.get("values").map(Node::entries).unwrap_or_default();
        if entries.is_empty() {
            return Ok(());
        }
        let mut values = Node::map();
        for entry in entries {
            values.insert(
                entry.key.clone(),
                self.engine.tree(&entry.node, parameters, None)?,
            );
        }
        match self.engine {
            Engine::Go(_) => {
                parameters.insert("values", values);
            }
            Engine::Fast => {
                for entry in values.entries() {
                    let name = format!("values.{}", entry.key.as_str());
                    parameters.insert(name.as_str(), entry.node.clone());
                }
            }
        }
        Ok(())
    }
}

/// `list`: its elements, and those that a text in it says.
fn list(body: &Node, engine: Engine) -> Result<Vec<Parameters>, Stop> {
    let elements = body.get("elements").map(Node::items).unwrap_or_default();
    let mut all = Vec::with_capacity(elements.len());
    for element in elements {
        let values = match engine {
            Engine::Go(_) => element.clone(),
            Engine::Fast => texts(element)?,
        };
        all.push(Parameters::new(values, element.span()));
    }
    let Some(text) = body
        .get("elementsYaml")
        .filter(|text| text.text() != Some(""))
    else {
        return Ok(all);
    };
    let written = text
        .text()
        .ok_or_else(|| Stop::undecidable("`elementsYaml` is not known yet"))?;
    if written.contains("{{") {
        return Err(Stop::undecidable(
            "`elementsYaml` is a template that no generator before it fills",
        ));
    }
    for element in parsed(written)? {
        all.push(Parameters::new(element, text.span()));
    }
    Ok(all)
}

/// A list of maps in a text; what is in it has no places of its own.
fn parsed(text: &str) -> Result<Vec<Node>, Stop> {
    let mut sources = Sources::default();
    let file = sources.add(SourceFile::new("elements.yaml", text));
    let (nodes, found) = yaml_read::documents(text, file, &yaml_read::Limits::default());
    if found.has_errors() {
        return Err(Stop::refused("`elementsYaml` is no YAML"));
    }
    let elements = nodes.first().map(Node::items).unwrap_or_default();
    if nodes.len() != 1 || elements.iter().any(|element| !element.is_map()) {
        return Err(Stop::refused("`elementsYaml` must be a list of maps"));
    }
    Ok(elements.iter().map(without_places).collect())
}

/// A tree that says nothing of the text that it was read from.
pub(super) fn without_places(node: &Node) -> Node {
    let kind = match &node.kind {
        Kind::List(items) => Kind::List(items.iter().map(without_places).collect()),
        Kind::Map(entries) => {
            return entries.iter().fold(Node::map(), |mut map, entry| {
                map.insert(entry.key.clone(), without_places(&entry.node));
                map
            });
        }
        kind => kind.clone(),
    };
    Node::new(kind)
}

/// An element as texts by name; `values` alone may hold a map.
fn texts(element: &Node) -> Result<Node, Stop> {
    let mut flat = Node::map();
    let mut add = |name: &str, node: &Node| {
        let is_text = match &node.kind {
            Kind::Scalar(scalar) => matches!(scalar.reading(), Reading::Text(_)),
            Kind::Pending(_) => true,
            _ => false,
        };
        if !is_text {
            return Err(Stop::refused(format!(
                "`{name}` of an element is {}, and must be a text where templates are not Go's",
                node.kind_name()
            )));
        }
        flat.insert(name, node.clone());
        Ok(())
    };
    for entry in element.entries() {
        if entry.key == *"values" {
            if !entry.node.is_map() {
                return Err(Stop::refused("`values` of an element must be a map"));
            }
            for value in entry.node.entries() {
                add(&format!("values.{}", value.key.as_str()), &value.node)?;
            }
        } else {
            add(entry.key.as_str(), &entry.node)?;
        }
    }
    Ok(flat)
}

/// A place of a whole file.
pub(super) fn start(file: FileId) -> crate::span::Span {
    crate::span::Span::file_start(file)
}

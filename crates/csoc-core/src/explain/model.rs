//! Values of the model: what each layer says, defaults, and fields that a rule derives.

use serde::Serialize;

use super::explanation::{Effect, Explanation, LayerValue};
use super::names::{self, Owner};
use super::network;
use super::operations;
use super::relaxation;
use super::{ExplainError, Place, keys, unknown};
use crate::fleet::Fleet;
use crate::naming::NameKind;
use crate::resolve::{EnvironmentRef, ResolvedEnvironment, Schemas};
use crate::span::{SourceFile, Sources, Span};
use crate::value::path::{ModelPath, Step};
use crate::value::{Node, json_read};

/// Fields that hold a name only where it is not derived.
const DERIVED: [(&[&str], NameKind); 6] = [
    (&["identity", "environmentId"], NameKind::EnvironmentId),
    (&["identity", "namespace"], NameKind::Namespace),
    (&["identity", "releaseName"], NameKind::ReleaseName),
    (&["identity", "application"], NameKind::Application),
    (&["identity", "directory"], NameKind::Directory),
    (&["workspaces", "namespace"], NameKind::JupyterNamespace),
];

/// Explains the value at a path of the model.
pub(super) fn explain(fleet: &Fleet, path: &ModelPath) -> Result<Explanation, ExplainError> {
    let keys: Vec<&str> = path.steps().iter().map_while(key).collect();
    match keys[..] {
        ["commons", commons, "environments", environment, ..] => {
            let at = environment_at(fleet, path, commons, environment)?;
            let Some(found) = fleet.resolved().written_environment(&at) else {
                return Err(unknown(path, 3, []));
            };
            if keys.get(4) == Some(&"names") {
                return names::explain(fleet, Owner::Environment(&at, found), path, &keys[5..]);
            }
            let rest: ModelPath = below(path, 4);
            let mut explanation = environment_field(fleet, path, &at, found, &rest)?;
            if keys[4..] == ["tier"] {
                let relaxed = relaxation::of_environment(found.spec.tier);
                explanation
                    .notes
                    .extend(relaxed.into_iter().map(str::to_owned));
            }
            Ok(explanation)
        }
        ["clusters", cluster, "names", ..] if fleet.resolved().cluster(cluster).is_some() => {
            let (name, found) = fleet
                .resolved()
                .clusters
                .get_key_value(cluster)
                .expect("seen above");
            names::explain(fleet, Owner::Cluster(name, found), path, &keys[3..])
        }
        ["clusters", cluster, "argocd", field] if path.find(&fleet.resolved().root).is_none() => {
            let derived = operations::argocd(fleet, path, cluster, field);
            derived.map_or_else(|| plain(fleet, path), Ok)
        }
        ["accounts", account, "observability", "receivers"]
            if path.find(&fleet.resolved().root).is_none() =>
        {
            let derived = operations::receivers(fleet, path, account);
            derived.map_or_else(|| plain(fleet, path), Ok)
        }
        ["clusters", cluster, "tier"] if fleet.resolved().cluster(cluster).is_some() => {
            let mut explanation =
                network::cluster_tier(fleet, cluster, path).ok_or_else(|| unknown(path, 1, []))?;
            for default in relaxation::of_cluster(fleet, cluster) {
                explanation.notes.extend(default.line());
            }
            Ok(explanation)
        }
        ["clusters", cluster, "network", ref field @ ..]
            if fleet.resolved().cluster(cluster).is_some() =>
        {
            of_network(fleet, path, cluster, field)
        }
        ["clusters", cluster, ref field @ ..]
            if fleet.resolved().cluster(cluster).is_some()
                && path.find(&fleet.resolved().root).is_none() =>
        {
            of_tier(fleet, path, cluster, field).map_or_else(|| plain(fleet, path), Ok)
        }
        _ => plain(fleet, path),
    }
}

/// A field of a cluster that nobody wrote, whose value follows from the tier of its environments.
fn of_tier(fleet: &Fleet, path: &ModelPath, cluster: &str, field: &[&str]) -> Option<Explanation> {
    let mut defaults = relaxation::of_cluster(fleet, cluster).into_iter();
    let default = defaults.find(|default| default.field == field)?;
    let relaxation = default.relaxation();
    let mut explanation = Explanation::new(path, Some(default.value))
        .note("derived: it follows from the tier of the environments that use it");
    explanation.notes.extend(relaxation);
    Some(explanation)
}

/// A field of a cluster's network, or the network as a whole with its arithmetic.
fn of_network(
    fleet: &Fleet,
    path: &ModelPath,
    cluster: &str,
    field: &[&str],
) -> Result<Explanation, ExplainError> {
    let is_written = path.find(&fleet.resolved().root).is_some();
    match field {
        [field] if !is_written => {
            if let Some((value, why)) = network::derived(fleet, cluster, field) {
                let mut explanation = Explanation::new(path, Some(value)).note(why);
                let relaxed = of_tier(fleet, path, cluster, &["network", field]);
                let relaxed = relaxed.into_iter().flat_map(|it| it.notes).skip(1);
                explanation.notes.extend(relaxed);
                return Ok(explanation);
            }
            plain(fleet, path)
        }
        [] => Ok(network::arithmetic(fleet, cluster, plain(fleet, path)?)),
        _ => plain(fleet, path),
    }
}

/// The place of the value at a path of the model, and its text, where it is written.
pub(super) fn written(fleet: &Fleet, path: &ModelPath) -> Option<(Node, Option<Place>)> {
    let resolved = fleet.resolved();
    let keys: Vec<&str> = path.steps().iter().map_while(key).collect();
    let node = match keys[..] {
        ["commons", commons, "environments", environment, _, ..] => {
            let at = EnvironmentRef {
                commons: commons.parse().ok()?,
                environment: environment.parse().ok()?,
            };
            let merged = &resolved.written_environment(&at)?.layers.merged;
            below(path, 4).find(merged)?
        }
        _ => path.find(&resolved.root)?,
    };
    Some((node.clone(), node.span().map(|span| place(fleet, span))))
}

pub(super) fn place(fleet: &Fleet, span: Span) -> Place {
    Place::new(&fleet.resolved().loaded.sources, span)
}

pub(super) fn key(step: &Step) -> Option<&str> {
    match step {
        Step::Key(key) => Some(key.as_str()),
        Step::Item(_) => None,
    }
}

fn below(path: &ModelPath, steps: usize) -> ModelPath {
    let mut rest = ModelPath::new();
    path.steps()
        .iter()
        .skip(steps)
        .for_each(|step| rest.push(step.clone()));
    rest
}

fn environment_at(
    fleet: &Fleet,
    path: &ModelPath,
    commons: &str,
    environment: &str,
) -> Result<EnvironmentRef, ExplainError> {
    let resolved = fleet.resolved();
    if !resolved.commons.contains_key(commons) {
        let known = resolved.commons.keys().map(ToString::to_string);
        return Err(unknown(path, 1, known));
    }
    resolved
        .written_environments()
        .map(|(at, _)| at)
        .find(|at| at.commons.as_str() == commons && at.environment.as_str() == environment)
        .cloned()
        .ok_or_else(|| {
            let known = resolved
                .written_environments()
                .map(|(at, _)| at)
                .filter(|at| at.commons.as_str() == commons)
                .map(|at| at.environment.to_string());
            unknown(path, 3, known)
        })
}

fn environment_field(
    fleet: &Fleet,
    path: &ModelPath,
    at: &EnvironmentRef,
    environment: &ResolvedEnvironment,
    field: &ModelPath,
) -> Result<Explanation, ExplainError> {
    let layers = layers(fleet, environment, field);
    let merged = field
        .find(&environment.layers.merged)
        .filter(|node| !node.is_null() || is_open(field));
    let mut explanation = if let Some(node) = merged {
        let explanation = Explanation::new(path, Some(node.clone())).at((!node.is_map()
            || layers.len() < 2)
            .then(|| node.span())
            .flatten()
            .map(|span| place(fleet, span)));
        match layers.iter().rfind(|layer| layer.effect == Effect::Sets) {
            Some(layer) => explanation.note(format!("set by the layer: {}", layer.layer)),
            None if field.is_empty() => {
                explanation.note("the environment after all its layers are merged")
            }
            None => explanation.note("merged from the layers below"),
        }
    } else if let Some(derived) = derived(fleet, path, at, environment, field) {
        derived
    } else if let Some(node) = typed(&environment.spec).and_then(|node| field.find(&node).cloned())
    {
        Explanation::new(path, Some(node)).note("the default of the model: no layer says anything")
    } else {
        not_set(&environment.layers.merged, path, field, &SCHEMA_PATH)?
    };
    explanation.layers = layers;
    Ok(explanation)
}

/// The path of environments in the fleet's schema.
const SCHEMA_PATH: [&str; 4] = ["commons", "x", "environments", "x"];

fn is_open(field: &ModelPath) -> bool {
    field.steps().first().and_then(key) == Some("values")
}

/// What the layers say, lowest first, with what came of it.
fn layers(fleet: &Fleet, environment: &ResolvedEnvironment, field: &ModelPath) -> Vec<LayerValue> {
    if field.is_empty() {
        return environment
            .layers
            .layers
            .iter()
            .map(|layer| LayerValue {
                layer: layer.kind.describe(),
                place: layer.node.span().map(|span| place(fleet, span)),
                value: (*layer.node).clone(),
                effect: Effect::Merges,
            })
            .collect();
    }
    let mut said: Vec<LayerValue> = Vec::new();
    for layer in &environment.layers.layers {
        let Some(node) = says(&layer.node, field) else {
            continue;
        };
        let resets = node.is_null() && !is_open(field);
        let effect = if resets {
            Effect::Resets
        } else if node.is_map() {
            Effect::Merges
        } else {
            Effect::Sets
        };
        if effect != Effect::Merges {
            for lower in &mut said {
                lower.effect = Effect::Overridden;
            }
        }
        said.push(LayerValue {
            layer: layer.kind.describe(),
            place: node.span().map(|span| place(fleet, span)),
            value: node.clone(),
            effect,
        });
    }
    said
}

/// What a layer says of a field: its value, or the `null` of a map that holds it.
fn says<'n>(layer: &'n Node, field: &ModelPath) -> Option<&'n Node> {
    if let Some(node) = field.find(layer) {
        return Some(node);
    }
    let mut above = ModelPath::new();
    for step in field.steps() {
        above.push(step.clone());
        if let Some(node) = above.find(layer).filter(|node| node.is_null()) {
            return Some(node);
        }
    }
    None
}

/// A name that is derived since the field that could hold it is not set.
fn derived(
    fleet: &Fleet,
    path: &ModelPath,
    at: &EnvironmentRef,
    environment: &ResolvedEnvironment,
    field: &ModelPath,
) -> Option<Explanation> {
    let keys: Vec<&str> = field.steps().iter().map_while(key).collect();
    if keys == ["observability", "profile"] {
        return Some(operations::observed(fleet, path, environment));
    }
    let (_, kind) = DERIVED.iter().find(|(field, _)| *field == &keys[..])?;
    let owner = Owner::Environment(at, environment);
    names::derive(fleet, owner, path, *kind, None)
        .ok()
        .map(|explanation| explanation.note("derived: no layer names it"))
}

/// A field that may be set and is not.
fn not_set(
    node: &Node,
    path: &ModelPath,
    field: &ModelPath,
    schema: &[&str],
) -> Result<Explanation, ExplainError> {
    let mut view = Schemas::get().view(schema);
    let mut here = Some(node);
    for (at, step) in field.steps().iter().enumerate() {
        let below = match step {
            Step::Key(key) => view.key(key.as_str()),
            Step::Item(_) => view.item(),
        };
        let there = here.and_then(|node| {
            let mut one = ModelPath::new();
            one.push(step.clone());
            one.find(node)
        });
        // Names that people choose are any text to the schema: only what is there counts.
        let chosen = view.keys().is_empty() && !view.is_open();
        let Some(below) = below.filter(|_| there.is_some() || !chosen) else {
            let known: Vec<String> = view
                .keys()
                .into_iter()
                .map(ToString::to_string)
                .chain(here.into_iter().flat_map(keys))
                .collect();
            let number = path.steps().len() - field.steps().len() + at;
            return Err(unknown(path, number, known));
        };
        view = below;
        here = there;
    }
    Ok(Explanation::new(path, None).note("not set, and nothing is derived for it"))
}

/// A value outside of environments: it has no layers.
fn plain(fleet: &Fleet, path: &ModelPath) -> Result<Explanation, ExplainError> {
    let resolved = fleet.resolved();
    if let Some(node) = path.find(&resolved.root) {
        return Ok(Explanation::new(path, Some(node.clone()))
            .at(node.span().map(|span| place(fleet, span)))
            .note("written in the fleet"));
    }
    let keys: Vec<&str> = path.steps().iter().map_while(key).collect();
    let (node, steps) = match keys[..] {
        ["accounts", name, _, ..] => (resolved.account(name).and_then(typed), 2),
        ["clusters", name, _, ..] => (
            resolved
                .cluster(name)
                .and_then(|cluster| typed(&cluster.spec)),
            2,
        ),
        _ => (typed(&resolved.spec), 0),
    };
    if let ["clusters", name, "region"] = keys[..]
        && let Some(cluster) = resolved.cluster(name)
        && let Some(region) = &cluster.region
    {
        let account: ModelPath = ["accounts", cluster.spec.account.as_str(), "region"]
            .into_iter()
            .collect();
        return Ok(Explanation::new(path, Some(Node::string(region.as_str())))
            .at(written(fleet, &account).and_then(|(_, place)| place))
            .note(format!("the region of its account, `{account}`")));
    }
    if let Some(node) = node.and_then(|node| below(path, steps).find(&node).cloned()) {
        return Ok(
            Explanation::new(path, Some(node)).note("the default of the model: nothing is written")
        );
    }
    not_set(&resolved.root, path, path, &[])
}

/// A typed object as a tree, with the defaults that its type has.
fn typed(object: &impl Serialize) -> Option<Node> {
    let text = serde_json::to_string(object).ok()?;
    let id = Sources::default().add(SourceFile::new("defaults", text.as_str()));
    let (node, _) = json_read::read_json(&text, id);
    node.map(without_places)
}

/// The same without places, since they are of no file.
fn without_places(mut node: Node) -> Node {
    use crate::value::{Kind, Origin};
    node.origin = Origin::Unknown;
    match &mut node.kind {
        Kind::Map(entries) => {
            for entry in entries {
                entry.node = without_places(std::mem::replace(&mut entry.node, Node::null()));
            }
        }
        Kind::List(items) => {
            for item in items {
                *item = without_places(std::mem::replace(item, Node::null()));
            }
        }
        Kind::Scalar(_) | Kind::Pending(_) => {}
    }
    node
}

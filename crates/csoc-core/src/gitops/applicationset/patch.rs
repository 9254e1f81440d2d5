//! Templates laid over each other, and the patch that comes last.

use super::stop::Stop;
use crate::span::{SourceFile, Sources};
use crate::value::{Kind, Node, Reading, yaml_read};

/// The ApplicationSet's template with what a generator's own says; what that leaves empty is the set's.
pub(super) fn overridden(template: &Node, own: &Node) -> Node {
    match (&template.kind, &own.kind) {
        (Kind::Map(base), Kind::Map(_)) => {
            let mut merged = own.clone();
            for entry in base {
                let value = match own.get(entry.key.as_str()) {
                    Some(value) => overridden(&entry.node, value),
                    None => entry.node.clone(),
                };
                merged.insert(entry.key.clone(), value);
            }
            merged
        }
        _ if is_empty(own) => template.clone(),
        _ => own.clone(),
    }
}

fn is_empty(node: &Node) -> bool {
    match &node.kind {
        Kind::Scalar(scalar) => match scalar.reading() {
            Reading::Null | Reading::Bool(false) | Reading::Integer(0) => true,
            Reading::Text(text) => text.is_empty(),
            _ => false,
        },
        Kind::List(items) => items.is_empty(),
        Kind::Map(entries) => entries.is_empty(),
        Kind::Pending(_) => false,
    }
}

/// An Application with a patch: maps are merged, lists replaced, `null` takes away. Its project stays.
pub(super) fn patched(application: Node, text: &str) -> Result<Node, Stop> {
    let mut sources = Sources::default();
    let file = sources.add(SourceFile::new("templatePatch.yaml", text));
    let (mut nodes, found) = yaml_read::documents(text, file, &yaml_read::Limits::default());
    if found.has_errors() || nodes.len() > 1 {
        return Err(Stop::refused(
            "`templatePatch` is no YAML once it is filled",
        ));
    }
    let Some(patch) = nodes.pop() else {
        return Ok(application);
    };
    if !patch.is_map() {
        return Err(Stop::refused("`templatePatch` must be a map"));
    }
    merged_over(application, &super::generator::without_places(&patch))
}

/// The parameter that a patch of nothing but `{{ toJson .name }}` says.
pub(super) fn whole_parameter<'p>(text: &str, parameters: &'p Node) -> Option<&'p Node> {
    let inside = text.trim().strip_prefix("{{")?.strip_suffix("}}")?.trim();
    let name = inside.strip_prefix("toJson")?.trim().strip_prefix('.')?;
    let is_name = |char: char| char.is_alphanumeric() || char == '_';
    let parameter = parameters.get(name).filter(|_| name.chars().all(is_name))?;
    parameter.is_map().then_some(parameter)
}

/// An Application with a patch that is read already.
pub(super) fn merged_over(application: Node, patch: &Node) -> Result<Node, Stop> {
    let project = application.path(&["spec", "project"]).cloned();
    let mut patched = merged(application, patch, &mut Vec::new())?;
    if let Some(project) = project {
        patched.set(&["spec", "project"], project);
    }
    Ok(patched)
}

fn merged<'p>(mut base: Node, patch: &'p Node, at: &mut Vec<&'p str>) -> Result<Node, Stop> {
    for entry in patch.entries() {
        let key = entry.key.as_str();
        if key.starts_with('$') {
            return Err(Stop::undecidable(
                "`templatePatch` has directives of a patch",
            ));
        }
        if entry.node.is_null() {
            base.remove(key);
            continue;
        }
        at.push(key);
        let value = match (base.get(key).cloned(), &entry.node.kind) {
            (Some(old), Kind::Map(_)) if old.is_map() => merged(old, &entry.node, at)?,
            // Of all lists of an Application this one alone is merged.
            (Some(old), Kind::List(new)) if *at == ["metadata", "finalizers"] => {
                let mut items = old.items().to_vec();
                items.extend(
                    new.iter()
                        .filter(|item| !old.items().contains(item))
                        .cloned(),
                );
                Node::list(items)
            }
            _ => entry.node.clone(),
        };
        at.pop();
        base.insert(entry.key.clone(), value);
    }
    Ok(base)
}

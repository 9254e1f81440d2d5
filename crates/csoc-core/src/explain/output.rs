//! Parts of rendered files: the rule that made them, and the fields it was applied to.

use super::explanation::{Explanation, Input, RuleUse, text};
use super::model::{place, written};
use super::{ExplainError, keys};
use crate::context::Context;
use crate::fleet::Fleet;
use crate::render::CompileOptions;
use crate::tree::{BackendName, Document, File};
use crate::value::pointer::Pointer;
use crate::value::suggestion::closest;
use crate::value::{Kind, Node, Origin};

/// Explains a file, or what a pointer names in it.
pub(super) fn explain(
    fleet: &Fleet,
    path: &str,
    pointer: &str,
    context: &Context,
) -> Result<Explanation, ExplainError> {
    let mut options = CompileOptions {
        include_observed: true,
        ..CompileOptions::default()
    };
    match path.split('/').next() {
        Some("terraform") => options.backends.extend([BackendName::Terraform]),
        Some("gitops") => options
            .backends
            .extend([BackendName::Helm, BackendName::Argocd]),
        Some("kro") => options.backends.extend([BackendName::Kro]),
        _ => {}
    }
    let (tree, _) = fleet.compile(&options, context)?;
    let Some(file) = tree.get(path) else {
        return Err(ExplainError::NoFile {
            path: path.to_owned(),
            suggestion: closest(path, tree.files.keys().map(|path| path.as_str()))
                .map(str::to_owned),
        });
    };
    let about = |explanation: Explanation| {
        explanation.note(format!(
            "in a file of the backend {} for `{}`",
            file.backend(),
            file.object()
        ))
    };
    let root = match file.document() {
        Document::Yaml(node) | Document::Json(node) => node,
        Document::Hcl(_) | Document::Bytes(_) if pointer.is_empty() => {
            return Ok(about(Explanation::new(path, None)));
        }
        Document::Hcl(_) | Document::Bytes(_) => {
            return Err(ExplainError::NoPointer {
                path: path.to_owned(),
                pointer: pointer.to_owned(),
            });
        }
    };
    let steps: Pointer = pointer
        .parse()
        .map_err(|error| ExplainError::Syntax(format!("{error}")))?;
    let asked = if pointer.is_empty() {
        path.to_owned()
    } else {
        format!("{path}#{pointer}")
    };
    let Some(node) = steps.find(root) else {
        return Err(leads_nowhere(path, &steps, root));
    };
    Ok(about(part(fleet, file, &asked, &steps, root, node)))
}

/// The error for a pointer that names nothing: what there is at the first step that is not there.
fn leads_nowhere(path: &str, steps: &Pointer, root: &Node) -> ExplainError {
    let mut parent = Pointer::default();
    for step in steps.steps() {
        let here = parent.join(step.clone());
        if here.find(root).is_none() {
            let mut known: Vec<String> = parent.find(root).into_iter().flat_map(keys).collect();
            known.sort();
            let suggestion = closest(step.as_str(), known.iter().map(String::as_str))
                .map(|word| format!("{path}#{}", parent.join(word)));
            return ExplainError::Unknown {
                path: format!("{path}#{steps}"),
                suggestion,
                known,
            };
        }
        parent = here;
    }
    unreachable!("asked only where the pointer finds nothing")
}

/// The part, with the origin of itself or of the nearest part around it that has one.
fn part(
    fleet: &Fleet,
    file: &File,
    asked: &str,
    steps: &Pointer,
    root: &Node,
    node: &Node,
) -> Explanation {
    let mut explanation = Explanation::new(asked, Some(node.clone()));
    if let Kind::Pending(outputs) = &node.kind {
        for output in outputs {
            explanation = explanation.note(format!("waits for the output `{output}`"));
        }
    }
    let mut around = Pointer::default();
    let mut origin = root.origin;
    let mut whose = around.clone();
    for step in steps.steps() {
        around = around.join(step.clone());
        if let Some(node) = around.find(root)
            && node.origin != Origin::Unknown
        {
            origin = node.origin;
            whose = around.clone();
        }
    }
    if origin != Origin::Unknown && whose != *steps {
        explanation = explanation.note(format!("made with the part around it, `#{whose}`"));
    }
    match origin {
        Origin::Text(span) => explanation
            .at(Some(place(fleet, span)))
            .note("taken from the fleet as it is written"),
        Origin::Made(number) => {
            explanation.rule = file.made_by(number).map(|made| RuleUse {
                name: made.rule.to_owned(),
                pattern: None,
                place: None,
                inputs: made.inputs.iter().map(|path| input(fleet, path)).collect(),
                full: None,
                limit: None,
            });
            explanation
        }
        Origin::Unknown => explanation,
    }
}

/// A model path with what stands there, or what is derived there.
fn input(fleet: &Fleet, path: &str) -> Input {
    let parsed = path.parse().ok();
    let found = parsed.as_ref().and_then(|path| written(fleet, path));
    let explained = match (&found, &parsed) {
        (None, Some(path)) => super::model::explain(fleet, path).ok(),
        _ => None,
    };
    let (value, place) = match (found, explained) {
        (Some((node, place)), _) => (Some(short(&node)), place),
        (None, Some(explanation)) => (
            explanation.value.as_ref().map(short),
            explanation
                .place
                .or(explanation.rule.and_then(|rule| rule.place)),
        ),
        (None, None) => (None, None),
    };
    Input {
        name: path.to_owned(),
        path: None,
        value,
        place,
    }
}

/// A value in one line.
fn short(node: &Node) -> String {
    match &node.kind {
        Kind::Map(entries) if !entries.is_empty() => format!("{} keys", entries.len()),
        Kind::List(items) if !items.is_empty() => format!("{} items", items.len()),
        _ => text(node),
    }
}

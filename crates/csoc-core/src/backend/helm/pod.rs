//! What the model says of a service's pods: variables, annotations, the account that they run as.
//!
//! Written whether the service runs or not, so that switching it on is one line.

use super::Subject;
use super::values::Values;
use crate::catalog::{SettingFacts, VariableShape};
use crate::model::pod::{EntryOf, VariableSource, VariableValue, Variables};
use crate::value::Node;

pub(super) fn project(subject: &Subject<'_>, values: &mut Values) {
    for service in &subject.input.contract.services {
        let (name, settings) = (service.name, &service.settings);
        let takes = |setting| service.facts.takes.contains(&setting);
        if let Some(facts) = &service.facts.variables
            && !settings.env.is_empty()
        {
            let node = match facts.shape {
                VariableShape::List => list(&settings.env),
                VariableShape::Map => map(&settings.env),
            };
            let input = format!("services.{name}.env");
            values.set(
                &[name, "env"],
                node,
                "variables of its containers",
                &[&input],
            );
        }
        if takes(SettingFacts::Annotations) {
            for (key, text) in &settings.pod_annotations {
                let input = format!("services.{name}.podAnnotations");
                values.set(
                    &[name, "podAnnotations", key.as_str()],
                    text.as_str(),
                    "annotations of its pods",
                    &[&input],
                );
            }
        }
        if let Some(account) = &settings.service_account
            && takes(SettingFacts::ServiceAccount)
        {
            let input = format!("services.{name}.serviceAccount");
            let mut set = |key: &str, value: Node| {
                let rule = "service account of the model";
                values.set(&[name, "serviceAccount", key], value, rule, &[&input]);
            };
            if let Some(create) = account.create {
                set("create", create.into());
            }
            if let Some(name) = &account.name {
                set("name", name.as_str().into());
            }
        }
    }
}

/// Variables as Kubernetes has them.
fn list(variables: &Variables) -> Node {
    Node::list(variables.iter().map(|(name, value)| {
        let mut item = Node::map();
        item.insert("name", name.as_str().into());
        match value {
            VariableValue::Text(text) => {
                item.insert("value", text.as_str().into());
            }
            VariableValue::From(source) => {
                let (kind, entry) = match source {
                    VariableSource::ConfigMap(entry) => ("configMapKeyRef", entry),
                    VariableSource::Secret(entry) => ("secretKeyRef", entry),
                };
                item.set(&["valueFrom", kind], reference(entry));
            }
        }
        item
    }))
}

fn reference(entry: &EntryOf) -> Node {
    let mut node = Node::map();
    node.insert("name", entry.name.as_str().into());
    node.insert("key", entry.key.as_str().into());
    if let Some(optional) = entry.optional {
        node.insert("optional", optional.into());
    }
    node
}

/// Variables by name; a rule refuses those that are no texts.
fn map(variables: &Variables) -> Node {
    let mut node = Node::map();
    for (name, value) in variables {
        if let VariableValue::Text(text) = value {
            node.insert(name.as_str(), text.as_str().into());
        }
    }
    node
}

//! What pods of services are given: variables, annotations, accounts; and how their databases are made.

use super::subject::{boolean, string};
use crate::catalog::{ServiceCatalog, SettingFacts, VariableShape};
use crate::import::foreign::ForeignEnvironment;
use crate::import::skeleton::set_typed;
use crate::model::name::KubernetesName;
use crate::model::pod::{AnnotationKey, EntryKey, VariableName};
use crate::value::{Kind, Node, Reading};

/// Sets what values say of any service, whether it runs or not.
pub(super) fn read(environment: &ForeignEnvironment, node: &mut Node) {
    for (name, facts) in ServiceCatalog::embedded().iter() {
        let get = |path: &[&str]| {
            let path: Vec<&str> = [name].iter().chain(path).copied().collect();
            environment.get(&path)
        };
        let takes = |setting| facts.takes.contains(&setting);
        if let Some(variables) = &facts.variables
            && let Some(env) = get(&["env"]).and_then(|env| match variables.shape {
                VariableShape::List => listed(env),
                VariableShape::Map => named(env),
            })
        {
            node.set(&["services", name, "env"], env);
        }
        if takes(SettingFacts::Annotations) {
            let annotations = get(&["podAnnotations"])
                .map(Node::entries)
                .unwrap_or_default();
            for entry in annotations {
                if AnnotationKey::check(entry.key.as_str()).is_ok() && is_text(&entry.node) {
                    let path = ["services", name, "podAnnotations", entry.key.as_str()];
                    node.set(&path, entry.node.clone());
                }
            }
        }
        if takes(SettingFacts::ServiceAccount) {
            if let Some(create) = boolean(get(&["serviceAccount", "create"])) {
                node.set(
                    &["services", name, "serviceAccount", "create"],
                    create.into(),
                );
            }
            if let Some(account) = string(get(&["serviceAccount", "name"])) {
                let path = ["services", name, "serviceAccount", "name"];
                set_typed::<KubernetesName>(node, &path, account);
            }
        }
        if facts.database {
            database(name, &get, node);
        }
    }
}

fn database<'e>(name: &str, get: &dyn Fn(&[&str]) -> Option<&'e Node>, node: &mut Node) {
    if let Some(job) = boolean(get(&["postgres", "dbCreate"])) {
        let setup = if job { "job" } else { "none" };
        node.set(&["services", name, "database", "setup"], setup.into());
    }
    if let Some(pushed) = boolean(get(&["externalSecrets", "pushSecret"])) {
        let path = ["services", name, "database", "pushCredentials"];
        node.set(&path, pushed.into());
    }
}

/// Whether it is a text, also an empty one.
fn is_text(node: &Node) -> bool {
    matches!(&node.kind, Kind::Scalar(scalar) if matches!(scalar.reading(), Reading::Text(_)))
}

/// Variables by name; nothing where one of them is none of the model.
fn named(env: &Node) -> Option<Node> {
    let entries = env.entries();
    let all = !entries.is_empty()
        && entries
            .iter()
            .all(|entry| VariableName::check(entry.key.as_str()).is_ok() && is_text(&entry.node));
    all.then(|| env.clone())
}

/// The same of a list as Kubernetes has it.
fn listed(env: &Node) -> Option<Node> {
    let mut variables = Node::map();
    for item in env.items() {
        let name = string(item.get("name")).filter(|name| VariableName::check(name).is_ok())?;
        // A name that stands twice is one in a map.
        if variables.get(name).is_some() || item.entries().len() != 2 {
            return None;
        }
        let value = match (item.get("value"), item.get("valueFrom")) {
            (Some(value), None) if is_text(value) => value.clone(),
            (None, Some(source)) => from(source)?,
            _ => return None,
        };
        variables.insert(name, value);
    }
    (!variables.entries().is_empty()).then_some(variables)
}

/// An entry of a `ConfigMap` or a Secret.
fn from(source: &Node) -> Option<Node> {
    let [entry] = source.entries() else {
        return None;
    };
    let kind = match entry.key.as_str() {
        "configMapKeyRef" => "configMap",
        "secretKeyRef" => "secret",
        _ => return None,
    };
    let holds = entry
        .node
        .entries()
        .iter()
        .all(|field| match field.key.as_str() {
            "name" => {
                string(Some(&field.node)).is_some_and(|name| KubernetesName::check(name).is_ok())
            }
            "key" => string(Some(&field.node)).is_some_and(|key| EntryKey::check(key).is_ok()),
            "optional" => boolean(Some(&field.node)).is_some(),
            _ => false,
        });
    let is_whole = entry.node.get("name").is_some() && entry.node.get("key").is_some();
    let mut node = Node::map();
    node.insert(kind, entry.node.clone());
    (holds && is_whole).then_some(node)
}

//! Objects of a resolved fleet as plain data, for whoever shows or converts them.

use serde::Serialize;
use serde_json::{Map, Value};

use super::fleet::{EnvironmentRef, ResolvedFleet};
use crate::model::name::ObjectName;
use crate::value::Node;

impl ResolvedFleet {
    /// The object at a path as it is in effect: after all layers, with defaults, and with what its open fields hold.
    ///
    /// Paths are those of objects: none for the fleet, `accounts NAME`,
    /// `clusters NAME`, `commons NAME`, `commons NAME environments NAME`.
    pub(crate) fn data(&self, path: &[&str]) -> Option<Value> {
        match path {
            [] => {
                let mut fleet = filled(&self.spec, Some(&self.root));
                self.insert_all(
                    &mut fleet,
                    "accounts",
                    self.written_accounts().map(|(name, _)| name),
                );
                self.insert_all(
                    &mut fleet,
                    "clusters",
                    self.written_clusters().map(|(name, _)| name),
                );
                self.insert_all(&mut fleet, "commons", self.commons.keys());
                Some(fleet)
            }
            ["accounts", name] => {
                let account = self.accounts.get(*name);
                let account = account.or_else(|| self.retired.accounts.get(*name))?;
                Some(filled(account, self.root.path(path)))
            }
            ["clusters", name] => {
                let cluster = self.clusters.get(*name);
                let cluster = cluster.or_else(|| self.retired.clusters.get(*name))?;
                Some(filled(&cluster.spec, self.root.path(path)))
            }
            ["commons", name] => {
                let mut commons = filled(self.commons.get(*name)?, self.root.path(path));
                let environments = self.written_environments();
                let environments = environments.filter(|(at, _)| at.commons.as_str() == *name);
                let environments: Map<String, Value> = environments
                    .map(|(at, environment)| {
                        let data = filled(&environment.spec, Some(&environment.layers.merged));
                        (at.environment.to_string(), data)
                    })
                    .collect();
                insert(&mut commons, "environments", environments);
                Some(commons)
            }
            ["commons", commons, "environments", environment] => {
                let at = EnvironmentRef {
                    commons: commons.parse().ok()?,
                    environment: environment.parse().ok()?,
                };
                let environment = self.written_environment(&at)?;
                Some(filled(&environment.spec, Some(&environment.layers.merged)))
            }
            _ => None,
        }
    }

    fn insert_all<'a>(
        &self,
        fleet: &mut Value,
        kind: &str,
        names: impl Iterator<Item = &'a ObjectName>,
    ) {
        let objects = names.filter_map(|name| {
            let data = self.data(&[kind, name.as_str()])?;
            Some((name.to_string(), data))
        });
        insert(fleet, kind, objects.collect());
    }
}

fn insert(object: &mut Value, key: &str, value: Map<String, Value>) {
    if let Some(object) = object.as_object_mut() {
        object.insert(key.to_owned(), Value::Object(value));
    }
}

/// A model object with the data of its open fields, which the model itself does not hold.
fn filled(object: &impl Serialize, node: Option<&Node>) -> Value {
    let mut value = serde_json::to_value(object).expect("a model object is plain data");
    fill(&mut value, node);
    value
}

fn fill(value: &mut Value, node: Option<&Node>) {
    match value {
        Value::Null => {
            *value = node
                .and_then(|node| serde_json::to_value(node).ok())
                .unwrap_or_default();
        }
        Value::Object(fields) => {
            for (key, field) in fields {
                fill(field, node.and_then(|node| node.get(key)));
            }
        }
        _ => {}
    }
}

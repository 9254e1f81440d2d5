//! JSON Schema of fleet files: the generated schemas of the model, put together as files nest them.

use schemars::generate::SchemaSettings;
use schemars::{JsonSchema, SchemaGenerator};
use serde_json::{Map, Value, json};

use super::{Account, Cluster, Commons, Environment, FleetSpec};

/// A kind of object in a fleet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Object {
    /// The whole: `fleet.yaml`.
    Fleet,
    /// A cloud account.
    Account,
    /// A Kubernetes cluster.
    Cluster,
    /// A data commons.
    Commons,
    /// One environment of a commons.
    Environment,
}

impl Object {
    /// All kinds.
    pub const ALL: [Self; 5] = [
        Self::Fleet,
        Self::Account,
        Self::Cluster,
        Self::Commons,
        Self::Environment,
    ];

    /// Its name in lower case.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Fleet => "fleet",
            Self::Account => "account",
            Self::Cluster => "cluster",
            Self::Commons => "commons",
            Self::Environment => "environment",
        }
    }

    /// The JSON Schema of its files, for editors: pretty-printed, with a final line break.
    pub fn json_schema(self) -> String {
        let mut text =
            serde_json::to_string_pretty(&document(self)).expect("a schema is plain JSON");
        text.push('\n');
        text
    }
}

impl std::str::FromStr for Object {
    type Err = super::text::TextError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .into_iter()
            .find(|object| object.as_str() == text)
            .ok_or_else(|| {
                super::text::TextError::new("one of fleet, account, cluster, commons, environment")
            })
    }
}

/// The schema of one kind of object, with all definitions it needs.
fn document(object: Object) -> Value {
    let mut generator = SchemaSettings::draft2020_12().into_generator();
    let environment = schema::<Environment>(&mut generator);
    let layer = layer(&environment, &[]);
    let mut account = schema::<Account>(&mut generator);
    replace(&mut account, "environmentDefaults", reference("Layer"));
    let mut cluster = schema::<Cluster>(&mut generator);
    replace(&mut cluster, "environmentDefaults", reference("Layer"));
    let mut commons = schema::<Commons>(&mut generator);
    merge_properties(&mut commons, &layer);
    replace(&mut commons, "tiers", tiers());
    replace(
        &mut commons,
        "environments",
        map_of("Environment", "Its environments, by name."),
    );
    let mut fleet = schema::<FleetSpec>(&mut generator);
    replace(&mut fleet, "defaults", reference("Layer"));
    replace(&mut fleet, "tiers", tiers());
    replace(
        &mut fleet,
        "accounts",
        map_of("Account", "Cloud accounts, by name."),
    );
    replace(
        &mut fleet,
        "clusters",
        map_of("Cluster", "Kubernetes clusters, by name."),
    );
    replace(
        &mut fleet,
        "commons",
        map_of("Commons", "Data commons, by name."),
    );

    let mut definitions: Map<String, Value> =
        generator.take_definitions(true).into_iter().collect();
    definitions.insert("Layer".into(), layer);
    definitions.insert("Account".into(), account);
    definitions.insert("Cluster".into(), cluster);
    definitions.insert("Commons".into(), commons);
    definitions.insert("Environment".into(), environment);
    definitions.insert("Fleet".into(), fleet);
    let name = match object {
        Object::Fleet => "Fleet",
        Object::Account => "Account",
        Object::Cluster => "Cluster",
        Object::Commons => "Commons",
        Object::Environment => "Environment",
    };
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": format!("gen3-csoc {}", object.as_str()),
        "$ref": format!("#/$defs/{name}"),
        "$defs": definitions,
    })
}

fn schema<T: JsonSchema>(generator: &mut SchemaGenerator) -> Value {
    let mut value = T::json_schema(generator).to_value();
    if let Some(object) = value.as_object_mut() {
        object.remove("$schema");
    }
    value
}

/// A partial environment: nothing required, and nothing that selects the layer.
fn layer(environment: &Value, more: &[&str]) -> Value {
    let mut layer = environment.clone();
    let object = layer
        .as_object_mut()
        .expect("a struct's schema is an object");
    object.remove("required");
    object.insert(
        "description".into(),
        "A partial environment: what environments above it have unless they say otherwise.".into(),
    );
    let properties = object["properties"]
        .as_object_mut()
        .expect("a struct has properties");
    for key in ["tier", "cluster"].iter().chain(more) {
        properties.remove(*key);
    }
    layer
}

fn merge_properties(schema: &mut Value, from: &Value) {
    let properties = schema["properties"]
        .as_object_mut()
        .expect("a struct has properties");
    for (key, value) in from["properties"].as_object().into_iter().flatten() {
        properties.insert(key.clone(), value.clone());
    }
}

fn replace(schema: &mut Value, property: &str, mut with: Value) {
    let properties = schema["properties"]
        .as_object_mut()
        .expect("a struct has properties");
    let description = properties
        .get(property)
        .and_then(|old| old.get("description"))
        .cloned();
    if let (Some(description), Some(object)) = (description, with.as_object_mut()) {
        object.insert("description".into(), description);
    }
    properties.insert(property.into(), with);
}

fn reference(name: &str) -> Value {
    json!({ "$ref": format!("#/$defs/{name}") })
}

fn tiers() -> Value {
    let properties: Map<String, Value> = super::Tier::ALL
        .iter()
        .map(|tier| (tier.as_str().to_owned(), reference("Layer")))
        .collect();
    json!({ "type": "object", "properties": properties, "additionalProperties": false })
}

fn map_of(name: &str, description: &str) -> Value {
    json!({
        "type": "object",
        "description": description,
        "propertyNames": { "x-parser": "ObjectName" },
        "additionalProperties": reference(name),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_object_has_a_schema_that_is_closed() {
        for object in Object::ALL {
            let text = object.json_schema();
            let value: Value = serde_json::from_str(&text).unwrap();
            for name in [
                "Fleet",
                "Account",
                "Cluster",
                "Commons",
                "Environment",
                "Layer",
            ] {
                assert_eq!(
                    value["$defs"][name]["additionalProperties"],
                    Value::Bool(false),
                    "{name}"
                );
            }
            assert!(value["$defs"]["Layer"]["properties"].get("tier").is_none());
            assert!(
                value["$defs"]["Commons"]["properties"]
                    .get("hostname")
                    .is_some()
            );
        }
    }
}

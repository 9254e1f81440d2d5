//! From a JSON Schema document to the shapes that the walker follows.

use std::collections::HashMap;

use super::node::{Key, Node, Reading};
use super::pointer::Pointer;
use super::schema::{
    Dialect, List, Map, Number, Rest, Schema, SchemaError, Shape, Text, Use, Variants,
};

/// Compiles one document.
pub(super) struct Compiler<'d> {
    document: &'d Node,
    dialect: Dialect,
    shapes: Vec<Shape>,
    references: HashMap<&'d str, Use>,
}

/// What a schema says: the shape, and whether `null` is one of its values.
type Said = (Shape, bool);

impl<'d> Compiler<'d> {
    /// A compiler that has seen nothing.
    pub(super) fn new(document: &'d Node, dialect: Dialect) -> Self {
        Self {
            document,
            dialect,
            shapes: Vec::new(),
            references: HashMap::new(),
        }
    }

    /// The compiled schema.
    pub(super) fn finish(mut self) -> Result<Schema, SchemaError> {
        let root = self.place(self.document)?;
        Ok(Schema {
            shapes: self.shapes,
            root,
        })
    }

    fn keep(&mut self, (shape, nullable): Said) -> Use {
        let at = self.shapes.len();
        self.shapes.push(shape);
        Use {
            shape: at,
            nullable,
        }
    }

    /// The use of a schema at one place; a bare reference shares the shape it names.
    fn place(&mut self, schema: &'d Node) -> Result<Use, SchemaError> {
        if let Some(reference) = text(schema, "$ref")
            && !is_true(schema, "x-open")
        {
            return self.reference(reference);
        }
        if let Some(all) = schema.get("allOf")
            && self.dialect == Dialect::JsonSchema
            && let [one] = all.items()
            && schema.get("type").is_none()
            && schema.get("properties").is_none()
        {
            return self.place(one);
        }
        if let Some(alternatives) = self.alternatives(schema)
            && let Some((one, nullable)) = only_one(alternatives)
        {
            let used = self.place(one)?;
            return Ok(Use {
                nullable: used.nullable || nullable,
                ..used
            });
        }
        let said = self.say(schema)?;
        Ok(self.keep(said))
    }

    fn reference(&mut self, reference: &'d str) -> Result<Use, SchemaError> {
        if let Some(used) = self.references.get(reference) {
            return Ok(*used);
        }
        let target = self.find(reference)?;
        // Reserved before it is known, since types may hold themselves.
        let reserved = self.keep((Shape::Open, false));
        self.references.insert(reference, reserved);
        let (shape, nullable) = match text(target, "$ref") {
            Some(next) => {
                let used = self.reference(next)?;
                (Shape::Any(vec![used]), used.nullable)
            }
            None => self.say(target)?,
        };
        let used = Use {
            nullable,
            ..reserved
        };
        *self
            .shapes
            .get_mut(reserved.shape)
            .ok_or_else(|| SchemaError::Reference(reference.to_owned()))? = shape;
        self.references.insert(reference, used);
        Ok(used)
    }

    /// `anyOf` or `oneOf`, where the dialect lets them decide the shape.
    fn alternatives(&self, schema: &'d Node) -> Option<&'d [Node]> {
        if self.dialect == Dialect::Kubernetes || schema.get("properties").is_some() {
            return None;
        }
        ["anyOf", "oneOf"]
            .iter()
            .find_map(|word| schema.get(word))
            .map(Node::items)
            .filter(|items| !items.is_empty())
    }

    fn say(&mut self, schema: &'d Node) -> Result<Said, SchemaError> {
        if let Some(text) = schema.text() {
            return match text {
                "true" => Ok((Shape::Open, true)),
                "false" => Ok((Shape::Never, false)),
                _ => Err(SchemaError::NotASchema(schema.kind_name())),
            };
        }
        if !schema.is_map() {
            return Err(SchemaError::NotASchema(schema.kind_name()));
        }
        let nullable = is_true(schema, "nullable");
        if is_true(schema, "x-open") {
            return Ok((Shape::Open, true));
        }
        if is_true(schema, "x-kubernetes-int-or-string") {
            return Ok((Shape::IntOrString, nullable));
        }
        if let Some(value) = schema.get("const") {
            return Ok((Shape::Words(vec![value.clone()]), value.is_null()));
        }
        if let Some(values) = schema.get("enum") {
            let nullable = nullable || values.items().iter().any(Node::is_null);
            let words = values
                .items()
                .iter()
                .filter(|value| !value.is_null())
                .cloned()
                .collect();
            return Ok((Shape::Words(words), nullable));
        }
        if let Some(alternatives) = self.alternatives(schema) {
            return self.say_alternatives(alternatives, nullable);
        }
        match schema.get("type") {
            None if schema.get("properties").is_some()
                || schema.get("additionalProperties").is_some() =>
            {
                Ok((self.say_map(schema)?, nullable))
            }
            None if schema.get("items").is_some() => Ok((self.say_list(schema)?, nullable)),
            None if schema.get("x-parser").is_some() || schema.get("pattern").is_some() => {
                Ok((Shape::Text(say_text(schema)), nullable))
            }
            None => Ok((Shape::Open, true)),
            Some(kinds) => self.say_types(schema, kinds, nullable),
        }
    }

    fn say_types(
        &mut self,
        schema: &'d Node,
        kinds: &'d Node,
        nullable: bool,
    ) -> Result<Said, SchemaError> {
        let names: Vec<&str> = match kinds.text() {
            Some(name) => vec![name],
            None => kinds.items().iter().filter_map(Node::text).collect(),
        };
        let nullable = nullable || names.contains(&"null");
        let mut shapes = Vec::new();
        for name in names {
            shapes.push(match name {
                "null" => continue,
                "string" => Shape::Text(say_text(schema)),
                "integer" => Shape::Number(say_number(schema, true)),
                "number" => Shape::Number(say_number(schema, false)),
                "boolean" => Shape::Bool,
                "array" => self.say_list(schema)?,
                "object" => self.say_map(schema)?,
                _ => Shape::Open,
            });
        }
        let shape = match shapes.len() {
            0 => Shape::Null,
            1 => shapes.remove(0),
            _ => Shape::Any(
                shapes
                    .into_iter()
                    .map(|shape| self.keep((shape, false)))
                    .collect(),
            ),
        };
        Ok((shape, nullable))
    }

    fn say_alternatives(&mut self, all: &'d [Node], nullable: bool) -> Result<Said, SchemaError> {
        let nullable = nullable || all.iter().any(is_null_type);
        let rest: Vec<&Node> = all.iter().filter(|one| !is_null_type(one)).collect();
        if let Some(words) = rest
            .iter()
            .map(|one| words(one))
            .collect::<Option<Vec<_>>>()
        {
            return Ok((
                Shape::Words(words.into_iter().flatten().cloned().collect()),
                nullable,
            ));
        }
        let mut variants = Variants {
            words: Vec::new(),
            tagged: Vec::new(),
        };
        for one in &rest {
            if let Some(words) = words(one) {
                variants
                    .words
                    .extend(words.into_iter().filter_map(Node::text).map(Key::from));
            } else if let Some((name, inner)) = tagged(one) {
                let used = self.place(inner)?;
                variants.tagged.push((name.clone(), used));
            } else {
                let uses = rest
                    .iter()
                    .map(|one| self.place(one))
                    .collect::<Result<_, _>>()?;
                return Ok((Shape::Any(uses), nullable));
            }
        }
        Ok((Shape::Variants(variants), nullable))
    }

    fn say_list(&mut self, schema: &'d Node) -> Result<Shape, SchemaError> {
        let items = schema.get("items");
        let item = match items {
            Some(items) => self.place(items)?,
            None => self.keep((Shape::Open, true)),
        };
        let inner = items.map(|items| self.target(items)).transpose()?;
        let identity = text(schema, "x-identity").or_else(|| text(inner?, "x-identity"));
        let keys = schema
            .get("x-kubernetes-list-map-keys")
            .and_then(|keys| keys.items().first()?.text());
        Ok(Shape::List(List {
            item,
            identity: identity.or(keys).map(Key::from),
            shortest: count(schema, "minItems"),
            longest: count(schema, "maxItems"),
        }))
    }

    fn say_map(&mut self, schema: &'d Node) -> Result<Shape, SchemaError> {
        let mut fields = Vec::new();
        for entry in schema
            .get("properties")
            .map(Node::entries)
            .unwrap_or_default()
        {
            fields.push((entry.key.clone(), self.place(&entry.node)?));
        }
        let pattern = schema
            .get("patternProperties")
            .and_then(|patterns| patterns.entries().first());
        let named = schema
            .get("additionalProperties")
            .or_else(|| schema.get("unevaluatedProperties"));
        let mut keys = schema
            .get("propertyNames")
            .map(|names| self.key_text(names))
            .transpose()?
            .flatten();
        if let Some(name) = text(schema, "x-key-parser") {
            keys = Some(Text {
                parser: Some(name.into()),
                ..Text::default()
            });
        }
        let rest = if is_true(schema, "x-kubernetes-preserve-unknown-fields")
            || is_true(schema, "x-kubernetes-embedded-resource")
        {
            Rest::Open
        } else if let Some(entry) = pattern {
            if keys.is_none() {
                keys = Some(Text {
                    pattern: Some(entry.key.as_str().into()),
                    ..Text::default()
                });
            }
            Rest::Of(self.place(&entry.node)?)
        } else {
            match (named, named.and_then(Node::text)) {
                (_, Some("false")) => Rest::Refused,
                (None, _) if self.dialect == Dialect::Kubernetes && !fields.is_empty() => {
                    Rest::Refused
                }
                (None, _) | (_, Some("true")) => Rest::Open,
                (Some(named), _) => Rest::Of(self.place(named)?),
            }
        };
        let required = schema.get("required").map(Node::items).unwrap_or_default();
        Ok(Shape::Map(Map {
            index: fields
                .iter()
                .map(|(key, used)| (key.clone(), *used))
                .collect(),
            fields,
            required: required
                .iter()
                .filter_map(Node::text)
                .map(Key::from)
                .collect(),
            rest,
            keys,
        }))
    }

    /// What `propertyNames` asks of keys.
    fn key_text(&self, names: &'d Node) -> Result<Option<Text>, SchemaError> {
        let names = self.target(names)?;
        Ok(names.is_map().then(|| say_text(names)))
    }

    /// The schema behind a row of references.
    fn target(&self, schema: &'d Node) -> Result<&'d Node, SchemaError> {
        let mut schema = schema;
        for _ in 0..16 {
            let Some(reference) = text(schema, "$ref") else {
                break;
            };
            schema = self.find(reference)?;
        }
        Ok(schema)
    }

    fn find(&self, reference: &str) -> Result<&'d Node, SchemaError> {
        let pointer = reference
            .strip_prefix('#')
            .and_then(|pointer| pointer.parse::<Pointer>().ok());
        pointer
            .and_then(|pointer| pointer.find(self.document))
            .ok_or_else(|| SchemaError::Reference(reference.to_owned()))
    }
}

fn say_text(schema: &Node) -> Text {
    Text {
        parser: text(schema, "x-parser").map(Box::from),
        pattern: text(schema, "pattern").map(Box::from),
        shortest: count(schema, "minLength"),
        longest: count(schema, "maxLength"),
    }
}

fn say_number(schema: &Node, whole: bool) -> Number {
    Number {
        whole,
        least: number(schema, "minimum"),
        most: number(schema, "maximum"),
    }
}

/// The one alternative beside `null`, and whether `null` is there.
fn only_one(alternatives: &[Node]) -> Option<(&Node, bool)> {
    let mut rest = alternatives.iter().filter(|one| !is_null_type(one));
    let one = rest.next()?;
    rest.next()
        .is_none()
        .then_some((one, alternatives.len() > 1))
}

fn is_null_type(schema: &Node) -> bool {
    text(schema, "type") == Some("null")
}

/// The values of an alternative that is nothing but a choice of strings.
fn words(schema: &Node) -> Option<Vec<&Node>> {
    match (schema.get("const"), schema.get("enum")) {
        (Some(value), _) => Some(vec![value]),
        (None, Some(values)) => Some(values.items().iter().collect()),
        (None, None) => None,
    }
}

/// The name and content of an alternative that is a map of one required key.
fn tagged(schema: &Node) -> Option<(&Key, &Node)> {
    let [property] = schema.get("properties")?.entries() else {
        return None;
    };
    let [required] = schema.get("required")?.items() else {
        return None;
    };
    (required.text() == Some(property.key.as_str())).then_some((&property.key, &property.node))
}

fn text<'n>(schema: &'n Node, key: &str) -> Option<&'n str> {
    schema.get(key)?.text()
}

fn is_true(schema: &Node, key: &str) -> bool {
    text(schema, key) == Some("true")
}

fn count(schema: &Node, key: &str) -> Option<usize> {
    text(schema, key)?.parse().ok()
}

fn number(schema: &Node, key: &str) -> Option<f64> {
    let super::node::Kind::Scalar(scalar) = &schema.get(key)?.kind else {
        return None;
    };
    match scalar.reading() {
        #[expect(
            clippy::cast_precision_loss,
            reason = "limits are compared, never printed back exactly"
        )]
        Reading::Integer(value) => Some(value as f64),
        Reading::Float(value) => Some(value),
        _ => None,
    }
}

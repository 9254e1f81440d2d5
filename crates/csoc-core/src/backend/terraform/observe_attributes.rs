//! What the attributes of a root's resources come to, as far as names tell: their ARNs.

use std::collections::BTreeMap;

use crate::graph::{ThingId, ThingKind};
use crate::hcl::{Block, Expression, ExpressionKind, Scope, Step, evaluate};
use crate::tree::{Document, File};
use crate::value::{Kind, Node};

/// What begins the text that stands for a key of the same root.
const KEY: &str = "key-of-this-root:";

/// Sets variables from a file of values.
///
/// Terraform reads some by itself; of the others nobody knows which is given,
/// so that what they set has no value.
pub(super) fn variables(file: &File, scope: &mut Scope<'_>) {
    let name = file.path().file_name().unwrap_or_default();
    let name = name.strip_suffix(".json").unwrap_or(name);
    let Some(stem) = name.strip_suffix(".tfvars") else {
        return;
    };
    let is_read = stem == "terraform" || stem.strip_suffix(".auto").is_some();
    let empty = Scope::new();
    let known: Vec<(String, Node)> = match file.document() {
        Document::Json(values) => values
            .entries()
            .iter()
            .map(|entry| (entry.key.to_string(), entry.node.clone()))
            .collect(),
        Document::Hcl(values) => values
            .attributes()
            .map(|attribute| {
                let value = evaluate(&attribute.value, &empty).node;
                (attribute.name.to_string(), value)
            })
            .collect(),
        Document::Yaml(_) | Document::Bytes(_) => return,
    };
    for (name, value) in known {
        let value = if is_read {
            value
        } else {
            Node::new(Kind::Pending([].into()))
        };
        scope.define(format!("var.{name}"), value);
    }
}

/// Defines the ARNs of resources whose names are known.
pub(super) fn define<'a>(
    names: &BTreeMap<(String, String), ThingId>,
    blocks: impl Iterator<Item = &'a Block>,
    scope: &mut Scope<'_>,
) {
    for ((kind, label), thing) in names {
        let place = thing.scope.split_once('/').map_or_else(
            || format!(":{}", thing.scope),
            |(account, region)| format!("{region}:{account}"),
        );
        let name = &thing.name;
        let arn = match thing.kind {
            ThingKind::Bucket => format!("arn:aws:s3:::{name}"),
            ThingKind::Queue => format!("arn:aws:sqs:{place}:{name}"),
            ThingKind::Topic => format!("arn:aws:sns:{place}:{name}"),
            // The cloud appends a dash and six characters of its own.
            ThingKind::Secret => format!("arn:aws:secretsmanager:{place}:secret:{name}-??????"),
            ThingKind::Role => format!("arn:aws:iam:{place}:role/{name}"),
            _ => continue,
        };
        scope.define(format!("{kind}.{label}.arn"), Node::string(arn));
    }
    for block in blocks {
        if block.label(0) == Some("aws_kms_alias")
            && let Some(label) = block.label(1)
            && let Some(alias) = names.get(&("aws_kms_alias".to_owned(), label.to_owned()))
            && let Some(key) = block.body.get("target_key_id").and_then(key_label)
        {
            let text = format!("{KEY}{}|{}", alias.scope, alias.name);
            for attribute in ["arn", "id", "key_id"] {
                let address = format!("aws_kms_key.{key}.{attribute}");
                scope.define(address, Node::string(text.as_str()));
            }
        }
    }
}

/// The label of the key that a reference is to.
fn key_label(expression: &Expression) -> Option<&str> {
    match &expression.bare().kind {
        ExpressionKind::Reference(kind, steps) if kind == "aws_kms_key" => match steps.first() {
            Some(Step::Attribute(label)) => Some(label),
            _ => None,
        },
        _ => None,
    }
}

/// The key that a text of [`define`] stands for.
pub(super) fn key_of_root(text: &str) -> Option<ThingId> {
    let (scope, name) = text.strip_prefix(KEY)?.split_once('|')?;
    Some(ThingId::new(ThingKind::Key, scope, name))
}

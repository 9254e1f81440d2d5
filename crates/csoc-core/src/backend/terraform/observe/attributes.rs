//! What the attributes of a root's resources come to, as far as names tell: their ARNs.

use super::module::Module;
use super::policies::policy_text;
use super::resource::Resources;
use crate::graph::{ThingId, ThingKind};
use crate::hcl::{Expression, ExpressionKind, Scope, Step, evaluate};
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

/// Defines what resources are called, where their names are known: names, ARNs, and what stands for the others.
pub(super) fn define(
    resources: &Resources,
    module: &Module<'_>,
    address: &str,
    scope: &mut Scope<'_>,
) {
    for ((kind, label), thing) in &resources.things {
        for (attribute, text) in attributes(thing) {
            scope.define(format!("{kind}.{label}.{attribute}"), Node::string(text));
        }
    }
    for block in module.declared("resource") {
        let Some((kind, label)) = block.label(0).zip(block.label(1)) else {
            continue;
        };
        match kind {
            "aws_kms_alias" => {
                let alias = resources.get(kind, label);
                let key = block.body.get("target_key_id").and_then(key_label);
                if let Some((alias, key)) = alias.zip(key) {
                    let text = format!("{KEY}{}|{}", alias.scope, alias.name);
                    for attribute in ["arn", "id", "key_id"] {
                        let address = format!("aws_kms_key.{key}.{attribute}");
                        scope.define(address, Node::string(text.as_str()));
                    }
                }
            }
            "aws_iam_policy" => {
                let text = policy_text(address, label);
                for attribute in ["arn", "id"] {
                    let address = format!("aws_iam_policy.{label}.{attribute}");
                    scope.define(address, Node::string(text.as_str()));
                }
            }
            _ => {}
        }
    }
}

/// The attributes of a thing that its name tells.
fn attributes(thing: &ThingId) -> Vec<(&'static str, String)> {
    let place = thing.scope.split_once('/').map_or_else(
        || format!(":{}", thing.scope),
        |(account, region)| format!("{region}:{account}"),
    );
    let name = &thing.name;
    let last = name.rsplit('/').next().unwrap_or(name).to_owned();
    match thing.kind {
        ThingKind::Bucket => vec![
            ("arn", format!("arn:aws:s3:::{name}")),
            ("bucket", last.clone()),
            ("id", last),
        ],
        ThingKind::Queue => vec![
            ("arn", format!("arn:aws:sqs:{place}:{name}")),
            ("name", last),
        ],
        ThingKind::Topic => {
            let arn = format!("arn:aws:sns:{place}:{name}");
            vec![("arn", arn.clone()), ("id", arn), ("name", last)]
        }
        // The cloud appends a dash and six characters of its own.
        ThingKind::Secret => {
            let arn = format!("arn:aws:secretsmanager:{place}:secret:{name}-??????");
            vec![
                ("arn", arn.clone()),
                ("id", arn),
                ("name", name.to_string()),
            ]
        }
        ThingKind::Role => vec![
            ("arn", format!("arn:aws:iam:{place}:role/{name}")),
            ("name", last.clone()),
            ("id", last),
        ],
        _ => Vec::new(),
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

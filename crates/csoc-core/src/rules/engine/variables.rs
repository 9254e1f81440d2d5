//! Rules about the variables that a fleet gives gen3-terraform besides those that follow from the cluster.

use super::subjects;
use crate::catalog::module::is_secret;
use crate::diagnostic::Diagnostics;
use crate::rules::context::FleetContext;
use crate::value::suggestion::closest;
use crate::value::{Kind, Node, Reading};

/// The module has a variable of that name.
pub(super) fn unknown(context: &FleetContext<'_>, found: &mut Diagnostics) {
    for subject in subjects(context) {
        let Some(facts) = subject.facts else { continue };
        for entry in subject.own(context) {
            let name = entry.key.as_str();
            if facts.variables().any(|(known, _)| known == name) {
                continue;
            }
            let help = match closest(name, facts.variables().map(|(known, _)| known)) {
                Some(meant) => format!("did you mean `{meant}`?"),
                None => "take it out, or move `commit` to where the module has it".to_owned(),
            };
            let message = format!("gen3-terraform's `commons` has no variable `{name}`");
            subject.say(context, name, message, &help, found);
        }
    }
}

/// The module reads what it is given.
pub(super) fn dead(context: &FleetContext<'_>, found: &mut Diagnostics) {
    for subject in subjects(context) {
        let Some(facts) = subject.facts else { continue };
        for entry in subject.own(context) {
            let name = entry.key.as_str();
            if facts.is_dead(name) {
                let message =
                    format!("gen3-terraform declares `{name}` and never reads it; it is left out");
                subject.say(context, name, message, "take it out", found);
            }
        }
    }
}

/// What a field of the model says is said there.
pub(super) fn derived(context: &FleetContext<'_>, found: &mut Diagnostics) {
    for subject in subjects(context) {
        for entry in subject.own(context) {
            let name = entry.key.as_str();
            let Some(field) = subject.module.field(name) else {
                continue;
            };
            let message = format!(
                "`{name}` follows from `{field}` of the cluster `{}`, so that this says nothing",
                subject.name
            );
            let help = format!("take it out, and say it by `{field}`");
            subject.say(context, name, message, &help, found);
        }
    }
}

/// Secrets stand in no fleet, and in no state.
pub(super) fn secret(context: &FleetContext<'_>, found: &mut Diagnostics) {
    for subject in subjects(context) {
        for entry in subject.own(context) {
            let name = entry.key.as_str();
            let facts = subject.facts;
            let is_sensitive = facts.is_some_and(|facts| facts.is_sensitive(name));
            if is_sensitive || is_secret(name, &entry.node) {
                let message =
                    format!("`{name}` is secret, and a fleet must hold no secrets; it is left out");
                let help = "take it out and change the secret: it was in a file; what services read is in the secret manager";
                subject.say(context, name, message, help, found);
            }
        }
    }
}

/// Values are of the types that the module takes.
pub(super) fn mistyped(context: &FleetContext<'_>, found: &mut Diagnostics) {
    for subject in subjects(context) {
        let Some(facts) = subject.facts else { continue };
        for entry in subject.own(context) {
            let name = entry.key.as_str();
            let Some(wanted) = facts.type_of(name).and_then(Wanted::of) else {
                continue;
            };
            if !wanted.takes(&entry.node) {
                let message = format!(
                    "`{name}` is {}; gen3-terraform takes {} there",
                    entry.node.kind_name(),
                    wanted.as_str()
                );
                let help = format!("write {}", wanted.example());
                subject.say(context, name, message, &help, found);
            }
        }
    }
}

/// What a variable takes.
#[derive(Debug, Clone, Copy)]
enum Wanted {
    Text,
    Number,
    Bool,
    List,
    Map,
}

impl Wanted {
    /// What a type in Terraform's words takes; nothing where that is anything.
    fn of(text: &str) -> Option<Self> {
        let end = text.find('(').unwrap_or(text.len());
        match text.get(..end)? {
            "string" => Some(Self::Text),
            "number" => Some(Self::Number),
            "bool" => Some(Self::Bool),
            "list" | "set" | "tuple" => Some(Self::List),
            "map" | "object" => Some(Self::Map),
            _ => None,
        }
    }

    /// Whether Terraform takes a value there, as it is or converted.
    fn takes(self, node: &Node) -> bool {
        match (&node.kind, self) {
            (Kind::List(_), Self::List) | (Kind::Map(_), Self::Map) => true,
            (Kind::Scalar(scalar), wanted) => match (scalar.reading(), wanted) {
                (
                    Reading::Text(_) | Reading::Bool(_) | Reading::Integer(_) | Reading::Float(_),
                    Self::Text,
                )
                | (Reading::Integer(_) | Reading::Float(_), Self::Number)
                | (Reading::Bool(_), Self::Bool) => true,
                (Reading::Text(text), Self::Number) => text.parse::<f64>().is_ok(),
                (Reading::Text(text), Self::Bool) => matches!(text, "true" | "false"),
                _ => false,
            },
            _ => false,
        }
    }

    const fn as_str(self) -> &'static str {
        match self {
            Self::Text => "a text",
            Self::Number => "a number",
            Self::Bool => "true or false",
            Self::List => "a list",
            Self::Map => "a map",
        }
    }

    const fn example(self) -> &'static str {
        match self {
            Self::Text => "one text, in quotes",
            Self::Number => "a number, such as 30",
            Self::Bool => "true or false",
            Self::List => "a list, such as [a, b]",
            Self::Map => "a map of names and values",
        }
    }
}

//! Files that set variables.

use super::checker::{Checker, Place, Scope};
use super::codes::VARIABLE_NOT_DECLARED;
use super::module::{Syntax, VariablesFile};
use super::shape::Shape;
use crate::diagnostic::Finding;
use crate::hcl::{self, Body};
use crate::value::suggestion::closest;
use crate::value::{Key, Node};

impl VariablesFile {
    /// The variables of a `.tfvars` file.
    pub(crate) fn of_body(body: &Body) -> Self {
        let values = body
            .attributes()
            .map(|it| (Key::from(&*it.name), it.origin, it.value.clone()));
        Self {
            values: values.collect(),
        }
    }

    /// The variables of a `.tfvars.json` file.
    pub(crate) fn of_node(node: &Node) -> Self {
        let entries = node.entries().iter().filter(|entry| entry.key != "//");
        let values = entries.map(|entry| {
            (
                entry.key.clone(),
                entry.key_origin,
                hcl::value_of(&entry.node),
            )
        });
        Self {
            values: values.collect(),
        }
    }
}

impl Checker<'_> {
    /// Checks that what a file sets is declared, and of the type that is declared.
    pub(super) fn variables_file(&mut self, file: &VariablesFile) {
        let module = self.module;
        for (name, origin, value) in &file.values {
            let address = format!("var.{name}");
            let place = Place {
                address: &address,
                syntax: Syntax::Native,
                scope: Scope::default(),
                bound: &[],
            };
            if let Some(block) = module.variables.get(name.as_str()) {
                let wanted = block
                    .body
                    .get("type")
                    .map_or(Shape::Unknown, Shape::of_constraint);
                self.fits(value, wanted, name.as_str(), &place);
                continue;
            }
            let meant = closest(name.as_str(), module.variables.keys().copied());
            self.found.push(
                Finding::warning(
                    VARIABLE_NOT_DECLARED,
                    format!("`{name}` is set, and no variable of that name is declared"),
                )
                .help(match meant {
                    Some(meant) => format!("did you mean `{meant}`?"),
                    None => format!("declare it with `variable \"{name}\"`, or take it out"),
                })
                .label(origin.span(), "set here")
                .path(&address),
            );
        }
    }
}

//! `README.md`: what this is, the order of layers, what is missing.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Serialize;
use tera::Tera;

use super::Stack;
use crate::model::stack::StackKind;
use crate::model::terraform::Program;

/// A variable that stacks wait for.
#[derive(Debug, Serialize)]
struct Missing<'a> {
    name: &'a str,
    from: Option<&'a str>,
    count: usize,
}

static TEMPLATES: LazyLock<Tera> = LazyLock::new(|| {
    let mut tera = Tera::new();
    tera.add_raw_template("README.md", include_str!("README.md.tera"))
        .expect("a template of ours");
    tera
});

/// The page.
pub(super) fn text(stacks: &[Stack], program: Program, object: &str) -> String {
    let kinds: Vec<(&str, usize)> = StackKind::ALL
        .iter()
        .map(|kind| {
            (
                kind.as_str(),
                stacks
                    .iter()
                    .filter(|stack| stack.kind == kind.as_str())
                    .count(),
            )
        })
        .filter(|(_, count)| *count > 0)
        .collect();
    let mut missing: BTreeMap<(&str, Option<&str>), usize> = BTreeMap::new();
    for input in stacks.iter().flat_map(|stack| &stack.inputs) {
        if input.state == "missing" {
            *missing
                .entry((input.name.as_str(), input.from.as_deref()))
                .or_default() += 1;
        }
    }
    let missing: Vec<Missing<'_>> = missing
        .into_iter()
        .map(|((name, from), count)| Missing { name, from, count })
        .collect();
    let mut context = tera::Context::new();
    context.insert("object", object);
    context.insert("program", program.as_str());
    context.insert("title", program.title());
    context.insert("kinds", &kinds);
    let bootstrap = stacks.iter().find(|stack| stack.kind == "bootstrap");
    context.insert("bootstrap", &bootstrap.map(|stack| &stack.path));
    let reaches = stacks
        .iter()
        .any(|stack| stack.kind == StackKind::Delivery.as_str());
    context.insert("reaches", &reaches);
    context.insert("count", &stacks.len());
    context.insert("missing", &missing);
    TEMPLATES
        .render("README.md", &context)
        .expect("a template of ours with its variables")
}

//! Where the providers of a root work.

use std::collections::BTreeMap;

use super::module::Module;
use crate::hcl::{Block, Expression, ExpressionKind, ObjectKey, Scope, Step, evaluate};
use crate::value::Node;

/// Where a provider works; empty where text does not tell.
#[derive(Debug, Clone, Default)]
pub(super) struct Place {
    pub(super) account: String,
    pub(super) region: String,
}

/// Where things are made, by the alias of the provider.
#[derive(Debug, Clone, Default)]
pub(super) struct Places(BTreeMap<String, Place>);

impl Places {
    /// Adds the providers that a module configures itself.
    pub(super) fn read(&mut self, module: &Module<'_>, scope: &Scope<'_>) {
        let text = |block: &Block, name: &str| {
            let node = evaluate(block.body.get(name)?, scope).known()?;
            node.text().map(str::to_owned)
        };
        for provider in module.blocks("provider") {
            if provider.label(0) != Some("aws") {
                continue;
            }
            let allowed = provider.body.get("allowed_account_ids");
            let allowed = allowed.and_then(|accounts| evaluate(accounts, scope).known());
            let allowed = match allowed.as_ref().map(Node::items) {
                // Of several accounts nobody knows which one it is.
                Some([account]) => account.text(),
                _ => None,
            };
            // Whoever becomes a role works in its account.
            let assumed = provider
                .body
                .blocks_of("assume_role")
                .find_map(|block| text(block, "role_arn"));
            let assumed = assumed.as_deref().and_then(|role| role.split(':').nth(4));
            let place = Place {
                account: allowed.or(assumed).unwrap_or_default().into(),
                region: text(provider, "region").unwrap_or_default(),
            };
            let alias = text(provider, "alias").unwrap_or_default();
            self.0.entry(alias).or_insert(place);
        }
    }

    /// Adds what a call passes to a module that does not configure it itself, and else the provider without an alias.
    pub(super) fn inherit(&mut self, caller: &Self, call: &Block) {
        let mut places = BTreeMap::new();
        if let Some(default) = caller.0.get("") {
            places.insert(String::new(), default.clone());
        }
        let passed = call.body.get("providers").map(|it| &it.bare().kind);
        if let Some(ExpressionKind::Object(fields)) = passed {
            for field in fields {
                let inner = match &field.key {
                    ObjectKey::Identifier(text) | ObjectKey::String(text) => {
                        alias_of_text(text).map(str::to_owned)
                    }
                    ObjectKey::Expression(key) => alias(key).map(str::to_owned),
                };
                if let Some(inner) = inner {
                    let place = alias(&field.value).and_then(|outer| caller.0.get(outer));
                    places.insert(inner, place.cloned().unwrap_or_default());
                }
            }
        }
        for (alias, place) in places {
            self.0.entry(alias).or_insert(place);
        }
    }

    /// Where a resource is made.
    pub(super) fn of(&self, block: &Block) -> Option<&Place> {
        match block.body.get("provider") {
            None => self.0.get(""),
            Some(provider) => self.0.get(alias(provider)?),
        }
    }
}

/// The alias of `aws.alias`; empty for `aws`.
fn alias(provider: &Expression) -> Option<&str> {
    match &provider.bare().kind {
        ExpressionKind::Reference(kind, steps) if kind == "aws" => match &**steps {
            [] => Some(""),
            [Step::Attribute(alias)] => Some(alias),
            _ => None,
        },
        _ => None,
    }
}

fn alias_of_text(text: &str) -> Option<&str> {
    match text.split_once('.') {
        None => (text == "aws").then_some(""),
        Some((kind, alias)) => (kind == "aws").then_some(alias),
    }
}

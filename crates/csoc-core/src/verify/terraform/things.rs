//! Resources, data sources, ephemeral resources and provider configurations.

use super::body::{Level, did_you_mean};
use super::checker::{Checker, Place, Scope};
use super::codes::{META_ARGUMENT_INVALID, PROVIDER_UNDECLARED, RESOURCE_TYPE_UNKNOWN};
use super::graph::Vertex;
use super::module::{Syntax, Thing, ThingIndex, provider_name};
use crate::catalog::provider::{BlockSchema, Provider, SchemaKind};
use crate::hcl::{Block, Expression};
use crate::value::suggestion::closest;

/// Arguments and blocks that every resource has.
const OF_RESOURCES: [&str; 7] = [
    "count",
    "for_each",
    "provider",
    "depends_on",
    "lifecycle",
    "connection",
    "provisioner",
];
/// Arguments and blocks that every data source has.
const OF_DATA_SOURCES: [&str; 5] = ["count", "for_each", "provider", "depends_on", "lifecycle"];

impl<'a> Checker<'a> {
    /// Checks every resource, data source and ephemeral resource.
    pub(super) fn things(&mut self) {
        let module = self.module;
        for (index, thing) in module.things().iter().enumerate() {
            self.thing_block(ThingIndex(index), thing);
        }
        self.current = None;
    }

    fn thing_block(&mut self, index: ThingIndex, thing: &Thing<'a>) {
        self.current = Some(Vertex::Thing(index));
        let address = thing.to_string();
        let body = &thing.block.body;
        let place = Place {
            address: &address,
            syntax: thing.syntax,
            scope: Scope {
                each: body.get("for_each").is_some(),
                count: body.get("count").is_some(),
                own: false,
            },
            bound: &[],
        };
        let schema = self.schema_of(index, thing, &place);
        self.meta(thing, schema, &place);
        let own: &[&str] = match thing.kind {
            SchemaKind::Resource => &OF_RESOURCES,
            SchemaKind::DataSource | SchemaKind::Ephemeral => &OF_DATA_SOURCES,
        };
        let level = match thing.kind {
            SchemaKind::Resource => Level::Resource,
            SchemaKind::DataSource | SchemaKind::Ephemeral => Level::Other,
        };
        if let Some(schema) = schema {
            let is_own = |name: &str| own.contains(&name);
            self.body(body, schema, level, &is_own, thing.block.origin, &place);
        } else {
            self.undecided();
            for attribute in body.attributes().filter(|it| !own.contains(&&*it.name)) {
                self.expression(&attribute.value, &place);
            }
            for block in body.all_blocks().filter(|it| !own.contains(&&*it.kind)) {
                self.unknown_block(block, &place);
            }
        }
    }

    /// What the thing takes; says so where its provider has no such type.
    fn schema_of(
        &mut self,
        index: ThingIndex,
        thing: &Thing<'a>,
        place: &Place<'_>,
    ) -> Option<BlockSchema<'a>> {
        let schema = self.schema(index);
        if schema.is_some() {
            return schema;
        }
        let named = thing.block.body.get("provider").and_then(provider_name);
        let provider = self.provider_of(thing.of, named.map(|(name, _)| name))?;
        // Facts without ephemeral resources do not say that there are none.
        let knows = provider.types(thing.kind).next().is_some();
        if knows || thing.kind != SchemaKind::Ephemeral {
            let meant = closest(thing.of, provider.types(thing.kind));
            let origin = thing
                .block
                .labels
                .first()
                .map_or(thing.block.origin, |label| label.origin);
            self.error(
                RESOURCE_TYPE_UNKNOWN,
                format!(
                    "`{}` {} has no {} `{}`",
                    provider.name(),
                    provider.version(),
                    thing.kind.noun(),
                    thing.of
                ),
                match meant {
                    Some(meant) => format!("did you mean `{meant}`?"),
                    None => {
                        "look for it in another version of the provider, or in another provider"
                            .to_owned()
                    }
                },
                origin,
                place,
            );
        }
        None
    }

    /// Checks the configurations of providers.
    pub(super) fn provider_blocks(&mut self) {
        let module = self.module;
        for ((name, alias), block) in &module.providers {
            let address = match alias {
                Some(alias) => format!("provider.{name}.{alias}"),
                None => format!("provider.{name}"),
            };
            let syntax = self.syntax_of(block);
            let place = Place {
                address: &address,
                syntax,
                scope: Scope::default(),
                bound: &[],
            };
            if let Some(version) = block.body.get("version") {
                self.constraint(version, &place);
            }
            match self.provider(name).and_then(Provider::configuration) {
                Some(schema) => {
                    // What must be set may come from the environment, so what is missing is the provider's to say.
                    self.configuration(block, schema, &place);
                }
                None => self.expressions(&block.body, &place),
            }
        }
    }

    fn configuration(&mut self, block: &Block, schema: BlockSchema<'a>, place: &Place<'_>) {
        let own = |name: &str| ["alias", "version"].contains(&name);
        self.body(&block.body, schema, Level::Other, &own, block.origin, place);
    }

    /// The language of the file that a block stands in.
    pub(super) fn syntax_of(&self, block: &Block) -> Syntax {
        self.module
            .blocks
            .iter()
            .find(|(known, _)| std::ptr::eq(*known, block))
            .map_or(Syntax::Native, |(_, syntax)| *syntax)
    }

    /// A provider's configuration that a resource or module names must be there.
    pub(super) fn provider_argument(&mut self, value: &Expression, place: &Place<'_>) {
        let Some((name, alias)) = provider_name(value) else {
            self.error(
                META_ARGUMENT_INVALID,
                "`provider` names no provider",
                "write `provider = aws` or `provider = aws.ALIAS`",
                value.origin,
                place,
            );
            return;
        };
        let Some(alias) = alias else {
            return;
        };
        let module = self.module;
        let is_there = self.is_called
            || module.providers.contains_key(&(name, Some(alias)))
            || module.aliases.contains(&(name, alias));
        if !is_there {
            let configured = module.providers.keys().filter(|(known, _)| *known == name);
            let names: Vec<&str> = configured.filter_map(|(_, alias)| *alias).collect();
            self.error(
                PROVIDER_UNDECLARED,
                format!("there is no configuration `{name}.{alias}` of the provider `{name}`"),
                match closest(alias, names.iter().copied()) {
                    Some(meant) => format!("did you mean `{name}.{meant}`?"),
                    None => format!("add `provider \"{name}\" {{ alias = \"{alias}\" … }}`"),
                },
                value.origin,
                place,
            );
        }
    }
}

/// The help for an argument that Terraform's own blocks do not have.
pub(super) fn known(name: &str, names: &[&str]) -> String {
    did_you_mean(name, names.iter().copied())
}

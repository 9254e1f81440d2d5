//! What a Terraform provider takes: resources, data sources, their arguments and blocks.

mod blocks;
mod constraint;
mod read;
mod schema;
#[cfg(test)]
mod tests;

pub(crate) use blocks::with_blocks;
pub(crate) use constraint::{Constraint, ProviderVersion};
pub(crate) use read::{ProviderFacts, read};
pub(crate) use schema::{AttributeSchema, BlockSchema, NestedSchema, Nesting, TypeSchema};

use super::flat::{Catalog, CatalogKind, FlatValue};

/// Terraform itself: `terraform_data`, `terraform_remote_state`.
pub(crate) const TERRAFORM: &str = "builtin/terraform";

/// The version of our reader of provider schemas: part of what a catalog is.
pub(crate) const READER: u32 = 1;

/// One version of a provider.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Provider<'a>(&'a Catalog);

/// What a schema is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum SchemaKind {
    /// `resource`
    Resource,
    /// `data`
    DataSource,
    /// `ephemeral`
    Ephemeral,
}

impl SchemaKind {
    /// The key of its schemas in a catalog.
    const fn key(self) -> &'static str {
        match self {
            Self::Resource => "resources",
            Self::DataSource => "data_sources",
            Self::Ephemeral => "ephemeral_resources",
        }
    }

    /// What it is called.
    pub(crate) const fn noun(self) -> &'static str {
        match self {
            Self::Resource => "resource",
            Self::DataSource => "data source",
            Self::Ephemeral => "ephemeral resource",
        }
    }
}

impl<'a> Provider<'a> {
    /// What a catalog says of a provider; nothing where it is one of something else.
    pub(crate) fn new(catalog: &'a Catalog) -> Option<Self> {
        (catalog.header().kind == CatalogKind::Provider).then_some(Self(catalog))
    }

    /// Its name, without the registry: `hashicorp/aws`.
    pub(crate) fn name(self) -> &'a str {
        &self.0.header().name
    }

    /// Its version.
    pub(crate) fn version(self) -> &'a str {
        &self.0.header().version
    }

    /// The arguments of its `provider` block.
    pub(crate) fn configuration(self) -> Option<BlockSchema<'a>> {
        self.0.root().get("provider").map(BlockSchema::new)
    }

    /// What a type takes.
    pub(crate) fn schema(self, kind: SchemaKind, name: &str) -> Option<BlockSchema<'a>> {
        let schemas = self.0.root().get(kind.key())?;
        schemas.get(name).map(BlockSchema::new)
    }

    /// The names of all types, sorted.
    pub(crate) fn types(self, kind: SchemaKind) -> impl Iterator<Item = &'a str> + Clone {
        self.0
            .root()
            .get(kind.key())
            .into_iter()
            .flat_map(FlatValue::keys)
    }

    /// The names of its functions, sorted.
    pub(crate) fn functions(self) -> impl Iterator<Item = &'a str> + Clone {
        let functions = self.0.root().get("functions");
        functions.into_iter().flat_map(FlatValue::keys)
    }

    /// Whether the facts were derived and lack what only the provider's own code knows.
    pub(crate) fn knows_functions(self) -> bool {
        self.0.root().get("functions").is_some()
    }
}

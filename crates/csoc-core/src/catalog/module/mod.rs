//! What a Terraform module takes and gives.

use super::Catalogs;
use super::flat::{CatalogKind, FlatValue};

/// A module of a catalog.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ModuleFacts<'a>(FlatValue<'a>);

impl<'a> ModuleFacts<'a> {
    /// The module that a `source` names, by the directory that it ends in.
    ///
    /// `git::https://github.com/uc-cdis/gen3-terraform.git//tf_files/aws/vpc?ref=1.2`
    /// is the module `tf_files/aws/vpc` of the catalog `github.com/uc-cdis/gen3-terraform`.
    pub(crate) fn find(
        catalogs: &'a Catalogs,
        source: &str,
        version: Option<&str>,
    ) -> Option<Self> {
        let source = source.strip_prefix("git::").unwrap_or(source);
        let (source, query) = source.split_once('?').unwrap_or((source, ""));
        let reference = query.split('&').find_map(|part| part.strip_prefix("ref="));
        let start = source.find("://").map_or(0, |at| at + 3);
        let (repository, path) = match source.get(start..)?.split_once("//") {
            Some((repository, path)) => (repository, path.trim_matches('/')),
            None => (source.get(start..)?, ""),
        };
        let repository = repository.strip_suffix(".git").unwrap_or(repository);
        let wanted = version.or(reference);
        let found = catalogs.pinned(CatalogKind::Module).filter(|catalog| {
            catalog.header().name == repository
                && wanted.is_none_or(|wanted| catalog.header().version == wanted)
        });
        let modules = found.last()?.root().get("modules")?;
        modules.get(path).map(Self)
    }

    /// The variables, each with whether it must be set.
    pub(crate) fn variables(self) -> impl Iterator<Item = (&'a str, bool)> {
        let variables = self
            .0
            .get("variables")
            .into_iter()
            .flat_map(FlatValue::entries);
        variables.map(|(name, facts)| {
            (
                name,
                facts.get("required").and_then(FlatValue::bool) == Some(true),
            )
        })
    }

    /// The names of the outputs.
    pub(crate) fn outputs(self) -> impl Iterator<Item = &'a str> {
        self.0.get("outputs").into_iter().flat_map(FlatValue::keys)
    }
}

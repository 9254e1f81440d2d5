//! What a Terraform module takes and gives, and what is known to be wrong with it.

mod read;
#[cfg(test)]
mod recorded;
mod secret;
#[cfg(test)]
mod tests;

pub(crate) use read::directories;
pub(crate) use secret::is_secret;

use super::Catalogs;
use super::flat::{CatalogKind, FlatValue};

/// The version of our reader of modules.
pub(crate) const READER: u32 = 1;

/// A module of a catalog.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ModuleFacts<'a>(FlatValue<'a>);

/// A way to call a module that is known to fail.
#[derive(Debug, Clone, Copy)]
pub(crate) struct KnownBad<'a>(FlatValue<'a>);

impl<'a> ModuleFacts<'a> {
    /// The module that a `source` names.
    ///
    /// `git::https://github.com/uc-cdis/gen3-terraform.git//tf_files/aws/vpc?ref=51c47bf9`
    /// is the module `tf_files/aws/vpc` of that version of the catalog
    /// `github.com/uc-cdis/gen3-terraform`; without a `ref` it is the last version there is.
    pub(crate) fn find(
        catalogs: &'a Catalogs,
        source: &str,
        version: Option<&str>,
    ) -> Option<Self> {
        let source = source.strip_prefix("git::").unwrap_or(source);
        let (source, query) = source.split_once('?').unwrap_or((source, ""));
        let reference = query.split('&').find_map(|part| part.strip_prefix("ref="));
        let source = source
            .split_once("://")
            .map_or(source, |(_, source)| source);
        let (repository, path) = source.split_once("//").unwrap_or((source, ""));
        let repository = match repository.split_once('@') {
            // `git@github.com:owner/name`
            Some((_, address)) => address.replacen(':', "/", 1),
            None => repository.to_owned(),
        };
        let repository = repository.strip_suffix(".git").unwrap_or(&repository);
        let wanted = version.or(reference);
        let mut found = catalogs
            .of_kind(CatalogKind::Module)
            .into_iter()
            .filter(|catalog| {
                let header = catalog.header();
                // Commits may be shortened, to seven digits at the least.
                let is_version = |wanted: &str| {
                    header.version == wanted
                        || (wanted.len() >= 7
                            && (header.version.starts_with(wanted)
                                || wanted.starts_with(&header.version)))
                };
                header.name == repository && wanted.is_none_or(is_version)
            });
        let modules = found.next_back()?.root().get("modules")?;
        modules.get(path.trim_matches('/')).map(Self)
    }

    /// The variables, each with whether it must be set.
    pub(crate) fn variables(self) -> impl Iterator<Item = (&'a str, bool)> {
        let variables = self.0.get("variables").into_iter();
        let variables = variables.flat_map(FlatValue::entries);
        variables.map(|(name, facts)| (name, is(facts, "required")))
    }

    /// Whether a variable is declared and does nothing.
    pub(crate) fn is_dead(self, name: &str) -> bool {
        let variable = self.0.path(["variables", name]);
        variable.is_some_and(|variable| is(variable, "dead"))
    }

    /// Whether a variable is declared to hold a secret.
    pub(crate) fn is_sensitive(self, name: &str) -> bool {
        let variable = self.0.path(["variables", name]);
        variable.is_some_and(|variable| is(variable, "sensitive"))
    }

    /// The type of a variable as the module declares it or as its default shows, in Terraform's words.
    pub(crate) fn type_of(self, name: &str) -> Option<&'a str> {
        self.0.path(["variables", name, "type"])?.str()
    }

    /// The names of the outputs.
    pub(crate) fn outputs(self) -> impl Iterator<Item = &'a str> {
        self.0.get("outputs").into_iter().flat_map(FlatValue::keys)
    }

    /// Why Terraform refuses the module itself.
    pub(crate) fn errors(self) -> impl Iterator<Item = &'a str> {
        let errors = self.0.get("errors").into_iter().flat_map(FlatValue::items);
        errors.filter_map(FlatValue::str)
    }

    /// Ways to call it that are known to fail.
    pub(crate) fn known_bad(self) -> impl Iterator<Item = KnownBad<'a>> {
        let bad = self
            .0
            .get("known_bad")
            .into_iter()
            .flat_map(FlatValue::items);
        bad.map(KnownBad)
    }
}

impl<'a> KnownBad<'a> {
    /// The values that must be given, as text.
    pub(crate) fn when(self) -> impl Iterator<Item = (&'a str, &'a str)> {
        let when = self.0.get("when").into_iter().flat_map(FlatValue::entries);
        when.filter_map(|(name, value)| Some((name, value.str()?)))
    }

    /// The variables that must be left at their defaults.
    pub(crate) fn unset(self) -> impl Iterator<Item = &'a str> {
        let unset = self.0.get("unset").into_iter().flat_map(FlatValue::items);
        unset.filter_map(FlatValue::str)
    }

    /// What goes wrong.
    pub(crate) fn says(self) -> &'a str {
        self.0
            .get("says")
            .and_then(FlatValue::str)
            .unwrap_or_default()
    }

    /// What to do instead.
    pub(crate) fn help(self) -> &'a str {
        self.0
            .get("help")
            .and_then(FlatValue::str)
            .unwrap_or_default()
    }
}

fn is(value: FlatValue<'_>, key: &str) -> bool {
    value.get(key).and_then(FlatValue::bool) == Some(true)
}

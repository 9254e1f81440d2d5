//! The checks of one module: what they share.

use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};

use super::codes::{PROVIDER_CATALOG_MISSING, VERSION_CONSTRAINT_INVALID};
use super::graph::{Edges, Vertex};
use super::module::{Module, Syntax, ThingIndex, provider_name};
use crate::catalog::provider::{BlockSchema, Constraint, Provider};
use crate::catalog::{Catalogs, ProviderChoice};
use crate::diagnostic::{Code, Diagnostics, Finding};
use crate::value::Origin;

/// Which names have a meaning that depends on the place.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Scope {
    /// `each.key` and `each.value`.
    pub(super) each: bool,
    /// `count.index`.
    pub(super) count: bool,
    /// `self`.
    pub(super) own: bool,
}

/// Where something is checked.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place<'p> {
    /// What is checked, as it is referred to: `aws_sqs_queue.uploads`.
    pub(super) address: &'p str,
    /// How its file is written.
    pub(super) syntax: Syntax,
    /// Which names mean something here.
    pub(super) scope: Scope,
    /// The names that `dynamic` gave meaning.
    pub(super) bound: &'p [&'p str],
}

/// What a thing takes, as far as somebody asked.
#[derive(Debug, Clone, Copy)]
enum Asked<'a> {
    /// Nobody did.
    Never,
    /// Somebody did; nothing where there are no facts.
    Once(Option<BlockSchema<'a>>),
}

/// Everything that checks of a module read and write.
pub(super) struct Checker<'a> {
    pub(super) module: &'a Module<'a>,
    /// The modules of the same tree, by their directory.
    pub(super) modules: &'a BTreeMap<&'a str, Module<'a>>,
    pub(super) catalogs: &'a Catalogs,
    /// Whether another module of the tree calls it, and so may pass it configurations of providers.
    pub(super) is_called: bool,
    /// The provider of each local name that was asked for; nothing where there are no facts.
    providers: BTreeMap<String, Option<Provider<'a>>>,
    /// What each of the module's things takes, once it was asked for.
    schemas: Vec<Asked<'a>>,
    /// The variables that something refers to.
    pub(super) used: BTreeSet<&'a str>,
    pub(super) edges: Edges<'a>,
    /// What is being checked, where references from it count in the graph.
    pub(super) current: Option<Vertex<'a>>,
    pub(super) found: Diagnostics,
    /// How often nothing could be said.
    pub(super) undecided: Cell<usize>,
}

impl<'a> Checker<'a> {
    pub(super) fn new(
        module: &'a Module<'a>,
        modules: &'a BTreeMap<&'a str, Module<'a>>,
        catalogs: &'a Catalogs,
    ) -> Self {
        Self {
            module,
            modules,
            catalogs,
            is_called: false,
            providers: BTreeMap::new(),
            schemas: vec![Asked::Never; module.things().len()],
            used: BTreeSet::new(),
            edges: Edges::default(),
            current: None,
            found: Diagnostics::default(),
            undecided: Cell::new(0),
        }
    }

    /// Adds a finding at a place.
    pub(super) fn error(
        &mut self,
        code: Code,
        message: impl Into<String>,
        help: impl Into<String>,
        origin: Origin,
        place: &Place<'_>,
    ) {
        self.found.push(
            Finding::error(code, message)
                .help(help)
                .label(origin.span(), "here")
                .path(place.address),
        );
    }

    /// Counts that nothing could be said.
    pub(super) fn undecided(&self) {
        self.undecided.set(self.undecided.get() + 1);
    }

    /// The provider of a local name, chosen when it is asked for first.
    pub(super) fn provider(&mut self, local: &str) -> Option<Provider<'a>> {
        if let Some(known) = self.providers.get(local) {
            return *known;
        }
        let provider = self.choose(local);
        self.providers.insert(local.to_owned(), provider);
        provider
    }

    fn choose(&mut self, local: &str) -> Option<Provider<'a>> {
        let required = self.module.required.get(local);
        let source = self.module.source(local);
        let written = required.and_then(|required| required.version);
        let constraint = written.and_then(|version| version.as_str());
        let parsed = match constraint.map(str::parse::<Constraint>) {
            Some(Ok(constraint)) => Some(constraint),
            None => None,
            // Said where the settings are checked.
            Some(Err(_)) => return None,
        };
        let catalogs: &'a Catalogs = self.catalogs;
        let (message, versions) = match catalogs.provider(&source, parsed.as_ref()) {
            ProviderChoice::Found(provider) => return Some(provider),
            ProviderChoice::Unknown => (
                format!(
                    "there is no catalog of the provider `{source}`: its resources are not checked"
                ),
                String::new(),
            ),
            ProviderChoice::NoVersion(versions) => (
                format!(
                    "there is no catalog of a version of `{source}` that `{}` allows: its resources are not checked",
                    constraint.unwrap_or_default()
                ),
                format!("; there are catalogs of {}", versions.join(", ")),
            ),
        };
        let origin = written.map_or(required.map(|it| it.origin), |version| Some(version.origin));
        self.found.push(
            Finding::new(
                PROVIDER_CATALOG_MISSING,
                crate::diagnostic::Severity::Info,
                message,
            )
            .help(format!(
                "write what `terraform providers schema -json` prints into a file and add it: `csoc catalog add provider FILE --name {source} --version VERSION`{versions}"
            ))
            .label(origin.and_then(Origin::span), "asked for here")
            .path(format!("provider.{local}")),
        );
        None
    }

    /// The provider that a resource of a type belongs to: the one it names, else the first word of its type.
    pub(super) fn provider_of(&mut self, of: &str, named: Option<&str>) -> Option<Provider<'a>> {
        let first = of.split('_').next().unwrap_or(of);
        self.provider(named.unwrap_or(first))
    }

    /// The schema of a declared thing, where there are facts about it.
    pub(super) fn schema(&mut self, index: ThingIndex) -> Option<BlockSchema<'a>> {
        if let Some(Asked::Once(known)) = self.schemas.get(index.0) {
            return *known;
        }
        let things = self.module.things();
        let thing = things.get(index.0)?;
        let named = thing.block.body.get("provider").and_then(provider_name);
        let provider = self.provider_of(thing.of, named.map(|(name, _)| name));
        let schema = provider.and_then(|provider| provider.schema(thing.kind, thing.of));
        // Those of one type stand together, and take the same.
        let alike = things.iter().skip(index.0).take_while(|other| {
            let same_provider = other.block.body.get("provider").is_none() == named.is_none();
            same_provider && (other.kind, other.of) == (thing.kind, thing.of)
        });
        let alike = if named.is_some() { 1 } else { alike.count() };
        for known in self.schemas.iter_mut().skip(index.0).take(alike) {
            *known = Asked::Once(schema);
        }
        schema
    }

    /// Checks the text of a version constraint.
    pub(super) fn constraint(&mut self, version: &crate::hcl::Expression, place: &Place<'_>) {
        let Some(text) = version.as_str() else {
            return;
        };
        if text.parse::<Constraint>().is_err() {
            self.error(
                VERSION_CONSTRAINT_INVALID,
                format!("`{text}` is no version constraint"),
                "write conditions with commas between them, such as `~> 6.0` or `>= 1.11, < 2.0`",
                version.origin,
                place,
            );
        }
    }
}

//! The catalogs there are: those that this version carries, and those that a fleet pins in `catalogs/`.

mod add;
mod error;
mod lock;
mod pins;
mod published;
#[cfg(test)]
mod tests;
mod update;
mod upstream;
mod wanted;

pub use add::AddOptions;
pub use error::CatalogError;
pub(crate) use error::{CATALOG_DAMAGED, CATALOG_MISSING, LOCK_INVALID};
pub(crate) use lock::{Lock, NAME as LOCK_NAME, Problem, ReadLock};
pub(crate) use published::PublishedChart;
pub use update::{CatalogMove, CatalogUpdate, EditionMove};
pub(crate) use wanted::{Wanted, WantedVersion};

use std::cmp::Reverse;

use serde::Serialize;

use super::chart::ChartCatalog;
use super::embedded::{EMBEDDED, Embedded, of_kind};
use super::flat::{Catalog, CatalogKind, FlatValue, Header};
use super::provider::{Constraint, Provider, ProviderVersion};
use super::support::{self, Product};
use crate::model::version::Date;
use crate::value::{Node, json_write};

/// Facts about the outside world: providers, charts, modules, custom resources.
///
/// Embedded ones are opened when somebody asks for them; those of a fleet
/// are all checked when they are loaded.
#[derive(Debug, Default)]
pub struct Catalogs {
    /// Those of a fleet, by kind, name and version.
    pinned: Vec<Catalog>,
}

/// Who a catalog is, for lists.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[non_exhaustive]
pub struct CatalogEntry {
    /// `chart`, `crd`, `git-refs`, `module`, `provider` or `support`.
    pub kind: String,
    /// What it holds facts about.
    pub name: String,
    /// The version of that.
    pub version: String,
    /// Digest of the upstream artifact.
    pub digest: String,
    /// Where the facts come from.
    pub source: String,
    /// Whether the fleet's `csoc.lock` pins it; else this version of csoc carries it.
    pub pinned: bool,
}

impl CatalogEntry {
    fn new(header: &Header, pinned: bool) -> Self {
        Self {
            kind: header.kind.to_string(),
            name: header.name.clone(),
            version: header.version.clone(),
            digest: header.digest.clone(),
            source: header.source.clone(),
            pinned,
        }
    }
}

/// What a catalog says, for people.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct CatalogContent {
    /// Who it is.
    #[serde(flatten)]
    pub entry: CatalogEntry,
    /// How many of each thing it has.
    pub counts: std::collections::BTreeMap<String, usize>,
    /// What it says at the path that was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    value: Option<Node>,
}

impl CatalogContent {
    /// What it says at the path that was asked for, as JSON.
    pub fn text(&self) -> Option<String> {
        self.value.as_ref().map(|node| {
            let mut text = String::new();
            json_write::write_json(node, &mut text);
            text.push('\n');
            text
        })
    }
}

/// A provider as a root asks for it.
#[derive(Debug)]
pub(crate) enum ProviderChoice<'a> {
    /// The newest version that is allowed.
    Found(Provider<'a>),
    /// There are only versions that are not allowed: these.
    NoVersion(Vec<&'a str>),
    /// There is no such provider.
    Unknown,
}

impl Catalogs {
    /// Those that this version carries.
    pub fn embedded() -> &'static Self {
        static EMBEDDED: Catalogs = Catalogs { pinned: Vec::new() };
        &EMBEDDED
    }

    /// All of them, by kind, name and version.
    pub fn list(&self) -> Vec<CatalogEntry> {
        let pinned = self
            .pinned
            .iter()
            .map(|catalog| CatalogEntry::new(catalog.header(), true));
        let mut all: Vec<CatalogEntry> = pinned.collect();
        for embedded in &EMBEDDED {
            let is_pinned = self.pinned.iter().any(|catalog| {
                let header = catalog.header();
                header.kind == embedded.kind
                    && header.name == embedded.name
                    && header.version == embedded.version
            });
            if !is_pinned && let Ok(header) = Catalog::peek(embedded.bytes) {
                all.push(CatalogEntry::new(&header, false));
            }
        }
        all.sort();
        all
    }

    /// What one says: how many of each thing, and the text at a dotted path below it.
    ///
    /// Without a version it is the newest one: of those that the fleet pins, where it pins one.
    pub fn show(
        &self,
        kind: &str,
        name: &str,
        version: Option<&str>,
        path: Option<&str>,
    ) -> Result<CatalogContent, CatalogError> {
        let catalog = self.find(kind, name, version)?;
        let pinned = self.pinned.iter().any(|one| std::ptr::eq(one, catalog));
        let counts = catalog
            .root()
            .entries()
            .filter(|(_, value)| value.is_map() || value.is_list())
            .map(|(key, value)| (key.to_owned(), value.len()))
            .collect();
        let value = path
            .map(|path| {
                let found = below(catalog.root(), path);
                let found = found.ok_or_else(|| CatalogError::NothingThere {
                    path: path.to_owned(),
                })?;
                Ok(found.to_node())
            })
            .transpose()?;
        Ok(CatalogContent {
            entry: CatalogEntry::new(catalog.header(), pinned),
            counts,
            value,
        })
    }

    fn find(
        &self,
        kind: &str,
        name: &str,
        version: Option<&str>,
    ) -> Result<&Catalog, CatalogError> {
        let of_name = |header: &Header| header.kind.as_str() == kind && header.name == name;
        let pinned: Vec<&Catalog> = self
            .pinned
            .iter()
            .filter(|catalog| of_name(catalog.header()))
            .collect();
        let embedded = EMBEDDED
            .iter()
            .filter(|embedded| embedded.kind.as_str() == kind && embedded.name == name);
        let mut found = pinned.clone();
        found.extend(embedded.map(Embedded::open));
        let available = || {
            found
                .iter()
                .map(|one| one.header().version.clone())
                .collect()
        };
        let wanted = match version {
            Some(version) => found.iter().find(|one| one.header().version == version),
            None => if pinned.is_empty() { &found } else { &pinned }
                .iter()
                .max_by(|one, two| compare(&one.header().version, &two.header().version)),
        };
        wanted.copied().ok_or_else(|| CatalogError::Unknown {
            kind: kind.to_owned(),
            name: name.to_owned(),
            version: version.map(str::to_owned),
            available: available(),
        })
    }

    /// The newest version of a provider that a constraint allows: of those that the fleet pins, else of those that
    /// this version carries.
    pub(crate) fn provider(
        &self,
        name: &str,
        constraint: Option<&Constraint>,
    ) -> ProviderChoice<'_> {
        let is_allowed = |version: &str| {
            let version = version.parse::<ProviderVersion>();
            constraint.is_none_or(|constraint| version.is_ok_and(|it| constraint.allows(&it)))
        };
        let mut pinned: Vec<Provider<'_>> = self
            .pinned
            .iter()
            .filter_map(Provider::new)
            .filter(|provider| provider.name() == name)
            .collect();
        pinned.sort_by(|one, two| compare(two.version(), one.version()));
        let embedded = of_kind(CatalogKind::Provider).filter(|embedded| embedded.name == name);
        let mut carried: Vec<&'static Embedded> = embedded.collect();
        carried.sort_by(|one, two| compare(two.version, one.version));
        let of_pinned = pinned.iter().find(|it| is_allowed(it.version())).copied();
        let of_carried = || {
            let found = carried.iter().find(|it| is_allowed(it.version))?;
            Provider::new(found.open())
        };
        if let Some(found) = of_pinned.or_else(of_carried) {
            return ProviderChoice::Found(found);
        }
        let pinned = pinned.iter().map(|it| it.version());
        let mut versions: Vec<&str> = pinned.chain(carried.iter().map(|it| it.version)).collect();
        if versions.is_empty() {
            return ProviderChoice::Unknown;
        }
        versions.sort_by(|one, two| compare(two, one));
        versions.dedup();
        ProviderChoice::NoVersion(versions)
    }

    /// What a chart takes: as the fleet pins it, in that version or the newest one, else as this version
    /// carries it. Nothing where neither knows the chart.
    pub(crate) fn chart(&self, name: &str, version: Option<&str>) -> Option<ChartCatalog<'_>> {
        let mut pinned: Vec<&Catalog> = self
            .pinned
            .iter()
            .filter(|catalog| {
                let header = catalog.header();
                header.kind == CatalogKind::Chart && header.name == name
            })
            .collect();
        pinned.sort_by(|one, two| compare(&one.header().version, &two.header().version));
        let exact = pinned
            .iter()
            .find(|catalog| version == Some(&*catalog.header().version));
        let catalog = exact.or(pinned.last()).copied();
        let embedded = || {
            of_kind(CatalogKind::Chart)
                .find(|embedded| embedded.name == name)
                .map(Embedded::open)
        };
        ChartCatalog::new(catalog.or_else(embedded)?)
    }

    /// Until when versions of a platform's product get fixes: as the fleet pins it, in the newest version, else as
    /// this version carries it.
    pub(crate) fn product(&self, platform: &str, product: &str) -> Option<Product<'_>> {
        let all = self.of_kind(CatalogKind::Support).into_iter();
        let newest = all
            .filter(|catalog| catalog.header().name == platform)
            .max_by(|one, two| compare(&one.header().version, &two.header().version))?;
        Product::of(newest.root(), product)
    }

    /// How many of the days that are known lie before one: what is said of the end of support changes only with it.
    /// Nothing without a day.
    pub(crate) fn days_past(&self, day: Option<&Date>) -> Option<usize> {
        let day = day?;
        let all = self.of_kind(CatalogKind::Support).into_iter();
        Some(
            all.map(|catalog| support::days_past(catalog.root(), day))
                .sum(),
        )
    }

    /// The catalogs of a kind, those that the fleet pins last. What this version carries under a name that the
    /// fleet pins is not among them.
    pub(crate) fn of_kind(&self, kind: CatalogKind) -> Vec<&Catalog> {
        let pinned = self
            .pinned
            .iter()
            .filter(|catalog| catalog.header().kind == kind);
        let is_pinned = |name: &str| pinned.clone().any(|catalog| catalog.header().name == name);
        let mut all: Vec<&Catalog> = of_kind(kind)
            .filter(|embedded| !is_pinned(embedded.name))
            .map(Embedded::open)
            .collect();
        all.extend(pinned);
        all
    }
}

/// How two versions compare; one that is none is before all that are.
fn compare(one: &str, two: &str) -> std::cmp::Ordering {
    match (
        one.parse::<ProviderVersion>(),
        two.parse::<ProviderVersion>(),
    ) {
        (Ok(one), Ok(two)) => one.compare(&two),
        (Err(_), Err(_)) => one.cmp(two),
        (one, two) => Reverse(one.is_err()).cmp(&Reverse(two.is_err())),
    }
}

/// The value at a dotted path. Keys may hold dots, so the longest that is there counts.
fn below<'a>(value: FlatValue<'a>, path: &str) -> Option<FlatValue<'a>> {
    if path.is_empty() {
        return Some(value);
    }
    if let Some(found) = value.get(path) {
        return Some(found);
    }
    path.rmatch_indices('.').find_map(|(at, dot)| {
        let (key, rest) = path.split_at_checked(at)?;
        below(value.get(key)?, rest.strip_prefix(dot)?)
    })
}

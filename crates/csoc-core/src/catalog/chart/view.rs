//! A chart as its catalog says it is.

use super::types::Types;
use crate::catalog::flat::{Catalog, CatalogKind, FlatValue};
use crate::value::Node;

/// What a chart takes.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ChartCatalog<'c> {
    catalog: &'c Catalog,
}

/// One key of a chart, or the element of a list: cheap to copy.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ChartKey<'c>(FlatValue<'c>);

/// Values that are looked at before a key is read.
#[derive(Debug, Clone)]
pub(crate) struct ChartFlag<'c> {
    /// Paths of keys, from the top of the values.
    pub(crate) keys: Vec<Vec<&'c str>>,
    /// Whether one of them must be true, or all must be false.
    pub(crate) holds: bool,
}

/// How deep names are searched: what is deeper is the application's own.
const SEARCHED: usize = 9;

impl<'c> ChartCatalog<'c> {
    /// What a catalog says of a chart; nothing where it is one of something else.
    pub(crate) fn new(catalog: &'c Catalog) -> Option<Self> {
        (catalog.header().kind == CatalogKind::Chart).then_some(Self { catalog })
    }

    /// Its name.
    pub(crate) fn name(self) -> &'c str {
        &self.catalog.header().name
    }

    /// Its version.
    #[cfg(test)]
    pub(crate) fn version(self) -> &'c str {
        &self.catalog.header().version
    }

    /// All values.
    pub(crate) fn values(self) -> ChartKey<'c> {
        ChartKey(
            self.catalog
                .root()
                .get("values")
                .unwrap_or(self.catalog.root()),
        )
    }

    /// The digest of the chart that it was made of.
    pub(crate) fn digest(&self) -> &str {
        &self.catalog.header().digest
    }

    /// The key below a row of names.
    pub(crate) fn at<'k>(self, path: impl IntoIterator<Item = &'k str>) -> Option<ChartKey<'c>> {
        path.into_iter().try_fold(self.values(), ChartKey::child)
    }

    /// Whether a key is that of a chart below.
    #[cfg_attr(
        not(test),
        expect(
            dead_code,
            reason = "whoever asks which charts of a release are on comes next"
        )
    )]
    pub(crate) fn is_chart(self, key: &str) -> bool {
        self.conditions(key).is_some()
    }

    /// The keys that decide whether a chart below is rendered, the first one set counts.
    pub(crate) fn conditions(self, key: &str) -> Option<Vec<Vec<&'c str>>> {
        let conditions = self.catalog.root().path(["charts", key])?;
        Some(
            conditions
                .items()
                .map(|path| path.items().filter_map(FlatValue::str).collect())
                .collect(),
        )
    }

    /// A place of the chart as `file:line`.
    fn place(self, place: FlatValue<'_>) -> Option<String> {
        let mut numbers = place.items().filter_map(FlatValue::integer);
        let file = usize::try_from(numbers.next()?).ok()?;
        let line = numbers.next()?;
        let path = self.catalog.root().get("files")?.items().nth(file)?.str()?;
        Some(format!("{path}:{line}"))
    }

    /// Where a values file of the chart declares a key.
    pub(crate) fn declared_at(self, key: ChartKey<'_>) -> Option<String> {
        self.place(key.0.get("at")?)
    }

    /// Where a template reads a key.
    pub(crate) fn read_at(self, key: ChartKey<'_>) -> Option<String> {
        self.place(key.0.get("by")?)
    }

    /// Paths of keys of a name, sorted: below one key at the top, or below any.
    pub(crate) fn places_of(self, name: &str, top: Option<&str>) -> Vec<String> {
        let mut places = Vec::new();
        for (first, key) in self.values().children() {
            if top.is_none_or(|top| top == first) {
                if first == name {
                    places.push(first.to_owned());
                }
                search(key, name, &mut vec![first], &mut places);
            }
        }
        places
    }
}

fn search<'c>(key: ChartKey<'c>, name: &str, path: &mut Vec<&'c str>, places: &mut Vec<String>) {
    if path.len() == SEARCHED {
        return;
    }
    for (child_name, child) in key.children() {
        path.push(child_name);
        if child_name == name {
            places.push(path.join("."));
        }
        search(child, name, path, places);
        path.pop();
    }
}

impl<'c> ChartKey<'c> {
    /// The key below it.
    pub(crate) fn child(self, name: &str) -> Option<Self> {
        self.0.get("k")?.get(name).map(Self)
    }

    /// The keys below it, sorted.
    pub(crate) fn children(self) -> impl Iterator<Item = (&'c str, Self)> {
        self.0
            .get("k")
            .into_iter()
            .flat_map(FlatValue::entries)
            .map(|(name, key)| (name, Self(key)))
    }

    /// Whether keys are known below it.
    pub(crate) fn has_children(self) -> bool {
        self.0.get("k").is_some()
    }

    /// What stands for each item of a list, or for the value of any key.
    pub(crate) fn element(self) -> Option<Self> {
        self.0.get("e").map(Self)
    }

    fn holds(self, name: &str) -> bool {
        self.0.get(name).is_some()
    }

    /// Whether any key may stand below it.
    pub(crate) fn is_open(self) -> bool {
        self.holds("o")
    }

    /// Whether all that is below it is used, whatever it is.
    pub(crate) fn is_whole(self) -> bool {
        self.holds("w")
    }

    /// Whether no template reads it, or anything below it.
    pub(crate) fn is_unused(self) -> bool {
        self.holds("u")
    }

    /// Whether a template reads it.
    #[cfg(test)]
    pub(crate) fn is_read(self) -> bool {
        self.holds("by")
    }

    /// Whether a values file of the chart declares it.
    pub(crate) fn is_declared(self) -> bool {
        self.holds("at")
    }

    /// The kinds of its defaults.
    pub(crate) fn types(self) -> Types {
        let bits = self.0.get("t").and_then(FlatValue::integer);
        Types::from_bits(
            bits.and_then(|bits| u8::try_from(bits).ok())
                .unwrap_or_default(),
        )
    }

    /// The default, where it is a single value.
    pub(crate) fn default(self) -> Option<Node> {
        self.0.get("d").map(FlatValue::to_node)
    }

    /// How many items or keys the default has, where it is a list or map.
    pub(crate) fn default_count(self) -> Option<i64> {
        self.0.get("n").and_then(FlatValue::integer)
    }

    /// Sets of flags, all of one of which must be so for the key to be read; none where it always is.
    pub(crate) fn gates(self) -> impl Iterator<Item = Vec<ChartFlag<'c>>> {
        self.0
            .get("g")
            .into_iter()
            .flat_map(FlatValue::items)
            .map(|set| {
                set.items()
                    .map(|flag| ChartFlag {
                        keys: flag
                            .get("k")
                            .into_iter()
                            .flat_map(FlatValue::items)
                            .map(|path| path.items().filter_map(FlatValue::str).collect())
                            .collect(),
                        holds: flag.get("h").and_then(FlatValue::bool) == Some(true),
                    })
                    .collect()
            })
    }
}

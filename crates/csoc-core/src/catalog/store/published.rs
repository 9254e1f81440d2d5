//! Charts of others in the version that somebody runs, or in the nearest one that is known.

use super::{Catalogs, compare};
use crate::catalog::chart::ChartCatalog;
use crate::catalog::embedded::{Embedded, of_kind};
use crate::catalog::flat::{Catalog, CatalogKind};

/// How the version of a chart starts that was read from a commit: the commit follows.
const COMMIT: &str = "0.0.0+";

/// What is known of a chart that somebody else publishes.
#[derive(Debug, Clone, Copy)]
pub(crate) struct PublishedChart<'c> {
    /// What it takes.
    pub(crate) chart: ChartCatalog<'c>,
    /// The version that this was read from, where it is another than was asked for: its keys may be others.
    pub(crate) other_version: Option<&'c str>,
}

impl Catalogs {
    /// A chart in a version: as the fleet pins it, else as this version carries it; else the nearest that either has.
    ///
    /// The nearest is the newest of the same first number, else the newest. Nothing where nobody knows the chart.
    pub(crate) fn published(&self, name: &str, version: &str) -> Option<PublishedChart<'_>> {
        let pinned = self.pinned.iter().filter(|catalog| {
            let header = catalog.header();
            header.kind == CatalogKind::Chart && header.name == name
        });
        let carried = of_kind(CatalogKind::Chart).filter(|embedded| embedded.name == name);
        let mut all: Vec<&Catalog> = carried.map(Embedded::open).collect();
        all.extend(pinned);
        let known = |catalog: &Catalog| catalog.header().version.clone();
        // What the fleet pins comes last, and counts.
        let exact = all.iter().rev().find(|it| is_version(&known(it), version));
        let nearest = || {
            all.iter().max_by(|one, two| {
                let (one, two) = (known(one), known(two));
                let same = |text: &str| first_number(text) == first_number(version);
                let order = same(&one).cmp(&same(&two));
                order.then_with(|| compare(bare(&one), bare(&two)))
            })
        };
        let catalog = *exact.or_else(nearest)?;
        Some(PublishedChart {
            chart: ChartCatalog::new(catalog)?,
            other_version: exact.is_none().then_some(catalog.header().version.as_str()),
        })
    }
}

/// A version without the letter that some charts begin theirs with.
fn bare(version: &str) -> &str {
    version.strip_prefix('v').unwrap_or(version)
}

fn first_number(version: &str) -> Option<&str> {
    bare(version).split('.').next()
}

/// Whether a catalog's version is the one that is asked for: a chart from git is asked for by its whole commit.
fn is_version(known: &str, wanted: &str) -> bool {
    match known.strip_prefix(COMMIT) {
        Some(commit) => wanted.starts_with(commit),
        None => bare(known) == bare(wanted),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_version_stands_for_one_that_is_not_known() {
        let catalogs = Catalogs::embedded();
        let version = |name: &str, version: &str| {
            let found = catalogs.published(name, version)?;
            let is = found.chart.version();
            Some((is, found.other_version.is_some()))
        };
        for (name, asked, found) in [
            ("alloy", "0.4.0", Some(("0.4.0", false))),
            ("alloy", "1.10.0", Some(("1.11.1", true))),
            ("alloy", "0.12.5", Some(("0.4.0", true))),
            ("alloy", "7.0.0", Some(("1.11.1", true))),
            ("cert-manager", "1.17.2", Some(("v1.17.2", false))),
            ("karpenter", "1.10.0", Some(("1.14.1", true))),
            ("nvidia-device-plugin", "v0.18.0", Some(("0.18.0", false))),
            (
                "csoc",
                "592db945faedf143342337f611338615107a01c8",
                Some(("0.0.0+592db945", false)),
            ),
            ("nobody", "1.0.0", None),
        ] {
            assert_eq!(version(name, asked), found, "{name} {asked}");
        }
    }
}

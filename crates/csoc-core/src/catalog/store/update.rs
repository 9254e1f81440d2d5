//! Moving a fleet's pins to what this version of csoc carries.

use std::collections::BTreeSet;

use camino::{Utf8Path, Utf8PathBuf};
use fs_err as fs;
use serde::Serialize;

use super::add::replace;
use super::lock::{self, Lock, Pin};
use super::wanted::Wanted;
use super::{CatalogEntry, CatalogError, Catalogs, compare};
use crate::catalog::embedded::{EMBEDDED, Embedded};
use crate::catalog::flat::{Catalog, CatalogKind, Header};
use crate::catalog::provider::ProviderVersion;

/// What `csoc catalog update` did to a fleet.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
#[non_exhaustive]
pub struct CatalogUpdate {
    /// The lock's edition, where it was another than the fleet's.
    pub edition: Option<EditionMove>,
    /// What is pinned anew or differently.
    pub moved: Vec<CatalogMove>,
    /// What stays as it is pinned.
    pub kept: Vec<CatalogEntry>,
    /// What the fleet names and neither its lock nor this version of csoc has: `provider hashicorp/aws ~> 7.0`.
    pub missing: Vec<String>,
}

/// The edition of a lock that followed its fleet's.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct EditionMove {
    /// What the lock said; nothing where it said none.
    pub from: Option<String>,
    /// What it says now.
    pub to: String,
}

/// One pin that moved.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct CatalogMove {
    /// What was pinned; nothing where it is new.
    pub from: Option<CatalogEntry>,
    /// What is pinned now.
    pub to: CatalogEntry,
}

impl CatalogUpdate {
    /// Whether the lock is as it was.
    pub fn is_unchanged(&self) -> bool {
        self.moved.is_empty() && self.edition.is_none()
    }
}

impl Catalogs {
    /// Moves the pins of the fleet in a directory to what this version carries, and pins what is wanted and is not.
    ///
    /// With names, only those catalogs; what somebody added moves only then.
    /// Catalogs are written first, then the lock, and last what is no longer
    /// pinned is removed: an interruption leaves a fleet that is whole.
    pub(crate) fn update(
        fleet: &Utf8Path,
        edition: &str,
        wanted: &[Wanted],
        names: &[(String, String)],
    ) -> Result<CatalogUpdate, CatalogError> {
        let only = chosen(names)?;
        let before = Lock::read(fleet)?;
        let mut lock = before.clone().unwrap_or_default();
        let mut update = CatalogUpdate::default();
        if lock.edition.as_deref() != Some(edition) {
            update.edition = Some(EditionMove {
                from: lock.edition.replace(edition.to_owned()),
                to: edition.to_owned(),
            });
        }
        let is_chosen =
            |header: &Header| only.is_empty() || only.contains(&(header.kind, &*header.name));
        let mut written: Vec<(Utf8PathBuf, &'static [u8])> = Vec::new();
        let mut gone: Vec<Utf8PathBuf> = Vec::new();
        for pin in lock.pins.clone() {
            let is_named = only.contains(&(pin.header.kind, &*pin.header.name));
            let moves = is_chosen(&pin.header) && (pin.carried.is_some() || is_named);
            let next = if moves { carried(&pin.header) } else { None };
            let Some((embedded, header)) = next else {
                continue;
            };
            let place = lock::place(&header)?;
            let is_same = header == pin.header;
            if is_same && fs::read(fleet.join(&place)).is_ok_and(|there| there == embedded.bytes) {
                continue;
            }
            written.push((place.clone(), embedded.bytes));
            if !is_same {
                let old = lock::place(&pin.header)?;
                if old != place {
                    gone.push(old);
                }
                lock.pins.retain(|one| one.header != pin.header);
                pin_carried(&mut lock, header.clone());
            }
            update.moved.push(CatalogMove {
                from: Some(CatalogEntry::new(&pin.header, true)),
                to: CatalogEntry::new(&header, true),
            });
        }
        for want in new_wants(wanted, &only) {
            if lock.pins.iter().any(|pin| want.is_covered_by(&pin.header)) {
                continue;
            }
            let Some((embedded, header)) = best(&want) else {
                update.missing.push(want.to_string());
                continue;
            };
            written.push((lock::place(&header)?, embedded.bytes));
            pin_carried(&mut lock, header.clone());
            update.moved.push(CatalogMove {
                from: None,
                to: CatalogEntry::new(&header, true),
            });
        }
        update.moved.sort_by(|one, two| one.to.cmp(&two.to));
        let moved: BTreeSet<CatalogEntry> = update.moved.iter().map(|one| one.to.clone()).collect();
        update.kept = lock
            .pins
            .iter()
            .map(|pin| CatalogEntry::new(&pin.header, true))
            .filter(|entry| !moved.contains(entry))
            .collect();
        write(fleet, &lock, before.as_ref(), &written, &gone)?;
        Ok(update)
    }
}

fn write(
    fleet: &Utf8Path,
    lock: &Lock,
    before: Option<&Lock>,
    written: &[(Utf8PathBuf, &'static [u8])],
    gone: &[Utf8PathBuf],
) -> Result<(), CatalogError> {
    for (place, bytes) in written {
        replace(&fleet.join(place), bytes)?;
    }
    if before != Some(lock) {
        let path = fleet.join(lock::NAME);
        let text = lock.text().map_err(|error| CatalogError::Lock {
            path: path.clone(),
            reason: error.to_string(),
        })?;
        replace(&path, text.as_bytes())?;
    }
    let kept: BTreeSet<Utf8PathBuf> = lock
        .pins
        .iter()
        .filter_map(|pin: &Pin| lock::place(&pin.header).ok())
        .collect();
    for place in gone.iter().filter(|place| !kept.contains(*place)) {
        // What stays behind is pinned by nothing, and so it is read by nothing.
        let _ = fs::remove_file(fleet.join(place));
    }
    Ok(())
}

fn pin_carried(lock: &mut Lock, header: Header) {
    lock.pin(header, Some(env!("CARGO_PKG_VERSION").to_owned()));
}

/// The catalogs that are named, each of which this version carries.
fn chosen(names: &[(String, String)]) -> Result<BTreeSet<(CatalogKind, &str)>, CatalogError> {
    names
        .iter()
        .map(|(kind, name)| {
            let parsed: CatalogKind = kind
                .parse()
                .map_err(|()| CatalogError::Kind { kind: kind.clone() })?;
            let is_carried = EMBEDDED
                .iter()
                .any(|one| one.kind == parsed && one.name == *name);
            if is_carried {
                Ok((parsed, name.as_str()))
            } else {
                Err(CatalogError::NotCarried {
                    kind: kind.clone(),
                    name: name.clone(),
                })
            }
        })
        .collect()
}

/// What is to be pinned beside what is: what the fleet wants, or what was named.
fn new_wants(wanted: &[Wanted], only: &BTreeSet<(CatalogKind, &str)>) -> Vec<Wanted> {
    if only.is_empty() {
        return wanted.to_vec();
    }
    only.iter()
        .map(|(kind, name)| {
            let of_fleet = wanted
                .iter()
                .find(|want| want.kind == *kind && want.name == **name);
            of_fleet
                .cloned()
                .unwrap_or_else(|| Wanted::any(*kind, *name))
        })
        .collect()
}

/// What this version carries in place of a pin: of a provider the newest of the same major version, where there is one.
fn carried(pinned: &Header) -> Option<(&'static Embedded, Header)> {
    let all = of_name(pinned.kind, &pinned.name);
    let major = |version: &str| {
        let version: Option<ProviderVersion> = version.parse().ok();
        version.map(|version| version.major())
    };
    let is_line = |header: &Header| {
        pinned.kind != CatalogKind::Provider || major(&header.version) == major(&pinned.version)
    };
    newest(all.into_iter().filter(|(_, header)| is_line(header)))
}

/// The newest that this version carries and that is what is wanted.
fn best(want: &Wanted) -> Option<(&'static Embedded, Header)> {
    let all = of_name(want.kind, &want.name).into_iter();
    newest(all.filter(|(_, header)| want.is_covered_by(header)))
}

fn newest(
    all: impl Iterator<Item = (&'static Embedded, Header)>,
) -> Option<(&'static Embedded, Header)> {
    all.max_by(|(_, one), (_, two)| compare(&one.version, &two.version))
}

fn of_name(kind: CatalogKind, name: &str) -> Vec<(&'static Embedded, Header)> {
    EMBEDDED
        .iter()
        .filter(|embedded| embedded.kind == kind && embedded.name == name)
        .filter_map(|embedded| Some((embedded, Catalog::peek(embedded.bytes).ok()?)))
        .collect()
}

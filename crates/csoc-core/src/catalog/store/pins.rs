//! The catalogs of a fleet, opened: what `csoc.lock` pins, and what is wrong with it.

use std::io;
use std::sync::Arc;

use camino::Utf8Path;
use fs_err as fs;
use rayon::prelude::*;

use super::lock::{self, Lock, Pin, Problem, ReadLock};
use super::{CatalogError, Catalogs};
use crate::catalog::flat::Catalog;
use crate::diagnostic::{Report, Root};
use crate::span::{FileId, SourceFile, Sources};

impl Catalogs {
    /// Those that this version carries, and those that the fleet in a directory pins.
    ///
    /// The first thing that is wrong with the lock or with what it pins is the
    /// error; a fleet that loads says all of it in its report.
    pub fn load(fleet: impl AsRef<Utf8Path>) -> Result<Self, CatalogError> {
        let fleet = fleet.as_ref();
        let Some(text) = lock::text(fleet)? else {
            return Ok(Self::default());
        };
        let id = Sources::default().add(SourceFile::new(lock::NAME, ""));
        let (catalogs, problems) = Self::parse(fleet, fleet, &text, id)?;
        match problems.into_iter().next() {
            Some(problem) => Err(problem.error),
            None => Ok(catalogs),
        }
    }

    /// The same as far as it can be used, with a report of all that cannot.
    pub fn read(fleet: impl AsRef<Utf8Path>) -> Result<(Self, Report), CatalogError> {
        let fleet = fleet.as_ref();
        let Some(text) = lock::text(fleet)? else {
            return Ok((Self::default(), Report::default()));
        };
        let mut sources = Sources::default();
        let id = sources.add(SourceFile::new(lock::NAME, &*text));
        let (catalogs, problems) = Self::parse(fleet, Utf8Path::new(""), &text, id)?;
        let found = problems
            .iter()
            .map(|problem| problem.finding().resolve(&sources, Root::Fleet));
        Ok((catalogs, Report::new(found.collect())))
    }

    fn parse(
        fleet: &Utf8Path,
        root: &Utf8Path,
        text: &str,
        id: FileId,
    ) -> Result<(Self, Vec<Problem>), CatalogError> {
        let ReadLock { lock, mut problems } = Lock::parse(text, id, &root.join(lock::NAME))?;
        let (catalogs, more) = Self::open(&lock, root, |place| {
            fs::read(fleet.join(place)).map(Into::into)
        });
        problems.extend(more);
        Ok((catalogs, problems))
    }

    /// What a lock pins, as far as it is what the lock says. `root` is for messages.
    pub(crate) fn open(
        lock: &Lock,
        root: &Utf8Path,
        read: impl Fn(&Utf8Path) -> io::Result<Arc<[u8]>> + Sync,
    ) -> (Self, Vec<Problem>) {
        let opened: Vec<Result<Catalog, Problem>> = lock
            .pins
            .par_iter()
            .map(|pin| {
                open(pin, root, &read).map_err(|error| Problem {
                    error,
                    place: pin.place,
                })
            })
            .collect();
        let mut pinned = Vec::with_capacity(opened.len());
        let mut problems = Vec::new();
        for one in opened {
            match one {
                Ok(catalog) => pinned.push(catalog),
                Err(problem) => problems.push(problem),
            }
        }
        pinned.sort_by(|one, two| one.header().cmp(two.header()));
        (Self { pinned }, problems)
    }
}

fn open(
    pin: &Pin,
    root: &Utf8Path,
    read: impl Fn(&Utf8Path) -> io::Result<Arc<[u8]>>,
) -> Result<Catalog, CatalogError> {
    let place = lock::place(&pin.header)?;
    let path = root.join(&place);
    let bytes = read(&place).map_err(|source| CatalogError::Read {
        path: path.clone(),
        source,
    })?;
    let catalog = Catalog::open(&bytes).map_err(|error| CatalogError::Damaged {
        path: path.clone(),
        reason: error.to_string(),
    })?;
    if catalog.header() != &pin.header {
        return Err(CatalogError::NotPinned { path });
    }
    Ok(catalog)
}

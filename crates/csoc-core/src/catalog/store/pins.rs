//! The catalogs of a fleet, opened: what `csoc.lock` pins, and what is wrong with it.

use std::collections::BTreeMap;
use std::io;
use std::sync::Arc;

use camino::{Utf8Path, Utf8PathBuf};
use fs_err as fs;
use rayon::prelude::*;

use super::lock::{self, Lock, Pin, Problem, ReadLock};
use super::{CatalogError, Catalogs};
use crate::catalog::flat::Catalog;
use crate::diagnostic::{Report, Root};
use crate::span::{SourceFile, Sources};

impl Catalogs {
    /// Those that this version carries, and those that the fleet in a directory pins.
    ///
    /// The first thing that is wrong with the lock or with what it pins is the
    /// error; a fleet that loads says all of it in its report.
    pub fn load(fleet: impl AsRef<Utf8Path>) -> Result<Self, CatalogError> {
        let fleet = fleet.as_ref();
        let Some(lock) = Lock::read(fleet)? else {
            return Ok(Self::default());
        };
        let (catalogs, problems) = Self::open(&lock, fleet, |place| {
            fs::read(fleet.join(place)).map(Into::into)
        });
        match problems.into_iter().next() {
            Some(problem) => Err(problem.error),
            None => Ok(catalogs),
        }
    }

    /// The same as far as it can be used, with a report of all that cannot.
    pub fn read(fleet: impl AsRef<Utf8Path>) -> Result<(Self, Report), CatalogError> {
        Self::from_files(&Self::files(fleet)?)
    }

    /// The files of a fleet directory that are about catalogs, by their path: its lock and what that pins.
    ///
    /// What cannot be read is left out, and missing where they are used.
    pub fn files(
        fleet: impl AsRef<Utf8Path>,
    ) -> Result<BTreeMap<Utf8PathBuf, Arc<[u8]>>, CatalogError> {
        let fleet = fleet.as_ref();
        let mut files = BTreeMap::new();
        let Some(text) = lock::text(fleet)? else {
            return Ok(files);
        };
        let id = Sources::default().add(SourceFile::new(lock::NAME, ""));
        let ReadLock { lock, .. } = Lock::parse(&text, id, &fleet.join(lock::NAME))?;
        for pin in &lock.pins {
            let place = lock::place(&pin.header)?;
            if let Ok(bytes) = fs::read(fleet.join(&place)) {
                files.insert(place, bytes.into());
            }
        }
        files.insert(lock::NAME.into(), text.into_bytes().into());
        Ok(files)
    }

    /// Those that this version carries, and those that the lock among these files pins, with a report of what is
    /// wrong with it.
    pub fn from_files(
        files: &BTreeMap<Utf8PathBuf, Arc<[u8]>>,
    ) -> Result<(Self, Report), CatalogError> {
        let Some(bytes) = files.get(Utf8Path::new(lock::NAME)) else {
            return Ok((Self::default(), Report::default()));
        };
        let text = String::from_utf8_lossy(bytes);
        let mut sources = Sources::default();
        let id = sources.add(SourceFile::new(lock::NAME, &*text));
        let root = Utf8Path::new("");
        let ReadLock { lock, mut problems } = Lock::parse(&text, id, &root.join(lock::NAME))?;
        let (catalogs, more) = Self::open(&lock, root, |place| {
            let missing = || io::Error::from(io::ErrorKind::NotFound);
            files.get(place).cloned().ok_or_else(missing)
        });
        problems.extend(more);
        let found = problems
            .iter()
            .map(|problem| problem.finding().resolve(&sources, Root::Fleet));
        Ok((catalogs, Report::new(found.collect())))
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

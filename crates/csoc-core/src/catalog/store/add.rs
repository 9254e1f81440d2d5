//! Adding a catalog to a fleet: one file below `catalogs/`, one line of `csoc.lock`.

use camino::{Utf8Path, Utf8PathBuf};
use fs_err as fs;

use super::lock::{self, Lock};
use super::upstream::{self, Upstream};
use super::{CatalogEntry, CatalogError, Catalogs};
use crate::catalog::flat::{CatalogKind, Header, encode};

/// What a file does not say of itself.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct AddOptions {
    /// The name, or which one is meant where a file is about several.
    pub name: Option<String>,
    /// The version.
    pub version: Option<String>,
    /// Where the facts come from, for people; the file's name where it is not said.
    pub source: Option<String>,
}

impl AddOptions {
    /// With that name.
    #[must_use]
    pub fn name(mut self, name: Option<String>) -> Self {
        self.name = name;
        self
    }

    /// With that version.
    #[must_use]
    pub fn version(mut self, version: Option<String>) -> Self {
        self.version = version;
        self
    }

    /// With that source.
    #[must_use]
    pub fn source(mut self, source: Option<String>) -> Self {
        self.source = source;
        self
    }
}

impl Catalogs {
    /// Makes a catalog of a file, writes it below the fleet's `catalogs/` and pins it in its `csoc.lock`.
    ///
    /// Both files are replaced at once, the lock last: an interruption leaves
    /// the fleet with the catalogs that it had.
    pub fn add(
        fleet: impl AsRef<Utf8Path>,
        kind: &str,
        file: impl AsRef<Utf8Path>,
        options: &AddOptions,
    ) -> Result<CatalogEntry, CatalogError> {
        let (fleet, file) = (fleet.as_ref(), file.as_ref());
        if !fleet.join("fleet.yaml").is_file() {
            return Err(CatalogError::NoFleet {
                path: fleet.to_owned(),
            });
        }
        let kind: CatalogKind = kind.parse().map_err(|()| CatalogError::Kind {
            kind: kind.to_owned(),
        })?;
        let mut lock = Lock::read(fleet)?.unwrap_or_default();
        let upstream = choose(upstream::read(kind, file)?, file, options)?;
        let header = header(kind, file, &upstream, options)?;
        let place = lock::place(&header)?;
        let bytes = encode(&header, &upstream.tree).map_err(|error| CatalogError::Damaged {
            path: file.to_owned(),
            reason: error.to_string(),
        })?;
        lock.pin(header.clone(), None);
        let path = fleet.join(lock::NAME);
        let text = lock.text().map_err(|error| CatalogError::Lock {
            path: path.clone(),
            reason: error.to_string(),
        })?;
        replace(&fleet.join(place), &bytes)?;
        replace(&path, text.as_bytes())?;
        Ok(CatalogEntry::new(&header, true))
    }
}

/// The one thing of a file that is meant.
fn choose(
    mut all: Vec<Upstream>,
    file: &Utf8Path,
    options: &AddOptions,
) -> Result<Upstream, CatalogError> {
    let available = || all.iter().filter_map(|one| one.name.clone()).collect();
    let unnamed = |available| CatalogError::Unnamed {
        path: file.to_owned(),
        missing: "a name",
        available,
    };
    let at = match &options.name {
        _ if all.len() == 1 => Some(0),
        Some(name) => all.iter().position(|one| one.name.as_ref() == Some(name)),
        None => None,
    };
    match at {
        Some(at) => Ok(all.swap_remove(at)),
        None => Err(unnamed(available())),
    }
}

fn header(
    kind: CatalogKind,
    file: &Utf8Path,
    upstream: &Upstream,
    options: &AddOptions,
) -> Result<Header, CatalogError> {
    let unnamed = |missing| CatalogError::Unnamed {
        path: file.to_owned(),
        missing,
        available: Vec::new(),
    };
    let name = options.name.clone().or_else(|| upstream.name.clone());
    let version = options.version.clone().or_else(|| upstream.version.clone());
    let source = options.source.clone();
    Ok(Header {
        kind,
        name: name.ok_or_else(|| unnamed("a name"))?,
        version: version.ok_or_else(|| unnamed("a version"))?,
        // Never the whole path: it would differ from machine to machine.
        source: source.unwrap_or_else(|| file.file_name().unwrap_or_default().to_owned()),
        digest: upstream.digest.clone(),
        reader: upstream.reader,
    })
}

/// Gives a file its new content at once.
pub(super) fn replace(path: &Utf8Path, bytes: &[u8]) -> Result<(), CatalogError> {
    let failed = |path: &Utf8Path| {
        let path = path.to_owned();
        move |source| CatalogError::Write { path, source }
    };
    if let Some(directory) = path.parent() {
        fs::create_dir_all(directory).map_err(failed(directory))?;
    }
    let aside = Utf8PathBuf::from(format!("{path}.new"));
    let written = fs::write(&aside, bytes)
        .map_err(failed(&aside))
        .and_then(|()| fs::rename(&aside, path).map_err(failed(path)));
    if written.is_err() {
        // What was written so far is of no use to anyone.
        let _ = fs::remove_file(&aside);
    }
    written
}

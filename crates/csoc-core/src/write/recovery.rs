//! Finishing what a killed render began.

use std::collections::BTreeMap;

use rayon::prelude::*;

use super::disk::Disk;
use super::error::WriteError;
use super::home::Home;
use super::index::Index;
use super::manifest::{Manifest, Pending};
use super::survey::{Found, Survey};
use super::writer::Mode;

/// The manifest of a root; if a render was killed while it moved files, the manifest of what it came to.
///
/// To compare, that is only computed.
pub(crate) fn load(disk: &Disk, home: &Home, mode: Mode) -> Result<Manifest, WriteError> {
    let path = home.manifest();
    let manifest = match Home::read(&path)? {
        // After a crash of the machine it may be there and empty: then files are taken over by their content.
        Some(text) if !text.is_empty() => Manifest::parse(&text, &path)?,
        _ => Manifest::default(),
    };
    let path = home.pending();
    let Some(text) = Home::read(&path)? else {
        return Ok(manifest);
    };
    let recovered = match Pending::parse(&text, &path) {
        Ok(pending) => reconcile(home, &manifest, pending)?,
        // It appears whole or not at all, unless the machine crashed; then files are taken over by their content.
        Err(WriteError::Syntax { .. }) => manifest.clone(),
        Err(error) => return Err(error),
    };
    if mode == Mode::Write {
        if recovered != manifest {
            home.replace(disk, &home.manifest(), &recovered.to_text())?;
        }
        disk.remove_file(&path)?;
    }
    Ok(recovered)
}

/// The manifest of what is on disk: new where the new content is, else old.
fn reconcile(home: &Home, old: &Manifest, pending: Pending) -> Result<Manifest, WriteError> {
    let (survey, nothing) = (Survey::new(home.root()), Index::default());
    let Pending {
        manifest: Manifest {
            versions,
            files: new,
        },
        removals,
    } = pending;
    let new: Vec<_> = new.into_iter().collect();
    let entries: Vec<_> = new
        .into_par_iter()
        .map(|(path, entry)| {
            let listed = old.entry(&path);
            let is_new = listed.is_some_and(|listed| listed.digest == entry.digest)
                || matches!(survey.find(&path, &nothing)?, Found::File(found) if found.digest == entry.digest);
            let entry = if is_new { Some(entry) } else { listed.cloned() };
            Ok(entry.map(|entry| (path, entry)))
        })
        .collect();
    let entries: Vec<_> = entries.into_iter().collect::<Result<_, WriteError>>()?;
    let mut files: BTreeMap<_, _> = entries.into_iter().flatten().collect();
    for path in removals {
        if let Some(listed) = old.entry(&path)
            && survey.find(&path, &nothing)? != Found::Absent
        {
            files.entry(path).or_insert_with(|| listed.clone());
        }
    }
    Ok(Manifest { versions, files })
}

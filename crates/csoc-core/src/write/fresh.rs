//! A new directory, all at once: staged beside its place, and renamed into it.

use std::io;
use std::sync::Arc;

use camino::{Utf8Path, Utf8PathBuf};
use fs_err as fs;

/// Why a new directory was not written. Nothing is left of it.
#[derive(Debug, thiserror::Error)]
pub(crate) enum FreshError {
    /// There is something at its place.
    #[error("`{path}` is not empty")]
    NotEmpty {
        /// The place.
        path: Utf8PathBuf,
    },
    /// Writing failed.
    #[error("failed to write `{path}`")]
    Io {
        /// What was written.
        path: Utf8PathBuf,
        /// Why.
        source: io::Error,
    },
}

/// Writes files below a directory that is empty or not there: all of them or none.
///
/// The directory is there with everything in it, or it is as it was: files are
/// staged in a directory beside it, which takes its name at the end.
pub(crate) fn write_fresh<'a>(
    root: &Utf8Path,
    files: impl Iterator<Item = (&'a Utf8Path, &'a Arc<[u8]>)>,
) -> Result<(), FreshError> {
    let failed = |source| FreshError::Io {
        path: root.to_owned(),
        source,
    };
    let is_there = match fs::read_dir(root) {
        Ok(mut entries) => match entries.next() {
            Some(_) => {
                return Err(FreshError::NotEmpty {
                    path: root.to_owned(),
                });
            }
            None => true,
        },
        Err(error) if error.kind() == io::ErrorKind::NotFound => false,
        Err(error) if error.kind() == io::ErrorKind::NotADirectory => {
            return Err(FreshError::NotEmpty {
                path: root.to_owned(),
            });
        }
        Err(error) => return Err(failed(error)),
    };
    let parent = match root.parent() {
        Some(parent) if !parent.as_str().is_empty() => parent.to_owned(),
        _ => Utf8PathBuf::from("."),
    };
    let made = missing(&parent);
    fs::create_dir_all(&parent).map_err(failed)?;
    let name = root.file_name().unwrap_or("out");
    let stage = parent.join(format!(".{name}.{}.csoc-stage", std::process::id()));
    let done = stage_all(&stage, files).and_then(|()| {
        if is_there {
            fs::remove_dir(root)?;
        }
        fs::rename(&stage, root)
    });
    done.map_err(|error| {
        // What was made is taken back; that this fails too changes nothing for the caller.
        let _ = fs::remove_dir_all(&stage);
        if is_there {
            let _ = fs::create_dir(root);
        }
        for directory in made {
            let _ = fs::remove_dir(directory);
        }
        failed(error)
    })
}

/// The directories that are not there yet, the deepest first.
fn missing(path: &Utf8Path) -> Vec<Utf8PathBuf> {
    path.ancestors()
        .take_while(|directory| !directory.as_str().is_empty() && !directory.exists())
        .map(Utf8Path::to_owned)
        .collect()
}

fn stage_all<'a>(
    stage: &Utf8Path,
    files: impl Iterator<Item = (&'a Utf8Path, &'a Arc<[u8]>)>,
) -> io::Result<()> {
    // One that a killed process left is nobody's.
    if stage.exists() {
        fs::remove_dir_all(stage)?;
    }
    fs::create_dir(stage)?;
    for (path, bytes) in files {
        let place = stage.join(path);
        if let Some(parent) = place.parent() {
            fs::create_dir_all(parent)?;
        }
        fs::write(place, bytes)?;
    }
    Ok(())
}

//! Edits of files that people own: all of them or none, and none that somebody else changed meanwhile.

use std::io;
use std::path::{Path, PathBuf};

use camino::{Utf8Path, Utf8PathBuf};
use fs_err as fs;

/// Why files were not edited. All are as they were.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum EditError {
    /// A file is not what it was when it was read.
    #[error("`{path}` was changed by somebody else meanwhile; nothing was written")]
    Changed {
        /// The file, below the directory.
        path: Utf8PathBuf,
    },
    /// A link leads out of the directory.
    #[error("`{path}` lies outside of the directory; nothing was written")]
    Outside {
        /// The file, below the directory.
        path: Utf8PathBuf,
    },
    /// Writing failed.
    #[error("failed to write `{path}`")]
    Io {
        /// The file, below the directory.
        path: Utf8PathBuf,
        /// Why.
        source: io::Error,
    },
}

/// A file's new text, and what it was read as.
#[derive(Debug, Clone, Copy)]
pub(crate) struct FileEdit<'a> {
    /// The file, below the directory.
    pub(crate) path: &'a Utf8Path,
    /// What was read; nothing where the file is new.
    pub(crate) before: Option<&'a [u8]>,
    /// What it is to be.
    pub(crate) after: &'a [u8],
}

/// Writes texts over files below a directory, as [`write_edits`] does; `before` is what each was read as.
pub(crate) fn write_over<'a>(
    root: &Path,
    files: impl Iterator<Item = (&'a Utf8Path, &'a [u8])>,
    before: impl Fn(&Utf8Path) -> Option<&'a [u8]>,
) -> Result<(), EditError> {
    let edits: Vec<FileEdit<'a>> = files
        .map(|(path, after)| FileEdit {
            path,
            before: before(path),
            after,
        })
        .collect();
    write_edits(root, &edits)
}

/// Edits files below a directory.
///
/// Each new text is staged beside its file, with its permissions; a link inside
/// of the directory stays a link. If one cannot take its place, those that did
/// are put back. A process that is killed in between leaves each file old or
/// new and whole, and the others' texts beside them.
pub(crate) fn write_edits(root: &Path, edits: &[FileEdit<'_>]) -> Result<(), EditError> {
    let root = if root.as_os_str().is_empty() {
        Path::new(".")
    } else {
        root
    };
    let mut work = Work::default();
    let result = work.stage(root, edits).and_then(|()| work.place());
    if result.is_err() {
        work.undo();
    }
    work.clean();
    result
}

/// A file on its way.
struct Staged<'a> {
    edit: FileEdit<'a>,
    target: PathBuf,
    new: PathBuf,
    old: PathBuf,
    is_placed: bool,
}

#[derive(Default)]
struct Work<'a> {
    staged: Vec<Staged<'a>>,
    /// Directories that were made for new files, the outer first.
    made: Vec<PathBuf>,
}

impl<'a> Work<'a> {
    fn stage(&mut self, root: &Path, edits: &[FileEdit<'a>]) -> Result<(), EditError> {
        for edit in edits {
            let failed = |source| EditError::Io {
                path: edit.path.to_owned(),
                source,
            };
            let place = root.join(edit.path);
            unchanged(&place, *edit)?;
            let target = self.target(root, &place, *edit)?;
            let name = target.file_name().unwrap_or_default().to_string_lossy();
            let beside =
                |end: &str| target.with_file_name(format!(".{name}.{}.{end}", std::process::id()));
            let (new, old) = (beside("new"), beside("old"));
            self.staged.push(Staged {
                edit: *edit,
                target: target.clone(),
                new: new.clone(),
                old,
                is_placed: false,
            });
            fs::write(&new, edit.after).map_err(failed)?;
            if edit.before.is_some() {
                let permissions = fs::metadata(&target).map_err(failed)?.permissions();
                fs::set_permissions(&new, permissions).map_err(failed)?;
            }
        }
        Ok(())
    }

    /// The file itself, behind links; directories of a new one are made.
    fn target(
        &mut self,
        root: &Path,
        place: &Path,
        edit: FileEdit<'_>,
    ) -> Result<PathBuf, EditError> {
        let failed = |source| EditError::Io {
            path: edit.path.to_owned(),
            source,
        };
        let home = fs::canonicalize(root).map_err(failed)?;
        let inside = |path: PathBuf| {
            if path.starts_with(&home) {
                Ok(path)
            } else {
                Err(EditError::Outside {
                    path: edit.path.to_owned(),
                })
            }
        };
        if edit.before.is_some() {
            return inside(fs::canonicalize(place).map_err(failed)?);
        }
        let parent = place.parent().unwrap_or(root);
        let missing: Vec<PathBuf> = parent
            .ancestors()
            .take_while(|directory| !directory.exists())
            .map(Path::to_owned)
            .collect();
        for directory in missing.into_iter().rev() {
            fs::create_dir(&directory).map_err(failed)?;
            self.made.push(directory);
        }
        let parent = inside(fs::canonicalize(parent).map_err(failed)?)?;
        Ok(parent.join(place.file_name().unwrap_or_default()))
    }

    fn place(&mut self) -> Result<(), EditError> {
        for staged in &self.staged {
            // Once more, since staging took a while.
            unchanged(&staged.target, staged.edit)?;
        }
        for staged in &mut self.staged {
            let failed = |source| EditError::Io {
                path: staged.edit.path.to_owned(),
                source,
            };
            if staged.edit.before.is_some() {
                fs::hard_link(&staged.target, &staged.old)
                    .or_else(|_| fs::copy(&staged.target, &staged.old).map(|_| ()))
                    .map_err(failed)?;
            }
            fs::rename(&staged.new, &staged.target).map_err(failed)?;
            staged.is_placed = true;
        }
        Ok(())
    }

    /// Puts back what took its place. That this fails, too, changes nothing for the caller.
    fn undo(&mut self) {
        for staged in self.staged.iter().rev().filter(|staged| staged.is_placed) {
            let _ = match staged.edit.before {
                Some(_) => fs::rename(&staged.old, &staged.target),
                None => fs::remove_file(&staged.target),
            };
        }
        for staged in &self.staged {
            let _ = fs::remove_file(&staged.new);
        }
        for directory in self.made.iter().rev() {
            let _ = fs::remove_dir(directory);
        }
    }

    fn clean(&self) {
        for staged in &self.staged {
            let _ = fs::remove_file(&staged.old);
        }
    }
}

/// Whether a file is still what was read.
fn unchanged(place: &Path, edit: FileEdit<'_>) -> Result<(), EditError> {
    let now = match fs::read(place) {
        Ok(bytes) => Some(bytes),
        Err(error) if error.kind() == io::ErrorKind::NotFound => None,
        Err(source) => {
            return Err(EditError::Io {
                path: edit.path.to_owned(),
                source,
            });
        }
    };
    if now.as_deref() == edit.before {
        Ok(())
    } else {
        Err(EditError::Changed {
            path: edit.path.to_owned(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn edit<'a>(path: &'a str, before: Option<&'a str>, after: &'a str) -> FileEdit<'a> {
        FileEdit {
            path: path.into(),
            before: before.map(str::as_bytes),
            after: after.as_bytes(),
        }
    }

    /// All files below a directory with their texts.
    fn texts(root: &Path) -> Vec<(String, String)> {
        let mut texts = Vec::new();
        let mut open = vec![root.to_owned()];
        while let Some(directory) = open.pop() {
            for entry in fs::read_dir(directory).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    open.push(path);
                } else {
                    let name = path.strip_prefix(root).unwrap().display().to_string();
                    texts.push((name, fs::read_to_string(&path).unwrap()));
                }
            }
        }
        texts.sort();
        texts
    }

    #[test]
    fn all_are_written_and_nothing_is_left_beside_them() {
        let place = tempfile::tempdir().unwrap();
        fs::write(place.path().join("a"), "1").unwrap();
        let edits = [edit("a", Some("1"), "2"), edit("b/c/d", None, "3")];
        write_edits(place.path(), &edits).unwrap();
        let expected = [("a", "2"), ("b/c/d", "3")];
        assert_eq!(
            texts(place.path()),
            expected.map(|(name, text)| (name.to_owned(), text.to_owned()))
        );
    }

    #[test]
    fn what_somebody_changed_meanwhile_is_left_alone_with_all_others() {
        let place = tempfile::tempdir().unwrap();
        fs::write(place.path().join("a"), "1").unwrap();
        fs::write(place.path().join("b"), "theirs").unwrap();
        let before = texts(place.path());
        for wrong in [edit("b", Some("1"), "2"), edit("b", None, "2")] {
            let edits = [edit("c/d", None, "3"), edit("a", Some("1"), "2"), wrong];
            let error = write_edits(place.path(), &edits).unwrap_err();
            assert!(matches!(error, EditError::Changed { .. }), "{error}");
            assert_eq!(texts(place.path()), before);
            assert!(!place.path().join("c").exists());
        }
    }

    #[cfg(unix)]
    #[test]
    fn a_failure_puts_back_what_was_placed() {
        let place = tempfile::tempdir().unwrap();
        fs::write(place.path().join("a"), "1").unwrap();
        fs::write(place.path().join("b"), "1").unwrap();
        let before = texts(place.path());
        let edits = [
            edit("a", Some("1"), "2"),
            edit("b", Some("1"), "2"),
            edit("c/d", None, "3"),
        ];
        let mut work = Work::default();
        work.stage(place.path(), &edits).unwrap();
        // Its staged text is gone: the second cannot take its place.
        fs::remove_file(&work.staged[1].new).unwrap();
        work.place().unwrap_err();
        assert_eq!(fs::read_to_string(place.path().join("a")).unwrap(), "2");
        work.undo();
        work.clean();
        assert_eq!(texts(place.path()), before);
        assert!(!place.path().join("c").exists());
    }

    #[cfg(unix)]
    #[test]
    fn links_stay_links_and_lead_nowhere_else() {
        let place = tempfile::tempdir().unwrap();
        let (inside, outside) = (place.path().join("in"), place.path().join("out"));
        fs::create_dir(&inside).unwrap();
        fs::create_dir(&outside).unwrap();
        fs::write(inside.join("real"), "1").unwrap();
        fs::write(outside.join("theirs"), "1").unwrap();
        std::os::unix::fs::symlink("real", inside.join("link")).unwrap();
        std::os::unix::fs::symlink("../out/theirs", inside.join("away")).unwrap();
        std::os::unix::fs::symlink("../out", inside.join("directory")).unwrap();
        write_edits(&inside, &[edit("link", Some("1"), "2")]).unwrap();
        assert!(inside.join("link").is_symlink());
        assert_eq!(fs::read_to_string(inside.join("real")).unwrap(), "2");
        for wrong in [
            edit("away", Some("1"), "2"),
            edit("directory/new", None, "2"),
        ] {
            let error = write_edits(&inside, &[wrong]).unwrap_err();
            assert!(matches!(error, EditError::Outside { .. }), "{error}");
        }
        assert_eq!(texts(&outside), [("theirs".to_owned(), "1".to_owned())]);
    }
}

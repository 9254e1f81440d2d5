//! Files and directories that are taken away: what is not there any more is gone already.

use std::fs;
use std::io;
use std::path::Path;

/// Takes a file away, if it is there.
pub(crate) fn remove(path: &Path) -> io::Result<()> {
    unless_absent(fs::remove_file(path))
}

/// Takes a directory away with all that is in it, if it is there.
pub(crate) fn remove_directory(path: &Path) -> io::Result<()> {
    unless_absent(fs::remove_dir_all(path))
}

fn unless_absent(removed: io::Result<()>) -> io::Result<()> {
    match removed {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::{remove, remove_directory};

    #[test]
    fn what_is_there_goes_and_what_is_not_there_is_gone_already() {
        let place = tempfile::tempdir().expect("there is room");
        let (file, directory) = (place.path().join("file"), place.path().join("all"));
        fs_err::write(&file, "").expect("it is written");
        fs_err::create_dir_all(directory.join("below")).expect("it is made");
        for _ in 0..2 {
            remove(&file).expect("it goes");
            remove_directory(&directory).expect("it goes");
            assert!(!file.exists() && !directory.exists());
        }
    }

    #[test]
    fn what_is_something_else_stays_and_is_told() {
        let place = tempfile::tempdir().expect("there is room");
        let file = place.path().join("file");
        fs_err::write(&file, "").expect("it is written");
        assert!(remove(place.path()).is_err() && place.path().is_dir());
        assert!(remove_directory(&file).is_err() && file.is_file());
    }
}

//! What is ours in a directory of somebody's: `.csoc`, which git does not look into.

use std::io;
use std::path::{Path, PathBuf};

/// The directory `.csoc` in a fleet or in a rendered tree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnDirectory(PathBuf);

impl OwnDirectory {
    /// Makes it where it is not there, and lets git ignore all that is in it.
    ///
    /// # Errors
    ///
    /// Nothing can be written there; the error names the path.
    pub fn of(directory: &Path) -> io::Result<Self> {
        let own = directory.join(".csoc");
        fs_err::create_dir_all(&own)?;
        let ignore = own.join(".gitignore");
        if !ignore.exists() {
            fs_err::write(ignore, "*\n")?;
        }
        Ok(Self(own))
    }

    /// Where it is or would be, for those who only look: nothing is made.
    pub fn at(directory: &Path) -> Self {
        Self(directory.join(".csoc"))
    }

    /// Where runs keep what they need, unless somebody says another place.
    pub fn runs(&self) -> PathBuf {
        self.0.join("runs")
    }

    /// Where a fleet is rendered to be run.
    pub fn tree(&self) -> PathBuf {
        self.0.join("tree")
    }
}

#[cfg(test)]
mod tests {
    use super::OwnDirectory;

    #[test]
    fn git_does_not_look_into_it() {
        let directory = tempfile::tempdir().expect("there is room");
        for _ in 0..2 {
            let own = OwnDirectory::of(directory.path()).expect("it is made");
            assert_eq!(own.runs(), directory.path().join(".csoc/runs"));
            let ignore = own.tree().with_file_name(".gitignore");
            assert_eq!(fs_err::read_to_string(ignore).expect("it is there"), "*\n");
        }
    }
}

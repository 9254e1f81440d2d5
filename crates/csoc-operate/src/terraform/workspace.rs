//! A stack's own working copy of its root: what is planned in it is what was copied, whatever is rendered meanwhile.

use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use crate::digest::Digest;
use crate::stack::StackId;

/// A working copy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Workspace {
    directory: PathBuf,
    #[cfg(feature = "kubernetes")]
    stack: StackId,
    /// The digest of what was copied: names and content.
    digest: Digest,
}

/// Why a root cannot be copied.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum WorkspaceError {
    /// Something cannot be read or written.
    #[error("the root `{root}` cannot be copied")]
    Io {
        /// The root.
        root: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// Something in it is neither a file nor a directory.
    #[error("`{0}` is neither a file nor a directory; a rendered root holds nothing else")]
    Special(PathBuf),
    /// There is nothing in it.
    #[error("the root `{0}` holds no file: render again")]
    Empty(PathBuf),
}

/// What Terraform itself puts into a root, which is kept between runs and is no part of what is planned.
const OWN: [&str; 2] = [".terraform", UNWRITTEN];

/// Where Terraform leaves a state that it could not write to where it belongs.
pub(crate) const UNWRITTEN: &str = "errored.tfstate";

impl Workspace {
    /// Copies a root below `all`, in place of what was copied there before; what Terraform fetched stays.
    pub fn prepare(all: &Path, stack: &StackId, root: &Path) -> Result<Self, WorkspaceError> {
        let error = |source| WorkspaceError::Io {
            root: root.to_owned(),
            source,
        };
        let files = files(root)?;
        let directory = Self::place(all, stack);
        make_private(&directory).map_err(error)?;
        clear(&directory).map_err(error)?;
        for (path, bytes) in &files {
            let to = directory.join(path);
            if let Some(parent) = to.parent() {
                fs::create_dir_all(parent).map_err(error)?;
            }
            fs::write(&to, bytes).map_err(error)?;
        }
        Ok(Self {
            digest: digest(&files),
            directory,
            #[cfg(feature = "kubernetes")]
            stack: stack.clone(),
        })
    }

    /// The digest that a copy of a root would have now.
    pub(crate) fn look(root: &Path) -> Result<Digest, WorkspaceError> {
        files(root).map(|files| digest(&files))
    }

    /// Where the working copy of a stack is, among all.
    pub(crate) fn place(all: &Path, stack: &StackId) -> PathBuf {
        all.join(stack.as_str())
    }

    /// The stack that it is of.
    #[cfg(feature = "kubernetes")]
    pub(crate) const fn stack(&self) -> &StackId {
        &self.stack
    }

    /// The files in it that Terraform did not make by itself, relative to it and in order.
    #[cfg(feature = "kubernetes")]
    pub(crate) fn files(&self) -> Result<Vec<(PathBuf, Vec<u8>)>, WorkspaceError> {
        let mut files = Vec::new();
        gather(&self.directory, Path::new(""), &mut files)?;
        files.sort();
        Ok(files)
    }

    /// Where it is.
    pub fn directory(&self) -> &Path {
        &self.directory
    }

    /// Leaves nothing in it but where its state is, which is all that a look at that needs.
    ///
    /// Roots are formatted: a block within the first of `terraform` begins and ends with two blanks. A root without such
    /// a block stays whole.
    pub(crate) fn reduce_to_backend(&self) -> io::Result<()> {
        let mut backend = None;
        for entry in fs::read_dir(&self.directory)? {
            let path = entry?.path();
            if path.extension().is_some_and(|extension| extension == "tf") {
                backend = backend.or(backend_of(&fs::read_to_string(path)?));
            }
        }
        if let Some(backend) = backend {
            clear(&self.directory)?;
            fs::write(self.directory.join("terraform.tf"), backend)?;
        }
        Ok(())
    }

    /// A state that an earlier apply could not write to where it belongs.
    pub fn unwritten(&self) -> Option<PathBuf> {
        let path = self.directory.join(UNWRITTEN);
        path.exists().then_some(path)
    }

    /// The digest of what was copied.
    pub fn digest(&self) -> Digest {
        self.digest
    }
}

/// A file of a root: where it is in that, and its content.
type RootFile = (PathBuf, Vec<u8>);

/// All files of a root, in an order that is always the same.
fn files(root: &Path) -> Result<Vec<RootFile>, WorkspaceError> {
    let mut files = Vec::new();
    gather(root, Path::new(""), &mut files)?;
    if files.is_empty() {
        return Err(WorkspaceError::Empty(root.to_owned()));
    }
    files.sort();
    Ok(files)
}

fn digest(files: &[RootFile]) -> Digest {
    let parts = files
        .iter()
        .flat_map(|(path, bytes)| [path.as_os_str().as_encoded_bytes(), bytes]);
    Digest::of_parts(parts)
}

/// The files below a root, relative to it, with their content.
fn gather(root: &Path, below: &Path, files: &mut Vec<RootFile>) -> Result<(), WorkspaceError> {
    let error = |source| WorkspaceError::Io {
        root: root.to_owned(),
        source,
    };
    for entry in fs::read_dir(root.join(below)).map_err(error)? {
        let entry = entry.map_err(error)?;
        let name = entry.file_name();
        if OWN.iter().any(|own| name == *own) {
            continue;
        }
        let path = below.join(&name);
        // Of the entry itself: a link could lead anywhere.
        let kind = entry.file_type().map_err(error)?;
        if kind.is_dir() {
            gather(root, &path, files)?;
        } else if kind.is_file() {
            let bytes = fs::read(entry.path()).map_err(error)?;
            files.push((path, bytes));
        } else {
            return Err(WorkspaceError::Special(entry.path()));
        }
    }
    Ok(())
}

/// The block of a file that says where the state is, as a file of its own.
fn backend_of(text: &str) -> Option<String> {
    let start = text.find("\n  backend \"")?;
    let (_, rest) = text.split_at_checked(start)?;
    let end = rest.find("\n  }\n")?;
    let (block, _) = rest.split_at_checked(end)?;
    Some(format!("terraform {{{block}\n  }}\n}}\n"))
}

/// Takes out what an earlier run copied.
fn clear(directory: &Path) -> io::Result<()> {
    for entry in fs::read_dir(directory)? {
        let entry = entry?;
        if OWN.iter().any(|own| entry.file_name() == *own) {
            continue;
        }
        if entry.file_type()?.is_dir() {
            fs::remove_dir_all(entry.path())?;
        } else {
            fs::remove_file(entry.path())?;
        }
    }
    Ok(())
}

/// Makes a directory that only its owner may look into: state and plans hold secrets.
pub(crate) fn make_private(directory: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(directory)
}

/// Writes a file that only its owner may read, to disk.
pub(crate) fn write_private(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut options = fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::{Workspace, WorkspaceError};
    use crate::stack::StackId;

    fn stack() -> StackId {
        "v1/111122223333/us-east-1/waf/cluster/main"
            .parse()
            .expect("it is one")
    }

    fn root(files: &[(&str, &str)]) -> tempfile::TempDir {
        let directory = tempfile::tempdir().expect("there is room");
        for (path, text) in files {
            let path = directory.path().join(path);
            fs_err::create_dir_all(path.parent().expect("it has one")).expect("it is made");
            fs_err::write(path, text).expect("it is written");
        }
        directory
    }

    #[test]
    fn a_copy_is_what_was_rendered_and_nothing_else() {
        let all = tempfile::tempdir().expect("there is room");
        let first = root(&[
            ("main.tf", "a"),
            ("modules/b/main.tf", "b"),
            (".terraform/x", "not copied"),
        ]);
        let copy = Workspace::prepare(all.path(), &stack(), first.path()).expect("it is copied");
        let at = |path: &str| copy.directory().join(path);
        assert!(
            at("main.tf").is_file()
                && at("modules/b/main.tf").is_file()
                && !at(".terraform").exists()
        );
        fs_err::create_dir_all(at(".terraform/providers")).expect("it is made");
        let second = root(&[("main.tf", "c")]);
        let again = Workspace::prepare(all.path(), &stack(), second.path()).expect("it is copied");
        assert_eq!(
            fs_err::read_to_string(at("main.tf")).expect("it is text"),
            "c"
        );
        assert!(!at("modules").exists() && at(".terraform/providers").is_dir());
        assert_ne!(copy.digest(), again.digest());
    }

    #[test]
    fn equal_roots_have_equal_digests_wherever_they_are() {
        let all = tempfile::tempdir().expect("there is room");
        let files = [("main.tf", "a"), ("terraform.tfvars.json", "{}")];
        let digest = |files: &[(&str, &str)]| {
            Workspace::prepare(all.path(), &stack(), root(files).path())
                .expect("it is copied")
                .digest()
        };
        assert_eq!(digest(&files), digest(&files));
        assert_ne!(
            digest(&files),
            digest(&[("main.tf", "a"), ("terraform.tfvars.json", "{ }")])
        );
        assert_ne!(digest(&[("a", "b")]), digest(&[("ab", "")]));
    }

    #[test]
    fn a_look_at_a_state_needs_its_place_alone() {
        let all = tempfile::tempdir().expect("there is room");
        let backend = "  backend \"s3\" {\n    bucket = \"states\"\n  }\n";
        let text = format!(
            "terraform {{\n  required_version = \">= 1.11\"\n\n{backend}}}\n\nprovider \"aws\" {{\n}}\n"
        );
        let root = root(&[("terraform.tf", &text), ("main.tf", "resource {}\n")]);
        let copy = Workspace::prepare(all.path(), &stack(), root.path()).expect("it is copied");
        copy.reduce_to_backend().expect("it can be");
        let read = |name: &str| fs_err::read_to_string(copy.directory().join(name));
        assert_eq!(
            read("terraform.tf").expect("it is there"),
            format!("terraform {{\n{backend}}}\n")
        );
        assert!(read("main.tf").is_err());
    }

    #[cfg(unix)]
    #[test]
    fn links_empty_roots_and_missing_ones_are_refused() {
        let all = tempfile::tempdir().expect("there is room");
        let linked = root(&[("main.tf", "a")]);
        std::os::unix::fs::symlink("/etc/passwd", linked.path().join("passwd.tf"))
            .expect("it is made");
        let prepare = |root: &Path| Workspace::prepare(all.path(), &stack(), root);
        assert!(matches!(
            prepare(linked.path()),
            Err(WorkspaceError::Special(_))
        ));
        assert!(matches!(
            prepare(root(&[]).path()),
            Err(WorkspaceError::Empty(_))
        ));
        assert!(matches!(
            prepare(Path::new("/nowhere")),
            Err(WorkspaceError::Io { .. })
        ));
    }
}

//! Where a file goes: a path that cannot leave the output root.

use std::fmt;
use std::sync::Arc;

use camino::{Utf8Path, Utf8PathBuf};
use serde::{Deserialize, Deserializer};

/// A file's place below the output root: relative, with `/`, and only ever below it.
///
/// Ordered by bytes, which is the order of the manifest.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct FilePath(Arc<str>);

/// Why a path cannot be one of ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub(crate) enum PathError {
    /// Nothing at all.
    #[error("it is empty")]
    Empty,
    /// It starts at the root of the file system.
    #[error("it must be relative to the output directory")]
    Absolute,
    /// `.`, `..` or nothing between two slashes.
    #[error("`.`, `..` and empty parts are not allowed")]
    Part,
    /// A character that some file system reads as something else.
    #[error("control characters and `\\` are not allowed")]
    Character,
    /// A directory or file that belongs to csoc itself or to another tool.
    #[error("`.csoc`, `.terraform`, `.git` and the manifest belong to tools")]
    Reserved,
}

/// Names that no part of a path may have, whatever the case: file systems differ in that.
const RESERVED: [&str; 3] = [".csoc", ".terraform", ".git"];

/// The manifest's own name, directly below the root.
pub(crate) const MANIFEST: &str = "manifest.json";

impl FilePath {
    /// The path of that text, if it is one of a file that can be ours.
    pub(crate) fn parse(text: &str) -> Result<Self, PathError> {
        Self::check(text)?;
        Ok(Self(Arc::from(text)))
    }

    /// The same for text that is shared already.
    pub(crate) fn from_shared(text: Arc<str>) -> Result<Self, PathError> {
        Self::check(&text)?;
        Ok(Self(text))
    }

    fn check(text: &str) -> Result<(), PathError> {
        if text.is_empty() {
            return Err(PathError::Empty);
        }
        if text.starts_with('/') {
            return Err(PathError::Absolute);
        }
        if text
            .bytes()
            .any(|byte| byte.is_ascii_control() || byte == b'\\')
        {
            return Err(PathError::Character);
        }
        for part in text.split('/') {
            if matches!(part, "" | "." | "..") {
                return Err(PathError::Part);
            }
            if part.starts_with('.') && RESERVED.iter().any(|name| part.eq_ignore_ascii_case(name))
            {
                return Err(PathError::Reserved);
            }
        }
        if text.eq_ignore_ascii_case(MANIFEST) {
            Err(PathError::Reserved)
        } else {
            Ok(())
        }
    }

    /// The text.
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    /// The directory that it is in, `""` for the root.
    pub(crate) fn directory(&self) -> &str {
        parent(&self.0)
    }

    /// The directories above it below the root, the highest first: `a`, `a/b` for `a/b/c`.
    pub(crate) fn directories(&self) -> impl Iterator<Item = &str> {
        self.0.match_indices('/').map(|(at, _)| &self.0[..at])
    }

    /// The place in the file system, given that of the root.
    pub(crate) fn below(&self, root: &Utf8Path) -> Utf8PathBuf {
        root.join(&*self.0)
    }

    /// The path, as a report gives it.
    pub(crate) fn to_path(&self) -> Utf8PathBuf {
        Utf8PathBuf::from(&*self.0)
    }
}

/// The directory above a relative path, `""` at the top.
pub(crate) fn parent(path: &str) -> &str {
    path.rfind('/').map_or("", |at| &path[..at])
}

impl fmt::Display for FilePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for FilePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&*self.0, f)
    }
}

impl<'de> Deserialize<'de> for FilePath {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Text;
        impl serde::de::Visitor<'_> for Text {
            type Value = FilePath;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("the path of a file below the output directory")
            }

            fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<FilePath, E> {
                FilePath::parse(text).map_err(|error| {
                    E::custom(format_args!("`{text}` cannot be a rendered file: {error}"))
                })
            }
        }
        deserializer.deserialize_str(Text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[rstest::rstest]
    #[case::empty("", PathError::Empty)]
    #[case::absolute("/etc/passwd", PathError::Absolute)]
    #[case::parent("a/../../b", PathError::Part)]
    #[case::here("./a", PathError::Part)]
    #[case::double("a//b", PathError::Part)]
    #[case::directory("a/", PathError::Part)]
    #[case::state(".csoc/index", PathError::Reserved)]
    #[case::terraform("a/.Terraform/x", PathError::Reserved)]
    #[case::git("a/.git/hooks/pre-commit", PathError::Reserved)]
    #[case::manifest("manifest.json", PathError::Reserved)]
    #[case::backslash("a\\..\\b", PathError::Character)]
    #[case::nul("a\0b", PathError::Character)]
    fn refused(#[case] text: &str, #[case] error: PathError) {
        assert_eq!(FilePath::parse(text), Err(error));
    }

    #[test]
    fn parts() {
        let path = FilePath::parse("a/b/.terraform.lock.hcl").unwrap();
        assert_eq!(path.directory(), "a/b");
        assert_eq!(path.directories().collect::<Vec<_>>(), ["a", "a/b"]);
        assert_eq!(FilePath::parse("top").unwrap().directory(), "");
        assert!(FilePath::parse("a/manifest.json").is_ok());
    }
}

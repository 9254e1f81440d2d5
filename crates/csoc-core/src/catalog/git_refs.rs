//! Branches and tags of git repositories, as somebody listed them.

use std::collections::{BTreeMap, BTreeSet};

use crate::span::{SourceFile, Sources};
use crate::value::{Kind, Node, json_read};

/// The branches and tags that repositories have.
///
/// The core never asks a repository: the list is made by whoever may, and
/// handed in. As JSON it is an object of address → list of names; as text a
/// line has an address and a name, or is what `git ls-remote` prints below a
/// line `From ADDRESS`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct GitRefs {
    repositories: BTreeMap<String, BTreeSet<String>>,
}

/// A list of branches and tags that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum GitRefsError {
    /// JSON that is none, or of another shape.
    #[error("the list of branches must be a JSON object of repository → list of names: {reason}")]
    Json {
        /// Why.
        reason: String,
    },
    /// A line without an address and a name.
    #[error("line {line} must be an address and a branch or tag, with a blank between them")]
    Line {
        /// The line, from 1.
        line: usize,
    },
}

impl GitRefs {
    /// Reads a list, JSON or text.
    pub fn parse(text: &str) -> Result<Self, GitRefsError> {
        if text.trim_start().starts_with('{') {
            Self::parse_json(text)
        } else {
            Self::parse_lines(text)
        }
    }

    fn parse_json(text: &str) -> Result<Self, GitRefsError> {
        let wrong = |reason: &str| GitRefsError::Json {
            reason: reason.to_owned(),
        };
        let id = Sources::default().add(SourceFile::new("refs.json", text));
        let (node, found) = json_read::read_json(text, id);
        if let Some(finding) = found.iter().next() {
            return Err(wrong(&finding.message));
        }
        let node = node.ok_or_else(|| wrong("it is empty"))?;
        let mut refs = Self::default();
        for entry in node.entries() {
            let names = refs.of(entry.key.as_str());
            if !matches!(entry.node.kind, Kind::List(_)) {
                return Err(wrong("each repository must have a list of names"));
            }
            for item in entry.node.items() {
                let name = Node::text(item).ok_or_else(|| wrong("a name must be a string"))?;
                names.insert(short(name).to_owned());
            }
        }
        if node.entries().is_empty() {
            return Err(wrong("it names no repository"));
        }
        Ok(refs)
    }

    fn parse_lines(text: &str) -> Result<Self, GitRefsError> {
        let mut refs = Self::default();
        let mut from: Option<&str> = None;
        for (number, line) in (1..).zip(text.lines()) {
            let line = line.trim();
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            let wrong = GitRefsError::Line { line: number };
            let (first, second) = line.split_once(char::is_whitespace).ok_or(wrong)?;
            let second = second.trim();
            if first == "From" {
                from = Some(second);
                refs.of(second);
                continue;
            }
            let repository = match from {
                Some(repository) if is_commit(first) => repository,
                // A commit is no address.
                None if is_commit(first) => return Err(GitRefsError::Line { line: number }),
                _ => first,
            };
            refs.of(repository).insert(short(second).to_owned());
        }
        Ok(refs)
    }

    fn of(&mut self, repository: &str) -> &mut BTreeSet<String> {
        self.repositories.entry(address(repository)).or_default()
    }

    /// Whether a repository has a branch, tag or commit of that name; nothing where the repository is not listed.
    ///
    /// A commit cannot be looked up in a list of branches, and is believed.
    pub fn has(&self, repository: &str, revision: &str) -> Option<bool> {
        let names = self.repositories.get(&address(repository))?;
        Some(revision == "HEAD" || is_commit(revision) || names.contains(short(revision)))
    }
}

/// A repository's address without what differs between ways to write it.
fn address(repository: &str) -> String {
    let text = repository.trim().trim_end_matches('/');
    let text = text.strip_suffix(".git").unwrap_or(text);
    let text = text.split_once("://").map_or(text, |(_, rest)| rest);
    let text = text.rsplit_once('@').map_or(text, |(_, rest)| rest);
    text.replacen(':', "/", 1).to_ascii_lowercase()
}

/// A branch or tag without its namespace.
fn short(name: &str) -> &str {
    name.strip_prefix("refs/heads/")
        .or_else(|| name.strip_prefix("refs/tags/"))
        .unwrap_or(name)
        .trim_end_matches("^{}")
}

/// Whether a text may be a commit.
fn is_commit(text: &str) -> bool {
    (7..=40).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_and_lines_say_the_same() {
        let json = GitRefs::parse(r#"{"https://github.com/a/B.git": ["refs/heads/main", "v1"]}"#);
        let lines = GitRefs::parse(
            "# a list\ngit@github.com:a/b main\nhttps://github.com/a/b/ refs/tags/v1\n",
        );
        assert_eq!(json, lines);
        let remote = GitRefs::parse(
            "From https://github.com/a/b\n0123456789abcdef0123456789abcdef01234567\trefs/heads/main\n0123456789abcdef0123456789abcdef01234567\trefs/tags/v1^{}\n",
        );
        assert_eq!(json, remote);
        let refs = json.unwrap();
        assert_eq!(refs.has("https://github.com/a/b", "main"), Some(true));
        assert_eq!(refs.has("https://github.com/a/b", "gone"), Some(false));
        assert_eq!(refs.has("https://github.com/a/b", "0123456"), Some(true));
        assert_eq!(refs.has("https://github.com/a/c", "main"), None);
    }

    #[test]
    fn wrong_lists_are_errors() {
        for wrong in [
            "{",
            "{}",
            r#"{"a": [1, {}]}"#,
            r#"{"a": "main"}"#,
            "alone\n",
            "0123456789abcdef0123456789abcdef01234567\trefs/heads/main\n",
        ] {
            assert!(GitRefs::parse(wrong).is_err(), "{wrong}");
        }
    }
}

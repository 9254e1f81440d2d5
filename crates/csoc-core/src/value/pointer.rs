//! JSON pointers (RFC 6901): `/gitops/argocd/0`, with `~1` for `/` and `~0` for `~`.

use std::fmt;
use std::str::FromStr;

use super::node::{Key, Kind, Node};

/// The way from a node to one below it. The empty pointer is the node itself.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Pointer(Vec<Key>);

/// A text that is no pointer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum PointerError {
    /// It does not start with a slash.
    #[error("pointer `{0}` must start with `/`")]
    NoSlash(String),
    /// A tilde that escapes nothing.
    #[error("pointer `{0}` holds a `~` that is followed by neither `0` nor `1`")]
    BadEscape(String),
}

impl Pointer {
    /// The pointer to the key `key` of what this one points to.
    #[must_use]
    pub(crate) fn join(&self, key: impl Into<Key>) -> Self {
        let mut steps = self.0.clone();
        steps.push(key.into());
        Self(steps)
    }

    /// The keys, or numbers of items, on the way.
    pub(crate) fn steps(&self) -> &[Key] {
        &self.0
    }

    /// What it points to in a node.
    pub(crate) fn find<'n>(&self, node: &'n Node) -> Option<&'n Node> {
        self.0.iter().try_fold(node, |node, step| match &node.kind {
            Kind::Map(_) => node.get(step.as_str()),
            Kind::List(items) => items.get(index(step.as_str())?),
            Kind::Scalar(_) | Kind::Pending(_) => None,
        })
    }

    /// Takes what it points to out of a node; all of them where a key is written twice.
    #[cfg(test)]
    pub(crate) fn remove(&self, node: &mut Node) -> bool {
        let Some((last, parents)) = self.0.split_last() else {
            return false;
        };
        let parent = parents.iter().try_fold(node, |node, step| match node.kind {
            Kind::Map(_) => node.get_mut(step.as_str()),
            Kind::List(ref mut items) => items.get_mut(index(step.as_str())?),
            Kind::Scalar(_) | Kind::Pending(_) => None,
        });
        match parent.map(|parent| &mut parent.kind) {
            Some(Kind::Map(entries)) => {
                let before = entries.len();
                entries.retain(|entry| entry.key != *last);
                entries.len() < before
            }
            Some(Kind::List(items)) => match index(last.as_str()) {
                Some(at) if at < items.len() => {
                    items.remove(at);
                    true
                }
                _ => false,
            },
            _ => false,
        }
    }
}

/// The number of an item: digits, without a zero in front.
fn index(step: &str) -> Option<usize> {
    let canonical =
        step == "0" || (!step.starts_with('0') && step.bytes().all(|byte| byte.is_ascii_digit()));
    if canonical { step.parse().ok() } else { None }
}

impl FromIterator<Key> for Pointer {
    fn from_iter<I: IntoIterator<Item = Key>>(steps: I) -> Self {
        Self(steps.into_iter().collect())
    }
}

impl FromStr for Pointer {
    type Err = PointerError;

    fn from_str(text: &str) -> Result<Self, PointerError> {
        if text.is_empty() {
            return Ok(Self::default());
        }
        let Some(steps) = text.strip_prefix('/') else {
            return Err(PointerError::NoSlash(text.to_owned()));
        };
        steps
            .split('/')
            .map(|step| unescape(step).ok_or_else(|| PointerError::BadEscape(text.to_owned())))
            .collect()
    }
}

fn unescape(step: &str) -> Option<Key> {
    let mut out = String::with_capacity(step.len());
    let mut parts = step.split('~');
    out.push_str(parts.next().unwrap_or_default());
    for part in parts {
        let (char, rest) = match part.strip_prefix('0') {
            Some(rest) => ('~', rest),
            None => ('/', part.strip_prefix('1')?),
        };
        out.push(char);
        out.push_str(rest);
    }
    Some(Key::from(out))
}

impl fmt::Display for Pointer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|step| {
            f.write_str("/")?;
            let step = step.as_str();
            if step.contains(['~', '/']) {
                f.write_str(&step.replace('~', "~0").replace('/', "~1"))
            } else {
                f.write_str(step)
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn finds_and_removes() {
        let mut node = Node::map();
        node.insert("a/b", Node::list([Node::integer(1), Node::integer(2)]));
        let pointer: Pointer = "/a~1b/1".parse().unwrap();
        assert_eq!(pointer.find(&node), Some(&Node::integer(2)));
        assert!(pointer.remove(&mut node));
        assert!(!pointer.remove(&mut node));
        assert_eq!(node.get("a/b"), Some(&Node::list([Node::integer(1)])));
        assert_eq!("".parse::<Pointer>().unwrap().find(&node), Some(&node));
        for wrong in [
            "/a~1b/00",
            "/a~1b/-",
            "/a~1b/+0",
            "/a~1b/9",
            "/x",
            "/a~1b/0/x",
        ] {
            assert_eq!(
                wrong.parse::<Pointer>().unwrap().find(&node),
                None,
                "{wrong}"
            );
        }
        assert!("a".parse::<Pointer>().is_err());
        assert!("/~2".parse::<Pointer>().is_err());
        assert!("/~".parse::<Pointer>().is_err());
    }

    proptest! {
        #[test]
        fn what_is_printed_is_parsed(steps in proptest::collection::vec("[a/~0é ]{0,4}", 0..4)) {
            let pointer: Pointer = steps.into_iter().map(Key::from).collect();
            prop_assert_eq!(pointer.to_string().parse::<Pointer>().unwrap(), pointer);
        }
    }
}

//! Paths through a model as people write them: `commons.midrc.environments.prod`.

use std::fmt;
use std::str::FromStr;

use super::node::{Key, Kind, Node};

/// The way to a value of the model. Baselines and waivers name findings by it, so its text is stable.
///
/// Keys are joined by dots and quoted where they hold anything but letters,
/// digits, `_` and `-`. Items of a list stand in brackets, by their identity
/// where the schema names the key that gives it: `services[fence].image`,
/// else `hosts[]`.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct ModelPath(Vec<Step>);

/// One step of a [`ModelPath`].
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Step {
    /// To the value of a key.
    Key(Key),
    /// To an item of a list, by its identity if it has one.
    Item(Option<Key>),
}

/// A text that is no path.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is no path: {reason}")]
pub(crate) struct PathError {
    text: String,
    reason: &'static str,
}

impl ModelPath {
    /// The path of the whole model.
    pub(crate) fn new() -> Self {
        Self::default()
    }

    /// Goes one step down.
    pub(crate) fn push(&mut self, step: Step) {
        self.0.push(step);
    }

    /// Goes one step up.
    pub(crate) fn pop(&mut self) {
        self.0.pop();
    }

    /// The path of a key below this one.
    #[must_use]
    pub(crate) fn join(&self, key: impl Into<Key>) -> Self {
        let mut path = self.clone();
        path.push(Step::Key(key.into()));
        path
    }

    /// The steps.
    pub(crate) fn steps(&self) -> &[Step] {
        &self.0
    }

    /// Whether it is the whole model.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether `self` is `other` or lies below it.
    pub(crate) fn is_below(&self, other: &Self) -> bool {
        self.0.starts_with(&other.0)
    }

    /// The value at this path. An item is the first that has its identity as the value of some key.
    pub(crate) fn find<'n>(&self, node: &'n Node) -> Option<&'n Node> {
        self.0
            .iter()
            .try_fold(node, |node, step| match (step, &node.kind) {
                (Step::Key(key), Kind::Map(_)) => node.get(key.as_str()),
                (Step::Item(Some(identity)), Kind::List(items)) => items.iter().find(|item| {
                    item.text() == Some(identity.as_str())
                        || item
                            .entries()
                            .iter()
                            .any(|entry| entry.node.text() == Some(identity.as_str()))
                }),
                _ => None,
            })
    }
}

impl<K: Into<Key>> FromIterator<K> for ModelPath {
    fn from_iter<I: IntoIterator<Item = K>>(keys: I) -> Self {
        Self(keys.into_iter().map(|key| Step::Key(key.into())).collect())
    }
}

impl fmt::Display for ModelPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, step) in self.0.iter().enumerate() {
            match step {
                Step::Key(key) => {
                    if at > 0 {
                        f.write_str(".")?;
                    }
                    write_key(key.as_str(), f)?;
                }
                Step::Item(None) => f.write_str("[]")?,
                Step::Item(Some(identity)) => {
                    f.write_str("[")?;
                    write_key(identity.as_str(), f)?;
                    f.write_str("]")?;
                }
            }
        }
        Ok(())
    }
}

fn is_bare(char: char) -> bool {
    char.is_ascii_alphanumeric() || matches!(char, '_' | '-')
}

fn write_key(key: &str, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    if !key.is_empty() && key.chars().all(is_bare) {
        return f.write_str(key);
    }
    f.write_str("\"")?;
    for char in key.chars() {
        match char {
            '"' => f.write_str("\\\"")?,
            '\\' => f.write_str("\\\\")?,
            '\n' => f.write_str("\\n")?,
            _ => fmt::Write::write_char(f, char)?,
        }
    }
    f.write_str("\"")
}

impl FromStr for ModelPath {
    type Err = PathError;

    fn from_str(text: &str) -> Result<Self, PathError> {
        parse(text).map_err(|reason| PathError {
            text: text.to_owned(),
            reason,
        })
    }
}

fn parse(text: &str) -> Result<ModelPath, &'static str> {
    let mut path = ModelPath::new();
    let mut rest = text;
    while !rest.is_empty() {
        if let Some(inside) = rest.strip_prefix('[') {
            if let Some(behind) = inside.strip_prefix(']') {
                path.push(Step::Item(None));
                rest = behind;
                continue;
            }
            let (identity, behind) = parse_key(inside)?;
            rest = behind.strip_prefix(']').ok_or("`[` is not closed")?;
            path.push(Step::Item(Some(identity)));
            continue;
        }
        if !path.is_empty() {
            rest = rest
                .strip_prefix('.')
                .ok_or("keys are joined by dots, and quoted where they hold other characters")?;
        }
        let (key, behind) = parse_key(rest)?;
        path.push(Step::Key(key));
        rest = behind;
    }
    Ok(path)
}

fn parse_key(text: &str) -> Result<(Key, &str), &'static str> {
    let Some(quoted) = text.strip_prefix('"') else {
        let end = text.find(|char| !is_bare(char)).unwrap_or(text.len());
        if end == 0 {
            return Err("a key is missing, or must be quoted");
        }
        let (key, behind) = text.split_at(end);
        return Ok((Key::from(key), behind));
    };
    let mut key = String::new();
    let mut chars = quoted.chars();
    while let Some(char) = chars.next() {
        match char {
            '"' => return Ok((Key::from(key), chars.as_str())),
            '\\' => match chars.next() {
                Some('n') => key.push('\n'),
                Some(escaped) => key.push(escaped),
                None => break,
            },
            _ => key.push(char),
        }
    }
    Err("a quote is not closed")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("commons.midrc.environments.prod")]
    #[case("content.\"a b\"")]
    #[case("services[fence].image")]
    #[case("hosts[]")]
    #[case("hosts[\"a.b\"][].c")]
    #[case("\"\"")]
    #[case("")]
    fn is_printed_as_it_is_written(#[case] text: &str) {
        assert_eq!(text.parse::<ModelPath>().unwrap().to_string(), text);
    }

    #[rstest]
    #[case(".a")]
    #[case("a.")]
    #[case("a..b")]
    #[case("a b")]
    #[case("a[b")]
    #[case("\"a")]
    #[case("a[]b")]
    fn is_refused(#[case] text: &str) {
        assert!(text.parse::<ModelPath>().is_err());
    }

    #[test]
    fn finds_items_by_identity() {
        let mut item = Node::map();
        item.insert("name", "fence".into());
        item.insert("port", 80.into());
        let mut node = Node::map();
        node.insert("services", Node::list([item]));
        let path: ModelPath = "services[fence].port".parse().unwrap();
        assert_eq!(path.find(&node), Some(&Node::integer(80)));
        assert!(path.is_below(&"services".parse().unwrap()));
    }

    proptest! {
        #[test]
        fn what_is_printed_is_parsed(keys in proptest::collection::vec((any::<bool>(), "[a\".\\\\\\[\\]\né-]{0,4}"), 0..5)) {
            let mut path = ModelPath::new();
            for (item, key) in keys {
                path.push(if item { Step::Item(Some(Key::from(key))) } else { Step::Key(Key::from(key)) });
            }
            prop_assert_eq!(path.to_string().parse::<ModelPath>().unwrap(), path);
        }
    }
}

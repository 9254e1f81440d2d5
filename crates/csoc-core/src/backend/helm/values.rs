//! Values as they grow: each leaf is set once, by a rule, from inputs of the model.

use crate::tree::Made;
use crate::value::{Key, Kind, Node, Origin};

/// The values of one environment and the table of what made them.
pub(super) struct Values {
    root: Node,
    made: Vec<Made>,
    environment: String,
}

impl Values {
    /// No values yet, for an environment by its model path.
    pub(super) fn new(environment: impl Into<String>) -> Self {
        Self {
            root: Node::map(),
            made: Vec::new(),
            environment: environment.into(),
        }
    }

    /// Sets the value below a row of keys.
    ///
    /// `inputs` are model paths below the environment, or, with a leading `/`,
    /// below the fleet.
    pub(super) fn set(
        &mut self,
        path: &[&str],
        value: impl Into<Node>,
        rule: &'static str,
        inputs: &[&str],
    ) {
        let number = u32::try_from(self.made.len()).unwrap_or(u32::MAX);
        self.made.push(Made {
            rule,
            inputs: inputs.iter().map(|input| self.input(input)).collect(),
        });
        let mut node = value.into();
        mark(&mut node, Origin::Made(number));
        self.root.set(path, node);
    }

    fn input(&self, input: &str) -> String {
        match input.strip_prefix('/') {
            Some(absolute) => absolute.to_owned(),
            None if input.is_empty() => self.environment.clone(),
            None => format!("{}.{input}", self.environment),
        }
    }

    /// The tree and its table.
    pub(super) fn finish(self) -> (Node, Vec<Made>) {
        (self.root, self.made)
    }
}

/// Gives an origin to every part that has none and is not from a text.
fn mark(node: &mut Node, origin: Origin) {
    if node.origin.span().is_none() {
        node.origin = origin;
    }
    match &mut node.kind {
        Kind::List(items) => items.iter_mut().for_each(|item| mark(item, origin)),
        Kind::Map(entries) => {
            for entry in entries {
                if entry.key_origin == Origin::Unknown {
                    entry.key_origin = origin;
                }
                mark(&mut entry.node, origin);
            }
        }
        Kind::Scalar(_) | Kind::Pending(_) => {}
    }
}

/// Sorts maps by their keys in byte order, `global` first at the top: the order that Helm's own output has.
pub(super) fn sort(root: &mut Node) {
    sort_below(root);
    if let Kind::Map(entries) = &mut root.kind {
        entries.sort_by_key(|entry| entry.key != *"global");
    }
}

fn sort_below(node: &mut Node) {
    match &mut node.kind {
        Kind::Map(entries) => {
            entries.sort_by(|one, two| one.key.cmp(&two.key));
            for entry in entries {
                sort_below(&mut entry.node);
            }
        }
        Kind::List(_) | Kind::Scalar(_) | Kind::Pending(_) => {}
    }
}

/// Takes the value below a row of keys out, and maps that are empty without it.
pub(crate) fn remove(node: &mut Node, path: &[Key]) {
    let Some((first, rest)) = path.split_first() else {
        return;
    };
    if rest.is_empty() {
        node.remove(first.as_str());
        return;
    }
    let Some(child) = node.get_mut(first.as_str()) else {
        return;
    };
    let was_empty = child.entries().is_empty();
    remove(child, rest);
    if !was_empty && child.is_map() && child.entries().is_empty() {
        node.remove(first.as_str());
    }
}

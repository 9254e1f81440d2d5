//! Nodes as maps: of two equal keys the last counts, for whoever reads and for whoever writes.

use super::node::{Entry, Key, Kind, Node};

impl Node {
    /// The entries, where it is a map.
    pub(crate) fn entries(&self) -> &[Entry] {
        match &self.kind {
            Kind::Map(entries) => entries,
            _ => &[],
        }
    }

    /// The value of a key, the last where it is written twice.
    pub(crate) fn get(&self, key: &str) -> Option<&Node> {
        self.entries()
            .iter()
            .rev()
            .find(|entry| entry.key == *key)
            .map(|entry| &entry.node)
    }

    /// The value below a row of keys.
    pub(crate) fn path(&self, keys: &[&str]) -> Option<&Node> {
        keys.iter().try_fold(self, |node, key| node.get(key))
    }

    /// The value of a key, for change.
    pub(crate) fn get_mut(&mut self, key: &str) -> Option<&mut Node> {
        match &mut self.kind {
            Kind::Map(entries) => entries
                .iter_mut()
                .rev()
                .find(|entry| entry.key == *key)
                .map(|entry| &mut entry.node),
            _ => None,
        }
    }

    /// The entries, where it is a map; anything else becomes an empty one.
    fn entries_made(&mut self) -> &mut Vec<Entry> {
        if !self.is_map() {
            self.kind = Kind::Map(Vec::new());
        }
        match &mut self.kind {
            Kind::Map(entries) => entries,
            Kind::Scalar(_) | Kind::List(_) | Kind::Pending(_) => unreachable!("made a map above"),
        }
    }

    /// Sets a key of a map, in place where it stands, else at the end. Anything but a map becomes one.
    pub(crate) fn insert(&mut self, key: impl Into<Key>, node: Node) -> &mut Node {
        let key = key.into();
        let entries = self.entries_made();
        let entry = match entries.iter().rposition(|entry| entry.key == key) {
            #[cfg_attr(
                not(test),
                expect(
                    clippy::indexing_slicing,
                    reason = "found right there; borrows of `get_mut` would last into the other arm"
                )
            )]
            Some(at) => {
                let entry = &mut entries[at];
                entry.node = node;
                entry
            }
            None => entries.push_mut(Entry {
                key,
                key_origin: node.origin,
                node,
            }),
        };
        &mut entry.node
    }

    /// Adds an entry at the end of a map whose key is known not to be in it. Anything but a map becomes one.
    pub(crate) fn append(&mut self, key: impl Into<Key>, node: Node) {
        let key_origin = node.origin;
        self.entries_made().push(Entry {
            key: key.into(),
            key_origin,
            node,
        });
    }

    /// Sets the value below a row of keys, making maps on the way.
    pub(crate) fn set<K: Into<Key> + Clone>(&mut self, path: &[K], node: Node) {
        let Some((last, parents)) = path.split_last() else {
            *self = node;
            return;
        };
        let mut at = self;
        for key in parents {
            at = at.child(key.clone().into());
        }
        at.insert(last.clone(), node);
    }

    /// The value of a key, made as an empty map if it is not there.
    fn child(&mut self, key: Key) -> &mut Node {
        let there = self.entries().iter().any(|entry| entry.key == key);
        if there {
            return self.get_mut(key.as_str()).expect("seen above");
        }
        self.insert(key, Node::map())
    }

    /// Takes a key out of a map, however often it is written, and gives the value that counted.
    pub(crate) fn remove(&mut self, key: &str) -> Option<Node> {
        let Kind::Map(entries) = &mut self.kind else {
            return None;
        };
        let mut last = None;
        while let Some(at) = entries.iter().rposition(|entry| entry.key == *key) {
            let removed = entries.remove(at).node;
            last.get_or_insert(removed);
        }
        last
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A map in which `a` is written twice.
    fn twice() -> Node {
        let mut node = Node::map();
        node.append("a", Node::integer(1));
        node.append("b", Node::integer(2));
        node.append("a", Node::integer(3));
        node
    }

    #[test]
    fn of_two_equal_keys_the_last_counts() {
        let mut node = twice();
        assert_eq!(node.get("a"), Some(&Node::integer(3)));
        node.insert("a", Node::integer(4));
        assert_eq!(node.get("a"), Some(&Node::integer(4)));
        assert_eq!(node.get_mut("a"), Some(&mut Node::integer(4)));
        assert_eq!(node.entries().len(), 3);
        node.set(&["a", "c"], Node::integer(5));
        assert_eq!(node.path(&["a", "c"]), Some(&Node::integer(5)));
    }

    #[test]
    fn what_is_taken_out_is_gone() {
        let mut node = twice();
        assert_eq!(node.remove("a"), Some(Node::integer(3)));
        assert_eq!(node.remove("a"), None);
        assert_eq!(node.entries().len(), 1);
        assert_eq!(Node::integer(1).remove("a"), None);
    }
}

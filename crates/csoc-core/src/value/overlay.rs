//! temporary
use super::{Kind, Node};
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Nulls {
    Reset,
    Data,
}
pub(crate) fn merge(base: Node, over: &Node, nulls: Nulls) -> Node {
    match (&base.kind, &over.kind) {
        (Kind::Map(_), Kind::Map(entries)) => {
            let mut result = base;
            for entry in entries {
                if entry.node.is_null() && nulls == Nulls::Reset {
                    result.remove(entry.key.as_str());
                    continue;
                }
                let merged = match result.remove(entry.key.as_str()) {
                    Some(below) => merge(below, &entry.node, nulls),
                    None => entry.node.clone(),
                };
                result.insert(entry.key.clone(), merged);
            }
            result
        }
        _ => over.clone(),
    }
}

//! Values files as Helm reads them.

use crate::value::{Kind, Node, Reading};

/// Calls back for each scalar with the keys that lead to it; an item of a list is `[]`.
pub(crate) fn leaves<'n>(node: &'n Node, visit: &mut impl FnMut(&[&'n str], &'n Node)) {
    fn below<'n>(
        node: &'n Node,
        path: &mut Vec<&'n str>,
        visit: &mut impl FnMut(&[&'n str], &'n Node),
    ) {
        match &node.kind {
            Kind::Map(entries) => {
                for entry in entries {
                    path.push(entry.key.as_str());
                    below(&entry.node, path, visit);
                    path.pop();
                }
            }
            Kind::List(items) => {
                path.push("[]");
                for item in items {
                    below(item, path, visit);
                }
                path.pop();
            }
            Kind::Scalar(_) => visit(path, node),
            Kind::Pending(_) => {}
        }
    }
    below(node, &mut Vec::new(), visit);
}

/// Whether a template takes a value for true: what is empty, zero or `false` is not.
pub(crate) fn flag_of(node: &Node) -> bool {
    match &node.kind {
        Kind::Scalar(scalar) => match scalar.reading() {
            Reading::Null => false,
            Reading::Bool(value) => value,
            Reading::Integer(value) => value != 0,
            Reading::Float(value) => value != 0.0,
            Reading::Text(text) => !text.is_empty(),
        },
        Kind::List(items) => !items.is_empty(),
        Kind::Map(entries) => !entries.is_empty(),
        Kind::Pending(_) => true,
    }
}

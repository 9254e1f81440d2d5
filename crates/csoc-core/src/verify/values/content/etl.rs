//! The mapping of the ETL: what becomes of the database in each index.

use std::collections::BTreeMap;

use super::shape;
use crate::diagnostic::{Code, Diagnostics, Finding};
use crate::value::Node;

/// Two mappings write the same index.
const ETL_INDEX_TWICE: Code = Code::new("etl-index-twice");

/// Checks the mapping of a file.
pub(super) fn check(node: &Node, sink: &mut Diagnostics) {
    let path = ["etl", "etlMapping"];
    let Some(mapping) = node.path(&path).filter(|mapping| !mapping.is_null()) else {
        return;
    };
    sink.extend(shape::findings(mapping, "etl", &path));
    let mut first: BTreeMap<&str, &Node> = BTreeMap::new();
    for name in names(mapping) {
        let text = name.text().unwrap_or_default();
        if let Some(before) = first.insert(text, name) {
            sink.push(
                Finding::error(
                    ETL_INDEX_TWICE,
                    format!("two mappings write the index `{text}`"),
                )
                .help("give each mapping a name of its own: the second one replaces what the first wrote")
                .label(name.span(), "again here")
                .label(before.span(), "written here first")
                .path("etl.etlMapping.mappings"),
            );
        }
    }
}

/// The indices that a mapping writes.
pub(super) fn names(mapping: &Node) -> impl Iterator<Item = &Node> {
    mapping
        .get("mappings")
        .map_or(&[][..], Node::items)
        .iter()
        .filter_map(|mapping| mapping.get("name"))
        .filter(|name| name.text().is_some())
}

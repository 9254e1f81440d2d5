//! DOT: the language of Graphviz.

use std::fmt::Write as _;

use super::graph::ContractGraph;
use super::palette::colours;

impl ContractGraph {
    /// The graph in DOT.
    pub fn to_dot(&self) -> String {
        let mut text = String::from(
            "digraph contracts {\n  rankdir=LR;\n  node [shape=box, style=\"rounded,filled\", fontname=\"sans-serif\"];\n",
        );
        let focus = self.focus.as_ref().map(|focus| &focus.node);
        for node in &self.nodes {
            let (fill, border) = colours(node.kind);
            let width = if focus == Some(&node.id) { 3 } else { 1 };
            let _ = writeln!(
                text,
                "  {} [label={}, fillcolor=\"{fill}\", color=\"{border}\", penwidth={width}];",
                quoted(&node.id),
                quoted(&format!("{}\n{}", node.kind, node.name)),
            );
        }
        for link in &self.links {
            let style = if link.is_need { "solid" } else { "dashed" };
            let _ = writeln!(
                text,
                "  {} -> {} [label={}, style={style}];",
                quoted(&link.from),
                quoted(&link.to),
                quoted(link.relation),
            );
        }
        text.push_str("}\n");
        text
    }
}

fn quoted(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('"');
    for char in text.chars() {
        match char {
            '"' | '\\' => quoted.extend(['\\', char]),
            '\n' => quoted.push_str("\\n"),
            char if char.is_control() => quoted.push(' '),
            char => quoted.push(char),
        }
    }
    quoted.push('"');
    quoted
}

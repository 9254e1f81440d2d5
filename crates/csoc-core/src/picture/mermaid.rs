//! Mermaid: what GitHub and notebooks draw from text.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use super::graph::ContractGraph;
use super::palette::colours;

impl ContractGraph {
    /// The graph as a Mermaid flowchart.
    pub fn to_mermaid(&self) -> String {
        let mut text = String::from("flowchart LR\n");
        for (at, node) in self.nodes.iter().enumerate() {
            let (kind, name) = (node.kind, escaped(&node.name));
            let _ = writeln!(text, "  n{at}[\"{kind}<br>{name}\"]:::{kind}");
        }
        for (from, to, link) in self.pairs() {
            let arrow = if link.is_need { "-->" } else { "-.->" };
            let _ = writeln!(text, "  n{from} {arrow}|{}| n{to}", link.relation);
        }
        let kinds: BTreeSet<&str> = self.nodes.iter().map(|node| node.kind).collect();
        for kind in kinds {
            let (fill, border) = colours(kind);
            let _ = writeln!(
                text,
                "  classDef {kind} fill:{fill},stroke:{border},color:#111827"
            );
        }
        let focus = self
            .focus
            .as_ref()
            .and_then(|focus| self.position(&focus.node));
        if let Some(at) = focus {
            let _ = writeln!(text, "  style n{at} stroke-width:3px");
        }
        text
    }
}

/// A text in quotes: entities stand for what would end it or be markup.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for char in text.chars() {
        match char {
            '"' | '#' | '&' | '<' | '>' | ';' | '\\' | '`' => {
                let _ = write!(escaped, "#{};", u32::from(char));
            }
            char if char.is_control() => escaped.push(' '),
            char => escaped.push(char),
        }
    }
    escaped
}

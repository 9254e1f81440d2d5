//! SVG: a picture that needs no other program.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use super::focus::FocusError;
use super::graph::{ContractGraph, GraphNode};
use super::layout::columns;
use super::palette::colours;

/// How many nodes a picture shows.
const LIMIT: usize = 60;
/// The height of a node, and of the gap below it.
const HEIGHT: usize = 38;
const GAP: usize = 12;
/// The gap between columns, where links run.
const AISLE: usize = 110;
const MARGIN: usize = 16;
/// About how wide a character of a name is, in tenths of a pixel.
const CHARACTER: usize = 67;
/// How many characters of a name are shown.
const NAME: usize = 44;

/// A box of the picture.
#[derive(Clone, Copy)]
struct Place {
    x: usize,
    y: usize,
    width: usize,
}

impl ContractGraph {
    /// The graph as SVG. Of a focus the nearest nodes are drawn, and how many are not is said;
    /// a whole graph must be small.
    pub fn to_svg(&self) -> Result<String, FocusError> {
        if self.nodes.len() <= LIMIT {
            return Ok(self.draw(0));
        }
        match self.nearest() {
            Some(near) => Ok(near.draw(self.nodes.len() - near.nodes.len())),
            None => Err(FocusError::TooLarge {
                nodes: self.nodes.len(),
                limit: LIMIT,
            }),
        }
    }

    /// As much of the graph as a picture shows, the nearest to the focus.
    fn nearest(&self) -> Option<Self> {
        let focus = self.focus.as_ref()?;
        let mut all: Vec<_> = focus.needs.iter().chain(&focus.breaks).collect();
        all.sort();
        let shown: BTreeSet<&str> = all
            .into_iter()
            .take(LIMIT - 1)
            .map(|reached| &*reached.node)
            .chain([&*focus.node])
            .collect();
        let mut near = self.clone();
        near.nodes.retain(|node| shown.contains(&*node.id));
        near.links
            .retain(|link| shown.contains(&*link.from) && shown.contains(&*link.to));
        Some(near)
    }

    fn draw(&self, left_out: usize) -> String {
        let columns = columns(self);
        let tallest = columns.iter().map(Vec::len).max().unwrap_or(0);
        let height = MARGIN * 2 + tallest * (HEIGHT + GAP) + if left_out > 0 { 20 } else { 0 };
        let mut places: BTreeMap<usize, Place> = BTreeMap::new();
        let mut x = MARGIN;
        for column in &columns {
            let width = column
                .iter()
                .map(|at| width(&self.nodes[*at]))
                .max()
                .unwrap_or(0);
            let above = (tallest - column.len()) * (HEIGHT + GAP) / 2;
            for (row, at) in column.iter().enumerate() {
                let y = MARGIN + above + row * (HEIGHT + GAP);
                places.insert(*at, Place { x, y, width });
            }
            x += width + AISLE;
        }
        let width = x.saturating_sub(AISLE) + MARGIN;
        let mut svg = format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" width=\"{width}\" height=\"{height}\" font-family=\"ui-sans-serif, system-ui, sans-serif\">\n\
             <rect width=\"100%\" height=\"100%\" rx=\"8\" fill=\"#ffffff\"/>\n\
             <defs><marker id=\"end\" viewBox=\"0 0 8 8\" refX=\"8\" refY=\"4\" markerWidth=\"7\" markerHeight=\"7\" orient=\"auto\"><path d=\"M0 0L8 4L0 8z\" fill=\"#6b7280\"/></marker></defs>\n"
        );
        for (from, to, link) in self.pairs() {
            let (Some(from), Some(to)) = (places.get(&from), places.get(&to)) else {
                continue;
            };
            let dash = if link.is_need {
                ""
            } else {
                " stroke-dasharray=\"4 3\""
            };
            let _ = write!(
                svg,
                "<path d=\"{}\" fill=\"none\" stroke=\"#9ca3af\"{dash} marker-end=\"url(#end)\"><title>",
                curve(*from, *to)
            );
            escape(
                &format!("{} {} {}", link.from, link.relation, link.to),
                &mut svg,
            );
            svg.push_str("</title></path>\n");
        }
        let focus = self.focus.as_ref().map(|focus| &focus.node);
        for (at, place) in &places {
            let node = &self.nodes[*at];
            draw_node(node, *place, focus == Some(&node.id), &mut svg);
        }
        if left_out > 0 {
            let y = height - MARGIN;
            let _ = writeln!(
                svg,
                "<text x=\"{MARGIN}\" y=\"{y}\" font-size=\"12\" fill=\"#4b5563\">and {left_out} farther nodes</text>"
            );
        }
        svg.push_str("</svg>\n");
        svg
    }
}

fn draw_node(node: &GraphNode, place: Place, is_focus: bool, svg: &mut String) {
    let (fill, border) = colours(node.kind);
    let stroke = if is_focus { 3 } else { 1 };
    let Place { x, y, width } = place;
    svg.push_str("<g><title>");
    escape(&node.id, svg);
    let _ = write!(
        svg,
        "</title><rect x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{HEIGHT}\" rx=\"6\" fill=\"{fill}\" stroke=\"{border}\" stroke-width=\"{stroke}\"/>\
         <text x=\"{}\" y=\"{}\" font-size=\"10\" fill=\"{border}\">{}</text>\
         <text x=\"{}\" y=\"{}\" font-size=\"12\" fill=\"#111827\">",
        x + 8,
        y + 14,
        node.kind,
        x + 8,
        y + 29,
    );
    escape(&shown(node), svg);
    svg.push_str("</text></g>\n");
}

/// The name as it is shown: its end is what tells it apart.
fn shown(node: &GraphNode) -> String {
    let name = match node.kind {
        "environment" => format!("{} {}", node.scope, node.name),
        _ => node.name.clone(),
    };
    let count = name.chars().count();
    if count <= NAME {
        return name;
    }
    let end: String = name.chars().skip(count - (NAME - 1)).collect();
    format!("…{end}")
}

fn width(node: &GraphNode) -> usize {
    let characters = shown(node).chars().count().max(node.kind.len());
    16 + characters * CHARACTER / 10
}

/// A link from the side of one box to the near side of another.
fn curve(from: Place, to: Place) -> String {
    let middle = HEIGHT / 2;
    let (y1, y2) = (from.y + middle, to.y + middle);
    let (x1, x2, bend) = match from.x.cmp(&to.x) {
        Ordering::Less => (from.x + from.width, to.x, None),
        Ordering::Greater => (from.x, to.x + to.width, None),
        Ordering::Equal => {
            let side = from.x + from.width;
            (side, side, Some(side + AISLE / 2))
        }
    };
    let bend = bend.unwrap_or_else(|| usize::midpoint(x1, x2));
    format!("M{x1} {y1}C{bend} {y1} {bend} {y2} {x2} {y2}")
}

fn escape(text: &str, svg: &mut String) {
    for char in text.chars() {
        match char {
            '&' => svg.push_str("&amp;"),
            '<' => svg.push_str("&lt;"),
            '>' => svg.push_str("&gt;"),
            char if char.is_control() => svg.push(' '),
            char => svg.push(char),
        }
    }
}

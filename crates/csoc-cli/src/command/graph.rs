//! `csoc graph`: what needs what.

use std::fmt::Write as _;

use csoc_core::{ContractGraph, GraphFocus, Reached};

use crate::args::{Graph, GraphFormat};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::session::Session;
use crate::table::Table;

pub(crate) fn run(arguments: &Graph, session: &Session) -> Result<Exit, Failure> {
    let fleet = session.fleet(&arguments.fleet)?;
    let mut graph = if arguments.stacks {
        fleet.stack_graph(&session.context)?
    } else {
        fleet.graph()
    };
    if let Some(node) = &arguments.focus {
        graph = graph.focus(node)?;
    }
    match arguments.format {
        GraphFormat::Text => session.print(&text(&graph))?,
        GraphFormat::Json => session.print_json(&graph)?,
        GraphFormat::Mermaid => session.print(&graph.to_mermaid())?,
        GraphFormat::Dot => session.print(&graph.to_dot())?,
        GraphFormat::Svg => session.print(&graph.to_svg()?)?,
    }
    Ok(Exit::Done)
}

fn text(graph: &ContractGraph) -> String {
    match &graph.focus {
        Some(focus) => about(graph, focus),
        None => overview(graph),
    }
}

fn about(graph: &ContractGraph, focus: &GraphFocus) -> String {
    let mut text = format!("{}\n", focus.node);
    if let Some(object) = graph
        .node(&focus.node)
        .and_then(|node| node.object.as_deref())
    {
        let _ = writeln!(text, "  of {object}");
    }
    section("breaks if it goes", &focus.breaks, &mut text);
    section("needs", &focus.needs, &mut text);
    text
}

fn section(title: &str, reached: &[Reached], text: &mut String) {
    if reached.is_empty() {
        let _ = writeln!(text, "\n{title}: nothing");
        return;
    }
    let _ = writeln!(text, "\n{title} ({}):", reached.len());
    let mut table = Table::new(["distance", "node", "by", "over"]);
    for one in reached {
        table.row([
            one.distance.to_string(),
            one.node.to_string(),
            one.relation.to_owned(),
            one.over.to_string(),
        ]);
    }
    text.push_str(&table.text("  "));
}

fn overview(graph: &ContractGraph) -> String {
    let mut text = format!("{} nodes, {} links\n", graph.nodes.len(), graph.links.len());
    let mut table = Table::new(["kind", "nodes"]);
    for (kind, count) in graph.kinds() {
        table.row([kind.to_owned(), count.to_string()]);
    }
    text.push_str(&table.text("  "));
    text.push_str(
        "ask what breaks without one of them with `--focus NODE`; `--format json` has all ids\n",
    );
    text
}

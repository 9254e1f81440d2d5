//! `csoc explain`: where a value comes from.

use std::fmt::Write as _;

use csoc_core::{Effect, Explanation, Place, RuleUse};

use crate::args::{Explain, Format};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::session::Session;
use crate::table::Table;

pub(crate) fn run(arguments: &Explain, session: &Session) -> Result<Exit, Failure> {
    let fleet = session.fleet(&arguments.fleet)?;
    // A file may be named as the shell completes it: below the output directory.
    let path = arguments
        .out
        .as_ref()
        .and_then(|out| arguments.path.strip_prefix(out.as_str()))
        .map_or(arguments.path.as_str(), |path| path.trim_start_matches('/'));
    let explanation = fleet.explain(path, &session.context)?;
    match arguments.format.format {
        Format::Json => session.print_json(&explanation)?,
        Format::Text => session.print(&text(&explanation))?,
    }
    Ok(Exit::Done)
}

fn text(explanation: &Explanation) -> String {
    let mut text = String::new();
    match explanation.value() {
        Some(value) if explanation.is_map() || value.contains('\n') => {
            let _ = writeln!(text, "{}:", explanation.path);
            for line in value.lines() {
                let _ = writeln!(text, "  {line}");
            }
        }
        Some(value) => {
            let _ = writeln!(text, "{} = {value}", explanation.path);
        }
        None => {
            let _ = writeln!(text, "{}", explanation.path);
        }
    }
    if let Some(place) = &explanation.place {
        let _ = writeln!(text, "  at {place}");
    }
    for note in &explanation.notes {
        let _ = writeln!(text, "  {note}");
    }
    if let Some(rule) = &explanation.rule {
        write_rule(rule, &mut text);
    }
    if !explanation.layers.is_empty() {
        text.push_str("\nlayers, lowest first:\n");
        let mut table = Table::new(["layer", "place", "effect", "value"]);
        for layer in &explanation.layers {
            let effect = match layer.effect {
                Effect::Sets => "sets",
                Effect::Merges => "merges",
                Effect::Resets => "resets",
                Effect::Overridden => "overridden",
                _ => "",
            };
            table.row([
                layer.layer.to_owned(),
                shown(layer.place.as_ref()),
                effect.to_owned(),
                one_line(&layer.value()),
            ]);
        }
        text.push_str(&table.text("  "));
    }
    text
}

fn write_rule(rule: &RuleUse, text: &mut String) {
    let _ = write!(text, "\nrule {}", rule.name);
    if let Some(pattern) = &rule.pattern {
        let _ = write!(text, ": {pattern}");
    }
    text.push('\n');
    if let Some(place) = &rule.place {
        let _ = writeln!(text, "  at {place}");
    }
    if let (Some(full), Some(limit)) = (&rule.full, rule.limit) {
        let _ = writeln!(text, "  shortened from `{full}` to {limit} characters");
    }
    if rule.inputs.is_empty() {
        return;
    }
    let mut table = Table::new(["input", "value", "from", "place"]);
    for input in &rule.inputs {
        table.row([
            input.name.clone(),
            one_line(input.value.as_deref().unwrap_or("-")),
            input.path.clone().unwrap_or_default(),
            shown(input.place.as_ref()),
        ]);
    }
    text.push_str(&table.text("  "));
}

fn shown(place: Option<&Place>) -> String {
    place.map_or_else(String::new, ToString::to_string)
}

/// A value that fits behind others: its first line, and whether there are more.
fn one_line(value: &str) -> String {
    match value.split_once('\n') {
        Some((first, _)) => format!("{first} …"),
        None => value.to_owned(),
    }
}

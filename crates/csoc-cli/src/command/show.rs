//! `csoc show`: what a plan would do, without a value of anything.

use std::fmt::Write as _;

use csoc_operate::Bundle;

use super::operate::home;
use crate::args::Format;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::operate_args::Show;
use crate::session::Session;
use crate::table::Table;

pub(crate) fn run(arguments: &Show, session: &Session) -> Result<Exit, Failure> {
    let home = home(&arguments.place)?;
    let bundle = Bundle::find(&home.bundles(), &arguments.bundle)
        .map_err(|error| Failure::new(Exit::Unusable, &error))?;
    if arguments.format.format == Format::Json {
        session.print_json(&serde_json::json!({
            "bundle": bundle.digest(), "used": bundle.is_used(), "facts": bundle.facts(),
        }))?;
        return Ok(Exit::Done);
    }
    session.print(&text(&bundle))?;
    Ok(Exit::Done)
}

fn text(bundle: &Bundle) -> String {
    let facts = bundle.facts();
    let state = match &facts.state {
        Some(state) => format!("version {}", state.serial),
        None => "none yet".to_owned(),
    };
    let used = if bundle.is_used() {
        "yes: it is not applied again"
    } else {
        "no"
    };
    let mut text = String::new();
    for (name, value) in [
        ("bundle", bundle.digest().to_string()),
        ("stack", facts.stack.to_string()),
        ("to", facts.aim.to_string()),
        ("run", facts.run.to_string()),
        ("by", facts.actor.to_string()),
        ("made", facts.created.to_string()),
        ("expires", facts.expires.to_string()),
        ("with", facts.program.to_string()),
        ("state", state),
        ("used", used.to_owned()),
    ] {
        let _ = writeln!(text, "{name:<8} {value}");
    }
    let summary = &facts.summary;
    if !summary.changes.is_empty() {
        let mut table = Table::new(["action", "resource", ""]);
        for change in &summary.changes {
            let mut remark = change.because.join(", ");
            if change.action.destroys() && change.is_stateful() {
                remark = format!("cannot be made again {remark}");
            }
            table.row([
                change.action.to_string(),
                change.address.to_string(),
                remark.trim_end().to_owned(),
            ]);
        }
        text.push('\n');
        text.push_str(&table.text(""));
    }
    for (title, items) in [
        (
            "changed outside of Terraform",
            summary
                .drift
                .iter()
                .map(|change| change.address.to_string())
                .collect::<Vec<_>>(),
        ),
        (
            "outputs that change",
            summary.outputs.iter().map(ToString::to_string).collect(),
        ),
    ] {
        if !items.is_empty() {
            let _ = writeln!(text, "\n{title}:");
            for item in items {
                let _ = writeln!(text, "  {item}");
            }
        }
    }
    text
}

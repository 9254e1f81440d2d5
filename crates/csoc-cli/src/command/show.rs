//! `csoc show`: what a plan would do, without a value of anything.

use std::fmt::Write as _;

use csoc_operate::{Bundle, Digest, Facts, PlanName};

use super::operate::home;
use crate::args::Format;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::operate_args::Show;
use crate::session::Session;
use crate::table::Table;

pub(crate) fn run(arguments: &Show, session: &Session) -> Result<Exit, Failure> {
    let format = arguments.format.format;
    let plans = match &arguments.plan {
        PlanName::Digest(name) => {
            let home = home(&arguments.place)?;
            let bundle = Bundle::find(&home.bundles(), name)?;
            if format == Format::Json {
                return json(&bundle, session);
            }
            vec![(
                bundle.digest(),
                bundle.facts().clone(),
                Some(bundle.is_used()),
            )]
        }
        PlanName::File(path) => {
            let plans = Bundle::peek(path)?;
            if format == Format::Json {
                return json_of_file(&plans, session);
            }
            // Whether they are used is known where they are, and beside their states.
            let plans = plans.into_iter();
            plans.map(|(digest, facts)| (digest, facts, None)).collect()
        }
        _ => Vec::new(),
    };
    if plans.is_empty() {
        session.say("the file holds no plan: nothing would change\n");
    }
    let texts: Vec<String> = plans
        .iter()
        .map(|(digest, facts, is_used)| text(*digest, facts, *is_used))
        .collect();
    session.print(&texts.join("\n"))?;
    Ok(Exit::Done)
}

fn json(bundle: &Bundle, session: &Session) -> Result<Exit, Failure> {
    session.print_json(&serde_json::json!({
        "bundle": bundle.digest(), "used": bundle.is_used(), "facts": bundle.facts(),
    }))?;
    Ok(Exit::Done)
}

fn json_of_file(plans: &[(Digest, Facts)], session: &Session) -> Result<Exit, Failure> {
    let plan =
        |(digest, facts): &(Digest, Facts)| serde_json::json!({ "bundle": digest, "facts": facts });
    let plans: Vec<serde_json::Value> = plans.iter().map(plan).collect();
    session.print_json(&serde_json::json!({ "plans": plans }))?;
    Ok(Exit::Done)
}

fn text(digest: Digest, facts: &Facts, is_used: Option<bool>) -> String {
    let state = match &facts.state {
        Some(state) => format!("version {}", state.serial),
        None => "none yet".to_owned(),
    };
    let used = match is_used {
        Some(true) => "yes: it is not applied again",
        Some(false) => "no",
        None => "not known of a file",
    };
    let mut text = String::new();
    for (name, value) in [
        ("bundle", digest.to_string()),
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

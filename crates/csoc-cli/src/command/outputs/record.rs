//! `csoc outputs record`: what a stack gave becomes a file of the fleet.

use std::fmt::Write as _;
use std::io::Read as _;
use std::path::Path;

use csoc_core::{Given, RecordError, RecordedFrom, Recording};

use crate::args::{Format, OutputsRecord};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::report;
use crate::session::Session;

pub(super) fn run(arguments: &OutputsRecord, session: &Session) -> Result<Exit, Failure> {
    let given = given(arguments)?;
    let fleet = session.fleet(&arguments.fleet)?;
    let from = arguments.source.as_ref().map(|source| RecordedFrom {
        source: source.clone(),
        date: session.day().to_owned(),
    });
    let recorded = fleet.record_outputs(&arguments.stack, &given, from.as_ref(), &session.context);
    let recording = match recorded {
        Err(RecordError::Wrong(found)) => {
            session.say(&found.to_text(report::style(session.colors_err())));
            return Err(Failure::silent(Exit::Wrong));
        }
        other => other?,
    };
    if !arguments.dry_run {
        let mut root = Session::fleet_path(&arguments.fleet)?;
        if root.is_file() {
            root.pop();
        }
        recording.write(&root)?;
    }
    match arguments.format.format {
        Format::Json => session.print_json(&recording)?,
        Format::Text => session.print(&text(&recording, arguments.dry_run))?,
    }
    Ok(Exit::Done)
}

fn given(arguments: &OutputsRecord) -> Result<Given, Failure> {
    if let Some(path) = &arguments.from {
        let mut text = String::new();
        if path == Path::new("-") {
            std::io::stdin().read_to_string(&mut text)?;
        } else {
            text = fs_err::read_to_string(path)?;
        }
        let name = path.display().to_string();
        return Ok(Given::Printed { name, text });
    }
    let values = arguments.set.iter().map(|pair| match pair.split_once('=') {
        Some((name, value)) if !name.is_empty() => Ok((name.to_owned(), value.to_owned())),
        _ => Err(Failure::unusable(format!("`{pair}` is no `OUTPUT=VALUE`"))),
    });
    Ok(Given::Values(values.collect::<Result<_, _>>()?))
}

fn text(recording: &Recording, dry_run: bool) -> String {
    let mut text = if dry_run {
        format!("{} would be\n\n{}\n", recording.file, recording.text)
    } else {
        format!("{}\n", recording.file)
    };
    let mut list = |what: &str, names: &[String]| {
        if !names.is_empty() {
            let _ = writeln!(text, "  {what}: {}", names.join(", "));
        }
    };
    list("recorded", &recording.recorded);
    list("not recorded", &recording.missing);
    for left_out in &recording.left_out {
        let _ = writeln!(text, "  left out: {}: {}", left_out.output, left_out.reason);
    }
    text
}

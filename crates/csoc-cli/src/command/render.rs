//! `csoc render`: a fleet's files, and what is to be said of them.

mod summary;

use camino::{Utf8Path, Utf8PathBuf};
use csoc_core::{CompileOptions, RenderOptions, Rendering, Report};
use serde_json::{Map, Value};

use crate::args::{Format, Include, Render};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::report;
use crate::session::Session;

pub(crate) fn run(arguments: Render, session: &Session) -> Result<Exit, Failure> {
    let deny = arguments.deny;
    let format = arguments.format.format;
    let fleet = match report::load(&arguments.fleet, session)? {
        Ok(fleet) => fleet,
        Err(report) => {
            finish(&Rendering::default(), &report, format, session, None)?;
            return Ok(Exit::Wrong);
        }
    };
    let secrets = fleet.secrets().len();
    let options = options(arguments);
    let rendering = fleet.render(&options, &session.context)?;
    let summary = summary::text(&rendering, &options, secrets);
    finish(
        &rendering,
        &rendering.report,
        format,
        session,
        Some(&summary),
    )?;
    Ok(match report::exit(&rendering.report, deny) {
        Exit::Done if !rendering.kept.is_empty() => Exit::Wrong,
        exit => exit,
    })
}

fn finish(
    rendering: &Rendering,
    report: &Report,
    format: Format,
    session: &Session,
    summary: Option<&str>,
) -> Result<(), Failure> {
    if format == Format::Json {
        return session.print_json(&output(rendering, report)?);
    }
    if !report.diagnostics().is_empty() {
        session.say(&report.to_text(report::style(session.colors_err())));
    }
    if let Some(summary) = summary {
        session.say(summary);
    } else {
        session.say("nothing was written\n");
    }
    Ok(())
}

/// What programs get: what happened to files, and the report.
fn output(rendering: &Rendering, report: &Report) -> Result<Value, Failure> {
    let unreadable = |error: serde_json::Error| Failure::unusable(error.to_string());
    let mut output = serde_json::to_value(rendering).map_err(unreadable)?;
    let report: Map<String, Value> = serde_json::from_str(&report.to_json()).map_err(unreadable)?;
    if let Value::Object(fields) = &mut output {
        fields.extend(report);
    }
    Ok(output)
}

fn options(arguments: Render) -> RenderOptions {
    let mut compile = CompileOptions::default();
    compile.backends.extend(arguments.backend);
    compile.only = arguments.only;
    compile.allow_pending = arguments.allow_pending;
    compile.include_observed = arguments.include == Some(Include::Observed);
    let roots = [
        (arguments.terraform.as_deref(), "terraform"),
        (arguments.gitops.as_deref(), "gitops"),
        (Some(arguments.out.as_path()), ""),
    ];
    let force = arguments
        .force
        .iter()
        .map(|path| below_output(path, &roots))
        .collect();
    let mut options = RenderOptions::into_directory(arguments.out);
    options.compile = compile;
    options.force = force;
    options.terraform = arguments.terraform;
    options.gitops = arguments.gitops;
    options.durable = arguments.durable;
    options.dry_run = arguments.dry_run;
    options
}

/// A path as the report names it, also where it was given as the shell completes it.
fn below_output(path: &Utf8Path, roots: &[(Option<&Utf8Path>, &str)]) -> Utf8PathBuf {
    roots
        .iter()
        .find_map(|(root, name)| {
            let below = path.strip_prefix((*root)?).ok()?;
            Some(Utf8Path::new(name).join(below))
        })
        .unwrap_or_else(|| path.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forced_paths_are_named_as_the_report_names_them() {
        let roots = [
            (None, "terraform"),
            (Some(Utf8Path::new("repo")), "gitops"),
            (Some(Utf8Path::new("out")), ""),
        ];
        for (given, named) in [
            ("out/terraform/a", "terraform/a"),
            ("repo/a", "gitops/a"),
            ("gitops/a", "gitops/a"),
        ] {
            assert_eq!(below_output(Utf8Path::new(given), &roots), named);
        }
    }
}

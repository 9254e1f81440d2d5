//! `csoc verify`: a tree against what it says of itself, against what is known, and against what Helm makes of it.

use std::cmp::Reverse;
use std::num::NonZeroUsize;

use csoc_core::{
    GitRefs, Report, Stopped, VerifyOptions, helm_releases, verify_directory_with, verify_rendered,
};

use super::catalog;
use super::check::replace;
use crate::args::{ReportFormat, Verify};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::helm::{Chart, Helm};
use crate::report;
use crate::session::Session;

pub(crate) fn run(arguments: &Verify, session: &Session) -> Result<Exit, Failure> {
    let mut options = VerifyOptions::default();
    if let Some(path) = &arguments.git_refs {
        let text = fs_err::read_to_string(path)?;
        let refs = GitRefs::parse(&text)
            .map_err(|error| Failure::unusable(format!("`{}`: {error}", path.display())))?;
        options = options.git_refs(refs);
    }
    let context = catalog::context(arguments.fleet.as_ref(), session)?;
    let mut report = verify_directory_with(&arguments.directory, &options, &context)?;
    if arguments.render {
        match rendered(arguments, session)? {
            Ok(more) => report = report.and(more),
            Err(reason) => session.say(&format!("skipped: rendering with Helm ({reason})\n")),
        }
    }
    if let Some(path) = &arguments.baseline {
        if arguments.write_baseline {
            replace(path, &report.baseline())?;
        }
        let text = fs_err::read_to_string(path)?;
        report = report.with_baseline(&path.display().to_string(), &text);
    }
    report::print(&report, arguments.format, session)?;
    if arguments.format == ReportFormat::Text {
        session.say(&undecided(&report));
    }
    Ok(report::exit(&report, arguments.deny))
}

/// How much the text of the tree does not decide, the most frequent reason first; nothing where it decides all.
fn undecided(report: &Report) -> String {
    let mut reasons: Vec<(&str, usize)> = report
        .undecided()
        .iter()
        .map(|(reason, times)| (&**reason, *times))
        .collect();
    reasons.sort_by_key(|(reason, times)| (Reverse(*times), *reason));
    let total: usize = reasons.iter().map(|(_, times)| times).sum();
    if total == 0 {
        return String::new();
    }
    let head = format!("not decided from text: {total}\n");
    let rows = reasons
        .into_iter()
        .map(|(reason, times)| format!("{times:6}  {reason}\n"));
    std::iter::once(head).chain(rows).collect()
}

/// The findings about what Helm makes; else why it makes nothing.
fn rendered(arguments: &Verify, session: &Session) -> Result<Result<Report, String>, Failure> {
    let Some(chart) = &arguments.chart else {
        return Ok(Err("name the chart: --chart DIR".to_owned()));
    };
    let parts = Helm::find(&arguments.helm)
        .and_then(|helm| Chart::prepare(chart).map(|chart| (helm, chart)));
    let (helm, chart) = match parts {
        Ok(parts) => parts,
        Err(reason) => return Ok(Err(reason)),
    };
    let releases = helm_releases(&arguments.directory, &session.context)?;
    let threads = session
        .context
        .threads
        .or_else(|| std::thread::available_parallelism().ok())
        .map_or(1, NonZeroUsize::get);
    let renderings = helm.render(&chart, &releases, threads).ok_or(Stopped)?;
    Ok(Ok(verify_rendered(&renderings, &session.context)?))
}

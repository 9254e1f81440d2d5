//! `csoc import`: a fleet from somebody else's layout.

use csoc_core::{
    Equal, Import as Imported, ImportError, ImportOptions, ImportReport, NoteKind, import_directory,
};

use crate::args::Format;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::import_args::Import;
use crate::report;
use crate::session::Session;
use crate::table::Table;

pub(crate) fn run(arguments: &Import, session: &Session) -> Result<Exit, Failure> {
    let mut options = ImportOptions::default();
    options.name.clone_from(&arguments.name);
    options.fix.clone_from(&arguments.fix);
    if let Some(path) = &arguments.mapping {
        options.mapping = Some((path.display().to_string(), fs_err::read_to_string(path)?));
    }
    if let Some(path) = &arguments.live {
        options.live = Some((path.display().to_string(), fs_err::read_to_string(path)?));
    }
    let import = match import_directory(
        arguments.kind,
        &arguments.source,
        &options,
        &session.context,
    ) {
        Ok(import) => import,
        Err(ImportError::Mapping(found) | ImportError::Live(found)) => {
            session.say(&found.to_text(report::style(session.colors_err())));
            return Ok(Exit::Unusable);
        }
        Err(error) => return Err(error.into()),
    };
    import.write(&arguments.out)?;
    print(&import, arguments, session)?;
    Ok(exit(import.report()))
}

/// Whether everything was read and comes back.
fn exit(report: &ImportReport) -> Exit {
    let all = [report.values, report.applications, report.clusters]
        .iter()
        .all(|count| count.equal == count.total);
    let read = report
        .notes
        .iter()
        .all(|note| note.kind != NoteKind::Unreadable);
    if all && read { Exit::Done } else { Exit::Wrong }
}

fn print(import: &Imported, arguments: &Import, session: &Session) -> Result<(), Failure> {
    let report = import.report();
    match arguments.format.format {
        Format::Json => session.print_json(report),
        Format::Text => {
            session.print(&summary(report))?;
            for note in &report.notes {
                // What was left out is usually long, and stands in the report.
                if note.kind != NoteKind::LeftOut {
                    let place = match note.line {
                        0 => note.file.to_string(),
                        line => format!("{}:{line}:{}", note.file, note.column),
                    };
                    let kind = note.kind.as_str();
                    session.print(&format!("{place}: {kind}: {}\n", note.message))?;
                }
            }
            session.say(&format!(
                "\nnext: read {0}/import-report.md, then csoc check {0} && csoc render {0} --out build --include observed\n",
                arguments.out
            ));
            Ok(())
        }
    }
}

fn summary(report: &ImportReport) -> String {
    let equal = |count: Equal| format!("{} of {} equal", count.equal, count.total);
    let left_out = report
        .notes
        .iter()
        .filter(|note| note.kind == NoteKind::LeftOut)
        .count();
    let mut table = Table::new(["", ""]);
    for (name, text) in [
        ("values", equal(report.values)),
        ("applications", equal(report.applications)),
        ("clusters", equal(report.clusters)),
        (
            "plain leaves",
            format!(
                "{:.1} % of {} in the model, in naming rules and outputs ({:.1} % of those that something reads)",
                report.share,
                report.leaves.plain(),
                report.live_share
            ),
        ),
        ("naming rules", report.naming_rules.to_string()),
        (
            "lines",
            format!(
                "{} before, {} in model files now, {} in content",
                report.lines.before, report.lines.after, report.lines.content
            ),
        ),
        (
            "comments",
            format!(
                "{} kept, {} lost",
                report.comments.kept, report.comments.lost
            ),
        ),
        ("left out", format!("{left_out}, see import-report.md")),
    ] {
        table.row([name.to_owned(), text]);
    }
    table.text("")
}

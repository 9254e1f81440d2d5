//! `csoc import`: a fleet from somebody else's layout.

use csoc_core::{Import as Imported, ImportError, ImportOptions, import_directory};

use crate::args::Format;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::import_args::Import;
use crate::report;
use crate::session::Session;

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
    Ok(Exit::Done)
}

fn print(import: &Imported, arguments: &Import, session: &Session) -> Result<(), Failure> {
    match arguments.format.format {
        Format::Json => session.print_json(&serde_json::json!({
            "directory": arguments.out,
            "report": import.report(),
        })),
        Format::Text => {
            for note in &import.report().notes {
                session.print(&format!(
                    "{}:{}:{}: {}: {}\n",
                    note.file,
                    note.line,
                    note.column,
                    note.kind.as_str(),
                    note.message
                ))?;
            }
            let report = import.report();
            session.print(&format!(
                "values {}/{}, applications {}/{}, clusters {}/{} equal; {:.1} % of {} plain leaves in the model, {} naming rules; lines {} -> {} (+{} content)\n",
                report.values.equal, report.values.total,
                report.applications.equal, report.applications.total,
                report.clusters.equal, report.clusters.total,
                report.share, report.leaves.plain(), report.naming_rules,
                report.lines.before, report.lines.after, report.lines.content,
            ))?;
            session.say(&format!(
                "\nnext: csoc check {0} && csoc render {0} --out build --include observed\n",
                arguments.out
            ));
            Ok(())
        }
    }
}

//! `csoc catalog`: the facts that checks use, and where they come from.

mod update;

use std::path::PathBuf;
use std::sync::Arc;

use camino::Utf8PathBuf;
use csoc_core::{AddOptions, Catalogs, Context};

use crate::args::{FleetArgument, Format};
use crate::catalog_args::{Catalog, CatalogAdd, CatalogCommand, CatalogList, CatalogShow};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::report;
use crate::session::Session;
use crate::table::Table;

pub(crate) fn run(arguments: &Catalog, session: &Session) -> Result<Exit, Failure> {
    match &arguments.command {
        CatalogCommand::List(arguments) => list(arguments, session),
        CatalogCommand::Show(arguments) => show(arguments, session),
        CatalogCommand::Add(arguments) => add(arguments, session),
        CatalogCommand::Update(arguments) => update::run(arguments, session),
    }
}

/// The directory of the fleet that was named, or of the nearest one.
fn fleet(fleet: Option<PathBuf>) -> Result<Utf8PathBuf, Failure> {
    let path = Session::fleet_path(&FleetArgument { fleet })?;
    let path = Utf8PathBuf::from_path_buf(path)
        .map_err(|path| Failure::unusable(format!("`{}` is no UTF-8", path.display())))?;
    Ok(match path.file_name() {
        Some("fleet.yaml") => path
            .parent()
            .map_or_else(Utf8PathBuf::new, ToOwned::to_owned),
        _ => path,
    })
}

/// The catalogs of the fleet that was named or is near; what csoc carries where there is none.
fn catalogs(named: Option<PathBuf>, session: &Session) -> Result<Arc<Catalogs>, Failure> {
    if session.is_locked() {
        let argument = FleetArgument { fleet: named };
        return Ok(session.fleet(&argument)?.catalogs());
    }
    let is_named = named.is_some();
    let directory = match fleet(named) {
        Ok(directory) => directory,
        Err(failure) if is_named => return Err(failure),
        Err(_) => return Ok(Arc::default()),
    };
    let (catalogs, problems) = Catalogs::read(directory)?;
    if problems.has_failures() {
        session.say(&problems.to_text(report::style(session.colors_err())));
        return Err(Failure::silent(Exit::Wrong));
    }
    Ok(Arc::new(catalogs))
}

/// The context of calls about trees: with the facts that a fleet pins.
pub(super) fn context(fleet: Option<&PathBuf>, session: &Session) -> Result<Context, Failure> {
    let catalogs = catalogs(fleet.cloned(), session)?;
    Ok(session.context.clone().catalogs(catalogs))
}

/// Refuses to write the lock that `--locked` says must not change.
fn refuse_locked(command: &str, session: &Session) -> Result<(), Failure> {
    if session.is_locked() {
        return Err(Failure::unusable(format!(
            "`csoc catalog {command}` writes `csoc.lock`, which `--locked` forbids"
        ))
        .help("leave `--locked` out".to_owned()));
    }
    Ok(())
}

fn list(arguments: &CatalogList, session: &Session) -> Result<Exit, Failure> {
    let entries = catalogs(arguments.fleet.fleet.clone(), session)?.list();
    match arguments.format.format {
        Format::Json => session.print_json(&serde_json::json!({ "catalogs": entries }))?,
        Format::Text => {
            let mut table = Table::new(["kind", "name", "version", "from", "source"]);
            for entry in entries {
                let from = if entry.pinned { "csoc.lock" } else { "csoc" };
                table.row([
                    entry.kind,
                    entry.name,
                    entry.version,
                    from.to_owned(),
                    entry.source,
                ]);
            }
            session.print(&table.text(""))?;
        }
    }
    Ok(Exit::Done)
}

fn show(arguments: &CatalogShow, session: &Session) -> Result<Exit, Failure> {
    let content = catalogs(arguments.fleet.clone(), session)?.show(
        arguments.kind.as_str(),
        &arguments.name,
        arguments.version.as_deref(),
        arguments.path.as_deref(),
    )?;
    match arguments.format.format {
        Format::Json => session.print_json(&content)?,
        Format::Text => {
            if let Some(text) = content.text() {
                session.print(&text)?;
                return Ok(Exit::Done);
            }
            let mut table = Table::new(["what", "is"]);
            let entry = &content.entry;
            for (what, is) in [
                ("name", &entry.name),
                ("version", &entry.version),
                ("source", &entry.source),
                ("digest", &entry.digest),
            ] {
                table.row([what.to_owned(), is.clone()]);
            }
            for (what, count) in &content.counts {
                table.row([what.clone(), count.to_string()]);
            }
            session.print(&table.text(""))?;
        }
    }
    Ok(Exit::Done)
}

fn add(arguments: &CatalogAdd, session: &Session) -> Result<Exit, Failure> {
    refuse_locked("add", session)?;
    let fleet = fleet(arguments.fleet.clone())?;
    let options = AddOptions::default()
        .name(arguments.name.clone())
        .version(arguments.version.clone())
        .source(arguments.source.clone());
    let is_new = !fleet.join("csoc.lock").exists();
    let entry = Catalogs::add(fleet, arguments.kind.as_str(), &arguments.file, &options)?;
    match arguments.format.format {
        Format::Json => session.print_json(&entry)?,
        Format::Text => session.print(&format!(
            "added {} {} {}, pinned in csoc.lock\n",
            entry.kind, entry.name, entry.version
        ))?,
    }
    if is_new {
        session.say("csoc.lock is new: `csoc catalog update` pins what else the fleet uses\n");
    }
    Ok(Exit::Done)
}

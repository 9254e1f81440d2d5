//! `csoc catalog update`: pins move to what this csoc carries.

use csoc_core::{CatalogEntry, CatalogUpdate};

use super::{fleet, refuse_locked};
use crate::args::{FleetArgument, Format};
use crate::catalog_args::CatalogUpdate as Arguments;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::session::Session;
use crate::table::{Table, count};

/// How much of a digest tells catalogs apart for people.
const SHOWN: usize = "sha256:".len() + 12;

pub(super) fn run(arguments: &Arguments, session: &Session) -> Result<Exit, Failure> {
    refuse_locked("update", session)?;
    let names = pairs(&arguments.names)?;
    let directory = fleet(arguments.fleet.clone())?;
    let loaded = session.fleet(&FleetArgument {
        fleet: Some(directory.clone().into()),
    })?;
    let update = loaded.update_catalogs(directory, &names)?;
    match arguments.format.format {
        Format::Json => session.print_json(&update)?,
        Format::Text => print(&update, session)?,
    }
    Ok(Exit::Done)
}

/// Each kind with its name.
fn pairs(names: &[String]) -> Result<Vec<(String, String)>, Failure> {
    names
        .chunks(2)
        .map(|pair| match pair {
            [kind, name] => Ok((kind.clone(), name.clone())),
            _ => Err(
                Failure::unusable(format!("`{}` has no name behind it", pair.concat()))
                    .help("write a kind and a name each: provider hashicorp/aws".to_owned()),
            ),
        })
        .collect()
}

fn print(update: &CatalogUpdate, session: &Session) -> Result<(), Failure> {
    let mut table = Table::new(["kind", "name", "version", "digest"]);
    for moved in &update.moved {
        let (from, to) = (moved.from.as_ref(), &moved.to);
        table.row([
            to.kind.clone(),
            to.name.clone(),
            arrow(from.map(|entry| entry.version.as_str()), &to.version),
            arrow(from.map(digest), digest(to)),
        ]);
    }
    if !update.moved.is_empty() {
        session.print(&table.text(""))?;
    }
    if let Some(edition) = &update.edition
        && edition.from.is_some()
    {
        session.say(&format!(
            "edition {}\n",
            arrow(edition.from.as_deref(), &edition.to)
        ));
    }
    for missing in &update.missing {
        session.say(&format!(
            "not pinned: {missing}, which this csoc does not carry; add it with `csoc catalog add`\n"
        ));
    }
    let (moved, kept) = (update.moved.len(), update.kept.len());
    session.say(&if update.is_unchanged() {
        format!("{}, nothing moved\n", count(kept, "catalog"))
    } else {
        format!(
            "{} pinned, {kept} as before: commit csoc.lock and catalogs/\n",
            count(moved, "catalog")
        )
    });
    Ok(())
}

fn digest(entry: &CatalogEntry) -> &str {
    entry.digest.get(..SHOWN).unwrap_or(&entry.digest)
}

/// `old → new`, or what is new alone.
fn arrow(from: Option<&str>, to: &str) -> String {
    match from {
        Some(from) if from != to => format!("{from} → {to}"),
        _ => to.to_owned(),
    }
}

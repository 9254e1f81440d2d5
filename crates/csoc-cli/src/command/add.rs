//! `csoc add`: one more object, where its siblings stand.

use std::fs;

use csoc_core::init::{Addition, NewAccount, NewCluster, NewCommons, NewEnvironment};
use csoc_core::model::environment::Classification;

use super::init::cannot_write;
use crate::args::{FleetArgument, Format, FormatOption};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::new_args::{Add, AddObject};
use crate::session::Session;

pub(crate) fn run(arguments: &Add, session: &Session) -> Result<Exit, Failure> {
    let (fleet, format, addition) = addition(&arguments.object)?;
    add(fleet, format, &addition, session)
}

fn addition(object: &AddObject) -> Result<(&FleetArgument, FormatOption, Addition), Failure> {
    Ok(match object {
        AddObject::Account(new) => (
            &new.fleet,
            new.format,
            Addition::Account(NewAccount {
                name: new.name.clone(),
                id: new.id.clone(),
                region: new.region.clone(),
                domain: new.domain.clone(),
                contacts: new.contact.clone(),
            }),
        ),
        AddObject::Cluster(new) => (
            &new.fleet,
            new.format,
            Addition::Cluster(NewCluster {
                name: new.name.clone(),
                account: new.account.clone(),
                cidr: new.cidr.clone(),
            }),
        ),
        AddObject::Commons(new) => (
            &new.fleet,
            new.format,
            Addition::Commons(NewCommons {
                name: new.name.clone(),
                title: new.title.clone().unwrap_or_else(|| new.name.to_string()),
                owner: new.administrator.first().cloned(),
                dictionary: new.dictionary.clone(),
                indexd_prefix: new.indexd_prefix.clone(),
                identity_provider: None,
                discovery_url: None,
                client_id: None,
                client_secret: None,
                administrators: new.administrator.clone(),
                classification: Classification::Controlled,
                allow_list: new.allow_list.clone(),
            }),
        ),
        AddObject::Environment(new) => {
            let wrong = || {
                Failure::unusable(format!("`{}` is not a commons and a name", new.name))
                    .help("write both, with a slash between them: midrc/prod".to_owned())
            };
            let (commons, name) = new.name.split_once('/').ok_or_else(wrong)?;
            (
                &new.fleet,
                new.format,
                Addition::Environment(NewEnvironment {
                    commons: commons.parse().map_err(|_| wrong())?,
                    name: name.parse().map_err(|_| wrong())?,
                    tier: new.tier,
                    cluster: new.cluster.clone(),
                    hostname: new.hostname.clone(),
                    release: new.release.clone(),
                    size: new.size,
                }),
            )
        }
    })
}

fn add(
    argument: &FleetArgument,
    format: FormatOption,
    addition: &Addition,
    session: &Session,
) -> Result<Exit, Failure> {
    let fleet = session.fleet(argument)?;
    let mut root = Session::fleet_path(argument)?;
    if root.is_file() {
        root.pop();
    }
    let (path, text) = fleet.add(addition).map_err(|error| Failure {
        exit: Exit::Wrong,
        message: Some(error.to_string()),
        help: None,
    })?;
    let target = root.join(&path);
    if let Some(parent) = target.parent() {
        fs::create_dir_all(parent).map_err(|error| cannot_write(parent, &error))?;
    }
    // Beside the old file first, so that a full disk leaves that one whole.
    let beside = target.with_extension("yaml.new");
    fs::write(&beside, text)
        .and_then(|()| fs::rename(&beside, &target))
        .map_err(|error| {
            let _ = fs::remove_file(&beside);
            cannot_write(&target, &error)
        })?;
    match format.format {
        Format::Json => session.print_json(&serde_json::json!({ "file": path }))?,
        Format::Text => session.print(&format!("{}\n", target.display()))?,
    }
    Ok(Exit::Done)
}

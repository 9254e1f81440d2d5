//! `csoc secrets`: what there must be, and who fills it. Values are never read.

use crate::args::{Format, Secrets, SecretsCommand, SecretsList};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::session::Session;
use crate::table::Table;

pub(crate) fn run(arguments: &Secrets, session: &Session) -> Result<Exit, Failure> {
    match &arguments.command {
        SecretsCommand::List(arguments) => list(arguments, session),
    }
}

fn list(arguments: &SecretsList, session: &Session) -> Result<Exit, Failure> {
    let secrets = session.fleet(&arguments.fleet)?.secrets();
    match arguments.format.format {
        Format::Json => session.print_json(&serde_json::json!({ "secrets": secrets }))?,
        Format::Text => {
            let mut table = Table::new(["object", "service", "secret", "holds", "seeder", "needed"]);
            for secret in &secrets {
                table.row([
                    secret.object.clone(),
                    secret.service.clone(),
                    secret.name.clone(),
                    secret.shape.to_owned(),
                    secret.seeder.to_owned(),
                    secret.phase.to_owned(),
                ]);
            }
            session.print(&table.text(""))?;
        }
    }
    Ok(Exit::Done)
}

//! `csoc secrets`: what there must be and who fills it, and the same in the secret manager. No value is ever printed.

#[cfg(feature = "aws")]
mod check;
#[cfg(feature = "aws")]
mod given;
#[cfg(feature = "aws")]
mod keeper;
#[cfg(feature = "aws")]
mod prompt;
#[cfg(feature = "aws")]
mod rotate;
#[cfg(feature = "aws")]
mod seed;

use crate::args::Format;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::secrets_args::{Secrets, SecretsCommand, SecretsList};
use crate::session::Session;
use crate::table::Table;

pub(crate) fn run(arguments: &Secrets, session: &Session) -> Result<Exit, Failure> {
    match &arguments.command {
        SecretsCommand::List(arguments) => list(arguments, session),
        #[cfg(feature = "aws")]
        SecretsCommand::Seed(arguments) => seed::run(arguments, session),
        #[cfg(feature = "aws")]
        SecretsCommand::Check(arguments) => check::run(arguments, session),
        #[cfg(feature = "aws")]
        SecretsCommand::Rotate(arguments) => rotate::run(arguments, session),
        #[cfg(not(feature = "aws"))]
        _ => super::operate::roles("", &csoc_operate::Interrupt::default()).map(|_| Exit::Done),
    }
}

fn list(arguments: &SecretsList, session: &Session) -> Result<Exit, Failure> {
    let secrets = session.fleet(&arguments.fleet)?.secrets();
    match arguments.format.format {
        Format::Json => session.print_json(&serde_json::json!({ "secrets": secrets }))?,
        Format::Text => {
            let mut table =
                Table::new(["object", "secret", "holds", "seeder", "needed", "read by"]);
            for secret in &secrets {
                let readers = secret.readers.iter();
                let services = readers.filter_map(|reader| reader.strip_prefix("service "));
                table.row([
                    secret.object.clone(),
                    secret.name.clone(),
                    secret.shape.to_owned(),
                    secret.seeder.to_owned(),
                    secret.phase.to_owned(),
                    services.collect::<Vec<_>>().join(", "),
                ]);
            }
            session.print(&table.text(""))?;
        }
    }
    Ok(Exit::Done)
}

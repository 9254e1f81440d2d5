//! `csoc schema`: the JSON Schema of fleet files.

use crate::args::Schema;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::session::Session;

pub(crate) fn run(arguments: &Schema, session: &Session) -> Result<Exit, Failure> {
    session.print(&arguments.object.json_schema())?;
    Ok(Exit::Done)
}

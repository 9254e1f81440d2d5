//! `csoc promote`.

use crate::diff_args::Promote;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::session::Session;

pub(crate) fn run(_arguments: &Promote, _session: &Session) -> Result<Exit, Failure> {
    Ok(Exit::Done)
}

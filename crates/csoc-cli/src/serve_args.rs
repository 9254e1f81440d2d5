//! Arguments of `csoc serve`.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::Args;

use crate::operate_args::{Place, Running};

/// `csoc serve`.
#[derive(Debug, Args)]
#[command(after_help = "\
Off unless somebody starts it. Whoever has the token may plan and apply, as whoever runs this.

Examples:
  csoc serve --rendered build/consortium
  csoc serve --as roles --listen 127.0.0.1:8002 --token-file ~/.config/csoc/token")]
pub(crate) struct Serve {
    /// Where to listen; anything but this machine wants a proxy with TLS in front
    #[arg(long, value_name = "ADDRESS:PORT", default_value = "127.0.0.1:8002")]
    pub(crate) listen: SocketAddr,
    /// The bearer token, in a file that only its owner may read; made where there is none, `serve.token` beside the journal where it is not said
    #[arg(
        long,
        value_name = "FILE",
        env = "CSOC_TOKEN_FILE",
        hide_env_values = true
    )]
    pub(crate) token_file: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) place: Place,
    #[command(flatten)]
    pub(crate) running: Running,
}

//! Arguments of `csoc unlock`.

use clap::Args;
use csoc_operate::StackId;

use crate::args::FormatOption;
use crate::operate_args::{Place, Running};

/// `csoc unlock`.
#[derive(Debug, Args)]
#[command(after_help = "\
Without --lock-id it says who holds the lock of the stack's state, and changes nothing. Take a lock away only once you
know that its holder is gone: somebody who still works would work beside the next one.

Examples:
  csoc unlock v1/111122223333/us-east-1/waf/cluster/main
  csoc unlock v1/111122223333/us-east-1/waf/cluster/main --lock-id 7baa147a-c670-3a8d-a5df-3885ae66763c")]
pub(crate) struct Unlock {
    /// The stack, as `csoc graph --stacks` and all tables name it
    #[arg(value_name = "STACK")]
    pub(crate) stack: StackId,
    /// Take this lock away: its name, as `csoc unlock STACK` says it
    #[arg(long, value_name = "ID")]
    pub(crate) lock_id: Option<String>,
    #[command(flatten)]
    pub(crate) place: Place,
    #[command(flatten)]
    pub(crate) format: FormatOption,
    #[command(flatten)]
    pub(crate) running: Running,
}

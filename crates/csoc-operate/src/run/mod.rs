//! Runs over many stacks: in order, side by side within limits, until all are done or something fails.

mod allowed;
mod apply;
mod attach;
mod choice;
mod chosen;
mod destroy;
mod drift;
mod error;
mod fleet;
mod home;
mod id;
mod init;
mod kept;
mod living;
mod marks;
mod operator;
mod outputs;
mod plan;
mod schedule;
mod session;
mod sweep;
mod undone;
mod unlock;
mod watch;

pub use allowed::Destruction;
pub use apply::Applied;
pub use attach::{Attached, Unfinished, attach, unfinished};
pub use choice::{Choice, ChoiceError};
pub use drift::Drift;
pub use error::{StackError, Step};
pub use fleet::Endings;
pub use home::{Home, HomeError};
pub use id::RunId;
pub use kept::Kept;
pub use operator::{LOCK_TIMEOUT, Operator};
pub use outputs::StackOutputs;
pub use plan::Planned;
pub use schedule::{Ending, Limits, OnFailure, schedule};
#[cfg(feature = "aws")]
pub(crate) use session::OwnSession;
pub use session::{Ambient, Purpose, Renewal, SessionError, Sessions, Variables};
pub use unlock::Unlocked;
pub use watch::Watch;

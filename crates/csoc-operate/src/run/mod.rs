//! Runs over many stacks: in order, side by side within limits, until all are done or something fails.

mod apply;
mod error;
mod home;
mod operator;
mod plan;
mod schedule;
mod session;

pub use apply::Applied;
pub use error::{StackError, Step};
pub use home::{Home, HomeError};
pub use operator::Operator;
pub use plan::Planned;
pub use schedule::{Ending, Limits, OnFailure, schedule};
pub use session::{Ambient, Purpose, SessionError, Sessions, Variables};

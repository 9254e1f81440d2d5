//! Terraform, or OpenTofu, as a process: arguments as a list, never through a shell, nothing of ours in its way.

mod cache;
mod complaints;
mod interrupt;
mod lines;
mod logged;
mod plugins;
mod process;
mod program;
mod workspace;

pub use complaints::Complaints;
pub(crate) use interrupt::GLANCE;
pub use interrupt::Interrupt;
#[cfg(feature = "aws")]
pub(crate) use interrupt::Until;
pub(crate) use lines::Lines;
#[cfg(feature = "kubernetes")]
pub(crate) use process::COMPLAINTS;
pub use process::{Finished, ProcessError};
pub use program::{Flavor, Program, ProgramError, Version};
pub use workspace::{Workspace, WorkspaceError};

pub(crate) use cache::Cache;
pub(crate) use logged::Log;
pub(crate) use plugins::{Plugins, Share, Turn};
#[cfg(feature = "kubernetes")]
pub(crate) use workspace::UNWRITTEN;
pub(crate) use workspace::{make_private, write_private};

//! Terraform, or OpenTofu, as a process: arguments as a list, never through a shell, nothing of ours in its way.

mod process;
mod program;
mod workspace;

pub use process::{Finished, Interrupt, ProcessError};
pub use program::{Flavor, Program, ProgramError, Version};
pub use workspace::{Workspace, WorkspaceError};

pub(crate) use workspace::make_private;

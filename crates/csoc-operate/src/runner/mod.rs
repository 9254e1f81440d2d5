//! Where the program works: on this machine as it is, or in a container of its own.
//!
//! Both are processes of ours: what is printed goes into a log that outlives us, who is asked to stop is asked by
//! SIGINT, and what is made stays in the working copy. A runner decides what is started, and what that sees.

mod container;
mod image;

pub use container::{Container, ContainerError};
pub use image::{Image, NoImage};

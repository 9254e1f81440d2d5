//! Where the program works: on this machine as it is, in a container of its own, or in a Job of a cluster.
//!
//! The first two are processes of ours: what is printed goes into a log that outlives us, who is asked to stop is asked by
//! SIGINT, and what is made stays in the working copy. A Job is nobody's process; what it prints is copied into the same
//! log, it is asked to stop by the same signal, and what is ours of what it makes is brought into the same working copy.

mod container;
mod image;
#[cfg(feature = "kubernetes")]
mod kubernetes;
mod left;
mod manifest;

pub use container::{Container, ContainerError};
pub use image::{Image, NoImage};
#[cfg(feature = "kubernetes")]
pub(crate) use kubernetes::{Call, Within, mirror};
#[cfg(feature = "kubernetes")]
pub use kubernetes::{JobError, JobPlace, Jobs};
pub(crate) use left::Left;
pub use manifest::{NAMESPACE, PodRoles, manifest};

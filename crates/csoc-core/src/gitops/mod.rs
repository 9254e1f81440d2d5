//! What a GitOps repository of Gen3 commons says: clusters, deployments, Applications and their values, with places.
//!
//! The layout is that of uc-cdis/gen3-gitops, which our own Argo CD tree has,
//! too: a directory a cluster, in it `cluster-values/` and a directory a
//! deployment. Nothing is decided here; rules do that.

mod application;
mod applicationset;
mod arn;
mod cluster;
mod deployment;
mod manifests;
mod objects;
mod placed;
mod project;
mod read;
mod registration;
mod repository;
mod role;
mod template;
#[cfg(test)]
mod tests;
mod values;

pub(crate) use application::{Application, FIELD_TEMPLATED, Source, TEMPLATE_UNREADABLE};
pub(crate) use applicationset::{ApplicationSet, Expansion, Stop, applications_of};
pub(crate) use arn::arns;
pub(crate) use cluster::Cluster;
pub(crate) use deployment::Deployment;
pub(crate) use manifests::{Manifest, Manifests};
pub(crate) use placed::Placed;
pub(crate) use project::Project;
pub(crate) use read::{Parsed, holds_set, read};
pub(crate) use repository::Repository;
pub(crate) use role::Role;
pub(crate) use values::{flag_of, leaves};

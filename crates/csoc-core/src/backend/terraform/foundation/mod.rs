//! The layer `foundation`: what an account has once, and what it has once a region.
//!
//! Guardrails, what watches the account, its budget, its zone, its keys: what
//! no cluster and no environment owns, and all of them need.

mod account;
mod audit;
mod budget;
mod region;
mod watch;

pub(crate) use account::AccountFoundation;
pub(crate) use region::RegionFoundation;

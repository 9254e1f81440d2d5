//! Secrets of a fleet in the cloud's secret manager: made once, looked at, and made anew with an overlap.
//!
//! What there must be says whoever knows the fleet ([`Wanted`]); a [`Store`] is where it is kept. No value is ever shown, kept or
//! logged: it is a [`Value`] from the moment that it exists, which is wiped when it is dropped. What was done is known from the
//! stages of versions alone, so that everything can be run again wherever it was cut off.

mod amazon;
mod ask;
mod assemble;
mod check;
mod keeping;
mod make;
mod paths;
mod rotate;
mod seed;
mod store;
mod told;
mod value;
mod wanted;

pub use amazon::{SecretsManager, Taken};
pub use ask::{Ask, AskError, Given, Nobody};
pub use assemble::AssembleError;
pub use check::{Checked, FailedReplica, SecretState, check};
pub use keeping::{NoSecret, Notes};
pub use rotate::{Rotated, Rotation, RotationError, finish, rotate};
pub use seed::{Note, Seeded, Unseeded, seed};
pub use store::{Described, Replica, ReplicaState, Store, StoreError, Version};
pub use told::{seeded_in_words, short};
pub use value::{NotThis, Value};
pub use wanted::{Encryption, MadeOf, Means, Part, Seeder, Shape, Wanted};

#[cfg(test)]
mod memory;
#[cfg(test)]
mod tests;

//! Layers merged into the fleet, with history.

mod data;
mod fleet;
mod imports;
mod layer;
mod on_clusters;
mod outputs;
mod resolver;
mod retired;
mod schemas;
mod sharing;

pub(crate) use fleet::{EnvironmentRef, ResolvedCluster, ResolvedEnvironment, ResolvedFleet};
pub(crate) use imports::{
    IMPORT_MALFORMED, IMPORT_UNKNOWN_ADDRESS, IMPORT_UNKNOWN_STACK, RecordedImport,
};
pub(crate) use layer::LayerKind;
pub(crate) use on_clusters::OnClusters;
pub(crate) use outputs::{
    OUTPUT_PLACE_FOREIGN, OUTPUT_UNKNOWN, OUTPUT_UNKNOWN_STACK, OUTPUT_WRONG_TYPE,
};
pub(crate) use resolver::{NAME_UNDERIVABLE, NAMING_RULE_INVALID, resolve};
pub(crate) use retired::Retired;
pub(crate) use schemas::Schemas;

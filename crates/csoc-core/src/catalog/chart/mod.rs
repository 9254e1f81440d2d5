//! What a Helm chart takes: every key that it declares or reads.
//!
//! No chart of Gen3 ships a schema of its values, so Helm takes any key in
//! silence. What a key means is in the templates, which are followed here.

mod archive;
mod disk;
mod encode;
mod files;
#[cfg(fuzzing)]
pub(crate) mod fuzzing;
mod keys;
mod load;
mod make;
mod metadata;
mod reader;
mod template;
#[cfg(test)]
mod tests;
mod types;
mod view;
mod walk;

pub(crate) use disk::ChartError;
pub(crate) use files::ChartLimits;
pub(crate) use load::{
    CHART_CYCLE, CHART_DEPENDENCY_MISSING, CHART_FILE_REFUSED, CHART_INVALID,
    CHART_TEMPLATE_FAULTY, CHART_TOO_LARGE,
};
#[cfg(test)]
pub(crate) use make::ReadChart;
pub(crate) use make::{READER, read};
pub(crate) use types::Types;
pub(crate) use view::{ChartCatalog, ChartFlag, ChartKey};

//! The charts that this version carries, opened when somebody asks.

use crate::catalog::provider::Embedded;

/// All of them, by name.
pub(crate) static EMBEDDED: [Embedded; 2] = [
    Embedded::new(
        "cluster-level-resources",
        "0.0.0+42cc46bc",
        include_bytes!("../data/chart/cluster-level-resources.catalog"),
    ),
    Embedded::new(
        "gen3",
        "0.0.0+42cc46bc",
        include_bytes!("../data/chart/gen3.catalog"),
    ),
];

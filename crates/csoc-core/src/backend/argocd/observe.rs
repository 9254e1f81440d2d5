//! What Applications and cluster values show of contracts.

use crate::graph::Fact;
use crate::tree::File;

/// The facts of an Application.
pub(super) fn observe(_: &File, _: &mut Vec<Fact>) {}

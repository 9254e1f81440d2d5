//! stub
use crate::graph::Fact;
use crate::tree::File;
pub(super) fn directory(_: &[&File], _: &mut Vec<Fact>) {}

//! The files of a fleet as its author writes them.

use std::num::NonZeroUsize;

use camino::Utf8Path;

use super::{parts, print};
use crate::context::Context;
use crate::diagnostic::Report;
use crate::fleet::{Fleet, FleetError};
use crate::source::SourceSet;
use crate::value;

/// A fleet: each file read and printed, all of them loaded, linked and checked as far as they go.
///
/// The first file is `fleet.yaml`; behind a line `%%% PATH` stands the next.
pub fn fleet(bytes: &[u8]) {
    let mut set = SourceSet::new();
    match std::str::from_utf8(bytes) {
        Ok(text) => {
            for (path, text) in parts(text, "fleet.yaml") {
                if Utf8Path::new(path).extension() == Some("json") {
                    value::fuzzing::json(text);
                } else {
                    value::fuzzing::yaml(text);
                }
                set.insert(path, text.as_bytes());
            }
        }
        Err(_) => set.insert("fleet.yaml", bytes),
    }
    // The same input does the same each time, and takes no longer than it must.
    let context = Context::default().threads(NonZeroUsize::MIN);
    match Fleet::from_sources(set, &context) {
        Ok(fleet) => print(&Report::new(fleet.check_model(&context))),
        Err(FleetError::Invalid(report)) => {
            assert!(report.has_failures(), "no fleet, and no reason");
            print(&report);
        }
        Err(error) => panic!("nobody stops it: {error}"),
    }
}

//! Names for the linker: every failure becomes a finding, and linking goes on.

use crate::diagnostic::{Diagnostics, Finding};
use crate::naming::{NameKind, Names};
use crate::resolve::NAME_UNDERIVABLE;
use crate::span::Span;

/// The names of one object.
pub(crate) struct Namer<'a> {
    names: &'a Names,
    object: String,
    place: Option<Span>,
    found: Diagnostics,
}

impl<'a> Namer<'a> {
    pub(crate) fn new(names: &'a Names, object: String, place: Option<Span>) -> Self {
        Self {
            names,
            object,
            place,
            found: Diagnostics::default(),
        }
    }

    /// The name of a kind, for a purpose where its rule makes several. Empty where it cannot be derived.
    pub(crate) fn name(&mut self, kind: NameKind, purpose: Option<&str>) -> String {
        let name = match purpose {
            Some(purpose) => self.names.name_for(kind, purpose),
            None => self.names.name(kind),
        };
        name.map_or_else(|error| {
            self.found.push(
                Finding::error(NAME_UNDERIVABLE, error.to_string())
                    .help("use a variable that this object has, or set the rule at a layer that knows it")
                    .label(self.place, "for this object")
                    .object(&self.object)
                    .path(format!("{}.naming.{}", self.object, kind.as_str())),
            );
            String::new()
        }, |name| name.text)
    }

    /// Hands over what went wrong, and says whether anything did.
    pub(crate) fn finish(self, sink: &mut Diagnostics) -> bool {
        let failed = !self.found.is_empty();
        sink.append(self.found);
        failed
    }
}

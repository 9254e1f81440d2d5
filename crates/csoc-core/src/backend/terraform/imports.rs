//! `imports.tf` of a root that is being taken over: what exists already, so that applying does not make it again.

use super::root::Root;
use crate::diagnostic::{Diagnostics, Finding};
use crate::hcl::{Block, Body, Expression, parse_reference};
use crate::resolve::{IMPORT_UNKNOWN_ADDRESS, RecordedImport};
use crate::value::suggestion::closest;

/// The resources of a root: which there are, and which of them are several.
struct Resources(Vec<(String, bool)>);

impl Resources {
    fn of(main: &Body) -> Self {
        let resource = |block: &Block| {
            let address = format!("{}.{}", block.label(0)?, block.label(1)?);
            let body = &block.body;
            Some((
                address,
                body.get("for_each").is_some() || body.get("count").is_some(),
            ))
        };
        Self(main.blocks_of("resource").filter_map(resource).collect())
    }

    /// Why an address is none of these; nothing where it is one.
    fn wrong(&self, address: &str) -> Option<String> {
        let (base, is_one_of) = match address.split_once('[') {
            Some((base, _)) => (base, true),
            None => (address, false),
        };
        match self.0.iter().find(|(known, _)| known == base) {
            Some((_, is_several)) if *is_several == is_one_of => None,
            Some((_, true)) => Some(format!(
                "there are several `{base}`: say which, as `{base}[\"KEY\"]` or `{base}[0]`"
            )),
            Some((_, false)) => Some(format!("there is one `{base}`: write that")),
            None => {
                let known = self.0.iter().map(|(known, _)| known.as_str());
                Some(match closest(base, known) {
                    Some(meant) => format!("did you mean `{meant}`?"),
                    None => "take it out: what is no longer made needs no import".to_owned(),
                })
            }
        }
    }
}

impl Root {
    /// The import blocks of those that are there; nothing where there are none.
    pub(super) fn imports(&self, main: &Body) -> Option<Body> {
        let resources = Resources::of(main);
        let mut body = Body::new();
        let mut is_empty = true;
        for RecordedImport { address, id, .. } in &self.imports {
            if resources.wrong(address).is_some() {
                continue;
            }
            let Some(to) = parse_reference(address) else {
                continue;
            };
            is_empty = false;
            body = body.block(
                Block::unlabelled("import")
                    .attribute("to", to)
                    .attribute("id", Expression::from(id.as_str())),
            );
        }
        (!is_empty).then_some(body)
    }

    /// Reports recorded imports of what the root does not have.
    pub(super) fn check(&self, main: &Body, found: &mut Diagnostics) {
        if self.imports.is_empty() {
            return;
        }
        let resources = Resources::of(main);
        for import in &self.imports {
            let address = &import.address;
            if let Some(help) = resources.wrong(address) {
                found.push(
                    Finding::error(
                        IMPORT_UNKNOWN_ADDRESS,
                        format!(
                            "`{address}` is no resource of the root `terraform/{}`",
                            self.path()
                        ),
                    )
                    .help(help)
                    .label(import.span, "recorded here")
                    .object(&self.object)
                    .path(format!("imports.\"{}\".\"{address}\"", self.stack)),
                );
            }
        }
    }
}

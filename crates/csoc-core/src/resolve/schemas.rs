//! The schemas of fleet files, compiled once.

use std::sync::LazyLock;

use crate::diagnostic::Diagnostics;
use crate::model::{Object, TEXT_PARSERS};
use crate::span::{SourceFile, Sources};
use crate::value::parsers::Parsers;
use crate::value::path::ModelPath;
use crate::value::schema::{Dialect, Schema, View};
use crate::value::walker::{Presence, walk};
use crate::value::{Node, json_read};

/// The schema of each kind of object.
pub(crate) struct Schemas {
    schema: Schema,
    parsers: Parsers,
}

impl Schemas {
    /// The schemas of this version.
    pub(crate) fn get() -> &'static Self {
        static SCHEMAS: LazyLock<Schemas> = LazyLock::new(|| {
            let text = Object::Fleet.json_schema();
            let id = Sources::default().add(SourceFile::new("fleet.schema.json", text.as_str()));
            let (node, _) = json_read::read_json(&text, id);
            let node: Node = node.expect("a test compiles the same text");
            let schema =
                Schema::compile(&node, Dialect::JsonSchema).expect("a test compiles the same text");
            let parsers = TEXT_PARSERS
                .iter()
                .fold(Parsers::new(), |parsers, (name, parse)| {
                    parsers.with(name, *parse)
                });
            Schemas { schema, parsers }
        });
        &SCHEMAS
    }

    /// The parsers of all validated texts.
    pub(crate) fn parsers(&self) -> &Parsers {
        &self.parsers
    }

    /// What may stand below a row of keys of a fleet.
    pub(crate) fn view(&self, path: &[&str]) -> View<'_> {
        path.iter().fold(self.schema.view(), |view, key| {
            view.key(key).expect("a path of the fleet's schema")
        })
    }

    /// Reports all that the schema at `path` does not allow in a node that stands there.
    pub(crate) fn walk(
        &self,
        node: &Node,
        path: &[&str],
        presence: Presence,
        sink: &mut Diagnostics,
    ) {
        let mut at = path.iter().fold(ModelPath::new(), |at, key| at.join(*key));
        walk(
            node,
            self.view(path),
            presence,
            &self.parsers,
            sink,
            &mut at,
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_parser_that_the_schema_names_is_there() {
        let schemas = Schemas::get();
        for name in schemas.schema.parsers() {
            assert!(schemas.parsers.get(name).is_some(), "{name}");
        }
    }
}

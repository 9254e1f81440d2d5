//! Documents of Kubernetes against the schemas of their custom resources.

use std::collections::BTreeMap;

use crate::catalog::{Catalogs, crd};
use crate::diagnostic::Diagnostics;
use crate::tree::{Document, File};
use crate::value::Node;
use crate::value::parsers::Parsers;
use crate::value::path::ModelPath;
use crate::value::schema::Schema;
use crate::value::walker::{Presence, walk};

/// What the schemas do not allow. Kinds that no catalog has are not looked at.
pub(super) fn check<'f>(files: impl Iterator<Item = &'f File>, catalogs: &Catalogs) -> Diagnostics {
    let parsers = Parsers::new();
    let mut schemas: BTreeMap<(&'f str, &'f str), Option<Schema>> = BTreeMap::new();
    let mut found = Diagnostics::default();
    for file in files {
        let Document::Yaml(node) = file.document() else {
            continue;
        };
        let text = |key: &str| node.get(key).and_then(Node::text);
        let (Some(version), Some(kind)) = (text("apiVersion"), text("kind")) else {
            continue;
        };
        let schema = schemas
            .entry((version, kind))
            .or_insert_with(|| crd::schema(catalogs, version, kind));
        let Some(schema) = schema else {
            continue;
        };
        let mut about = Diagnostics::default();
        let mut path = ModelPath::new();
        walk(
            node,
            &*schema,
            Presence::Require,
            &parsers,
            &mut about,
            &mut path,
        );
        for mut finding in about.into_vec() {
            finding
                .object
                .get_or_insert_with(|| file.object().to_owned());
            found.push(finding);
        }
    }
    found
}

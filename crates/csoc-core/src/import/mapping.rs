//! A file that says which environment is of which commons, where the guess is not wanted.

use std::collections::BTreeMap;

use crate::diagnostic::{Diagnostics, Finding};
use crate::model::Tier;
use crate::model::name::ObjectName;
use crate::rules::IMPORT_MAPPING_INVALID;
use crate::span::FileId;
use crate::value::{Node, yaml_read};

/// What a mapping file says of one environment.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Mapped {
    pub(super) commons: Option<ObjectName>,
    pub(super) environment: Option<ObjectName>,
    pub(super) tier: Option<Tier>,
}

/// Environments by `CLUSTER/DIRECTORY` of the source.
#[derive(Debug, Clone, Default)]
pub(super) struct Mapping(pub(super) BTreeMap<String, Mapped>);

impl Mapping {
    /// Reads `CLUSTER/DIRECTORY: { commons: …, environment: …, tier: … }`.
    pub(super) fn read(text: &str, file: FileId, found: &mut Diagnostics) -> Self {
        let (node, problems) = yaml_read::read(text, file, &yaml_read::Limits::default());
        found.append(problems);
        let mut mapping = BTreeMap::new();
        for entry in node.as_ref().map(Node::entries).unwrap_or_default() {
            let mut mapped = Mapped::default();
            for field in entry.node.entries() {
                let text = field.node.text().unwrap_or_default();
                let holds = match field.key.as_str() {
                    "commons" => take(text, &mut mapped.commons),
                    "environment" => take(text, &mut mapped.environment),
                    "tier" => take(text, &mut mapped.tier),
                    _ => false,
                };
                if !holds {
                    found.push(
                        Finding::error(
                            IMPORT_MAPPING_INVALID,
                            format!("`{}: {text}` says nothing of an environment", field.key),
                        )
                        .help("give `commons` and `environment` as names, `tier` as dev, test, staging or prod")
                        .label(field.key_origin.span(), "this field"),
                    );
                }
            }
            mapping.insert(entry.key.to_string(), mapped);
        }
        Self(mapping)
    }

    /// What it says of an environment.
    pub(super) fn get(&self, title: &str) -> Mapped {
        self.0.get(title).cloned().unwrap_or_default()
    }
}

fn take<T: std::str::FromStr>(text: &str, into: &mut Option<T>) -> bool {
    *into = text.parse().ok();
    into.is_some()
}

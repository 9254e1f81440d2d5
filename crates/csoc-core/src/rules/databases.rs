//! Rules about databases of a fleet.

use std::collections::BTreeMap;

use super::context::FleetContext;
use super::secrets::are_one;
use crate::catalog::ServiceCatalog;
use crate::diagnostic::Diagnostics;
use crate::resolve::{EnvironmentRef, ResolvedEnvironment};
use crate::value::Node;

/// The server and the name of a database.
type Database = (String, String);

/// Two environments name one database only where one signs in at the other.
///
/// Only raw values name databases: those that the chart makes up hold the name of the release.
pub(crate) fn database_shared(context: &FleetContext<'_>, found: &mut Diagnostics) {
    let mut first: BTreeMap<Database, (&EnvironmentRef, &str)> = BTreeMap::new();
    for (at, environment) in context.environments() {
        for (service, database) in named(environment) {
            let field = |service| ["values", service, "postgres", "database"];
            let Some((other, before)) = first.get(&database) else {
                first.insert(database, (at, service));
                continue;
            };
            if *other == at || are_one(context, at, other) {
                continue;
            }
            let (host, name) = &database;
            found.push(
                context
                    .environment_finding(
                        at,
                        &field(service),
                        format!("the database `{name}` on `{host}` is that of `{other}` and of `{at}`"),
                    )
                    .help("give each environment a database of its own: their tables have the same names; or say that one commons signs in at the other, with `parent`")
                    .label(context.environment_place(at, &field(service)), "and here")
                    .label(context.environment_place(other, &field(before)), "named here"),
            );
        }
    }
}

/// The databases that the raw values of an environment name, each with its service.
fn named(environment: &ResolvedEnvironment) -> Vec<(&'static str, Database)> {
    let values = environment.layers.merged.get("values");
    let text = |path: &[&str]| {
        let node = values?.path(path).filter(|node| !node.is_null());
        let text = node.and_then(Node::text);
        text.filter(|text| !text.is_empty())
    };
    let spec = &environment.spec;
    let server = text(&["global", "postgres", "master", "host"]).map(str::to_ascii_lowercase);
    // Environments that are on one database cluster have one server.
    let server = server.or_else(|| {
        let database = spec.database.as_ref()?;
        Some(format!("clusters.{}.databases.{database}", spec.cluster))
    });
    let services = ServiceCatalog::embedded().iter();
    services
        .filter(|(_, facts)| facts.database)
        .filter_map(|(service, _)| {
            let host = text(&[service, "postgres", "host"]).map(str::to_ascii_lowercase);
            let name = text(&[service, "postgres", "database"])?;
            Some((service, (host.or_else(|| server.clone())?, name.to_owned())))
        })
        .collect()
}

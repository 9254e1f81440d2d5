//! Which databases values name: the server and the database on it.

use super::{Observer, flag, origin, text};
use crate::catalog::ServiceCatalog;
use crate::graph::{Relation, ThingId, ThingKind};

impl Observer<'_> {
    /// Adds the databases that are named, server and all; the names that the chart makes up are those of a release.
    pub(super) fn databases(&mut self) {
        if flag(self.values, &["global", "dev"]) != Some(false) {
            return;
        }
        let server = text(self.values, &["global", "postgres", "master", "host"]);
        let services = ServiceCatalog::embedded().iter();
        for (service, _) in services.filter(|(_, facts)| facts.database) {
            let path = [service, "postgres", "database"];
            let host = text(self.values, &[service, "postgres", "host"])
                .filter(|host| !host.is_empty())
                .or(server);
            let name = text(self.values, &path);
            let is_named = |text: &str| !text.is_empty() && text != "null";
            let named = host.zip(name);
            let named = named.filter(|(host, name)| is_named(host) && is_named(name));
            let Some((host, name)) = named.filter(|_| self.runs(service)) else {
                continue;
            };
            let from = ThingId::new(
                ThingKind::KubernetesSecret,
                self.scope.as_str(),
                format!("{service}-dbcreds"),
            );
            let database = ThingId::new(ThingKind::Database, host.to_ascii_lowercase(), name);
            let origin = origin(self.values, &path);
            self.edge(&from, Relation::Opens, database, origin);
        }
    }
}

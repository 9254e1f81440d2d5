//! Which commons a commons signs in at, and which database server it says that it shares.

use super::{Observer, origin, text};
use crate::graph::{Relation, ThingId, ThingKind};

/// Where a child says whose it is.
const SIGN_IN: [&[&str]; 2] = [
    &["global", "fenceURL"],
    &["global", "manifestGlobalExtraValues", "fence_url"],
];
/// The secret that opens the database server.
const SERVER: [&str; 3] = ["global", "postgres", "externalSecret"];
/// What stands for the environment of a values file.
const ENVIRONMENT: &str = "gen3";

impl Observer<'_> {
    /// Adds the host, that of the commons where users sign in, and the server's secret.
    pub(super) fn family(&mut self) {
        let own = ThingId::new(ThingKind::Environment, self.scope.as_str(), ENVIRONMENT);
        let host = |name: &str| ThingId::new(ThingKind::Hostname, "world", name);
        let path = ["global", "hostname"];
        let Some(name) = text(self.values, &path) else {
            return;
        };
        let at = origin(self.values, &path);
        self.edge(&own, Relation::Uses, host(name), at);
        for path in SIGN_IN {
            let parent = text(self.values, path).and_then(host_of);
            if let Some(parent) = parent.filter(|parent| *parent != name) {
                let at = origin(self.values, path);
                self.edge(&own, Relation::SignsInAt, host(parent), at);
            }
        }
        if let Some(server) = text(self.values, &SERVER).filter(|server| !server.is_empty()) {
            let secret = ThingId::new(ThingKind::Secret, self.region.as_str(), server);
            let at = origin(self.values, &SERVER);
            self.edge(&own, Relation::Uses, secret, at);
        }
    }
}

/// The host of an address.
fn host_of(address: &str) -> Option<&str> {
    let rest = address.strip_prefix("https://")?;
    rest.split(['/', ':'])
        .next()
        .filter(|host| !host.is_empty())
}

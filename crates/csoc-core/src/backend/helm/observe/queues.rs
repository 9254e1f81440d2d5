//! Which queues services send to and read from, as far as values say it.

use super::{Observer, flag, origin, text};
use crate::catalog::ServiceCatalog;
use crate::graph::{Relation, ThingId, ThingKind};
use crate::value::Node;

/// Where fence says how it tells audit of what happens.
const PUSH: [&str; 3] = ["fence", "FENCE_CONFIG_PUBLIC", "PUSH_AUDIT_LOGS_CONFIG"];
/// Where fence says of what it tells audit.
const EVENTS: [&str; 3] = ["fence", "FENCE_CONFIG_PUBLIC", "ENABLE_AUDIT_LOGS"];

impl Observer<'_> {
    /// Adds who sends to a queue and who reads from one, with the role of its own service account.
    pub(super) fn queues(&mut self) {
        self.audit_sender();
        self.audit_reader();
        self.upload_reader();
    }

    /// Fence tells audit of downloads and logins.
    fn audit_sender(&mut self) {
        let events = self.values.path(&EVENTS).map_or(&[][..], Node::entries);
        let is_any = events.iter().any(|event| event.node.text() == Some("true"));
        let [service, public, push] = PUSH;
        let kind = text(self.values, &[service, public, push, "type"]);
        let path = [service, public, push, "aws_sqs_config", "sqs_url"];
        let key = [service, public, push, "aws_sqs_config", "aws_cred"];
        if is_any && kind.is_none_or(|kind| kind == "aws_sqs") && !self.has(&key) {
            self.queue("fence", Relation::Sends, &path);
        }
    }

    /// Audit reads what it was told.
    fn audit_reader(&mut self) {
        let server = |key: &str| text(self.values, &["audit", "server", key]);
        let is_local = flag(
            self.values,
            &["audit", "externalSecrets", "createK8sAuditSecret"],
        );
        // Where the secret manager has the options, those in the values are not read.
        let is_read = !self.takes_secrets() || is_local == Some(true);
        let pulls = server("pull_from_queue") == Some("true")
            && server("type").is_none_or(|kind| kind == "aws_sqs")
            && !self.has(&["audit", "server", "sqs", "aws_creds"]);
        if is_read && pulls {
            self.queue(
                "audit",
                Relation::Receives,
                &["audit", "server", "sqs", "url"],
            );
        }
    }

    /// The dispatcher reads which files were uploaded.
    fn upload_reader(&mut self) {
        let local = [
            "ssjdispatcher",
            "externalSecrets",
            "createK8sSsjdispatcherSecret",
        ];
        if !self.takes_secrets() || flag(self.values, &local) == Some(true) {
            self.queue(
                "ssjdispatcher",
                Relation::Receives,
                &["ssjdispatcher", "ssjcreds", "sqsUrl"],
            );
        }
    }

    fn queue(&mut self, service: &str, relation: Relation, path: &[&str]) {
        let account = ServiceCatalog::embedded()
            .get(service)
            .and_then(|facts| facts.accounts.first());
        let queue = text(self.values, path).and_then(queue_of);
        if let (true, Some(account), Some(queue)) = (self.runs(service), account, queue) {
            let from = ThingId::new(
                ThingKind::ServiceAccount,
                self.scope.as_str(),
                self.account_name(service, account),
            );
            let origin = origin(self.values, path);
            self.edge(&from, relation, queue, origin);
        }
    }

    /// Whether something is set that is not empty.
    fn has(&self, path: &[&str]) -> bool {
        let node = self.values.path(path).filter(|node| !node.is_null());
        node.is_some_and(|node| node.text() != Some(""))
    }
}

/// The queue of an address: `https://sqs.REGION.amazonaws.com/ACCOUNT/NAME`.
fn queue_of(address: &str) -> Option<ThingId> {
    let rest = address.strip_prefix("https://sqs.")?;
    let (host, path) = rest.split_once('/')?;
    let (region, domain) = host.split_once('.')?;
    let (account, name) = path.split_once('/')?;
    let is_one = domain.starts_with("amazonaws.com") && !name.is_empty() && !name.contains('/');
    is_one.then(|| ThingId::new(ThingKind::Queue, format!("{account}/{region}"), name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_of_queues_name_them() {
        let of = |address| queue_of(address).map(|queue| queue.to_string());
        assert_eq!(
            of("https://sqs.us-east-1.amazonaws.com/111122223333/demo-audit").as_deref(),
            Some("queue:111122223333/us-east-1/demo-audit")
        );
        for address in [
            "http://sqs.com",
            "https://sqs.us-east-1.example.org/1/a",
            "",
        ] {
            assert_eq!(of(address), None, "{address}");
        }
    }
}

//! What values show of contracts: who runs as what, reads which secret, answers to which host.
//!
//! A values file does not know its namespace. Things in it have the scope
//! `@path`, which the Application that reads the file tells when facts close.

mod databases;
mod family;
mod queues;

use super::global::CHART_REGION;
use super::identity::ROLE;
use super::layout::VALUES;
use crate::catalog::{
    AccountFacts, LocalSecrets, SecretCondition, SecretFacts, ServiceCatalog, ServiceFacts,
};
use crate::graph::{Edge, Fact, Relation, Target, ThingId, ThingKind};
use crate::tree::{Document, File};
use crate::value::{Kind, Node, Origin, Reading};

/// The map of a service that says what its own service account is called.
const OWN_ACCOUNT: &str = "serviceAccount";

/// Adds the facts of a values file.
pub(super) fn observe(file: &File, facts: &mut Vec<Fact>) {
    let Document::Yaml(values) = file.document() else {
        return;
    };
    if file.path().file_name() != Some(VALUES) || values.get("global").is_none() {
        return;
    }
    let global = |key: &str| text(values, &["global", "aws", key]);
    let account = global("account").unwrap_or_default();
    let region = global("region").unwrap_or(CHART_REGION);
    let mut observer = Observer {
        values,
        scope: format!("@{}", file.path()),
        account,
        region: format!("{account}/{region}"),
        cluster: cluster(file),
        facts,
    };
    observer.endpoint();
    for (name, service) in ServiceCatalog::embedded().iter() {
        if observer.runs(name) {
            observer.service(name, service);
        }
    }
    observer.shared();
    observer.queues();
    observer.databases();
    observer.family();
}

/// The cluster whose directory a file is in.
fn cluster(file: &File) -> &str {
    let path = file.path().as_str();
    let below = path.strip_prefix("gitops/").unwrap_or(path);
    below.split('/').next().unwrap_or_default()
}

struct Observer<'a> {
    values: &'a Node,
    scope: String,
    account: &'a str,
    region: String,
    cluster: &'a str,
    facts: &'a mut Vec<Fact>,
}

impl Observer<'_> {
    /// The host, its certificate, its load balancer and what guards that.
    fn endpoint(&mut self) {
        let Some(host) = text(self.values, &["global", "hostname"]) else {
            return;
        };
        let thing = ThingId::new(ThingKind::Hostname, "world", host);
        let origin = origin(self.values, &["global", "hostname"]);
        self.facts.push(Fact::Thing(thing.clone(), origin));
        let certificate = self.values.path(&["global", "revproxyArn"]);
        if let Some(arn) = certificate.filter(|arn| arn.text() != Some("")) {
            let certificate = ThingId::new(ThingKind::Certificate, self.region.as_str(), host);
            self.facts
                .push(Fact::Thing(certificate.clone(), arn.origin));
            self.edge(&thing, Relation::CertifiedBy, certificate, arn.origin);
        }
        let group = ["revproxy", "ingress", "aws", "group"];
        let environment = ["global", "environment"];
        let named = text(self.values, &group).or_else(|| text(self.values, &environment));
        let Some(group) = named.map(str::to_owned) else {
            return;
        };
        let balancer = ThingId::new(ThingKind::LoadBalancer, self.cluster, group);
        self.facts.push(Fact::Thing(balancer.clone(), origin));
        self.edge(&thing, Relation::ServedBy, balancer.clone(), origin);
        if flag(self.values, &["global", "aws", "wafv2", "enabled"]) != Some(true) {
            return;
        }
        let Some(arn) = self.values.path(&["global", "aws", "wafv2", "wafAclArn"]) else {
            return;
        };
        let name = arn.text().and_then(|arn| {
            let (_, rest) = arn.split_once("/webacl/")?;
            rest.split('/').next()
        });
        let to = match name {
            Some(name) => {
                let guard = ThingId::new(ThingKind::WebAcl, self.region.as_str(), name);
                self.facts.push(Fact::Thing(guard.clone(), arn.origin));
                Target::Exact(guard)
            }
            None => Target::Undecidable("the web ACL waits for an output".into()),
        };
        self.facts.push(Fact::Edge(Edge {
            from: balancer,
            relation: Relation::GuardedBy,
            to,
            origin: arn.origin,
        }));
    }

    fn service(&mut self, name: &str, service: &ServiceFacts) {
        let secrets = |key: &str| flag(self.values, &["global", "externalSecrets", key]);
        let is_local = secrets("createLocalK8sSecret") == Some(true);
        if service.database && !is_local {
            let path = [name, "externalSecrets", "dbcreds"];
            let given = text(self.values, &path).map(str::to_owned);
            let stored = given.unwrap_or_else(|| {
                let environment = text(self.values, &["global", "environment"]);
                format!("{}-{name}-creds", environment.unwrap_or_default())
            });
            self.synced(&format!("{name}-dbcreds"), stored, &path);
        }
        for secret in &service.secrets {
            if self.is_synced(name, secret) {
                let path = [name, "externalSecrets", secret.value.as_str()];
                let stored = text(self.values, &path).unwrap_or(&secret.default);
                let stored = stored.to_owned();
                self.synced(&secret.kubernetes, stored, &path);
            }
        }
        for account in &service.accounts {
            self.account(name, account);
        }
    }

    /// Whether the chart syncs a secret, as far as its switches say.
    fn is_synced(&self, service: &str, secret: &SecretFacts) -> bool {
        let switch = |key: &str| flag(self.values, &[service, "externalSecrets", key]);
        let local = LocalSecrets::embedded().flag(service, &secret.value);
        if local.is_some_and(|local| switch(local) == Some(true)) {
            return false;
        }
        match (secret.when, secret.purpose.as_str()) {
            (SecretCondition::Always, _) => true,
            (SecretCondition::Google, _) => switch("createK8sGoogleAppSecrets") != Some(true),
            (SecretCondition::Dbgap, _) => {
                flag(self.values, &[service, "usersync", "syncFromDbgap"]) == Some(true)
            }
            (SecretCondition::AskedFor, "wts-client-secret") => {
                switch("createWtsOidcClientSecret") == Some(false)
            }
            (SecretCondition::AskedFor, _) => switch("createK8sStataSecret") != Some(true),
        }
    }

    /// The name of a service account: the values', or the chart's.
    fn account_name<'n>(&'n self, service: &str, account: &'n AccountFacts) -> &'n str {
        let map = account.annotation.as_deref().unwrap_or(OWN_ACCOUNT);
        let given = text(self.values, &[service, map, "name"]);
        given
            .filter(|_| map == OWN_ACCOUNT)
            .unwrap_or(&account.name)
    }

    fn account(&mut self, service: &str, account: &AccountFacts) {
        let from = ThingId::new(
            ThingKind::ServiceAccount,
            self.scope.as_str(),
            self.account_name(service, account),
        );
        if let Some(map) = &account.annotation {
            let path = [service, map.as_str(), "annotations", ROLE];
            self.runs_as(&from, &path, true);
        } else if let Some(key) = &account.global {
            let by_arn = format!("{key}Arn");
            let path = ["global", "aws", by_arn.as_str()];
            if self.values.path(&path).is_some() {
                self.runs_as(&from, &path, true);
            } else {
                self.runs_as(&from, &["global", "aws", key], false);
            }
        }
    }

    /// The reader of secrets, and the webhook for notifications.
    fn shared(&mut self) {
        let store = ["global", "aws", "secretStoreServiceAccount"];
        let [global, aws, account] = store;
        if flag(self.values, &[global, aws, account, "enabled"]) == Some(true) {
            let name = text(self.values, &[global, aws, account, "name"]);
            let from = ThingId::new(
                ThingKind::ServiceAccount,
                self.scope.as_str(),
                name.unwrap_or("secret-store-sa"),
            );
            self.runs_as(&from, &[global, aws, account, "roleArn"], true);
        }
        let secrets = "externalSecrets";
        if flag(self.values, &[global, secrets, "createSlackWebhookSecret"]) == Some(true) {
            let path = [global, secrets, "slackWebhookSecretName"];
            if let Some(stored) = text(self.values, &path).map(str::to_owned) {
                self.synced("slack-webhook", stored, &path);
            }
        }
    }

    /// The role of a service account, by its ARN or, in this account, by its name.
    fn runs_as(&mut self, from: &ThingId, path: &[&str], by_arn: bool) {
        let Some(role) = self.values.path(path).and_then(Node::text) else {
            return;
        };
        let (account, role) = if by_arn {
            let account = role.split(':').nth(4);
            match account.zip(role.split_once(":role/")) {
                Some((account, (_, role))) => (account, role),
                None => return,
            }
        } else {
            (self.account, role)
        };
        let role = ThingId::new(ThingKind::Role, account, role);
        let origin = origin(self.values, path);
        self.facts.push(Fact::Thing(from.clone(), origin));
        self.edge(from, Relation::RunsAs, role, origin);
    }

    fn synced(&mut self, kubernetes: &str, stored: String, path: &[&str]) {
        // Where nothing is said the chart makes its secrets itself.
        if !self.takes_secrets() {
            return;
        }
        let from = ThingId::new(ThingKind::KubernetesSecret, self.scope.as_str(), kubernetes);
        let to = ThingId::new(ThingKind::Secret, self.region.as_str(), stored);
        let origin = origin(self.values, path);
        self.facts.push(Fact::Thing(from.clone(), origin));
        self.edge(&from, Relation::SyncedFrom, to, origin);
    }

    /// Whether the chart runs a service.
    fn runs(&self, service: &str) -> bool {
        let facts = ServiceCatalog::embedded().get(service);
        flag(self.values, &[service, "enabled"])
            .unwrap_or_else(|| facts.is_some_and(|facts| facts.enabled))
    }

    /// Whether the chart takes secrets from the secret manager.
    fn takes_secrets(&self) -> bool {
        flag(self.values, &["global", "externalSecrets", "deploy"]) == Some(true)
    }

    fn edge(&mut self, from: &ThingId, relation: Relation, to: ThingId, origin: Origin) {
        self.facts.push(Fact::Edge(Edge {
            from: from.clone(),
            relation,
            to: Target::Exact(to),
            origin,
        }));
    }
}

fn text<'n>(values: &'n Node, path: &[&str]) -> Option<&'n str> {
    values.path(path).and_then(Node::text)
}

fn flag(values: &Node, path: &[&str]) -> Option<bool> {
    match &values.path(path)?.kind {
        Kind::Scalar(scalar) => match scalar.reading() {
            Reading::Bool(value) => Some(value),
            _ => None,
        },
        _ => None,
    }
}

/// Where the value at a path came from; where there is none, its nearest parent.
fn origin(values: &Node, path: &[&str]) -> Origin {
    (0..=path.len())
        .rev()
        .find_map(|length| values.path(&path[..length]))
        .map_or(Origin::Unknown, |node| node.origin)
}

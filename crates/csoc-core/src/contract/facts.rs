//! The contracts as facts: what observing the rendered documents must show again.

use super::account::{
    ACCESS_ROLES, AUDIT_KEY, AccountContract, BREAKGLASS_ROLE, CONTROLLER_ROLE, PLAN_ROLE,
    PLANNER_ROLE, SEEDER_ROLE, TRAIL_ROLE, VOLUME_KEY, access_log_bucket, keeps_access_logs,
};
use super::cluster::ClusterContract;
use super::eks::EksContract;
use super::environment::{
    BucketPurpose, EnvironmentContract, IdentityContract, QueuePurpose, RoleOwner,
};
use super::grants::{KeyPurpose, Resource};
use super::hub::{ALERTS_KEY, BootstrapContract, HubContract, STATE_KEY};
use super::linker::Contracts;
use super::observability::ObservabilityContract;
use crate::graph::{Edge, Fact, Relation, Target, ThingId, ThingKind};
use crate::value::Origin;

/// All facts of the contracts, in a fixed order.
#[cfg(test)]
pub(crate) fn facts(contracts: &Contracts) -> Vec<Fact> {
    facts_by_object(contracts)
        .flat_map(|(_, facts)| facts)
        .collect()
}

/// All facts of the contracts in a fixed order, with the object of the fleet that each comes from.
pub(crate) fn facts_by_object(
    contracts: &Contracts,
) -> impl Iterator<Item = (String, Vec<Fact>)> + '_ {
    let bootstrap = contracts.bootstrap.iter().map(|bootstrap| {
        let object = format!("accounts.{}", bootstrap.account);
        (object, Facts::of(|it| it.bootstrap(bootstrap)))
    });
    let hub = contracts.hub.iter().map(|hub| {
        let object = format!("accounts.{}", hub.account);
        (object, Facts::of(|it| it.hub(hub)))
    });
    let accounts = contracts.accounts.iter().map(|(name, account)| {
        (
            format!("accounts.{name}"),
            Facts::of(|it| it.account(account)),
        )
    });
    let observed = contracts.observability.iter().map(|observed| {
        let object = format!("accounts.{}", observed.account);
        (object, Facts::of(|it| it.observability(observed)))
    });
    let clusters = contracts.clusters.iter().map(|(name, cluster)| {
        (
            format!("clusters.{name}"),
            Facts::of(|it| it.cluster(cluster)),
        )
    });
    let environments = contracts
        .environments
        .iter()
        .map(|(at, environment)| (at.to_string(), environment_facts(environment)));
    bootstrap
        .chain(hub)
        .chain(accounts)
        .chain(observed)
        .chain(clusters)
        .chain(environments)
}

/// The facts of one environment.
pub(crate) fn environment_facts(environment: &EnvironmentContract) -> Vec<Fact> {
    Facts::of(|facts| facts.environment(environment))
}

impl KeyPurpose {
    /// The key of an account and region, `111122223333/us-east-1`.
    pub(crate) fn thing(self, region: &str) -> ThingId {
        key(region, self.as_str())
    }
}

fn key(region: &str, name: &str) -> ThingId {
    ThingId::new(ThingKind::Key, region, format!("gen3/{name}"))
}

/// The role of an ARN, by its account and its name with path; none where the ARN is no role's.
pub(crate) fn role_of(arn: &str) -> Option<ThingId> {
    let mut parts = arn.splitn(6, ':').skip(4);
    let account = parts.next()?;
    let name = parts.next()?.strip_prefix("role/")?;
    Some(ThingId::new(ThingKind::Role, account, name))
}

struct Facts(Vec<Fact>);

impl Facts {
    fn of(say: impl FnOnce(&mut Self)) -> Vec<Fact> {
        let mut facts = Self(Vec::new());
        say(&mut facts);
        facts.0
    }

    fn thing(&mut self, thing: &ThingId) {
        self.0.push(Fact::Thing(thing.clone(), Origin::Unknown));
    }

    fn edge(&mut self, from: &ThingId, relation: Relation, to: ThingId) {
        self.0.push(Fact::Edge(Edge {
            from: from.clone(),
            relation,
            to: Target::Exact(to),
            origin: Origin::Unknown,
        }));
    }

    fn bucket(&mut self, name: &str) -> ThingId {
        let bucket = ThingId::new(ThingKind::Bucket, "world", name);
        self.thing(&bucket);
        bucket
    }

    /// A bucket and its own key.
    fn kept(&mut self, name: &str, key: ThingId) {
        self.thing(&key);
        let bucket = self.bucket(name);
        self.edge(&bucket, Relation::EncryptedBy, key);
    }

    fn bootstrap(&mut self, bootstrap: &BootstrapContract) {
        let region = format!("{}/{}", bootstrap.account_id, bootstrap.state.region);
        let named = |name: &str| ThingId::new(ThingKind::Key, region.as_str(), name);
        self.kept(bootstrap.state_bucket().as_str(), named(STATE_KEY));
        self.bucket(&bootstrap.log_bucket());
        self.thing(&named(ALERTS_KEY));
        let ci = bootstrap.hub.as_ref().and_then(|hub| hub.ci.as_ref());
        let roles = [
            (
                CONTROLLER_ROLE,
                bootstrap.makes_controller(),
                ci.map(|ci| &ci.applies),
            ),
            (
                PLANNER_ROLE,
                bootstrap.has_planner(),
                ci.map(|ci| &ci.plans),
            ),
        ];
        for (name, is_made, subjects) in roles {
            if !is_made {
                continue;
            }
            let role = ThingId::new(ThingKind::Role, bootstrap.account_id.as_str(), name);
            self.thing(&role);
            for subject in subjects.into_iter().flatten() {
                self.0.push(Fact::Edge(Edge {
                    from: role.clone(),
                    relation: Relation::Trusts,
                    to: Target::Pattern(subject.as_str().into()),
                    origin: Origin::Unknown,
                }));
            }
        }
    }

    fn hub(&mut self, hub: &HubContract) {
        let role = |name: &str| ThingId::new(ThingKind::Role, hub.account_id.as_str(), name);
        for region in hub.regions() {
            let scope = format!("{}/{region}", hub.account_id);
            let archive = hub.log_archive(&region);
            let key = ThingId::new(ThingKind::Key, scope, HubContract::ARCHIVE_KEY);
            self.kept(&archive, key);
            self.bucket(&format!("{archive}-access"));
            for label in HubContract::LOG_ROLES {
                self.thing(&role(&HubContract::log_role(label, &region)));
            }
        }
        for member in hub
            .members
            .iter()
            .filter(|member| hub.has_vaults() && member.id != hub.account_id)
        {
            for region in &member.regions {
                let scope = format!("{}/{region}", hub.account_id);
                self.thing(&key(&scope, &HubContract::vault_key(&member.name)));
            }
        }
        if let Some(cluster) = &hub.cluster {
            let namespace = format!("{cluster}/{}", HubContract::NAMESPACE);
            let service =
                |name: &str| ThingId::new(ThingKind::ServiceAccount, namespace.as_str(), name);
            let secrets = role(HubContract::SECRETS_ROLE);
            self.thing(&secrets);
            self.edge(
                &secrets,
                Relation::Trusts,
                service(HubContract::SECRETS_ACCOUNT),
            );
        }
        if let Some(services) = &hub.services {
            let scope = format!("{}/{}", hub.account_id, hub.region);
            if let Some(first) = services.services.first() {
                let host = first.host.as_str();
                self.thing(&ThingId::new(ThingKind::Certificate, scope.as_str(), host));
            }
        }
        let scope = format!("{}/{}", hub.account_id, hub.region);
        for secret in hub.secrets() {
            self.kept_secret(&scope, &secret.name());
        }
    }

    fn account(&mut self, account: &AccountContract) {
        for name in ACCESS_ROLES.into_iter().chain([SEEDER_ROLE]) {
            let role = ThingId::new(ThingKind::Role, account.spec.id.as_str(), name);
            self.thing(&role);
            let principals = match name {
                BREAKGLASS_ROLE => vec![account.emergency()],
                SEEDER_ROLE => vec![account.seeder()],
                PLAN_ROLE => account.planners(),
                _ => vec![account.operator()],
            };
            for principal in principals.iter().filter_map(|arn| role_of(arn)) {
                self.edge(&role, Relation::Trusts, principal);
            }
        }
        if account.keeps_audit() {
            let home = format!("{}/{}", account.spec.id, account.spec.region);
            self.kept(&account.audit_bucket(), key(&home, AUDIT_KEY));
            self.bucket(&format!("{}-access", account.audit_bucket()));
        }
        if account.keeps_trail() {
            let account = account.spec.id.as_str();
            self.thing(&ThingId::new(ThingKind::Role, account, TRAIL_ROLE));
        }
        for region in &account.regions {
            if keeps_access_logs(account.mode) {
                self.bucket(&access_log_bucket(&account.spec.id, region));
            }
            let region = format!("{}/{region}", account.spec.id);
            self.thing(&key(&region, VOLUME_KEY));
            for purpose in KeyPurpose::ALL {
                self.thing(&purpose.thing(&region));
            }
        }
    }

    fn observability(&mut self, observed: &ObservabilityContract) {
        let region = format!("{}/{}", observed.account_id, observed.region);
        let key = ThingId::new(ThingKind::Key, region, ObservabilityContract::KEY);
        self.thing(&key);
        if let Some((_, stores)) = &observed.stores {
            self.bucket(&observed.access_bucket());
            for store in stores {
                self.kept(&store.bucket, key.clone());
            }
        }
    }

    fn cluster(&mut self, cluster: &ClusterContract) {
        let region = format!("{}/{}", cluster.account_id, cluster.region);
        for balancer in &cluster.load_balancers {
            let thing = ThingId::new(
                ThingKind::LoadBalancer,
                cluster.name.as_str(),
                balancer.group.as_str(),
            );
            self.thing(&thing);
            let Some(web_acl) = &balancer.web_acl else {
                continue;
            };
            let guard = ThingId::new(ThingKind::WebAcl, region.as_str(), web_acl.name.as_str());
            self.thing(&guard);
            self.edge(&thing, Relation::GuardedBy, guard);
            for list in &web_acl.allow_lists {
                for host in [&list.hostname].into_iter().chain(&list.also) {
                    let host = ThingId::new(ThingKind::Hostname, "world", host.as_str());
                    for name in [&list.ip_set_v4, &list.ip_set_v6] {
                        let set = ThingId::new(ThingKind::IpSet, region.as_str(), name.as_str());
                        self.thing(&set);
                        self.edge(&host, Relation::Admits, set);
                    }
                }
            }
        }
        if let Some(role) = cluster.flow_logs_role.as_deref().and_then(role_of) {
            self.thing(&role);
        }
        if let Some(eks) = &cluster.eks {
            self.eks(cluster, eks, &region);
        }
        for search in &cluster.search {
            self.thing(&ThingId::new(
                ThingKind::SearchDomain,
                region.as_str(),
                search.domain.as_str(),
            ));
        }
    }

    /// Roles, the queue of Karpenter, and the credentials of databases.
    fn eks(&mut self, cluster: &ClusterContract, eks: &EksContract, region: &str) {
        for role in &eks.roles {
            if let Some(role) = role_of(&role.arn) {
                self.thing(&role);
            }
        }
        if let Some(queue) = &eks.queue {
            self.thing(&ThingId::new(ThingKind::Queue, region, queue.as_str()));
        }
        if let Some(host) = eks.delivery.as_ref().and_then(|it| it.host.as_ref()) {
            self.thing(&ThingId::new(ThingKind::Certificate, region, host.as_str()));
        }
        let credential = eks.delivery.as_ref().and_then(|it| it.credential.as_ref());
        if let Some(credential) = credential {
            self.kept_secret(region, &credential.secret);
        }
        if let Some(secret) = &eks.telemetry {
            self.kept_secret(region, secret);
        }
        for store in &eks.databases {
            let database = cluster
                .databases
                .iter()
                .find(|database| database.name == store.name);
            if let Some(database) = database {
                self.kept_secret(region, &database.master_secret);
            }
        }
    }

    /// A secret of a cluster, and the account's key for it.
    fn kept_secret(&mut self, region: &str, name: &str) {
        let secret = ThingId::new(ThingKind::Secret, region, name);
        self.thing(&secret);
        let key = KeyPurpose::Secrets.thing(region);
        self.edge(&secret, Relation::EncryptedBy, key);
    }

    fn environment(&mut self, environment: &EnvironmentContract) {
        let region = format!("{}/{}", environment.account_id, environment.region);
        let namespace = format!("{}/{}", environment.cluster, environment.namespace);
        for bucket in &environment.buckets {
            let thing = ThingId::new(ThingKind::Bucket, "world", bucket.name.as_str());
            self.thing(&thing);
            // Access logs are delivered only to buckets without a key.
            if bucket.purpose != BucketPurpose::AccessLogs {
                self.edge(
                    &thing,
                    Relation::EncryptedBy,
                    KeyPurpose::Data.thing(&region),
                );
            }
        }
        for queue in &environment.queues {
            for name in [queue.name.clone(), queue.dead_name()] {
                let thing = ThingId::new(ThingKind::Queue, region.as_str(), name);
                self.thing(&thing);
                // Upload events name objects only: SQS encrypts them with a key of its own.
                if queue.purpose == QueuePurpose::Audit {
                    self.edge(
                        &thing,
                        Relation::EncryptedBy,
                        KeyPurpose::Data.thing(&region),
                    );
                }
            }
        }
        for secret in &environment.secrets {
            let stored = ThingId::new(ThingKind::Secret, region.as_str(), secret.name.as_str());
            self.thing(&stored);
            self.edge(
                &stored,
                Relation::EncryptedBy,
                KeyPurpose::Secrets.thing(&region),
            );
            let synced = ThingId::new(
                ThingKind::KubernetesSecret,
                namespace.as_str(),
                secret.kubernetes.as_str(),
            );
            self.thing(&synced);
            self.edge(&synced, Relation::SyncedFrom, stored);
        }
        for identity in &environment.identities {
            self.identity(identity, &namespace, &region);
        }
        self.delivery(environment, &namespace, &region);
    }

    fn identity(&mut self, identity: &IdentityContract, namespace: &str, region: &str) {
        let account = ThingId::new(
            ThingKind::ServiceAccount,
            namespace,
            identity.service_account.as_str(),
        );
        self.thing(&account);
        let Some(role) = role_of(&identity.role_arn) else {
            return;
        };
        self.edge(&account, Relation::RunsAs, role.clone());
        if identity.owner == RoleOwner::External {
            return;
        }
        self.thing(&role);
        self.edge(&role, Relation::Trusts, account);
        for resource in identity.grants.iter().flat_map(|grant| &grant.resources) {
            self.edge(&role, Relation::Allows, thing_of(resource, region));
        }
    }

    fn delivery(&mut self, environment: &EnvironmentContract, namespace: &str, region: &str) {
        let endpoint = &environment.endpoint;
        let host = ThingId::new(ThingKind::Hostname, "world", endpoint.hostname.as_str());
        self.thing(&host);
        let balancer = ThingId::new(
            ThingKind::LoadBalancer,
            environment.cluster.as_str(),
            endpoint.group.as_str(),
        );
        self.edge(&host, Relation::ServedBy, balancer);
        if endpoint.certificate.is_some() {
            let certificate =
                ThingId::new(ThingKind::Certificate, region, endpoint.hostname.as_str());
            self.thing(&certificate);
            self.edge(&host, Relation::CertifiedBy, certificate);
        }
        let application = &environment.application;
        let deployed = ThingId::new(
            ThingKind::Application,
            application.instance.as_str(),
            application.name.as_str(),
        );
        self.thing(&deployed);
        let (cluster, name) = namespace.split_once('/').unwrap_or(("", namespace));
        self.edge(
            &deployed,
            Relation::DeploysTo,
            ThingId::new(ThingKind::Namespace, cluster, name),
        );
    }
}

/// What a grant is about; which objects of a bucket is no matter of the graph.
fn thing_of(resource: &Resource, region: &str) -> ThingId {
    match resource {
        Resource::Bucket(name) | Resource::Objects(name) => {
            ThingId::new(ThingKind::Bucket, "world", name.as_str())
        }
        Resource::Queue(name) => ThingId::new(ThingKind::Queue, region, name.as_str()),
        Resource::Secret(name) => ThingId::new(ThingKind::Secret, region, name.as_str()),
        Resource::Key(purpose) => purpose.thing(region),
        Resource::SearchDomain(name) => {
            ThingId::new(ThingKind::SearchDomain, region, name.as_str())
        }
    }
}

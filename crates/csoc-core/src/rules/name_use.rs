//! Every derived name of a fleet with who uses it and where it must be unique.

use std::fmt;
use std::sync::Arc;

use super::context::FleetContext;
use crate::contract::{ClusterContract, EnvironmentContract, RoleOwner};
use crate::diagnostic::Finding;
use crate::model::name::ObjectName;
use crate::naming::{NameKind, Names, Scope, Variable};
use crate::resolve::EnvironmentRef;
use crate::span::Span;

/// Whose name it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Owner<'a> {
    /// A cluster.
    Cluster(&'a ObjectName),
    /// An environment.
    Environment(&'a EnvironmentRef),
}

impl fmt::Display for Owner<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Cluster(name) => write!(f, "clusters.{name}"),
            Self::Environment(at) => at.fmt(f),
        }
    }
}

/// One use of one name.
pub(crate) struct NameUse<'a> {
    /// What it is the name of.
    pub(crate) kind: NameKind,
    /// What for, where one rule makes several.
    pub(crate) purpose: Option<&'a str>,
    /// The name.
    pub(crate) text: &'a str,
    /// The full name, where it had to be shortened.
    pub(crate) full: Option<String>,
    /// Whose.
    pub(crate) owner: Owner<'a>,
    /// The place in which it must be unique, as people write it.
    pub(crate) scope: Arc<str>,
    /// Whether the model gives it, so that no rule made it.
    pub(crate) is_given: bool,
    /// The naming rule.
    pub(crate) rule: &'a str,
    names: &'a Names,
}

impl NameUse<'_> {
    /// What it is the name of, in words.
    pub(crate) fn what(&self) -> String {
        self.kind.as_str().replace('-', " ")
    }

    /// The variables that made it.
    pub(crate) fn variables(&self) -> impl Iterator<Item = Variable> {
        let (_, rule) = self.names.rule(self.kind, self.purpose);
        rule.pattern.variables()
    }

    /// The field of `identity` that sets it.
    pub(crate) fn identity_field(&self) -> Option<&'static str> {
        Some(match self.kind {
            NameKind::EnvironmentId => "environmentId",
            NameKind::Namespace => "namespace",
            NameKind::ReleaseName => "releaseName",
            NameKind::Application => "application",
            NameKind::Directory => "directory",
            _ => return None,
        })
    }

    /// A finding about it.
    pub(crate) fn finding(&self, context: &FleetContext<'_>, message: String) -> Finding {
        match self.owner {
            Owner::Environment(at) => context.environment_finding(at, &self.field(), message),
            Owner::Cluster(name) => {
                let rule = self.rule;
                context.finding(&["clusters", name.as_str(), "naming", rule], message)
            }
        }
    }

    /// Where the fleet says something of it, or its object.
    pub(crate) fn place(&self, context: &FleetContext<'_>) -> Option<Span> {
        match self.owner {
            Owner::Environment(at) => context.environment_place(at, &self.field()),
            Owner::Cluster(name) => {
                let rule = self.rule;
                context.place(&["clusters", name.as_str(), "naming", rule])
            }
        }
    }

    fn field(&self) -> [&str; 2] {
        match self.identity_field() {
            Some(field) => ["identity", field],
            None => ["naming", self.rule],
        }
    }
}

/// All names of the fleet: what clusters share first, then each environment's, causes before what follows from them.
pub(super) fn uses<'a>(context: &FleetContext<'a>) -> Vec<NameUse<'a>> {
    let mut uses = Vec::new();
    for (name, cluster) in &context.contracts.clusters {
        if let Some(resolved) = context.fleet.cluster(name.as_str()) {
            cluster_uses(name, cluster, &resolved.names, &mut uses);
        }
    }
    for (at, environment) in context.linked() {
        environment_uses(at, environment, &mut uses);
    }
    for (name, cluster) in &context.contracts.clusters {
        let region: Arc<str> = format!("{} {}", cluster.account_id, cluster.region).into();
        for balancer in &cluster.load_balancers {
            for list in balancer
                .web_acl
                .iter()
                .flat_map(|web_acl| &web_acl.allow_lists)
            {
                let environments = &context.contracts.environments;
                let guarded = list.guarded.environment();
                let Some((at, environment)) = guarded.and_then(|at| environments.get_key_value(at))
                else {
                    continue;
                };
                let mut names = Collector {
                    owner: Owner::Environment(at),
                    names: &environment.names,
                    account: cluster.account_id.as_str().into(),
                    region: region.clone(),
                    cluster: name.as_str().into(),
                    uses: &mut uses,
                };
                names.add(NameKind::IpSet, Some("v4"), &list.ip_set_v4, false);
                names.add(NameKind::IpSet, Some("v6"), &list.ip_set_v6, false);
            }
        }
    }
    uses
}

fn cluster_uses<'a>(
    name: &'a ObjectName,
    cluster: &'a ClusterContract,
    names: &'a Names,
    uses: &mut Vec<NameUse<'a>>,
) {
    let mut names = Collector {
        owner: Owner::Cluster(name),
        names,
        account: cluster.account_id.as_str().into(),
        region: format!("{} {}", cluster.account_id, cluster.region).into(),
        cluster: name.as_str().into(),
        uses,
    };
    for database in &cluster.databases {
        let purpose = Some(database.name.as_str());
        names.add(
            NameKind::DatabaseCluster,
            purpose,
            &database.identifier,
            false,
        );
    }
    for search in &cluster.search {
        let purpose = Some(search.name.as_str());
        names.add(NameKind::SearchDomain, purpose, &search.domain, false);
    }
    if let Some(eks) = &cluster.eks {
        for role in &eks.roles {
            let purpose = Some(role.purpose.as_str());
            names.add(NameKind::ClusterRole, purpose, role.name(), false);
        }
        if let Some(queue) = &eks.queue {
            names.add(NameKind::ClusterQueue, Some("karpenter"), queue, false);
        }
        let delivery = eks.delivery.as_ref();
        if let Some(credential) = delivery.and_then(|it| it.credential.as_ref()) {
            let purpose = Some(crate::contract::CredentialContract::NAME);
            names.add(NameKind::ClusterSecret, purpose, &credential.secret, false);
        }
        if let Some(secret) = &eks.telemetry {
            let purpose = Some(crate::contract::TELEMETRY_SECRET);
            names.add(NameKind::ClusterSecret, purpose, secret, false);
        }
        if let Some(vault) = &eks.vault {
            names.add(NameKind::BackupVault, Some("databases"), vault, false);
        }
    }
    for balancer in &cluster.load_balancers {
        let purpose = Some(balancer.name.as_str());
        let is_given = balancer.spec.group.is_some();
        names.add(NameKind::IngressGroup, purpose, &balancer.group, is_given);
        if let Some(web_acl) = &balancer.web_acl {
            names.add(NameKind::WebAcl, purpose, &web_acl.name, false);
        }
    }
}

fn environment_uses<'a>(
    at: &'a EnvironmentRef,
    environment: &'a EnvironmentContract,
    uses: &mut Vec<NameUse<'a>>,
) {
    let identity = &environment.spec.identity;
    let mut names = Collector {
        owner: Owner::Environment(at),
        names: &environment.names,
        account: environment.account_id.as_str().into(),
        region: format!("{} {}", environment.account_id, environment.region).into(),
        cluster: environment.cluster.as_str().into(),
        uses,
    };
    let application = &environment.application;
    for (kind, text, is_given) in [
        (
            NameKind::EnvironmentId,
            &environment.environment_id,
            identity.environment_id.is_some(),
        ),
        (
            NameKind::Namespace,
            &environment.namespace,
            identity.namespace.is_some(),
        ),
        (
            NameKind::ReleaseName,
            &environment.release_name,
            identity.release_name.is_some(),
        ),
        (
            NameKind::Directory,
            &application.directory,
            identity.directory.is_some(),
        ),
        (
            NameKind::JupyterNamespace,
            &environment.jupyter_namespace,
            environment.spec.workspaces.namespace.is_some(),
        ),
    ] {
        names.add(kind, None, text, is_given);
    }
    let given = identity.application.is_some();
    names.cluster = application.instance.as_str().into();
    names.add(NameKind::Application, None, &application.name, given);
    names.cluster = environment.cluster.as_str().into();
    for identity in &environment.identities {
        if identity.owner == RoleOwner::Managed {
            names.add(
                NameKind::Role,
                Some(&identity.purpose),
                identity.role_name(),
                false,
            );
        }
    }
    for secret in &environment.secrets {
        let settings = environment.spec.secrets.get(&secret.purpose);
        let is_given = settings.is_some_and(|settings| settings.name.is_some());
        names.add(
            NameKind::Secret,
            Some(&secret.purpose),
            &secret.name,
            is_given,
        );
    }
    for bucket in &environment.buckets {
        names.add(
            NameKind::Bucket,
            Some(bucket.purpose.as_str()),
            &bucket.name,
            false,
        );
    }
    for queue in &environment.queues {
        names.add(
            NameKind::Queue,
            Some(queue.purpose.as_str()),
            &queue.name,
            false,
        );
    }
}

/// Names of one object as they are collected.
struct Collector<'a, 'u> {
    owner: Owner<'a>,
    names: &'a Names,
    account: Arc<str>,
    region: Arc<str>,
    cluster: Arc<str>,
    uses: &'u mut Vec<NameUse<'a>>,
}

impl<'a> Collector<'a, '_> {
    fn add(&mut self, kind: NameKind, purpose: Option<&'a str>, text: &'a str, is_given: bool) {
        let made = match purpose {
            Some(purpose) => self.names.name_for(kind, purpose),
            None => self.names.name(kind),
        };
        let scope = match kind.scope() {
            Scope::World => Arc::default(),
            Scope::Account => self.account.clone(),
            Scope::Region => self.region.clone(),
            Scope::Cluster => self.cluster.clone(),
        };
        self.uses.push(NameUse {
            kind,
            purpose,
            text,
            full: made.ok().and_then(|name| name.full).filter(|_| !is_given),
            owner: self.owner,
            scope,
            is_given,
            rule: self.names.rule(kind, purpose).0,
            names: self.names,
        });
    }
}

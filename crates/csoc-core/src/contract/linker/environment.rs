//! Linking an environment: who it runs as, what it reads, where it is reached.

use std::collections::BTreeMap;

use crate::contract::cluster::ClusterContract;
use crate::contract::environment::{
    ApplicationContract, EndpointContract, EnvironmentContract, Ingress, ParentContract,
};
use crate::contract::namer::Namer;
use crate::contract::{ServiceContract, identity, keeps_access_logs, secret, services, storage};
use crate::diagnostic::Diagnostics;
use crate::model::Environment;
use crate::model::cluster::{Delivery, LoadBalancer};
use crate::model::environment::{Certificate, DatabaseSetup, Records};
use crate::model::name::ObjectName;
use crate::model::network::Hostname;
use crate::model::stack::{OutputKind, StackKind};
use crate::naming::NameKind;
use crate::resolve::{EnvironmentRef, ResolvedEnvironment, ResolvedFleet};

/// Which of a cluster's shared resources an environment uses: the one it names, the only one, or the one of the usual name.
pub(crate) fn choose<'a>(
    named: Option<&ObjectName>,
    among: &[&'a ObjectName],
    usual: &str,
) -> Option<&'a ObjectName> {
    match (named, among) {
        (Some(named), _) => among.iter().copied().find(|name| *name == named),
        (None, [only]) => Some(only),
        (None, _) => among.iter().copied().find(|name| name.as_str() == usual),
    }
}

#[expect(
    clippy::too_many_lines,
    reason = "one field of the contract after the other"
)]
pub(super) fn link_environment(
    fleet: &ResolvedFleet,
    at: &EnvironmentRef,
    environment: &ResolvedEnvironment,
    cluster: &ClusterContract,
    sink: &mut Diagnostics,
) -> Option<EnvironmentContract> {
    let spec = &environment.spec;
    let mut namer = Namer::new(
        &environment.names,
        at.to_string(),
        fleet.place(&[
            "commons",
            at.commons.as_str(),
            "environments",
            at.environment.as_str(),
        ]),
    );
    let services = services::services(spec);
    let runs = |name: &str| {
        services
            .iter()
            .any(|service| service.name == name && service.enabled)
    };
    let balancers: Vec<&ObjectName> = cluster
        .load_balancers
        .iter()
        .map(|balancer| &balancer.name)
        .collect();
    let balancer = choose(spec.load_balancer.as_ref(), &balancers, "public")?;
    let balancer = cluster
        .load_balancers
        .iter()
        .find(|known| known.name == *balancer)?;
    let databases: Vec<&ObjectName> = cluster
        .databases
        .iter()
        .map(|database| &database.name)
        .collect();
    let database = choose(spec.database.as_ref(), &databases, "main");
    let domains: Vec<&ObjectName> = cluster.search.iter().map(|search| &search.name).collect();
    let domain = runs("aws-sigv4-proxy")
        .then(|| choose(spec.search.as_ref(), &domains, "main"))
        .flatten();
    let search = cluster
        .search
        .iter()
        .find(|search| Some(&search.name) == domain)
        .cloned();
    let place = storage::Place {
        partition: cluster.partition,
        region: cluster.region.as_str(),
        account_id: cluster.account_id.as_str(),
    };
    let account = fleet.account(cluster.account.as_str());
    let logs = match account.map(|account| account.management.terraform) {
        Some(mode) if keeps_access_logs(mode) => storage::AccessLogs::Account,
        _ => storage::AccessLogs::Own,
    };
    let buckets = storage::buckets(&runs, logs, &mut namer);
    let queues = storage::queues(&runs, &place, &mut namer);
    let secrets = secret::secrets(spec, &services, &mut namer);
    let database = cluster
        .databases
        .iter()
        .find(|known| Some(&known.name) == database);
    let declared = |name: &ObjectName| {
        let databases = fleet
            .cluster(cluster.name.as_str())
            .map(|cluster| &cluster.spec.databases);
        databases
            .and_then(|databases| databases.get(name))
            .is_some_and(|spec| spec.master_secret.is_some())
    };
    let by_job = spec.database_setup == DatabaseSetup::Job
        || services.iter().any(ServiceContract::makes_database);
    let master_secret = database
        .filter(|database| by_job || declared(&database.name))
        .map(|database| database.master_secret.clone());
    let identities = identity::identities(
        &identity::Holdings {
            spec,
            services: &services,
            buckets: &buckets,
            queues: &queues,
            secrets: &secrets,
            search: search.as_ref(),
            master_secret: master_secret.as_deref(),
        },
        &place,
        &mut namer,
    );
    let certificate = (spec.certificate == Certificate::Acm)
        .then(|| fleet.environment_stack(at, StackKind::Dns))
        .flatten()
        .map(|stack| {
            fleet.outputs.text(&ResolvedFleet::output(
                stack,
                OutputKind::CertificateArn,
                None,
            ))
        });
    let identity = &spec.identity;
    let application = ApplicationContract {
        name: identity.application.as_ref().map_or_else(
            || namer.name(NameKind::Application, None),
            ToString::to_string,
        ),
        directory: identity.directory.as_ref().map_or_else(
            || namer.name(NameKind::Directory, None),
            ToString::to_string,
        ),
        instance: match fleet.cluster(cluster.name.as_str())?.spec.delivery {
            Delivery::SpokePull => cluster.name.clone(),
            Delivery::HubPush => fleet
                .spec
                .hub
                .as_ref()
                .and_then(|hub| hub.cluster.clone())
                .unwrap_or_else(|| cluster.name.clone()),
        },
    };
    let jupyter_namespace = spec.workspaces.namespace.as_ref().map_or_else(
        || namer.name(NameKind::JupyterNamespace, None),
        ToString::to_string,
    );
    let variable = |variable| {
        environment
            .names
            .variables
            .get(variable)
            .unwrap_or_default()
            .to_owned()
    };
    let contract = EnvironmentContract {
        at: at.clone(),
        spec: spec.clone(),
        cluster: cluster.name.clone(),
        account: cluster.account.clone(),
        account_id: cluster.account_id.clone(),
        region: cluster.region.clone(),
        partition: cluster.partition,
        names: environment.names.clone(),
        environment_id: variable(crate::naming::Variable::EnvironmentId),
        namespace: variable(crate::naming::Variable::Namespace),
        release_name: variable(crate::naming::Variable::ReleaseName),
        jupyter_namespace,
        identities,
        secrets,
        buckets,
        queues,
        endpoint: EndpointContract {
            hostname: spec.hostname.clone(),
            certificate,
            ingress: ingress(fleet, cluster, &balancer.spec),
            records: records(fleet, cluster, spec),
            load_balancer: balancer.name.to_string(),
            group: balancer.group.clone(),
            scheme: balancer.scheme,
            web_acl: balancer.web_acl.as_ref().map(|web_acl| web_acl.arn.clone()),
        },
        application,
        database: database.cloned(),
        master_secret,
        search,
        parent: parent(fleet, environment),
        children: Vec::new(),
        services,
    };
    (!namer.finish(sink)).then_some(contract)
}

/// What leads requests into a cluster, through one of its load balancers.
fn ingress(fleet: &ResolvedFleet, cluster: &ClusterContract, balancer: &LoadBalancer) -> Ingress {
    let resolved = fleet.cluster(cluster.name.as_str());
    let class = resolved.and_then(|cluster| cluster.spec.controller_class(balancer));
    class.map_or(Ingress::Balancer, |class| Ingress::Class(class.to_owned()))
}

/// Who keeps the record of an environment's host: as it says, else the add-on of its cluster where it can.
fn records(fleet: &ResolvedFleet, cluster: &ClusterContract, spec: &Environment) -> Records {
    if let Some(records) = spec.records {
        return records;
    }
    let domain = fleet
        .account(cluster.account.as_str())
        .and_then(|account| account.domain.as_ref());
    let holds = domain.is_some_and(|domain| spec.hostname.is_within(domain));
    let runs = fleet
        .cluster(cluster.name.as_str())
        .is_some_and(|cluster| cluster.spec.keeps_records());
    if holds && runs {
        Records::ExternalDns
    } else {
        Records::Manual
    }
}

/// The environment of the parent commons that a child uses: of the same tier, else its first.
fn parent_of<'a>(
    fleet: &'a ResolvedFleet,
    environment: &ResolvedEnvironment,
) -> Option<(&'a EnvironmentRef, &'a ResolvedEnvironment)> {
    let commons = environment.spec.parent.as_ref()?;
    let of_parent = || {
        fleet
            .environments
            .iter()
            .filter(|(at, _)| at.commons == *commons)
    };
    of_parent()
        .find(|(_, parent)| parent.spec.tier == environment.spec.tier)
        .or_else(|| of_parent().next())
}

fn parent(fleet: &ResolvedFleet, environment: &ResolvedEnvironment) -> Option<ParentContract> {
    let (at, parent) = parent_of(fleet, environment)?;
    Some(ParentContract {
        at: at.clone(),
        hostname: parent.spec.hostname.clone(),
        namespace: parent
            .names
            .variables
            .get(crate::naming::Variable::Namespace)?
            .to_owned(),
        cluster: parent.spec.cluster.clone(),
    })
}

/// The hosts of children by the environment that each signs in to.
pub(super) fn children(fleet: &ResolvedFleet) -> BTreeMap<&EnvironmentRef, Vec<Hostname>> {
    let mut children: BTreeMap<_, Vec<_>> = BTreeMap::new();
    for child in fleet.environments.values() {
        if let Some((parent, _)) = parent_of(fleet, child) {
            let hosts = children.entry(parent).or_default();
            hosts.push(child.spec.hostname.clone());
        }
    }
    children
}

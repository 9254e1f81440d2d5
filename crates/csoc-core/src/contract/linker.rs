//! Linking: every environment's contract, and what clusters and accounts share.

use std::collections::{BTreeMap, BTreeSet};

use rayon::prelude::*;

use super::account::AccountContract;
use super::cluster::{
    AllowList, ClusterContract, DatabaseContract, LoadBalancerContract, SearchContract,
    WebAclContract,
};
use super::environment::{
    ApplicationContract, EndpointContract, EnvironmentContract, ParentContract,
};
use super::namer::Namer;
use super::{identity, secret, services, storage};
use crate::diagnostic::Diagnostics;
use crate::model::cloud::Arn;
use crate::model::cluster::{Delivery, LoadBalancer, Scheme, WebAclMode};
use crate::model::deferred::Deferred;
use crate::model::environment::{Certificate, DatabaseSetup};
use crate::model::name::ObjectName;
use crate::model::network::{Cidr, Hostname};
use crate::model::stack::{OutputKind, StackKind};
use crate::naming::NameKind;
use crate::resolve::{EnvironmentRef, ResolvedCluster, ResolvedEnvironment, ResolvedFleet};

/// The contracts of a whole fleet.
#[derive(Debug, Default)]
pub(crate) struct Contracts {
    pub(crate) accounts: BTreeMap<ObjectName, AccountContract>,
    pub(crate) clusters: BTreeMap<ObjectName, ClusterContract>,
    pub(crate) environments: BTreeMap<EnvironmentRef, EnvironmentContract>,
}

/// Links a fleet. Objects whose references lead nowhere are left out; a rule says so of each.
pub(crate) fn link(fleet: &ResolvedFleet, sink: &mut Diagnostics) -> Contracts {
    let mut contracts = Contracts::default();
    for (name, account) in &fleet.accounts {
        if ResolvedFleet::is_aws(account) {
            contracts
                .accounts
                .insert(name.clone(), link_account(fleet, name));
        }
    }
    let on = fleet.environments_by_cluster();
    for (name, cluster) in &fleet.clusters {
        let on = on.get(name).map_or(&[][..], Vec::as_slice);
        if let Some(cluster) = link_cluster(fleet, name, cluster, on, sink) {
            contracts.clusters.insert(name.clone(), cluster);
        }
    }
    let children = children(fleet);
    let linked: Vec<_> = fleet
        .environments
        .par_iter()
        .map(|(at, environment)| {
            let mut found = Diagnostics::default();
            let linked = contracts
                .clusters
                .get(&environment.spec.cluster)
                .and_then(|cluster| link_environment(fleet, at, environment, cluster, &mut found))
                .map(|linked| EnvironmentContract {
                    children: children.get(at).cloned().unwrap_or_default(),
                    ..linked
                });
            (at, linked, found)
        })
        .collect();
    for (at, linked, found) in linked {
        sink.append(found);
        if let Some(environment) = linked {
            contracts.environments.insert(at.clone(), environment);
        }
    }
    contracts
}

fn link_account(fleet: &ResolvedFleet, name: &ObjectName) -> AccountContract {
    let spec = fleet.accounts[name].clone();
    let clusters = fleet
        .clusters
        .values()
        .filter(|cluster| cluster.spec.account == *name);
    let regions: BTreeSet<_> = clusters
        .filter_map(|cluster| cluster.region.clone())
        .chain([spec.region.clone()])
        .collect();
    let partition = ResolvedFleet::partition(&spec.region);
    AccountContract {
        name: name.clone(),
        partition,
        regions,
        controller: controller(fleet),
        organization: fleet
            .spec
            .organization
            .as_ref()
            .and_then(|organization| organization.aws_organization.clone()),
        mode: spec.management.terraform,
        spec,
    }
}

/// The role that runs Terraform: the one that is named, or the one that the hub's account will have.
fn controller(fleet: &ResolvedFleet) -> Option<Arn> {
    let hub = fleet.spec.hub.as_ref()?;
    if let Some(role) = &hub.controller_role {
        return Some(role.clone());
    }
    let account = fleet.account(hub.account.as_str())?;
    let partition = ResolvedFleet::partition(&account.region);
    format!(
        "arn:{partition}:iam::{}:role/gen3/csoc-controller",
        account.id
    )
    .parse()
    .ok()
}

#[expect(
    clippy::too_many_lines,
    reason = "one field of the contract after the other"
)]
fn link_cluster(
    fleet: &ResolvedFleet,
    name: &ObjectName,
    cluster: &ResolvedCluster,
    environments: &[(&EnvironmentRef, &ResolvedEnvironment)],
    sink: &mut Diagnostics,
) -> Option<ClusterContract> {
    let account = fleet
        .account(cluster.spec.account.as_str())
        .filter(|account| ResolvedFleet::is_aws(account))?;
    let region = cluster.region.clone()?;
    let mut namer = Namer::new(
        &cluster.names,
        format!("clusters.{name}"),
        fleet.place(&["clusters", name.as_str()]),
    );
    let mut load_balancers = Vec::new();
    let declared = &cluster.spec.load_balancers;
    let implicit = default_name("public");
    let all: Vec<(&ObjectName, LoadBalancer)> = if declared.is_empty() {
        vec![(&implicit, LoadBalancer::default())]
    } else {
        declared
            .iter()
            .map(|(name, spec)| (name, spec.clone()))
            .collect()
    };
    let all_names: Vec<&ObjectName> = all.iter().map(|(name, _)| *name).collect();
    for (balancer, spec) in &all {
        let behind: Vec<_> = environments
            .iter()
            .filter(|(_, environment)| {
                choose(
                    environment.spec.load_balancer.as_ref(),
                    &all_names,
                    "public",
                ) == Some(*balancer)
            })
            .collect();
        let guarded = spec.web_acl.unwrap_or(match spec.scheme {
            Scheme::InternetFacing => WebAclMode::Managed,
            Scheme::Internal => WebAclMode::None,
        });
        let stack = fleet.cluster_stack(name, StackKind::Waf)?;
        let web_acl = (guarded == WebAclMode::Managed).then(|| WebAclContract {
            name: namer.name(NameKind::WebAcl, Some(balancer.as_str())),
            arn: fleet.outputs.text(&ResolvedFleet::output(
                stack.clone(),
                OutputKind::WebAclArns,
                Some(balancer.as_str()),
            )),
            allow_lists: behind
                .iter()
                .filter_map(|(at, environment)| allow_list(fleet, at, environment, sink))
                .collect(),
        });
        load_balancers.push(LoadBalancerContract {
            name: (*balancer).clone(),
            group: spec.group.as_ref().map_or_else(
                || namer.name(NameKind::IngressGroup, Some(balancer.as_str())),
                ToString::to_string,
            ),
            scheme: spec.scheme,
            web_acl,
            hosts: behind
                .iter()
                .map(|(at, environment)| ((*at).clone(), environment.spec.hostname.clone()))
                .collect(),
            spec: spec.clone(),
        });
    }
    let databases = with_default(
        cluster
            .spec
            .databases
            .iter()
            .map(|(name, spec)| (name.clone(), spec.clone())),
    )
    .map(|(database, spec)| DatabaseContract {
        identifier: namer.name(NameKind::DatabaseCluster, Some(database.as_str())),
        master_secret: spec.master_secret.map_or_else(
            || {
                namer.name(
                    NameKind::ClusterSecret,
                    Some(&format!("{database}-database")),
                )
            },
            |name| name.to_string(),
        ),
        name: database,
    })
    .collect();
    let search_stack = fleet.cluster_stack(name, StackKind::Data)?;
    let search = with_default(
        cluster
            .spec
            .search
            .iter()
            .map(|(name, spec)| (name.clone(), spec.clone())),
    )
    .map(|(domain, spec)| SearchContract {
        domain: namer.name(NameKind::SearchDomain, Some(domain.as_str())),
        endpoint: match spec.endpoint {
            Some(endpoint) => Deferred::known(endpoint.to_string()),
            None => fleet.outputs.text(&ResolvedFleet::output(
                search_stack.clone(),
                OutputKind::SearchEndpoints,
                Some(domain.as_str()),
            )),
        },
        name: domain,
    })
    .collect();
    let failed = namer.finish(sink);
    (!failed).then(|| ClusterContract {
        name: name.clone(),
        account: cluster.spec.account.clone(),
        account_id: account.id.clone(),
        partition: ResolvedFleet::partition(&region),
        region,
        vpc: cluster.spec.vpc.as_ref().unwrap_or(name).to_string(),
        load_balancers,
        databases,
        search,
    })
}

fn default_name(text: &str) -> ObjectName {
    text.parse().expect("a name of ours")
}

/// The declared resources, or one of default settings called `main`.
fn with_default<T: Default>(
    declared: impl Iterator<Item = (ObjectName, T)>,
) -> impl Iterator<Item = (ObjectName, T)> {
    let mut declared: Vec<_> = declared.collect();
    if declared.is_empty() {
        declared.push((default_name("main"), T::default()));
    }
    declared.into_iter()
}

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

fn allow_list(
    fleet: &ResolvedFleet,
    at: &EnvironmentRef,
    environment: &ResolvedEnvironment,
    sink: &mut Diagnostics,
) -> Option<AllowList> {
    let listed = &environment.spec.exposure.allow_list;
    if listed.is_empty() {
        return None;
    }
    let mut namer = Namer::new(
        &environment.names,
        at.to_string(),
        fleet.environment_place(at, &["exposure", "allowList"]),
    );
    let ip_set_v4 = namer.name(NameKind::IpSet, Some("v4"));
    let ip_set_v6 = namer.name(NameKind::IpSet, Some("v6"));
    let is_v4 = |cidr: &&Cidr| matches!(cidr.network(), ipnet::IpNet::V4(_));
    let network = fleet.cluster_stack(&environment.spec.cluster, StackKind::Network)?;
    let nat = fleet
        .outputs
        .texts(&ResolvedFleet::output(
            network,
            OutputKind::NatAddresses,
            None,
        ))
        .map(|addresses| {
            addresses
                .iter()
                .map(|address| format!("{address}/32"))
                .collect()
        });
    let list = AllowList {
        environment: at.clone(),
        hostname: environment.spec.hostname.clone(),
        ip_set_v4,
        ip_set_v6,
        v4: listed.iter().filter(is_v4).cloned().collect(),
        v6: listed.iter().filter(|cidr| !is_v4(cidr)).cloned().collect(),
        nat,
    };
    (!namer.finish(sink)).then_some(list)
}

#[expect(
    clippy::too_many_lines,
    reason = "one field of the contract after the other"
)]
fn link_environment(
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
    let buckets = storage::buckets(&runs, &mut namer);
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
    let master_secret = database
        .filter(|database| spec.database_setup == DatabaseSetup::Job || declared(&database.name))
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
fn children(fleet: &ResolvedFleet) -> BTreeMap<&EnvironmentRef, Vec<Hostname>> {
    let mut children: BTreeMap<_, Vec<_>> = BTreeMap::new();
    for child in fleet.environments.values() {
        if let Some((parent, _)) = parent_of(fleet, child) {
            let hosts = children.entry(parent).or_default();
            hosts.push(child.spec.hostname.clone());
        }
    }
    children
}

//! Linking a cluster: what its environments share.

use super::eks::{Linked, link_eks};
use super::environment::choose;
use crate::contract::Watch;
use crate::contract::cluster::{
    AllowList, ClusterContract, DatabaseContract, Guarded, LoadBalancerContract, SearchContract,
    WebAclContract,
};
use crate::contract::cutover::cutover;
use crate::contract::delivery::{ArgoCdEntrance, argocd_entrance};
use crate::contract::eks::EksContract;
use crate::contract::hub_services::{HubService, HubServiceKind, hub_services};
use crate::contract::module::{ModuleContract, ModuleSubject};
use crate::contract::namer::Namer;
use crate::diagnostic::Diagnostics;
use crate::model::cluster::{LoadBalancer, Scheme, WebAclMode};
use crate::model::deferred::Deferred;
use crate::model::hub::AllowedNetwork;
use crate::model::name::ObjectName;
use crate::model::network::{Cidr, Hostname};
use crate::model::stack::{OutputKind, StackKind};
use crate::naming::NameKind;
use crate::network;
use crate::resolve::{EnvironmentRef, ResolvedCluster, ResolvedEnvironment, ResolvedFleet};

#[expect(
    clippy::too_many_lines,
    reason = "one field of the contract after the other"
)]
pub(super) fn link_cluster(
    fleet: &ResolvedFleet,
    name: &ObjectName,
    cluster: &ResolvedCluster,
    environments: &[(&EnvironmentRef, &ResolvedEnvironment)],
    watch: &Watch,
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
    let services = hub_services(fleet).filter(|services| services.cluster == *name);
    let argocd = argocd_entrance(fleet, name, &cluster.spec);
    for (balancer, spec) in &all {
        let own = argocd.filter(|it| it.balancer.is_none_or(|behind| behind == *balancer));
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
        let hub = services
            .as_ref()
            .filter(|it| choose(it.load_balancer.as_ref(), &all_names, "public") == Some(*balancer))
            .map_or(&[][..], |it| it.services.as_slice());
        let guarded = spec.web_acl.unwrap_or(match spec.scheme {
            Scheme::InternetFacing => WebAclMode::Managed,
            Scheme::Internal => WebAclMode::None,
        });
        let stack = fleet.cluster_stack(name, StackKind::Waf)?;
        // A controller in the cluster is no load balancer of AWS, and nothing of AWS stands before it.
        let is_balancer = cluster.spec.controller_class(spec).is_none();
        let web_acl = (is_balancer && guarded == WebAclMode::Managed).then(|| WebAclContract {
            name: namer.name(NameKind::WebAcl, Some(balancer.as_str())),
            arn: fleet.outputs.text(&ResolvedFleet::output(
                stack.clone(),
                OutputKind::WebAclArns,
                Some(balancer.as_str()),
            )),
            allow_lists: behind
                .iter()
                .filter_map(|(at, environment)| allow_list(fleet, at, environment, sink))
                .chain(
                    hub.iter()
                        .filter_map(|service| hub_list(fleet, name, service)),
                )
                .chain(
                    hub.iter()
                        .filter_map(|service| administration(fleet, name, service)),
                )
                .chain(own.and_then(|entrance| argocd_list(fleet, name, cluster, entrance)))
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
                .flat_map(|(at, environment)| {
                    let (claimed, also) = hosts(fleet, at, environment);
                    [Some(claimed), also]
                        .into_iter()
                        .flatten()
                        .map(|host| ((*at).clone(), host))
                })
                .collect(),
            hub_hosts: hub
                .iter()
                .map(|service| &service.host)
                .chain(own.map(|entrance| entrance.host))
                .cloned()
                .collect(),
            spec: spec.clone(),
        });
    }
    let is_one_root = cluster.spec.terraform.is_one_root();
    let vpc = cluster.spec.vpc.as_ref().unwrap_or(name).to_string();
    let databases = with_default(
        cluster
            .spec
            .databases
            .iter()
            .map(|(name, spec)| (name.clone(), spec.clone())),
    )
    .map(|(database, spec)| DatabaseContract {
        identifier: namer.name(NameKind::DatabaseCluster, Some(database.as_str())),
        master_secret: match spec.master_secret {
            Some(name) => name.to_string(),
            // The module names it so, and nothing changes that.
            None if is_one_root => format!("{vpc}-aurora-master-password"),
            None => namer.name(
                NameKind::ClusterSecret,
                Some(&format!("{database}-database")),
            ),
        },
        name: database,
    })
    .collect::<Vec<_>>();
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
    .collect::<Vec<_>>();
    let partition = ResolvedFleet::partition(&region);
    let eks = link_eks(
        fleet,
        &Linked {
            name,
            cluster,
            environments,
            databases: &databases,
            search: &search,
            account_id: account.id.as_str(),
            partition,
            keeps: watch.is_keeper(name),
            relays: watch.is_relayed(name),
        },
        &mut namer,
    );
    let failed = namer.finish(sink);
    let module = eks
        .as_ref()
        .filter(|_| is_one_root)
        .and_then(|eks| link_module(fleet, name, cluster, eks, (&databases, &search)));
    let makes_network = fleet.network_owner(name) == name && network::plan(fleet, name).is_some();
    // A name and a region are short enough for 64 characters: 32 and 16 at most.
    let flow_logs_role = makes_network.then(|| {
        let account = &account.id;
        format!("arn:{partition}:iam::{account}:role/gen3/{vpc}/{vpc}--{region}--flow-logs")
    });
    (!failed).then(|| ClusterContract {
        name: name.clone(),
        account: cluster.spec.account.clone(),
        account_id: account.id.clone(),
        partition,
        region,
        vpc,
        flow_logs_role,
        load_balancers,
        databases,
        search,
        eks: eks.filter(|_| !is_one_root),
        module,
    })
}

/// What gen3-terraform is called with.
fn link_module(
    fleet: &ResolvedFleet,
    name: &ObjectName,
    cluster: &ResolvedCluster,
    eks: &EksContract,
    (databases, search): (&[DatabaseContract], &[SearchContract]),
) -> Option<ModuleContract> {
    let account = fleet.account(cluster.spec.account.as_str())?;
    let region = cluster.region.as_ref()?;
    let hub = fleet.spec.hub.as_ref();
    let hub_account = hub.and_then(|hub| fleet.account(hub.account.as_str()));
    let hub_cluster = hub.and_then(|hub| hub.cluster.as_ref());
    let hub_cluster = hub_cluster.filter(|hub| *hub != name);
    let hub_network = hub_cluster
        .and_then(|hub| fleet.clusters.get(hub))
        .and_then(|hub| hub.spec.network.cidr.as_ref());
    let organization = fleet.spec.organization.as_ref();
    let organization = organization.map_or(&fleet.spec.name, |organization| &organization.name);
    let vpc = cluster.spec.vpc.as_ref().unwrap_or(name);
    let own = ["clusters", name.as_str(), "terraform", "variables"];
    Some(ModuleContract::new(&ModuleSubject {
        vpc: vpc.as_str(),
        account: &account.id,
        partition: ResolvedFleet::partition(region),
        region,
        zones: network::zones(fleet, cluster),
        eks,
        databases,
        search,
        organization: organization.as_str(),
        hub: hub_account.map_or(&account.id, |hub| &hub.id),
        hub_network,
        own: fleet.root.path(&own),
    }))
}

pub(super) fn default_name(text: &str) -> ObjectName {
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

/// The hosts that an environment's ingress claims.
fn hosts(
    fleet: &ResolvedFleet,
    at: &EnvironmentRef,
    environment: &ResolvedEnvironment,
) -> (Hostname, Option<Hostname>) {
    let shared = &environment.spec.hostname;
    match cutover(fleet, at) {
        Some(cutover) => cutover.hosts(shared),
        None => (shared.clone(), None),
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
    let nat = nat(fleet, &environment.spec.cluster)?;
    let (hostname, also) = hosts(fleet, at, environment);
    let list = AllowList {
        guarded: Guarded::Environment(at.clone()),
        hostname,
        also,
        open: Vec::new(),
        ip_set_v4,
        ip_set_v6,
        v4: listed.iter().filter(|cidr| is_v4(cidr)).cloned().collect(),
        v6: listed.iter().filter(|cidr| !is_v4(cidr)).cloned().collect(),
        nat,
    };
    (!namer.finish(sink)).then_some(list)
}

/// The addresses that a cluster reaches out from.
fn nat(fleet: &ResolvedFleet, cluster: &ObjectName) -> Option<Deferred<Vec<String>>> {
    let stack = fleet.cluster_stack(cluster, StackKind::Network)?;
    let output = ResolvedFleet::output(stack, OutputKind::NatAddresses, None);
    let whole = |addresses: Vec<String>| {
        let addresses = addresses.iter();
        addresses.map(|address| format!("{address}/32")).collect()
    };
    Some(fleet.outputs.texts(&output).map(whole))
}

/// Who reaches a service of the hub.
fn hub_list(
    fleet: &ResolvedFleet,
    cluster: &ObjectName,
    service: &HubService,
) -> Option<AllowList> {
    let listed = service.kind.allow_list(fleet.spec.hub.as_ref()?);
    let guarded = Guarded::Hub(service.kind);
    let names = ["v4", "v6"].map(|version| service.kind.ip_set(version));
    answered(fleet, cluster, listed, guarded, &service.host, names)
}

/// Who reaches what of Keycloak is no sign-in: its console, its realm of administrators, every realm that is not the hub's.
fn administration(
    fleet: &ResolvedFleet,
    cluster: &ObjectName,
    service: &HubService,
) -> Option<AllowList> {
    let hub = fleet.spec.hub.as_ref()?;
    let is_keycloak = service.kind == HubServiceKind::Keycloak;
    let keycloak = hub.keycloak.as_ref().filter(|_| is_keycloak)?;
    let guarded = Guarded::KeycloakAdministration;
    let names = ["v4", "v6"].map(|version| format!("gen3-hub-keycloak-administration-{version}"));
    let list = answered(
        fleet,
        cluster,
        &hub.operators,
        guarded,
        &service.host,
        names,
    )?;
    let realm = keycloak.realm();
    Some(AllowList {
        // Pages of the realm take their styles and scripts from the second.
        open: vec![format!("/realms/{realm}/"), "/resources/".to_owned()],
        ..list
    })
}

/// Who reaches a cluster's own Argo CD.
fn argocd_list(
    fleet: &ResolvedFleet,
    name: &ObjectName,
    cluster: &ResolvedCluster,
    entrance: ArgoCdEntrance<'_>,
) -> Option<AllowList> {
    let listed = &cluster.spec.argocd.as_ref()?.allow_list;
    let guarded = Guarded::ArgoCd(name.clone());
    let names = ["v4", "v6"].map(|version| format!("gen3-{name}-argocd-{version}"));
    answered(fleet, name, listed, guarded, entrance.host, names)
}

/// The networks that somebody answers for, as a host's only ones.
fn answered(
    fleet: &ResolvedFleet,
    cluster: &ObjectName,
    listed: &[AllowedNetwork],
    guarded: Guarded,
    host: &Hostname,
    [ip_set_v4, ip_set_v6]: [String; 2],
) -> Option<AllowList> {
    if listed.is_empty() {
        return None;
    }
    let (v4, v6) = listed
        .iter()
        .map(|network| network.cidr.clone())
        .partition(is_v4);
    Some(AllowList {
        guarded,
        hostname: host.clone(),
        also: None,
        open: Vec::new(),
        ip_set_v4,
        ip_set_v6,
        v4,
        v6,
        nat: nat(fleet, cluster)?,
    })
}

fn is_v4(cidr: &Cidr) -> bool {
    matches!(cidr.network(), ipnet::IpNet::V4(_))
}

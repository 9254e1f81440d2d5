//! Linking what a cluster on EKS has of its own.

use super::environment::choose;
use crate::contract::cluster::{DatabaseContract, SearchContract};
use crate::contract::eks::{ClusterRole, ClusterRolePurpose, EksContract};
use crate::contract::namer::Namer;
use crate::contract::pusher::{has_pusher, makes_eks, makes_pusher};
use crate::contract::store::{StoreUse, matters};
use crate::contract::{TELEMETRY_SECRET, delivery, services};
use crate::model::Tier;
use crate::model::cluster::{Cluster, Delivery};
use crate::model::data_store::BackupMode;
use crate::model::environment::{Certificate, Environment, Size};
use crate::model::name::ObjectName;
use crate::model::network::Hostname;
use crate::model::nodes::Provisioner;
use crate::naming::NameKind;
use crate::resolve::{EnvironmentRef, ResolvedCluster, ResolvedEnvironment, ResolvedFleet};

/// What is linked before: the cluster and what is shared in it.
pub(super) struct Linked<'a> {
    pub(super) name: &'a ObjectName,
    pub(super) cluster: &'a ResolvedCluster,
    pub(super) environments: &'a [(&'a EnvironmentRef, &'a ResolvedEnvironment)],
    pub(super) databases: &'a [DatabaseContract],
    pub(super) search: &'a [SearchContract],
    pub(super) account_id: &'a str,
    pub(super) partition: &'static str,
    /// Whether it runs what keeps metrics, logs and traces.
    pub(super) keeps: bool,
    /// Whether it sends those to another cluster, or takes them from one.
    pub(super) relays: bool,
}

/// What a cluster on EKS has of its own; none where it is another's or no EKS.
pub(super) fn link_eks(
    fleet: &ResolvedFleet,
    linked: &Linked<'_>,
    namer: &mut Namer<'_>,
) -> Option<EksContract> {
    let spec = &linked.cluster.spec;
    if !makes_eks(spec) {
        return None;
    }
    let stay: Vec<&ResolvedEnvironment> = linked
        .environments
        .iter()
        .map(|(_, environment)| *environment)
        .collect();
    let running: Vec<(bool, bool)> = stay
        .iter()
        .map(|environment| {
            let services = services::services(&environment.spec);
            let runs = |name: &str| {
                services
                    .iter()
                    .any(|service| service.name == name && service.enabled)
            };
            (runs("hatchery"), runs("aws-sigv4-proxy"))
        })
        .collect();
    let tier = stay.iter().map(|environment| environment.spec.tier).max();
    let databases = linked.databases.iter().map(|database| &database.name);
    let databases = uses(
        databases,
        |names, index| choose(stay.get(index)?.spec.database.as_ref(), names, "main"),
        &stay,
        |name| spec.databases.contains_key(name),
    );
    let theirs = |name: &ObjectName| {
        let declared = spec.search.get(name);
        declared.is_some_and(|declared| declared.endpoint.is_some())
    };
    let search = linked.search.iter().map(|search| &search.name);
    let search = uses(
        search,
        |names, index| {
            let (_, searches) = running.get(index)?;
            searches
                .then(|| choose(stay.get(index)?.spec.search.as_ref(), names, "main"))
                .flatten()
        },
        &stay,
        |name| spec.search.contains_key(name),
    );
    let search: Vec<StoreUse> = search.into_iter().filter(|it| !theirs(&it.name)).collect();
    let mode = spec.backup.mode.unwrap_or(if matters(tier) {
        BackupMode::Daily
    } else {
        BackupMode::None
    });
    let is_backed_up = mode == BackupMode::Daily && !databases.is_empty();
    let provisioner = spec.provisioner();
    let mut eks = EksContract {
        spec: spec.clone(),
        roles: Vec::new(),
        queue: (provisioner == Provisioner::Karpenter)
            .then(|| namer.name(NameKind::ClusterQueue, Some("karpenter"))),
        tier,
        has_workspaces: running.iter().any(|(workspaces, _)| *workspaces),
        databases,
        search,
        vault: is_backed_up.then(|| namer.name(NameKind::BackupVault, Some("databases"))),
        delivery: delivery(fleet, (linked.name, spec), tier, namer),
        challenges: challenges(fleet, spec, &stay),
        telemetry: linked
            .relays
            .then(|| namer.name(NameKind::ClusterSecret, Some(TELEMETRY_SECRET))),
    };
    eks.roles = purposes(fleet, linked, &eks)
        .into_iter()
        .map(|purpose| {
            let role = namer.name(NameKind::ClusterRole, Some(purpose.as_str()));
            ClusterRole {
                purpose,
                arn: format!(
                    "arn:{}:iam::{}:role/{role}",
                    linked.partition, linked.account_id
                ),
                role,
            }
        })
        .collect();
    Some(eks)
}

/// The hosts whose certificates are proved by records: those in the account's zone that a controller in the cluster leads to.
fn challenges(
    fleet: &ResolvedFleet,
    spec: &Cluster,
    environments: &[&ResolvedEnvironment],
) -> Vec<Hostname> {
    let account = fleet.account(spec.account.as_str());
    let Some(domain) = account.and_then(|account| account.domain.as_ref()) else {
        return Vec::new();
    };
    let names: Vec<&ObjectName> = spec.load_balancers.keys().collect();
    let is_led_in = |environment: &Environment| {
        let chosen = choose(environment.load_balancer.as_ref(), &names, "public");
        let balancer = chosen.and_then(|name| spec.load_balancers.get(name));
        balancer.is_some_and(|balancer| spec.controller_class(balancer).is_some())
    };
    let asking = environments.iter().map(|it| &it.spec).filter(|it| {
        it.certificate == Certificate::LeDns01 && it.hostname.is_within(domain) && is_led_in(it)
    });
    let mut hosts: Vec<Hostname> = asking.map(|it| it.hostname.clone()).collect();
    hosts.sort();
    hosts.dedup();
    hosts
}

/// The roles that a cluster needs.
fn purposes(
    fleet: &ResolvedFleet,
    linked: &Linked<'_>,
    eks: &EksContract,
) -> Vec<ClusterRolePurpose> {
    use ClusterRolePurpose as Purpose;
    let provisioner = eks.provisioner();
    let keeps_own = provisioner != Provisioner::Auto;
    let account = fleet.account(eks.spec.account.as_str());
    let has_domain = account.is_some_and(|account| account.domain.is_some());
    let hub = fleet.spec.hub.as_ref().and_then(|hub| hub.cluster.as_ref());
    let is_hub = hub == Some(linked.name);
    let is_pushed = |spec: &Cluster| spec.delivery == Delivery::HubPush;
    let pushes = is_hub
        && makes_pusher(fleet)
        && fleet
            .clusters
            .iter()
            .any(|(name, cluster)| name != linked.name && is_pushed(&cluster.spec));
    [
        (Purpose::Cluster, true),
        (Purpose::Nodes, true),
        (Purpose::VpcCni, keeps_own && !eks.installs("vpc-cni")),
        (Purpose::EbsCsi, keeps_own),
        (Purpose::EfsCsi, eks.installs("efs-csi-driver")),
        (Purpose::Ingress, true),
        (Purpose::Karpenter, provisioner == Provisioner::Karpenter),
        (Purpose::ExternalDns, has_domain && eks.spec.keeps_records()),
        (Purpose::CertManager, !eks.challenges.is_empty()),
        (Purpose::ArgoCdHub, pushes),
        (
            Purpose::ArgoCd,
            has_pusher(fleet) && !is_hub && is_pushed(&eks.spec),
        ),
        (
            Purpose::ArgoCdRepository,
            eks.delivery
                .as_ref()
                .is_some_and(|it| it.credential.is_some()),
        ),
        (Purpose::Loki, linked.keeps),
        (Purpose::Mimir, linked.keeps),
        (Purpose::Tempo, linked.keeps),
        (Purpose::Telemetry, linked.relays),
        (Purpose::Backup, eks.vault.is_some()),
        (Purpose::Monitoring, eks.is_monitored()),
    ]
    .into_iter()
    .filter_map(|(purpose, wanted)| wanted.then_some(purpose))
    .collect()
}

/// Which stores are used, by whom, or declared.
fn uses<'n>(
    names: impl Iterator<Item = &'n ObjectName>,
    chosen: impl Fn(&[&'n ObjectName], usize) -> Option<&'n ObjectName>,
    environments: &[&ResolvedEnvironment],
    is_declared: impl Fn(&ObjectName) -> bool,
) -> Vec<StoreUse> {
    let names: Vec<&ObjectName> = names.collect();
    let mut all: Vec<StoreUse> = Vec::new();
    for name in &names {
        let users: Vec<&ResolvedEnvironment> = environments
            .iter()
            .enumerate()
            .filter(|(index, _)| chosen(&names, *index) == Some(*name))
            .map(|(_, environment)| *environment)
            .collect();
        if users.is_empty() && !is_declared(name) {
            continue;
        }
        let tier: Option<Tier> = users.iter().map(|user| user.spec.tier).max();
        let sizes = users.iter().map(|user| user.spec.size);
        let size = sizes.fold(Size::Small, largest);
        all.push(StoreUse {
            name: (*name).clone(),
            tier,
            size,
        });
    }
    all
}

fn largest(one: Size, other: Size) -> Size {
    let rank = |size: Size| match size {
        Size::Small => 0,
        Size::Medium => 1,
        Size::Large => 2,
    };
    if rank(other) > rank(one) { other } else { one }
}

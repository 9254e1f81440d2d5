//! What keeps metrics, logs and traces of an account's region, and whom its alarms tell.

use std::collections::{BTreeMap, BTreeSet};

use super::account::AccountContract;
use super::cluster::ClusterContract;
use super::eks::{ClusterRole, ClusterRolePurpose, EksContract};
use super::hub::{ALERTS_TOPIC, BootstrapContract};
use super::store::matters;
use super::watch::Watch;
use crate::model::cloud::{AccountId, Region};
use crate::model::cluster::Platform;
use crate::model::name::ObjectName;
use crate::model::network::{Email, Hostname};
use crate::model::observability::{AccountObservability, ObservabilityProfile};
use crate::model::{Account, Mode};
use crate::resolve::{ResolvedCluster, ResolvedEnvironment, ResolvedFleet};

/// The namespace of what keeps and shows them.
pub(crate) const MONITORING: &str = "monitoring";

/// What a region of an account has, once, to be observed.
#[derive(Debug, Clone, serde::Serialize)]
pub(crate) struct ObservabilityContract {
    pub(crate) account: ObjectName,
    pub(crate) account_id: AccountId,
    pub(crate) partition: &'static str,
    pub(crate) region: Region,
    pub(crate) settings: AccountObservability,
    /// Who is told of alarms.
    pub(crate) receivers: Vec<Email>,
    /// The topic of the hub, where it is in this region and another account's.
    pub(crate) hub_topic: Option<String>,
    /// What keeps metrics, logs and traces, and the cluster that runs it.
    pub(crate) stores: Option<(ObjectName, Vec<Store>)>,
    /// The clusters that have alarms, or a credential of what is sent between clusters.
    pub(crate) alarmed: Vec<ObjectName>,
    /// Who else is told of alerts of what is kept here: receivers of other accounts, each of alerts of these accounts.
    pub(crate) told: Vec<(Email, Vec<ObjectName>)>,
    /// Where other clusters send to, where they do.
    pub(crate) host: Option<Hostname>,
}

impl ObservabilityContract {
    /// The alias of its key, without `alias/`.
    pub(crate) const KEY: &'static str = "gen3/observability";
    /// The name of the topic of alarms.
    const TOPIC: &'static str = "gen3-alarms";

    /// The bucket with who read and wrote the others.
    pub(crate) fn access_bucket(&self) -> String {
        format!(
            "gen3-{}-observability-access-{}",
            self.account_id, self.region
        )
    }

    /// The topic's name.
    pub(crate) const fn topic_name() -> &'static str {
        Self::TOPIC
    }

    /// The ARN of the topic of alarms.
    pub(crate) fn topic(&self) -> String {
        let (region, account) = (&self.region, &self.account_id);
        format!(
            "arn:{}:sns:{region}:{account}:{}",
            self.partition,
            Self::TOPIC
        )
    }

    /// Where alarms go.
    pub(crate) fn topics(&self) -> Vec<String> {
        [self.topic()]
            .into_iter()
            .chain(self.hub_topic.clone())
            .collect()
    }
}

/// What keeps something: a bucket, and the role of what writes it.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub(crate) struct Store {
    pub(crate) kind: StoreKind,
    pub(crate) bucket: String,
    pub(crate) role: ClusterRole,
}

/// What keeps metrics, logs or traces.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
pub(crate) enum StoreKind {
    /// Logs.
    Loki,
    /// Metrics, the rules about them, and the state of alerts.
    Mimir,
    /// Traces.
    Tempo,
}

impl StoreKind {
    /// All of them.
    pub(crate) const ALL: [Self; 3] = [Self::Loki, Self::Mimir, Self::Tempo];

    /// Its name.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Loki => "loki",
            Self::Mimir => "mimir",
            Self::Tempo => "tempo",
        }
    }

    /// The role of what writes it.
    pub(crate) const fn purpose(self) -> ClusterRolePurpose {
        match self {
            Self::Loki => ClusterRolePurpose::Loki,
            Self::Mimir => ClusterRolePurpose::Mimir,
            Self::Tempo => ClusterRolePurpose::Tempo,
        }
    }
}

/// The cluster that keeps what an account's region has, by both.
pub(crate) type Keepers = BTreeMap<(ObjectName, Region), ObjectName>;

/// Who keeps the metrics, logs and traces of an environment.
pub(crate) fn profile(
    fleet: &ResolvedFleet,
    environment: &ResolvedEnvironment,
) -> ObservabilityProfile {
    let said = environment.spec.observability;
    said.and_then(|said| said.profile).unwrap_or_else(|| {
        let cluster = fleet.clusters.get(&environment.spec.cluster);
        if cluster.is_some_and(|cluster| unobservable(fleet, cluster).is_some()) {
            ObservabilityProfile::None
        } else if hub_cluster(fleet).is_some() {
            ObservabilityProfile::Hub
        } else if matters(Some(environment.spec.tier)) {
            ObservabilityProfile::PerAccount
        } else {
            ObservabilityProfile::None
        }
    })
}

/// The hub's cluster, where it is on EKS, in the hub's account, and its Terraform is ours.
pub(crate) fn hub_cluster(fleet: &ResolvedFleet) -> Option<&ObjectName> {
    let hub = fleet.spec.hub.as_ref()?;
    let name = hub.cluster.as_ref()?;
    let cluster = fleet.clusters.get(name)?;
    (cluster.spec.account == hub.account && keeps(fleet, cluster)).then_some(name)
}

/// Whether a cluster can run what keeps or collects something: it is on EKS, and it and its account are ours.
pub(crate) fn keeps(fleet: &ResolvedFleet, cluster: &ResolvedCluster) -> bool {
    unobservable(fleet, cluster).is_none()
}

/// Why nothing of ours can collect in a cluster; nothing where it can.
///
/// What collects shows a password to what keeps, which lets in only the addresses of those that send: the password's
/// container, the role that reads it and the addresses are all of the cluster's Terraform.
pub(crate) fn unobservable(
    fleet: &ResolvedFleet,
    cluster: &ResolvedCluster,
) -> Option<&'static str> {
    let account = fleet.account(cluster.spec.account.as_str());
    if cluster.spec.platform != Platform::Eks || !account.is_some_and(ResolvedFleet::is_aws) {
        return Some("it is not on EKS");
    }
    if account.is_some_and(|account| account.management.terraform == Mode::External) {
        return Some("the Terraform of its account is somebody else's");
    }
    let is_ours = matches!(
        cluster.spec.management.terraform,
        Mode::Managed | Mode::Adopt
    );
    (!is_ours).then_some("its Terraform is somebody else's")
}

/// The clusters that keep metrics, logs and traces: the hub's for all, or one in each region of an account.
pub(super) fn keepers(fleet: &ResolvedFleet) -> Keepers {
    let mut keepers = Keepers::new();
    let place = |name: &ObjectName| {
        let cluster = fleet.clusters.get(name)?;
        Some((cluster.spec.account.clone(), cluster.region.clone()?))
    };
    let hub = hub_cluster(fleet);
    let mut asks_hub = false;
    let mut asking: BTreeMap<&ObjectName, &ResolvedCluster> = BTreeMap::new();
    for environment in fleet.environments.values() {
        let Some((name, cluster)) = fleet.clusters.get_key_value(&environment.spec.cluster) else {
            continue;
        };
        if !keeps(fleet, cluster) {
            continue;
        }
        match profile(fleet, environment) {
            ObservabilityProfile::Hub => asks_hub = true,
            ObservabilityProfile::PerAccount => {
                asking.insert(name, cluster);
            }
            ObservabilityProfile::None => {}
        }
    }
    if let Some(hub) = hub.filter(|_| asks_hub)
        && let Some(place) = place(hub)
    {
        keepers.insert(place, hub.clone());
    }
    for name in asking.keys() {
        let Some(at) = place(name) else {
            continue;
        };
        let account = fleet.account(at.0.as_str());
        let chosen = account
            .and_then(|account| account.observability.as_ref()?.cluster.as_ref())
            .filter(|chosen| place(chosen).as_ref() == Some(&at))
            .filter(|chosen| {
                let chosen = fleet.clusters.get(*chosen);
                chosen.is_some_and(|chosen| keeps(fleet, chosen))
            });
        keepers
            .entry(at)
            .or_insert_with(|| chosen.unwrap_or(name).clone());
    }
    keepers
}

/// What the regions of an account have to be observed.
pub(crate) fn observability(
    fleet: &ResolvedFleet,
    watch: &Watch,
    account: &AccountContract,
    clusters: &BTreeMap<ObjectName, ClusterContract>,
    bootstrap: Option<&BootstrapContract>,
) -> Vec<ObservabilityContract> {
    if account.mode == Mode::External {
        return Vec::new();
    }
    let settings = account.spec.observability.clone().unwrap_or_default();
    let receivers = receivers(&account.spec);
    let contract = |region: &Region| {
        let here = |cluster: &&ClusterContract| {
            cluster.account == account.name && cluster.region == *region
        };
        let is_alarmed = |eks: &EksContract| {
            let has_any = !(eks.databases.is_empty() && eks.search.is_empty());
            eks.telemetry.is_some() || has_any && (matters(eks.tier) || !receivers.is_empty())
        };
        let alarmed = clusters.values().filter(here).filter(|cluster| {
            let eks = cluster.eks.as_ref();
            eks.is_some_and(is_alarmed)
        });
        let keeper = watch.keepers().get(&(account.name.clone(), region.clone()));
        let stores = keeper.and_then(|keeper| {
            let eks = clusters.get(keeper)?.eks.as_ref()?;
            let store = |kind: StoreKind| {
                Some(Store {
                    kind,
                    bucket: format!("gen3-{}-{}-{region}", account.spec.id, kind.as_str()),
                    role: eks.role(kind.purpose())?.clone(),
                })
            };
            let stores = StoreKind::ALL.into_iter().filter_map(store);
            Some((keeper.clone(), stores.collect()))
        });
        ObservabilityContract {
            account: account.name.clone(),
            account_id: account.spec.id.clone(),
            partition: account.partition,
            region: region.clone(),
            settings: settings.clone(),
            receivers: receivers.clone(),
            hub_topic: bootstrap.and_then(|bootstrap| hub_topic(bootstrap, account, region)),
            told: keeper
                .map(|keeper| told(fleet, watch, keeper, &receivers))
                .unwrap_or_default(),
            host: keeper
                .filter(|keeper| watch.senders_to(keeper).next().is_some())
                .and_then(|keeper| watch.host(keeper)?.parse().ok()),
            stores,
            alarmed: alarmed.map(|cluster| cluster.name.clone()).collect(),
        }
    };
    let all = account.regions.iter().map(contract);
    all.filter(|it| it.stores.is_some() || !it.alarmed.is_empty())
        .collect()
}

/// Who is told of what goes wrong in an account.
fn receivers(account: &Account) -> Vec<Email> {
    let own = account.observability.as_ref();
    match own.filter(|own| !own.receivers.is_empty()) {
        Some(own) => own.receivers.clone(),
        None => account.contacts.clone(),
    }
}

/// The receivers of accounts whose environments a cluster keeps something of, besides its own, who are told of everything.
///
/// An address is named once: a topic knows one subscription of each.
fn told(
    fleet: &ResolvedFleet,
    watch: &Watch,
    keeper: &ObjectName,
    own: &[Email],
) -> Vec<(Email, Vec<ObjectName>)> {
    let kept = watch.kept(keeper);
    let accounts: BTreeSet<&ObjectName> = kept
        .filter_map(|at| {
            let cluster = &fleet.environments.get(at)?.spec.cluster;
            Some(&fleet.clusters.get(cluster)?.spec.account)
        })
        .collect();
    let mut told: Vec<(Email, Vec<ObjectName>)> = Vec::new();
    for name in accounts {
        let theirs = fleet.account(name.as_str()).map(receivers);
        for address in theirs.into_iter().flatten() {
            if own.contains(&address) {
                continue;
            }
            match told.iter_mut().find(|(known, _)| *known == address) {
                Some((_, accounts)) => accounts.push(name.clone()),
                None => told.push((address, vec![name.clone()])),
            }
        }
    }
    told
}

/// The topic of all accounts' alarms. An alarm reaches topics of its own region only.
fn hub_topic(
    bootstrap: &BootstrapContract,
    account: &AccountContract,
    region: &Region,
) -> Option<String> {
    let is_near = bootstrap.state.region == *region && bootstrap.partition == account.partition;
    let is_member = bootstrap
        .others()
        .any(|member| member.id == account.spec.id);
    (is_near && is_member).then(|| {
        format!(
            "arn:{}:sns:{region}:{}:{ALERTS_TOPIC}",
            bootstrap.partition, bootstrap.account_id
        )
    })
}

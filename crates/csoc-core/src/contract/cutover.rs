//! What an environment is beside others of its commons that have its host name.

use std::cmp::Reverse;

use super::linker::choose;
use crate::model::Mode;
use crate::model::environment::{Certificate, Cutover};
use crate::model::name::ObjectName;
use crate::model::network::Hostname;
use crate::resolve::{EnvironmentRef, ResolvedEnvironment, ResolvedFleet};

/// The annotation of an ingress that says what its environment takes of the requests of a host that others claim, too.
pub(crate) const CUTOVER_STATE: &str = "csoc.gen3.org/cutover";
/// The annotation by which external-dns tells records of one name apart.
pub(crate) const RECORD_IDENTIFIER: &str = "external-dns.alpha.kubernetes.io/set-identifier";

/// The annotation by which the load balancer controller leads more hosts to the service of an ingress.
pub(crate) const MORE_HOSTS: &str = "alb.ingress.kubernetes.io/conditions.revproxy-service";

/// What an environment takes of a host name that it shares with others, and what follows.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub(crate) struct CutoverContract {
    /// As it says itself.
    pub(crate) says: Cutover,
    /// The host that leads to it alone.
    pub(crate) preview: Option<Hostname>,
    /// What tells its record of the host from those of the others.
    pub(crate) identifier: String,
    /// The others, in order.
    pub(crate) others: Vec<EnvironmentRef>,
    /// Whether another of them is behind the same load balancer, where one host leads to one place.
    pub(crate) is_one_entrance: bool,
    /// Whether all of the others are, so that one record leads to all of them.
    pub(crate) is_one_record: bool,
    /// Which of those in its account is changed before the others: the one that most requests go to.
    pub(crate) first: EnvironmentRef,
    /// Which of those in its account keeps the record that proves the certificate: ACM asks for the same one of all. None
    /// where fewer than two ask.
    pub(crate) proves: Option<EnvironmentRef>,
}

impl CutoverContract {
    /// The hundredths of the requests that it takes.
    pub(crate) const fn share(&self) -> u8 {
        self.says.share()
    }

    /// Whether its ingress claims the host that it shares.
    pub(crate) const fn claims(&self) -> bool {
        !self.is_one_entrance || self.share() > 0
    }

    /// The hosts that its ingress claims: the first, and one beside it.
    pub(crate) fn hosts(&self, shared: &Hostname) -> (Hostname, Option<Hostname>) {
        match &self.preview {
            Some(preview) if !self.claims() => (preview.clone(), None),
            preview => (shared.clone(), preview.clone()),
        }
    }
}

/// Where requests come in: a load balancer or a controller of a cluster, by what makes two of them one.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Entrance {
    /// The cluster.
    pub(crate) cluster: ObjectName,
    /// The group of ingresses, the load balancer, or the class of the controller.
    pub(crate) name: String,
}

/// Where requests to an environment come in; none where its cluster or its load balancer is unknown.
pub(crate) fn entrance(
    fleet: &ResolvedFleet,
    environment: &ResolvedEnvironment,
) -> Option<Entrance> {
    let spec = &environment.spec;
    let cluster = &fleet.cluster(spec.cluster.as_str())?.spec;
    let declared: Vec<&ObjectName> = cluster.load_balancers.keys().collect();
    let named = choose(spec.load_balancer.as_ref(), &declared, "public");
    let balancer = named.and_then(|name| cluster.load_balancers.get(name));
    if named.is_none() && !declared.is_empty() {
        return None;
    }
    let class = balancer.and_then(|balancer| balancer.ingress_class.as_ref());
    let group = balancer.and_then(|balancer| balancer.group.as_ref());
    let name = match cluster.platform.ingress_class() {
        Some(default) => class.map_or_else(|| default.to_owned(), ToString::to_string),
        None => match (group, named) {
            (Some(group), _) => group.to_string(),
            (None, Some(name)) => name.to_string(),
            (None, None) => "public".to_owned(),
        },
    };
    Some(Entrance {
        cluster: spec.cluster.clone(),
        name,
    })
}

/// What an environment is beside others with its host name; none where there are none.
pub(super) fn cutover(fleet: &ResolvedFleet, at: &EnvironmentRef) -> Option<CutoverContract> {
    let sharers = fleet.sharers(at);
    let own = fleet.environments.get(at)?;
    let says = own.spec.cutover.filter(|_| !sharers.is_empty())?;
    let others = || sharers.iter().filter(|(other, _)| *other != at);
    let account = |environment| Some(&fleet.home(environment)?.0.spec.account);
    let own_entrance = entrance(fleet, own);
    let is_beside = |other: &ResolvedEnvironment| {
        own_entrance.is_some() && entrance(fleet, other) == own_entrance
    };
    let in_account = || {
        let all = sharers.iter();
        all.filter(|(_, other)| account(other) == account(own))
    };
    let most = |(_, other): &&(&EnvironmentRef, &ResolvedEnvironment)| Reverse(share(other));
    let certified = || in_account().filter(|(_, other)| is_certified(other));
    Some(CutoverContract {
        says,
        preview: own.spec.preview_hostname.clone(),
        identifier: at.environment.to_string(),
        others: others().map(|(other, _)| (*other).clone()).collect(),
        is_one_entrance: others().any(|(_, other)| is_beside(other)),
        is_one_record: others().all(|(_, other)| is_beside(other)),
        // Whoever is led to has its records already when another comes.
        first: in_account()
            .min_by_key(most)
            .map_or_else(|| at.clone(), |(first, _)| (*first).clone()),
        proves: certified()
            .min_by_key(most)
            .filter(|_| certified().count() > 1)
            .map(|(first, _)| (*first).clone()),
    })
}

/// Whether ACM issues its certificate, by Terraform of ours.
fn is_certified(environment: &ResolvedEnvironment) -> bool {
    let spec = &environment.spec;
    spec.certificate == Certificate::Acm
        && matches!(spec.management.terraform, Mode::Managed | Mode::Adopt)
}

/// The hundredths of its host's requests that an environment takes: all where it shares them with nobody.
pub(super) fn share(environment: &ResolvedEnvironment) -> u8 {
    environment.spec.cutover.map_or(100, Cutover::share)
}

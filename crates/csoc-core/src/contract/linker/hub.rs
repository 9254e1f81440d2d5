//! Linking what the account that a fleet is run from holds: state, the pipeline's role, zone, archive and vaults.

use std::collections::BTreeMap;

use crate::contract::account::AccountContract;
use crate::contract::cluster::ClusterContract;
use crate::contract::hub::{BootstrapContract, GuardrailContract, HubContract, Member};
use crate::contract::{hub_cluster, hub_services};
use crate::model::cluster::Delivery;
use crate::model::name::ObjectName;
use crate::model::{Mode, Provider};
use crate::resolve::ResolvedFleet;

/// Whether Terraform of that mode is ours.
fn is_ours(mode: Mode) -> bool {
    matches!(mode, Mode::Managed | Mode::Adopt)
}

/// The accounts whose Terraform is ours.
fn members(accounts: &BTreeMap<ObjectName, AccountContract>) -> Vec<Member> {
    let ours = accounts.values().filter(|account| is_ours(account.mode));
    ours.map(|account| Member {
        name: account.name.clone(),
        id: account.spec.id.clone(),
        home: account.spec.region.clone(),
        regions: account.regions.clone(),
        domain: account.spec.domain.clone(),
        bootstrap_role: account.spec.bootstrap_role.clone(),
    })
    .collect()
}

/// What is there before anything else; none where state lies elsewhere, or nobody is the one to hold it.
pub(super) fn link_bootstrap(
    fleet: &ResolvedFleet,
    accounts: &BTreeMap<ObjectName, AccountContract>,
) -> Option<BootstrapContract> {
    let state = fleet.spec.terraform.state.clone()?;
    let account = match &fleet.spec.hub {
        Some(hub) => accounts.get(&hub.account)?,
        None => match accounts.len() {
            1 => accounts.values().next()?,
            _ => return None,
        },
    };
    let is_here = ResolvedFleet::partition(&state.region) == account.partition;
    (is_ours(account.mode) && is_here).then(|| BootstrapContract {
        account: account.name.clone(),
        account_id: account.spec.id.clone(),
        partition: account.partition,
        state,
        organization: account.organization.clone(),
        hub: fleet.spec.hub.clone(),
        members: members(accounts),
        contacts: account.spec.contacts.clone(),
    })
}

/// The hub, where its account is ours.
pub(super) fn link_hub(
    fleet: &ResolvedFleet,
    accounts: &BTreeMap<ObjectName, AccountContract>,
) -> Option<HubContract> {
    let spec = fleet.spec.hub.clone()?;
    let account = accounts.get(&spec.account)?;
    if !is_ours(account.mode) || account.spec.provider != Provider::Aws {
        return None;
    }
    let cluster = hub_cluster(fleet).cloned();
    Some(HubContract {
        account: account.name.clone(),
        account_id: account.spec.id.clone(),
        partition: account.partition,
        region: account.spec.region.clone(),
        cluster,
        account_domain: account.spec.domain.clone(),
        organization: account.organization.clone(),
        members: members(accounts),
        services: hub_services(fleet),
        // They follow from the clusters, which are linked later.
        tokens: Vec::new(),
        spec,
    })
}

/// The clusters that the hub pushes to and whose API it speaks to with a token, which something there reads.
pub(super) fn tokens(
    fleet: &ResolvedFleet,
    hub: &HubContract,
    clusters: &BTreeMap<ObjectName, ClusterContract>,
) -> Vec<ObjectName> {
    let pushed = clusters.iter().filter(|(name, contract)| {
        let spec = fleet.cluster(name.as_str()).map(|cluster| &cluster.spec);
        spec.is_some_and(|spec| {
            spec.delivery == Delivery::HubPush && is_ours(spec.management.applications)
        }) && contract.pushed_as().is_none()
    });
    let pushed = pushed.filter(|_| hub.has_readers());
    pushed.map(|(name, _)| name.clone()).collect()
}

/// Policies of the organization, where the fleet has them and the account that applies them is ours.
pub(super) fn link_guardrails(
    fleet: &ResolvedFleet,
    accounts: &BTreeMap<ObjectName, AccountContract>,
) -> Option<GuardrailContract> {
    let organization = fleet.spec.organization.as_ref()?;
    let spec = organization.guardrails.clone()?;
    let account = accounts.get(&spec.account)?;
    is_ours(account.mode).then(|| GuardrailContract {
        account: account.name.clone(),
        organization: organization.aws_organization.clone(),
        partition: account.partition,
        members: members(accounts),
        spec,
    })
}

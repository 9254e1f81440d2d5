//! Linking an account: its roles' controller, and the regions that it is used in.

use std::collections::BTreeSet;

use crate::contract::account::{AccountContract, PLANNER_ROLE};
use crate::contract::hub::controller_arn;
use crate::model::Mode;
use crate::model::cloud::{AccountId, Arn};
use crate::model::name::ObjectName;
use crate::resolve::ResolvedFleet;

pub(super) fn link_account(fleet: &ResolvedFleet, name: &ObjectName) -> AccountContract {
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
        planner: planner(fleet),
        hub: hub(fleet),
        has_guardrails: has_guardrails(fleet, name),
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
    controller_arn(partition, &account.id).parse().ok()
}

/// The role of pipelines that only plan, where the hub's account makes it.
fn planner(fleet: &ResolvedFleet) -> Option<String> {
    let hub = fleet.spec.hub.as_ref()?;
    let account = fleet.account(hub.account.as_str())?;
    let partition = ResolvedFleet::partition(&account.region);
    (hub.controller_role.is_none() && hub.plans_apart())
        .then(|| format!("arn:{partition}:iam::{}:role/{PLANNER_ROLE}", account.id))
}

/// The hub's account, where it is ours.
fn hub(fleet: &ResolvedFleet) -> Option<AccountId> {
    let account = fleet.account(fleet.spec.hub.as_ref()?.account.as_str())?;
    let is_ours = matches!(account.management.terraform, Mode::Managed | Mode::Adopt);
    (ResolvedFleet::is_aws(account) && is_ours).then(|| account.id.clone())
}

/// Whether the organization's policies are for this account; its own account they do not bind.
fn has_guardrails(fleet: &ResolvedFleet, name: &ObjectName) -> bool {
    let organization = fleet.spec.organization.as_ref();
    let guardrails = organization.and_then(|organization| organization.guardrails.as_ref());
    guardrails.is_some_and(|guardrails| guardrails.account != *name)
}

//! Linking an account: its roles' controller, and the regions that it is used in.

use std::collections::BTreeSet;

use crate::contract::account::AccountContract;
use crate::model::cloud::Arn;
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

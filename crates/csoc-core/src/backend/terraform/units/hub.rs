//! The roots of the account that the fleet is run from: what it holds for all others.

use super::Cutter;
use super::account::bootstrap_stack;
use crate::backend::terraform::Layer;
use crate::backend::terraform::attach::Attach;
use crate::backend::terraform::bootstrap::Bootstrap;
use crate::backend::terraform::hub::Hub;
use crate::backend::terraform::logging::Logging;
use crate::backend::terraform::organization::Organization;
use crate::backend::terraform::place::Place;
use crate::contract::{
    AccountContract, BootstrapContract, GuardrailContract, HubContract, KeyPurpose, Member,
    ParentZone,
};
use crate::model::cloud::Region;
use crate::model::stack::{OutputKind, StackId, StackKind, StackScope};
use crate::resolve::ResolvedFleet;

impl Cutter<'_> {
    /// What the organization forbids.
    pub(super) fn organization(&mut self, guardrails: &GuardrailContract) {
        let Some(account) = self.view.contracts.accounts.get(&guardrails.account) else {
            return;
        };
        let stack = ResolvedFleet::account_stack(&account.spec, None, StackKind::Organization);
        let mut root = self.root(account, object(account), stack, &account.spec.region);
        // Its state, like all other, lies in the bucket.
        let bootstrap = self.view.contracts.bootstrap.as_ref();
        root.after.extend(bootstrap.map(bootstrap_stack));
        let organization = Organization {
            contract: guardrails.clone(),
        };
        self.roots.push((root, Layer::Organization(organization)));
    }

    /// State, and who runs Terraform.
    pub(super) fn bootstrap(&mut self, bootstrap: &BootstrapContract) {
        let Some(account) = self.view.contracts.accounts.get(&bootstrap.account) else {
            return;
        };
        let region = &bootstrap.state.region;
        let stack = ResolvedFleet::account_stack(&account.spec, Some(region), StackKind::Bootstrap);
        let root = self.root(account, object(account), stack, region);
        let bootstrap = Bootstrap {
            place: place(account, region),
            contract: bootstrap.clone(),
        };
        self.roots
            .push((root, Layer::Bootstrap(Box::new(bootstrap))));
    }

    /// The hub's own layers, and its side of each account.
    pub(super) fn hub(&mut self, hub: &HubContract) {
        let Some(account) = self.view.contracts.accounts.get(&hub.account) else {
            return;
        };
        self.logging(hub, account);
        self.zone_and_roles(hub, account);
        for member in &hub.members {
            for region in &member.regions {
                self.attach(hub, account, member, region);
            }
        }
    }

    fn access(account: &AccountContract) -> StackId {
        ResolvedFleet::account_stack(&account.spec, None, StackKind::Access)
    }

    fn logging(&mut self, hub: &HubContract, account: &AccountContract) {
        for region in hub.regions() {
            let stack =
                ResolvedFleet::account_stack(&account.spec, Some(&region), StackKind::Logging);
            let mut root = self.root(account, object(account), stack, &region);
            // Its roles carry the boundary by its name.
            root.after.push(Self::access(account));
            let logging = Logging::new(hub, place(account, &region), account.workload_boundary());
            self.roots.push((root, Layer::Logging(logging)));
        }
    }

    fn zone_and_roles(&mut self, hub: &HubContract, account: &AccountContract) {
        let layer = Hub {
            place: place(account, &hub.region),
            contract: hub.clone(),
            boundary: account.workload_boundary(),
        };
        let has_secrets = hub.cluster.is_some() || !hub.tokens.is_empty();
        if !has_secrets && hub.parent_zone() != Some(ParentZone::Hub) {
            return;
        }
        let stack = ResolvedFleet::account_stack(&account.spec, Some(&hub.region), StackKind::Hub);
        let mut root = self.root(account, object(account), stack, &hub.region);
        root.after.push(Self::access(account));
        if layer.has_certificate() && hub.parent_zone() == Some(ParentZone::Foundation) {
            let stack = ResolvedFleet::account_stack(&account.spec, None, StackKind::Foundation);
            root.variables
                .push(self.output(stack, ParentZone::Foundation.output()));
        }
        let cluster = hub.cluster.as_ref();
        let cluster =
            cluster.and_then(|name| self.view.fleet.cluster_stack(name, StackKind::Cluster));
        if let Some(stack) = cluster {
            root.variables.extend(
                [OutputKind::OidcIssuer, OutputKind::OidcProviderArn]
                    .map(|kind| self.output(stack.clone(), kind)),
            );
        }
        if has_secrets {
            root.variables
                .push(self.key(account, &hub.region, KeyPurpose::Secrets));
        }
        self.roots.push((root, Layer::Hub(Box::new(layer))));
    }

    fn attach(
        &mut self,
        hub: &HubContract,
        account: &AccountContract,
        member: &Member,
        region: &Region,
    ) {
        let is_home = *region == member.home;
        let zone = hub.parent_zone().filter(|_| is_home);
        let delegated = hub.delegated(member).cloned().zip(zone);
        let has_vault = hub.has_vaults() && member.id != hub.account_id;
        let attach = Attach {
            place: place(account, region),
            member: member.name.clone(),
            member_id: member.id.clone(),
            organization: hub.organization.clone(),
            delegation: delegated
                .as_ref()
                .map(|(domain, zone)| (domain.clone(), zone.output().as_str())),
            vault: has_vault.then(|| hub.spec.backups.clone()),
        };
        if attach.is_empty() {
            return;
        }
        let stack = StackId {
            account: hub.account_id.clone(),
            region: Some(region.clone()),
            kind: StackKind::Attach,
            scope: StackScope::Member(member.id.clone()),
        };
        let mut root = self.root(account, format!("accounts.{}", member.name), stack, region);
        root.after.push(Self::access(account));
        if let Some((_, zone)) = delegated {
            root.variables
                .extend(self.delegation(hub, account, member, zone));
        }
        self.roots.push((root, Layer::Attach(attach)));
    }

    /// The zone that has the parent domain, and the name servers of the member's zone.
    fn delegation(
        &self,
        hub: &HubContract,
        account: &AccountContract,
        member: &Member,
        zone: ParentZone,
    ) -> Vec<crate::backend::terraform::variables::Variable> {
        let parent = match zone {
            ParentZone::Hub => {
                ResolvedFleet::account_stack(&account.spec, Some(&hub.region), StackKind::Hub)
            }
            ParentZone::Foundation => {
                ResolvedFleet::account_stack(&account.spec, None, StackKind::Foundation)
            }
        };
        let own = StackId {
            account: member.id.clone(),
            region: None,
            kind: StackKind::Foundation,
            scope: StackScope::Account,
        };
        vec![
            self.output(own, OutputKind::NameServers),
            self.output(parent, zone.output()),
        ]
    }
}

fn object(account: &AccountContract) -> String {
    format!("accounts.{}", account.name)
}

fn place(account: &AccountContract, region: &Region) -> Place {
    Place {
        partition: account.partition,
        account: account.spec.id.clone(),
        region: region.clone(),
    }
}

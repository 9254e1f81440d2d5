//! The roots of an account: what it has once, and what it has once a region.

use super::Cutter;
use crate::backend::terraform::Layer;
use crate::backend::terraform::access::{self, Access};
use crate::backend::terraform::foundation::{AccountFoundation, RegionFoundation};
use crate::backend::terraform::place::Place;
use crate::backend::terraform::variables::{Source, Variable};
use crate::contract::{AccountContract, BootstrapContract};
use crate::model::account::AuditService;
use crate::model::cloud::{AccountId, Region};
use crate::model::fleet::State;
use crate::model::stack::{OutputKind, StackId, StackKind, StackScope};
use crate::resolve::ResolvedFleet;

impl Cutter<'_> {
    pub(super) fn account(&mut self, account: &AccountContract) {
        let object = format!("accounts.{}", account.name);
        let stack = |region: Option<&Region>, kind| {
            ResolvedFleet::account_stack(&account.spec, region, kind)
        };
        let place = |region: &Region| Place {
            partition: account.partition,
            account: account.spec.id.clone(),
            region: region.clone(),
        };
        let home = &account.spec.region;
        let mut root = self.root(
            account,
            object.clone(),
            stack(None, StackKind::Access),
            home,
        );
        if account.asks_external_id() {
            root.variables.push(external_id(account));
        }
        let access = Access::new(
            account,
            self.view.contracts,
            place(home),
            self.state_with_key(),
        );
        if let Some(bootstrap) = &self.view.contracts.bootstrap {
            root.after.push(bootstrap_stack(bootstrap));
        }
        self.roots.push((root, Layer::Access(access)));

        let audit_bucket = account.keeps_audit().then(|| account.audit_bucket());
        let mut root = self.root(
            account,
            object.clone(),
            stack(None, StackKind::Foundation),
            home,
        );
        root.after.push(stack(None, StackKind::Access));
        let foundation = AccountFoundation {
            place: place(home),
            account: account.name.clone(),
            spec: account.spec.clone(),
            boundary: account.workload_boundary(),
            audit_bucket: audit_bucket.clone(),
        };
        self.roots
            .push((root, Layer::AccountFoundation(foundation)));

        for region in &account.regions {
            let mut root = self.root(
                account,
                object.clone(),
                stack(Some(region), StackKind::Foundation),
                region,
            );
            root.after.push(stack(None, StackKind::Access));
            if account.spec.audit.has(AuditService::Config) {
                // Its role and its bucket are of the account.
                root.after.push(stack(None, StackKind::Foundation));
            }
            if let Some(hub) = &account.hub {
                root.variables.push(self.log_destination(hub, region));
            }
            let foundation = RegionFoundation {
                place: place(region),
                is_home: region == home,
                audit: account.spec.audit.clone(),
                audit_bucket: audit_bucket.clone(),
                forwards: account.hub.is_some(),
                backup_account: account
                    .hub
                    .clone()
                    .filter(|hub| account.organization.is_some() && *hub != account.spec.id),
                organization: account.organization.clone(),
            };
            self.roots.push((root, Layer::RegionFoundation(foundation)));
        }
    }

    /// State with its key, where the fleet or a recorded output says it.
    fn state_with_key(&self) -> Option<State> {
        let mut state = self.settings.state.clone()?;
        if let (None, Some(bootstrap)) = (&state.kms_key, &self.view.contracts.bootstrap) {
            let stack = bootstrap_stack(bootstrap);
            let output = ResolvedFleet::output(stack, OutputKind::StateKeyArn, None);
            let recorded = self.view.fleet.outputs.text(&output);
            state.kms_key = recorded.value().and_then(|text| text.parse().ok());
        }
        Some(state)
    }

    /// Where the hub takes the logs of a region.
    fn log_destination(&self, hub: &AccountId, region: &Region) -> Variable {
        let stack = StackId {
            account: hub.clone(),
            region: Some(region.clone()),
            kind: StackKind::Logging,
            scope: StackScope::Account,
        };
        self.output(stack, OutputKind::LogDestinationArn)
    }
}

/// State, and who runs Terraform, come before any account's roles.
pub(super) fn bootstrap_stack(bootstrap: &BootstrapContract) -> StackId {
    StackId {
        account: bootstrap.account_id.clone(),
        region: Some(bootstrap.state.region.clone()),
        kind: StackKind::Bootstrap,
        scope: StackScope::Account,
    }
}

fn external_id(account: &AccountContract) -> Variable {
    Variable {
        name: access::EXTERNAL_ID,
        source: Source::Secret {
            description: format!(
                "What the hub presents when it assumes a role of this account (accounts.{}.externalId); set TF_VAR_external_id.",
                account.name
            ),
            reference: account.spec.external_id.as_ref().map(ToString::to_string),
        },
        value: None,
    }
}

//! The roots of an account: what it has once, and what it has once a region.

use super::Cutter;
use crate::backend::terraform::Layer;
use crate::backend::terraform::access::{self, Access};
use crate::backend::terraform::foundation::{AccountFoundation, RegionFoundation};
use crate::backend::terraform::place::Place;
use crate::backend::terraform::variables::{Source, Variable};
use crate::contract::AccountContract;
use crate::model::cloud::Region;
use crate::model::stack::StackKind;
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
        let clusters = self.view.contracts.clusters.values();
        let access = Access::new(
            account,
            clusters.filter(|cluster| cluster.account == account.name),
            place(home),
            self.settings.state.clone(),
        );
        self.roots.push((root, Layer::Access(access)));

        let root = self.root(
            account,
            object.clone(),
            stack(None, StackKind::Foundation),
            home,
        );
        let foundation = AccountFoundation {
            account: account.name.clone(),
            domain: account.spec.domain.clone(),
        };
        self.roots
            .push((root, Layer::AccountFoundation(foundation)));

        for region in &account.regions {
            let root = self.root(
                account,
                object.clone(),
                stack(Some(region), StackKind::Foundation),
                region,
            );
            let foundation = RegionFoundation {
                place: place(region),
            };
            self.roots.push((root, Layer::RegionFoundation(foundation)));
        }
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

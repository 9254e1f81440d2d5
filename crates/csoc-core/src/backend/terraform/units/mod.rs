//! Cuts a fleet into roots: which there are, and what each depends on.

mod account;
mod cluster;
mod data;
mod delivery;
mod eks;
mod environment;
mod gen3_terraform;
mod hub;
mod network;
mod observability;

use std::cell::OnceCell;
use std::collections::BTreeMap;
use std::sync::Arc;

use super::root::{LockFile, Root, RunBy, Settings};
use super::stacks::{Runner, Stacks};
use super::variables::{Known, Source, Variable};
use super::{Input, Layer, STACKS};
use crate::backend::argocd::Platform;
use crate::backend::{FleetView, Unit};
use crate::contract::{AccountContract, ClusterContract, KeyPurpose};
use crate::model::Mode;
use crate::model::cloud::Region;
use crate::model::stack::{OutputId, OutputKind, OutputType, StackId, StackKind, StackScope};
use crate::resolve::{EnvironmentRef, ResolvedFleet};

/// The roots of a fleet, in the order of accounts, clusters and environments; the list of stacks last.
pub(super) fn units(view: &FleetView<'_>) -> Vec<Unit<Input>> {
    let mut cutter = Cutter {
        view,
        settings: Arc::new(Settings::of(&view.fleet.spec)),
        roots: Vec::new(),
        platforms: OnceCell::new(),
    };
    let contracts = view.contracts;
    if let Some(guardrails) = &contracts.guardrails {
        cutter.organization(guardrails);
    }
    if let Some(bootstrap) = &contracts.bootstrap {
        cutter.bootstrap(bootstrap);
    }
    if let Some(hub) = &contracts.hub {
        cutter.hub(hub);
    }
    for account in contracts.accounts.values() {
        if view.renders(account.mode) {
            cutter.account(account);
        }
    }
    for cluster in contracts.clusters.values() {
        let mode = view.fleet.clusters[&cluster.name].spec.management.terraform;
        if view.renders(mode) {
            cutter.network(cluster);
            cutter.gen3_terraform(cluster);
            cutter.eks(cluster);
            cutter.data(cluster);
            cutter.delivery(cluster);
            cutter.waf(cluster);
        }
    }
    for observed in &contracts.observability {
        let account = &contracts.accounts[&observed.account];
        if view.renders(account.mode) {
            cutter.observability(observed);
        }
    }
    for environment in contracts.environments.values() {
        if view.renders(environment.spec.management.terraform) {
            cutter.environment(environment);
        }
    }
    cutter.finish()
}

struct Cutter<'a> {
    view: &'a FleetView<'a>,
    settings: Arc<Settings>,
    roots: Vec<(Root, Layer)>,
    /// What each cluster's Argo CD delivers beside commons, found out once.
    platforms: OnceCell<BTreeMap<String, Platform>>,
}

impl Cutter<'_> {
    fn root(
        &self,
        account: &AccountContract,
        object: String,
        stack: StackId,
        region: &Region,
    ) -> Root {
        let locks = &self.view.fleet.loaded.locks;
        // A lock of one provider is none of a root that has two.
        let shared = (stack.kind != StackKind::Delivery).then_some("aws");
        let mut names = [stack.kind.as_str()].into_iter().chain(shared);
        let lock = names.find_map(|name| {
            locks.get(camino::Utf8Path::new(&format!(
                "{name}/.terraform.lock.hcl"
            )))
        });
        let mode = self.mode(account, &stack.scope).unwrap_or(Mode::Managed);
        let imports = match mode {
            Mode::Adopt => self.view.fleet.imports.of(&stack).to_vec(),
            _ => Vec::new(),
        };
        Root {
            account: account.name.clone(),
            object,
            region: region.clone(),
            settings: self.settings.clone(),
            mode,
            tier: None,
            tags: Vec::new(),
            variables: Vec::new(),
            after: Vec::new(),
            helm: None,
            run_by: RunBy::of(stack.kind),
            stack,
            lock: lock.map(|bytes| LockFile(bytes.clone())),
            imports,
        }
    }

    /// A root of a cluster, where the cluster is.
    fn cluster_root(
        &self,
        account: &AccountContract,
        cluster: &ClusterContract,
        stack: StackId,
    ) -> Root {
        let object = format!("clusters.{}", cluster.name);
        let mut root = self.root(account, object, stack, &cluster.region);
        root.tags.push(("gen3-cluster", cluster.name.to_string()));
        root.tier = self.view.fleet.cluster_tier(&cluster.name);
        root
    }

    /// Who owns the Terraform of what a root belongs to.
    fn mode(&self, account: &AccountContract, scope: &StackScope) -> Option<Mode> {
        let fleet = self.view.fleet;
        Some(match scope {
            StackScope::Account | StackScope::Member(_) => account.mode,
            StackScope::Cluster(name) => fleet.clusters.get(name)?.spec.management.terraform,
            StackScope::Environment(commons, environment) => {
                let at = EnvironmentRef {
                    commons: commons.clone(),
                    environment: environment.clone(),
                };
                fleet.environments.get(&at)?.spec.management.terraform
            }
        })
    }

    fn key(&self, account: &AccountContract, region: &Region, purpose: KeyPurpose) -> Variable {
        let stack =
            ResolvedFleet::account_stack(&account.spec, Some(region), StackKind::Foundation);
        self.output(stack, purpose.output())
    }

    fn output(&self, stack: StackId, kind: OutputKind) -> Variable {
        let id: OutputId = ResolvedFleet::output(stack, kind, None);
        let outputs = &self.view.fleet.outputs;
        let value = match kind.output_type() {
            OutputType::TextList => outputs.texts(&id).value().cloned().map(Known::Texts),
            OutputType::Text | OutputType::TextMap => {
                outputs.text(&id).value().cloned().map(Known::Text)
            }
        };
        Variable {
            name: kind.as_str(),
            source: Source::Output(id),
            value,
        }
    }

    /// Who runs the stacks, where the fleet has a hub.
    fn runner(&self) -> Option<Runner> {
        let hub = self.view.fleet.spec.hub.as_ref()?;
        let account = self.view.contracts.accounts.get(&hub.account)?;
        Some(Runner {
            controller: account.controller.clone()?,
            region: account.spec.region.clone(),
            terraform: self.settings.first_terraform().to_owned(),
            program: self.settings.program,
        })
    }

    fn finish(self) -> Vec<Unit<Input>> {
        let mut units: Vec<Unit<Input>> = Vec::with_capacity(self.roots.len() + 1);
        let runner = self.runner();
        let program = self.settings.program;
        let stacks = super::stacks::entries(self.roots.iter().map(|(root, _)| root));
        units.extend(self.roots.into_iter().map(|(root, layer)| Unit {
            id: root.stack.to_string(),
            object: root.object.clone(),
            input: Input::Root(Box::new(root), Box::new(layer)),
        }));
        units.push(Unit {
            id: STACKS.into(),
            object: "fleet".into(),
            input: Input::Stacks(Stacks {
                all: stacks,
                runner,
                program,
            }),
        });
        units
    }
}

//! Cuts a fleet into roots: which there are, and what each depends on.

use std::sync::Arc;

use super::access::{self, Access};
use super::dns::{self, Dns};
use super::foundation::{AccountFoundation, RegionFoundation};
use super::identity::Identity;
use super::place::Place;
use super::root::{LockFile, Root, Settings};
use super::secrets::Secrets;
use super::storage::Storage;
use super::variables::{Known, Source, Variable};
use super::waf::{Waf, WebAcl};
use super::{Input, Layer};
use crate::backend::{FleetView, Unit};
use crate::contract::{
    AccountContract, ClusterContract, EnvironmentContract, KeyPurpose, RoleOwner,
};
use crate::model::Mode;
use crate::model::cloud::Region;
use crate::model::lifecycle::Lifecycle;
use crate::model::stack::{OutputId, OutputKind, OutputType, StackId, StackKind, StackScope};
use crate::resolve::{EnvironmentRef, ResolvedFleet};

/// The roots of a fleet, in the order of accounts, clusters and environments; the list of stacks last.
pub(super) fn units(view: &FleetView<'_>) -> Vec<Unit<Input>> {
    let mut cutter = Cutter {
        view,
        settings: Arc::new(Settings::of(&view.fleet.spec)),
        roots: Vec::new(),
    };
    let contracts = view.contracts;
    for account in contracts.accounts.values() {
        if view.renders(account.mode) {
            cutter.account(account);
        }
    }
    for cluster in contracts.clusters.values() {
        let mode = view.fleet.clusters[&cluster.name].spec.management.terraform;
        if view.renders(mode) {
            cutter.waf(cluster);
        }
    }
    for environment in contracts.environments.values() {
        let is_gone = environment.spec.lifecycle == Lifecycle::Retired;
        if !is_gone && view.renders(environment.spec.management.terraform) {
            cutter.environment(environment);
        }
    }
    cutter.finish()
}

struct Cutter<'a> {
    view: &'a FleetView<'a>,
    settings: Arc<Settings>,
    roots: Vec<(Root, Layer)>,
}

impl Cutter<'_> {
    fn account(&mut self, account: &AccountContract) {
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
        let access = Access::new(account, place(home), self.settings.state.clone());
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

    fn waf(&mut self, cluster: &ClusterContract) {
        let (Some(account), Some(stack)) = (
            self.view.contracts.accounts.get(&cluster.account),
            self.view.fleet.cluster_stack(&cluster.name, StackKind::Waf),
        ) else {
            return;
        };
        let stays = |at: &EnvironmentRef| {
            let environment = self.view.fleet.environments.get(at);
            environment.is_some_and(|environment| environment.spec.lifecycle != Lifecycle::Retired)
        };
        let web_acls: Vec<WebAcl> = cluster
            .load_balancers
            .iter()
            .filter_map(|balancer| {
                let web_acl = balancer.web_acl.as_ref()?;
                let lists = web_acl
                    .allow_lists
                    .iter()
                    .filter(|list| stays(&list.environment));
                let hosts = balancer.hosts.iter().filter(|(at, _)| stays(at));
                Some(WebAcl {
                    name: web_acl.name.clone(),
                    load_balancer: balancer.name.clone(),
                    spec: balancer.spec.waf.clone(),
                    allow_lists: lists.cloned().collect(),
                    hosts: hosts.map(|(_, host)| host.to_string()).collect(),
                })
            })
            .collect();
        if web_acls.is_empty() {
            return;
        }
        let waf = Waf {
            cluster: cluster.name.clone(),
            web_acls,
        };
        let mut root = self.root(
            account,
            format!("clusters.{}", cluster.name),
            stack,
            &cluster.region,
        );
        root.tags.push(("gen3-cluster", cluster.name.to_string()));
        root.variables
            .push(self.key(account, &cluster.region, KeyPurpose::Logs));
        if waf.has_allow_lists() {
            let network = self
                .view
                .fleet
                .cluster_stack(&cluster.name, StackKind::Network);
            root.variables
                .extend(network.map(|stack| self.output(stack, OutputKind::NatAddresses)));
        }
        self.roots.push((root, Layer::Waf(waf)));
    }

    fn environment(&mut self, environment: &EnvironmentContract) {
        let Some(account) = self.view.contracts.accounts.get(&environment.account) else {
            return;
        };
        let region = &environment.region;
        let place = Place {
            partition: environment.partition,
            account: environment.account_id.clone(),
            region: region.clone(),
        };
        let root = |kind| {
            let stack = StackId {
                account: environment.account_id.clone(),
                region: Some(region.clone()),
                kind,
                scope: StackScope::Environment(
                    environment.at.commons.clone(),
                    environment.at.environment.clone(),
                ),
            };
            let mut root = self.root(account, environment.at.to_string(), stack, region);
            root.tags = vec![
                ("data-class", classification(environment).to_owned()),
                ("gen3-commons", environment.at.commons.to_string()),
                ("gen3-environment", environment.at.environment.to_string()),
            ];
            root
        };
        let mut made = Vec::new();
        let storage = Storage {
            place: place.clone(),
            hostname: environment.spec.hostname.clone(),
            tier: environment.spec.tier,
            buckets: environment.buckets.clone(),
            queues: environment.queues.clone(),
        };
        if !(storage.buckets.is_empty() && storage.queues.is_empty()) {
            let mut root = root(StackKind::Storage);
            if storage.uses_key() {
                root.variables
                    .push(self.key(account, region, KeyPurpose::Data));
            }
            made.push((root, Layer::Storage(storage)));
        }
        if !environment.secrets.is_empty() {
            let mut root = root(StackKind::Secrets);
            root.variables
                .push(self.key(account, region, KeyPurpose::Secrets));
            let reader = environment
                .identities
                .iter()
                .find(|identity| identity.service == "external-secrets");
            let secrets = Secrets {
                place: place.clone(),
                tier: environment.spec.tier,
                containers: environment.secrets.clone(),
                reader: reader.map(|identity| identity.role_arn.clone()),
            };
            made.push((root, Layer::Secrets(secrets)));
        }
        if environment.endpoint.certificate.is_some() {
            let mut root = root(StackKind::Dns);
            root.variables.push(self.zone(account, environment));
            let hostname = environment.spec.hostname.clone();
            made.push((root, Layer::Dns(Dns { hostname })));
        }
        let managed = environment
            .identities
            .iter()
            .filter(|identity| identity.owner == RoleOwner::Managed);
        let identity = Identity {
            place,
            namespace: environment.namespace.clone(),
            boundary: account.workload_boundary(),
            identities: managed.cloned().collect(),
        };
        if !identity.identities.is_empty() {
            let mut root = root(StackKind::Identity);
            let cluster = self
                .view
                .fleet
                .cluster_stack(&environment.cluster, StackKind::Cluster);
            let keys = identity
                .keys()
                .into_iter()
                .map(|purpose| self.key(account, region, purpose));
            root.variables.extend(keys);
            root.variables.extend(cluster.into_iter().flat_map(|stack| {
                [OutputKind::OidcIssuer, OutputKind::OidcProviderArn]
                    .map(|kind| self.output(stack.clone(), kind))
            }));
            // Roles carry the boundary by its name: it must be there.
            root.after.push(ResolvedFleet::account_stack(
                &account.spec,
                None,
                StackKind::Access,
            ));
            made.push((root, Layer::Identity(identity)));
        }
        self.roots.extend(made);
    }

    fn root(
        &self,
        account: &AccountContract,
        object: String,
        stack: StackId,
        region: &Region,
    ) -> Root {
        let locks = &self.view.fleet.loaded.locks;
        let lock = [stack.kind.as_str(), "aws"].iter().find_map(|name| {
            locks.get(camino::Utf8Path::new(&format!(
                "{name}/.terraform.lock.hcl"
            )))
        });
        let imports = match self.mode(account, &stack.scope) {
            Some(Mode::Adopt) => self.view.fleet.imports.of(&stack).to_vec(),
            _ => Vec::new(),
        };
        Root {
            stack,
            account: account.name.clone(),
            object,
            region: region.clone(),
            settings: self.settings.clone(),
            tags: Vec::new(),
            variables: Vec::new(),
            after: Vec::new(),
            lock: lock.map(|bytes| LockFile(bytes.clone())),
            imports,
        }
    }

    /// Who owns the Terraform of what a root belongs to.
    fn mode(&self, account: &AccountContract, scope: &StackScope) -> Option<Mode> {
        let fleet = self.view.fleet;
        Some(match scope {
            StackScope::Account => account.mode,
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

    /// The zone that a host's proof goes into: the account's own, or one that no stack of the fleet knows.
    fn zone(&self, account: &AccountContract, environment: &EnvironmentContract) -> Variable {
        let host = &environment.spec.hostname;
        let domain = account.spec.domain.as_ref();
        if domain.is_some_and(|domain| dns::is_within(host, domain)) {
            let stack = ResolvedFleet::account_stack(&account.spec, None, StackKind::Foundation);
            return self.output(stack, OutputKind::ZoneId);
        }
        Variable {
            name: OutputKind::ZoneId.as_str(),
            source: Source::Elsewhere {
                description: format!(
                    "The zone that {host} is in; it is in no domain of the account {}.",
                    account.name
                ),
            },
            value: None,
        }
    }

    fn finish(self) -> Vec<Unit<Input>> {
        let mut units: Vec<Unit<Input>> = Vec::with_capacity(self.roots.len() + 1);
        let stacks = super::stacks::entries(self.roots.iter().map(|(root, _)| root));
        units.extend(self.roots.into_iter().map(|(root, layer)| Unit {
            id: root.stack.to_string(),
            object: root.object.clone(),
            input: Input::Root(Box::new(root), Box::new(layer)),
        }));
        units.push(Unit {
            id: "stacks".into(),
            object: "fleet".into(),
            input: Input::Stacks(stacks),
        });
        units
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

fn classification(environment: &EnvironmentContract) -> &'static str {
    use crate::model::environment::Classification;
    match environment.spec.data.classification {
        Classification::Open => "open",
        Classification::Controlled => "controlled",
        Classification::Phi => "phi",
    }
}

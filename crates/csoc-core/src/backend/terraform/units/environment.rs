//! The roots of an environment.

use super::Cutter;
use crate::backend::terraform::Layer;
use crate::backend::terraform::dns::{self, Balancer, Dns};
use crate::backend::terraform::identity::Identity;
use crate::backend::terraform::place::Place;
use crate::backend::terraform::root::Root;
use crate::backend::terraform::secrets::Secrets;
use crate::backend::terraform::shared_host::SharedHost;
use crate::backend::terraform::storage::Storage;
use crate::backend::terraform::variables::{Source, Variable};
use crate::contract::{
    AccountContract, EnvironmentContract, KeyPurpose, RoleOwner, access_log_bucket,
    keeps_access_logs,
};
use crate::model::environment::Records;
use crate::model::stack::{OutputKind, StackId, StackKind, StackScope};
use crate::resolve::ResolvedFleet;

impl Cutter<'_> {
    pub(super) fn environment(&mut self, environment: &EnvironmentContract) {
        let Some(account) = self.view.contracts.accounts.get(&environment.account) else {
            return;
        };
        let region = &environment.region;
        let place = Place {
            partition: environment.partition,
            account: environment.account_id.clone(),
            region: region.clone(),
        };
        let root = |kind| self.environment_root(account, environment, kind);
        let mut made = Vec::new();
        let storage = Storage {
            place: place.clone(),
            hostname: environment.spec.hostname.clone(),
            tier: environment.spec.tier,
            buckets: environment.buckets.clone(),
            queues: environment.queues.clone(),
            access_logs: keeps_access_logs(account.mode)
                .then(|| access_log_bucket(&environment.account_id, region)),
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
        let endpoint = &environment.endpoint;
        let leads_to = (endpoint.records == Records::Terraform).then(|| Balancer {
            cluster: environment.cluster.to_string(),
            group: endpoint.group.clone(),
        });
        let certifies = endpoint.certificate.is_some();
        if certifies || leads_to.is_some() {
            let mut root = root(StackKind::Dns);
            root.after.extend(self.before_dns(environment));
            root.variables.push(self.zone(account, environment));
            let dns = Dns {
                hostname: environment.spec.hostname.clone(),
                certifies,
                leads_to,
                shared: environment
                    .cutover
                    .as_ref()
                    .map(|cutover| SharedHost::new(cutover, &environment.at)),
            };
            made.push((root, Layer::Dns(dns)));
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

    /// The stack that changes the records of a host before others do that share it: that of the one that most requests go to.
    ///
    /// Route 53 takes no record with a weight beside one without, so that the one that
    /// is there must have its weight first; and it keeps what proves the certificates of all.
    fn before_dns(&self, environment: &EnvironmentContract) -> Option<StackId> {
        let first = &environment.cutover.as_ref()?.first;
        let contract = self.view.contracts.environments.get(first)?;
        let makes = contract.endpoint.certificate.is_some()
            || contract.endpoint.records == Records::Terraform;
        let is_ours = self.view.renders(contract.spec.management.terraform);
        if *first == environment.at || !makes || !is_ours {
            return None;
        }
        self.view.fleet.environment_stack(first, StackKind::Dns)
    }

    /// A root of an environment, where the environment is.
    fn environment_root(
        &self,
        account: &AccountContract,
        environment: &EnvironmentContract,
        kind: StackKind,
    ) -> Root {
        let at = &environment.at;
        let stack = StackId {
            account: environment.account_id.clone(),
            region: Some(environment.region.clone()),
            kind,
            scope: StackScope::Environment(at.commons.clone(), at.environment.clone()),
        };
        let mut root = self.root(account, at.to_string(), stack, &environment.region);
        root.tags = vec![
            ("data-class", classification(environment).to_owned()),
            ("gen3-commons", at.commons.to_string()),
            ("gen3-environment", at.environment.to_string()),
        ];
        root.tier = Some(environment.spec.tier);
        root
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
}

fn classification(environment: &EnvironmentContract) -> &'static str {
    use crate::model::environment::Classification;
    match environment.spec.data.classification {
        Classification::Open => "open",
        Classification::Controlled => "controlled",
        Classification::Phi => "phi",
    }
}

//! Terraform roots: one directory with one state for each layer of each account, cluster and environment.
//!
//! [`units`](units::units) cuts the fleet, a file a layer turns its part of the
//! contracts into HCL, [`root`] adds what every root has. What only the cloud
//! can give is a variable. ARNs of what the same fleet makes are written out,
//! since their names are known: a reader of the files, and a plan before the
//! first apply, sees whole policies. References stand where order or an
//! unknown identifier matters.

mod access;
mod attach;
mod bootstrap;
mod bucket;
mod cluster;
mod credential;
mod data;
mod delivery;
mod dns;
mod foundation;
mod gen3_terraform;
mod guardrail;
mod helm;
mod hub;
mod hub_secrets;
mod identity;
mod imports;
mod key;
mod logging;
mod network;
mod observability;
mod observe;
mod organization;
mod outputs;
mod place;
mod policy;
mod queues;
mod root;
mod secrets;
mod service_account;
mod shared_host;
mod stacks;
mod storage;
#[cfg(test)]
mod tests;
mod units;
mod variables;
mod waf;
mod waf_rules;

use std::collections::BTreeMap;

use camino::Utf8Path;

use super::{Backend, Compiled, FleetView, Unit};
use crate::diagnostic::Diagnostics;
use crate::graph::Fact;
use crate::tree::{BackendName, File};
use root::{Content, Root};

/// The unit that lists the stacks.
pub(crate) const STACKS: &str = "stacks";

/// The backend of Terraform roots.
pub(crate) struct Terraform;

/// What a unit is compiled from.
#[derive(Debug, serde::Serialize)]
pub(crate) enum Input {
    /// A root and what its layer is made of.
    Root(Box<Root>, Box<Layer>),
    /// All stacks.
    Stacks(stacks::Stacks),
}

/// What a root's layer is made of.
#[derive(Debug, serde::Serialize)]
pub(crate) enum Layer {
    /// What the organization forbids.
    Organization(organization::Organization),
    /// State, and who runs Terraform.
    Bootstrap(Box<bootstrap::Bootstrap>),
    /// Who may change the account.
    Access(access::Access),
    /// What an account has once.
    AccountFoundation(foundation::AccountFoundation),
    /// What an account has once a region.
    RegionFoundation(foundation::RegionFoundation),
    /// A cluster's network.
    Network(Box<network::Network>),
    /// EKS.
    Cluster(Box<cluster::Cluster>),
    /// A call of gen3-terraform, which makes all three of those.
    Gen3Terraform(gen3_terraform::Gen3Terraform),
    /// Databases and search domains.
    Data(data::Data),
    /// Argo CD.
    Delivery(Box<delivery::Delivery>),
    /// The hub's zone and roles.
    Hub(Box<hub::Hub>),
    /// The hub's side of an account.
    Attach(attach::Attach),
    /// Where logs go.
    Logging(logging::Logging),
    /// Buckets and queues.
    Storage(storage::Storage),
    /// Containers of secrets.
    Secrets(secrets::Secrets),
    /// The certificate.
    Dns(dns::Dns),
    /// Roles of services.
    Identity(identity::Identity),
    /// Web ACLs.
    Waf(waf::Waf),
    /// What keeps metrics, logs and traces, and who is told of alarms.
    Observability(Box<observability::Observability>),
    /// Alarms of a cluster.
    Alarms(observability::Alarms),
}

impl Layer {
    fn content(&self) -> Content {
        match self {
            Self::Organization(organization) => organization.content(),
            Self::Bootstrap(bootstrap) => bootstrap.content(),
            Self::Access(access) => access.content(),
            Self::AccountFoundation(foundation) => foundation.content(),
            Self::RegionFoundation(foundation) => foundation.content(),
            Self::Network(network) => network.content(),
            Self::Cluster(cluster) => cluster.content(),
            Self::Gen3Terraform(module) => module.content(),
            Self::Data(data) => data.content(),
            Self::Delivery(delivery) => delivery.content(),
            Self::Hub(hub) => hub.content(),
            Self::Attach(attach) => attach.content(),
            Self::Logging(logging) => logging.content(),
            Self::Storage(storage) => storage.content(),
            Self::Secrets(secrets) => secrets.content(),
            Self::Dns(dns) => dns.content(),
            Self::Identity(identity) => identity.content(),
            Self::Waf(waf) => waf.content(),
            Self::Observability(observability) => observability.content(),
            Self::Alarms(alarms) => alarms.content(),
        }
    }

    fn check(&self, found: &mut Diagnostics) {
        if let Self::Waf(waf) = self {
            waf.check(found);
        }
    }
}

impl Backend for Terraform {
    type Input = Input;

    fn name(&self) -> BackendName {
        BackendName::Terraform
    }

    fn units(&self, view: &FleetView<'_>) -> Vec<Unit<Input>> {
        units::units(view)
    }

    fn compile(&self, unit: &Unit<Input>) -> Compiled {
        let mut compiled = Compiled::default();
        match &unit.input {
            Input::Root(root, layer) => {
                layer.check(&mut compiled.found);
                let content = layer.content();
                root.check(&content.main, &mut compiled.found);
                compiled.files = root.files(content);
            }
            Input::Stacks(stacks) => compiled.files = stacks::files(stacks, &unit.object),
        }
        compiled
    }

    fn observe(&self, file: &File, facts: &mut Vec<Fact>) {
        self.observe_directory(&[file], facts);
    }

    fn observe_directory(&self, files: &[&File], facts: &mut Vec<Fact>) {
        let mut directories: BTreeMap<&Utf8Path, Vec<&File>> = BTreeMap::new();
        for file in files {
            let directory = file.path().parent().unwrap_or(file.path());
            directories.entry(directory).or_default().push(file);
        }
        self.observe_tree(&directories, facts);
    }

    fn observe_tree(&self, directories: &BTreeMap<&Utf8Path, Vec<&File>>, facts: &mut Vec<Fact>) {
        observe::directories(directories, facts);
    }
}

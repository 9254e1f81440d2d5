//! What a tier relaxes: defaults of clusters and environments that would be stricter in production.

use crate::contract::{EksContract, StoreUse};
use crate::fleet::Fleet;
use crate::model::data_store::{BackupMode, DatabaseCluster, DedicatedMasters, SearchDomain};
use crate::model::name::ObjectName;
use crate::model::{Mode, Tier};
use crate::network::{makes_network, nat};
use crate::resolve::ResolvedCluster;
use crate::value::Node;

/// A field of a cluster that nobody wrote, whose value follows from the tier of its environments.
pub(super) struct TierDefault {
    /// The field, from the cluster on.
    pub(super) field: Vec<String>,
    pub(super) value: Node,
    /// What it would be in production.
    production: Node,
    /// The statement of `docs/terraform-policy.md` that the difference is about.
    statement: Option<&'static str>,
}

impl TierDefault {
    fn new<const N: usize>(
        field: [&str; N],
        value: Node,
        production: Node,
        statement: Option<&'static str>,
    ) -> Self {
        Self {
            field: field.map(str::to_owned).into(),
            value,
            production,
            statement,
        }
    }

    /// What is less strict than in production; none where nothing is.
    pub(super) fn relaxation(&self) -> Option<String> {
        if self.value == self.production {
            return None;
        }
        let production = self.production.text().unwrap_or_default();
        let statement = self
            .statement
            .map_or_else(String::new, |id| format!("; this relaxes {id}"));
        Some(format!("in production it would be {production}{statement}"))
    }

    /// The same as one line of a list.
    pub(super) fn line(&self) -> Option<String> {
        let relaxation = self.relaxation()?;
        let value = self.value.text().unwrap_or_default();
        Some(format!("{} is {value}: {relaxation}", self.field.join(".")))
    }
}

/// The fields of a cluster that follow from the tier of its environments.
pub(super) fn of_cluster(fleet: &Fleet, name: &str) -> Vec<TierDefault> {
    let resolved = fleet.resolved();
    let Some((name, cluster)) = resolved.clusters.get_key_value(name) else {
        return Vec::new();
    };
    let mut all = Vec::new();
    if makes_network(resolved, cluster) && cluster.spec.network.nat.is_none() {
        all.push(gateways(cluster, resolved.cluster_tier(name)));
    }
    let contract = fleet.contracts().clusters.get(name);
    if let Some(eks) = contract.and_then(|contract| contract.eks.as_ref())
        && eks.spec.management.terraform != Mode::External
    {
        stores(eks, &mut all);
    }
    all
}

/// What is less strict of an environment of that tier than of production, and no field says.
pub(super) fn of_environment(tier: Tier) -> Vec<&'static str> {
    if tier == Tier::Prod {
        return Vec::new();
    }
    vec![
        "its secrets can be brought back for 7 days: in production for 30; this relaxes SEC-002",
        "Terraform may destroy its buckets once they are empty: in production it does not",
    ]
}

fn gateways(cluster: &ResolvedCluster, tier: Option<Tier>) -> TierDefault {
    let of = |tier| Node::string(nat(cluster, tier).as_str());
    TierDefault::new(
        ["network", "nat"],
        of(tier),
        of(Some(Tier::Prod)),
        Some("NET-005"),
    )
}

fn stores(eks: &EksContract, all: &mut Vec<TierDefault>) {
    for used in &eks.databases {
        let spec = eks.spec.databases.get(&used.name);
        database(used, &spec.cloned().unwrap_or_default(), all);
    }
    for used in &eks.search {
        let spec = eks.spec.search.get(&used.name);
        search(used, &spec.cloned().unwrap_or_default(), all);
    }
    if !eks.databases.is_empty() && eks.spec.backup.mode.is_none() {
        let mode = match eks.vault {
            Some(_) => BackupMode::Daily,
            None => BackupMode::None,
        };
        let of = |mode: BackupMode| {
            Node::string(match mode {
                BackupMode::Daily => "daily",
                BackupMode::None => "none",
            })
        };
        let field = ["backup", "mode"];
        all.push(TierDefault::new(
            field,
            of(mode),
            of(BackupMode::Daily),
            None,
        ));
    }
}

fn database(used: &StoreUse, spec: &DatabaseCluster, all: &mut Vec<TierDefault>) {
    let production = used.in_production();
    let mut add = |field, is_written: bool, of: fn(&StoreUse, &DatabaseCluster) -> u8| {
        if !is_written {
            all.push(TierDefault::new(
                ["databases", used.name.as_str(), field],
                Node::integer(of(used, spec)),
                Node::integer(of(&production, spec)),
                Some("RDS-007"),
            ));
        }
    };
    add("instances", spec.instances.is_some(), StoreUse::instances);
    add(
        "backupRetentionDays",
        spec.backup_retention_days.is_some(),
        StoreUse::backup_days,
    );
}

fn search(used: &StoreUse, spec: &SearchDomain, all: &mut Vec<TierDefault>) {
    let production = used.in_production();
    let name: &ObjectName = &used.name;
    if spec.nodes.is_none() {
        all.push(TierDefault::new(
            ["search", name.as_str(), "nodes"],
            Node::integer(used.nodes(spec)),
            Node::integer(production.nodes(spec)),
            None,
        ));
    }
    if spec.dedicated_masters.is_none() {
        let of = |used: &StoreUse| {
            Node::string(match used.dedicated_masters(spec) {
                DedicatedMasters::None => "none",
                DedicatedMasters::Three => "three",
            })
        };
        all.push(TierDefault::new(
            ["search", name.as_str(), "dedicatedMasters"],
            of(used),
            of(&production),
            None,
        ));
    }
}

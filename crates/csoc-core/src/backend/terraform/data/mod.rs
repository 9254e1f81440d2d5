//! The layer `data`: the databases and search domains that environments of a cluster share, and their backups.

mod backup;
mod database;
mod monitoring;
mod search;

use super::cluster::after;
use super::place::Place;
use super::root::Content;
use crate::contract::{ClusterRole, ClusterRolePurpose, KeyPurpose, StoreUse, matters};
use crate::hcl::{Body, Expression};
use crate::model::data_store::{Backup, DatabaseCluster, SearchDomain};
use crate::model::environment::Tier;
use crate::model::name::ObjectName;
use crate::model::stack::OutputKind;

/// What a cluster's databases and search domains are made of.
#[derive(Debug, Clone, serde::Serialize)]
pub(crate) struct Data {
    pub(super) place: Place,
    pub(super) cluster: ObjectName,
    pub(super) vpc: String,
    pub(super) boundary: String,
    /// The tier of the environment on the cluster that matters most.
    pub(super) tier: Option<Tier>,
    pub(super) databases: Vec<Database>,
    pub(super) search: Vec<Search>,
    pub(super) vault: Option<Vault>,
    /// What writes down how the machines of databases fare.
    pub(super) monitoring: Option<ClusterRole>,
}

/// A database cluster.
#[derive(Debug, Clone, serde::Serialize)]
pub(crate) struct Database {
    pub(super) used: StoreUse,
    pub(super) spec: DatabaseCluster,
    pub(super) identifier: String,
    pub(super) master_secret: String,
    /// The roles that read its master credentials: those of External Secrets.
    pub(super) readers: Vec<String>,
}

/// A search domain.
#[derive(Debug, Clone, serde::Serialize)]
pub(crate) struct Search {
    pub(super) used: StoreUse,
    pub(super) spec: SearchDomain,
    pub(super) domain: String,
    /// The roles that send requests to it.
    pub(super) users: Vec<String>,
}

/// A vault of backups.
#[derive(Debug, Clone, serde::Serialize)]
pub(crate) struct Vault {
    pub(super) name: String,
    pub(super) spec: Backup,
    pub(super) role: ClusterRole,
}

impl Data {
    /// The keys that the root is given.
    pub(super) fn keys(&self) -> Vec<KeyPurpose> {
        let mut keys = vec![KeyPurpose::Database, KeyPurpose::Logs];
        if !self.databases.is_empty() {
            keys.push(KeyPurpose::Secrets);
        }
        keys
    }

    /// Whether users depend on anything here.
    fn matters(&self) -> bool {
        matters(self.tier)
    }

    /// The layer's content.
    pub(super) fn content(&self) -> Content {
        let mut main = Body::new();
        if !self.databases.is_empty() {
            main = main.block(self.subnet_group());
        }
        main = self.monitoring(main);
        for database in &self.databases {
            main = self.database(main, database);
        }
        if !self.search.is_empty() {
            main = self.search_logs(main);
        }
        for search in &self.search {
            main = self.search_domain(main, search);
        }
        if let Some(vault) = &self.vault {
            main = self.backup(main, vault);
        }
        let by_name = |attribute: fn(&str) -> String, names: Vec<&ObjectName>| {
            Expression::object(names.into_iter().map(|name| {
                let label = super::place::label(name.as_str());
                (name.to_string(), Expression::reference(&attribute(&label)))
            }))
        };
        let databases = || self.databases.iter().map(|it| &it.used.name).collect();
        let domains = || self.search.iter().map(|it| &it.used.name).collect();
        let outputs = vec![
            (
                OutputKind::DatabaseEndpoints,
                by_name(
                    |label| format!("aws_rds_cluster.{label}.endpoint"),
                    databases(),
                ),
            ),
            (
                OutputKind::DatabaseReaderEndpoints,
                by_name(
                    |label| format!("aws_rds_cluster.{label}.reader_endpoint"),
                    databases(),
                ),
            ),
            (
                OutputKind::SearchEndpoints,
                by_name(
                    |label| format!("aws_opensearch_domain.{label}.endpoint"),
                    domains(),
                ),
            ),
            (
                OutputKind::SearchDomainArns,
                by_name(
                    |label| format!("aws_opensearch_domain.{label}.arn"),
                    domains(),
                ),
            ),
        ];
        Content { main, outputs }
    }

    /// The role of backups, in the words of the cluster's other roles.
    fn role_label() -> String {
        super::place::label(ClusterRolePurpose::Backup.as_str())
    }
}

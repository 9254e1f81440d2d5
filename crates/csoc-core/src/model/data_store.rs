//! Databases and search domains that environments of a cluster share, and how they are backed up.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::cloud::SecretName;
use super::environment::Size;
use super::machine::{DatabaseInstanceClass, SearchInstanceType};
use super::network::Hostname;
use super::version::Version;

/// The PostgreSQL version of databases that name none.
pub(crate) const POSTGRESQL_VERSION: &str = "16.6";
/// The OpenSearch version of domains that name none.
pub(crate) const OPENSEARCH_VERSION: &str = "2.19";

/// Whether the version of a search domain is one of Elasticsearch, which ended with 7.
pub(crate) fn is_elasticsearch(version: &str) -> bool {
    let major = version.trim_start_matches('v').split('.').next();
    let major: Option<u32> = major.and_then(|major| major.parse().ok());
    matches!(major, Some(5..=7))
}

/// A database cluster that environments share.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[non_exhaustive]
pub struct DatabaseCluster {
    /// The PostgreSQL version. Default: 16.6.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<Version>,
    /// The secret that holds its master credentials. Default: the name rule `cluster-secret`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub master_secret: Option<SecretName>,
    /// How large it is. Default: the largest size of the environments that use it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub size: Option<Size>,
    /// The exact capacity that it grows within, in place of `size`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub capacity: Option<DatabaseCapacity>,
    /// The exact machines, in place of `size`: a fixed capacity.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub instance_class: Option<DatabaseInstanceClass>,
    /// How many instances it has. Default: 2 where an environment of `staging` or `prod` uses it, else 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub instances: Option<u8>,
    /// Days that RDS keeps its own backups. Default: 14 where an environment of `staging` or `prod` uses it, else 7.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub backup_retention_days: Option<u8>,
    /// Whether it is kept from being deleted. Default: yes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deletion_protection: Option<bool>,
    /// Days that its log is kept. Default: 365.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub log_retention_days: Option<u32>,
    /// How often its machines say how they fare.
    #[serde(default)]
    pub monitoring: DatabaseMonitoring,
    /// The number of its master password: the next one makes and writes a new password. Default: 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub password_version: Option<u32>,
}

/// How often the machines of a database say how they fare: processors, memory, disks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum DatabaseMonitoring {
    /// Never.
    None,
    /// Each minute.
    #[default]
    EveryMinute,
    /// Each second, which costs sixty times as much.
    EverySecond,
}

/// The capacity that a database grows within, in ACU: each about 2 GiB of memory with its share of processors.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[non_exhaustive]
pub struct DatabaseCapacity {
    /// The least.
    pub minimum: u16,
    /// The most.
    pub maximum: u16,
}

/// A search domain that environments share.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[non_exhaustive]
pub struct SearchDomain {
    /// The OpenSearch version, or one of Elasticsearch: 5 to 7. Default: 2.19.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<Version>,
    /// Its endpoint, where nothing of ours made it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub endpoint: Option<Hostname>,
    /// How large its nodes are. Default: the largest size of the environments that use it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub size: Option<Size>,
    /// The exact machines, in place of `size`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub instance_type: Option<SearchInstanceType>,
    /// How many nodes hold data. Default: 2 where an environment of `staging` or `prod` uses it, else 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nodes: Option<u8>,
    /// Nodes that hold no data and lead the others. Default: three where an environment of `prod` uses it, and where one of
    /// `staging` uses a large one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dedicated_masters: Option<DedicatedMasters>,
    /// GiB of each node's volume. Default: 20, 100 or 500, by size.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub volume_gib: Option<u16>,
    /// Whether it is kept from being destroyed. Default: yes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deletion_protection: Option<bool>,
    /// Days that its logs are kept. Default: 365.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub log_retention_days: Option<u32>,
}

/// Nodes of a search domain that hold no data and lead the others.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum DedicatedMasters {
    /// None: nodes with data lead, too.
    None,
    /// Three, one of which may go.
    Three,
}

/// Backups of a cluster's databases beside those of RDS, in a vault of their own.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[non_exhaustive]
pub struct Backup {
    /// Whether there are any. Default: yes where an environment of `staging` or `prod` is on the cluster.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mode: Option<BackupMode>,
    /// Days that each is kept. Default: 35.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retention_days: Option<u16>,
    /// Who may still delete one before its time.
    #[serde(default)]
    pub lock: VaultLock,
}

/// Whether a cluster's databases have backups in a vault.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum BackupMode {
    /// Each night.
    Daily,
    /// None but those of RDS.
    None,
}

/// Who may delete a backup before its time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum VaultLock {
    /// Whoever may take the lock off.
    #[default]
    Governance,
    /// Nobody, AWS and the account's owner included, from the third day on.
    Compliance,
}

//! What a role may do, on which resource, and with which key.

/// One permission of a role: actions on resources.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub(crate) struct Grant {
    /// What it is for, as a statement id: letters and digits.
    pub(crate) sid: &'static str,
    /// Actions, sorted.
    pub(crate) actions: &'static [&'static str],
    /// On what.
    pub(crate) resources: Vec<Resource>,
    /// The services that a key may be used through; only for keys.
    pub(crate) via: Vec<&'static str>,
}

/// A resource that a grant names.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
pub(crate) enum Resource {
    /// A bucket, for listing.
    Bucket(String),
    /// The objects of a bucket.
    Objects(String),
    /// A queue of the environment's account and region.
    Queue(String),
    /// A secret of the environment's account and region.
    Secret(String),
    /// A key of the account's foundation.
    Key(KeyPurpose),
    /// A search domain of the cluster.
    SearchDomain(String),
}

/// What a key of the account's foundation is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
pub(crate) enum KeyPurpose {
    /// Log groups.
    Logs,
    /// Secrets.
    Secrets,
    /// Databases.
    Database,
    /// Buckets and queues.
    Data,
    /// Cluster secrets.
    Cluster,
}

impl KeyPurpose {
    /// All of them.
    pub(crate) const ALL: [Self; 5] = [
        Self::Logs,
        Self::Secrets,
        Self::Database,
        Self::Data,
        Self::Cluster,
    ];

    /// Its purpose in the alias.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Logs => "logs",
            Self::Secrets => "secrets",
            Self::Database => "database",
            Self::Data => "data",
            Self::Cluster => "cluster",
        }
    }

    /// The output of the foundation that is its ARN.
    pub(crate) const fn output(self) -> crate::model::stack::OutputKind {
        use crate::model::stack::OutputKind;
        match self {
            Self::Logs => OutputKind::LogsKeyArn,
            Self::Secrets => OutputKind::SecretsKeyArn,
            Self::Database => OutputKind::DatabaseKeyArn,
            Self::Data => OutputKind::DataKeyArn,
            Self::Cluster => OutputKind::ClusterKeyArn,
        }
    }
}

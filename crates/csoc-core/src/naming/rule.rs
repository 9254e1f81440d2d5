//! Rules that derived names come from: where each must be unique, how long it may be, what it may hold.

use super::pattern::{Pattern, Variable, Variables};
use sha2::{Digest, Sha256};

/// Where a name must be unique.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Scope {
    /// In the world: buckets.
    World,
    /// In a cloud account.
    Account,
    /// In an account's region.
    Region,
    /// In a cluster.
    Cluster,
}

/// What a name may be made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Charset {
    /// Lower-case letters, digits and dashes, starting with a letter or digit.
    Label,
    /// As a label, with dots: buckets, directories.
    Dotted,
    /// Letters, digits, dashes and underscores.
    Word,
    /// As a word, with slashes and dots: secrets, log groups.
    Path,
    /// Lower-case letters, digits and underscores: databases.
    Identifier,
}

impl Charset {
    /// Whether a name holds to it.
    pub(crate) fn accepts(self, name: &str) -> bool {
        let inside = |byte: u8| match self {
            Self::Label => byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-',
            Self::Dotted => {
                byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'-' | b'.')
            }
            Self::Word => byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'),
            Self::Path => byte.is_ascii_alphanumeric() || b"-_/+=.@".contains(&byte),
            Self::Identifier => byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_',
        };
        let edges = match self {
            Self::Label | Self::Dotted => {
                !name.starts_with(['-', '.']) && !name.ends_with(['-', '.'])
            }
            _ => true,
        };
        !name.is_empty() && edges && name.bytes().all(inside)
    }

    /// What it is called in messages.
    pub(crate) const fn describe(self) -> &'static str {
        match self {
            Self::Label => "lower-case letters, digits and dashes",
            Self::Dotted => "lower-case letters, digits, dashes and dots",
            Self::Word => "letters, digits, dashes and underscores",
            Self::Path => "letters, digits and `-_/+=.@`",
            Self::Identifier => "lower-case letters, digits and underscores",
        }
    }
}

macro_rules! name_kinds {
    ($($(#[doc = $doc:literal])* $kind:ident = $text:literal, $limit:literal, $charset:ident, $scope:ident;)*) => {
        /// What a derived name is the name of.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub(crate) enum NameKind { $($(#[doc = $doc])* $kind,)* }

        impl NameKind {
            pub(crate) const ALL: &'static [Self] = &[$(Self::$kind,)*];

            /// Its name in `naming`.
            pub(crate) const fn as_str(self) -> &'static str {
                match self { $(Self::$kind => $text,)* }
            }

            /// The most characters it may have.
            pub(crate) const fn limit(self) -> usize {
                match self { $(Self::$kind => $limit,)* }
            }

            /// What it may be made of.
            pub(crate) const fn charset(self) -> Charset {
                match self { $(Self::$kind => Charset::$charset,)* }
            }

            /// Where it must be unique.
            pub(crate) const fn scope(self) -> Scope {
                match self { $(Self::$kind => Scope::$scope,)* }
            }
        }
    };
}

// Limits: IAM 64, S3 63, Kubernetes 63, OpenSearch domain 28, RDS 63, SQS 80, WAF 128, IP set 128, backup vault 50, KMS alias 256 (AWS
// service quotas and API references); Helm release 53 (helm's own check); Secrets Manager 512.
name_kinds! {
    /// `global.environment` of the chart: the prefix of secrets.
    EnvironmentId = "environment-id", 32, Label, Account;
    /// The Kubernetes namespace.
    Namespace = "namespace", 63, Label, Cluster;
    /// The Helm release.
    ReleaseName = "release-name", 53, Label, Cluster;
    /// The Argo CD application; its scope is the Argo CD instance.
    Application = "argocd-application", 63, Label, Cluster;
    /// The directory in the GitOps repository.
    Directory = "directory", 128, Dotted, Cluster;
    /// The namespace of notebooks.
    JupyterNamespace = "jupyter-namespace", 63, Label, Cluster;
    /// The group that joins ingresses behind one load balancer.
    IngressGroup = "ingress-group", 63, Label, Cluster;
    /// A role of a service, with its path: the limit holds for what is behind the last slash.
    Role = "role", 64, Path, Account;
    /// A role of a cluster, with its path: the limit holds for what is behind the last slash.
    ClusterRole = "cluster-role", 64, Path, Account;
    /// A secret in the cloud's secret manager.
    Secret = "secret", 512, Path, Region;
    /// A secret of what a cluster's environments share.
    ClusterSecret = "cluster-secret", 512, Path, Region;
    /// A bucket.
    Bucket = "bucket", 63, Dotted, World;
    /// A queue.
    Queue = "queue", 75, Word, Region;
    /// A queue of a cluster.
    ClusterQueue = "cluster-queue", 75, Word, Region;
    /// A database in a database cluster.
    Database = "database", 63, Identifier, Region;
    /// A database cluster.
    DatabaseCluster = "database-cluster", 63, Label, Region;
    /// A search domain.
    SearchDomain = "search-domain", 28, Label, Region;
    /// A web ACL.
    WebAcl = "web-acl", 110, Word, Region;
    /// A set of addresses that may reach an environment.
    IpSet = "ip-set", 110, Word, Region;
    /// A vault of a cluster's backups.
    BackupVault = "backup-vault", 50, Word, Region;
    /// A key's alias, without `alias/`.
    KeyAlias = "key-alias", 200, Path, Region;
}

/// A compiled naming rule.
#[derive(Debug, Clone)]
pub(crate) struct NameRule {
    pub(crate) kind: NameKind,
    pub(crate) pattern: Pattern,
}

/// A derived name: the text that is used, and the full one where it had to be shortened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Name {
    pub(crate) text: String,
    pub(crate) full: Option<String>,
}

impl NameRule {
    /// The name for these variables, shortened where it is too long.
    pub(crate) fn render(
        &self,
        variables: &Variables,
        service: Option<&str>,
    ) -> Result<Name, Variable> {
        let full = self.pattern.render(variables, service)?;
        let full = match self.kind {
            // A dash is no letter of a database's name.
            NameKind::Database => full.replace(['-', '.'], "_"),
            // RDS refuses two dashes in a row.
            NameKind::DatabaseCluster => full.replace("--", "-"),
            _ => full,
        };
        let path = match self.kind {
            NameKind::Role | NameKind::ClusterRole => full.rfind('/').map_or(0, |slash| slash + 1),
            _ => 0,
        };
        let (path, name) = full.split_at(path);
        Ok(if name.len() <= self.kind.limit() {
            Name {
                text: full,
                full: None,
            }
        } else {
            Name {
                text: format!("{path}{}", shorten(name, self.kind.limit())),
                full: Some(full),
            }
        })
    }
}

/// A name of at most `limit` characters: its start, and a dash with six characters that the full name decides.
///
/// The six are the first of the lower-case base32 (RFC 4648) SHA-256 of the full
/// name. Frozen: resources are called so.
pub(crate) fn shorten(full: &str, limit: usize) -> String {
    const ALPHABET: &[u8; 32] = b"abcdefghijklmnopqrstuvwxyz234567";
    let digest = Sha256::digest(full.as_bytes());
    let bits = digest[..4]
        .iter()
        .fold(0_u32, |bits, byte| bits << 8 | u32::from(*byte));
    let tail: String = (0..6)
        .map(|at| char::from(ALPHABET[(bits >> (27 - 5 * at) & 31) as usize]))
        .collect();
    let mut keep = limit.saturating_sub(7).min(full.len());
    while !full.is_char_boundary(keep) {
        keep -= 1;
    }
    let head = full[..keep].trim_end_matches(['-', '_', '.']);
    format!("{head}-{tail}")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Checked against Python: `base64.b32encode(hashlib.sha256(name.encode()).digest()).lower()[:6]`.
    #[test]
    fn shortened_names_are_frozen() {
        assert_eq!(
            shorten("a-very-long-role-name-that-does-not-fit", 24),
            "a-very-long-role-r5pj5j"
        );
    }
}

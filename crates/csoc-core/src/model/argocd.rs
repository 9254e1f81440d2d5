//! Argo CD: the one of a cluster that pulls, and what it shows to the repository that it reads.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::hub_services::{AdminUser, AllowedNetwork, IssuerName};
use super::network::Hostname;
use super::version::Version;

/// The version of the chart argo-cd of clusters that name none: Argo CD 3.4.4. From <https://argoproj.github.io/argo-helm>.
pub(crate) const ARGO_CD_CHART: &str = "10.1.1";

/// The Argo CD of a cluster that pulls.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[non_exhaustive]
pub struct ArgoCd {
    /// The version of the chart argo-cd. Default: 10.1.1, which is Argo CD 3.4.4.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub chart: Option<Version>,
    /// Copies of what answers people and reads repositories. Default: 2 where an environment of `staging` or `prod` is on the cluster, else 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = 9))]
    pub replicas: Option<u8>,
    /// Its host, below the domain of the cluster's account. Default: none; it is reached by `kubectl port-forward`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub host: Option<Hostname>,
    /// Who reaches that host. The addresses that the cluster itself reaches out from are in it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub allow_list: Vec<AllowedNetwork>,
    /// What it is called at the issuer of `hub.signIn`, where it has a host: a public client, since it shows no secret. Default: `argocd-CLUSTER`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client: Option<IssuerName>,
    /// Whether there is a user `admin` with a password, beside those who sign in.
    #[serde(default)]
    pub admin_user: AdminUser,
}

/// What Argo CD shows to a repository that not everyone may read. It is kept in the secret manager of each cluster's account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum RepositoryCredential {
    /// A user name and a token: `username` and `password`.
    Token,
    /// A key of SSH that may read: `sshPrivateKey`.
    SshKey,
    /// An app that is installed in GitHub: `githubAppID`, `githubAppInstallationID` and `githubAppPrivateKey`.
    GithubApp,
}

impl RepositoryCredential {
    /// What it is called in a fleet.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Token => "token",
            Self::SshKey => "ssh-key",
            Self::GithubApp => "github-app",
        }
    }

    /// The keys that the secret has.
    pub(crate) const fn keys(self) -> &'static [&'static str] {
        match self {
            Self::Token => &["username", "password"],
            Self::SshKey => &["sshPrivateKey"],
            Self::GithubApp => &[
                "githubAppID",
                "githubAppInstallationID",
                "githubAppPrivateKey",
            ],
        }
    }

    /// Whether it is shown over SSH.
    pub(crate) const fn is_ssh(self) -> bool {
        matches!(self, Self::SshKey)
    }
}

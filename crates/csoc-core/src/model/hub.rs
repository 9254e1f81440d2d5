//! Where a fleet is run from: the account of the hub, its pipeline, and what it keeps for all others.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::cloud::Arn;
use super::name::ObjectName;
use super::network::{Hostname, HttpsUrl};
use super::text::{TextError, text_type};

pub use super::hub_services::{
    AdminUser, AllowLists, AllowedNetwork, HubArgoCd, HubGrafana, HubNotifications, IssuerName,
    Keycloak, KeycloakDatabase, MailServer, Portal, PortalDigests, SignIn, SignInClients,
    SignInGroups,
};

/// Where the fleet is run from.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[non_exhaustive]
pub struct Hub {
    /// The account that may assume the fleet's roles, by its name under `accounts`.
    pub account: ObjectName,
    /// The hub's cluster, by its name under `clusters`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cluster: Option<ObjectName>,
    /// The domain below which the hub's own services live; domains of accounts below it are delegated from its zone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub domain: Option<Hostname>,
    /// The role that runs Terraform, in the hub's account: the only principal the deploy roles trust. Default: one that `bootstrap` makes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub controller_role: Option<Arn>,
    /// The pipeline that may be that role.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ci: Option<Ci>,
    /// The archive of all accounts' logs.
    #[serde(default)]
    pub logs: LogArchive,
    /// The vaults that all accounts' backups are copied into.
    #[serde(default)]
    pub backups: BackupVaults,
    /// The load balancer of the hub's cluster that its services are behind. Default: `public`, or the only one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub load_balancer: Option<ObjectName>,
    /// The hub's Argo CD, where it has a host. Default: it is reached by `kubectl port-forward`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub argocd: Option<HubArgoCd>,
    /// The role that the hub's Argo CD is where it pushes to: the only principal that its role in a cluster trusts. Default: one that the hub's cluster makes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub argocd_role: Option<Arn>,
    /// The portal. Default: none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub portal: Option<Portal>,
    /// Grafana, where it has a host.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub grafana: Option<HubGrafana>,
    /// Keycloak. Default: none; the organization has an issuer of its own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub keycloak: Option<Keycloak>,
    /// How people sign in to these services.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sign_in: Option<SignIn>,
    /// Who reaches these services.
    #[serde(default)]
    pub allow_lists: AllowLists,
    /// The networks of those who run the fleet: no list may leave them out.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub operators: Vec<AllowedNetwork>,
}

/// The pipeline that runs Terraform, known by the tokens that its provider signs; there are no keys.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[non_exhaustive]
pub struct Ci {
    /// Who runs the pipeline.
    pub provider: CiProvider,
    /// Who signs its tokens. Default: GitHub's or GitLab's own service.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub issuer: Option<HttpsUrl>,
    /// The subjects whose runs may apply, exactly.
    pub applies: Vec<CiSubject>,
    /// The subjects whose runs may plan and nothing else, exactly.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub plans: Vec<CiSubject>,
}

impl Ci {
    /// The address of who signs the tokens.
    pub fn issuer(&self) -> &str {
        let own = self.issuer.as_ref().map(HttpsUrl::as_str);
        own.unwrap_or(match self.provider {
            CiProvider::Github => "https://token.actions.githubusercontent.com",
            CiProvider::Gitlab => "https://gitlab.com",
        })
        .trim_end_matches('/')
    }
}

/// Who runs a pipeline.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum CiProvider {
    /// GitHub Actions.
    Github,
    /// GitLab CI.
    Gitlab,
}

impl CiProvider {
    /// What the subjects of its tokens begin with.
    pub const fn subject_prefix(self) -> &'static str {
        match self {
            Self::Github => "repo:",
            Self::Gitlab => "project_path:",
        }
    }
}

text_type! {
    /// The subject of a pipeline's tokens: a repository and what runs in it. It names one, so that it holds no `*`.
    CiSubject, example = "repo:example/fleet:environment:production",
    check = |text| {
        let wrong = || TextError::new("the subject of a pipeline's tokens, such as `repo:OWNER/NAME:environment:NAME` or `project_path:GROUP/NAME:ref_type:branch:ref:NAME`");
        if text.contains(['*', '?']) {
            return Err(wrong().help("name each subject; a pattern would let in branches and forks that nobody reviewed"));
        }
        let holds = text.len() <= 255 && text.bytes().all(|byte| byte.is_ascii_graphic() && !matches!(byte, b'"' | b'\\' | b'$' | b'%' | b'{' | b'}'));
        let parts: Vec<&str> = text.split(':').collect();
        let holds = holds && match parts[..] {
            ["repo", repository, _, ..] => repository.split('/').filter(|part| !part.is_empty()).count() == 2,
            ["project_path", project, "ref_type", _, "ref", ..] => project.contains('/'),
            _ => false,
        };
        if holds && parts.iter().all(|part| !part.is_empty()) { Ok(()) } else { Err(wrong()) }
    }
}

/// How what is kept is kept from deletion.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum RetentionLock {
    /// Only who has the permission to bypass it may delete before the time.
    #[default]
    Governance,
    /// Nobody may, neither the account's root nor AWS; it cannot be taken back.
    Compliance,
}

/// The archive of all accounts' logs: a bucket in each region that the fleet uses.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[non_exhaustive]
pub struct LogArchive {
    /// Days that logs are kept.
    #[serde(default = "LogArchive::default_days")]
    #[schemars(range(min = 30, max = 36500))]
    pub retention_days: u32,
    /// How they are kept from deletion.
    #[serde(default)]
    pub lock: RetentionLock,
}

impl LogArchive {
    /// Six years, as protected health information asks for.
    fn default_days() -> u32 {
        2190
    }
}

impl Default for LogArchive {
    fn default() -> Self {
        Self {
            retention_days: Self::default_days(),
            lock: RetentionLock::default(),
        }
    }
}

/// The vaults that backups are copied into: one an account and region, in the hub's account.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[non_exhaustive]
pub struct BackupVaults {
    /// Days that a copy stays at least.
    #[serde(default = "BackupVaults::default_days")]
    #[schemars(range(min = 1, max = 36500))]
    pub minimum_days: u32,
    /// How copies are kept from deletion.
    #[serde(default)]
    pub lock: RetentionLock,
}

impl BackupVaults {
    fn default_days() -> u32 {
        14
    }
}

impl Default for BackupVaults {
    fn default() -> Self {
        Self {
            minimum_days: Self::default_days(),
            lock: RetentionLock::default(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn subjects_name_one_pipeline() {
        for text in [
            "repo:example/fleet:environment:production",
            "repo:example/fleet:ref:refs/heads/main",
            "repo:example/fleet:pull_request",
            "project_path:group/sub/fleet:ref_type:branch:ref:main",
        ] {
            assert!(CiSubject::check(text).is_ok(), "{text}");
        }
        for text in [
            "repo:example/fleet:*",
            "repo:example/*:ref:refs/heads/main",
            "repo:fleet:pull_request",
            "repo:example/fleet",
            "repo:example/fleet:",
            "project_path:fleet:ref_type:branch:ref:main",
            "repo:example/fleet:environment:${x}",
            "",
        ] {
            assert!(CiSubject::check(text).is_err(), "{text}");
        }
    }
}

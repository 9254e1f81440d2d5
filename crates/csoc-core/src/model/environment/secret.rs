//! Secrets and databases: who names them and who fills them.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::model::cloud::SecretName;
use crate::model::name::KubernetesName;

/// A secret that is named or filled otherwise than by default.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[non_exhaustive]
pub struct SecretSettings {
    /// Its name in the secret manager. Default: the name rule `secret`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<SecretName>,
    /// Whether the chart makes it in the cluster, with content of its own, in place of syncing it. Default: no.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub in_chart: Option<bool>,
    /// Who fills it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seeder: Option<Seeder>,
}

/// How secrets are read from the cloud's secret manager.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[non_exhaustive]
pub struct SecretStore {
    /// A Kubernetes Secret with keys of the cloud, where no role can be taken: outside of the cloud, or on old clusters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub local_secret: Option<KubernetesName>,
}

/// Who fills a secret.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Seeder {
    /// We make it: `csoc secrets seed`.
    Generated,
    /// We put it together from the model and other secrets: `csoc secrets seed`.
    Assembled,
    /// A person gives it.
    Asked,
    /// Terraform, by a write-only argument.
    Terraform,
    /// The External Secrets operator pushes what the chart made.
    PushSecret,
    /// The application, when it first runs.
    Application,
}

impl Seeder {
    /// Its name in fleet files.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Generated => "generated",
            Self::Assembled => "assembled",
            Self::Asked => "asked",
            Self::Terraform => "terraform",
            Self::PushSecret => "push-secret",
            Self::Application => "application",
        }
    }
}

/// Who makes the services' databases.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum DatabaseSetup {
    /// A job of the chart, with the master credentials.
    #[default]
    Job,
    /// Somebody else, before the first sync.
    None,
}

//! Who may sign in, and who may do what.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::model::cloud::SecretReference;
use crate::model::network::{Email, HttpsUrl, S3Url};
use crate::model::schedule::CronSchedule;

/// Who vouches for users.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[non_exhaustive]
pub struct IdentityProvider {
    /// What it speaks.
    pub kind: IdentityProviderKind,
    /// What the sign-in button says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// Where its `OpenID` configuration is, for kinds that have no fixed one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub discovery_url: Option<HttpsUrl>,
    /// The client's public identifier.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_id: Option<String>,
    /// Where the client's secret is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_secret: Option<SecretReference>,
}

/// What an identity provider speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum IdentityProviderKind {
    /// Google.
    Google,
    /// Microsoft Entra.
    Microsoft,
    /// Okta.
    Okta,
    /// Amazon Cognito.
    Cognito,
    /// NIH Researcher Auth Service.
    Ras,
    /// `CILogon`.
    Cilogon,
    /// ORCID.
    Orcid,
    /// Another commons' fence.
    Fence,
    /// Any other `OpenID` Connect provider.
    Generic,
}

impl IdentityProviderKind {
    /// Its name in fleet files.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Google => "google",
            Self::Microsoft => "microsoft",
            Self::Okta => "okta",
            Self::Cognito => "cognito",
            Self::Ras => "ras",
            Self::Cilogon => "cilogon",
            Self::Orcid => "orcid",
            Self::Fence => "fence",
            Self::Generic => "generic",
        }
    }
}

/// Who may do what.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[non_exhaustive]
pub struct Users {
    /// Those who may do everything; the first user.yaml names them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub administrators: Vec<Email>,
    /// The user.yaml that permissions are read from, where it is kept outside the fleet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user_yaml: Option<S3Url>,
    /// When permissions are read again. Default: the chart's, every half an hour.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub schedule: Option<CronSchedule>,
    /// Whether permissions of dbGaP are read too.
    #[serde(default)]
    pub dbgap: bool,
}

/// How users ask for access.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum AccessRequests {
    /// Not here.
    #[default]
    None,
    /// Gen3's requestor.
    Requestor,
    /// REMS.
    Rems,
}

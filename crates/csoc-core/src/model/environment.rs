//! One running commons: the thing that has a host name.

use indexmap::IndexMap;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::cloud::{AccountId, BucketName, EnvironmentId, SecretName, SecretReference};
use super::lifecycle::{Lifecycle, Management};
use super::name::{ContentPath, DirectoryName, KeyPath, KubernetesName, NamePattern, ObjectName};
use super::network::{Cidr, Email, Hostname, HttpsUrl, Registry, S3Url};
use super::open::Open;
use super::service::{ServiceProfile, Services};
use super::version::{ImageTag, ReleaseTag};

/// One environment of a commons, after all layers are merged.
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a switch that users write"
)]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[non_exhaustive]
pub struct Environment {
    /// How much it matters.
    pub tier: Tier,
    /// The cluster it runs on, by its name under `clusters`.
    pub cluster: ObjectName,
    /// Its public host name.
    pub hostname: Hostname,
    /// The Gen3 monthly release that its images are of.
    pub release: ReleaseTag,
    /// How large its shared resources are.
    #[serde(default)]
    pub size: Size,
    /// Where its certificate comes from.
    #[serde(default)]
    pub certificate: Certificate,
    /// The load balancer it is behind, by its name in the cluster. Default: `public`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub load_balancer: Option<ObjectName>,
    /// The database cluster it uses, by its name in the cluster. Default: `main`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub database: Option<ObjectName>,
    /// The search domain it uses, by its name in the cluster. Default: `main`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub search: Option<ObjectName>,
    /// The data dictionary.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dictionary: Option<HttpsUrl>,
    /// The index of data files.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub indexd: Option<Indexd>,
    /// What users see first. Default: `portal`.
    #[serde(default)]
    pub frontend: Frontend,
    /// What the commons does. Default: `[core]`.
    #[serde(default = "default_profiles")]
    pub profiles: Vec<ServiceProfile>,
    /// Settings of single services, by their chart names.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    #[schemars(extend("x-key-parser" = "ChartName"))]
    pub services: Services,
    /// Copies of the services that share load.
    #[serde(default = "default_replicas")]
    pub replicas: u32,
    /// Whether a service with several copies keeps one during maintenance.
    #[serde(default)]
    pub disruption_budgets: bool,
    /// Whether copies are spread over zones.
    #[serde(default)]
    pub topology_spread: bool,
    /// Whether services may only talk to whom they need.
    #[serde(default)]
    pub network_policies: bool,
    /// Where images come from. Default: the fleet's registry.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub registry: Option<Registry>,
    /// Tags of images that the chart leaves on a moving tag, by image name: `awshelper: "2026.07"`. Default: the release.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    pub images: IndexMap<String, ImageTag>,
    /// Which image tags are allowed.
    #[serde(default)]
    pub image_policy: ImagePolicy,
    /// How Argo CD keeps it in step.
    #[serde(default)]
    pub sync: Sync,
    /// Who vouches for users.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    #[schemars(extend("x-key-parser" = "ObjectName"))]
    pub identity_providers: IndexMap<ObjectName, IdentityProvider>,
    /// Who may do what.
    #[serde(default)]
    pub users: Users,
    /// How users ask for access.
    #[serde(default)]
    pub access_requests: AccessRequests,
    /// Who reaches it.
    #[serde(default)]
    pub exposure: Exposure,
    /// What data it holds.
    #[serde(default)]
    pub data: Data,
    /// Buckets of data files beside its own, also of other accounts.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub data_buckets: Vec<DataBucket>,
    /// Search over its data.
    #[serde(default)]
    pub explorer: Explorer,
    /// Notebooks beside its data.
    #[serde(default)]
    pub workspaces: Workspaces,
    /// The commons whose sign-in and index it uses.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent: Option<ObjectName>,
    /// Files of the application, by what they are for: a file below `content/` each.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    pub content: IndexMap<String, ContentPath>,
    /// Secrets that are named or filled otherwise than by default, by purpose: `fence-jwt`.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    pub secrets: IndexMap<String, SecretSettings>,
    /// Who makes the services' databases.
    #[serde(default)]
    pub database_setup: DatabaseSetup,
    /// Banner that replaces the commons while it is worked on.
    #[serde(default)]
    pub maintenance: bool,
    /// Where alerts about its jobs go.
    #[serde(default)]
    pub notifications: Notifications,
    /// Raw values of the chart gen3, merged last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub values: Option<Open>,
    /// Values that we would generate and that must not be there: dotted paths.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub omit: Vec<KeyPath>,
    /// Whether it stays.
    #[serde(default)]
    pub lifecycle: Lifecycle,
    /// Who owns its outputs.
    #[serde(default)]
    pub management: Management,
    /// Names that an imported environment keeps.
    #[serde(default)]
    pub identity: Identity,
    /// Naming rules of this environment.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    pub naming: IndexMap<String, NamePattern>,
}

fn default_profiles() -> Vec<ServiceProfile> {
    vec![ServiceProfile::Core]
}

fn default_replicas() -> u32 {
    1
}

/// How much an environment matters.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Tier {
    /// For those who build it.
    Dev,
    /// For those who test it.
    Test,
    /// The next production.
    Staging,
    /// For users.
    Prod,
}

impl Tier {
    /// Its name in fleet files.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Dev => "dev",
            Self::Test => "test",
            Self::Staging => "staging",
            Self::Prod => "prod",
        }
    }

    /// All tiers, the least first.
    pub const ALL: [Self; 4] = [Self::Dev, Self::Test, Self::Staging, Self::Prod];
}

impl std::str::FromStr for Tier {
    type Err = super::text::TextError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .into_iter()
            .find(|tier| tier.as_str() == text)
            .ok_or_else(|| super::text::TextError::new("one of dev, test, staging, prod"))
    }
}

/// How large shared resources are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Size {
    /// A few users.
    #[default]
    Small,
    /// Tens of users.
    Medium,
    /// Hundreds of users.
    Large,
}

impl std::str::FromStr for Size {
    type Err = super::text::TextError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "small" => Ok(Self::Small),
            "medium" => Ok(Self::Medium),
            "large" => Ok(Self::Large),
            _ => Err(super::text::TextError::new("one of small, medium, large")),
        }
    }
}

/// Where a certificate comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Certificate {
    /// AWS Certificate Manager.
    #[default]
    Acm,
    /// Let's Encrypt, proved by a DNS record.
    LeDns01,
    /// Let's Encrypt, proved by a file.
    LeHttp01,
    /// One that its owner brings.
    Byo,
}

/// A secret that is named or filled otherwise than by default.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[non_exhaustive]
pub struct SecretSettings {
    /// Its name in the secret manager. Default: the name rule `secret`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<SecretName>,
    /// Who fills it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seeder: Option<Seeder>,
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

/// The index of data files.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[non_exhaustive]
pub struct Indexd {
    /// The prefix of new identifiers: it is minted into them for good. A final `/` is added where it lacks.
    pub prefix: String,
}

/// What users see first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Frontend {
    /// The data portal.
    #[default]
    Portal,
    /// The frontend framework; the portal runs beside it only where `services` says so.
    Gen3ff,
    /// None: an API only.
    None,
}

/// Which image tags are allowed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum ImagePolicy {
    /// Any.
    #[default]
    Any,
    /// None that moves: no branch, no `latest`.
    Pinned,
}

/// How Argo CD keeps an environment in step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[non_exhaustive]
pub struct Sync {
    /// Whether it applies changes by itself.
    #[serde(default)]
    pub mode: SyncMode,
    /// Whether it deletes what is no longer rendered.
    #[serde(default)]
    pub prune: bool,
}

/// Whether Argo CD applies changes by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum SyncMode {
    /// It does, and undoes changes made by hand.
    #[default]
    SelfHeal,
    /// It does.
    Automated,
    /// A person starts it.
    Manual,
}

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

/// Who reaches an environment.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[non_exhaustive]
pub struct Exposure {
    /// The only networks that reach it; all do where it is empty.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub allow_list: Vec<Cidr>,
    /// Whether some data is for everyone.
    #[serde(default)]
    pub public_data: bool,
    /// How much of controlled data is shown to those without access.
    #[serde(default)]
    pub tier_access: TierAccess,
    /// Other sites that may call it with the user's cookies.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub origins: Vec<HttpsUrl>,
}

/// How much of controlled data is shown to those without access.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[non_exhaustive]
pub struct TierAccess {
    /// How much.
    #[serde(default)]
    pub level: TierAccessLevel,
    /// The smallest count that is shown at level `regular`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<u32>,
}

/// How much of controlled data is shown to those without access.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum TierAccessLevel {
    /// Everything is counted and listed.
    Libre,
    /// Counts above a limit.
    Regular,
    /// Nothing.
    #[default]
    Private,
}

/// What data an environment holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[non_exhaustive]
pub struct Data {
    /// How closely it must be held.
    #[serde(default)]
    pub classification: Classification,
}

/// How closely data must be held.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Classification {
    /// For everyone.
    Open,
    /// For those who were granted access.
    #[default]
    Controlled,
    /// Protected health information.
    Phi,
}

/// A bucket of data files.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[non_exhaustive]
pub struct DataBucket {
    /// Its name.
    pub name: BucketName,
    /// The account it is in. Default: the environment's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account: Option<AccountId>,
    /// What fence may sign.
    #[serde(default)]
    pub access: BucketAccess,
}

/// What may be done with a bucket's files.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum BucketAccess {
    /// Read.
    #[default]
    Read,
    /// Read and write.
    Write,
}

/// Search over an environment's data.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[non_exhaustive]
pub struct Explorer {
    /// The indices that guppy serves. Default: those that the content `etl-mapping` makes, in its order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub indices: Vec<ExplorerIndex>,
    /// The index that says which fields are arrays. Default: made from the first index's name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub config_index: Option<String>,
    /// The field that holds who may see a row.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub auth_filter_field: Option<String>,
}

/// One index that guppy serves.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[non_exhaustive]
pub struct ExplorerIndex {
    /// Its name in the search domain.
    pub index: String,
    /// The type of its rows.
    #[serde(rename = "type")]
    pub kind: String,
}

/// Notebooks beside an environment's data.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[non_exhaustive]
pub struct Workspaces {
    /// The namespace that notebooks run in. Default: the name rule `jupyter-namespace`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub namespace: Option<KubernetesName>,
    /// Whether a node is kept ready for the next notebook.
    #[serde(default)]
    pub hot_node: bool,
}

/// Where alerts about an environment's jobs go.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[non_exhaustive]
pub struct Notifications {
    /// Whether its jobs report to Slack, by the webhook in the secret `slack-webhook`.
    #[serde(default)]
    pub slack: bool,
}

/// Names that an imported environment keeps, where they are not what our rules would make.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[non_exhaustive]
pub struct Identity {
    /// `global.environment`: the prefix of secrets and buckets.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub environment_id: Option<EnvironmentId>,
    /// The Kubernetes namespace.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub namespace: Option<KubernetesName>,
    /// The Helm release.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub release_name: Option<KubernetesName>,
    /// The Argo CD application.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub application: Option<KubernetesName>,
    /// The directory below the cluster's in the GitOps repository.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub directory: Option<DirectoryName>,
}

//! One running commons: the thing that has a host name.

mod application;
mod cutover;
mod data;
mod delivery;
mod discovery;
mod exposure;
mod portal;
mod secret;
mod tier;
mod users;
mod workflows;

pub use application::{ApplicationSettings, ChartSettings};
pub use cutover::{Cutover, CutoverState, CutoverWeight};
pub use data::{BucketAccess, Classification, Data, DataBucket, Indexd};
pub use delivery::{ImagePolicy, Notifications, Sync, SyncMode};
pub use discovery::Discovery;
pub use exposure::{Certificate, Exposure, Records, TierAccess, TierAccessLevel};
pub use portal::{Explorer, ExplorerIndex, Frontend, FrontendSource, IndexRestore, Workspaces};
pub use secret::{DatabaseSetup, SecretSettings, SecretStore, Seeder};
pub use tier::{Size, Tier};
pub use users::{AccessRequests, IdentityProvider, IdentityProviderKind, Users};
pub use workflows::Workflows;

use indexmap::IndexMap;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::model::cloud::EnvironmentId;
use crate::model::lifecycle::{Lifecycle, Management};
use crate::model::manifest::ManifestEntries;
use crate::model::name::{
    ContentPath, DirectoryName, KeyPath, KubernetesName, NamePattern, ObjectName,
};
use crate::model::network::{Hostname, HttpsUrl, Registry};
use crate::model::observability::Observability;
use crate::model::open::Open;
use crate::model::service::{ServiceProfile, Services};
use crate::model::version::{ImageRepository, ImageTag, ReleaseTag};

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
    /// Who keeps the record of its host name. Default: external-dns where its cluster runs it and the account's domain holds the name, else a person.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub records: Option<Records>,
    /// What it takes of the requests of its host name, where others of its commons have the same host name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cutover: Option<Cutover>,
    /// A second host name that leads to it alone, to try it before it takes the one that it shares.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub preview_hostname: Option<Hostname>,
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
    /// Where the front end's configuration and pages are cloned from. Default: this fleet's content, where it has any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub frontend_source: Option<FrontendSource>,
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
    /// Repositories of single images that are not in the registry, by image name: `indexs3client: quay.io/cdis/indexs3client`.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    pub image_repositories: IndexMap<String, ImageRepository>,
    /// Which image tags are allowed.
    #[serde(default)]
    pub image_policy: ImagePolicy,
    /// How Argo CD keeps it in step.
    #[serde(default)]
    pub sync: Sync,
    /// Where its chart comes from, where it is not the fleet's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub chart: Option<ChartSettings>,
    /// Its Argo CD application, where it is not what we would make.
    #[serde(default)]
    pub application: ApplicationSettings,
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
    /// Metadata that is gathered from several commons.
    #[serde(default)]
    pub discovery: Discovery,
    /// Notebooks beside its data.
    #[serde(default)]
    pub workspaces: Workspaces,
    /// Workflows that users run.
    #[serde(default)]
    pub workflows: Workflows,
    /// The commons whose sign-in and index it uses.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent: Option<ObjectName>,
    /// Files of the application, by what they are for: a file below `content/` each.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    pub content: IndexMap<String, ContentPath>,
    /// Secrets that are named or filled otherwise than by default, by purpose: `fence-jwt`.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    pub secrets: IndexMap<String, SecretSettings>,
    /// How secrets are read from the cloud's secret manager.
    #[serde(default)]
    pub secret_store: SecretStore,
    /// Who makes the services' databases.
    #[serde(default)]
    pub database_setup: DatabaseSetup,
    /// Banner that replaces the commons while it is worked on.
    #[serde(default)]
    pub maintenance: bool,
    /// Where alerts about its jobs go.
    #[serde(default)]
    pub notifications: Notifications,
    /// How it is observed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub observability: Option<Observability>,
    /// Entries of the `ConfigMap` `manifest-global` that jobs and services read, beside those that other fields give.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    #[schemars(extend("x-key-parser" = "ManifestKey"))]
    pub manifest_global: ManifestEntries,
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

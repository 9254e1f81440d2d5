//! What a change is about.

use std::fmt;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Declares the kinds: a name, its text in JSON, what it is called where people read it, and how its places count.
macro_rules! kinds {
    ($($(#[doc = $doc:literal])* $kind:ident = $text:literal, $title:literal, $shape:ident;)*) => {
        /// What a change is about. The texts are stable.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum ChangeKind { $($(#[doc = $doc])* $kind,)* }

        impl ChangeKind {
            /// All kinds, in the order of reports.
            pub const ALL: &'static [Self] = &[$(Self::$kind,)*];

            /// Its name in JSON.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$kind => $text,)* }
            }

            /// What it is called where people read it.
            pub const fn title(self) -> &'static str {
                match self { $(Self::$kind => $title,)* }
            }

            /// How its places come together.
            pub(super) const fn shape(self) -> Shape {
                match self { $(Self::$kind => Shape::$shape,)* }
            }
        }
    };
}

/// How the places of a kind come together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    /// Each pair of old and new value is a change of its own.
    Single,
    /// All that is said of one subject is one change.
    Whole,
}

kinds! {
    /// An account is there or not.
    Account = "account", "account", Single;
    /// A cluster is there or not.
    Cluster = "cluster", "cluster", Single;
    /// An environment is there or not.
    Environment = "environment", "environment", Single;
    /// Whether an environment stays.
    Lifecycle = "lifecycle", "lifecycle", Single;
    /// Who owns an aspect of the output.
    Management = "management", "management", Single;
    /// The cluster that an environment runs on, the account or region of a cluster.
    Placement = "placement", "placement", Single;
    /// Where the state of a Terraform root lies.
    State = "state", "state", Single;
    /// How much an environment matters.
    Tier = "tier", "tier", Single;
    /// How large shared resources are.
    Size = "size", "size", Single;
    /// What a commons does.
    Profiles = "profiles", "profiles", Single;
    /// What users see first.
    Frontend = "frontend", "front end", Single;
    /// Whether a service runs.
    Service = "service", "service", Single;
    /// The Gen3 release.
    Release = "release", "release", Single;
    /// The tag or repository of one image.
    Image = "image", "image", Single;
    /// Copies of a service.
    Replicas = "replicas", "replicas", Single;
    /// Requests and limits of a service.
    Resources = "resources", "resources", Whole;
    /// Disruption budgets and spread over zones.
    Availability = "availability", "availability", Single;
    /// The public host name.
    Host = "host", "host name", Single;
    /// What an environment takes of the requests of a host name that it shares.
    Cutover = "cutover", "cut-over", Single;
    /// Where the certificate comes from, and which it is.
    Certificate = "certificate", "certificate", Single;
    /// The load balancer, its group and listeners.
    LoadBalancer = "load-balancer", "load balancer", Single;
    /// Whether a load balancer faces the internet.
    Scheme = "scheme", "scheme", Single;
    /// The web ACL before a load balancer.
    WebAcl = "web-acl", "web ACL", Single;
    /// The only networks that reach an environment.
    AllowList = "allow-list", "allow-list", Single;
    /// Other sites that may call it with the user's cookies.
    Origins = "origins", "origins", Single;
    /// Whether some data is for everyone.
    PublicData = "public-data", "public data", Single;
    /// How much of controlled data is shown to those without access.
    TierAccess = "tier-access", "tier access", Single;
    /// How closely data must be held.
    Classification = "classification", "classification", Single;
    /// Whether services may only talk to whom they need.
    NetworkPolicy = "network-policy", "network policies", Single;
    /// Who may do what.
    Users = "users", "users", Whole;
    /// How users ask for access.
    AccessRequests = "access-requests", "access requests", Single;
    /// Who vouches for users.
    IdentityProvider = "identity-provider", "identity provider", Whole;
    /// The commons whose sign-in and index is used.
    Parent = "parent", "parent", Single;
    /// The name or seeder of a secret; never what is in it.
    Secret = "secret", "secret", Single;
    /// The role that a service runs as.
    Role = "role", "role", Single;
    /// Who may assume a role, and what policies allow.
    Trust = "trust", "trust", Single;
    /// A namespace, release, application, directory or environment id.
    Name = "name", "name", Single;
    /// A naming rule.
    Naming = "naming", "naming rule", Single;
    /// The prefix of new data identifiers.
    IndexPrefix = "index-prefix", "identifier prefix", Single;
    /// The data dictionary.
    Dictionary = "dictionary", "dictionary", Single;
    /// The database cluster, its version and who makes databases.
    Database = "database", "database", Single;
    /// The search domain.
    Search = "search", "search", Single;
    /// The indices of the explorer.
    Explorer = "explorer", "explorer", Whole;
    /// A bucket of data files beside the environment's own.
    DataBucket = "data-bucket", "data bucket", Single;
    /// Notebooks.
    Workspaces = "workspaces", "workspaces", Single;
    /// A file of the application: portal, ETL mapping, hatchery…
    Content = "content", "content", Whole;
    /// The revision of a chart.
    Chart = "chart", "chart", Single;
    /// How Argo CD keeps it in step.
    Sync = "sync", "sync", Single;
    /// The banner that replaces the commons.
    Maintenance = "maintenance", "maintenance", Single;
    /// An add-on of a cluster.
    Addon = "addon", "add-on", Single;
    /// The Kubernetes version.
    Kubernetes = "kubernetes", "Kubernetes", Single;
    /// Addresses and zones.
    Network = "network", "network", Single;
    /// Node pools.
    Nodes = "nodes", "nodes", Whole;
    /// An Argo CD application.
    Application = "application", "application", Whole;
    /// A resource of Terraform, by its root and address.
    Resource = "terraform-resource", "Terraform resource", Whole;
    /// A data source, local value or module of Terraform.
    TerraformPart = "terraform-part", "Terraform", Whole;
    /// A value that a root is given.
    Input = "terraform-input", "Terraform input", Single;
    /// Anything else.
    Value = "value", "value", Single;
}

impl ChangeKind {
    /// Whether the values of an environment show all that comes of it.
    pub(super) const fn shows_in_values(self) -> bool {
        matches!(
            self,
            Self::Service
                | Self::Image
                | Self::Replicas
                | Self::Resources
                | Self::Availability
                | Self::PublicData
                | Self::TierAccess
                | Self::NetworkPolicy
                | Self::Dictionary
                | Self::Explorer
                | Self::Workspaces
                | Self::Maintenance
        )
    }
}

impl fmt::Display for ChangeKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.title())
    }
}

impl Serialize for ChangeKind {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for ChangeKind {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        let known = Self::ALL.iter().find(|kind| kind.as_str() == text);
        known
            .copied()
            .ok_or_else(|| D::Error::custom(format_args!("`{text}` is no kind of change")))
    }
}

//! The services of the umbrella chart: switches, images, accounts and secrets.

use std::sync::LazyLock;

use indexmap::IndexMap;
use serde::Deserialize;

use super::embedded;

use crate::model::service::ServiceProfile;

/// All services of the chart, by name, in the order of the catalog.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ServiceCatalog {
    services: IndexMap<String, ServiceFacts>,
}

/// What a service is.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(crate) struct ServiceFacts {
    /// Whether the chart runs it unless told otherwise.
    pub(crate) enabled: bool,
    /// The profiles that need it.
    pub(crate) profiles: Vec<ServiceProfile>,
    /// Its image; none where the chart's own stays.
    #[serde(default)]
    pub(crate) image: Option<ImageFacts>,
    /// Whether the environment's `replicas` apply.
    #[serde(default)]
    pub(crate) scales: bool,
    /// Whether it has a database.
    #[serde(default)]
    pub(crate) database: bool,
    /// What else the chart reads of it.
    #[serde(default)]
    pub(crate) takes: Vec<SettingFacts>,
    /// How it takes variables of its containers; none where it takes none.
    #[serde(default)]
    pub(crate) variables: Option<VariableFacts>,
    /// Kubernetes service accounts with a cloud role.
    #[serde(default)]
    pub(crate) accounts: Vec<AccountFacts>,
    /// Secrets that are synced into the cluster for it, beside those of its database.
    #[serde(default)]
    pub(crate) secrets: Vec<SecretFacts>,
}

/// A setting that not every service has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum SettingFacts {
    /// Annotations of its pods.
    Annotations,
    /// Name and maker of its service account.
    ServiceAccount,
}

/// How a service takes variables of its containers.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct VariableFacts {
    /// The shape of the value.
    pub(crate) shape: VariableShape,
    /// The chart's own variables, which a list of ours takes the place of.
    #[serde(default)]
    pub(crate) own: Vec<String>,
}

/// The shape of the value that holds variables.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum VariableShape {
    /// As Kubernetes has it: a list that takes the place of the chart's own.
    List,
    /// Texts by name, merged into the chart's own.
    Map,
}

/// The image of a service.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(crate) struct ImageFacts {
    /// Its name in the registry.
    pub(crate) name: String,
    /// `release`, or its own version.
    pub(crate) tag: String,
    /// Whether the chart's default repository stays.
    #[serde(default)]
    pub(crate) repository: RepositoryFacts,
}

/// Whether a repository is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum RepositoryFacts {
    /// The registry and the image's name.
    #[default]
    Registry,
    /// The chart's own.
    Default,
}

/// A Kubernetes service account that runs as a cloud role.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(crate) struct AccountFacts {
    /// The service account.
    pub(crate) name: String,
    /// The purpose in the role's name.
    pub(crate) role: String,
    /// The map below the service whose `annotations` take the role's ARN.
    #[serde(default)]
    pub(crate) annotation: Option<String>,
    /// The key of `global.aws` that takes the role's name.
    #[serde(default)]
    pub(crate) global: Option<String>,
}

/// A secret that is synced into the cluster.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(crate) struct SecretFacts {
    /// The purpose in its name.
    pub(crate) purpose: String,
    /// The key below the service's `externalSecrets`.
    pub(crate) value: String,
    /// The key beside it that lets the chart make the secret.
    #[serde(default)]
    pub(crate) switch: Option<String>,
    /// The name that the chart takes where the key is not set.
    pub(crate) default: String,
    /// The Kubernetes Secret.
    pub(crate) kubernetes: String,
    /// What is in it.
    pub(crate) shape: SecretShape,
    /// Who fills it.
    pub(crate) seeder: crate::model::environment::Seeder,
    /// When it is needed.
    #[serde(default)]
    pub(crate) when: SecretCondition,
}

/// What a secret holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum SecretShape {
    /// `database`, `username`, `password`, `host`, `port`, `dbcreated`.
    DatabaseCredentials,
    /// A JSON object.
    Json,
    /// A YAML document.
    Yaml,
    /// A key in PEM.
    Pem,
    /// Any text.
    Text,
}

impl SecretShape {
    /// Its name in lists.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::DatabaseCredentials => "database credentials",
            Self::Json => "JSON",
            Self::Yaml => "YAML",
            Self::Pem => "PEM",
            Self::Text => "text",
        }
    }
}

/// When a secret is needed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum SecretCondition {
    /// Whenever the service runs.
    #[default]
    Always,
    /// Where fence signs for Google.
    Google,
    /// Where permissions of dbGaP are read.
    Dbgap,
    /// Where the environment's `secrets` name it.
    AskedFor,
}

impl ServiceCatalog {
    /// The catalog that this version carries.
    pub(crate) fn embedded() -> &'static Self {
        static CATALOG: LazyLock<ServiceCatalog> =
            LazyLock::new(|| embedded("services.yaml", include_str!("data/services.yaml")));
        &CATALOG
    }

    /// A service by its name.
    pub(crate) fn get(&self, service: &str) -> Option<&ServiceFacts> {
        self.services.get(service)
    }

    /// All services, in order.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&str, &ServiceFacts)> {
        self.services
            .iter()
            .map(|(name, facts)| (name.as_str(), facts))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_embedded_catalog_reads_and_accounts_say_where_their_role_goes() {
        for (name, facts) in ServiceCatalog::embedded().iter() {
            for account in &facts.accounts {
                assert!(
                    account.annotation.is_some() != account.global.is_some(),
                    "{name}"
                );
            }
        }
        assert!(ServiceCatalog::embedded().get("fence").unwrap().enabled);
    }
}

//! What secrets hold, who reads them, and what rotating them takes.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;

use super::embedded;

/// All that is known of the contents of secrets.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(crate) struct SecretContents {
    database_credentials: CredentialsFacts,
    secrets: BTreeMap<String, SecretContentFacts>,
    identity_providers: BTreeMap<String, ProviderFacts>,
    deployments: BTreeMap<String, String>,
}

/// What is known of one secret.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct SecretContentFacts {
    /// What is put into it; none where a person gives it.
    #[serde(default)]
    pub(crate) value: Option<SecretTemplate>,
    /// The keys that a person gives, with what they are.
    #[serde(default)]
    pub(crate) asks: BTreeMap<String, String>,
    /// Services that read it besides its own.
    #[serde(default)]
    pub(crate) readers: Vec<String>,
    /// When a new one is due, and what it takes.
    #[serde(default)]
    pub(crate) rotation: RotationFacts,
    /// Commands between staging a new one and making it the current one.
    #[serde(default)]
    pub(crate) before: Vec<String>,
    /// Commands once it is the current one.
    #[serde(default)]
    pub(crate) after: Vec<String>,
}

/// What is known of the credentials of every service's database.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct CredentialsFacts {
    value: SecretTemplate,
    readers: BTreeMap<String, Vec<String>>,
    rotation: RotationFacts,
    before: Vec<String>,
}

/// When a new one is due, and what it takes.
#[derive(Debug, Clone, Copy, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RotationFacts {
    /// Days after which it is old; none where age says nothing.
    #[serde(default)]
    pub(crate) days: Option<u32>,
    /// What a new one takes.
    pub(crate) means: RotationMeans,
}

/// What a new secret takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum RotationMeans {
    /// Its readers are restarted.
    Restart,
    /// Somebody must be told, too: a database, a service that keeps users.
    Told,
    /// A person gives it.
    #[default]
    Given,
    /// Nobody can: what was encrypted with it would be lost.
    Never,
}

impl RotationMeans {
    /// Its name in lists.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Restart => "restart",
            Self::Told => "told",
            Self::Given => "given",
            Self::Never => "never",
        }
    }
}

/// What is put into a secret, before the fleet's own facts are.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
pub(crate) enum SecretTemplate {
    /// Yes or no.
    Flag(bool),
    /// A whole number.
    Number(i64),
    /// Text with `${…}` in it.
    Text(String),
    /// Several.
    List(Vec<Self>),
    /// By key, in the order of keys; one key that begins with `$` says how the rest is written.
    Map(BTreeMap<String, Self>),
    /// Nothing.
    Empty(()),
}

/// How fence speaks to a kind of identity provider.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ProviderFacts {
    /// Its key in fence's configuration; none where it is the provider's own name.
    #[serde(default)]
    pub(crate) name: Option<String>,
    /// What is set besides the client.
    pub(crate) settings: BTreeMap<String, SecretTemplate>,
}

impl SecretContents {
    /// The catalog that this version carries.
    pub(crate) fn embedded() -> &'static Self {
        static CATALOG: LazyLock<SecretContents> = LazyLock::new(|| {
            embedded(
                "secret-contents.yaml",
                include_str!("data/secret-contents.yaml"),
            )
        });
        &CATALOG
    }

    /// What is known of a secret by what it is for.
    pub(crate) fn of(&self, purpose: &str) -> Option<&SecretContentFacts> {
        self.secrets.get(purpose)
    }

    /// What is known of the credentials of a service's database.
    pub(crate) fn credentials(&self, service: &str) -> SecretContentFacts {
        let facts = &self.database_credentials;
        SecretContentFacts {
            value: Some(facts.value.clone()),
            readers: facts.readers.get(service).cloned().unwrap_or_default(),
            rotation: facts.rotation,
            before: facts.before.clone(),
            ..SecretContentFacts::default()
        }
    }

    /// How fence speaks to a kind of identity provider.
    pub(crate) fn provider(&self, kind: &str) -> Option<&ProviderFacts> {
        self.identity_providers.get(kind)
    }

    /// The deployment of a service, where it has one.
    pub(crate) fn deployment(&self, service: &str) -> Option<String> {
        match self.deployments.get(service).map(String::as_str) {
            Some("") => None,
            Some(name) => Some(name.to_owned()),
            None => Some(format!("{service}-deployment")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::ServiceCatalog;

    #[test]
    fn every_secret_of_it_is_one_of_a_service() {
        let known: Vec<&str> = ServiceCatalog::embedded()
            .iter()
            .flat_map(|(_, facts)| &facts.secrets)
            .map(|secret| secret.purpose.as_str())
            .chain(["slack-webhook"])
            .collect();
        for purpose in SecretContents::embedded().secrets.keys() {
            assert!(known.contains(&purpose.as_str()), "{purpose}");
        }
    }
}

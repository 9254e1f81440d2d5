//! New objects of an existing fleet.

use camino::Utf8PathBuf;

use super::insert::insert_entry;
use super::templates::{Context, render};
use crate::catalog::Versions;
use crate::fleet::Fleet;
use crate::model::Tier;
use crate::model::cloud::{AccountId, Region, SecretReference};
use crate::model::environment::{Classification, IdentityProviderKind, Size};
use crate::model::name::ObjectName;
use crate::model::network::{Cidr, Email, Hostname, HttpsUrl};
use crate::model::version::ReleaseTag;
use crate::value::{Node, Origin};

/// A new account.
#[derive(Debug, Clone, PartialEq)]
pub struct NewAccount {
    /// Its name.
    pub name: ObjectName,
    /// Its number.
    pub id: AccountId,
    /// Its region.
    pub region: Region,
    /// The domain whose zone it holds.
    pub domain: Option<Hostname>,
    /// Who is told about it.
    pub contacts: Vec<Email>,
}

/// A new cluster.
#[derive(Debug, Clone, PartialEq)]
pub struct NewCluster {
    /// Its name.
    pub name: ObjectName,
    /// The account it is in.
    pub account: ObjectName,
    /// Its network.
    pub cidr: Option<Cidr>,
}

/// A new commons.
#[derive(Debug, Clone, PartialEq)]
pub struct NewCommons {
    /// Its name.
    pub name: ObjectName,
    /// Its title.
    pub title: String,
    /// Who answers for it.
    pub owner: Option<Email>,
    /// The data dictionary.
    pub dictionary: HttpsUrl,
    /// The prefix of identifiers of data files.
    pub indexd_prefix: String,
    /// Who vouches for users.
    pub identity_provider: Option<IdentityProviderKind>,
    /// Where the provider's `OpenID` configuration is.
    pub discovery_url: Option<HttpsUrl>,
    /// The client's public identifier.
    pub client_id: Option<String>,
    /// Where the client's secret is.
    pub client_secret: Option<SecretReference>,
    /// Those who may do everything.
    pub administrators: Vec<Email>,
    /// How closely its data must be held.
    pub classification: Classification,
    /// The only networks that reach it.
    pub allow_list: Vec<Cidr>,
}

/// A new environment.
#[derive(Debug, Clone, PartialEq)]
pub struct NewEnvironment {
    /// The commons it is of.
    pub commons: ObjectName,
    /// Its name.
    pub name: ObjectName,
    /// How much it matters.
    pub tier: Tier,
    /// The cluster it runs on.
    pub cluster: ObjectName,
    /// Its host name.
    pub hostname: Hostname,
    /// The release it runs.
    pub release: ReleaseTag,
    /// How large its shared resources are.
    pub size: Size,
}

impl NewAccount {
    /// What its file says.
    pub fn text(&self) -> String {
        render(
            "account.yaml",
            Context::new()
                .with("id", self.id.as_str())
                .with("region", self.region.as_str())
                .optional("domain", self.domain.as_ref())
                .list("contacts", &self.contacts),
        )
    }
}

impl NewCluster {
    /// What its file says.
    pub fn text(&self) -> String {
        render(
            "cluster.yaml",
            Context::new()
                .with("account", self.account.as_str())
                .with("kubernetes", Versions::embedded().kubernetes.as_str())
                .optional("cidr", self.cidr.as_ref()),
        )
    }
}

impl NewCommons {
    /// What its file says.
    pub fn text(&self) -> String {
        render(
            "commons.yaml",
            Context::new()
                .with("title", &self.title)
                .optional("owner", self.owner.as_ref())
                .with("dictionary", self.dictionary.as_str())
                .with("indexd_prefix", &self.indexd_prefix)
                .optional("provider", self.identity_provider.map(word))
                .optional("discovery_url", self.discovery_url.as_ref())
                .optional("client_id", self.client_id.as_ref())
                .optional("client_secret", self.client_secret.as_ref())
                .list("administrators", &self.administrators)
                .with("classification", &word(self.classification))
                .list("allow_list", &self.allow_list),
        )
    }
}

impl NewEnvironment {
    /// What its file says.
    pub fn text(&self) -> String {
        render(
            "environment.yaml",
            Context::new()
                .with("tier", self.tier.as_str())
                .with("cluster", self.cluster.as_str())
                .with("hostname", self.hostname.as_str())
                .with("release", self.release.as_str())
                .with("size", &word(self.size)),
        )
    }
}

/// The word that stands for a choice in fleet files.
fn word(choice: impl serde::Serialize) -> String {
    match serde_json::to_value(choice) {
        Ok(serde_json::Value::String(word)) => word,
        _ => String::new(),
    }
}

/// An object to be added, by where it goes.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Addition {
    /// An account.
    Account(NewAccount),
    /// A cluster.
    Cluster(NewCluster),
    /// A commons.
    Commons(NewCommons),
    /// An environment.
    Environment(NewEnvironment),
}

/// Why an object could not be added.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum AddError {
    /// There is one of that name.
    #[error("`{object}` is there already")]
    Exists {
        /// Its model path.
        object: String,
    },
    /// It names something that is not there.
    #[error("there is no `{object}`")]
    Missing {
        /// The model path of what it names.
        object: String,
    },
}

impl Addition {
    /// Its path of keys in the fleet.
    fn path(&self) -> Vec<String> {
        match self {
            Self::Account(new) => vec!["accounts".into(), new.name.to_string()],
            Self::Cluster(new) => vec!["clusters".into(), new.name.to_string()],
            Self::Commons(new) => vec!["commons".into(), new.name.to_string()],
            Self::Environment(new) => {
                vec![
                    "commons".into(),
                    new.commons.to_string(),
                    "environments".into(),
                    new.name.to_string(),
                ]
            }
        }
    }

    fn text(&self) -> String {
        match self {
            Self::Account(new) => new.text(),
            Self::Cluster(new) => new.text(),
            Self::Commons(new) => new.text(),
            Self::Environment(new) => new.text(),
        }
    }

    /// What it names that must be there.
    fn needs(&self) -> Vec<Vec<String>> {
        match self {
            Self::Account(_) | Self::Commons(_) => Vec::new(),
            Self::Cluster(new) => vec![vec!["accounts".into(), new.account.to_string()]],
            Self::Environment(new) => vec![
                vec!["commons".into(), new.commons.to_string()],
                vec!["clusters".into(), new.cluster.to_string()],
            ],
        }
    }
}

impl Fleet {
    /// The file, new or changed, that adds an object: its path below the fleet and its whole text.
    ///
    /// Where its siblings stand in one file, it is put there, and nothing else
    /// of that file changes; else it gets a file of its own.
    pub fn add(&self, addition: &Addition) -> Result<(Utf8PathBuf, String), AddError> {
        let root = &self.resolved().root;
        let path = addition.path();
        let find =
            |path: &[String]| root.path(&path.iter().map(String::as_str).collect::<Vec<_>>());
        if find(&path).is_some() {
            return Err(AddError::Exists {
                object: path.join("."),
            });
        }
        if let Some(missing) = addition
            .needs()
            .into_iter()
            .find(|needed| find(needed).is_none())
        {
            return Err(AddError::Missing {
                object: missing.join("."),
            });
        }
        let text = addition.text();
        let (name, siblings) = path.split_last().expect("a path has a name");
        if let Some((file, changed)) =
            find(siblings).and_then(|node| self.inline(node, name, &text))
        {
            return Ok((file, changed));
        }
        Ok((format!("{}.yaml", path.join("/")).into(), text))
    }

    /// The file that all siblings are written in, with one more.
    fn inline(&self, siblings: &Node, name: &str, text: &str) -> Option<(Utf8PathBuf, String)> {
        let sources = &self.resolved().loaded.sources;
        let mut file = None;
        for entry in siblings.entries() {
            let Origin::Text(span) = entry.key_origin else {
                return None;
            };
            // A file of its own starts at its first byte, and its key is nowhere written.
            if span.start == span.end || file.is_some_and(|known| known != span.file) {
                return None;
            }
            file = Some(span.file);
        }
        let source = sources.file(file?);
        let changed = insert_entry(source.text(), siblings, name, text)?;
        Some((source.path().to_owned(), changed))
    }
}

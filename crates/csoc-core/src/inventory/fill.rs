//! Templates of secrets with what the fleet knows put in.

use super::content::{MadeOf, SecretPart};
use crate::catalog::{SecretContents, SecretTemplate};
use crate::contract::{BucketPurpose, EnvironmentContract, QueuePurpose};
use crate::model::cloud::SecretReference;
use crate::model::deferred::Deferred;
use crate::model::environment::IdentityProvider;
use crate::model::name::ObjectName;
use crate::model::stack::{OutputKind, StackKind};
use crate::naming::NameKind;
use crate::resolve::ResolvedFleet;

/// Fills templates for one service of one environment.
pub(super) struct Filler<'a> {
    pub(super) fleet: &'a ResolvedFleet,
    pub(super) environment: &'a EnvironmentContract,
    /// The service whose secret it is.
    pub(super) service: &'a str,
}

impl Filler<'_> {
    /// What a template comes to; nothing where the environment has not all that it needs.
    pub(super) fn fill(&self, template: &SecretTemplate) -> Option<SecretPart> {
        Some(match template {
            SecretTemplate::Flag(flag) => SecretPart::Flag { flag: *flag },
            SecretTemplate::Number(number) => SecretPart::Number { number: *number },
            SecretTemplate::Empty(()) => SecretPart::Empty,
            SecretTemplate::Text(text) => self.text(text)?,
            SecretTemplate::List(items) => SecretPart::List {
                items: items
                    .iter()
                    .map(|item| self.fill(item))
                    .collect::<Option<_>>()?,
            },
            SecretTemplate::Map(entries) => {
                if let (1, Some((key, below))) = (entries.len(), entries.first_key_value())
                    && let Some(form) = key.strip_prefix('$')
                {
                    let part = Box::new(self.fill(below)?);
                    return match form {
                        "json" => Some(SecretPart::Json { part }),
                        "yaml" => Some(SecretPart::Yaml { part }),
                        "base64" => Some(SecretPart::Base64 { part }),
                        _ => None,
                    };
                }
                let entries = entries
                    .iter()
                    .map(|(key, below)| Some((key.clone(), self.fill(below)?)))
                    .collect::<Option<_>>()?;
                SecretPart::Map { entries }
            }
        })
    }

    fn text(&self, text: &str) -> Option<SecretPart> {
        let mut parts = Vec::new();
        let mut rest = text;
        while let Some((before, behind)) = rest.split_once("${") {
            let (name, after) = behind.split_once('}')?;
            if !before.is_empty() {
                parts.push(plain(before));
            }
            parts.push(self.named(name)?);
            rest = after;
        }
        if !rest.is_empty() || parts.is_empty() {
            parts.push(plain(rest));
        }
        match (parts.len(), parts.pop()) {
            (1, Some(only)) => Some(only),
            (_, last) => {
                parts.extend(last);
                Some(SecretPart::Joined { parts })
            }
        }
    }

    /// What `${name}` stands for.
    fn named(&self, name: &str) -> Option<SecretPart> {
        let environment = self.environment;
        let (kind, rest) = name.split_once(':').unwrap_or((name, ""));
        let made = |of| SecretPart::Made {
            label: rest.to_owned(),
            of,
        };
        Some(match (kind, rest) {
            ("password", _) => made(MadeOf::Letters),
            ("key", _) => made(MadeOf::Bytes),
            ("rsa", _) => made(MadeOf::Rsa),
            ("secret", _) => {
                let (purpose, key) = rest.split_once(':')?;
                SecretPart::From {
                    secret: environment.secret(purpose)?.name.clone(),
                    key: Some(key.to_owned()),
                }
            }
            ("bucket", _) => plain(&environment.bucket(bucket(rest)?)?.name),
            ("queue", _) => plain(&environment.queue(queue(rest)?)?.url),
            ("database", "name") => {
                let name = environment.names.name_for(NameKind::Database, self.service);
                plain(&name.ok()?.text)
            }
            ("database", "host") => self.host()?,
            ("hostname", _) => plain(environment.spec.hostname.as_str()),
            ("region", _) => plain(environment.region.as_str()),
            ("namespace", _) => plain(&environment.namespace),
            _ => return None,
        })
    }

    /// Where the database answers.
    fn host(&self) -> Option<SecretPart> {
        let environment = self.environment;
        let database = environment.database.as_ref()?;
        let stack = self
            .fleet
            .cluster_stack(&environment.cluster, StackKind::Data)?;
        let item = Some(database.name.as_str());
        let output = ResolvedFleet::output(stack, OutputKind::DatabaseEndpoints, item);
        Some(match self.fleet.outputs.text(&output) {
            Deferred::Known(host, _) => plain(&host),
            Deferred::Pending(_) => SecretPart::Waits {
                output: output.to_string(),
            },
        })
    }

    /// What fence is told of those who vouch for users.
    pub(super) fn identity_providers(&self) -> Option<Vec<(String, SecretPart)>> {
        let providers = &self.environment.spec.identity_providers;
        if providers.is_empty() {
            return Some(Vec::new());
        }
        let mut clients = Vec::new();
        let mut options = Vec::new();
        for (name, provider) in providers {
            let facts = SecretContents::embedded().provider(provider.kind.as_str())?;
            let key = facts.name.clone().unwrap_or_else(|| name.to_string());
            let mut entries = Vec::new();
            for (setting, template) in &facts.settings {
                let template = match template {
                    SecretTemplate::Text(text) => {
                        SecretTemplate::Text(text.replace("${provider}", name.as_str()))
                    }
                    other => other.clone(),
                };
                entries.push((setting.clone(), self.fill(&template)?));
            }
            self.client(name, provider, &mut entries);
            let title = provider.title.as_deref().unwrap_or(name.as_str());
            options.push(SecretPart::Map {
                entries: vec![
                    ("idp".to_owned(), plain(&key)),
                    ("name".to_owned(), plain(title)),
                ],
            });
            clients.push((key, SecretPart::Map { entries }));
        }
        let first = clients.first().map(|(key, _)| plain(key));
        let mut entries = vec![
            (
                "LOGIN_OPTIONS".to_owned(),
                SecretPart::List { items: options },
            ),
            (
                "OPENID_CONNECT".to_owned(),
                SecretPart::Map { entries: clients },
            ),
        ];
        entries.extend(first.map(|first| ("DEFAULT_LOGIN_IDP".to_owned(), first)));
        Some(entries)
    }

    /// The client of a provider, its secret by reference.
    fn client(
        &self,
        name: &ObjectName,
        provider: &IdentityProvider,
        entries: &mut Vec<(String, SecretPart)>,
    ) {
        let mut set = |key: &str, part: SecretPart| {
            entries.retain(|(known, _)| known != key);
            entries.push((key.to_owned(), part));
        };
        let reference = provider.client_secret.as_ref();
        let of = |key: Option<&str>| {
            reference.map(|reference| SecretPart::From {
                secret: reference.name().to_owned(),
                key: key.map(ToOwned::to_owned),
            })
        };
        let known = provider.client_id.as_deref().map(plain);
        if let Some(id) = known.or_else(|| of(Some("client_id"))) {
            set("client_id", id);
        }
        if let Some(secret) = of(reference.and_then(SecretReference::key)) {
            set("client_secret", secret);
        }
        if let Some(url) = &provider.discovery_url {
            set("discovery_url", plain(url.as_str()));
        }
        if provider.kind.as_str() == "fence" {
            let parent = self.environment.parent.as_ref();
            if let Some(parent) = parent {
                let url = format!("https://{}/user", parent.hostname);
                set("api_base_url", plain(&url));
            }
            set(
                "name",
                plain(provider.title.as_deref().unwrap_or(name.as_str())),
            );
        }
        entries.sort_by(|(one, _), (other, _)| one.cmp(other));
    }
}

fn plain(text: &str) -> SecretPart {
    SecretPart::Text {
        text: text.to_owned(),
    }
}

fn bucket(purpose: &str) -> Option<BucketPurpose> {
    Some(match purpose {
        "export" => BucketPurpose::Export,
        "manifest" => BucketPurpose::Manifest,
        "upload" => BucketPurpose::Upload,
        _ => return None,
    })
}

fn queue(purpose: &str) -> Option<QueuePurpose> {
    Some(match purpose {
        "audit" => QueuePurpose::Audit,
        "upload" => QueuePurpose::Upload,
        _ => return None,
    })
}

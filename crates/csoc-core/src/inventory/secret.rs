//! Every secret of a fleet, with what is in it, who fills it, who reads it, and when a new one is due.

use serde::Serialize;

use super::content::SecretPart;
use super::fill::Filler;
use super::rotation::SecretRotation;
use crate::catalog::{SecretContentFacts, SecretContents, SecretShape};
use crate::contract::{
    ARGO_CD, ClusterContract, CredentialContract, EnvironmentContract, HubContract, KeyPurpose,
    Phase, SecretContract, TELEMETRY_SECRET,
};
use crate::fleet::Fleet;
use crate::model::Mode;
use crate::model::cloud::{AccountId, Region};
use crate::model::deferred::Deferred;
use crate::model::environment::Seeder;
use crate::model::name::ObjectName;
use crate::model::stack::{StackId, StackKind};
use crate::resolve::ResolvedFleet;

/// A secret: what is in it, who fills it and when. Never its value.
#[derive(Debug, Clone, Serialize)]
#[non_exhaustive]
pub struct Secret {
    /// The object that needs it: `commons.midrc.environments.prod`.
    pub object: String,
    /// What it is for: `fence-jwt`.
    pub purpose: String,
    /// The service that reads it.
    pub service: String,
    /// Its name in the cloud's secret manager.
    pub name: String,
    /// The number of the account that it is in.
    pub account: String,
    /// The region that it is in.
    pub region: String,
    /// The Kubernetes Secret that it becomes; none where the cluster takes none.
    pub kubernetes: Option<String>,
    /// What is in it.
    pub shape: &'static str,
    /// The keys in it, where it is JSON or YAML.
    pub keys: Vec<SecretKey>,
    /// Who fills it, as fleet files say it.
    pub seeder: &'static str,
    /// When it must exist.
    pub phase: &'static str,
    /// Who reads it: services, External Secrets by the name of their object, roles.
    pub readers: Vec<String>,
    /// When a new one is due, and what that takes.
    pub rotation: SecretRotation,
    /// The stack that makes its container; none where nobody but csoc does.
    pub stack: Option<String>,
    /// The stack that records of what is done to it are made under.
    pub layer: String,
    /// The key that encrypts it, where csoc makes its container.
    pub encryption: SecretEncryption,
    /// What is put into it; none where a person gives it, or somebody else makes it.
    pub content: Option<SecretPart>,
}

/// A key in a secret.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[non_exhaustive]
pub struct SecretKey {
    /// Its name.
    pub name: String,
    /// What stands there, in words.
    pub holds: String,
}

/// The key that encrypts a secret.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
#[non_exhaustive]
pub enum SecretEncryption {
    /// A key of the account.
    Key {
        /// Its ARN.
        arn: String,
    },
    /// A key of the account whose ARN is not recorded yet.
    Waits {
        /// The output that is.
        output: String,
    },
}

/// Where a secret is, and what is the same of all secrets there.
struct Home<'a> {
    fleet: &'a ResolvedFleet,
    object: String,
    account: &'a AccountId,
    region: &'a Region,
    /// The stack that makes containers.
    stack: Option<StackId>,
    /// The stack that records are made under.
    layer: String,
}

impl Home<'_> {
    fn secret(&self, purpose: &str, service: &str, name: String) -> Secret {
        let key = StackId {
            account: self.account.clone(),
            region: Some(self.region.clone()),
            kind: StackKind::Foundation,
            scope: crate::model::stack::StackScope::Account,
        };
        let key = ResolvedFleet::output(key, KeyPurpose::Secrets.output(), None);
        Secret {
            object: self.object.clone(),
            purpose: purpose.to_owned(),
            service: service.to_owned(),
            name,
            account: self.account.to_string(),
            region: self.region.to_string(),
            kubernetes: Some(purpose.to_owned()),
            shape: SecretShape::Json.as_str(),
            keys: Vec::new(),
            seeder: Seeder::Asked.as_str(),
            phase: Phase::BeforeFirstSync.as_str(),
            readers: vec![format!("service {service}")],
            rotation: SecretRotation::of("given"),
            stack: self.stack.as_ref().map(ToString::to_string),
            layer: self.layer.clone(),
            encryption: match self.fleet.outputs.text(&key) {
                Deferred::Known(arn, _) => SecretEncryption::Key { arn },
                Deferred::Pending(_) => SecretEncryption::Waits {
                    output: key.to_string(),
                },
            },
            content: None,
        }
    }
}

/// Keys that a person gives.
fn given<'a>(keys: impl IntoIterator<Item = &'a str>) -> Vec<SecretKey> {
    let keys = keys.into_iter();
    keys.map(|name| SecretKey {
        name: name.to_owned(),
        holds: "given by a person".to_owned(),
    })
    .collect()
}

impl Fleet {
    /// Every secret of the hub, of every environment and cluster, sorted by object and purpose.
    pub fn secrets(&self) -> Vec<Secret> {
        let contracts = self.contracts();
        let mut secrets = Vec::new();
        if let Some(hub) = &contracts.hub {
            self.of_hub(hub, &mut secrets);
        }
        for (name, cluster) in &contracts.clusters {
            self.of_cluster(name, cluster, &mut secrets);
        }
        for environment in contracts.environments.values() {
            self.of_environment(environment, &mut secrets);
        }
        secrets.sort_by(|one, other| {
            let key = |it: &Secret| (it.object.clone(), it.purpose.clone(), it.name.clone());
            key(one).cmp(&key(other))
        });
        secrets
    }

    fn of_hub(&self, hub: &HubContract, secrets: &mut Vec<Secret>) {
        let fleet = self.resolved();
        let account = fleet.accounts.get(&hub.account);
        let stack = account.map(|account| {
            ResolvedFleet::account_stack(account, Some(&hub.region), StackKind::Hub)
        });
        let home = Home {
            fleet,
            object: "hub".to_owned(),
            account: &hub.account_id,
            region: &hub.region,
            layer: layer(stack.as_ref()),
            stack,
        };
        for own in hub.secrets() {
            let mut secret = home.secret(&own.purpose, own.service.as_str(), own.name());
            let kubernetes = own.kubernetes();
            secret.readers.push(format!("external secret {kubernetes}"));
            secret.kubernetes = Some(kubernetes);
            secret.keys = given(own.keys.iter().copied());
            secrets.push(secret);
        }
    }

    fn of_cluster(&self, name: &ObjectName, cluster: &ClusterContract, secrets: &mut Vec<Secret>) {
        let fleet = self.resolved();
        let home = |kind| Home {
            fleet,
            object: format!("clusters.{name}"),
            account: &cluster.account_id,
            region: &cluster.region,
            layer: layer(fleet.cluster_stack(name, kind).as_ref()),
            stack: fleet.cluster_stack(name, kind),
        };
        let eks = cluster.eks.as_ref();
        let delivery = eks.and_then(|eks| eks.delivery.as_ref());
        if let Some(credential) = delivery.and_then(|it| it.credential.as_ref()) {
            let purpose = CredentialContract::NAME;
            let home = home(StackKind::Delivery);
            let mut secret = home.secret(purpose, ARGO_CD, credential.secret.clone());
            secret.keys = given(credential.kind.keys().iter().copied());
            secret.readers.push(format!("external secret {purpose}"));
            secrets.push(secret);
        }
        if let Some(name_of_secret) = eks.and_then(|eks| eks.telemetry.as_ref()) {
            let home = home(StackKind::Observability);
            let mut secret = home.secret(TELEMETRY_SECRET, "alloy", name_of_secret.clone());
            let keys = self.contracts().watch.telemetry_keys(name);
            secret.keys = given(keys.iter().map(|key| &**key));
            let reader = format!("external secret {TELEMETRY_SECRET}");
            secret.readers.push(reader);
            secrets.push(secret);
        }
        for database in &cluster.databases {
            let purpose = format!("{}-database", database.name);
            let home = home(StackKind::Data);
            let name = database.master_secret.clone();
            let mut secret = home.secret(&purpose, "database", name);
            secret.kubernetes = None;
            secret.shape = SecretShape::DatabaseCredentials.as_str();
            secret.seeder = Seeder::Terraform.as_str();
            secret.phase = Phase::Database.as_str();
            secret.rotation = SecretRotation::of("terraform");
            secret.readers = Vec::new();
            for environment in self.contracts().environments_on(cluster.name.as_str()) {
                if environment.master_secret.as_ref() == Some(&database.master_secret) {
                    secret.readers.push(format!("jobs of {}", environment.at));
                }
            }
            secrets.push(secret);
        }
    }

    fn of_environment(&self, environment: &EnvironmentContract, secrets: &mut Vec<Secret>) {
        let fleet = self.resolved();
        let mode = environment.spec.management.terraform;
        let is_ours = matches!(mode, Mode::Managed | Mode::Adopt);
        let stack = fleet.environment_stack(&environment.at, StackKind::Secrets);
        let home = Home {
            fleet,
            object: environment.at.to_string(),
            account: &environment.account_id,
            region: &environment.region,
            layer: layer(stack.as_ref()),
            stack: stack.filter(|_| is_ours),
        };
        for own in &environment.secrets {
            secrets.push(contracted(&home, own, environment));
        }
        // What the environment only refers to has a container of nobody's.
        let home = Home {
            stack: None,
            ..home
        };
        let mut seen: Vec<&str> = Vec::new();
        for (provider, spec) in &environment.spec.identity_providers {
            let Some(reference) = &spec.client_secret else {
                continue;
            };
            let is_own = |own: &SecretContract| own.name == reference.name();
            if seen.contains(&reference.name()) || environment.secrets.iter().any(is_own) {
                continue;
            }
            seen.push(reference.name());
            let purpose = format!("{provider}-client");
            let mut secret = home.secret(&purpose, "fence", reference.name().to_owned());
            secret.kubernetes = None;
            let id = spec.client_id.is_none().then_some("client_id");
            secret.keys = given(id.into_iter().chain(reference.key()));
            if secret.keys.is_empty() {
                secret.shape = SecretShape::Text.as_str();
            }
            secret.readers = vec!["csoc secrets, for fence-config".to_owned()];
            secret.rotation.days = Some(365);
            secrets.push(secret);
        }
    }
}

/// The stack that records are made under.
fn layer(stack: Option<&StackId>) -> String {
    stack.map(ToString::to_string).unwrap_or_default()
}

/// A secret that the contracts know.
fn contracted(home: &Home<'_>, own: &SecretContract, environment: &EnvironmentContract) -> Secret {
    let contents = SecretContents::embedded();
    let facts = match own.shape {
        SecretShape::DatabaseCredentials => contents.credentials(&own.service),
        _ => contents.of(&own.purpose).cloned().unwrap_or_default(),
    };
    let filler = Filler {
        fleet: home.fleet,
        environment,
        service: &own.service,
    };
    let makes = matches!(own.seeder, Seeder::Generated | Seeder::Assembled);
    let content = makes.then(|| content(&filler, own, &facts)).flatten();
    let mut secret = home.secret(&own.purpose, &own.service, own.name.clone());
    secret.kubernetes = Some(own.kubernetes.clone());
    secret.shape = own.shape.as_str();
    secret.seeder = own.seeder.as_str();
    secret.phase = own.phase.as_str();
    secret.keys = keys(content.as_ref(), &facts);
    let mut services = vec![own.service.clone()];
    let others = facts.readers.iter();
    services.extend(others.filter(|name| environment.runs(name)).cloned());
    services.retain(|service| service != "global");
    let mut readers: Vec<String> = services.iter().map(|it| format!("service {it}")).collect();
    readers.push(format!(
        "external secret {}/{}",
        environment.namespace, own.kubernetes
    ));
    let roles = environment.identities.iter();
    let roles = roles.filter(|identity| identity.service == "external-secrets");
    readers.extend(roles.map(|identity| format!("role {}", identity.role)));
    secret.readers = readers;
    secret.rotation = SecretRotation::new(&facts, &secret, environment, &services);
    secret.content = content;
    secret
}

/// The keys of a secret, of what is put into it or of what a person gives.
fn keys(content: Option<&SecretPart>, facts: &SecretContentFacts) -> Vec<SecretKey> {
    let key = |name: &String, holds: String| SecretKey {
        name: name.clone(),
        holds,
    };
    if let Some(content) = content {
        let entries = content.entries().iter();
        return entries
            .map(|(name, part)| key(name, part.words()))
            .collect();
    }
    let asks = facts.asks.iter();
    asks.map(|(name, holds)| key(name, holds.clone())).collect()
}

/// What is put into a secret; nothing where the environment has not all that it takes.
fn content(
    filler: &Filler<'_>,
    own: &SecretContract,
    facts: &SecretContentFacts,
) -> Option<SecretPart> {
    let content = filler.fill(facts.value.as_ref()?)?;
    if own.purpose != "fence-config" {
        return Some(content);
    }
    let mut entries = content.entries().to_vec();
    entries.extend(filler.identity_providers()?);
    entries.sort_by(|(one, _), (other, _)| one.cmp(other));
    Some(SecretPart::Yaml {
        part: Box::new(SecretPart::Map { entries }),
    })
}

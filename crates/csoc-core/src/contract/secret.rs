//! Secrets: the Kubernetes Secret, the name in the secret manager, what is in it, who fills it and when.

use super::namer::Namer;
use super::services::ServiceContract;
use crate::catalog::{SecretCondition, SecretShape};
use crate::model::Environment;
use crate::model::environment::Seeder;
use crate::naming::NameKind;

/// When a secret must exist.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
pub(crate) enum Phase {
    /// With the database cluster.
    Database,
    /// Before the first sync.
    BeforeFirstSync,
    /// Once the application has run.
    FirstRun,
}

impl Phase {
    /// Its name in lists.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Database => "with the database",
            Self::BeforeFirstSync => "before the first sync",
            Self::FirstRun => "at the first run",
        }
    }
}

/// One secret of an environment.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub(crate) struct SecretContract {
    /// What it is for, in names: `fence-jwt`.
    pub(crate) purpose: String,
    /// The service that reads it.
    pub(crate) service: String,
    /// The Kubernetes Secret.
    pub(crate) kubernetes: String,
    /// Its name in the secret manager.
    pub(crate) name: String,
    /// The key of the service's `externalSecrets` that names it; none where another value does.
    pub(crate) value_key: Option<String>,
    /// The key of the service's `externalSecrets` that lets the chart make it.
    pub(crate) chart_switch: Option<String>,
    /// The name that the chart would take by itself.
    pub(crate) chart_default: String,
    /// What is in it.
    pub(crate) shape: SecretShape,
    /// Who fills it.
    pub(crate) seeder: Seeder,
    /// When it must exist.
    pub(crate) phase: Phase,
}

/// The secrets of an environment: of the services that run, of the database cluster, of notifications.
pub(crate) fn secrets(
    spec: &Environment,
    services: &[ServiceContract],
    namer: &mut Namer<'_>,
) -> Vec<SecretContract> {
    let mut secrets = Vec::new();
    let mut add = |purpose: &str, service: &str, facts: Facts<'_>, phase: Phase| {
        let settings = spec.secrets.get(purpose);
        let name = settings
            .and_then(|settings| settings.name.as_ref())
            .map_or_else(
                || namer.name(NameKind::Secret, Some(purpose)),
                ToString::to_string,
            );
        secrets.push(SecretContract {
            purpose: purpose.to_owned(),
            service: service.to_owned(),
            kubernetes: facts.kubernetes.to_owned(),
            name,
            value_key: facts.value.map(str::to_owned),
            chart_switch: facts.switch.map(str::to_owned),
            chart_default: facts.default.to_owned(),
            shape: facts.shape,
            seeder: settings
                .and_then(|settings| settings.seeder)
                .unwrap_or(facts.seeder),
            phase,
        });
    };
    for service in services.iter().filter(|service| service.enabled) {
        if service.facts.database {
            // The chart's own default is `<global.environment>-<service>-creds`, which is what `{environment_id}` gives.
            let environment = spec
                .identity
                .environment_id
                .as_ref()
                .map(ToString::to_string);
            let default = format!(
                "{}-{}-creds",
                environment.unwrap_or_else(|| "{environment_id}".into()),
                service.name
            );
            let facts = Facts {
                kubernetes: &format!("{}-dbcreds", service.name),
                value: Some("dbcreds"),
                switch: None,
                default: &default,
                shape: SecretShape::DatabaseCredentials,
                seeder: if service.pushes_credentials() {
                    Seeder::PushSecret
                } else {
                    Seeder::Generated
                },
            };
            add(
                &format!("{}-creds", service.name),
                service.name,
                facts,
                Phase::BeforeFirstSync,
            );
        }
        for secret in &service.facts.secrets {
            let wanted = match secret.when {
                SecretCondition::Always => true,
                SecretCondition::Google | SecretCondition::AskedFor => spec
                    .secrets
                    .get(&secret.purpose)
                    .is_some_and(|settings| settings.in_chart != Some(true)),
                SecretCondition::Dbgap => spec.users.dbgap,
            };
            if wanted {
                let facts = Facts {
                    kubernetes: &secret.kubernetes,
                    value: Some(&secret.value),
                    switch: secret.switch.as_deref(),
                    default: &secret.default,
                    shape: secret.shape,
                    seeder: secret.seeder,
                };
                let phase = match secret.seeder {
                    Seeder::Application => Phase::FirstRun,
                    _ => Phase::BeforeFirstSync,
                };
                add(&secret.purpose, service.name, facts, phase);
            }
        }
    }
    if spec.notifications.slack {
        let facts = Facts {
            kubernetes: "slack-webhook",
            value: None,
            switch: None,
            default: "",
            shape: SecretShape::Text,
            seeder: Seeder::Asked,
        };
        add("slack-webhook", "global", facts, Phase::BeforeFirstSync);
    }
    secrets
}

/// What is known of a secret before it is named.
struct Facts<'a> {
    kubernetes: &'a str,
    value: Option<&'a str>,
    switch: Option<&'a str>,
    default: &'a str,
    shape: SecretShape,
    seeder: Seeder,
}

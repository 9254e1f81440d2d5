//! The names that values show, each with what it is the name of.

use super::foreign::{Foreign, ForeignEnvironment};
use super::group::Place;
use crate::contract::{
    BucketPurpose, Contracts, EnvironmentContract, IdentityContract, QueuePurpose, RoleAttachment,
};
use crate::model::name::ObjectName;
use crate::naming::{NameKind, Names};
use crate::resolve::EnvironmentRef;
use crate::value::Node;

/// A name that an environment's values show.
#[derive(Debug, Clone)]
pub(super) struct Seen<'a> {
    pub(super) at: &'a EnvironmentRef,
    pub(super) cluster: &'a ObjectName,
    pub(super) kind: NameKind,
    /// What it is for, where the kind has several.
    pub(super) purpose: Option<String>,
    pub(super) text: String,
    /// The rules and variables of the environment.
    pub(super) names: &'a Names,
    /// How the model says this one name otherwise.
    pub(super) field: Field,
}

/// The field of an environment that gives one name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Field {
    /// `secrets.PURPOSE.name`.
    Secret,
    /// `services.SERVICE.roleArn`.
    RoleArn { service: String, arn: String },
    /// `workspaces.namespace`.
    JupyterNamespace,
    /// A naming rule of the environment's own.
    Rule,
}

/// Every name that the model would derive and that values show.
pub(super) fn seen<'a>(
    foreign: &'a Foreign,
    places: &'a [Place],
    contracts: &'a Contracts,
) -> Vec<Seen<'a>> {
    let mut all = Vec::new();
    for (environment, place) in foreign.environments.iter().zip(places) {
        // Of values that say nothing, nothing is known.
        if environment
            .values
            .as_ref()
            .is_none_or(|values| values.entries().is_empty())
        {
            continue;
        }
        let Some(contract) = contracts.environments.get(&place.at) else {
            continue;
        };
        let mut add = |kind, purpose: Option<&str>, text: &str, field| {
            if !text.is_empty() {
                all.push(Seen {
                    at: &place.at,
                    cluster: &contract.cluster,
                    kind,
                    purpose: purpose.map(str::to_owned),
                    text: text.to_owned(),
                    names: &contract.names,
                    field,
                });
            }
        };
        secrets(environment, contract, &mut add);
        roles(environment, contract, &mut add);
        others(environment, contract, &mut add);
    }
    all
}

type Add<'f> = dyn FnMut(NameKind, Option<&str>, &str, Field) + 'f;

fn secrets(environment: &ForeignEnvironment, contract: &EnvironmentContract, add: &mut Add<'_>) {
    for secret in &contract.secrets {
        let text = match &secret.value_key {
            Some(key) => match environment
                .values
                .as_ref()
                .and_then(|values| values.path(&[&secret.service, "externalSecrets", key]))
            {
                Some(node) => node.text().filter(|_| !node.is_null()).map(str::to_owned),
                // The chart then takes its own name.
                None => Some(
                    secret
                        .chart_default
                        .replace("{environment_id}", &contract.environment_id),
                ),
            },
            None => environment
                .text(&["global", "externalSecrets", "slackWebhookSecretName"])
                .map(str::to_owned),
        };
        if let Some(text) = text {
            add(
                NameKind::Secret,
                Some(&secret.purpose),
                &text,
                Field::Secret,
            );
        }
    }
}

fn roles(environment: &ForeignEnvironment, contract: &EnvironmentContract, add: &mut Add<'_>) {
    let start = format!(
        "arn:{}:iam::{}:role/",
        contract.partition, contract.account_id
    );
    for identity in &contract.identities {
        let Some(text) = role_text(environment, identity) else {
            continue;
        };
        let (role, arn) = match text.strip_prefix(&start) {
            Some(role) => (Some(role), text.to_owned()),
            None if text.starts_with("arn:") => (None, text.to_owned()),
            None => (Some(text), format!("{start}{text}")),
        };
        let is_first = contract
            .services
            .iter()
            .find(|service| service.name == identity.service)
            .and_then(|service| service.facts.accounts.first())
            .is_some_and(|account| account.role == identity.purpose);
        let field = if is_first {
            Field::RoleArn {
                service: identity.service.clone(),
                arn,
            }
        } else {
            Field::Rule
        };
        // A role of another account is no name of ours; it can only be given.
        let text = role.unwrap_or(text);
        if role.is_some() || matches!(field, Field::RoleArn { .. }) {
            add(NameKind::Role, Some(&identity.purpose), text, field);
        }
    }
}

fn role_text<'e>(
    environment: &'e ForeignEnvironment,
    identity: &IdentityContract,
) -> Option<&'e str> {
    match &identity.attachment {
        RoleAttachment::Annotation(map) => environment.text(&[
            &identity.service,
            map,
            "annotations",
            "eks.amazonaws.com/role-arn",
        ]),
        RoleAttachment::Global(key) => environment.text(&["global", "aws", key]),
        RoleAttachment::SecretStore => {
            environment.text(&["global", "aws", "secretStoreServiceAccount", "roleArn"])
        }
    }
}

fn others(environment: &ForeignEnvironment, contract: &EnvironmentContract, add: &mut Add<'_>) {
    if contract.bucket(BucketPurpose::Dashboard).is_some()
        && let Some(bucket) = environment.text(&["dashboard", "dashboardConfig", "bucket"])
    {
        let purpose = BucketPurpose::Dashboard.as_str();
        add(NameKind::Bucket, Some(purpose), bucket, Field::Rule);
    }
    if let Some(queue) = contract.queue(QueuePurpose::Audit) {
        let url = environment
            .get(&[
                "fence",
                "FENCE_CONFIG_PUBLIC",
                "PUSH_AUDIT_LOGS_CONFIG",
                "aws_sqs_config",
                "sqs_url",
            ])
            .and_then(Node::text);
        let start = queue
            .url
            .strip_suffix(queue.name.as_str())
            .unwrap_or_default();
        if let Some(name) = url.and_then(|url| url.strip_prefix(start)) {
            add(
                NameKind::Queue,
                Some(QueuePurpose::Audit.as_str()),
                name,
                Field::Rule,
            );
        }
    }
    let namespaces = ["hatchery", "ambassador"]
        .into_iter()
        .filter(|service| contract.runs(service))
        .filter_map(|service| environment.text(&[service, "jupyterNamespace"]));
    if let Some(namespace) = namespaces.into_iter().next() {
        add(
            NameKind::JupyterNamespace,
            None,
            namespace,
            Field::JupyterNamespace,
        );
    }
}

//! Secrets whose presence says something, beside their names.

use std::collections::BTreeSet;

use super::subject::{boolean, string};
use crate::catalog::{SecretCondition, SecretFacts, ServiceCatalog};
use crate::import::foreign::ForeignEnvironment;
use crate::value::Node;

/// Names the secrets that are there only where the model asks for them.
pub(super) fn read(
    environment: &ForeignEnvironment,
    runs: &BTreeSet<&'static str>,
    node: &mut Node,
) {
    for (service, facts) in ServiceCatalog::embedded().iter() {
        if !runs.contains(service) {
            continue;
        }
        for secret in &facts.secrets {
            let switch = secret.switch.as_deref();
            let made = switch
                .and_then(|switch| boolean(environment.get(&[service, "externalSecrets", switch])));
            if let Some(made) = made
                && (secret.when == SecretCondition::Always || is_said(secret, made))
            {
                node.set(&["secrets", &secret.purpose, "inChart"], made.into());
            }
            let asked = matches!(
                secret.when,
                SecretCondition::Google | SecretCondition::AskedFor
            );
            let name = string(environment.get(&[service, "externalSecrets", &secret.value]));
            if !asked || name.is_none() {
                continue;
            }
            if secret.purpose == "wts-client-secret" {
                let made =
                    environment.get(&["wts", "externalSecrets", "createWtsOidcClientSecret"]);
                if boolean(made) == Some(false) {
                    node.set(&["secrets", &secret.purpose, "seeder"], "asked".into());
                }
                continue;
            }
            if node.path(&["secrets", &secret.purpose]).is_none() {
                node.set(&["secrets", &secret.purpose], Node::map());
            }
        }
    }
}

/// Whether a switch says more than that a secret which must be asked for is not, or is.
fn is_said(secret: &SecretFacts, made: bool) -> bool {
    match secret.when {
        // The model switches this on wherever nothing is asked for.
        SecretCondition::Google => !made,
        SecretCondition::AskedFor => made,
        SecretCondition::Always | SecretCondition::Dbgap => true,
    }
}

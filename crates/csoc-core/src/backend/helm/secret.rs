//! Names of secrets, where the chart would take another one.

use super::Subject;
use super::values::Values;

pub(super) fn project(subject: &Subject<'_>, values: &mut Values) {
    let contract = &subject.input.contract;
    values.set(
        &["global", "externalSecrets", "deploy"],
        true,
        "secrets are synced",
        &[],
    );
    if let Some(local) = &contract.spec.secret_store.local_secret {
        let inputs = &["secretStore.localSecret"];
        let [global, aws, local_secret] = ["global", "aws", "useLocalSecret"];
        let rule = "secret with keys of the cloud";
        values.set(&[global, aws, local_secret, "enabled"], true, rule, inputs);
        values.set(
            &[global, aws, local_secret, "localSecretName"],
            local.as_str(),
            rule,
            inputs,
        );
    }
    for secret in &contract.secrets {
        let settings = contract.spec.secrets.get(&secret.purpose);
        if let (Some(key), Some(in_chart)) = (
            &secret.chart_switch,
            settings.and_then(|settings| settings.in_chart),
        ) {
            let input = format!("secrets.{}.inChart", secret.purpose);
            values.set(
                &[&secret.service, "externalSecrets", key],
                in_chart,
                "who makes the secret",
                &[&input],
            );
        }
        let input = format!("secrets.{}.name", secret.purpose);
        let Some(key) = &secret.value_key else {
            if secret.purpose == "slack-webhook" {
                values.set(
                    &["global", "externalSecrets", "createSlackWebhookSecret"],
                    true,
                    "notifications",
                    &["notifications.slack"],
                );
                values.set(
                    &["global", "externalSecrets", "slackWebhookSecretName"],
                    secret.name.as_str(),
                    "secret name",
                    &[&input],
                );
            }
            continue;
        };
        let default = secret
            .chart_default
            .replace("{environment_id}", &contract.environment_id);
        if secret.name != default {
            values.set(
                &[&secret.service, "externalSecrets", key],
                secret.name.as_str(),
                "secret name",
                &[&input],
            );
        }
    }
    let mut switch = |service: &str, key: &str, value: bool, purpose: &str| {
        if contract.runs(service) {
            let input = format!("secrets.{purpose}");
            values.set(
                &[service, "externalSecrets", key],
                value,
                "who makes the secret",
                &[&input],
            );
        }
    };
    // Pods mount both, and nobody fills them without Google: the chart makes empty ones.
    let google = ["fence-google-app-creds", "fence-google-storage-creds"];
    if !google
        .iter()
        .any(|purpose| contract.secret(purpose).is_some())
    {
        switch("fence", "createK8sGoogleAppSecrets", true, google[0]);
    }
    // This only keeps the chart from syncing a licence that nobody has.
    if contract.secret("stata-license").is_none() {
        switch("hatchery", "createK8sStataSecret", true, "stata-license");
    }
    let client = "wts-client-secret";
    let by_job = contract
        .spec
        .secrets
        .get(client)
        .and_then(|own| own.in_chart)
        == Some(true);
    if by_job || contract.secret(client).is_some() {
        switch("wts", "createWtsOidcClientSecret", by_job, client);
    }
}

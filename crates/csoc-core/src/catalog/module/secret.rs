//! What of variables and outputs is secret material, by its name or by what it looks like.

use crate::value::{Kind, Node};

/// Variables and outputs of the root `commons` that hold secrets.
const NAMES: [&str; 21] = [
    "activation_id",
    "aurora_cluster_master_password",
    "customer_id",
    "db_password_fence",
    "db_password_indexd",
    "db_password_peregrine",
    "db_password_sheepdog",
    "es_user_key",
    "es_user_secret",
    "fence-bot_user_secret",
    "fence_access_key",
    "fence_secret_key",
    "google_client_secret",
    "hmac_encryption_key",
    "kubeconfig",
    "mailgun_api_key",
    "secondary_slack_webhook",
    "sheepdog_indexd_password",
    "sheepdog_oauth2_client_secret",
    "sheepdog_secret_key",
    "slack_webhook",
];
/// Words that a name of somebody's own has for a secret.
const WORDS: [&str; 7] = [
    "password",
    "passwd",
    "secret_key",
    "client_secret",
    "private_key",
    "api_key",
    "token",
];
/// How texts begin that are secret whatever they are called.
const STARTS: [&str; 6] = [
    "-----BEGIN",
    "AKIA",
    "ASIA",
    "ghp_",
    "xoxb-",
    "https://hooks.slack.com/",
];

/// Whether a value is secret material. Lengths and names of secrets are not.
pub(crate) fn is_secret(name: &str, value: &Node) -> bool {
    if !holds_text(value, &|text| !text.is_empty()) {
        return false;
    }
    let lower = name.to_ascii_lowercase();
    let is_about = ["_length", "_name", "_enabled", "_path", "_arn"]
        .iter()
        .any(|end| lower.ends_with(end));
    let by_name = NAMES.contains(&lower.as_str())
        || (!is_about && WORDS.iter().any(|word| lower.contains(word)));
    by_name
        || holds_text(value, &|text| {
            STARTS.iter().any(|start| text.contains(start))
        })
}

fn holds_text(node: &Node, test: &impl Fn(&str) -> bool) -> bool {
    match &node.kind {
        Kind::Scalar(scalar) => !node.is_null() && test(&scalar.text),
        Kind::List(items) => items.iter().any(|item| holds_text(item, test)),
        Kind::Map(entries) => entries.iter().any(|entry| holds_text(&entry.node, test)),
        Kind::Pending(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_known_by_name_or_by_what_they_look_like() {
        for (name, value, is) in [
            ("db_password_fence", "hunter2", true),
            ("db_password_fence", "", false),
            ("my_password", "x", true),
            ("password_length", "32", false),
            ("slack_webhook_secret_name", "demo-slack", false),
            ("secrets_manager_enabled", "true", false),
            ("kube_ssh_key", "ssh-rsa AAAA", false),
            ("notes", "-----BEGIN RSA PRIVATE KEY-----", true),
            ("bootstrap", "export AWS_ACCESS_KEY_ID=AKIAEXAMPLE", true),
            ("aurora_cluster_master_username", "postgres", false),
        ] {
            assert_eq!(is_secret(name, &Node::string(value)), is, "{name}");
        }
    }
}

//! Clusters that a hub's Argo CD knows: the Secrets by which it reaches them.

use std::collections::BTreeMap;

use k8s_openapi::api::core::v1::Secret;
use kube::Client;
use kube::config::{
    AuthInfo, Cluster, Context, ExecConfig, Kubeconfig, NamedAuthInfo, NamedCluster, NamedContext,
};
use serde::Deserialize;

use super::list;
use crate::cluster::unread::Unread;

/// What makes a Secret a cluster.
const LABEL: &str = "argocd.argoproj.io/secret-type=cluster";

/// How to reach each cluster that a hub knows, by its name.
pub(super) type Registered = BTreeMap<String, Result<Kubeconfig, Unread>>;

/// Reads the clusters that the Argo CD of a hub knows, in the namespace that it is in.
pub(super) async fn registered(client: &Client, namespace: &str) -> Result<Registered, Unread> {
    let path = format!("/api/v1/namespaces/{namespace}/secrets");
    let objects = list::objects(client, &path, Some(LABEL)).await?;
    // What is no Secret registers nothing; what stands in it is not shown.
    let secrets = objects.into_iter();
    let secrets = secrets.filter_map(|object| serde_json::from_value::<Secret>(object).ok());
    Ok(secrets.filter_map(read).collect())
}

/// The name of a cluster, and how to reach it.
fn read(secret: Secret) -> Option<(String, Result<Kubeconfig, Unread>)> {
    let data = secret.data.unwrap_or_default();
    let text = |key: &str| String::from_utf8(data.get(key)?.0.clone()).ok();
    let label = secret
        .metadata
        .labels
        .as_ref()
        .and_then(|it| it.get("gen3-cluster"));
    let name = label.cloned().or_else(|| text("name"))?;
    let unusable = |problem: &str| Unread::Context {
        problem: format!("its registration in the hub {problem}"),
    };
    let config = text("config").and_then(|text| serde_json::from_str::<Config>(&text).ok());
    let (Some(server), Some(config)) = (text("server"), config) else {
        return Some((name, Err(unusable("is not one that Argo CD would take"))));
    };
    let reached = if config.tls.insecure {
        Err(unusable("asks to trust anybody, which is not done here"))
    } else if config.exec.is_some() {
        // Whoever may write Secrets there could run anything here.
        Err(unusable("names a program, which is not run here"))
    } else if config.aws.is_some() && !is_eks(&server) {
        // It would be given a token that is good for a cluster of EKS.
        Err(unusable("asks for a token of EKS, and has another address"))
    } else {
        Ok(config.kubeconfig(&name, server))
    };
    Some((name, reached))
}

/// Whether an address is one that AWS gives to clusters.
fn is_eks(server: &str) -> bool {
    let host = server.strip_prefix("https://").unwrap_or_default();
    let host = host.split(['/', ':', '?', '#', '@']).next();
    let host = host.unwrap_or_default();
    host.contains(".eks.")
        && (host.ends_with(".amazonaws.com") || host.ends_with(".amazonaws.com.cn"))
}

/// How Argo CD is told to reach a cluster.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Config {
    #[serde(rename = "bearerToken")]
    token: Option<String>,
    username: Option<String>,
    password: Option<String>,
    #[serde(rename = "tlsClientConfig")]
    tls: Tls,
    #[serde(rename = "awsAuthConfig")]
    aws: Option<Aws>,
    #[serde(rename = "execProviderConfig")]
    exec: Option<serde::de::IgnoredAny>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Tls {
    insecure: bool,
    server_name: Option<String>,
    ca_data: Option<String>,
    cert_data: Option<String>,
    key_data: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Aws {
    cluster_name: String,
    #[serde(rename = "roleARN")]
    role: Option<String>,
}

impl Config {
    fn kubeconfig(self, name: &str, server: String) -> Kubeconfig {
        let tls = self.tls;
        let filled = |text: Option<String>| text.filter(|text| !text.is_empty());
        let user = AuthInfo {
            token: filled(self.token).map(Into::into),
            username: filled(self.username),
            password: filled(self.password).map(Into::into),
            client_certificate_data: filled(tls.cert_data),
            client_key_data: filled(tls.key_data).map(Into::into),
            exec: self.aws.map(|aws| aws.program(&server)),
            ..AuthInfo::default()
        };
        let cluster = Cluster {
            server: Some(server),
            certificate_authority_data: filled(tls.ca_data),
            tls_server_name: filled(tls.server_name),
            ..Cluster::default()
        };
        Kubeconfig {
            clusters: vec![NamedCluster {
                name: name.to_owned(),
                cluster: Some(cluster),
                ..NamedCluster::default()
            }],
            auth_infos: vec![NamedAuthInfo {
                name: name.to_owned(),
                auth_info: Some(user),
                ..NamedAuthInfo::default()
            }],
            contexts: vec![NamedContext {
                name: name.to_owned(),
                context: Some(Context {
                    cluster: name.to_owned(),
                    user: Some(name.to_owned()),
                    ..Context::default()
                }),
                ..NamedContext::default()
            }],
            current_context: Some(name.to_owned()),
            ..Kubeconfig::default()
        }
    }
}

impl Aws {
    /// The command of AWS that makes a token, of the role that the hub takes there.
    fn program(self, server: &str) -> ExecConfig {
        let mut arguments = vec!["eks".to_owned(), "get-token".to_owned()];
        let mut add = |option: &str, value: String| {
            arguments.push(option.to_owned());
            arguments.push(value);
        };
        add("--cluster-name", self.cluster_name);
        if let Some(role) = self.role.filter(|role| !role.is_empty()) {
            add("--role-arn", role);
        }
        // As addresses of EKS say it: `https://ID.gr7.us-east-1.eks.amazonaws.com`.
        let parts: Vec<&str> = server.split('.').collect();
        if let Some(at) = parts.iter().position(|part| *part == "eks")
            && let Some(region) = at.checked_sub(1).and_then(|at| parts.get(at))
        {
            add("--region", (*region).to_owned());
        }
        ExecConfig {
            api_version: Some("client.authentication.k8s.io/v1beta1".to_owned()),
            command: Some("aws".to_owned()),
            args: Some(arguments),
            ..ExecConfig::default()
        }
    }
}

#[cfg(test)]
mod tests {
    use k8s_openapi::ByteString;
    use k8s_openapi::api::core::v1::Secret;

    use serde_json::json;

    use super::{Kubeconfig, Unread, read};
    use crate::debug_tests::{PLANTED, assert_silent, assert_unsaid};

    fn secret(server: &str, config: &str) -> (String, Result<Kubeconfig, Unread>) {
        let data = [("name", "water"), ("server", server), ("config", config)];
        let data = data.map(|(key, text)| (key.to_owned(), ByteString(text.as_bytes().to_vec())));
        read(Secret {
            data: Some(data.into()),
            ..Secret::default()
        })
        .expect("it has a name")
    }

    #[test]
    fn how_a_cluster_is_reached_shows_no_credentials() {
        let tls = json!({ "insecure": false, "caData": "Y2E=", "certData": "Y2VydA==", "keyData": PLANTED });
        let config = json!({ "bearerToken": PLANTED, "username": "ada", "password": PLANTED, "tlsClientConfig": tls });
        let (_, reached) = secret("https://api.example.org", &config.to_string());
        assert_silent(&reached.expect("it can be reached"));
        for wrong in [
            json!({ "bearerToken": [PLANTED] }),
            json!({ "bearerToken": PLANTED, "execProviderConfig": { "command": PLANTED } }),
            json!({ "bearerToken": PLANTED, "tlsClientConfig": { "insecure": true } }),
            json!(PLANTED),
        ] {
            let (_, refused) = secret("https://api.example.org", &wrong.to_string());
            assert_unsaid(&refused.expect_err("it is refused"));
        }
    }

    #[test]
    fn a_role_makes_a_token_by_the_command_of_aws() {
        let (name, reached) = secret(
            "https://ABC.gr7.us-east-1.eks.amazonaws.com",
            r#"{"awsAuthConfig":{"clusterName":"water","roleARN":"arn:aws:iam::1:role/argocd"},"tlsClientConfig":{"insecure":false,"caData":"Y2E="}}"#,
        );
        let kubeconfig = reached.expect("it can be reached");
        assert_eq!(
            (&*name, kubeconfig.current_context.as_deref()),
            ("water", Some("water"))
        );
        let user = kubeconfig.auth_infos[0]
            .auth_info
            .as_ref()
            .expect("there is one");
        let exec = user.exec.as_ref().expect("there is one");
        assert_eq!(
            exec.args.as_ref().expect("there are some").join(" "),
            "eks get-token --cluster-name water --role-arn arn:aws:iam::1:role/argocd --region us-east-1"
        );
    }

    #[test]
    fn what_would_trust_or_run_anything_is_refused_without_its_content() {
        for (config, says) in [
            (
                r#"{"tlsClientConfig":{"insecure":true},"bearerToken":"planted"}"#,
                "trust anybody",
            ),
            (
                r#"{"execProviderConfig":{"command":"planted"}}"#,
                "names a program",
            ),
            (
                r#"{"bearerToken":{"planted":1}}"#,
                "not one that Argo CD would take",
            ),
            ("planted", "not one that Argo CD would take"),
        ] {
            let (_, reached) = secret("https://127.0.0.1", config);
            let error = reached.expect_err("it is refused").to_string();
            assert!(
                error.contains(says) && !error.contains("planted"),
                "{error}"
            );
        }
    }
}

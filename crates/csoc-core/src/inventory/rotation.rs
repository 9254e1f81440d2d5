//! What it takes to rotate a secret.

use serde::Serialize;

use super::secret::Secret;
use crate::catalog::{RotationMeans, SecretContentFacts, SecretContents};
use crate::contract::EnvironmentContract;

/// When a new one is due, what it takes, and what people run besides.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[non_exhaustive]
pub struct SecretRotation {
    /// Days after which it is old; none where its age says nothing.
    pub days: Option<u32>,
    /// What a new one takes: `restart`, `told`, `given`, `terraform` or `never`.
    pub means: &'static str,
    /// Commands between staging a new one and making it the current one.
    pub before: Vec<String>,
    /// Commands once it is the current one: readers take it then.
    pub after: Vec<String>,
}

impl SecretRotation {
    /// One that is not csoc's: a person gives it, or Terraform makes it.
    pub(super) const fn of(means: &'static str) -> Self {
        Self {
            days: None,
            means,
            before: Vec::new(),
            after: Vec::new(),
        }
    }

    /// That of an environment's secret.
    pub(super) fn new(
        facts: &SecretContentFacts,
        secret: &Secret,
        environment: &EnvironmentContract,
        services: &[String],
    ) -> Self {
        let (context, namespace) = (environment.cluster.as_str(), &environment.namespace);
        let fill = |command: &String| {
            command
                .replace("${context}", context)
                .replace("${namespace}", namespace)
                .replace("${name}", &secret.name)
                .replace("${region}", &secret.region)
        };
        let mut after = Vec::new();
        if let Some(kubernetes) = &secret.kubernetes {
            after.push(format!(
                "kubectl --context {context} -n {namespace} annotate externalsecret {kubernetes} force-sync=\"$(date +%s)\" --overwrite"
            ));
        }
        after.extend(facts.after.iter().map(fill));
        let contents = SecretContents::embedded();
        let deployments: Vec<String> = services
            .iter()
            .filter_map(|service| contents.deployment(service))
            .map(|name| format!("deployment/{name}"))
            .collect();
        if !deployments.is_empty() {
            after.push(format!(
                "kubectl --context {context} -n {namespace} rollout restart {}",
                deployments.join(" ")
            ));
        }
        Self {
            days: facts.rotation.days,
            means: match facts.rotation.means {
                RotationMeans::Restart if facts.value.is_none() => RotationMeans::Given.as_str(),
                means => means.as_str(),
            },
            before: facts.before.iter().map(fill).collect(),
            after,
        }
    }
}

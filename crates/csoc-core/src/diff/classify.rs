//! What a value is about, by where it stands: in Helm values, in a model object.

use super::kind::ChangeKind;
use crate::contract::{CUTOVER_STATE, RECORD_IDENTIFIER};
use crate::value::Key;

/// A kind, and which of them.
pub(super) type About = (ChangeKind, String);

/// What a value of the chart gen3 is about.
pub(super) fn values(path: &[Key]) -> About {
    use ChangeKind as K;
    let parts: Vec<&str> = path.iter().map(Key::as_str).collect();
    let about = |kind, subject: &str| (kind, subject.to_owned());
    let last = parts.last().copied().unwrap_or_default();
    if last == "eks.amazonaws.com/role-arn" {
        let account = parts.get(1).copied().unwrap_or_default();
        let service = parts.first().copied().unwrap_or_default();
        return match account {
            "serviceAccount" => about(K::Role, service),
            _ => (K::Role, format!("{service} {account}")),
        };
    }
    match parts[..] {
        ["global", "hostname"] => about(K::Host, ""),
        ["global", "environment"] => about(K::Name, "environmentId"),
        ["global", "dictionaryUrl"] => about(K::Dictionary, ""),
        ["global", "publicDataSets"] => about(K::PublicData, ""),
        ["global", "tierAccessLevel"] => about(K::TierAccess, ""),
        ["global", "tierAccessLimit"] => about(K::TierAccess, "limit"),
        ["global", "maintenanceMode"] => about(K::Maintenance, ""),
        ["global", "pdb"] => about(K::Availability, "disruptionBudgets"),
        ["global", "topologySpread", ..] => about(K::Availability, "topologySpread"),
        ["global", "netPolicy", "enabled"] => about(K::NetworkPolicy, ""),
        ["global", "netPolicy", ..] => about(K::NetworkPolicy, last),
        ["global", "revproxyArn"] => about(K::Certificate, "arn"),
        ["global", "postgres", "externalSecret"] => about(K::Secret, "database-master"),
        ["global", "postgres", ..] => about(K::Database, last),
        ["global", "externalSecrets", "slackWebhookSecretName"] => {
            about(K::Secret, "slack-webhook")
        }
        ["global", "aws", "wafv2", ..] => about(K::WebAcl, last),
        ["global", "aws", "secretStoreServiceAccount", "roleArn"] => {
            about(K::Role, "external-secrets")
        }
        ["global", "aws", "account" | "region"] => about(K::Placement, last),
        ["global", "aws", name] if name.to_ascii_lowercase().contains("role") => {
            about(K::Role, name)
        }
        ["global", "origins_allow_credentials", ..] => about(K::Origins, ""),
        ["indexd", "defaultPrefix"] => about(K::IndexPrefix, ""),
        ["fence", "FENCE_CONFIG_PUBLIC", ..] => about(K::Content, "fence-config-public"),
        ["fence", "USER_YAML", ..] | ["fence", "usersync", "userYamlS3Path"] => {
            about(K::Users, "user.yaml")
        }
        ["portal", "gitops", ..] => about(K::Content, "portal"),
        ["etl", "etlMapping", ..] => about(K::Content, "etl-mapping"),
        ["guppy", "indices", ..] => about(K::Explorer, "indices"),
        ["guppy", "configIndex" | "authFilterField"] => about(K::Explorer, last),
        ["hatchery", "hatchery", ..] => about(K::Content, "hatchery"),
        ["metadata", "aggMdsConfig", ..] => about(K::Content, "aggregate-metadata"),
        ["ohif-viewer", "appConfig" | "APP_CONFIG" | "config", ..] => {
            about(K::Content, "ohif-config")
        }
        ["sower", "sowerConfig", ..] => about(K::Content, "sower-jobs"),
        ["revproxy", "hostname"] => about(K::Cutover, "claimed host"),
        ["revproxy", "ingress", "annotations", key] if is_of_cutover(key) => about(K::Cutover, ""),
        ["revproxy", "ingress", "annotations", key] if is_of_preview(key) => {
            about(K::Cutover, "preview")
        }
        ["revproxy", "ingress", .., "scheme"] => about(K::Scheme, ""),
        ["revproxy", "ingress", .., "group"] => about(K::LoadBalancer, "group"),
        ["revproxy", "ingress", ..] => about(K::LoadBalancer, last),
        [_, "esEndpoint"] => about(K::Search, "endpoint"),
        [service, "enabled"] => about(K::Service, service),
        [service, "replicaCount"] => about(K::Replicas, service),
        [service, "autoscaling", ..] => (K::Replicas, format!("{service} {last}")),
        [service, "resources", ..] | [service, .., "resources", _, _] => {
            about(K::Resources, service)
        }
        [service, "externalSecrets", name] if !name.starts_with("create") => {
            (K::Secret, format!("{service} {name}"))
        }
        [service, "image" | "images", .., "tag"] | [service, .., "image", "tag"] => {
            about(K::Image, service)
        }
        [service, .., "image", "repository"] => (K::Image, format!("{service} repository")),
        [
            _,
            ..,
            "custom_image"
            | "awshelper_container_image"
            | "utilImage"
            | "fence_container_image"
            | "indexing",
        ] => (K::Image, parts.join(".")),
        _ => (K::Value, parts.join(".")),
    }
}

/// Whether an annotation of an ingress says what its environment takes of the requests of a host.
fn is_of_cutover(key: &str) -> bool {
    key == CUTOVER_STATE
        || key == RECORD_IDENTIFIER
        || key == "external-dns.alpha.kubernetes.io/aws-weight"
}

/// Whether an annotation of an ingress names a second host that leads there.
fn is_of_preview(key: &str) -> bool {
    key == "external-dns.alpha.kubernetes.io/hostname"
        || key == "alb.ingress.kubernetes.io/conditions.revproxy-service"
}

/// What a field of an environment is about.
pub(super) fn environment(path: &[Key]) -> About {
    use ChangeKind as K;
    let parts: Vec<&str> = path.iter().map(Key::as_str).collect();
    let about = |kind, subject: &str| (kind, subject.to_owned());
    let last = parts.last().copied().unwrap_or_default();
    match parts[..] {
        ["tier"] => about(K::Tier, ""),
        ["cluster"] => about(K::Placement, "cluster"),
        ["hostname"] => about(K::Host, ""),
        ["cutover", ..] => about(K::Cutover, ""),
        ["previewHostname"] => about(K::Cutover, "preview"),
        ["release"] => about(K::Release, ""),
        ["size"] => about(K::Size, ""),
        ["certificate"] => about(K::Certificate, ""),
        ["loadBalancer"] => about(K::LoadBalancer, ""),
        ["database" | "databaseSetup"] => {
            about(K::Database, if last == "database" { "" } else { last })
        }
        ["search"] => about(K::Search, ""),
        ["dictionary"] => about(K::Dictionary, ""),
        ["indexd", ..] => about(K::IndexPrefix, ""),
        ["frontend"] => about(K::Frontend, ""),
        ["frontendSource", ..] => about(K::Content, "frontendSource"),
        ["profiles", ..] => about(K::Profiles, ""),
        ["services", service, "enabled"] => about(K::Service, service),
        ["services", service, "replicas"] => about(K::Replicas, service),
        ["services", service, "autoscaling", ..] => (K::Replicas, format!("{service} {last}")),
        ["services", service, "image", "repository"] => (K::Image, format!("{service} repository")),
        ["services", service, "image", ..] => about(K::Image, service),
        ["services", service, "resources", ..] => about(K::Resources, service),
        ["services", service, "roleArn"] => about(K::Role, service),
        ["services", service, "serviceAccount", ..] => (K::Role, format!("{service} {last}")),
        ["replicas"] => about(K::Replicas, ""),
        ["disruptionBudgets" | "topologySpread"] => about(K::Availability, last),
        ["networkPolicies"] => about(K::NetworkPolicy, ""),
        ["registry"] => about(K::Image, "registry"),
        ["images", image] => about(K::Image, image),
        ["imageRepositories", image] => (K::Image, format!("{image} repository")),
        ["imagePolicy"] => about(K::Image, "policy"),
        ["sync", ..] => about(K::Sync, last),
        ["identityProviders", name, ..] => about(K::IdentityProvider, name),
        ["users", ..] => about(K::Users, last),
        ["accessRequests"] => about(K::AccessRequests, ""),
        ["exposure", "allowList", ..] => about(K::AllowList, ""),
        ["exposure", "publicData"] => about(K::PublicData, ""),
        ["exposure", "tierAccess", "limit"] => about(K::TierAccess, "limit"),
        ["exposure", "tierAccess", ..] => about(K::TierAccess, ""),
        ["exposure", "origins", ..] => about(K::Origins, ""),
        ["data", ..] => about(K::Classification, ""),
        ["dataBuckets", ..] => about(
            K::DataBucket,
            parts
                .get(1)
                .copied()
                .unwrap_or_default()
                .trim_matches(['[', ']']),
        ),
        ["explorer", ..] => about(K::Explorer, parts.get(1).copied().unwrap_or_default()),
        ["workspaces", ..] => about(K::Workspaces, last),
        ["parent"] => about(K::Parent, ""),
        ["content", name] => about(K::Content, name),
        ["secrets", purpose, ..] => (
            K::Secret,
            if last == "name" {
                purpose.to_owned()
            } else {
                format!("{purpose} {last}")
            },
        ),
        ["maintenance"] => about(K::Maintenance, ""),
        ["lifecycle"] => about(K::Lifecycle, ""),
        ["management", ..] => about(K::Management, last),
        ["identity", ..] => about(K::Name, last),
        ["naming", ..] => about(K::Naming, last),
        ["values", ..] if path.len() > 1 => values(path.get(1..).unwrap_or_default()),
        _ => (K::Value, parts.join(".")),
    }
}

/// What a field of a cluster is about.
pub(super) fn cluster(path: &[Key]) -> About {
    use ChangeKind as K;
    let parts: Vec<&str> = path.iter().map(Key::as_str).collect();
    let about = |kind, subject: &str| (kind, subject.to_owned());
    let last = parts.last().copied().unwrap_or_default();
    match parts[..] {
        ["account" | "region" | "platform"] => about(K::Placement, last),
        ["version"] => about(K::Kubernetes, ""),
        ["network", ..] => about(K::Network, last),
        ["endpoint", ..] => about(K::Network, "endpoint"),
        ["nodes", ..] => about(K::Nodes, ""),
        ["addons", name, "values", ..] => (K::Addon, format!("{name} values")),
        ["addons", name, "version"] => (K::Addon, format!("{name} version")),
        ["addons" | "eksAddons", name, ..] => about(K::Addon, name),
        ["loadBalancers", name, "scheme"] => about(K::Scheme, name),
        ["loadBalancers", name, "webAcl" | "waf", ..] => about(K::WebAcl, name),
        ["loadBalancers", name, ..] => about(K::LoadBalancer, name),
        ["databases", name, "masterSecret"] => (K::Secret, format!("database {name}")),
        ["databases", name, ..] => about(K::Database, name),
        ["search", name, ..] => about(K::Search, name),
        ["naming", ..] => about(K::Naming, last),
        ["management", ..] => about(K::Management, last),
        ["vpc" | "project"] => about(K::Name, last),
        ["delivery"] => about(K::Sync, "delivery"),
        _ => (K::Value, parts.join(".")),
    }
}

/// What a value of the chart cluster-level-resources is about.
pub(super) fn cluster_values(path: &[Key]) -> About {
    use ChangeKind as K;
    let parts: Vec<&str> = path.iter().map(Key::as_str).collect();
    let about = |kind, subject: &str| (kind, subject.to_owned());
    let last = parts.last().copied().unwrap_or_default();
    match parts[..] {
        ["cluster" | "project"] => about(K::Name, last),
        ["accountNumber"] => about(K::Placement, "account"),
        ["configuration", ..] => about(K::Sync, last),
        [addon, "enabled"] => about(K::Addon, addon),
        [addon, "targetRevision"] => (K::Addon, format!("{addon} version")),
        ["karpenter" | "karpenter-crds", ..] => about(K::Nodes, ""),
        [addon, _, ..] => (K::Addon, format!("{addon} values")),
        _ => (K::Value, parts.join(".")),
    }
}

/// What a field of an account or of the fleet itself is about.
pub(super) fn other(path: &[Key]) -> About {
    use ChangeKind as K;
    let parts: Vec<&str> = path.iter().map(Key::as_str).collect();
    let about = |kind, subject: &str| (kind, subject.to_owned());
    let last = parts.last().copied().unwrap_or_default();
    match parts[..] {
        ["id" | "region" | "provider"] => about(K::Placement, last),
        ["management", ..] => about(K::Management, last),
        ["charts", chart, ..] => (
            K::Chart,
            if last == "revision" {
                chart.to_owned()
            } else {
                format!("{chart} {last}")
            },
        ),
        ["naming", ..] => about(K::Naming, last),
        ["gitops", ..] => about(K::Sync, last),
        ["terraform", "state", ..] => about(K::State, last),
        ["registry"] => about(K::Image, "registry"),
        ["domain"] => about(K::Host, "domain"),
        ["bootstrapRole" | "externalId"] | ["hub", ..] => about(K::Trust, last),
        ["network", ..] => about(K::Network, last),
        _ => (K::Value, parts.join(".")),
    }
}

/// What a field of an Argo CD Application is about.
pub(super) fn application(path: &[Key]) -> About {
    use ChangeKind as K;
    let parts: Vec<&str> = path.iter().map(Key::as_str).collect();
    let about = |kind, subject: &str| (kind, subject.to_owned());
    let last = parts.last().copied().unwrap_or_default();
    match parts[..] {
        ["metadata", "name"] => about(K::Name, "application"),
        ["spec", "destination", "namespace"] => about(K::Name, "namespace"),
        ["spec", "destination", ..] => about(K::Placement, last),
        ["spec", .., "releaseName"] => about(K::Name, "releaseName"),
        ["spec", "syncPolicy", ..] => about(K::Sync, last),
        ["spec", .., "targetRevision" | "chart" | "repoURL"] => (
            K::Chart,
            format!(
                "{} {last}",
                parts
                    .get(2)
                    .copied()
                    .unwrap_or_default()
                    .trim_matches(['[', ']'])
            )
            .trim()
            .to_owned(),
        ),
        _ => about(K::Application, ""),
    }
}

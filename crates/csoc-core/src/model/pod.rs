//! What the pods of a service are given: variables, annotations, the account that they run as.

use indexmap::IndexMap;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::name::KubernetesName;
use super::text::{TextError, text_type};

text_type! {
    /// The name of an environment variable of a container.
    VariableName, example = "GEN3_DEBUG",
    check = |text| {
        let bytes = text.as_bytes();
        let holds = (1..=128).contains(&bytes.len())
            && (bytes[0].is_ascii_alphabetic() || bytes[0] == b'_')
            && bytes.iter().all(|byte| byte.is_ascii_alphanumeric() || *byte == b'_');
        if holds { Ok(()) } else { Err(TextError::new("the name of a variable: letters, digits and underscores, not starting with a digit")) }
    }
}

text_type! {
    /// The key of an entry of a Kubernetes Secret or `ConfigMap`.
    EntryKey, example = "arborist_url",
    check = |text| {
        let holds = (1..=253).contains(&text.len())
            && text != "."
            && !text.starts_with("..")
            && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte));
        if holds { Ok(()) } else { Err(TextError::new("the key of an entry: letters, digits, dashes, underscores and dots")) }
    }
}

text_type! {
    /// The key of a Kubernetes annotation: a name, with a domain and a slash before it where it is somebody's.
    AnnotationKey, example = "prometheus.io/scrape",
    check = |text| {
        let (domain, name) = match text.split_once('/') {
            Some((domain, name)) => (Some(domain), name),
            None => (None, text),
        };
        let is_domain = |domain: &str| domain.len() <= 253 && domain.split('.').all(super::text::is_dns_label);
        let edge = |byte: Option<u8>| byte.is_some_and(|byte| byte.is_ascii_alphanumeric());
        let is_name = name.len() <= 63
            && edge(name.bytes().next())
            && edge(name.bytes().next_back())
            && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte));
        if is_name && domain.is_none_or(is_domain) { Ok(()) } else { Err(TextError::new("the key of an annotation: a name of letters, digits and `-_.`, after a domain and `/` where it has one")) }
    }
}

/// What a variable holds: a text, or an entry of a `ConfigMap` or a Secret in the environment's namespace.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
#[non_exhaustive]
pub enum VariableValue {
    /// A text. Numbers and `true` are texts, too, and stand in quotes.
    Text(String),
    /// What an entry holds when the pod starts.
    From(VariableSource),
}

/// Where a variable's text is when the pod starts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[non_exhaustive]
pub enum VariableSource {
    /// An entry of a `ConfigMap`.
    ConfigMap(EntryOf),
    /// An entry of a Secret.
    Secret(EntryOf),
}

/// One entry of a `ConfigMap` or a Secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[non_exhaustive]
pub struct EntryOf {
    /// The `ConfigMap` or Secret.
    pub name: KubernetesName,
    /// The key of the entry.
    pub key: EntryKey,
    /// Whether the pod starts without it. Default: no.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub optional: Option<bool>,
}

/// Variables by their names, in the order in which a later one may use an earlier one.
pub type Variables = IndexMap<VariableName, VariableValue>;

/// Annotations by their keys.
pub type Annotations = IndexMap<AnnotationKey, String>;

/// The Kubernetes service account that a service's pods run as.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[non_exhaustive]
pub struct ServiceAccount {
    /// Whether the chart makes it. Default: as the chart says, which is yes but for few services.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub create: Option<bool>,
    /// Its name; the role of the service trusts it. Default: the chart's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<KubernetesName>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_those_that_kubernetes_takes() {
        for text in [
            "prometheus.io/scrape",
            "team",
            "a.b/c_d.e",
            "karpenter.sh/do-not-disrupt",
        ] {
            assert!(AnnotationKey::check(text).is_ok(), "{text}");
        }
        for text in ["", "/a", "a/", "a/b/c", "-a", "a-", "A_B/c", "a b"] {
            assert!(AnnotationKey::check(text).is_err(), "{text}");
        }
        for text in ["GEN3_DEBUG", "_a", "gen3Env"] {
            assert!(VariableName::check(text).is_ok(), "{text}");
        }
        for text in ["", "1A", "A-B", "A B"] {
            assert!(VariableName::check(text).is_err(), "{text}");
        }
        for text in ["arborist_url", ".env", "a.yaml"] {
            assert!(EntryKey::check(text).is_ok(), "{text}");
        }
        for text in ["", ".", "..", "..a", "a/b"] {
            assert!(EntryKey::check(text).is_err(), "{text}");
        }
    }
}

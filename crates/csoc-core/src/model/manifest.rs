//! What jobs and services read from the chart's `ConfigMap` `manifest-global`, beside what other fields give.

use indexmap::IndexMap;

use super::pod::EntryKey;
use super::text::{TextError, text_type};

/// Entries that other fields give, with those fields.
const GIVEN: [(&str, &str); 23] = [
    ("environment", "identity.environmentId"),
    ("hostname", "hostname"),
    ("revproxy_arn", "certificate"),
    ("dictionary_url", "dictionary"),
    ("portal_app", "frontend"),
    ("public_datasets", "exposure.publicData"),
    ("tier_access_level", "exposure.tierAccess"),
    ("tier_access_limit", "exposure.tierAccess"),
    ("netpolicy", "networkPolicies"),
    ("dispatcher_job_num", "values.global.dispatcherJobNum"),
    ("frontend_root", "frontend"),
    ("logout_inactive_users", "values.global.logoutInactiveUsers"),
    (
        "workspace_timeout_in_minutes",
        "values.global.workspaceTimeoutInMinutes",
    ),
    ("maintenance_mode", "maintenance"),
    ("fence_url", "parent"),
    ("indexd_url", "parent"),
    ("workspace_url", "parent"),
    ("wts_url", "parent"),
    ("manifest_service_url", "parent"),
    ("arborist_url", "parent"),
    ("cookie_domain", "parent"),
    ("des_namespace", "parent"),
    ("origins_allow_credentials", "exposure.origins"),
];

text_type! {
    /// The key of an entry of `manifest-global` that no other field gives: twice in the `ConfigMap`, the last one would win unseen.
    ManifestKey, example = "document_url",
    check = |text| {
        EntryKey::check(text)?;
        match GIVEN.iter().find(|(key, _)| *key == text) {
            Some((_, field)) => Err(TextError::new("an entry of its own: another field gives it").help(format!("set {field}"))),
            None => Ok(()),
        }
    }
}

/// Entries by their keys.
pub type ManifestEntries = IndexMap<ManifestKey, String>;
